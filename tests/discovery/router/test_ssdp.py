from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network

import pytest

from discovery.interface import Surroundings
from discovery.observation import Why
from discovery.router import ssdp
from discovery.router.ssdp import Advert, Harvest, Rejected, location_host, rank, read_reply

GATEWAY = IPv4Address("192.168.1.1")
NETWORK = IPv4Network("192.168.1.0/24")
IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"


def reply(
    location: str = "http://192.168.1.1:5000/rootDesc.xml", *, st: str = IGD, more: str = ""
) -> bytes:
    return (
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
        f"ST: {st}\r\nUSN: uuid:1::{st}\r\nEXT:\r\nSERVER: Linux/5 UPnP/1.1 MiniUPnPd/2\r\n"
        f"LOCATION: {location}\r\n{more}\r\n"
    ).encode()


def read(data: bytes, responder: str = "192.168.1.1") -> Advert | Rejected:
    return read_reply(data, responder, gateway=GATEWAY, network=NETWORK)


def test_a_router_that_answers_is_read() -> None:
    assert read(reply(more="BOOTID.UPNP.ORG: 1234\r\n")) == Advert(
        location="http://192.168.1.1:5000/rootDesc.xml",
        host=GATEWAY,
        responder=GATEWAY,
        st=IGD,
        usn=f"uuid:1::{IGD}",
        server="Linux/5 UPnP/1.1 MiniUPnPd/2",
        bootid=1234,
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(reply().replace(b"LOCATION", b"location"), id="lower-case headers"),
        pytest.param(reply().replace(b"\r\n", b"\n"), id="bare line feeds"),
        pytest.param(reply().replace(b"LOCATION: ", b"Location:"), id="no space"),
        pytest.param(reply().replace(b"HTTP/1.1", b"HTTP/1.0"), id="HTTP/1.0"),
        pytest.param(reply(more="X-\xff: \xff\r\n"), id="bytes that are no text"),
        pytest.param(reply(more="LOCATION: http://198.51.100.7/\r\n"), id="a second LOCATION"),
        pytest.param(reply(more="BOOTID.UPNP.ORG: many\r\n"), id="a BOOTID that is no number"),
    ],
)
def test_a_sloppy_router_is_read_all_the_same(data: bytes) -> None:
    found = read(data)
    assert isinstance(found, Advert)
    assert found.location == "http://192.168.1.1:5000/rootDesc.xml"
    assert found.bootid is None


@pytest.mark.parametrize(
    ("data", "responder", "why"),
    [
        pytest.param(reply(), "198.51.100.7", Why.SPOOFED, id="from the internet"),
        pytest.param(reply(), "10.0.0.1", Why.SPOOFED, id="from another network"),
        pytest.param(reply(), "not an address", Why.SPOOFED, id="from nowhere"),
        pytest.param(reply(more="X: " + "a" * 5000), "192.168.1.1", Why.OVERSIZED, id="too long"),
        pytest.param(b"", "192.168.1.1", Why.MALFORMED, id="empty"),
        pytest.param(b"\xff" * 40, "192.168.1.1", Why.MALFORMED, id="noise"),
        pytest.param(b"M-SEARCH * HTTP/1.1\r\n\r\n", "192.168.1.1", Why.MALFORMED, id="a question"),
        pytest.param(
            reply().replace(b"200 OK", b"404 No"), "192.168.1.1", Why.MALFORMED, id="a refusal"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nST: x\r\n\r\n", "192.168.1.1", Why.MALFORMED, id="no LOCATION"
        ),
        pytest.param(
            reply("http://198.51.100.7/"), "192.168.1.1", Why.FOREIGN, id="points to the internet"
        ),
        pytest.param(
            reply("http://192.168.1.9/"), "192.168.1.1", Why.FOREIGN, id="points to a neighbour"
        ),
    ],
)
def test_an_answer_that_cannot_be_checked_is_not_believed(
    data: bytes, responder: str, why: Why
) -> None:
    found = read(data, responder)
    assert isinstance(found, Rejected)
    assert found.why is why
    assert found.detail.startswith(responder)


@pytest.mark.parametrize(
    "location",
    [
        "https://192.168.1.1/",
        "ftp://192.168.1.1/",
        "HTTP://192.168.1.1/",
        "http://router.lan/",
        "http://[fe80::1]/",
        "http://user@192.168.1.1/",
        "http://192.168.1.1:80@198.51.100.7/",
        "http://192.168.1.1\\@198.51.100.7/",
        "http://192.168.1.1#@198.51.100.7/",
        "http://192.168.1.1?x/",
        "http://3232235777/",
        "http://0xc0a80101/",
        "http://192.168.257/",
        "http://192.168.001.001/",
        "http://192.168.1.256/",
        "http://192.168.1.1:0/",
        "http://192.168.1.1:65536/",
        "http://192.168.1.1:80x/",
        "http://192.168.1.1/a b",
        "http://192.168.1.1/\x00",
        "http://192.168.1.1/ä",
        "http://192.168.1.1/" + "a" * 500,
        "http://192.168.1.1/\n",
        "",
    ],
)
def test_a_location_is_plain_http_at_a_numeric_address_or_nothing(location: str) -> None:
    assert location_host(location) is None


