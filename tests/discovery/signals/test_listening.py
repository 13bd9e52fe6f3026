"""Which signals are open, what is known of each, and what becomes of those that end: with fakes.

All of it in simulated time; a test against a real router is in test_listening_miniupnpd.py.
"""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import pairwise
from typing import Any

import pytest

from discovery.interface import Surroundings
from discovery.signals import sentences
from discovery.signals.listening import Listening, is_news
from discovery.signals.source import Unavailable
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from tests.discovery.signals.fake_sources import Fakes
from tests.discovery.signals.listening import Heard
from tests.support.simloop import run_simulated

AT_HOME = Surroundings(
    local=IPv4Address("192.168.1.10"), gateway=IPv4Address("192.168.1.1"), device="eth0"
)
LOCATION = "http://192.168.1.1:5000/rootDesc.xml"
OPEN_AT_HOME = set(EVERY_SIGNAL) - {"upnp_poll"}
YEAR_S = 365 * 24 * 3600


class SomeServer:
    """A STUN server that nobody asks here."""

    source, witness, operator = "stun", "stun:somewhere", "somebody"


class Home:
    """A listening, and all that it is given: change it, and see what becomes of it."""

    def __init__(self) -> None:
        self.around, self.location = AT_HOME, LOCATION
        self.looks = 0
        self.fakes, self.heard, self.told = Fakes(), Heard(), list[Signal]()

    def listening(self, **other: Any) -> Listening:
        async def at_once(look: Callable[[], Surroundings]) -> Surroundings:
            return look()

        def surroundings() -> Surroundings:
            self.looks += 1
            return self.around

        given: dict[str, Any] = {
            "allowed": EVERY_SIGNAL,
            "sources": ("upnp", "natpmp", "stun"),
            "surroundings": surroundings,
            "location": lambda: self.location,
            "stun": [SomeServer()],
            "own_stun": [],
            "told": self.told.append,
            "vary": lambda: 0.5,
            "wall": lambda: 0.0,
            "make": self.fakes,
            "aside": at_once,
        }
        return Listening(self.heard, **{**given, **other})

    def story(self, name: SignalName) -> list[bool | None]:
        """What people were told of one signal, in order."""
        return [signal.works for signal in self.told if signal.name == name]


Story = Callable[[Home, Listening], Awaitable[None]]


def live(story: Story, home: Home | None = None, **other: Any) -> Home:
    """Listen, let everything open, live through the story, and leave nothing behind."""
    home = home or Home()

    async def main() -> None:
        before = asyncio.all_tasks()
        async with home.listening(**other) as listening:
            await settle()
            await story(home, listening)
        assert asyncio.all_tasks() == before
        assert home.fakes.open == set()

    run_simulated(main())
    return home


async def settle() -> None:
    """Give what was set in motion the time to come to rest."""
    await asyncio.sleep(0.5)


async def nothing(home: Home, listening: Listening) -> None:
    """Nothing happens."""


def refusing(*words: str) -> Callable[[], Awaitable[None]]:
    """A mood that refuses so often, with these words, and then no more; for ever with one."""
    left = list(words)

    async def refuse() -> None:
        if left:
            raise Unavailable(left.pop(0))

    return refuse


def always(words: str) -> Callable[[], Awaitable[None]]:
    async def refuse() -> None:
        raise Unavailable(words)

    return refuse


async def hang() -> None:
    await asyncio.sleep(10 * YEAR_S)


# ---- opening and closing ------------------------------------------------------------------------


def test_everything_worth_having_is_open_and_known_and_no_reason_to_look() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert home.fakes.open == OPEN_AT_HOME
        assert {name: signal.works for name, signal in listening.items()} == {
            "netlink": True,
            "natpmp_announce": None,
            "gena": None,
            "ssdp": None,
            "natpmp_poll": True,
            "upnp_poll": None,
            "stun_poll": True,
            "clock": True,
        }

    assert live(story).heard.reasons == []


def test_entering_waits_for_nothing_and_one_that_hangs_holds_up_no_other() -> None:
    home = Home()
    home.fakes.moods["gena"] = hang

    async def main() -> None:
        async with home.listening() as listening:
            assert (home.fakes.log, dict(listening)) == ([], {})
            await settle()
            assert home.fakes.open == OPEN_AT_HOME - {"gena"}
            assert "gena" not in listening

    run_simulated(main())


