"""The race of addresses and transports, in simulated time and without a socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address

import pytest

from discovery.egress import Egress
from discovery.observation import Family, Flaw, StunEvidence, Why
from discovery.stun_address import StunServer
from discovery.stun_codec import Binding
from discovery.stun_lookup import Destination, SrvTarget
from discovery.stun_paths import Failed, Heard, Path
from discovery.stun_query import ask
from discovery.stun_timing import Timing
from tests.support.simloop import run_simulated

FIRST, SECOND = "198.51.100.1", "198.51.100.2"
REFUSED = Failed(flaw=Flaw(why=Why.REFUSED, detail="refuses"))
SILENT = Failed(flaw=Flaw(why=Why.SILENT, detail="did not answer"))
SPOOFED = Failed(flaw=Flaw(why=Why.SPOOFED, detail="seemed to answer"))
MALFORMED = Failed(flaw=Flaw(why=Why.MALFORMED, detail="answered junk"), final=True)
ANSWER = Heard(
    binding=Binding(address=ip_address("81.2.69.142"), port=40000),
    evidence=StunEvidence(
        server=f"{FIRST}:3478", transport="udp", local="192.168.1.10", mapped_port=40000
    ),
    host=FIRST,
)
NEVER = (3600.0, SILENT)
Script = Mapping[str, tuple[float, Heard | Failed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted(Path):
    """A path on which each destination does as the script says, after so many seconds."""

    script: Script
    started: list[tuple[float, str]] = field(default_factory=list)

    async def ask(self, destination: Destination) -> Heard | Failed:
        name = f"{destination.transport} {destination.address}"
        self.started.append((round(asyncio.get_running_loop().time(), 6), name))
        delay, outcome = self.script[name]
        await asyncio.sleep(delay)
        return outcome


def race(script: Script, *hosts: str) -> tuple[Heard | Flaw, list[tuple[float, str]], float]:
    """Run a race between these addresses; returns its outcome, who started when, and its end."""
    path = Scripted(
        family=Family.V4,
        egress=Egress(),
        timing=Timing(),
        new_id=partial(bytes, 12),
        script=script,
    )

    async def srv(name: str) -> Sequence[SrvTarget]:
        return [SrvTarget(host=host, port=3478) for host in hosts]

    async def main() -> tuple[Heard | Flaw, list[tuple[float, str]], float]:
        server = StunServer(host="example.org", discover=True)
        outcome = await ask(server, path, srv)
        assert len(asyncio.all_tasks()) == 1  # the losers are gone
        return outcome, path.started, asyncio.get_running_loop().time()

    return run_simulated(main())


def test_the_first_answer_ends_the_race() -> None:
    outcome, started, ended = race({f"udp {FIRST}": (0.02, ANSWER)}, FIRST)
    assert outcome == ANSWER
    assert started == [(0.0, f"udp {FIRST}")]
    assert ended == pytest.approx(0.02)


def test_after_so_much_silence_tcp_is_tried_beside_udp() -> None:
    script: Script = {f"udp {FIRST}": NEVER, f"tcp {FIRST}": (0.05, ANSWER)}
    outcome, started, ended = race(script, FIRST)
    assert outcome == ANSWER
    assert started == [(0.0, f"udp {FIRST}"), (0.6, f"tcp {FIRST}")]
    assert ended == pytest.approx(0.65)


def test_udp_may_still_win_while_tcp_is_tried() -> None:
    script: Script = {f"udp {FIRST}": (1.1, ANSWER), f"tcp {FIRST}": NEVER}
    outcome, _, ended = race(script, FIRST)
    assert outcome == ANSWER
    assert ended == pytest.approx(1.1)


def test_a_second_address_starts_a_quarter_second_later_and_tcp_after_both() -> None:
    script = {f"{t} {a}": NEVER for t in ("udp", "tcp") for a in (FIRST, SECOND)}
    outcome, started, ended = race(script, FIRST, SECOND)
    assert started == [
        (0.0, f"udp {FIRST}"),
        (0.25, f"udp {SECOND}"),
        (0.85, f"tcp {FIRST}"),
        (1.1, f"tcp {SECOND}"),
    ]
    assert outcome == Flaw(
        why=Why.SILENT, detail="did not answer over UDP, and did not answer over TCP"
    )
    assert ended == pytest.approx(3.5)


def test_a_refusal_starts_the_next_at_once() -> None:
    script: Script = {
        f"udp {FIRST}": (0.001, REFUSED),
        f"udp {SECOND}": (0.001, REFUSED),
        f"tcp {FIRST}": (0.001, ANSWER),
    }
    outcome, started, _ = race(script, FIRST, SECOND)
    assert outcome == ANSWER
    assert [time for time, _ in started] == [0.0, 0.001, 0.002]


def test_no_more_than_two_addresses_are_asked() -> None:
    script = {f"{t} {a}": (0.0, REFUSED) for t in ("udp", "tcp") for a in (FIRST, SECOND)}
    outcome, started, _ = race(script, FIRST, SECOND, "198.51.100.3", "198.51.100.4")
    assert outcome == Flaw(why=Why.REFUSED, detail="refuses")
    assert len(started) == 4


def test_an_answer_from_the_server_itself_is_final_even_when_it_is_bad() -> None:
    outcome, started, _ = race({f"udp {FIRST}": (0.1, MALFORMED)}, FIRST)
    assert outcome == MALFORMED.flaw
    assert len(started) == 1


def test_what_was_heard_says_more_than_later_silence() -> None:
    script = {f"udp {FIRST}": (2.0, SPOOFED), f"tcp {FIRST}": (0.1, REFUSED)}
    outcome, _, _ = race(script, FIRST)
    assert outcome == Flaw(why=Why.SPOOFED, detail="seemed to answer, and refuses")


def test_udp_requests_are_repeated_as_planned_and_never_changed() -> None:
    """A real socket that nobody answers; only the client's time is simulated."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.settimeout(5)
        port: int = deaf.getsockname()[1]
        path = Path(
            family=Family.V4,
            egress=Egress(),
            timing=Timing(sends=(0.0, 0.25, 0.5, 1.0, 2.5)),
            new_id=partial(bytes, 12),
        )
        here = Destination(host="127.0.0.1", transport="udp", address="127.0.0.1", port=port)

        async def main() -> float:
            outcome = await path.ask(here)
            assert isinstance(outcome, Failed)
            assert outcome.flaw.why is Why.SILENT
            return asyncio.get_running_loop().time()

        assert run_simulated(main()) == pytest.approx(2.0)
        heard = [deaf.recv(100) for _ in range(4)]
        assert len(set(heard)) == 1
        deaf.setblocking(False)
        with pytest.raises(BlockingIOError):
            deaf.recv(100)  # the fifth was due after the end
