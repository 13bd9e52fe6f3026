"""A subscription's life in simulated time, with a router that answers what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from errno import ECONNREFUSED
from typing import Any

import pytest

from discovery.signals.gena_description import EventService
from discovery.signals.gena_listener import Receive
from discovery.signals.gena_messages import Event
from discovery.signals.gena_subscription import Subscription
from discovery.signals.heads import Head, read_head
from discovery.signals.source import Unavailable
from tests.discovery.signals.listening import Heard
from tests.support.simloop import run_simulated

LOST = "the router lost our event subscription, as after a restart"
EVENT = "the router sent an event"
SERVICE = EventService(kind="urn:schemas-upnp-org:service:WANIPConnection:1", port=5000, path="/e")


class Router:
    """Grants every subscription for 1800 s until its `mood` says otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []
        self.mood: Callable[[str], Head | OSError | None] = lambda _: None
        self.doors: dict[str, Receive] = {}
        self.granted = 0

    def expect(self, receive: Receive) -> str:
        url = f"http://192.168.1.10:4/{len(self.doors)}{self.granted}"
        self.doors[url] = receive
        return url

    def forget(self, url: str) -> None:
        del self.doors[url]

    async def ask(self, port: int, request: bytes) -> Head:
        assert port == 5000
        words = request.decode()
        what = (
            "renew" if words.startswith("SUBSCRIBE") and "\r\nSID:" in words else words.split()[0]
        )
        self.asked.append((asyncio.get_running_loop().time(), what))
        answer = self.mood(what)
        if isinstance(answer, OSError):
            raise answer
        if answer is not None:
            return answer
        self.granted += what == "SUBSCRIBE"
        return grant(f"uuid:{self.granted}")

    def send(self, seq: int | None, sid: str = "") -> bool:
        (receive,) = self.doors.values()
        return receive(Event(sid=sid or f"uuid:{self.granted}", seq=seq))

    @property
    def times(self) -> list[tuple[float, str]]:
        return [(round(at, 3), what) for at, what in self.asked]


def grant(sid: str, timeout: int = 1800) -> Head:
    return read_head(f"HTTP/1.1 200 OK\r\nSID: {sid}\r\nTIMEOUT: Second-{timeout}\r\n\r\n".encode())


def refusal(status: int) -> Head:
    return read_head(f"HTTP/1.1 {status} No\r\n\r\n".encode())


def live(
    story: Callable[[Router, Heard, Subscription], Coroutine[Any, Any, None]],
) -> tuple[Router, Heard, Subscription]:
    """Subscribe, live through the story, and give it back."""
    router, heard = Router(), Heard()

    async def main() -> Subscription:
        subscription = subscribe(router, heard)
        await subscription.begin()
        life = asyncio.create_task(subscription.live())
        await story(router, heard, subscription)
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await subscription.end()
        return subscription

    return router, heard, run_simulated(main())


def subscribe(router: Router, heard: Heard) -> Subscription:
    return Subscription(
        heard,
        SERVICE,
        host="192.168.1.1",
        ask=router.ask,
        door=router,
        lease_s=1800,
        limit=3.0,
        first_event=asyncio.Event(),
    )


def test_it_is_renewed_at_half_time_and_given_back() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        await asyncio.sleep(2000)

    router, heard, _ = live(story)
    assert router.times == [
        *((0, "SUBSCRIBE"), (900, "renew"), (1800, "renew"), (2000, "UNSUBSCRIBE"))
    ]
    assert heard.reasons == []
    assert router.doors == {}


def test_a_shorter_lease_is_renewed_sooner() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        router.mood = lambda what: grant("uuid:1", timeout=300)
        await asyncio.sleep(1100)

    router, _, _ = live(story)
    assert router.times[1:-1] == [(900, "renew"), (1050, "renew")]


def test_the_state_at_the_beginning_is_no_reason_and_every_event_is_one() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        assert router.send(0)
        assert heard.reasons == []
        assert router.send(1)
        assert router.send(1)
        assert router.send(4)

    _, heard, subscription = live(story)
    assert heard.reasons == [EVENT, EVENT, "the router sent an event, and one before it was lost"]
    assert subscription._first_event.is_set()


def test_a_first_event_that_is_not_the_state_is_a_reason() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        assert router.send(3)

    assert live(story)[1].reasons == [EVENT]


def test_an_event_of_another_subscription_is_refused() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        assert not router.send(0, sid="uuid:of-another")

    _, heard, subscription = live(story)
    assert heard.reasons == []
    assert not subscription._first_event.is_set()


