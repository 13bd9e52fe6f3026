"""What the onlooker takes from the agent's events, in simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest

from agent.decide.agreement import Agreement, State
from agent.demo.onlooker import Onlooker
from agent.demo.tale import Noticed, Published, Quiet, Served
from agent.events import Answered, Event, Judged, NotServed, Planned, RoundBegan, Trouble
from agent.events import Served as SeenServed
from agent.values import Decision, Hold, Keep, Settled, Unknown
from discovery.observation import Family
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unconfirmed
from tests.support.simloop import run_simulated

AT = datetime(2026, 3, 1, tzinfo=UTC)
OLD, NEW = IPv4Address("81.2.69.142"), IPv4Address("81.2.69.160")
NAME = "home.example.com"
LAGGING = Agreement(state=State.SOME, asked=2, agreeing=1, because="one server lags")


def judged(address: IPv4Address) -> Judged:
    verdict = Settled(
        family=Family.V4, address=address, code="single_nat", sources=("upnp", "stun"), because="so"
    )
    return Judged(at=AT, round=1, verdict=verdict)


def answered(outcome: Outcome) -> Answered:
    return Answered(at=AT, round=1, account="home", names=(NAME,), outcome=outcome, took=0.01)


def planned(decision: Decision) -> Planned:
    return Planned(at=AT, round=1, name=NAME, rtype="A", decision=decision)


def served(kind: type[SeenServed | NotServed], agreement: Agreement) -> Event:
    return kind(at=AT, round=1, name=NAME, rtype="A", agreement=agreement, took=0.1)


ALL = Agreement(state=State.ALL, asked=2, agreeing=2, because="both serve it")


def watch(look: Callable[[Onlooker], None]) -> Onlooker:
    """An onlooker that expects NEW, half a second after the line has it."""

    async def main() -> Onlooker:
        onlooker = Onlooker()
        onlooker.expect(NEW, asyncio.get_running_loop().time())
        await asyncio.sleep(0.5)
        look(onlooker)
        return onlooker

    return run_simulated(main())


def seen(onlooker: Onlooker) -> list[object]:
    return [onlooker._seen.get_nowait() for _ in range(onlooker._seen.qsize())]


def test_a_change_is_told_step_by_step_with_the_time_since_it_happened() -> None:
    def look(onlooker: Onlooker) -> None:
        for event in (judged(NEW), judged(NEW), answered(Changed()), served(SeenServed, ALL)):
            onlooker(event)

    assert seen(watch(look)) == [
        Noticed(after=0.5, sources=("upnp", "stun")),
        Published(after=0.5),
        Served(after=0.5, agreeing=2, asked=2),
    ]


def test_what_concerns_the_old_address_is_passed_over() -> None:
    def look(onlooker: Onlooker) -> None:
        for event in (judged(OLD), answered(Changed()), served(SeenServed, ALL)):
            onlooker(event)

    assert seen(watch(look)) == []


def test_the_next_address_begins_with_a_clean_slate() -> None:
    def look(onlooker: Onlooker) -> None:
        onlooker(judged(NEW))
        onlooker(answered(Refused(cause=Cause.TRANSIENT, text="the server is busy")))
        onlooker.expect(OLD, 0.0)
        onlooker(answered(Changed()))

    onlooker = watch(look)
    assert seen(onlooker) == []
    assert onlooker.last_word == ""


def test_a_quiet_look_is_told_once_and_only_when_asked_for() -> None:
    def look(onlooker: Onlooker) -> None:
        onlooker(planned(Keep(because="right")))
        onlooker.expect_quiet(0.0)
        onlooker(planned(Keep(because="right")))
        onlooker(planned(Keep(because="right")))

    assert seen(watch(look)) == [Quiet(at=0.5)]


def test_rounds_are_counted() -> None:
    def look(onlooker: Onlooker) -> None:
        for number in (1, 2, 3):
            onlooker(RoundBegan(at=AT, round=number, because="safety poll"))

    assert watch(look).rounds == 3


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (
            Judged(
                at=AT,
                round=1,
                verdict=Unknown(family=Family.V4, code="offline", because="no way out"),
            ),
            "no way out",
        ),
        (planned(Hold(code="paced", because="waiting")), "waiting"),
        (planned(Keep(because="all is right")), "before"),
        (answered(Refused(cause=Cause.CREDENTIALS, text="BADSIG")), "BADSIG"),
        (answered(Unconfirmed(text="the answer was lost")), "the answer was lost"),
        (served(NotServed, LAGGING), "one server lags"),
        (Trouble(at=AT, text="the disk is full"), "the disk is full"),
        (judged(NEW), "before"),
    ],
)
def test_the_last_word_is_what_explains_why_nothing_goes_on(event: Event, word: str) -> None:
    def look(onlooker: Onlooker) -> None:
        onlooker(Trouble(at=AT, text="before"))
        onlooker(event)

    assert watch(look).last_word == word