@pytest.mark.parametrize("late", [hang, Unavailable("no goodbye")])
def test_leaving_takes_two_seconds_at_most(late: Any) -> None:
    home = Home()

    async def main() -> float:
        async with home.listening():
            await settle()
            home.fakes.gena.closing = late if callable(late) else always(str(late))
            begun = asyncio.get_running_loop().time()
        assert home.fakes.open == set()
        return asyncio.get_running_loop().time() - begun

    assert run_simulated(main()) <= 2.0


def test_leaving_can_be_cut_short_and_still_closes_everything() -> None:
    home = Home()

    async def stay() -> None:
        async with home.listening():
            await settle()
            home.fakes.gena.closing = hang

    async def main() -> None:
        before = asyncio.all_tasks()
        staying = asyncio.create_task(stay())
        await asyncio.sleep(1)
        staying.cancel()
        await asyncio.wait([staying])
        assert staying.cancelled()
        assert asyncio.all_tasks() == before
        assert home.fakes.open == set()

    run_simulated(main())


def test_what_is_not_allowed_is_neither_opened_nor_known() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert home.fakes.open == set(listening) == {"netlink", "natpmp_poll"}

    live(story, allowed={"netlink", "natpmp_poll"})


# ---- reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPEN_AT_HOME))
def test_a_reason_is_passed_on_as_it_is(name: SignalName) -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.fakes[name].look("because")
        assert home.heard.reasons == ["because"]

    live(story)


def test_a_storm_of_signals_is_passed_on_and_leaves_nothing_behind() -> None:
    async def story(home: Home, listening: Listening) -> None:
        tasks, looks = len(asyncio.all_tasks()), home.looks
        for _ in range(1000):
            for source in list(home.fakes.made.values()):
                source.look("a storm")
            await asyncio.sleep(0.001)
        assert len(asyncio.all_tasks()) <= tasks + 1
        assert home.looks - looks <= 11
        assert len(home.fakes.gena.hurried) <= 3

    reasons = live(story, allowed=set(EVERY_SIGNAL) - {"clock"}).heard.reasons
    assert reasons.count("a storm") == 6000


def test_a_clock_that_jumps_all_the_time_does_not_multiply_sources() -> None:
    async def story(home: Home, listening: Listening) -> None:
        tasks = len(asyncio.all_tasks())
        for _ in range(1000):
            home.fakes["clock"].look("a jump")
            await asyncio.sleep(0.001)
        await settle()
        assert len(asyncio.all_tasks()) == tasks
        assert home.fakes.count("try gena") <= 13

    live(story)


# ---- what ended ---------------------------------------------------------------------------------


def test_what_ended_is_known_not_to_work_and_is_opened_anew_after_a_second() -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.fakes["ssdp"].end("listening ended (closed)")
        await asyncio.sleep(0.9)
        assert listening["ssdp"] == sentences.cannot("ssdp", "listening ended (closed)")
        assert home.heard.reasons == []
        await asyncio.sleep(0.2)
        assert home.fakes["ssdp"].is_open
        assert listening["ssdp"].works is None
        assert home.heard.reasons == ["the router's UPnP service is listened to again"]

    home = live(story)
    assert home.story("ssdp") == [False, None]