@pytest.mark.parametrize(("sid", "proved"), [("uuid:1", True), ("uuid:forged", False)])
def test_an_event_may_overtake_the_answer_and_is_checked_when_that_comes(
    sid: str, proved: bool
) -> None:
    router, heard = Router(), Heard()

    async def main() -> bool:
        def overtake(_: str) -> None:
            router.send(0, sid=sid)

        router.mood = overtake
        subscription = subscribe(router, heard)
        await subscription.begin()
        return subscription._first_event.is_set()

    assert run_simulated(main()) is proved
    assert heard.reasons == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refusal(412), id="it does not know us"),
        pytest.param(refusal(500), id="it is broken"),
        pytest.param(OSError(ECONNREFUSED, "refused"), id="it is gone"),
        pytest.param(grant("uuid:renamed"), id="it calls us by another name"),
    ],
)
def test_a_lost_subscription_is_a_reason_and_is_asked_for_anew(answer: Head | OSError) -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        router.send(0)
        router.mood = lambda what: answer if what == "renew" else None
        await asyncio.sleep(901)
        assert heard.reasons == [LOST]
        assert router.send(0), "the state after the gap"

    router, heard, _ = live(story)
    assert router.times[:3] == [(0, "SUBSCRIBE"), (900, "renew"), (900, "SUBSCRIBE")]
    assert heard.reasons == [LOST, EVENT]
    assert router.granted == 2


def test_the_state_after_a_loss_is_a_reason_even_where_no_event_came_before() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        router.mood = lambda what: refusal(412) if what == "renew" else None
        await asyncio.sleep(901)
        router.send(0)

    assert live(story)[1].reasons == [LOST, EVENT]


def test_a_hint_of_a_restart_renews_at_once() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        await asyncio.sleep(10)
        router.mood = lambda what: refusal(412) if what == "renew" else None
        subscription.hurry()
        await asyncio.sleep(1)

    router, heard, _ = live(story)
    assert router.times[1:3] == [(10, "renew"), (10, "SUBSCRIBE")]
    assert heard.reasons == [LOST]


def test_a_hint_that_the_router_is_back_regains_at_once_what_is_lost() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        router.mood = lambda _: OSError(ECONNREFUSED, "refused")
        subscription.hurry()
        await asyncio.sleep(20)
        router.mood = lambda _: None
        subscription.hurry()
        await asyncio.sleep(1)

    router, heard, _ = live(story)
    assert router.times[-2:] == [(20, "SUBSCRIBE"), (21, "UNSUBSCRIBE")]
    assert heard.reasons == [LOST]


def test_a_router_that_takes_two_minutes_to_start_is_awaited() -> None:
    async def story(router: Router, heard: Heard, subscription: Subscription) -> None:
        def starting(_: str) -> OSError | None:
            late = asyncio.get_running_loop().time() < 1020
            return OSError(ECONNREFUSED, "refused") if late else None

        router.mood = starting
        await asyncio.sleep(1100)

    router, heard, _ = live(story)
    assert router.granted == 2
    assert heard.reasons == [LOST]
    assert len(router.asked) < 15


def test_a_router_whose_events_are_gone_ends_it_with_a_sentence() -> None:
    router, heard = Router(), Heard()

    async def main() -> str:
        subscription = subscribe(router, heard)
        await subscription.begin()
        router.mood = lambda _: refusal(404)
        return await subscription.live()

    assert run_simulated(main()) == "the router sends no events: it answered 404"
    assert heard.reasons == [LOST]
    assert router.doors == {}


def test_a_refusal_leaves_no_door_open() -> None:
    router = Router()

    async def main() -> None:
        router.mood = lambda _: refusal(501)
        await subscribe(router, Heard()).begin()

    with pytest.raises(Unavailable, match="the router sends no events: it answered 501"):
        run_simulated(main())
    assert router.doors == {}


async def hang(_port: int, _request: bytes) -> Head:
    await asyncio.sleep(3600)
    raise AssertionError


def test_a_router_that_never_answers_is_left_after_the_limit() -> None:
    router = Router()

    async def main() -> float:
        subscription = subscribe(router, Heard())
        subscription._ask = hang
        with pytest.raises(Unavailable, match="did not answer within 3 s"):
            await subscription.begin()
        return asyncio.get_running_loop().time()

    assert run_simulated(main()) == 3.0


def test_giving_back_waits_a_second_at_most() -> None:
    router = Router()

    async def main() -> float:
        subscription = subscribe(router, Heard())
        await subscription.begin()
        subscription._ask = hang
        await subscription.end()
        return asyncio.get_running_loop().time()

    assert run_simulated(main()) == 1.0
    assert router.doors == {}