@pytest.mark.parametrize(
    "location",
    ["http://192.168.1.1", "http://192.168.1.1:49000/igddesc.xml", "http://192.168.1.1/?a=b&c#d"],
)
def test_a_plain_location_is_taken(location: str) -> None:
    assert location_host(location) == GATEWAY


def advert(location_host_: str, responder: str, st: str, path: str = "/") -> Advert:
    host = IPv4Address(location_host_)
    return Advert(
        location=f"http://{host}{path}", host=host, responder=IPv4Address(responder), st=st
    )


def test_the_gateways_own_router_description_comes_first() -> None:
    neighbour = advert("192.168.1.9", "192.168.1.9", IGD)
    on_behalf = advert("192.168.1.1", "192.168.1.9", IGD, "/forged")
    media = advert("192.168.1.1", "192.168.1.1", "upnp:rootdevice", "/dlna")
    router = advert("192.168.1.1", "192.168.1.1", IGD, "/igd")
    again = advert("192.168.1.1", "192.168.1.1", IGD.replace(":1", ":2"), "/igd")
    ranked = rank([neighbour, on_behalf, media, router, again], GATEWAY)
    assert ranked == [router, media, on_behalf, neighbour]


def test_a_unicast_question_has_no_mx_and_a_multicast_one_has() -> None:
    assert ssdp.request("x", "h:1900", wait=None) == (
        b'M-SEARCH * HTTP/1.1\r\nHOST: h:1900\r\nMAN: "ssdp:discover"\r\nST: x\r\n\r\n'
    )
    assert b"\r\nMX: 1\r\n" in ssdp.request("x", "h:1900", wait=1)


# Below, two devices stand on loopback: the gateway is 127.0.0.1, a neighbour has 127.0.0.2.

HOME = Surroundings(
    local=IPv4Address("127.0.0.1"),
    gateway=IPv4Address("127.0.0.1"),
    network=IPv4Network("127.0.0.0/8"),
)
NEVER = 30.0  # a limit that no passing test reaches


class Device(asyncio.DatagramProtocol):
    """Answers the n-th question with what `answer(n, question)` says."""

    transport: asyncio.DatagramTransport

    def __init__(self, answer: Callable[[int, bytes], list[bytes]]) -> None:
        self.questions: list[bytes] = []
        self._answer = answer

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.questions.append(data)
        for part in self._answer(len(self.questions), data):
            self.transport.sendto(part, addr)


async def stand(host: str, port: int, answer: Callable[[int, bytes], list[bytes]]) -> Device:
    loop = asyncio.get_running_loop()
    transport, device = await loop.create_datagram_endpoint(
        lambda: Device(answer), local_addr=(host, port)
    )
    device.transport = transport
    return device


def find(
    gateway: Callable[[int, bytes], list[bytes]],
    neighbour: Callable[[int, bytes], list[bytes]] = lambda n, question: [],
    *,
    limit: float = NEVER,
    grace: float = NEVER,
    gateway_grace: float = 0.0,
    resend: float = NEVER,
) -> tuple[Harvest, list[bytes], list[bytes]]:
    """Search at home; "multicast" goes to the neighbour's address, so loopback is enough."""

    async def main() -> tuple[Harvest, list[bytes], list[bytes]]:
        router = await stand("127.0.0.1", 0, gateway)
        port = router.transport.get_extra_info("sockname")[1]
        other = await stand("127.0.0.2", port, neighbour)
        try:
            harvest = await ssdp.search(
                HOME,
                limit=limit,
                grace=grace,
                gateway_grace=gateway_grace,
                resend=resend,
                port=port,
                group="127.0.0.2",
            )
        finally:
            router.transport.close()
            other.transport.close()
            await asyncio.sleep(0)
        return harvest, router.questions, other.questions

    return asyncio.run(main())


def at(host: str, st: str = IGD, path: str = "/") -> bytes:
    return reply(f"http://{host}:5000{path}", st=st)


def once(data: bytes) -> Callable[[int, bytes], list[bytes]]:
    return lambda n, question: [data] if n == 1 else []


def test_the_gateway_is_asked_alone_before_everybody_is() -> None:
    harvest, asked, everybody = find(once(at("127.0.0.1")))
    assert [a.location for a in harvest.adverts] == ["http://127.0.0.1:5000/"]
    assert [target in b"".join(asked) for target in map(str.encode, ssdp.TARGETS)] == [True] * 6
    assert all(b"MX:" not in question for question in asked)
    assert all(b"MX: 1" in question for question in everybody)


