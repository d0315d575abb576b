"""What waits is done together: alone, an item waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class Batcher:
    """`await submit(item)`: hands lists of waiting items to `run`, at most `workers` lists at a time.

    `run` takes a list and returns as many results, in order; an exception as a result is raised to its submitter.
    """

    def __init__(self, run: Callable[[list], Awaitable[list]], *, workers: int = 2, most: int = 200) -> None:
        self.run, self.workers, self.most = run, workers, most
        self.waiting: list[tuple[Any, asyncio.Future]] = []
        self.busy = 0
        self.tasks: set[asyncio.Task] = set()

    async def submit(self, item: Any) -> Any:
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((item, future))
        if self.busy < self.workers:
            self.busy += 1
            task = asyncio.get_running_loop().create_task(self._work())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await future

    async def _work(self) -> None:
        try:
            await asyncio.sleep(0)  # what arrived in the same tick comes along
            while self.waiting:
                batch, self.waiting = self.waiting[: self.most], self.waiting[self.most :]
                await self._answer(batch)
        finally:
            self.busy -= 1

    async def _answer(self, batch: list[tuple[Any, asyncio.Future]]) -> None:
        try:
            results = await self.run([item for item, _future in batch])
        except Exception as error:
            results = [error] * len(batch)
        for (_item, future), result in zip(batch, results, strict=True):
            if future.done():  # its socket closed meanwhile; the message stands all the same
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
