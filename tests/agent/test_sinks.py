"""What is told, to whom, and what is only chatter."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import get_args

import pytest

from agent.decide.exit_status import Exit
from agent.events import (
    Answered,
    Event,
    Judged,
    Listened,
    Planned,
    RoundBegan,
    RoundEnded,
    Sent,
    Stopping,
    Trouble,
    to_json,
)
from agent.sinks.fan_out import FanOut
from agent.sinks.journal import JournalSink
from agent.sinks.log import LogSink
from agent.sinks.words import sentence
from agent.store import Store
from agent.values import Hold, Keep, Push, Settled, Unknown
from discovery.observation import Family, Source
from discovery.signals.view import Signal
from providers.engine.outcome import Cause, Changed, Outcome, Refused
from tests.support.simloop import run_simulated

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
OURS = ip_address("81.2.69.142")


def judged(*sources: Source) -> Judged:
    verdict = Settled(
        family=Family.V4, address=OURS, code="single_nat", sources=sources, because="it is ours"
    )
    return Judged(at=AT, round=1, verdict=verdict)


HELD = Planned(
    at=AT, round=1, name="a", rtype="A", decision=Hold(code="dns_unknown", because="silence")
)
KEPT = Planned(at=AT, round=1, name="a", rtype="A", decision=Keep(because="right"))
PUSHED = Planned(
    at=AT, round=1, name="a", rtype="A", decision=Push(address=OURS, because="it is wrong")
)
CHATTER: list[Event] = [
    RoundBegan(at=AT, round=1, because="poll"),
    RoundEnded(at=AT, round=1, exit=Exit.HEALTHY, settled=True, took=0.1),
    KEPT,
]


def written(*events: Event, form: str = "text") -> list[str]:
    stream = io.StringIO()
    sink = LogSink(stream, form)  # type: ignore[arg-type]
    for event in events:
        sink(event)
    return stream.getvalue().splitlines()


def test_a_quiet_home_writes_nothing() -> None:
    assert written(*CHATTER) == []


def test_the_same_verdict_by_other_witnesses_is_no_news() -> None:
    assert len(written(judged("upnp"), judged("upnp", "stun"), judged("natpmp"))) == 1


def test_a_hold_is_told_once_and_again_after_something_else() -> None:
    assert len(written(HELD, HELD, PUSHED, HELD)) == 3


def test_a_line_of_text_has_the_time_and_a_sentence() -> None:
    assert written(HELD) == ["2026-03-01 03:00:00 a A is left alone: silence"]


def test_a_line_of_json_is_one_object_with_the_same_sentence() -> None:
    (line,) = written(HELD, form="json")
    document = json.loads(line)
    assert document["type"] == "Planned"
    assert document["decision"]["code"] == "dns_unknown"
    assert document["text"] == "a A is left alone: silence"


def test_history_takes_the_news_only() -> None:
    with closing(Store(None, lambda _: None)) as store:
        sink = JournalSink(store)
        for event in (*CHATTER, judged("upnp"), judged("stun"), HELD, HELD):
            sink(event)
        assert [line.type for line in store.history(10)] == ["Judged", "Planned"]


def test_history_is_not_repeated_by_the_next_process() -> None:
    """A timer that runs `once` for years fills no disk."""
    with closing(Store(None, lambda _: None)) as store:
        for _ in range(3):
            JournalSink(store)(judged("upnp"))
        assert len(store.history(10)) == 1


def test_history_knows_the_two_families_of_one_name_apart() -> None:
    """A name of which both are held says so once, and not in every round for years."""
    six = replace(HELD, rtype="AAAA")
    with closing(Store(None, lambda _: None)) as store:
        for _ in range(3):
            sink = JournalSink(store)
            for event in (HELD, six, HELD, six):
                sink(event)
        assert len(store.history(10)) == 2


def test_history_of_a_round_is_seen_by_others_within_half_a_second(tmp_path: Path) -> None:
    def seen() -> int:
        with closing(Store(tmp_path / "state.sqlite3", pytest.fail)) as other:
            return len(other.history(10))

    async def main() -> None:
        with closing(Store(tmp_path / "state.sqlite3", pytest.fail)) as store:
            sink = JournalSink(store)
            for name in "abc":
                sink(replace(HELD, name=name))
            assert seen() == 0, "written with something that must be on disk, or soon"
            await asyncio.sleep(0.6)
            assert seen() == 3
            sink(replace(HELD, name="d"))
        assert seen() == 4, "nothing is lost when the agent is told to stop"

    run_simulated(main())


def held(number: int) -> Planned:
    return replace(HELD, name=f"n{number}.example.com")


OVER = RoundEnded(at=AT, round=1, exit=Exit.HEALING, settled=False, took=1.0)


def test_what_a_round_says_of_a_thousand_records_is_shown_of_twenty_and_counted() -> None:
    lines = written(*map(held, range(1000)), OVER, replace(HELD, name="later"))
    assert len(lines) == 22
    assert "and 980 more decisions of that kind" in lines[20]
    assert "later" in lines[21], "the next round counts anew"


def test_a_rare_thing_is_told_however_many_others_there_are() -> None:
    refusal = Refused(cause=Cause.REJECTED, text="no such zone")
    outcomes: list[Outcome] = [*[Changed()] * 50, refusal, *[Changed()] * 50]
    answers = [
        Answered(at=AT, round=1, account="home", names=("a",), outcome=outcome, took=0.1)
        for outcome in outcomes
    ]
    locked = replace(HELD, decision=Hold(code="locked", because="wrong key"))
    lines = written(*answers, *map(held, range(50)), locked, OVER)
    assert sum("no such zone" in line for line in lines) == 1
    assert sum("wrong key" in line for line in lines) == 1
    assert [line.split(" ", 2)[2] for line in lines[-2:]] == [
        "and 80 more answers of that kind; `upstun history` has them",
        "and 30 more decisions of that kind; `upstun history` has them",
    ]


def test_json_for_programs_is_whole() -> None:
    assert len(written(*map(held, range(1000)), OVER, form="json")) == 1000


def test_a_call_about_many_names_a_few() -> None:
    names = tuple(f"n{number}" for number in range(1000))
    said = sentence(Sent(at=AT, round=1, account="home", names=names))
    assert said == "telling account home about n0, n1, n2, n3, n4 and 995 more"
    few = sentence(Sent(at=AT, round=1, account="home", names=names[:5]))
    assert few == "telling account home about n0, n1, n2, n3, n4"


def test_a_broken_listener_loses_its_own_events_alone() -> None:
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise OSError("the pipe is closed")

    emit = FanOut(broken, heard.append)
    emit(HELD)
    emit(PUSHED)
    assert heard == [HELD, PUSHED]


def test_a_listener_that_failed_is_told_the_next_event() -> None:
    """A log on a full disk must not be silent for the years after."""
    heard: list[Event] = []

    def full_for_a_while(event: Event) -> None:
        if event is HELD:
            raise OSError("no space left on device")
        heard.append(event)

    emit = FanOut(full_for_a_while)
    emit(HELD)
    emit(PUSHED)
    assert heard == [PUSHED]


def test_every_kind_of_event_has_words_or_is_chatter_by_intent() -> None:
    assert sentence(Trouble(at=AT, text="the disk is full")) == "the disk is full"
    assert sentence(Stopping(at=AT, because="SIGTERM")) == "stopping: SIGTERM"
    offline = Unknown(family=Family.V4, code="offline", because="no way out")
    assert sentence(Judged(at=AT, round=1, verdict=offline)) == "nothing is published: no way out"
    signal = Signal(name="gena", works=True, expected_ms=30, detail="the router agreed")
    assert sentence(Listened(at=AT, signal=signal)) == "signal gena: the router agreed"
    assert len(get_args(Event)) == 16, "a new event needs words: extend `sentence` and this count"


def test_events_have_a_json_form_that_is_the_same_for_equal_events() -> None:
    assert json.dumps(to_json(judged("upnp"))) == json.dumps(to_json(judged("upnp")))
    with pytest.raises(TypeError):
        to_json(object())
