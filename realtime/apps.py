import logging

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        logging.getLogger("uvicorn.error").addFilter(in_one_line)


def in_one_line(record: logging.LogRecord) -> bool:
    """What strangers send that is no UTF-8 is worth a line, not uvicorn's traceback with the frame in it."""
    if record.msg == "Invalid UTF-8 sequence received from client.":
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
    return True
