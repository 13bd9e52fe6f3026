"""rtnetlink from a real kernel in a network namespace, and messages made by hand."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator

import pytest

from discovery.rtnetlink import messages
from discovery.signals.kernel_socket import KernelSocket
from discovery.signals.netlink import Changes, netlink, open_netlink
from tests.discovery.signals.listening import Heard, nothing_left, until
from tests.support.namespaces import Inside, Namespace, cable
from tests.support.tools import need, need_root

ADDRESS = "an address of this machine changed"
ROUTE = "a route of this machine changed"
LINK = "a network link of this machine changed"
KERNEL = (0, 0x100)


def message(kind: int, body: bytes) -> bytes:
    head = struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0)
    return head + body + bytes(-len(body) % 4)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def address(
    last: int = 1, *, flags: int = 0x80, preferred: int = 1800, kind: int = 20, link: int = 2
) -> bytes:
    """RTM_NEWADDR of 2001:db8::<last> as the kernel sends it: IFA_FLAGS, IFA_CACHEINFO."""
    packed = bytes.fromhex("20010db8") + last.to_bytes(12, "big")
    body = struct.pack("=BBBBI", 10, 64, flags & 0xFF, 0, link)
    body += attribute(1, packed) + attribute(6, struct.pack("=IIII", preferred, 3600, 1, preferred))
    return message(kind, body + attribute(8, struct.pack("=I", flags)))


def link(flags: int, *, kind: int = 16, index: int = 2) -> bytes:
    return message(kind, struct.pack("=BxHiII", 0, 1, index, flags, 0xFFFFFFFF))


def told(*batches: bytes) -> list[str | None]:
    changes = Changes()
    return [changes.read(batch, KERNEL) for batch in batches]


def test_an_address_repeated_by_each_router_advertisement_is_heard_once() -> None:
    repeats = (address(preferred=1800), address(preferred=1799), address(preferred=1))
    assert told(*repeats) == [ADDRESS, None, None]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(address(preferred=0), id="deprecated by its lifetime"),
        pytest.param(address(flags=0x20), id="another flag"),
        pytest.param(address(flags=0x880), id="a flag beyond the low eight bits"),
        pytest.param(address(2), id="another address"),
        pytest.param(address(link=3), id="on another link"),
    ],
)
def test_what_differs_in_flags_or_preference_is_news(other: bytes) -> None:
    assert told(address(), other, other) == [ADDRESS, ADDRESS, None]


def test_an_address_that_went_and_came_back_is_news_twice() -> None:
    assert told(address(), address(kind=21), address()) == [ADDRESS] * 3


def test_a_link_is_news_when_its_flags_change() -> None:
    up, down = 0x11043, 0x1003
    assert told(link(up), link(up), link(down), link(up), link(up, kind=17), link(up)) == [
        *(LINK, None, LINK, LINK, LINK, LINK)
    ]


def test_every_route_is_news_and_other_messages_are_not() -> None:
    route = message(24, bytes(12))
    assert told(route, route, message(25, b""), message(28, bytes(12)), message(3, b"")) == [
        *(ROUTE, ROUTE, ROUTE, None, None)
    ]


def test_news_behind_a_repeat_in_one_batch_is_found() -> None:
    assert told(address(), address() + link(1)) == [ADDRESS, LINK]


def test_only_the_kernel_is_heard() -> None:
    assert Changes().read(address(), (4711, 0)) is None


def test_after_a_loss_of_messages_repeats_are_news() -> None:
    changes = Changes()
    assert changes.read(address(), KERNEL)
    changes.forget()
    assert changes.read(address(), KERNEL) == ADDRESS


def test_a_hundred_thousand_addresses_are_not_remembered() -> None:
    changes = Changes()
    for number in range(3000):
        changes.read(address(number), KERNEL)
        assert len(changes._known) <= 1024


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff" * 500, id="noise"),
        pytest.param(bytes(500), id="zeros"),
        pytest.param(address()[:-4], id="cut short"),
        pytest.param(struct.pack("=IHHII", 15, 20, 0, 0, 0) * 9, id="shorter than its header"),
        pytest.param(struct.pack("=IHHII", 0xFFFFFFFF, 20, 0, 0, 0), id="longer than the batch"),
    ],
)
def test_a_broken_batch_is_silence(data: bytes) -> None:
    assert told(data) == [None]


@pytest.mark.parametrize(
    "body", [b"", bytes(7), bytes(8), struct.pack("=BBBBI", 10, 64, 0, 0, 2) + b"\x01\x00\x01\x00"]
)
def test_a_message_that_cannot_be_read_cannot_be_shown_to_be_a_repeat(body: bytes) -> None:
    assert told(message(20, body))[0] == ADDRESS


def test_every_cut_of_a_real_batch_is_survived() -> None:
    whole = address() + link(1) + message(24, bytes(12))
    for end in range(len(whole)):
        Changes().read(whole[:end], KERNEL)


# Below, a computer and a router stand in network namespaces.


class Home:
    def __init__(self) -> None:
        need_root()
        for tool in ("ip", "sysctl"):
            need(tool)
        self.computer, self.router = Namespace("home"), Namespace("router")
        for one in (self.computer, self.router):
            for scope in ("all", "default"):
                one.run("sysctl", "-qw", f"net.ipv6.conf.{scope}.disable_ipv6=0")
                one.run("sysctl", "-qw", f"net.ipv6.conf.{scope}.accept_dad=0")
        cable(self.computer, "eth0", self.router, "lan")
        self.router.ip("-6", "address", "add", "fe80::1/64", "dev", "lan", "nodad")
        self.inside, self._at_router = Inside(self.computer), Inside(self.router)

    def advertise(self, preferred: int) -> None:
        """Send the router's advertisement of 2001:db8:1::/64 (RFC 4861 §4.2, §4.6.2)."""

        def send() -> None:
            prefix = socket.inet_pton(socket.AF_INET6, "2001:db8:1::")
            option = struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 7200, preferred, 0, prefix)
            body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + option
            with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
                index = socket.if_nametoindex("lan")
                raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
                raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
                raw.bind(("fe80::1", 0, 0, index))
                raw.sendto(body, ("ff02::1", 0, 0, index))

        self._at_router.make(send)

    def close(self) -> None:
        self.inside.close()
        self._at_router.close()
        self.computer.close()
        self.router.close()


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    made = Home()
    try:
        yield made
    finally:
        made.close()