def test_a_refusal_is_told_once_and_tried_again_less_and_less_often() -> None:
    tries: list[float] = []

    async def refuse() -> None:
        tries.append(asyncio.get_running_loop().time())
        raise Unavailable("the router does not answer NAT-PMP")

    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(4000)

    home = Home()
    home.fakes.moods["natpmp_poll"] = refuse
    live(story, home)
    pauses = [round(after - before) for before, after in pairwise(tries)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert home.story("natpmp_poll") == [False]
    assert home.heard.reasons == []


def test_a_refusal_for_another_reason_is_told_again() -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(10)
        assert listening["natpmp_poll"].works is True

    home = Home()
    home.fakes.moods["natpmp_poll"] = refusing("it is silent", "it is silent", "it is closed")
    told = [one.detail for one in live(story, home).told if one.name == "natpmp_poll"]
    assert told[:2] == ["it is silent", "it is closed"]
    assert len(told) == 3
    assert home.heard.reasons == [], "the first opening ends no gap, however late it comes"


@pytest.mark.parametrize(("lasts", "pauses"), [(59, [1, 2, 4]), (60, [1, 1, 1])])
def test_one_that_worked_for_a_minute_is_opened_anew_as_quickly_as_ever(
    lasts: float, pauses: list[float]
) -> None:
    async def story(home: Home, listening: Listening) -> None:
        for pause in pauses:
            await asyncio.sleep(lasts)
            home.fakes["ssdp"].end()
            await asyncio.sleep(pause - 0.1)
            assert not home.fakes["ssdp"].is_open
            await asyncio.sleep(0.2)
            assert home.fakes["ssdp"].is_open

    live(story)


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("a secret"),
        ExceptionGroup("of", [RuntimeError("a secret")]),
        asyncio.CancelledError("a secret"),
    ],
)
def test_a_fault_in_one_source_is_told_by_its_class_and_the_others_go_on(
    fault: BaseException,
) -> None:
    expected = "CancelledError" if isinstance(fault, asyncio.CancelledError) else "RuntimeError"

    async def story(home: Home, listening: Listening) -> None:
        for name in OPEN_AT_HOME:
            home.fakes[name].fail(fault)
            await settle()
            assert listening[name].works is False
            assert listening[name].detail == (f"listening for it failed inside upstun ({expected})")
            await asyncio.sleep(2)
            assert home.fakes.open == OPEN_AT_HOME

    live(story)


def test_a_fault_while_opening_or_closing_is_told_in_the_same_way() -> None:
    async def fall() -> None:
        raise KeyError("a secret")

    async def story(home: Home, listening: Listening) -> None:
        assert "(KeyError)" in listening["stun_poll"].detail
        home.fakes["ssdp"].closing = fall
        home.fakes["ssdp"].end()
        await settle()
        assert "(KeyError)" in listening["ssdp"].detail

    home = Home()
    home.fakes.moods["stun_poll"] = fall
    live(story, home)


# ---- knowledge ----------------------------------------------------------------------------------


def test_an_announcement_that_was_heard_proves_itself_and_slows_the_poll() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert home.fakes.poll("natpmp_poll").paces == [1.0]
        home.fakes["natpmp_announce"].look("the router announced a change (NAT-PMP)")
        assert listening["natpmp_announce"].works is True
        await settle()
        assert home.fakes.poll("natpmp_poll").paces == [1.0, 5.0]
        assert listening["natpmp_poll"].expected_ms == 5000
        home.fakes["natpmp_announce"].end()
        await settle()
        assert home.fakes.poll("natpmp_poll").paces == [1.0, 5.0, 1.0]

    home = live(story)
    assert home.story("natpmp_announce") == [True, False]
    assert home.story("natpmp_poll") == [True], "a pace is no news"


def test_events_are_proved_by_the_first_that_comes() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert listening["gena"].works is None
        home.fakes.gena.first_event.set()
        await settle()
        assert listening["gena"] == sentences.proved("gena")
        assert home.fakes.poll("natpmp_poll").paces == [1.0, 5.0]

    assert live(story).story("gena") == [True]


def test_events_that_are_promised_and_do_not_come_are_known_not_to_work_until_one_does() -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(3)
        assert listening["gena"] == sentences.no_first_event(3.0)
        assert home.fakes.gena.is_open
        home.fakes.gena.look("the router sent an event")
        home.fakes.gena.first_event.set()
        await settle()

    assert live(story).story("gena") == [False, True]


def test_a_lost_subscription_is_a_reason_and_no_proof() -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.fakes.gena.look("the router lost our event subscription, as after a restart")
        assert listening["gena"].works is None

    live(story)


def test_upnp_is_polled_while_natpmp_does_not_answer() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert home.fakes["upnp_poll"].wish.every == 5.0
        home.fakes.moods.clear()
        await asyncio.sleep(10)
        assert home.fakes.open == OPEN_AT_HOME
        assert listening["upnp_poll"] == sentences.natpmp_instead()

    home = Home()
    home.fakes.moods["natpmp_poll"] = always("the router does not answer NAT-PMP")
    live(story, home)


