"""What polling the router by UPnP tells: routers on loopback, and a minute in pretended time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from discovery.router import soap
from discovery.router.description import Service
from discovery.signals.source import Unavailable
from discovery.signals.upnp_poll import Answer, UpnpPoll
from tests.discovery.router.fake_igd import Answer as Answering
from tests.discovery.router.fake_igd import Body, FakeIgd, Reply, drip, exhibit, flood
from tests.discovery.signals.listening import PATIENCE_S, Heard, nothing_left, until
from tests.support.simloop import run_simulated

LOCAL = IPv4Address("127.0.0.3")
HEALTHY = exhibit("description_healthy")
TWO = exhibit("description_dead_ip_service_first")
ASK = "GetExternalIPAddress"
ASK_IP, ASK_PPP = f"/ctl/IPConn {ASK}", f"/ctl/PPPConn {ASK}"
PUBLIC, EMPTY = exhibit("address_public"), exhibit("address_empty")
OTHER = PUBLIC.replace(b"81.2.69.142", b"81.2.69.160")
FAULT = (500, exhibit("fault_action_failed"))

DIFFERENT = "the router answers something else than before (UPnP)"
SILENT = "the router does not answer any more (UPnP)"
CLOSED = "the router has closed the service, as while it restarts (UPnP)"
AGAIN = "the router answers again (UPnP)"


def polling(
    igd: FakeIgd, heard: Heard, *, every: float = 0.005, limit: float = PATIENCE_S
) -> UpnpPoll:
    return UpnpPoll(heard, location=igd.location, local=LOCAL, every=every, limit=limit)


async def polls(igd: FakeIgd, count: int = 3) -> None:
    """Wait until so many more questions have come."""
    known = len(igd.requests)
    await until(lambda: len(igd.requests) >= known + count, lambda: "it is not asked again")


def run_with(
    answer: Answering, then: Answering, *, description: bytes = HEALTHY, limit: float = PATIENCE_S
) -> list[str]:
    """What is told when the router's answer changes, from the first reason to three polls later."""

    async def main() -> list[str]:
        heard = Heard()
        with FakeIgd(description, {ASK: answer}) as igd:
            async with nothing_left(), polling(igd, heard, limit=limit):
                await polls(igd)
                assert heard.reasons == []
                igd._answers[ASK] = then
                await until(lambda: bool(heard.reasons), lambda: "nothing is told")
                await polls(igd)
        return heard.reasons

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(PUBLIC, OTHER, id="another address"),
        pytest.param(PUBLIC, EMPTY, id="none any more"),
        pytest.param(EMPTY, PUBLIC, id="at last"),
        pytest.param(PUBLIC, exhibit("address_zero"), id="zero"),
        pytest.param(PUBLIC, FAULT, id="an error"),
        pytest.param(PUBLIC, exhibit("address_in_words"), id="words"),
        pytest.param(PUBLIC, exhibit("address_too_long"), id="a novel"),
    ],
)
def test_another_answer_is_a_reason_once(first: Answering, then: Answering) -> None:
    assert run_with(first, then) == [DIFFERENT]


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(b"", id="an empty body"),
        pytest.param(b"<html>Please log in</html>", id="a login page"),
        pytest.param(b"\xff" * 1000, id="noise"),
        pytest.param(flood(1 << 20), id="too much"),
        pytest.param((404, b"gone"), id="not found"),
        pytest.param((302, b""), id="a redirect"),
        pytest.param(lambda connection, stop: connection.sendall(b"HTTP/1.1 200"), id="torn"),
        pytest.param(lambda connection, stop: None, id="nothing at all"),
    ],
)
def test_what_is_no_answer_is_told_as_silence_once(then: Body | tuple[int, bytes]) -> None:
    assert run_with(PUBLIC, then) == [SILENT]


def test_an_answer_that_takes_too_long_is_silence() -> None:
    assert run_with(PUBLIC, drip, limit=0.3) == [SILENT]


def test_one_answer_that_is_lost_is_no_news() -> None:
    async def main() -> None:
        heard, lost = Heard(), list[bytes]()

        def lose_one(body: str) -> bytes:
            lost.append(b"")
            return b"" if len(lost) == 3 else PUBLIC

        with FakeIgd(HEALTHY, {ASK: Reply(lose_one)}) as igd:
            async with polling(igd, heard):
                await until(lambda: len(lost) > 6, lambda: "it is not asked again")
        assert heard.reasons == []

    asyncio.run(main())


