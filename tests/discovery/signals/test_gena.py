"""Subscribing at a router on loopback, in order and not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from discovery.signals.gena import Gena
from discovery.signals.source import Unavailable
from tests.discovery.router.fake_igd import exhibit
from tests.discovery.signals.fake_events import GRANTED, Answer, FakeEvents, notify
from tests.discovery.signals.listening import PATIENCE_S, Heard, nothing_left, until

LOCAL = IPv4Address("127.0.0.3")
HEALTHY = exhibit("description_healthy")
EVENT = "the router sent an event"
LOST = "the router lost our event subscription, as after a restart"


def two_connections() -> bytes:
    """A DSL router's description, whose two services say where their events are."""
    text = exhibit("description_dead_ip_service_first").decode()
    for name in ("IPConn", "PPPConn"):
        control = f"<controlURL>/ctl/{name}</controlURL>"
        assert control in text
        text = text.replace(control, f"{control}<eventSubURL>/evt/{name}</eventSubURL>")
    return text.encode()


def gena(router: FakeEvents, heard: Heard, *, limit: float = PATIENCE_S) -> Gena:
    return Gena(heard, location=router.location, local=LOCAL, limit=limit)


def test_the_first_event_proves_it_and_the_next_is_a_reason() -> None:
    heard = Heard()

    async def main() -> None:
        async with nothing_left(), FakeEvents(HEALTHY) as router:
            async with gena(router, heard) as source:
                await source.first_event.wait()
                assert heard.reasons == []
                await notify(router.callbacks[0], 1)
                await heard.until(EVENT)
            assert router.asked == [
                "GET /rootDesc.xml",
                "SUBSCRIBE /evt/WANIPConnection",
                "UNSUBSCRIBE /evt/WANIPConnection",
            ]

    asyncio.run(main())


def test_each_connection_of_a_dsl_router_is_subscribed_to_and_one_that_grants_is_enough() -> None:
    def answer(_: str, path: str) -> Answer:
        return GRANTED if path == "/evt/PPPConn" else b"HTTP/1.1 500 No\r\n\r\n"

    async def main() -> list[str]:
        async with nothing_left(), FakeEvents(two_connections(), answer=answer) as router:
            async with gena(router, Heard()) as source:
                await source.first_event.wait()
            return router.asked[1:]
        raise AssertionError

    assert asyncio.run(main()) == [
        *("SUBSCRIBE /evt/IPConn", "SUBSCRIBE /evt/PPPConn", "UNSUBSCRIBE /evt/PPPConn")
    ]


def test_a_lost_subscription_is_asked_for_anew_and_events_come_again() -> None:
    heard, answers = Heard(), [GRANTED, b"HTTP/1.1 412 No\r\n\r\n", GRANTED, GRANTED]

    async def main() -> None:
        async with (
            nothing_left(),
            FakeEvents(HEALTHY, answer=lambda _method, _path: answers.pop(0)) as router,
            gena(router, heard) as source,
        ):
            await source.first_event.wait()
            source.hurry()
            await heard.until(LOST)
            await heard.until(EVENT)
            assert len(set(router.callbacks)) == 2

    asyncio.run(main())
    assert heard.reasons == [LOST, EVENT]


def test_an_end_is_told_when_the_events_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.signals.gena_subscription._REGAIN_AFTER_S", (0, 0))
    answers = [GRANTED]

    def answer(_method: str, _path: str) -> Answer:
        return answers.pop(0) if answers else b"HTTP/1.1 404 No\r\n\r\n"

    async def main() -> str:
        async with (
            nothing_left(),
            FakeEvents(HEALTHY, answer=answer) as router,
            gena(router, Heard()) as source,
        ):
            source.hurry()
            waiting = asyncio.create_task(source.ended())
            await asyncio.sleep(0)
            waiting.cancel()  # one who waits no more does not end it for the others
            async with asyncio.timeout(PATIENCE_S):
                return await source.ended()
        raise AssertionError

    assert asyncio.run(main()) == "the router sends no events: it answered 404"


@pytest.mark.parametrize(
    ("router", "sentence"),
    [
        pytest.param(
            lambda: FakeEvents(None), "did not send its description within 0.1", id="mute"
        ),
        pytest.param(
            lambda: FakeEvents(exhibit("description_media_server")),
            "describes no internet connection that sends events",
            id="a television",
        ),
        pytest.param(
            lambda: FakeEvents(b" " * (1 << 20)), "that is no description of a device", id="a flood"
        ),
        pytest.param(
            lambda: FakeEvents(HEALTHY, answer=lambda _method, _path: None),
            "sends no events: it did not answer within 0.1 s",
            id="SUBSCRIBE hangs",
        ),
        pytest.param(
            lambda: FakeEvents(HEALTHY, answer=lambda _method, _path: b"HTTP/1.1 501 No\r\n\r\n"),
            "sends no events: it answered 501",
            id="SUBSCRIBE is refused",
        ),
        pytest.param(
            lambda: FakeEvents(HEALTHY, answer=lambda _method, _path: b"\0" * 9000),
            "sends no events: it answered something that is no HTTP",
            id="noise",
        ),
        pytest.param(
            lambda: FakeEvents(HEALTHY, answer=lambda _method, _path: b""),
            "sends no events: it answered something that is no HTTP",
            id="it hangs up",
        ),
    ],
)
def test_a_router_without_events_is_a_sentence_and_leaves_nothing(
    router: Callable[[], FakeEvents], sentence: str
) -> None:
    async def main() -> None:
        async with nothing_left(), router() as fake:
            with pytest.raises(Unavailable, match=sentence):
                await gena(fake, Heard(), limit=0.1).__aenter__()

    asyncio.run(main())


def test_a_router_that_is_gone_is_a_sentence() -> None:
    async def main() -> None:
        async with FakeEvents(HEALTHY) as router:
            pass
        with pytest.raises(Unavailable, match=r"cannot be fetched \(connection refused\)"):
            await gena(router, Heard()).__aenter__()

    asyncio.run(main())


@pytest.mark.parametrize("location", ["https://192.168.1.1/", "http://router.lan/", ""])
def test_a_description_must_lie_at_a_plain_numeric_address(location: str) -> None:
    async def main() -> None:
        await Gena(Heard(), location=location, local=LOCAL).__aenter__()

    with pytest.raises(Unavailable, match="plain http:// address"):
        asyncio.run(main())


def test_cancelled_while_it_opens_it_gives_back_what_it_has() -> None:
    def answer(method: str, path: str) -> Answer:
        return None if (method, path) == ("SUBSCRIBE", "/evt/PPPConn") else GRANTED

    async def main() -> None:
        async with nothing_left(), FakeEvents(two_connections(), answer=answer) as router:
            opening = asyncio.create_task(gena(router, Heard()).__aenter__())
            await until(lambda: "SUBSCRIBE /evt/PPPConn" in router.asked, lambda: str(router.asked))
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            assert router.asked[-1] == "UNSUBSCRIBE /evt/IPConn"

    asyncio.run(main())
