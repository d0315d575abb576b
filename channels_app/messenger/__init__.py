"""Facebook Messenger. `parse` is pure: bytes and headers in, what they say out (docs/messenger-parsing.md)."""

from channels_app.messenger.parsing import MalformedPayload, parse, read
from channels_app.messenger.signature import BadSignature
from channels_app.messenger.told import Inbound, Part, Referral

__all__ = ["BadSignature", "Inbound", "MalformedPayload", "Part", "Referral", "parse", "read"]
