"""The reader of rtnetlink dumps, fed with dumps made by hand and with damage."""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.ipv6 import netlink
from discovery.ipv6.netlink import DamagedDump, read_addresses
from discovery.ipv6.view import Held
from tests.support.own6 import OTHER, PUBLIC

LINKS = {2: "eth0", 3: "wlan0"}
DONE = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)
FOR_EVER = 0xFFFFFFFF


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def packed(address: str) -> bytes:
    return IPv6Address(address).packed


def message(
    *attributes: bytes,
    family: int = 10,
    prefix: int = 64,
    low_flags: int = 0,
    link: int = 2,
    kind: int = 20,
    flags: int = 2,
) -> bytes:
    body = struct.pack("=BBBBI", family, prefix, low_flags, 0, link) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 4711) + body


def address(
    text: str = PUBLIC, *, flags: int = 0, preferred: int = FOR_EVER, valid: int = FOR_EVER
) -> tuple[bytes, bytes, bytes]:
    """The attributes of an address as the kernel sends them."""
    lifetimes = struct.pack("=IIII", preferred, valid, 100, 200)
    return (
        attribute(1, packed(text)),
        attribute(6, lifetimes),
        attribute(8, struct.pack("=I", flags)),
    )


def one(*attributes: bytes, **fields: int) -> Held:
    (found,) = read_addresses(message(*attributes, **fields) + DONE, LINKS)
    return found


@pytest.mark.parametrize(
    ("flag", "field"),
    [
        (0x01, "temporary"),
        (0x08, "duplicated"),
        (0x20, "deprecated"),
        (0x40, "tentative"),
        (0x80, "permanent"),
        (0x100, "stable"),
        (0x800, "stable"),
    ],
)
def test_each_flag_of_the_kernel_is_read(flag: int, field: str) -> None:
    plain = Held(address=IPv6Address(PUBLIC), prefix=64, device="eth0")
    assert one(*address()) == plain
    flagged = one(*address(flags=flag))
    changed = [name for name in Held.__slots__ if getattr(flagged, name) != getattr(plain, name)]
    assert changed == [field]
    # Flags that say nothing about lasting (nodad, noprefixroute, multicast autojoin).
    assert one(*address(flags=0x02 | 0x200 | 0x400)) == plain


def test_lifetimes_prefix_and_link_are_read() -> None:
    found = one(*address(preferred=0, valid=7200), prefix=128, link=3)
    assert (found.preferred_s, found.valid_s) == (0, 7200)
    assert (found.prefix, found.device) == (128, "wlan0")


def test_our_side_of_a_link_with_a_peer_is_read() -> None:
    assert one(attribute(1, packed(OTHER)), attribute(2, packed(PUBLIC))).address == IPv6Address(
        PUBLIC
    )


def test_an_old_kernel_without_wide_flags_and_lifetimes_is_understood() -> None:
    found = one(attribute(1, packed(PUBLIC)), low_flags=0x01)
    assert found.temporary
    assert (found.preferred_s, found.valid_s) == (None, None)


def test_the_wide_flags_win_over_the_narrow_ones() -> None:
    assert not one(*address(), low_flags=0x01).temporary


def test_attributes_marked_as_nested_or_in_network_order_keep_their_number() -> None:
    assert one(attribute(1 | 0x8000, packed(PUBLIC))).address == IPv6Address(PUBLIC)


def test_other_families_and_links_that_went_away_are_left_out() -> None:
    ipv4 = message(attribute(1, bytes((192, 0, 2, 1))), family=2)
    gone = message(*address(), link=9)
    other = message(*address(), kind=24)
    assert read_addresses(ipv4 + gone + other + message(*address(OTHER)) + DONE, LINKS) == (
        Held(address=IPv6Address(OTHER), prefix=64, device="eth0"),
    )


def test_what_follows_the_end_is_not_read() -> None:
    assert read_addresses(DONE + message(*address()), LINKS) == ()


REFUSED = struct.pack("=IHHIIi", 36, 2, 0, 1, 0, -95) + bytes(16)


@pytest.mark.parametrize(
    ("dump", "complaint"),
    [
        pytest.param(b"", "no end", id="empty"),
        pytest.param(message(*address()), "no end", id="without an end"),
        pytest.param(DONE[:10], "middle of a header", id="torn in a header"),
        pytest.param(message(*address())[:40], "middle of a message", id="torn in a message"),
        pytest.param(struct.pack("=IHHII", 3, 20, 0, 1, 0), "middle", id="shorter than its header"),
        pytest.param(REFUSED, "refuses", id="an error of the kernel"),
        pytest.param(
            message(*address(), flags=0x12) + DONE, "changed while", id="overtaken by a change"
        ),
        pytest.param(message() + DONE, "not known", id="no address in it"),
        pytest.param(message(attribute(1, b"\x01")) + DONE, "not known", id="an address too short"),
        pytest.param(
            message(attribute(1, packed(PUBLIC)), attribute(8, b"\x01")) + DONE,
            "not known",
            id="flags too short",
        ),
        pytest.param(
            message(attribute(1, packed(PUBLIC)), attribute(6, b"\x01")) + DONE,
            "not known",
            id="lifetimes too short",
        ),
        pytest.param(
            message(struct.pack("=HH", 99, 1)) + DONE, "not known", id="an attribute too long"
        ),
        pytest.param(
            message(struct.pack("=HH", 0, 1)) + DONE, "not known", id="an attribute of no length"
        ),
    ],
)
def test_a_damaged_dump_is_refused_in_one_way(dump: bytes, complaint: str) -> None:
    with pytest.raises(DamagedDump, match=complaint):
        read_addresses(dump, LINKS)


@given(st.binary(max_size=200))
def test_noise_never_breaks_the_reader(noise: bytes) -> None:
    with suppress(DamagedDump):
        read_addresses(noise, LINKS)


@given(st.data())
def test_a_dump_with_broken_bytes_never_breaks_the_reader(data: st.DataObject) -> None:
    dump = bytearray(message(*address()) + message(*address(OTHER)) + DONE)
    for _ in range(data.draw(st.integers(1, 4))):
        dump[data.draw(st.integers(0, len(dump) - 1))] = data.draw(st.integers(0, 255))
    with suppress(DamagedDump):
        read_addresses(bytes(dump[: data.draw(st.integers(0, len(dump)))]), LINKS)


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="rtnetlink is Linux's")


@linux_only
def test_this_very_machine_can_be_asked() -> None:
    assert netlink.held() is not None


@linux_only
def test_a_dump_that_stays_damaged_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def torn() -> bytes:
        asked.append(1)
        return DONE[:10]

    monkeypatch.setattr(netlink, "_dump", torn)
    assert netlink.held() is None
    assert len(asked) == 3


@linux_only
def test_a_dump_that_was_overtaken_once_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter((message(*address(), flags=0x12), DONE))
    monkeypatch.setattr(netlink, "_dump", lambda: next(answers))
    assert netlink.held() == ()


@linux_only
def test_a_system_that_forbids_netlink_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Android does, since version 11."""

    def forbidden(*_: object) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", forbidden)
    assert netlink.held() is None
