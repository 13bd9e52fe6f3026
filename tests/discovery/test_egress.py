"""Sockets tied to one link, on each platform, and what is said when that cannot be done."""

from __future__ import annotations

import errno
import socket
import sys
from ipaddress import ip_address

import pytest

from discovery.egress import Egress, address_family, device_option, reason
from discovery.observation import Family, Why
from tests.support.tools import absent


@pytest.mark.parametrize(
    ("platform", "family", "option"),
    [
        ("linux", Family.V4, (socket.SOL_SOCKET, 25, b"eth0\0")),
        ("linux", Family.V6, (socket.SOL_SOCKET, 25, b"eth0\0")),
        ("darwin", Family.V4, (socket.IPPROTO_IP, 25, 7)),
        ("darwin", Family.V6, (socket.IPPROTO_IPV6, 125, 7)),
        ("win32", Family.V4, (socket.IPPROTO_IP, 31, b"\0\0\0\7")),
        ("win32", Family.V6, (socket.IPPROTO_IPV6, 31, 7)),
    ],
)
def test_each_platform_has_its_own_option_for_a_link(
    platform: str,
    family: Family,
    option: tuple[int, int, bytes | int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "if_nametoindex", {"eth0": 7}.__getitem__)
    assert device_option(platform, family, "eth0") == option


def test_a_platform_without_such_an_option_says_so() -> None:
    with pytest.raises(OSError, match="cannot tie a question to one link"):
        device_option("sunos5", Family.V4, "net0")


def test_a_family_has_its_socket_word() -> None:
    assert address_family(Family.V4) is socket.AF_INET
    assert address_family(Family.V6) is socket.AF_INET6


def test_without_wishes_a_socket_is_plain_and_does_not_block() -> None:
    with Egress().open(Family.V4, socket.SOCK_DGRAM) as sock:
        assert sock.getsockname() == ("0.0.0.0", 0)
        assert not sock.getblocking()


def test_a_port_asked_for_is_had_at_once() -> None:
    with Egress().open(Family.V4, socket.SOCK_DGRAM, port=0) as fresh:
        port = fresh.getsockname()[1]
        assert port > 0
        with pytest.raises(OSError) as caught:
            Egress(bind=ip_address("127.0.0.1")).open(Family.V4, socket.SOCK_DGRAM, port=port)
        assert caught.value.errno == errno.EADDRINUSE
    bound = Egress(bind=ip_address("127.0.0.1"))
    with bound.open(Family.V4, socket.SOCK_DGRAM, port=port) as again:
        assert again.getsockname() == ("127.0.0.1", port)


def test_windows_is_told_that_the_port_is_for_one_program(monkeypatch: pytest.MonkeyPatch) -> None:
    # Any harmless option stands in for Windows' own, which Linux does not have.
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_KEEPALIVE, raising=False)
    with Egress().open(Family.V4, socket.SOCK_DGRAM, port=0) as fresh:
        port = fresh.getsockname()[1]
        assert fresh.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0
    with Egress().open(Family.V4, socket.SOCK_DGRAM, port=port) as claimed:
        assert claimed.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_a_source_address_of_the_other_family_is_not_used() -> None:
    with Egress(bind=ip_address("::1")).open(Family.V4, socket.SOCK_STREAM) as sock:
        assert sock.getsockname() == ("0.0.0.0", 0)


def test_a_socket_is_bound_to_the_link_and_address() -> None:
    if sys.platform != "linux":
        absent("needs Linux, where the link is called lo")
    egress = Egress(bind=ip_address("127.0.0.1"), device="lo")
    with egress.open(Family.V4, socket.SOCK_DGRAM) as sock:
        host, port = sock.getsockname()
        assert (host, port > 0) == ("127.0.0.1", True)
        assert sock.getsockopt(socket.SOL_SOCKET, 25, 16).rstrip(b"\0") == b"lo"


@pytest.mark.parametrize(
    ("egress", "error", "why", "words"),
    [
        (
            Egress(device="wan0"),
            OSError(errno.ENODEV, "No such device"),
            Why.UNSUPPORTED,
            "cannot be asked through wan0: no such link",
        ),
        (
            Egress(device="wan0"),
            OSError(errno.EPERM, "Operation not permitted"),
            Why.UNSUPPORTED,
            "cannot be asked through wan0: not permitted",
        ),
        (
            Egress(bind=ip_address("192.168.1.10")),
            OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"),
            Why.UNSUPPORTED,
            "cannot be asked through 192.168.1.10: this machine has no such address",
        ),
        (
            Egress(),
            OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol"),
            Why.NO_ROUTE,
            "cannot be asked: this machine has that address family switched off",
        ),
    ],
)
def test_what_the_system_refuses_is_explained(
    egress: Egress, error: OSError, why: Why, words: str
) -> None:
    flaw = egress.flaw(error)
    assert (flaw.why, flaw.detail) == (why, words)


def test_a_fault_of_our_own_is_not_blamed_on_a_link() -> None:
    with pytest.raises(OSError, match="Too many open files"):
        Egress().flaw(OSError(errno.EMFILE, "Too many open files"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.1', 9)"), ""),
        (socket.gaierror(1, "Address family for hostname not supported"), "address family for"),
        (OSError(12345, "Something Odd"), "something odd"),
        (OSError(), "no reason given"),
    ],
)
def test_an_error_is_told_in_words_without_numbers(error: OSError, words: str) -> None:
    assert reason(error).startswith(words or "connection refused")
    assert "192.0.2.1" not in reason(error)
