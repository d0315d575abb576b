"""What the same uvicorn can do at most: an echo, and one frame written to all sockets, with nothing in between."""

_all: set = set()


async def echo(scope, receive, send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def fan(scope, receive, send) -> None:
    """A frame that anybody says is written to everybody."""
    await receive()
    await send({"type": "websocket.accept"})
    _all.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            frame = {"type": "websocket.send", "text": message["text"]}
            for one in tuple(_all):
                await one(frame)
    finally:
        _all.discard(send)