def test_a_router_that_answers_multicast_only_is_found() -> None:
    harvest, _, _ = find(lambda n, question: [], once(at("127.0.0.1")), limit=0.2)
    assert [str(a.host) for a in harvest.adverts] == ["127.0.0.1"]


def test_a_router_that_knows_version_2_only_is_found() -> None:
    target = b"InternetGatewayDevice:2"

    def picky(n: int, question: bytes) -> list[bytes]:
        return [at("127.0.0.1", st=IGD.replace(":1", ":2"))] if target in question else []

    assert len(find(picky)[0].adverts) == 1


def test_a_lost_question_is_asked_again() -> None:
    harvest, asked, _ = find(lambda n, q: [at("127.0.0.1")] if n > 6 else [], resend=0.01)
    assert len(harvest.adverts) == 1
    assert len(asked) > 6


def test_a_quick_television_does_not_shut_out_a_slow_router() -> None:
    television = once(at("127.0.0.2", st="upnp:rootdevice"))
    harvest, _, _ = find(
        lambda n, q: [at("127.0.0.1")] if n > 6 else [], television, grace=0.0, resend=0.02
    )
    assert [str(a.host) for a in harvest.adverts] == ["127.0.0.1", "127.0.0.2"]


def test_after_a_mere_description_the_gateway_may_still_name_itself_a_router() -> None:
    def both(n: int, question: bytes) -> list[bytes]:
        if n == 1:
            return [at("127.0.0.1", st="upnp:rootdevice", path="/dlna")]
        return [at("127.0.0.1", path="/igd")] if n == 6 else []

    harvest, _, _ = find(both)
    assert [a.location[-4:] for a in harvest.adverts] == ["/igd", "dlna"]


def test_a_flood_of_others_is_bounded_and_does_not_push_the_gateway_out() -> None:
    def flood(n: int, question: bytes) -> list[bytes]:
        return [at("127.0.0.2", path=f"/{n}/{k}") for k in range(50)]

    harvest, _, _ = find(lambda n, q: [at("127.0.0.1")] if n > 6 else [], flood, resend=0.05)
    assert str(harvest.adverts[0].host) == "127.0.0.1"
    assert len(harvest.adverts) == 1 + 8


def test_a_device_with_many_descriptions_leaves_room_for_the_next_one() -> None:
    listener = ssdp._Listener(GATEWAY, NETWORK)
    for number in range(200):
        listener.datagram_received(reply(f"http://192.168.1.7/{number}"), ("192.168.1.7", 1900))
    listener.datagram_received(reply("http://192.168.1.8/"), ("192.168.1.8", 1900))
    assert [str(one.host) for one in listener.others] == ["192.168.1.7"] * 8 + ["192.168.1.8"]


def test_all_devices_of_the_network_together_are_bounded() -> None:
    listener = ssdp._Listener(GATEWAY, NETWORK)
    for number in range(2, 250):
        host = f"192.168.1.{number}"
        listener.datagram_received(reply(f"http://{host}/"), (host, 1900))
    assert len(listener.others) == 64


def test_a_device_that_answers_to_all_its_names_is_kept_once_for_each_kind() -> None:
    listener = ssdp._Listener(GATEWAY, NETWORK)
    for st in (*ssdp.TARGETS, *ssdp.TARGETS):
        listener.datagram_received(reply("http://192.168.1.7/", st=st), ("192.168.1.7", 1900))
    assert [one.is_gateway_device for one in listener.others] == [True, False]


@pytest.mark.parametrize(("st", "claims"), [(IGD, True), ("upnp:rootdevice", False)])
def test_a_rejected_answer_still_says_whether_it_claimed_to_be_a_router(
    st: str, claims: bool
) -> None:
    found = read(reply("http://198.51.100.7/", st=st))
    assert isinstance(found, Rejected)
    assert found.is_gateway_device is claims


def test_a_flood_of_nonsense_is_bounded() -> None:
    harvest, _, _ = find(lambda n, question: [b"x"] * 40, limit=0.2)
    assert len(harvest.rejected) == 1
    assert harvest.adverts == ()
    listener = ssdp._Listener(GATEWAY, NETWORK)
    for number in range(2, 250):
        listener.datagram_received(b"x", (f"192.168.1.{number}", 1900))
    assert len(listener.rejected) == 16


def test_silence_ends_at_the_limit_with_nothing() -> None:
    assert find(lambda n, question: [], limit=0.05)[0] == Harvest()


def test_an_address_that_is_not_ours_is_an_os_error() -> None:
    stranger = Surroundings(local=IPv4Address("192.0.2.77"), gateway=GATEWAY, network=NETWORK)
    with pytest.raises(OSError, match="assign"):
        asyncio.run(ssdp.search(stranger, limit=1))
