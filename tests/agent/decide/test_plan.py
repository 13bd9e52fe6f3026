"""The plan's table, row by row, and what it may never do."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.agreement import Agreement, State, compare
from agent.decide.exit_status import HELD_BY
from agent.decide.plan import (
    API_RECHECK_S,
    GRACE_S,
    LONGEST_GRACE_S,
    Publication,
    left_alone_with,
    plan,
    time_left,
)
from agent.values import Ask, Disputed, Hold, Keep, OutOfReach, Push, Record, Settled, Unknown
from discovery.live_dns.view import DnsView
from discovery.observation import Family
from providers.engine.limits import Go, Lock, Locked, Permit, Wait
from providers.engine.outcome import Cause
from tests.support.views import ALIAS, NXDOMAIN, SILENT, serves, view

OURS, OLD = ip_address("81.2.69.142"), ip_address("81.2.69.160")
NOW = 1_000_000.0
SETTLED = Settled(
    family=Family.V4, address=OURS, code="single_nat", sources=("upnp",), because="it is ours"
)
HELD = [
    Unknown(family=Family.V4, code="wan_down", because="the line is down"),
    Disputed(
        family=Family.V4,
        candidates=(OURS, OLD),
        code="witnesses_disagree",
        sources=("stun",),
        because="they disagree",
    ),
    OutOfReach(family=Family.V4, address=OURS, code="cgnat", sources=("stun",), because="shared"),
]
DNS = Record(name="home.example.com", account="home")
API = Record(name="home.example.com", account="home", verify="api")
LOCK = Lock(cause=Cause.CREDENTIALS, text="wrong key.", since=NOW - 60, fingerprint="f")


def compared(*answers: object, intercepted: str = "") -> Agreement:
    return compare(view(*answers, intercepted=intercepted), frozenset({OURS}))  # type: ignore[arg-type]


RIGHT, WRONG, LAGGING = (
    compared(serves(str(OURS))),
    compared(serves(str(OLD))),
    compared(serves(str(OURS)), serves(str(OLD))),
)
PROXIED = Agreement(state=State.OPAQUE, asked=2, agreeing=0, because="it is proxied", proxied=True)


def sent(
    state: str, address: object = OURS, ago: float = 10.0, trying_for: float = 0.0
) -> Publication:
    return Publication(
        address=address,  # type: ignore[arg-type]
        state=state,  # type: ignore[arg-type]
        at=NOW - ago,
        since=NOW - ago - trying_for,
    )


TABLE = [
    ("intercepted", DNS, compared(intercepted="a box"), None, Go(), (Hold, "dns_intercepted")),
    ("unreadable", DNS, compared(SILENT), None, Go(), (Hold, "dns_unknown")),
    ("a CNAME", DNS, compared(ALIAS), None, Go(), (Hold, "dns_cname")),
    ("right", DNS, RIGHT, None, Go(), (Keep, "")),
    ("right, though the account is locked", DNS, RIGHT, None, Locked(lock=LOCK), (Keep, "")),
    ("right after a lost answer", DNS, RIGHT, sent("sending"), Go(), (Keep, "")),
    ("some lag", DNS, LAGGING, None, Go(), (Hold, "dns_partial")),
    ("some lag behind what we sent", DNS, LAGGING, sent("accepted", ago=1e6), Go(),
     (Hold, "dns_partial")),
    ("some may have it from a lost call", DNS, LAGGING, sent("sending"), Go(),
     (Hold, "dns_partial")),
    ("some show what we replaced", DNS, LAGGING, sent("accepted", OLD), Go(), (Push, "")),
    ("some show what we replaced, too early", DNS, LAGGING, sent("accepted", OLD),
     Wait(until=NOW + 60, why="told"), (Hold, "paced")),
    ("accepted a moment ago", DNS, WRONG, sent("accepted"), Go(), (Hold, "dns_waiting")),
    ("accepted long ago", DNS, WRONG, sent("accepted", ago=GRACE_S), Go(), (Push, "")),
    ("accepted in vain for an hour", DNS, WRONG, sent("accepted", ago=3599, trying_for=3600),
     Go(), (Hold, "dns_waiting")),
    ("accepted in vain for an hour, an hour ago", DNS, WRONG,
     sent("accepted", ago=3600, trying_for=3600), Go(), (Push, "")),
    ("accepted in vain for a year", DNS, WRONG,
     sent("accepted", ago=LONGEST_GRACE_S, trying_for=365 * 86400), Go(), (Push, "")),
    ("accepted in the future", DNS, WRONG, sent("accepted", ago=-60), Go(), (Push, "")),
    ("another address was accepted", DNS, WRONG, sent("accepted", OLD), Go(), (Push, "")),
    ("served once, edited since", DNS, WRONG, sent("served"), Go(), (Push, "")),
    ("an answer was lost", DNS, WRONG, sent("sending"), Go(), (Push, "")),
    ("locked", DNS, WRONG, None, Locked(lock=LOCK), (Hold, "locked")),
    ("the record is locked", DNS, WRONG, None, Locked(lock=replace(LOCK, name="home")),
     (Hold, "locked")),
    ("must wait", DNS, WRONG, None, Wait(until=NOW + 60, why="told"), (Hold, "paced")),
    ("wrong", DNS, WRONG, None, Go(), (Push, "")),
    ("absent", DNS, compared(NXDOMAIN), None, Go(), (Push, "")),
    ("proxied", DNS, PROXIED, None, Go(), (Ask, "")),
    ("proxied, confirmed lately", DNS, PROXIED, sent("served"), Go(), (Keep, "")),
    ("proxied, confirmed long ago", DNS, PROXIED, sent("served", ago=API_RECHECK_S), Go(),
     (Ask, "")),
    ("proxied, another address confirmed", DNS, PROXIED, sent("served", OLD), Go(), (Ask, "")),
    ("the API decides", API, RIGHT, None, Go(), (Ask, "")),
    ("the API decides, even about a CNAME", API, compared(ALIAS), None, Go(), (Ask, "")),
    ("the API decides, but DNS is intercepted", API, compared(intercepted="a box"), None, Go(),
     (Hold, "dns_intercepted")),
    ("the API decides, but the account is locked", API, WRONG, None, Locked(lock=LOCK),
     (Hold, "locked")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "record", "agreement", "memory", "permit", "expected"),
    TABLE,
    ids=[row[0] for row in TABLE],
)
def test_row_of_the_table(
    name: str,
    record: Record,
    agreement: Agreement,
    memory: Publication | None,
    permit: Permit,
    expected: tuple[type, str],
) -> None:
    decision = plan(record, SETTLED, agreement, memory, permit, now=NOW)
    assert (type(decision), getattr(decision, "code", "")) == expected, decision.because


@pytest.mark.parametrize("verdict", HELD, ids=lambda verdict: verdict.code)
@pytest.mark.parametrize("agreement", [RIGHT, WRONG, PROXIED, compared(NXDOMAIN)])
def test_without_a_settled_address_nothing_is_ever_sent(
    verdict: Unknown | Disputed | OutOfReach, agreement: Agreement
) -> None:
    """Promise 3: unknown leads to hold, never to an update and never to a deletion."""
    decision = plan(DNS, verdict, agreement, None, Go(), now=NOW)
    assert isinstance(decision, Hold)
    assert decision.code == verdict.code


def test_a_lock_says_how_to_lift_it() -> None:
    decision = plan(DNS, SETTLED, WRONG, None, Locked(lock=LOCK), now=NOW)
    assert decision.because == (
        "wrong key. Stopped since 1970-01-12 13:45:40 UTC; "
        "once that is mended, run: upstun unlock home"
    )


def test_every_reason_to_hold_has_an_exit_status() -> None:
    codes = {code for *_, (kind, code) in TABLE if kind is Hold}
    codes |= {"wan_down", "witnesses_disagree", "cgnat"}
    assert codes <= set(HELD_BY)


def test_where_an_api_cannot_be_read_its_yes_stands() -> None:
    """Asking again would be an update again, and services count those that change nothing."""
    memory = sent("served", ago=100 * API_RECHECK_S)
    decision = plan(API, SETTLED, WRONG, memory, Go(), now=NOW, readable=False)
    assert isinstance(decision, Keep)
    changed = replace(SETTLED, address=OLD)
    assert isinstance(plan(API, changed, WRONG, memory, Go(), now=NOW, readable=False), Ask)


@pytest.mark.parametrize(
    ("memory", "address", "left"),
    [
        (None, OURS, 0.0),
        (sent("sending", ago=10), OURS, 50.0),
        (sent("accepted", ago=10), OURS, 50.0),
        (sent("served", ago=10), OURS, 0.0),
        (sent("accepted", ago=10), OLD, 0.0),
        (sent("accepted", ago=10), None, 0.0),
        (sent("accepted", ago=60), OURS, 0.0),
        (sent("accepted", ago=-1), OURS, 0.0),
    ],
)
def test_time_left_for_what_was_sent_and_is_not_served(
    memory: Publication | None, address: object, left: float
) -> None:
    assert time_left(memory, address, 60.0, now=NOW) == left  # type: ignore[arg-type]


VIEWS = [
    view(serves(str(OURS))),
    view(serves(str(OLD))),
    view(serves(str(OURS)), serves(str(OLD))),
    view(serves(str(OURS), str(OLD))),
    view(serves(str(OURS)), SILENT),
    view(serves(str(OLD)), NXDOMAIN),
    view(NXDOMAIN),
    view(SILENT),
    view(ALIAS),
    view(serves(str(OURS)), intercepted="a box"),
]


@given(
    st.sampled_from([DNS, API]),
    st.sampled_from(VIEWS),
    st.none()
    | st.builds(
        sent,
        st.sampled_from(["sending", "accepted", "served"]),
        st.sampled_from([OURS, OLD]),
        st.floats(0, 1e6),
    ),
    st.sampled_from([OURS, OLD]),
    st.booleans(),
)
def test_an_address_that_one_witness_may_settle_sends_nothing(
    record: Record, seen: DnsView, memory: Publication | None, address: IPv4Address, readable: bool
) -> None:
    """Promise 1: of two addresses that DNS shows, a router alone must not choose one."""
    quiet = left_alone_with(record, compare(seen, None), memory, now=NOW, readable=readable)
    if quiet is not None and address not in quiet:
        return
    verdict, agreement = replace(SETTLED, address=address), compare(seen, frozenset({address}))
    decision = plan(record, verdict, agreement, memory, Go(), now=NOW, readable=readable)
    assert not isinstance(decision, Push | Ask)


@given(
    st.sampled_from([DNS, API]),
    st.sampled_from([RIGHT, WRONG, LAGGING, PROXIED, compared(NXDOMAIN), compared(SILENT)]),
    st.none()
    | st.builds(
        sent,
        st.sampled_from(["sending", "accepted", "served"]),
        st.sampled_from([OURS, OLD]),
        st.floats(-1e6, 1e6),
    ),
    st.sampled_from([Go(), Wait(until=NOW + 1, why="told"), Locked(lock=LOCK)]),
)
def test_a_provider_is_called_only_when_dns_differs_and_the_account_may(
    record: Record, agreement: Agreement, memory: Publication | None, permit: Permit
) -> None:
    decision = plan(record, SETTLED, agreement, memory, permit, now=NOW)
    if isinstance(decision, Push | Ask):
        assert permit == Go()
        assert decision.address == OURS
    if isinstance(decision, Push):
        assert agreement.state in (State.NONE, State.ABSENT, State.SOME)
    if agreement.state is State.SOME and (memory is None or memory.address == OURS):
        assert not isinstance(decision, Push), "what is on its way is not sent again"


@pytest.mark.parametrize(
    ("sent", "ago", "calm", "held"),
    [
        (OLD, 3.0, 10.0, True),
        (OLD, 9.99, 10.0, True),
        (OLD, 10.0, 10.0, False),
        (OLD, 3.0, 0.0, False),
        (OLD, -3.0, 10.0, False),  # the clock was set back: nothing is held for long by that
        (OURS, 3.0, 10.0, False),  # the same address again is no flapping
    ],
)
def test_another_address_right_after_one_is_held_for_a_while(
    sent: IPv4Address, ago: float, calm: float, held: bool
) -> None:
    memory = Publication(address=sent, state="served", at=NOW, since=NOW - ago)
    decision = plan(DNS, SETTLED, WRONG, memory, Go(), now=NOW, calm=calm)
    if held:
        assert isinstance(decision, Hold)
        assert (decision.code, decision.until) == ("flapping", NOW - ago + calm)
    else:
        assert isinstance(decision, Push)
