"""Which words make a hop, and what other systems are told."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, ip_address

import pytest

from discovery.path import short_lived
from discovery.path.icmp_note import Word
from discovery.path.probe import PathProbe
from discovery.path.trail import WayOut, read_trail

HOME, PROVIDER = IPv4Address("192.168.1.1"), IPv4Address("100.64.0.1")


def test_hops_keep_their_distance_over_silence() -> None:
    words = [Word(kind="expired", sender=HOME), None, Word(kind="expired", sender=PROVIDER)]
    trail = read_trail(WayOut(words=words))
    assert [(hop.distance, hop.address) for hop in trail.hops] == [(1, HOME), (3, PROVIDER)]
    assert trail.note == ""


@pytest.mark.parametrize("kind", ["answered", "unreachable"])
def test_who_was_reached_or_turned_it_away_is_no_hop(kind: str) -> None:
    word = Word(kind="answered" if kind == "answered" else "unreachable", sender=HOME)
    trail = read_trail(WayOut(words=[word, None]))
    assert trail.hops == ()
    assert trail.note == "No router on the way out tells that it is there."


def test_what_lies_further_than_asked_is_left_out() -> None:
    words = [Word(kind="expired", sender=HOME), Word(kind="expired", sender=PROVIDER)]
    assert [hop.address for hop in read_trail(WayOut(words=words), 1).hops] == [HOME]


def test_other_systems_say_that_they_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_lived, "SUPPORTED", False)

    async def main() -> None:
        probe = PathProbe(["127.0.0.1:1"])
        trail = await probe.trail()
        assert not trail.supported
        assert trail.note.startswith("Only Linux")
        whose = await probe.ownership(ip_address("192.0.2.1"))
        assert (whose.owner, whose.because) == ("unknown", trail.note)

    asyncio.run(main())
