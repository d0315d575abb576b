"""Mails a second over the real listener, committed before each 250, one and ten to a connection."""

import argparse
import asyncio
import smtplib
import threading
import time

from bench.mail.ingest import _place, numbered
from bench.mail.parse import letter
from bench.report import Figures
from channels_app.email import listener, listener_limits

MAILS = 100


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench mail smtp", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds, figures = parser.parse_args(arguments).rounds, Figures("mail smtp")
    listener.BY_SENDER = listener.BY_ADDRESS = listener_limits.Quota("bench", 10**9)
    with _place() as channel:
        port, stop = _listen()
        for _ in range(rounds):
            for each in (1, 10):
                wall, busy = time.perf_counter(), time.process_time()
                _bring(port, channel.identifier, each)
                figures.add(
                    f"{each} to a connection",
                    "us CPU a mail, client and server",
                    (time.process_time() - busy) / MAILS * 1e6,
                )
                figures.add(f"{each} to a connection", "mails a second", MAILS / (time.perf_counter() - wall))
        stop()
    return figures.tell()


def _bring(port: int, address: str, each: int) -> None:
    for _ in range(MAILS // each):
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            for _ in range(each):
                client.sendmail("ada@customer.example", [address], numbered(letter()))


def _listen():
    ports, told = [], {}

    async def main():
        told["stop"], told["loop"] = asyncio.Event(), asyncio.get_running_loop()
        await listener.serve(listener.Listen("127.0.0.1", 0), stopping=told["stop"], started=ports.append)

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    while not ports:
        time.sleep(0.01)

    def stop():
        told["loop"].call_soon_threadsafe(told["stop"].set)
        thread.join(10)

    return ports[0], stop