@pytest.mark.lab
def test_the_kernel_tells_of_addresses_routes_and_links(home: Home) -> None:
    async def main() -> None:
        heard = Heard()

        async def ip(*words: str) -> None:
            await asyncio.to_thread(home.computer.ip, *words)

        async with nothing_left(), netlink(heard):
            await ip("address", "add", "192.168.1.10/24", "dev", "eth0")
            await heard.until(ADDRESS)
            await ip("route", "add", "default", "via", "192.168.1.1")
            await heard.until(ROUTE)
            await ip("link", "set", "eth0", "down")
            await heard.until(LINK)
            heard.reasons.clear()
            await ip("link", "set", "eth0", "up")
            await heard.until(LINK)

    home.inside.call(main())


class Counting(Changes):
    """Counts RTM_NEWADDR, news or not."""

    new_addresses = 0

    def read(self, data: bytes, sender: object) -> str | None:
        self.new_addresses += sum(one.kind == 20 for one in messages(data))
        return super().read(data, sender)


@pytest.mark.lab
def test_router_advertisements_say_nothing_until_they_say_something_new(home: Home) -> None:
    async def main() -> None:
        heard, reader = Heard(), Counting()

        async def advertise(preferred: int) -> None:
            known = reader.new_addresses
            await asyncio.to_thread(home.advertise, preferred)
            await until(lambda: reader.new_addresses > known, lambda: "no RTM_NEWADDR came")

        source = KernelSocket(heard, open_socket=open_netlink, reader=reader)
        async with source:
            await advertise(1800)
            await heard.until("of this machine changed")
            # The address may come as tentative first; each state is news once.
            await advertise(1799)
            heard.reasons.clear()
            await advertise(1798)
            await advertise(1797)
            assert heard.reasons == []
            await advertise(0)
            await heard.until(ADDRESS)

    home.inside.call(main())


def test_elsewhere_there_is_no_netlink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(OSError, match="only Linux"):
        open_netlink()
