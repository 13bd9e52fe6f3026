"""The router's part of the fault table: descriptions and answers that hurt, mislead or say nothing.

STUN and an echo outside are honest, so the address is found all the same, and published by their
word alone, unless the router's answer means that nobody could reach it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.discovery.router.fake_igd import Body, FakeIgd, drip, exhibit, flood, honest
from tests.support.fault_bench import HOME, Arrange, Bench, Fault, Scene

_HEALTHY = exhibit("description_healthy")
_WEB_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>"
_MEGABYTE = 1 << 20
_HUGE = flood(300 * _MEGABYTE)
_HELPER = 150  # MiB: the process that reads the router's bytes may grow by 128


def _router(description: Body | tuple[int, bytes], **answers: Body | tuple[int, bytes]) -> Arrange:
    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        page = _raw(*description) if isinstance(description, tuple) else description
        with FakeIgd(page, honest(**answers)) as router:
            yield bench.scene(location=router.location)
            assert router.requests, "the router was never asked"

    return arrange


def _raw(status: int, body: bytes) -> Body:
    head = f"HTTP/1.1 {status} Trouble\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection, _stop: connection.sendall(head + body)


def _close(connection: socket.socket, _stop: threading.Event) -> None:
    """Hang up without a word."""


def _silence(_connection: socket.socket, stop: threading.Event) -> None:
    stop.wait(60)


@contextmanager
def _leading_away(bench: Bench) -> Iterator[Scene]:
    """A control URL on another machine, which is really there and notes who comes."""
    with socket.create_server(("127.0.0.2", 0)) as stranger:
        stranger.setblocking(False)
        away = f"127.0.0.2:{stranger.getsockname()[1]}".encode()
        page = exhibit("description_control_url_on_the_internet")
        assert b"198.51.100.7:80" in page
        with FakeIgd(page.replace(b"198.51.100.7:80", away), honest()) as router:
            yield bench.scene(location=router.location)
            assert router.requests, "the router was never asked"
        try:
            stranger.accept()
        except BlockingIOError:
            return
        raise AssertionError("the stranger was visited")


def _address(name: str) -> Arrange:
    return _router(_HEALTHY, GetExternalIPAddress=exhibit(name))


def _survived(
    name: str,
    arrange: Arrange,
    verdict: str = "stun_agrees",
    *,
    slow: bool = False,
    memory: int = 120,
) -> Fault:
    return Fault(
        name=f"router {name}",
        arrange=arrange,
        status=0,
        action="push",
        outcome="changed",
        verdict=verdict,
        says="updated; 2 of 2 name servers serve it",
        serves=HOME,
        ip=0,
        slow=slow,
        memory=memory,
    )


_MUTE = Fault(
    name="router will not say its address",
    arrange=_address("address_empty"),
    status=4,
    action="hold",
    code="cgnat_likely",
    verdict="cgnat_likely",
    says="very likely your provider shares it among many customers (CGNAT)",
    ip=4,
)

FAULTS = (
    _MUTE,
    _survived("description of 10 MB", _router(flood(10 * _MEGABYTE))),
    _survived("description of 300 MB", _router(_HUGE), memory=_HELPER),
    _survived("address of 300 MB", _router(_HEALTHY, GetExternalIPAddress=_HUGE), memory=_HELPER),
    _survived("drips", _router(drip), slow=True),
    _survived("drips its address", _router(_HEALTHY, GetExternalIPAddress=drip), slow=True),
    _survived("silent", _router(_silence), slow=True),
    _survived("leads away", _leading_away),
    _survived("private address", _address("address_private"), "double_nat"),
    _survived("address 0.0.0.0", _address("address_zero")),
    _survived("address in words", _address("address_in_words")),
    _survived("address too long", _address("address_too_long")),
    _survived("address of IPv6", _address("address_of_ip_version_6")),
    _survived("HTTP 500", _router((500, b""))),
    _survived("HTTP 500 for its address", _router(_HEALTHY, GetExternalIPAddress=(500, b""))),
    _survived("closes at once", _router(_close)),
    _survived("HTML", _router(_WEB_PAGE)),
    _survived("HTML for its address", _router(_HEALTHY, GetExternalIPAddress=_WEB_PAGE)),
    _survived("login page", _router(exhibit("description_login_page"))),
    _survived("media server", _router(exhibit("description_media_server"))),
    _survived("description cut", _router(exhibit("description_cut_in_the_middle"))),
    _survived("entity bomb", _router(exhibit("description_entity_bomb")), "single_nat"),
    _survived("NUL bytes", _router(bytes(70_000))),
)
"""Behind all but the first the name ends up right."""