def test_a_pace_that_changes_while_a_poll_is_being_opened_is_its_pace() -> None:
    async def slow() -> None:
        await asyncio.sleep(1)

    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(1)
        stun = home.fakes.poll("stun_poll")
        assert (stun.wish.every, stun.paces[-1]) == (60.0, 25.0)
        assert listening["stun_poll"].expected_ms == 25_000

    home = Home()
    home.location = ""
    home.fakes.moods["stun_poll"] = slow
    home.fakes.moods["natpmp_poll"] = always("the router does not answer NAT-PMP")
    live(story, home)
    assert home.fakes.count("open stun_poll") == 1


ROWS = [
    (None, None, False),
    (None, True, True),
    (None, False, True),
    (True, None, False),
    (True, True, False),
    (True, False, True),
    (False, None, True),
    (False, True, True),
    (False, False, False),
]


@pytest.mark.parametrize(("last", "now", "news"), ROWS)
def test_what_people_are_told_is_new(last: bool | None, now: bool | None, news: bool) -> None:
    def signal(works: bool | None) -> Signal:
        return Signal(name="ssdp", works=works, expected_ms=None, detail="as a test says")

    assert is_news(None if last is None else signal(last), signal(now)) is news
    if now is not None:
        assert is_news(signal(None), signal(now))


def test_the_pace_in_a_sentence_is_no_news_and_another_reason_of_a_failure_is() -> None:
    slow, quick = sentences.proved("natpmp_poll", 5.0), sentences.proved("natpmp_poll", 1.0)
    assert slow.detail != quick.detail
    assert not is_news(slow, quick)
    assert is_news(sentences.cannot("ssdp", "one"), sentences.cannot("ssdp", "another"))


# ---- when something else changes ----------------------------------------------------------------


def test_another_router_closes_what_was_bound_to_the_old_one() -> None:
    async def story(home: Home, listening: Listening) -> None:
        old = dict(home.fakes.made)
        home.around = replace(AT_HOME, gateway=IPv4Address("192.168.1.254"))
        home.fakes["netlink"].look("a route of this machine changed")
        await settle()
        assert home.fakes.open == OPEN_AT_HOME
        changed = {name for name in old if home.fakes[name] is not old[name]}
        assert changed == {"natpmp_announce", "gena", "ssdp", "natpmp_poll"}
        assert not any(old[name].is_open for name in changed)

    live(story)


def test_nothing_is_known_of_another_router_before_it_was_tried() -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.fakes.gena.first_event.set()
        await settle()
        assert home.fakes.poll("natpmp_poll").wish.every == 1.0
        assert home.fakes.poll("natpmp_poll").paces[-1] == 5.0
        home.fakes.moods["gena"] = hang
        home.around = replace(AT_HOME, gateway=IPv4Address("192.168.1.254"))
        listening.reconsider()
        await settle()
        assert "gena" not in listening
        assert home.fakes.poll("natpmp_poll").paces[-1] == 1.0

    live(story)


def test_a_pulled_cable_closes_what_needs_a_router_and_its_return_opens_it_again() -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.around = Surroundings()
        home.fakes["netlink"].look("a network link of this machine changed")
        await settle()
        assert home.fakes.open == {"netlink", "clock", "stun_poll"}
        assert listening["gena"] == sentences.no_router("gena")
        home.around = AT_HOME
        home.fakes["netlink"].look("a network link of this machine changed")
        await settle()
        assert home.fakes.open == OPEN_AT_HOME
        assert "the router's events are subscribed to again" in home.heard.reasons

    home = live(story)
    assert home.story("natpmp_announce") == [False, None]


def test_a_description_that_is_found_or_moves_is_subscribed_to() -> None:
    async def story(home: Home, listening: Listening) -> None:
        assert "gena" not in home.fakes.made
        for location in (LOCATION, LOCATION.replace("5000", "5001")):
            home.location = location
            listening.reconsider()
            await settle()
            assert home.fakes.gena.wish.location == location

    home = Home()
    home.location = ""
    live(story, home)
    assert home.fakes.log.count("close gena") == 2
    assert home.heard.reasons == ["the router's events are subscribed to again"]


