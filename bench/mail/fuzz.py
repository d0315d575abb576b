"""`./parley bench mail-fuzz [--seed N] [--n N]`: mutated mails through parse(); ends with 1 when one raised or took long."""

import argparse
import hashlib
import logging
import time
from pathlib import Path

from django.conf import settings

from bench.mail.mutate import mutations
from channels_app.email import parse

MAILS = Path(__file__).parents[2] / "tests" / "data" / "mail"
LONGEST = 2.0  # CPU seconds of one mail


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench mail-fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=5000, help="how many mails")
    asked = parser.parse_args(arguments)
    logging.getLogger("channels_app.email.parsing.parse").setLevel(logging.CRITICAL)
    seeds = [file.read_bytes() for file in sorted(MAILS.glob("*.eml"))]
    failed, slowest, began = 0, 0.0, time.process_time()
    for raw in mutations(seeds, seed=asked.seed, number=asked.n):
        start = time.process_time()
        mail = parse(raw)
        spent = time.process_time() - start
        slowest = max(slowest, spent)
        what = "not understood" if "not_understood" in mail.defects else "slow" if spent > LONGEST else ""
        if what:
            failed += 1
            print(f"{what}: {_keep(raw)} ({spent:.2f} s)")
    each = (time.process_time() - began) / max(asked.n, 1) * 1e6
    print(
        f"{asked.n} mails from seed {asked.seed}: {failed} failed, {each:.0f} us CPU each, slowest {slowest * 1000:.0f} ms"
    )
    return int(failed > 0)


def _keep(raw: bytes) -> Path:
    folder = Path(settings.DATA_DIR) / "bench" / "mail-fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{hashlib.sha256(raw).hexdigest()[:12]}.eml"
    file.write_bytes(raw)
    return file