def test_a_router_that_restarts_is_two_reasons() -> None:
    async def main() -> None:
        heard = Heard()
        with FakeIgd(HEALTHY, {ASK: PUBLIC}) as igd:
            source = polling(igd, heard)
            async with source:
                await polls(igd)
                service = source._services[0]
                nowhere = Service(kind=service.kind, control_url="http://127.0.0.1:9/")
                source._services[0], source._last[nowhere] = nowhere, source._last[service]
                await heard.until(CLOSED)
                source._services[0], source._last[service] = service, source._last[nowhere]
                await heard.until(AGAIN)
        assert heard.reasons == [CLOSED, AGAIN]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("description", "answer", "words"),
    [
        (HEALTHY, FAULT, "does not tell its address over UPnP"),
        (HEALTHY, b"<html/>", "does not tell its address over UPnP"),
        (HEALTHY, (404, b""), "does not tell its address over UPnP"),
        (exhibit("description_media_server"), PUBLIC, "no internet connection that can be asked"),
        (exhibit("description_control_url_on_the_internet"), PUBLIC, "no internet connection"),
        (exhibit("description_host_hidden_in_userinfo"), PUBLIC, "no internet connection"),
        (exhibit("description_host_hidden_behind_a_query"), PUBLIC, "no internet connection"),
        (exhibit("description_base_on_the_internet"), PUBLIC, "no internet connection"),
        (b"\xff" * 1000, PUBLIC, "no internet connection"),
    ],
)
def test_what_cannot_be_polled_is_said(description: bytes, answer: Answering, words: str) -> None:
    async def main() -> None:
        with FakeIgd(description, {ASK: answer}) as igd:
            async with nothing_left():
                with pytest.raises(Unavailable, match=words):
                    await polling(igd, Heard()).__aenter__()

    asyncio.run(main())


def test_of_two_connections_the_one_with_an_address_is_asked() -> None:
    async def main() -> list[str]:
        with FakeIgd(TWO, {ASK_IP: EMPTY, ASK_PPP: PUBLIC}) as igd:
            async with polling(igd, Heard()):
                await polls(igd)
            return igd.requests[:5]

    ip, ppp = f"POST {ASK_IP}", f"POST {ASK_PPP}"
    assert asyncio.run(main()) == ["GET /rootDesc.xml", ip, ppp, ppp, ppp]


def test_of_two_connections_without_an_address_both_are_watched() -> None:
    async def main() -> None:
        heard = Heard()
        with FakeIgd(TWO, {ASK_IP: EMPTY, ASK_PPP: FAULT}) as igd:
            async with polling(igd, heard):
                await polls(igd, 4)
                assert heard.reasons == []
                igd._answers[ASK_PPP] = PUBLIC
                await heard.until(DIFFERENT)
                await polls(igd, 4)
                assert igd.requests[-3:] == [f"POST {ASK_PPP}"] * 3
        assert heard.reasons == [DIFFERENT]

    asyncio.run(main())


def test_a_connection_that_does_not_answer_at_the_start_is_left_alone() -> None:
    async def main() -> None:
        heard = Heard()
        with FakeIgd(TWO, {ASK_IP: (404, b""), ASK_PPP: EMPTY}) as igd:
            async with polling(igd, heard):
                await polls(igd, 4)
            assert igd.requests.count(f"POST {ASK_IP}") == 1
        assert heard.reasons == []

    asyncio.run(main())


def test_leaving_in_the_middle_of_a_question_leaves_nothing() -> None:
    async def main() -> None:
        with FakeIgd(HEALTHY, {ASK: PUBLIC}) as igd:
            async with nothing_left(), polling(igd, Heard()):
                igd._answers[ASK] = drip
                await polls(igd, 1)

    asyncio.run(main())


def pretended(
    monkeypatch: pytest.MonkeyPatch, say: Callable[[float], bytes | None], *, seconds: float
) -> tuple[list[str], str, float]:
    """Reasons, how it ended and when, with a router that answers at once or refuses (None)."""

    async def fetch(url: str, host: str, *, local: object) -> str:
        return HEALTHY.decode()

    async def call(service: Service, host: str, action: str, *, local: object) -> str:
        said = say(asyncio.get_running_loop().time())
        if said is None:
            raise ConnectionRefusedError
        return said.decode()

    monkeypatch.setattr(soap, "fetch", fetch)
    monkeypatch.setattr(soap, "call", call)

    async def main() -> tuple[list[str], str, float]:
        heard = Heard()
        place = "http://192.168.1.1:5000/rootDesc.xml"
        async with UpnpPoll(heard, location=place, local=None, every=5) as source:
            try:
                why = await asyncio.wait_for(asyncio.shield(source.ended()), seconds)
            except TimeoutError:
                why = ""
            return heard.reasons, why, asyncio.get_running_loop().time()
        raise AssertionError

    return run_simulated(main())


def test_a_service_that_is_away_for_a_minute_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons, why, when = pretended(
        monkeypatch, lambda now: PUBLIC if now < 18 else None, seconds=1000
    )
    assert reasons == [CLOSED]
    assert why == "the router has not answered UPnP for 60 s"
    assert when == pytest.approx(80)


def test_a_service_that_is_away_for_less_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(now: float) -> bytes | None:
        return PUBLIC if now % 100 > 50 or now == 0 else None

    reasons, why, _ = pretended(monkeypatch, say, seconds=399)
    assert reasons == [CLOSED, AGAIN] * 4
    assert why == ""


def test_a_connection_that_is_down_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons, why, _ = pretended(
        monkeypatch, lambda now: PUBLIC if now < 18 else EMPTY, seconds=1000
    )
    assert (reasons, why) == ([DIFFERENT], "")


def test_of_a_long_answer_little_is_kept() -> None:
    async def main() -> None:
        long = PUBLIC.replace(b"81.2.69.142", b"8" * 100_000)
        with FakeIgd(HEALTHY, {ASK: long}) as igd:
            source = polling(igd, Heard())
            async with source:
                assert list(source._last.values()) == [Answer(text="8" * 64)]

    asyncio.run(main())
