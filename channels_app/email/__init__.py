"""E-mail."""

from .parsing import ParsedMail, block_remote, parse

__all__ = ["ParsedMail", "block_remote", "parse"]
