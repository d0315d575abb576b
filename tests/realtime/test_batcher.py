import asyncio

import pytest

from realtime.batcher import Batcher


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 5))


def test_what_waits_goes_together_and_answers_come_back_in_order():
    batches = []

    async def double(items):
        batches.append(len(items))
        await asyncio.sleep(0.01)
        return [item * 2 for item in items]

    async def story():
        batcher = Batcher(double, workers=1, most=50)
        return await asyncio.gather(*(batcher.submit(n) for n in range(120)))

    assert run(story()) == [n * 2 for n in range(120)]
    assert max(batches) == 50 and len(batches) <= 4


def test_alone_an_item_waits_for_nobody():
    async def echo(items):
        return items

    async def story():
        started = asyncio.get_running_loop().time()
        await Batcher(echo).submit("x")
        return asyncio.get_running_loop().time() - started

    assert run(story()) < 0.1


def test_a_failure_reaches_each_submitter_and_the_next_batch_goes_on():
    calls = []

    async def fails_once(items):
        calls.append(1)
        if len(calls) == 1:
            raise OSError("gone")
        return items

    async def story():
        batcher = Batcher(fails_once)
        with pytest.raises(OSError, match="gone"):
            await batcher.submit(1)
        return await batcher.submit(2)

    assert run(story()) == 2


def test_one_result_may_be_an_error():
    async def mixed(items):
        return [ValueError("no") if item < 0 else item for item in items]

    async def story():
        batcher = Batcher(mixed)
        return await asyncio.gather(batcher.submit(1), batcher.submit(-1), return_exceptions=True)

    good, bad = run(story())
    assert good == 1 and isinstance(bad, ValueError)


def test_who_gave_up_waiting_disturbs_nobody():
    async def slow(items):
        await asyncio.sleep(0.05)
        return items

    async def story():
        batcher = Batcher(slow)
        impatient = asyncio.create_task(batcher.submit(1))
        patient = asyncio.create_task(batcher.submit(2))
        await asyncio.sleep(0.01)
        impatient.cancel()
        return await patient

    assert run(story()) == 2
