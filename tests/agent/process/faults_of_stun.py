"""STUN's part of the fault table: strangers, broken answers, and operators that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.fault_bench import HOME, Arrange, Bench, Fault, Scene
from tests.support.stun_liar import (
    ERROR,
    Lie,
    attribute,
    honest,
    liar,
    message,
    naming,
    refusing,
    silent,
    xor_mapped,
)

_OTHER = "89.160.20.112"


def _wrong_id(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), transaction=bytes(12))]


def _twice(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), xor_mapped(request, _OTHER))]


def _nothing_in_it(request: bytes) -> list[bytes]:
    return [message(request, attribute(0x8022, b"quiet"))]


def _error_without_code(request: bytes) -> list[bytes]:
    return [message(request, kind=ERROR)]


def _junk(request: bytes) -> list[bytes]:
    return [b"\xff" * 1400]


def _servers(
    *udp: Lie | None, tcp: Lie | None = None, elsewhere: bool = False, router: bool = False
) -> Arrange:
    """Two operators, each with a lie of its own over UDP; None refuses. Nobody else is asked."""

    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        first, second = (liar(lie, tcp or lie, elsewhere=elsewhere) for lie in udp)
        with bench.enter(first) as one, bench.enter(second) as two:
            servers = (f"stun:127.0.0.1:{one.port}", f"stun:localhost:{two.port}")
            yield bench.scene(order=("upnp", "stun") if router else ("stun",), stun=servers)
            reached = [server.requests or server.connections for server in (one, two)]
            assert all(reached) or tcp is udp[0]

    return arrange


def _both(lie: Lie | None) -> Arrange:
    return _servers(lie, lie)


def _held(
    name: str,
    arrange: Arrange,
    says: str,
    code: str = "no_address",
    status: int = 6,
    *,
    ip: int | None = -1,
    slow: bool = False,
) -> Fault:
    return Fault(
        name=f"stun {name}",
        arrange=arrange,
        status=status,
        action="hold",
        code=code,
        verdict=code,
        says=says,
        ip=status if ip == -1 else ip,
        slow=slow,
    )


FAULTS = (
    _held("silent", _both(silent), "did not answer over UDP", slow=True),
    _held("closed", _both(None), "refuses UDP on that port"),
    _held("wrong transaction id", _both(_wrong_id), "another", slow=True),
    _held(
        "answer from another port",
        _servers(honest, honest, tcp=silent, elsewhere=True),
        "did not answer",
        slow=True,
    ),
    _held("duplicate attribute", _both(_twice), "twice"),
    _held("no address in it", _both(_nothing_in_it), "without an address"),
    _held("private address", _both(naming("10.0.0.7")), "10.0.0.7", "liar", 5),
    _held("shared address", _both(naming("100.64.0.5")), "100.64.0.5", "liar", 5),
    _held("error response", _both(refusing(403, b"Forbidden")), "403"),
    _held("error without a code", _both(_error_without_code), "error"),
    _held("junk", _both(_junk), "something that is not STUN", slow=True),
    _held(
        "operators disagree",
        _servers(naming(HOME), naming(_OTHER)),
        "disagree",
        "witnesses_disagree",
        5,
        slow=True,
    ),
    _held(
        "one operator only",
        _servers(honest, refusing(500, b"Oops")),
        "nobody independent confirms it",
        "one_witness",
        1,
    ),
    _held(
        "all against the router",
        _servers(naming(_OTHER), naming(_OTHER), router=True),
        _OTHER,
        "upstream_nat",
        5,
        slow=True,
    ),
    Fault(
        name="stun over TCP only",
        arrange=_servers(None, None, tcp=honest),
        status=0,
        action="push",
        outcome="changed",
        verdict="stun_agrees",
        says="updated; 2 of 2 name servers serve it",
        serves=HOME,
        ip=0,
        slow=True,
    ),
)
