"""A room while somebody is being let in, and its two lanes."""

import asyncio

from realtime.hub import Lane, Room
from realtime.peers import MemberPeer, VisitorPeer


def bell(conversation: int, seq: int, audience: str = "visitor") -> dict:
    return {
        "event": seq,
        "type": "message.sent",
        "conversation": conversation,
        "audience": audience,
        "seq": seq,
    }


def test_what_happens_while_somebody_is_let_in_is_noted():
    """P5: the look at what they missed may have come before it, their place in the room after it."""

    async def story():
        room = Room(1)
        room.owners = {7: 70, 8: 80}
        room.joining.add(VisitorPeer(None, None, None, None))
        assert not room.is_empty()
        room.take([bell(7, 3), bell(8, 2, audience="team")])
        await asyncio.sleep(0.01)
        return room.stirred

    assert asyncio.run(story()) == {7}


def test_what_comes_while_a_lane_works_goes_together():
    async def story():
        taken = []

        async def work(bells):
            taken.append(bells)
            await asyncio.sleep(0.01)

        lane = Lane(work, rest=0.05)
        lane.add([1])
        await asyncio.sleep(0.005)
        lane.add([2])
        await asyncio.sleep(0.015)  # at rest now
        lane.add([3])
        await asyncio.sleep(0.1)
        return taken

    assert asyncio.run(story()) == [[1], [2, 3]]


def test_one_that_cannot_be_told_deafens_no_lane():
    async def story():
        told = []

        async def work(bells):
            if bells == [1]:
                raise ValueError
            told.extend(bells)

        lane = Lane(work)
        lane.add([1])
        await asyncio.sleep(0.01)
        lane.add([2])
        await asyncio.sleep(0.01)
        return told

    assert asyncio.run(story()) == [2]


def test_a_visitor_hears_without_waiting_for_what_is_drawn_for_members():
    async def story():
        room, looked = Room(1), []
        room.owners = {7: 70}

        async def drawing(_events):
            await asyncio.sleep(5)

        async def look(_peer, conversation):
            looked.append(conversation)

        room.told = Lane(drawing)
        room.members.add(MemberPeer(None, None))
        peer = VisitorPeer(None, None, type("Guest", (), {"pk": 70}), look)
        room.add_visitor(peer)
        room.take([bell(7, 3)])
        await asyncio.sleep(0.01)
        room.remove_visitor(peer)
        return looked, room.visitors

    assert asyncio.run(story()) == ([7], {})
