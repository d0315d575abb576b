"""What a person would do with a mail: read its code, follow its link."""

import re

CODE = re.compile(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}$", re.M)
LINK = re.compile(r"https?://[^\s\"<>]+")


def code_in(mail) -> str:
    found = CODE.search(mail.body)
    assert found, f"no code in {mail.body!r}"
    return found.group()


def links_in(mail) -> list[str]:
    """Every address in a mail, in its text and in its HTML part."""
    return LINK.findall(mail.body + "".join(content for content, _kind in mail.alternatives))


def link_in(mail, part: str) -> str:
    return next(link for link in links_in(mail) if part in link)
