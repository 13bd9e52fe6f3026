"""The whole survey on loopback: the gateway is 127.0.0.1, a neighbour 127.0.0.2, we 127.0.0.3."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from discovery.interface import Surroundings
from discovery.observation import Missed, Observation, PmpEvidence, Seen, Source, Why
from discovery.router import upnp, upnp_process
from discovery.router.igd_survey import Search
from discovery.router.survey import survey_router
from discovery.router.view import Firewall6, PortMapping, RouterView
from tests.discovery.router.fake_gateway import GOOD, Answer, Gateway, pcp_answer
from tests.discovery.router.fake_igd import Answer as Told
from tests.discovery.router.fake_igd import (
    Body,
    FakeIgd,
    Reply,
    drip,
    exhibit,
    flood,
    honest,
)
from tests.support.tools import absent, free_port

HEALTHY = exhibit("description_healthy")
WITH_FIREWALL = exhibit("description_with_ipv6_firewall")
IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
HOME = Surroundings(
    local=IPv4Address("127.0.0.3"),
    gateway=IPv4Address("127.0.0.1"),
    network=IPv4Network("127.0.0.0/8"),
    has_route=True,
)
ENOUGH = 60.0  # seconds; no passing test waits that long


@pytest.fixture(autouse=True)
def _library() -> None:
    if upnp_process.library_folder() is None:
        absent("needs miniupnpc, which has no wheel for this Python")


def advert(location: str, st: str = IGD) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nST: {st}\r\nUSN: uuid:1\r\n"
        f"SERVER: Fake/1\r\nLOCATION: {location}\r\n\r\n"
    ).encode()


class Speaker(asyncio.DatagramProtocol):
    """Answers a router search; from the `patience`-th question on."""

    transport: asyncio.DatagramTransport

    def __init__(self, says: tuple[bytes, ...], patience: int) -> None:
        self._says, self._left = says, patience

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._left -= 1
        for part in self._says if self._left < 0 else ():
            self.transport.sendto(part, addr)


def both(question: bytes) -> list[bytes]:
    """A gateway that speaks NAT-PMP and PCP."""
    return [GOOD] if question[0] == 0 else [pcp_answer(question)]


def survey(
    *says: bytes,
    others: tuple[bytes, ...] = (),
    pmp: Answer | None = both,
    around: Surroundings = HOME,
    sources: tuple[Source, ...] = ("upnp", "natpmp"),
    location: str = "",
    limit: float = ENOUGH,
    silence: float = 0.2,
) -> RouterView:
    """What a survey finds where the gateway `says` this to the search, after `others` have spoken.

    The gateway does not answer before the second round of questions. Without anything to say, the
    search ends after `silence`. Without `pmp`, its port 5351 is closed.
    """

    async def main() -> RouterView:
        loop = asyncio.get_running_loop()

        async def stand(host: str, port: int, speaker: Speaker) -> int:
            speaker.transport, _ = await loop.create_datagram_endpoint(
                lambda: speaker, local_addr=(host, port)
            )
            closing.append(speaker.transport)
            return int(speaker.transport.get_extra_info("sockname")[1])

        closing: list[asyncio.DatagramTransport] = []
        try:
            port = await stand("127.0.0.1", 0, Speaker(says, 6))
            await stand("127.0.0.2", port, Speaker(others, 0))
            pmp_port = free_port(socket.SOCK_DGRAM)
            if pmp is not None:
                transport, gateway = await loop.create_datagram_endpoint(
                    lambda: Gateway(pmp), local_addr=("127.0.0.1", 0)
                )
                gateway.transport = transport
                closing.append(transport)
                pmp_port = transport.get_extra_info("sockname")[1]
            search = Search(
                limit=ENOUGH if says else silence,
                linger=0.0,
                resend=0.02,
                port=port,
                group="127.0.0.2",
            )
            return await survey_router(
                around,
                sources=sources,
                location=location,
                limit=limit,
                search=search,
                pmp_port=pmp_port,
            )
        finally:
            for transport in closing:
                transport.close()
            await asyncio.sleep(0)

    return asyncio.run(main())


def hurry(answer: Told) -> float:
    """The limit for a survey that meets this answer: short where only the limit ends it."""
    return 3.0 if answer is drip else ENOUGH


def why(observation: Observation | None) -> Why | None:
    return observation.why if isinstance(observation, Missed) else None


def entries(*clients: str) -> Reply:
    """A list of port mappings, one towards each of these machines."""

    def answer(body: str) -> bytes | tuple[int, bytes]:
        found = re.search(r"Index>(\d+)<", body)
        assert found is not None
        index = int(found[1])
        if index >= len(clients):
            return 500, exhibit("fault_no_such_entry")
        text = exhibit("mapping_tcp").replace(b"192.168.1.10", clients[index].encode())
        return text.replace(b"8080", str(8080 + index).encode())

    return Reply(answer)


@contextmanager
def router(description: Body = WITH_FIREWALL, **answers: Told) -> Iterator[FakeIgd]:
    told: dict[str, Told] = {
        "GetGenericPortMappingEntry": entries("127.0.0.3", "127.0.0.9"),
        "GetFirewallStatus": exhibit("firewall6_closed"),
        **answers,
    }
    with FakeIgd(description, honest(**told)) as igd:
        yield igd


def test_a_router_that_speaks_everything_is_told_whole() -> None:
    with router() as igd:
        view = survey(advert(igd.location))
    address = IPv4Address("81.2.69.142")
    assert isinstance(view.upnp, Seen)
    assert isinstance(view.natpmp, Seen)
    assert isinstance(view.pcp, Seen)
    assert view.upnp.address == address
    assert [
        one.evidence.protocol
        for one in (view.natpmp, view.pcp)
        if isinstance(one.evidence, PmpEvidence)
    ] == ["nat-pmp", "pcp"]
    assert (view.gateway, view.epoch_s) == ("127.0.0.1", 0x487)
    (found,) = view.igds
    assert (found.accepted, found.reason, found.wan) == (True, "", "81.2.69.142")
    assert (found.name, found.vendor, found.model) == (
        "Home & garden",
        "Example Networks",
        "Router 7",
    )
    assert (found.status, found.uptime_s, found.server) == ("Connected", 4242, "Fake/1")
    assert view.mappings == (
        PortMapping(
            protocol="tcp",
            external_port=8080,
            host="127.0.0.3",
            port=80,
            description="web & mail",
            lease_s=3600,
        ),
    )
    assert (view.others, view.mappings_note) == (1, "")
    assert (view.firewall6, view.firewall6_note) == (
        Firewall6(enabled=True, pinholes_allowed=False),
        "",
    )


def test_with_upnp_off_the_rest_speaks() -> None:
    view = survey()
    assert why(view.upnp) is Why.SILENT
    assert (view.igds, view.mappings, view.firewall6) == ((), None, None)
    assert isinstance(view.natpmp, Seen)
    assert isinstance(view.pcp, Seen)


def test_with_the_port_of_nat_pmp_closed_upnp_speaks() -> None:
    with router() as igd:
        view = survey(advert(igd.location), pmp=None)
    assert isinstance(view.upnp, Seen)
    assert (why(view.natpmp), why(view.pcp)) == (Why.REFUSED, Why.REFUSED)
    assert view.epoch_s is None


def test_who_is_left_out_of_the_configuration_is_not_asked() -> None:
    asked: list[bytes] = []

    def listening(question: bytes) -> list[bytes]:
        asked.append(question)
        return both(question)

    with router() as igd:
        says = advert(igd.location)
        view = survey(says, pmp=listening, sources=("stun", "upnp"))
        assert asked == []
        assert (view.natpmp, view.pcp, view.epoch_s) == (None, None, None)
        assert isinstance(view.upnp, Seen)
        assert view.mappings

        view = survey(says, pmp=listening, sources=("natpmp",))
        assert {question[0] for question in asked} == {0, 2}
        assert (view.gateway, view.igds, view.upnp) == ("127.0.0.1", (), None)
        assert isinstance(view.natpmp, Seen)
        assert isinstance(view.pcp, Seen)

        view = survey(says, sources=())
        assert view == RouterView(gateway="127.0.0.1")


def test_nat_pmp_and_pcp_are_told_apart() -> None:
    view = survey(pmp=lambda q: [GOOD] if q[0] == 0 else [bytes((0, 0x80, 0, 1)) + bytes(8)])
    assert isinstance(view.natpmp, Seen)
    assert why(view.pcp) is Why.REFUSED
    view = survey(pmp=lambda q: [pcp_answer(q)] if q[0] else [bytes((2, 0x80, 0, 1)) + bytes(20)])
    assert why(view.natpmp) is Why.REFUSED
    assert isinstance(view.pcp, Seen)


def test_two_protocols_that_contradict_each_other_are_told_as_they_are() -> None:
    view = survey(pmp=lambda q: [GOOD] if q[0] == 0 else [pcp_answer(q, address="81.2.69.144")])
    assert isinstance(view.natpmp, Seen)
    assert isinstance(view.pcp, Seen)
    assert view.natpmp.address != view.pcp.address


def test_the_list_is_read_after_the_mapping_of_the_pcp_question_is_gone() -> None:
    order: list[str] = []

    def slow_list(body: str) -> tuple[int, bytes]:
        order.append("list")
        return 500, exhibit("fault_no_such_entry")

    def slow_pcp(question: bytes) -> list[bytes]:
        deletes = len(question) == 60 and question[4:8] == bytes(4)
        order.append("gone" if deletes else "pcp")
        announces = question[0] == 2 and len(question) == 24
        return both(question) if not announces or order.count("pcp") > 3 else []

    with router(GetGenericPortMappingEntry=Reply(slow_list)) as igd:
        view = survey(advert(igd.location), pmp=slow_pcp)
    assert view.mappings == ()
    assert order.index("gone") < order.index("list")


# Who else answers.


def test_everybody_who_answers_is_listed_and_only_the_gateway_is_believed() -> None:
    with router() as igd, FakeIgd(WITH_FIREWALL, honest(), host="127.0.0.2") as foreign:
        view = survey(
            advert(igd.location),
            others=(advert(foreign.location), advert("http://198.51.100.7/"), b"nonsense"),
        )
        assert foreign.requests == ["GET /rootDesc.xml"], "for its name, and nothing else"
    assert [(one.host, one.accepted, one.claims_router) for one in view.igds] == [
        ("127.0.0.1", True, True),
        ("127.0.0.2", False, True),
        ("127.0.0.2", False, True),
        ("127.0.0.2", False, False),
    ]
    stranger, pointing, noise = view.igds[1:]
    assert (stranger.name, stranger.wan) == ("Home & garden", "")
    assert "gateway is 127.0.0.1, so it was not asked" in stranger.reason
    assert "198.51.100.7" in pointing.reason
    assert "no SSDP answer" in noise.reason


def test_a_television_is_listed_and_left_alone() -> None:
    with FakeIgd(exhibit("description_media_server"), {}, host="127.0.0.2") as television:
        view = survey(others=(advert(television.location, "upnp:rootdevice"),))
        assert television.requests == []
    assert [(one.host, one.claims_router) for one in view.igds] == [("127.0.0.2", False)]
    assert why(view.upnp) is Why.SILENT


def test_a_stranger_is_never_taken_for_the_router_when_the_gateway_is_silent() -> None:
    with FakeIgd(HEALTHY, honest(), host="127.0.0.2") as foreign:
        view = survey(others=(advert(foreign.location),))
        assert not any(request.startswith("POST") for request in foreign.requests)
    assert why(view.upnp) is Why.FOREIGN
    assert (view.igds[0].accepted, view.mappings) == (False, None)


@pytest.mark.parametrize("description", [drip, flood(20 << 20), b"\xff" * 500, b""])
def test_a_hostile_stranger_costs_nothing_but_its_name(description: Body) -> None:
    with router() as igd, FakeIgd(description, {}, host="127.0.0.2") as foreign:
        view = survey(
            advert(igd.location), others=(advert(foreign.location),), limit=hurry(description)
        )
    assert [(one.accepted, one.name) for one in view.igds] == [(True, "Home & garden"), (False, "")]
    assert view.mappings is not None


def test_of_two_descriptions_of_the_gateway_the_router_is_believed_and_the_other_says_why() -> None:
    with router(exhibit("description_media_server")) as media, router() as igd:
        view = survey(advert(media.location, "upnp:rootdevice"), advert(igd.location))
        assert not any(request.startswith("POST") for request in media.requests)
    assert isinstance(view.upnp, Seen)
    assert sorted((one.accepted, one.name) for one in view.igds) == [
        (False, "Living room"),
        (True, "Home & garden"),
    ]
    (media_igd,) = [one for one in view.igds if not one.accepted]
    assert "describes no internet connection" in media_igd.reason


# A description that the configuration names.


def test_the_configured_description_is_asked_and_the_search_tells_of_the_rest() -> None:
    with router() as mine, router() as own:
        named = mine.location.replace("127.0.0.1", "localhost")
        view = survey(advert(own.location), location=named)
        assert own.requests == []
    assert isinstance(view.upnp, Seen)
    assert [(one.location, one.accepted) for one in view.igds] == [
        (mine.location, True),
        (own.location, False),
    ]
    assert "the configuration names another" in view.igds[1].reason
    assert view.mappings is not None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://no-such-host.invalid/", Why.UNRESOLVED),
        ("http://me:secret@127.0.0.1/", Why.UNSUPPORTED),
        ("http://[/", Why.UNSUPPORTED),
        ("junk", Why.UNSUPPORTED),
    ],
)
def test_a_configured_location_that_leads_nowhere_is_one_sentence(
    location: str, expected: Why
) -> None:
    view = survey(location=location)
    assert why(view.upnp) is expected
    (listed,) = view.igds
    assert (listed.accepted, listed.location) == (False, "")
    assert listed.reason


def test_without_a_gateway_a_configured_router_is_asked_all_the_same() -> None:
    with router() as igd:
        view = survey(location=igd.location, around=Surroundings())
    assert isinstance(view.upnp, Seen)
    assert why(view.natpmp) is Why.NO_ROUTE


# What the router will not or cannot say.


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (exhibit("address_shared_by_the_provider"), Why.NOT_PUBLIC),
        (exhibit("address_empty"), Why.NO_ADDRESS),
        (exhibit("address_in_words"), Why.MALFORMED),
        ((500, exhibit("fault_action_failed")), Why.REFUSED),
    ],
)
def test_a_router_without_a_public_address_still_tells_the_rest(
    answer: Told, expected: Why
) -> None:
    with router(GetExternalIPAddress=answer) as igd:
        view = survey(advert(igd.location))
    assert why(view.upnp) is expected
    assert view.igds[0].accepted
    assert view.mappings is not None
    assert view.firewall6 is not None


def test_a_router_that_shows_no_list_and_has_no_firewall_control_says_so() -> None:
    with router(HEALTHY, GetGenericPortMappingEntry=(500, b"")) as igd:
        view = survey(advert(igd.location))
    assert (view.mappings, view.firewall6) == (None, None)
    assert "UPnP error 0" in view.mappings_note
    assert "does not describe a control of an IPv6 firewall" in view.firewall6_note


def test_the_wan_service_that_has_the_line_is_asked_for_its_mappings() -> None:
    told: dict[str, Told] = {
        "/ctl/IPConn GetExternalIPAddress": exhibit("address_zero"),
        "/ctl/PPPConn GetGenericPortMappingEntry": entries("127.0.0.3"),
    }
    with FakeIgd(exhibit("description_dead_ip_service_first"), honest() | told) as igd:
        view = survey(advert(igd.location))
    assert view.mappings is not None
    assert len(view.mappings) == 1


@pytest.mark.parametrize("path", [b"/ctl/IPConn", b"/ctl/IP6FCtl"])
def test_a_description_that_changes_its_mind_leads_to_no_other_machine(path: bytes) -> None:
    with FakeIgd(b"", honest(), host="127.0.0.2") as stranger:

        class Turning(FakeIgd):
            """Describes itself honestly to the worker, and otherwise from then on."""

            def _describe(self) -> Told:
                elsewhere = f"http://{stranger.host}:{stranger.port}".encode() + path
                turned = len(self.requests) > 1
                return WITH_FIREWALL.replace(path, elsewhere) if turned else WITH_FIREWALL

        with Turning(b"", honest()) as igd:
            view = survey(advert(igd.location))
        assert stranger.requests == []
    assert isinstance(view.upnp, Seen)
    note = view.mappings_note if path == b"/ctl/IPConn" else view.firewall6_note
    assert note.startswith("the router does not describe ")


@pytest.mark.parametrize("answer", [drip, flood(20 << 20), b"\xff" * 500, (500, b"\x00")])
def test_a_hostile_answer_costs_only_itself(answer: Told) -> None:
    with router(GetFirewallStatus=answer, GetGenericPortMappingEntry=answer) as igd:
        view = survey(advert(igd.location), limit=hurry(answer))
    assert isinstance(view.upnp, Seen)
    assert (view.mappings, view.firewall6) == (None, None)
    assert view.mappings_note
    assert view.firewall6_note


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param(drip, Why.SILENT, id="drips"),
        pytest.param(flood(300 << 20), Why.OVERSIZED, id="sends 300 MB"),
        pytest.param(b"\xff" * 1000, Why.MALFORMED, id="sends noise"),
    ],
)
def test_a_hostile_description_is_a_reason_and_the_rest_is_untouched(
    description: Body, expected: Why
) -> None:
    with router(description) as igd:
        view = survey(advert(igd.location), limit=hurry(description))
    assert why(view.upnp) is expected
    assert (view.igds[0].accepted, view.mappings) == (False, None)
    assert view.igds[0].reason
    assert isinstance(view.natpmp, Seen)


def test_what_does_not_finish_in_time_is_silence_with_a_sentence() -> None:
    def hang(question: bytes) -> list[bytes]:
        return []

    with router(drip) as igd:
        view = survey(advert(igd.location), pmp=hang, limit=0.3)
    for said in (view.upnp, view.natpmp, view.pcp):
        assert isinstance(said, Missed)
        assert said.why is Why.SILENT
        assert "did not answer within" in said.detail
    assert view.igds[0].location == igd.location


# What this machine lacks.


def test_without_a_gateway_each_says_so() -> None:
    view = survey(around=Surroundings())
    assert [why(one) for one in (view.upnp, view.natpmp, view.pcp)] == [Why.NO_ROUTE] * 3
    assert (view.gateway, view.igds) == ("", ())


def test_a_search_that_cannot_be_sent_is_no_route() -> None:
    view = survey(around=replace(HOME, local=IPv4Address("192.0.2.77")))
    assert why(view.upnp) is Why.NO_ROUTE
    assert isinstance(view.natpmp, Seen)


def test_without_the_library_the_router_is_named_but_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upnp, "library_folder", lambda: None)
    with router() as igd:
        view = survey(advert(igd.location))
        assert igd.requests == ["GET /rootDesc.xml"]
    assert why(view.upnp) is Why.UNSUPPORTED
    assert (view.igds[0].accepted, view.igds[0].name) == (False, "Home & garden")


def test_cancelling_a_survey_cancels_all_of_it() -> None:
    async def main() -> None:
        before = asyncio.all_tasks()
        search = Search(port=free_port(socket.SOCK_DGRAM), group="127.0.0.2")
        task = asyncio.create_task(
            survey_router(HOME, search=search, pmp_port=free_port(socket.SOCK_DGRAM))
        )
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == before

    asyncio.run(main())
