"""format=flowed undone (RFC 3676): lines broken for transport become paragraphs again."""

import re

QUOTES = re.compile(r">*")


def unflow(text: str, *, delsp: bool) -> str:
    out: list[str] = []
    depth_before, open_line = 0, False
    for line in text.split("\n"):
        depth = len(QUOTES.match(line)[0])  # type: ignore[index]
        rest = line[depth:]
        rest = rest[1:] if rest.startswith(" ") else rest
        flows = rest.endswith(" ") and rest != "-- "
        rest_kept = rest[:-1] if flows and delsp else rest
        if open_line and depth == depth_before and rest != "-- ":
            out[-1] += rest_kept
        else:
            out.append((">" * depth + " " if depth else "") + rest_kept)
        depth_before, open_line = depth, flows
    return "\n".join(line if line == "-- " else line.rstrip() for line in out)
