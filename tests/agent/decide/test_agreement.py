"""Comparing live DNS with what is wanted: the module's table, and the figures beside it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from agent.decide.agreement import State, compare
from discovery.live_dns.view import Answer, DnsView
from tests.support.views import (
    ALIAS,
    LAME,
    NODATA,
    NXDOMAIN,
    RECURSED,
    SILENT,
    serves,
    view,
)

OURS, OLD = "81.2.69.142", "81.2.69.160"
WANTED = frozenset({ip_address(OURS)})

TABLE = [
    ("all servers agree", view(serves(OURS), serves(OURS)), State.ALL),
    ("a silent server is not counted", view(serves(OURS), SILENT), State.ALL),
    ("a lame server is not counted", view(serves(OURS), LAME), State.ALL),
    ("a resolver in one server's place is not counted", view(serves(OURS), RECURSED), State.ALL),
    ("one lags", view(serves(OURS), serves(OLD)), State.SOME),
    ("one does not have it yet", view(serves(OURS), NXDOMAIN), State.SOME),
    ("one serves an address too many", view(serves(OURS), serves(OURS, OLD)), State.SOME),
    ("all serve the old one", view(serves(OLD), serves(OLD)), State.NONE),
    ("all serve an address too many", view(serves(OURS, OLD), serves(OURS, OLD)), State.NONE),
    ("the name is not there", view(NXDOMAIN, NXDOMAIN), State.ABSENT),
    ("the name has other records only", view(NODATA, NODATA), State.ABSENT),
    ("a CNAME", view(ALIAS, ALIAS), State.OPAQUE),
    ("everybody is silent", view(SILENT, SILENT), State.UNREADABLE),
    ("everybody is lame", view(LAME, LAME), State.UNREADABLE),
    ("the walk failed", view(problem="the resolver did not answer"), State.UNREADABLE),
    ("nobody to ask", view(), State.UNREADABLE),
    ("intercepted", view(RECURSED, intercepted="a box answers instead"), State.INTERCEPTED),
]


@pytest.mark.parametrize(("name", "seen", "state"), TABLE, ids=[row[0] for row in TABLE])
def test_row_of_the_table(name: str, seen: DnsView, state: State) -> None:
    agreement = compare(seen, WANTED)
    assert agreement.state is state
    assert agreement.because


def test_figures_count_who_was_asked_and_who_agrees() -> None:
    agreement = compare(view(serves(OURS), serves(OLD, ttl=300), LAME, SILENT), WANTED)
    assert (agreement.asked, agreement.agreeing, agreement.lame, agreement.silent) == (4, 1, 1, 1)
    assert agreement.live == frozenset({ip_address(OURS), ip_address(OLD)})
    assert agreement.ttl == 300


def test_who_lags_is_named() -> None:
    assert compare(view(serves(OURS), serves(OLD)), WANTED).because == (
        "ns2.example.com still serves another answer"
    )


def test_unknown_is_not_absent() -> None:
    assert compare(view(SILENT), WANTED).live is None
    assert compare(view(NXDOMAIN), WANTED).live == frozenset()


def test_an_unsettled_address_agrees_with_nothing() -> None:
    agreement = compare(view(serves(OURS)), None)
    assert (agreement.state, agreement.agreeing) == (State.NONE, 0)


def test_a_proxied_record_shows_the_proxy_and_is_opaque() -> None:
    fronts = (ip_network("104.16.0.0/13"), ip_network("2606:4700::/32"))
    agreement = compare(view(serves("104.16.1.1", "104.17.1.1")), WANTED, fronts)
    assert (agreement.state, agreement.proxied, agreement.live) == (State.OPAQUE, True, None)
    mixed = compare(view(serves("104.16.1.1", OLD)), WANTED, fronts)
    assert mixed.state is State.NONE


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [
        ([serves(OURS), serves(OURS)], {OURS}),
        ([serves(OURS), SILENT, LAME], {OURS}),
        ([serves(OURS, OLD), serves(OLD, OURS)], {OURS, OLD}),
        ([NXDOMAIN, NODATA], set()),
        ([serves(OURS), serves(OLD)], None),
        ([serves(OURS), serves(OURS, OLD)], None),
        ([serves(OLD), NXDOMAIN], None),
        ([SILENT], None),
        ([ALIAS], None),
        ([], None),
    ],
)
def test_agreed_is_what_every_authoritative_answer_shows(
    answers: list[Answer], agreed: set[str] | None
) -> None:
    """The basis of compare-and-set: what only some show is no word on what the primary holds."""
    expected = None if agreed is None else frozenset(map(ip_address, agreed))
    assert compare(view(*answers), WANTED).agreed == expected


def test_nothing_is_agreed_through_an_interception_or_a_proxy() -> None:
    assert compare(view(serves(OURS), intercepted="a box"), WANTED).agreed is None
    proxied = compare(view(serves("104.16.1.1")), WANTED, (ip_network("104.16.0.0/13"),))
    assert proxied.agreed is None
