"""Structured logs: JSON lines in production, readable lines in development; secrets never pass the filter."""

import os
import re
import sys
from typing import Any

import structlog

SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "ticket")


# Who has one of these addresses needs nothing else.
SECRET_PATHS = re.compile(
    r"(/invitations/|/password/reset/key/|/confirm-email/|/notifications/stop/"
    r"|/live/tickets/|/live/rate/|/live/chat/back/|/live/mail/[a-z]+/|[?&]proof=)"
    r"[^/\s\"']+"
)


def without_secrets(logger, method, event):
    """Replace the value of any key that smells of a secret (T148)."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "[removed]"
    for key in ("request", "event", "exception"):
        if isinstance(event.get(key), str):
            event[key] = SECRET_PATHS.sub(r"\1[removed]", event[key])
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    without_secrets,
]

_final = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _final,
            ],
            "foreign_pre_chain": SHARED,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "info").upper()},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        *SHARED[1:],
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
