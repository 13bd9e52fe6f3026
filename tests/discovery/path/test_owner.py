"""Whose an address is: every row of the table, and what must never be concluded."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.path.icmp_note import Kind, Word
from discovery.path.owner import Clues, judge
from discovery.path.view import Owner

ADDRESS = IPv4Address("81.2.69.142")
GATEWAY = IPv4Address("192.168.1.1")
OTHER_SIDE = IPv4Address("192.168.178.1")  # a router that complains in another address's name
PROVIDER = IPv4Address("81.2.69.1")
INNER = IPv4Address("10.0.0.1")
SHARED = IPv4Address("100.64.0.1")
FAR = IPv4Address("141.101.90.1")


def word(kind: Kind, sender: IPv4Address) -> Word:
    return Word(kind=kind, sender=sender)


EXPIRED = word("expired", GATEWAY)
PLAIN_OUT = (EXPIRED, word("expired", PROVIDER))
DOUBLE_OUT = (EXPIRED, word("expired", INNER))
CGNAT_OUT = (EXPIRED, word("expired", SHARED))
QUIET_OUT = (EXPIRED, None)
NO_OUT = (None, None)
CLOSED = word("unreachable", ADDRESS)


@pytest.mark.parametrize(
    ("words", "outward", "returned", "owner"),
    [
        # the router answers before it counts
        ((CLOSED, CLOSED, CLOSED), PLAIN_OUT, (), "router"),
        ((CLOSED, None, None), NO_OUT, (), "router"),
        ((word("answered", ADDRESS), None, None), PLAIN_OUT, (), "router"),
        # a DMZ with loopback, to another machine and to this one
        ((word("expired", ADDRESS), CLOSED, CLOSED), PLAIN_OUT, (), "router"),
        ((EXPIRED, None, None), PLAIN_OUT, (2, 3), "router"),
        ((None, None, None), PLAIN_OUT, (1, 2, 3), "router"),
        # came back over an outer router: not the first one's doing
        ((EXPIRED, None, None), PLAIN_OUT, (3,), "unknown"),
        # further away
        ((EXPIRED, word("expired", PROVIDER), None), PLAIN_OUT, (), "beyond"),
        ((EXPIRED, None, word("expired", FAR)), PLAIN_OUT, (), "beyond"),
        ((None, word("expired", PROVIDER), None), NO_OUT, (), "beyond"),
        ((EXPIRED, CLOSED, CLOSED), DOUBLE_OUT, (), "beyond"),
        ((EXPIRED, CLOSED, CLOSED), CGNAT_OUT, (), "beyond"),
        # behind the first router, but perhaps at home
        ((EXPIRED, CLOSED, CLOSED), PLAIN_OUT, (), "unknown"),
        ((EXPIRED, CLOSED, CLOSED), QUIET_OUT, (), "unknown"),
        ((None, CLOSED, CLOSED), DOUBLE_OUT, (), "unknown"),
        # firewalls: complaints of the gateway are about nothing
        ((None, None, None), PLAIN_OUT, (), "unknown"),
        ((word("unreachable", GATEWAY),) * 3, PLAIN_OUT, (), "unknown"),
        ((EXPIRED, word("unreachable", GATEWAY), None), PLAIN_OUT, (), "unknown"),
        ((EXPIRED, word("unreachable", PROVIDER), None), PLAIN_OUT, (), "unknown"),
        # the gateway's own second name is no other router
        ((EXPIRED, EXPIRED, None), PLAIN_OUT, (), "unknown"),
        (
            (None, word("expired", OTHER_SIDE), None),
            (word("expired", OTHER_SIDE), None),
            (),
            "unknown",
        ),
        # a router that does not count hops, or a login page
        ((CLOSED, CLOSED, CLOSED), (word("answered", FAR), None), (), "unknown"),
        ((CLOSED, CLOSED, CLOSED), (word("unreachable", FAR), None), (), "unknown"),
    ],
)
def test_words_tell_the_owner(
    words: Sequence[Word | None],
    outward: Sequence[Word | None],
    returned: Sequence[int],
    owner: Owner,
) -> None:
    concluded, because = judge(
        ADDRESS, Clues(words=words, outward=outward, far=FAR, returned=returned)
    )
    assert concluded == owner
    assert because.endswith(".")


WORDS = st.none() | st.builds(
    word,
    st.sampled_from(("expired", "unreachable", "answered")),
    st.sampled_from((ADDRESS, GATEWAY, PROVIDER, INNER, FAR)),
)


@given(later=st.tuples(WORDS, WORDS), outward=st.tuples(WORDS, WORDS))
def test_nothing_heard_from_far_away_makes_an_address_the_routers(
    later: tuple[Word | None, Word | None], outward: tuple[Word | None, Word | None]
) -> None:
    for first in (None, EXPIRED, word("unreachable", GATEWAY)):
        clues = Clues(words=(first, *later), outward=outward, far=FAR)
        assert judge(ADDRESS, clues)[0] != "router"


@given(st.lists(st.sampled_from((None, CLOSED, EXPIRED)), min_size=2, max_size=2))
def test_without_another_router_on_the_way_nothing_is_beyond(later: list[Word | None]) -> None:
    clues = Clues(words=(EXPIRED, *later), outward=PLAIN_OUT, far=FAR)
    assert judge(ADDRESS, clues)[0] == "unknown"
