"""The STUN witness against coturn, and against servers on loopback that name a public address."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from discovery.observation import Family, Missed, Observation, Seen, StunEvidence, Why
from discovery.probe import probe
from discovery.stun import StunMethod
from discovery.stun_lookup import SrvTarget
from discovery.stun_timing import Timing
from tests.support.coturn import coturn
from tests.support.stun_liar import (
    HOME,
    Lie,
    honest,
    liar,
    mapped,
    message,
    naming,
    refusing,
    silent,
    xor_mapped,
)
from tests.support.tools import absent

# Long enough for a loaded machine to answer, short enough to wait for silence.
SHORT = Timing(sends=(0.0, 0.05), udp=0.4, next_address=0.1, patience=0.1, total=0.6)
NEVER = Timing(udp=60.0, patience=60.0, total=60.0)


async def ask(method: StunMethod, family: Family = Family.V4) -> Observation:
    return await probe(method, family, limit=10.0, strict=True)


def ask_liar(
    udp: Lie | None = silent,
    tcp: Lie | None = None,
    *,
    timing: Timing | None = None,
    elsewhere: bool = False,
) -> Observation:
    async def main() -> Observation:
        async with liar(udp, tcp, elsewhere=elsewhere) as heard:
            return await ask(StunMethod(f"127.0.0.1:{heard.port}", timing=timing))

    return asyncio.run(main())


def need_ipv6_loopback() -> None:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe_socket:
            probe_socket.bind(("::1", 0))
    except OSError:
        absent("needs IPv6 on loopback")


# --- real servers


def test_coturn_says_loopback_over_udp_and_that_is_never_published(tmp_path: Path) -> None:
    with coturn(tmp_path) as port:
        observation = asyncio.run(ask(StunMethod(f"stun:127.0.0.1:{port}")))
    assert isinstance(observation, Missed)
    assert observation.why is Why.NOT_PUBLIC
    assert observation.reported == ip_address("127.0.0.1")
    evidence = observation.evidence
    assert isinstance(evidence, StunEvidence)
    assert evidence.transport == "udp"
    assert evidence.server == f"127.0.0.1:{port}"
    assert evidence.local == "127.0.0.1"
    assert evidence.mapped_port > 0
    assert evidence.rewritten == ""
    assert "Coturn" in evidence.software


def test_coturn_without_udp_is_asked_over_tcp(tmp_path: Path) -> None:
    with coturn(tmp_path, "--no-udp", "--fingerprint") as port:
        observation = asyncio.run(ask(StunMethod(f"127.0.0.1:{port}")))
    assert isinstance(observation, Missed)
    assert observation.why is Why.NOT_PUBLIC
    assert isinstance(observation.evidence, StunEvidence)
    assert observation.evidence.transport == "tcp"


def test_coturn_is_asked_over_ipv6_by_the_same_code(tmp_path: Path) -> None:
    need_ipv6_loopback()
    with coturn(tmp_path, host="::1") as port:
        observation = asyncio.run(ask(StunMethod(f"stun:[::1]:{port}"), Family.V6))
    assert isinstance(observation, Missed)
    assert observation.reported == ip_address("::1")
    assert isinstance(observation.evidence, StunEvidence)
    assert observation.evidence.server == f"[::1]:{port}"


# --- what an honest answer becomes


def test_a_public_address_is_seen_with_its_evidence() -> None:
    async def main() -> None:
        async with liar(honest) as heard:
            observation = await ask(StunMethod(f"127.0.0.1:{heard.port}"))
        assert observation == Seen(
            source="stun",
            witness=f"127.0.0.1:{heard.port}",
            operator="127.0.0.1",
            family=Family.V4,
            address=ip_address(HOME),
            elapsed=observation.elapsed,
            evidence=StunEvidence(
                server=f"127.0.0.1:{heard.port}",
                transport="udp",
                local="127.0.0.1",
                mapped_port=40000,
                software="honest",
            ),
        )
        assert len(heard.requests) == 1

    asyncio.run(main())


def test_an_ipv6_address_is_seen_over_ipv6() -> None:
    need_ipv6_loopback()

    async def main() -> Observation:
        async with liar(naming("2a02:8071::1"), host="::1") as heard:
            return await ask(StunMethod(f"[::1]:{heard.port}"), Family.V6)

    observation = asyncio.run(main())
    assert isinstance(observation, Seen)
    assert str(observation.address) == "2a02:8071::1"


def test_a_name_is_looked_up_in_the_family_asked() -> None:
    async def main() -> Observation:
        async with liar(honest) as heard:
            return await ask(StunMethod(f"stun:localhost:{heard.port}"))

    observation = asyncio.run(main())
    assert isinstance(observation, Seen)
    assert observation.operator == "localhost"
    assert isinstance(observation.evidence, StunEvidence)
    assert observation.evidence.server.startswith("127.0.0.1:")


def test_a_rewriting_router_is_evidence_beside_the_right_address() -> None:
    def rewritten(request: bytes) -> list[bytes]:
        return [message(request, mapped("192.168.1.10", 5000), xor_mapped(request))]

    observation = ask_liar(rewritten)
    assert isinstance(observation, Seen)
    assert str(observation.address) == HOME
    assert isinstance(observation.evidence, StunEvidence)
    assert observation.evidence.rewritten == "192.168.1.10:5000"


def test_a_server_that_knows_only_mapped_address_is_heard() -> None:
    observation = ask_liar(lambda request: [message(request, mapped(HOME))])
    assert isinstance(observation, Seen)


def test_every_question_has_a_new_port_and_a_new_id() -> None:
    async def main() -> None:
        async with liar(honest) as heard:
            method = StunMethod(f"127.0.0.1:{heard.port}")
            for _ in range(3):
                await ask(method)
        assert len({port for _, port in heard.sources}) > 1
        assert len({request[8:20] for request in heard.requests}) == 3

    asyncio.run(main())


# --- strangers


def test_the_kernel_drops_a_right_answer_from_a_wrong_port() -> None:
    observation = ask_liar(honest, elsewhere=True, timing=SHORT)
    assert isinstance(observation, Missed)
    assert observation.why is Why.SILENT


def forged(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request, "203.0.113.66"), transaction=b"another id..")]


def test_silence_after_a_forged_answer_is_called_spoofed() -> None:
    observation = ask_liar(forged, timing=SHORT)
    assert isinstance(observation, Missed)
    assert observation.why is Why.SPOOFED
    assert "the id of another transaction" in observation.detail


def test_a_forged_answer_before_the_right_one_does_no_harm() -> None:
    observation = ask_liar(lambda request: [*forged(request), b"junk", *honest(request)])
    assert isinstance(observation, Seen)
    assert str(observation.address) == HOME


def test_a_flood_of_forged_answers_ends_the_path_before_its_time() -> None:
    observation = ask_liar(lambda request: forged(request) * 64, timing=NEVER)
    assert isinstance(observation, Missed)
    assert observation.why is Why.SPOOFED


def test_a_forger_of_udp_does_not_keep_tcp_from_answering() -> None:
    observation = ask_liar(forged, honest, timing=SHORT)
    assert isinstance(observation, Seen)


# --- from UDP to TCP


@pytest.mark.parametrize("udp", [silent, None], ids=["silent", "refused"])
def test_tcp_is_asked_where_udp_brings_nothing(udp: Lie | None) -> None:
    observation = ask_liar(udp, honest, timing=SHORT)
    assert isinstance(observation, Seen)
    assert isinstance(observation.evidence, StunEvidence)
    assert observation.evidence.transport == "tcp"


def test_refused_udp_leads_to_tcp_at_once() -> None:
    observation = ask_liar(None, honest, timing=NEVER)
    assert isinstance(observation, Seen)


def test_a_server_that_answers_udp_never_sees_a_connection() -> None:
    async def main() -> None:
        for lie in (honest, refusing(500, b"Server Error"), naming("10.0.0.7")):
            async with liar(lie, honest) as heard:
                await ask(StunMethod(f"127.0.0.1:{heard.port}"))
            assert heard.connections == 0

    asyncio.run(main())


def test_a_closed_port_is_refused_by_both_transports() -> None:
    observation = ask_liar(None, None, timing=NEVER)
    assert isinstance(observation, Missed)
    assert observation.why is Why.REFUSED
    assert observation.detail.endswith(
        " refuses UDP on that port (connection refused), "
        "and refuses TCP on that port (connection refused)"
    )


def test_an_answer_over_tcp_may_come_in_pieces() -> None:
    def in_bytes(request: bytes) -> Sequence[bytes]:
        return [bytes([byte]) for byte in honest(request)[0]]

    assert isinstance(ask_liar(None, in_bytes), Seen)


# --- configuration, links, missing parts


def test_a_wrong_server_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="STUN over TLS is not spoken here"):
        StunMethod("stuns:stun.example.org")
    with pytest.raises(ValueError, match="needs SRV records"):
        StunMethod("auto:example.org")


def test_a_server_found_by_srv_is_trusted_as_the_host_that_it_led_to() -> None:
    async def main() -> None:
        async with liar(honest) as heard:

            async def srv(name: str) -> Sequence[SrvTarget]:
                return [SrvTarget(host="localhost", port=heard.port)] if "_udp" in name else []

            method = StunMethod("auto:example.org", srv=srv)
            assert method.witness == "auto:example.org"
            assert method.operator == "example.org"
            observation = await ask(method)
        assert isinstance(observation, Seen)
        assert observation.operator == "localhost"

    asyncio.run(main())


def test_a_link_that_is_not_there_is_named() -> None:
    observation = asyncio.run(ask(StunMethod("127.0.0.1:3478", device="nolink0")))
    assert isinstance(observation, Missed)
    assert observation.why is Why.UNSUPPORTED
    assert "cannot be asked through nolink0: " in observation.detail


def test_a_source_address_that_is_not_ours_is_named() -> None:
    method = StunMethod("127.0.0.1:3478", bind=ip_address("198.51.100.77"))
    observation = asyncio.run(ask(method))
    assert isinstance(observation, Missed)
    assert observation.why is Why.UNSUPPORTED
    assert observation.detail == (
        "127.0.0.1:3478 cannot be asked through 198.51.100.77: this machine has no such address"
    )


def test_the_question_leaves_by_the_address_and_link_asked_for() -> None:
    async def main() -> None:
        async with liar(honest) as heard:
            bind = ip_address("127.0.0.5")
            observation = await ask(StunMethod(f"127.0.0.1:{heard.port}", bind=bind, device="lo"))
        assert isinstance(observation, Seen)
        assert heard.sources[0][0] == "127.0.0.5"

    if sys.platform != "linux":
        absent("needs Linux, where all of 127.0.0.0/8 is loopback and the link is called lo")
    asyncio.run(main())


def test_cancellation_closes_the_sockets() -> None:
    async def main() -> None:
        asked = asyncio.Event()

        def note(request: bytes) -> list[bytes]:
            asked.set()
            return []

        async with liar(note) as heard:
            task = asyncio.create_task(
                StunMethod(f"127.0.0.1:{heard.port}", timing=NEVER).observe(Family.V4)
            )
            async with asyncio.timeout(5):
                await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as same:
                same.bind(("127.0.0.1", heard.sources[0][1]))  # fails while it is still open

    asyncio.run(main())


LIGHT = """
import sys
import discovery.stun, discovery.echo
heavy = {"aioice", "aiohttp", "dns", "miniupnpc"} & {name.partition(".")[0] for name in sys.modules}
assert not heavy, heavy
"""

WITHOUT_AIOICE = """
import asyncio, sys
sys.modules["aioice"] = None
from discovery.observation import Family
from discovery.stun import StunMethod
print(asyncio.run(StunMethod("127.0.0.1:3478").observe(Family.V4)).detail)
"""


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_heavy_library_is_loaded_before_the_first_question() -> None:
    run_python(LIGHT)


def test_a_missing_library_is_named_and_nothing_breaks() -> None:
    said = run_python(WITHOUT_AIOICE)
    assert said == "127.0.0.1:3478 cannot be asked: the library aioice is missing\n"
