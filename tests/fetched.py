"""What a streaming answer carries."""

from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse


@async_to_sync
async def bytes_of(answer: StreamingHttpResponse) -> bytes:
    """Read as the server reads it: what is written piece by piece for asyncio is joined there."""
    return b"".join([piece async for piece in answer])
