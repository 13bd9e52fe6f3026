"""The clock arithmetic of DNS caches: every row of both tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.diagnosis.spread import spread, spread_of
from discovery.live_dns.exam import DnsExam, ResolverAnswer
from discovery.live_dns.view import Absent, Answer, DnsView, ServerAnswer
from tests.support.evidence import plain_home, record
from tests.support.evidence_parts import AT, resolver
from tests.support.sightings import OTHER, PUBLIC
from tests.support.views import ALIAS, LAME, NODATA, NXDOMAIN, RECURSED, SILENT, serves, view

NOW = datetime(2026, 3, 1, 13, 25, tzinfo=UTC)
RIGHT, OLD = serves(str(PUBLIC), ttl=60), serves(str(OTHER), ttl=120)
FRESH, STALE = resolver(str(PUBLIC), left_s=50), resolver(str(OTHER), left_s=41)
DENIES, DEAF = resolver(left_s=200), resolver(error="It is silent.")
SLOW = resolver(str(OTHER), left_s=3000)  # it remembers from when the TTL was longer


def exam(
    *answers: Answer, resolvers: tuple[ResolverAnswer, ...] = (), negative_ttl: int | None = 300
) -> DnsExam:
    return DnsExam(
        name="home.example.com",
        rtype="A",
        view=view(*answers),
        resolvers=resolvers,
        negative_ttl=negative_ttl,
    )


# The resolver; then whether it is fresh, and in how many seconds.
TURNS: list[tuple[ResolverAnswer, bool | None, int | None]] = [
    (FRESH, True, 0),
    (STALE, False, 41),
    (resolver(str(PUBLIC), str(OTHER), left_s=7), False, 7),
    (DENIES, False, 200),
    (resolver(str(OTHER), left_s=None), False, None),
    (DEAF, None, None),
]


@pytest.mark.parametrize(("answer", "fresh", "seconds"), TURNS)
def test_one_resolver(answer: ResolverAnswer, fresh: bool | None, seconds: int | None) -> None:
    (turn,) = spread(exam(RIGHT, resolvers=(answer,)), PUBLIC, NOW).turns
    at = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert (turn.answer, turn.fresh, turn.fresh_at) == (answer, fresh, at)


# What is served and shown; then: served, seconds to everyone_by, after_update_s.
Row = tuple[DnsExam, bool | None, int | None, int | None]
TABLE: list[Row] = [
    (exam(RIGHT), True, 60, None),
    (exam(RIGHT, serves(str(PUBLIC), ttl=90)), True, 90, None),
    (exam(RIGHT, resolvers=(FRESH, DEAF)), True, 60, None),
    (exam(RIGHT, resolvers=(FRESH, STALE)), True, 60, None),
    (exam(RIGHT, resolvers=(STALE, SLOW)), True, 3000, None),
    (exam(RIGHT, resolvers=(resolver(str(OTHER), left_s=None),)), True, 60, None),
    (exam(RIGHT, resolvers=(DENIES,)), True, 300, None),
    (exam(RIGHT, resolvers=(DENIES,), negative_ttl=None), True, None, None),
    (exam(RIGHT, LAME), True, 60, None),
    (exam(OLD), False, None, 120),
    (exam(OLD, RIGHT), False, None, 120),
    (exam(OLD, serves(str(OTHER), ttl=600)), False, None, 600),
    (exam(OLD, resolvers=(SLOW, FRESH)), False, None, 3000),
    (exam(serves(str(PUBLIC), str(OTHER), ttl=30)), False, None, 30),
    (exam(NXDOMAIN), False, None, 60),
    (exam(NODATA, RIGHT), False, None, 60),
    (exam(Absent(nxdomain=True)), False, None, 300),
    (exam(Absent(nxdomain=True), negative_ttl=None), False, None, None),
    (exam(NXDOMAIN, resolvers=(DENIES,)), False, None, 200),
    (exam(RIGHT, SILENT), None, None, None),
    (exam(OLD, RECURSED), None, None, None),
    (exam(ALIAS), None, None, None),
    (exam(LAME), None, None, None),
    (exam(SILENT), None, None, None),
    (exam(), None, None, None),
]


@pytest.mark.parametrize(("seen", "served", "by", "after"), TABLE)
def test_everybody(seen: DnsExam, served: bool | None, by: int | None, after: int | None) -> None:
    found = spread(seen, PUBLIC, NOW)
    everyone = None if by is None else NOW + timedelta(seconds=by)
    assert (found.served, found.everyone_by, found.after_update_s) == (served, everyone, after)


def test_while_no_address_is_settled_nothing_is_known() -> None:
    found = spread(exam(OLD, resolvers=(STALE,)), None, NOW)
    assert (found.served, found.everyone_by, found.after_update_s) == (None, None, None)
    assert [turn.fresh for turn in found.turns] == [None]


def test_behind_an_interceptor_nothing_is_known() -> None:
    seen = DnsExam(
        name="home.example.com", rtype="A", view=view(RIGHT, intercepted="Something answers.")
    )
    assert spread(seen, PUBLIC, NOW).served is None


def test_a_server_that_answers_at_another_of_its_addresses_is_not_silent() -> None:
    """Most name servers have an IPv6 address, and many homes have none."""
    two = tuple(
        ServerAnswer(server="ns1.example.com", endpoint=endpoint, answer=answer)
        for endpoint, answer in (("192.0.2.1:53", RIGHT), ("[2001:db8::1]:53", SILENT))
    )
    seen = DnsExam(
        name="home.example.com",
        rtype="A",
        view=DnsView(name="home.example.com", rtype="A", zone="example.com", servers=two),
    )
    assert spread(seen, PUBLIC, NOW).served is True


def test_a_bound_is_rounded_up_to_the_second() -> None:
    found = spread(exam(RIGHT), PUBLIC, NOW + timedelta(microseconds=1))
    assert found.everyone_by == NOW + timedelta(seconds=61)


def test_a_record_is_counted_from_the_end_of_the_examination() -> None:
    found = spread_of(record(RIGHT, resolvers=(STALE,)), plain_home(took=2.5))
    assert found.everyone_by == AT + timedelta(seconds=63)
    assert [turn.fresh_at for turn in found.stale] == [AT + timedelta(seconds=44)]


def test_an_ipv6_record_waits_for_an_ipv6_address() -> None:
    found = spread_of(record(serves("2a02::1"), rtype="AAAA"), plain_home())
    assert found.served is None