def test_after_a_sleep_all_that_is_bound_to_addresses_is_opened_anew() -> None:
    async def story(home: Home, listening: Listening) -> None:
        old = dict(home.fakes.made)
        home.fakes["clock"].look("this machine slept")
        await settle()
        assert home.fakes.open == OPEN_AT_HOME
        same = {name for name in old if home.fakes[name] is old[name]}
        assert same == {"netlink", "clock"}

    home = live(story)
    assert home.story("gena") == [], "it is no news that what may work may still work"
    assert home.story("natpmp_poll") == [True]


# ---- hints --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ssdp", "netlink"])
def test_a_hint_makes_the_subscription_prove_itself_at_once(name: SignalName) -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(100)
        home.fakes[name].look("something happened")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now = asyncio.get_running_loop().time()
        assert home.fakes.gena.hurried == [now]
        home.fakes[name].look("and again")
        home.fakes[name].look("and again")
        await asyncio.sleep(10)
        assert home.fakes.gena.hurried == [now, now + 1]

    live(story)


def test_a_hint_tries_a_lost_subscription_again_though_never_more_often_than_each_second() -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(100)  # the next try would be at 127 s
        before = home.fakes.count("try gena")
        home.fakes["ssdp"].look("the router's UPnP service started")
        await asyncio.sleep(0.1)
        assert home.fakes.count("try gena") == before + 1
        for _ in range(100):
            home.fakes["ssdp"].look("the router's UPnP service started")
            await asyncio.sleep(0.1)
        assert home.fakes.count("try gena") <= before + 12

    home = Home()
    home.fakes.moods["gena"] = always("the router does not answer")
    live(story, home)


def test_after_a_hint_the_tries_begin_to_grow_rare_anew() -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(100)
        home.fakes["ssdp"].look("the router's UPnP service started")
        before = home.fakes.count("try gena")
        await asyncio.sleep(8)
        assert home.fakes.count("try gena") == before + 4  # at 0, 1, 3 and 7 s

    home = Home()
    home.fakes.moods["gena"] = always("the router does not answer")
    live(story, home)


def test_a_hint_that_comes_while_a_subscription_is_asked_for_is_not_lost() -> None:
    async def slow() -> None:
        await asyncio.sleep(1)

    async def story(home: Home, listening: Listening) -> None:
        home.fakes["ssdp"].look("the router's UPnP service stopped")
        await asyncio.sleep(1)
        assert len(home.fakes.gena.hurried) == 1

    home = Home()
    home.fakes.moods["gena"] = slow
    live(story, home)


def test_a_hint_that_led_to_a_new_subscription_is_not_passed_on_to_it() -> None:
    async def story(home: Home, listening: Listening) -> None:
        await asyncio.sleep(2)
        home.fakes["ssdp"].look("the router's UPnP service started")
        await settle()
        assert home.fakes.gena.is_open
        assert home.fakes.gena.hurried == []

    home = Home()
    home.fakes.moods["gena"] = refusing("it starts", "it starts")
    live(story, home)


def test_a_hint_to_what_is_not_there_is_passed_over() -> None:
    async def story(home: Home, listening: Listening) -> None:
        home.fakes["ssdp"].look("the router's UPnP service started")

    home = Home()
    home.location = ""
    assert live(story, home).heard.reasons == ["the router's UPnP service started"]


# ---- years --------------------------------------------------------------------------------------


def test_a_year_of_losses_leaves_memory_as_it_was() -> None:
    async def losses(home: Home, number: int) -> None:
        for turn in range(number):
            await asyncio.sleep(YEAR_S / 600)
            source = home.fakes[sorted(home.fakes.open)[turn % 7]]
            if turn % 5:
                source.end("gone for a while")
            else:
                source.look("something happened")
            home.told.clear()
            home.heard.reasons.clear()
            home.fakes.log.clear()

    async def story(home: Home, listening: Listening) -> None:
        # At 3e7 s, the next greater number is 4e-9 s away: a finer resolution is never reached.
        asyncio.get_running_loop()._clock_resolution = 1e-6  # type: ignore[attr-defined]
        tracemalloc.start()
        try:
            await losses(home, 150)  # by now, everything has been replaced once
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            await losses(home, 600)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert grown < 20_000
        assert len(asyncio.all_tasks()) <= 12

    live(story)
