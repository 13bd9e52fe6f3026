"""Whom WebRTC asks, and what is said where it cannot ask; the stack itself is in test_peers.py."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from discovery.stun_lookup import SrvTarget
from discovery.webrtc.opinion import ask_ice
from discovery.webrtc.timing import Timing
from discovery.webrtc.view import IceView

ROOT = Path(__file__).parents[3]
STACK = "discovery.webrtc.peers"
QUICK = Timing(closing=0.01)

Rehearse = Callable[..., Coroutine[Any, Any, IceView]]


def pretend(monkeypatch: pytest.MonkeyPatch, rehearse: Rehearse) -> None:
    """Put this in the place of the stack."""
    stack = ModuleType(STACK)
    vars(stack).update(rehearse=rehearse, TIME_WAS_UP="The time was up.")
    monkeypatch.setitem(sys.modules, STACK, stack)


async def echo(url: str, *, name: str, limit: float, timing: Timing) -> IceView:
    return IceView(server=name, note=url)


async def srv(name: str) -> Sequence[SrvTarget] | None:
    found = {
        "_stun._udp.both.example": [SrvTarget(host="192.0.2.7", port=5000)],
        "_stun._tcp.both.example": [SrvTarget(host="192.0.2.8", port=5001)],
        "_stun._tcp.tcp.example": [SrvTarget(host="192.0.2.8", port=5001)],
    }
    return found.get(name, [])


@pytest.mark.parametrize(
    ("servers", "url", "name"),
    [
        (["stun:192.0.2.1"], "stun:192.0.2.1:3478", "192.0.2.1:3478"),
        (["192.0.2.1:19302", "192.0.2.2"], "stun:192.0.2.1:19302", "192.0.2.1:19302"),
        (["stun:[2001:db8::1]:3478", "192.0.2.2"], "stun:192.0.2.2:3478", "192.0.2.2:3478"),
        (["turn:192.0.2.1", "192.0.2.2"], "stun:192.0.2.2:3478", "192.0.2.2:3478"),
        (["stuns:192.0.2.1", "192.0.2.2"], "stun:192.0.2.2:3478", "192.0.2.2:3478"),
        (["localhost:99"], "stun:127.0.0.1:99", "localhost:99"),
        (["auto:both.example"], "stun:192.0.2.7:5000", "192.0.2.7:5000"),
        (["auto:tcp.example", "192.0.2.2"], "stun:192.0.2.2:3478", "192.0.2.2:3478"),
    ],
)
def test_the_first_server_with_an_ipv4_address_is_asked_by_its_address(
    servers: list[str], url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, echo)
    view = asyncio.run(ask_ice(servers, srv=srv))
    assert (view.note, view.server) == (url, name)


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        ([], "none is configured"),
        (["stun:[2001:db8::1]"], "over IPv4: it is an IPv6 address"),
        (["turn:192.0.2.1"], "relays traffic"),
        (["auto:tcp.example"], "TCP only"),
        ([""], "the host is missing"),
    ],
)
def test_without_a_server_that_can_be_asked_the_reason_is_told(
    servers: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, echo)
    view = asyncio.run(ask_ice(servers, srv=srv))
    assert said in view.note
    assert view.note.startswith("WebRTC had no STUN server to ask: ")
    assert view.note.endswith(".")
    assert not view.note.endswith("..")
    assert (view.available, view.data_channel, view.candidates) == (True, None, ())


def test_an_auto_entry_is_passed_over_where_srv_records_are_not_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, echo)
    assert "SRV records are not looked up" in asyncio.run(ask_ice(["auto:both.example"])).note


def test_without_the_library_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, STACK, raising=False)
    monkeypatch.setitem(sys.modules, "aiortc", None)
    assert asyncio.run(ask_ice(["127.0.0.1"])) == IceView(
        available=False,
        note="The WebRTC library aiortc is not installed (aiortc); this second opinion alone "
        "needs it.",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise AttributeError('an OpenSSL that does not fit')", "loaded (AttributeError)"),
        ("raise ImportError('libsrtp2.so.1: cannot open shared object file')", "cannot be loaded"),
        ("import a_library_that_it_needs", "is not installed (a_library_that_it_needs)"),
    ],
)
def test_a_library_that_does_not_fit_this_machine_is_no_accident(
    body: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aiortc.py").write_text(body)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, STACK, raising=False)
    monkeypatch.delitem(sys.modules, "aiortc", raising=False)
    view = asyncio.run(ask_ice(["127.0.0.1"]))
    assert not view.available
    assert said in view.note


def test_a_bug_in_the_library_is_told_and_costs_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(url: str, **_: Any) -> IceView:
        raise KeyError("XOR-MAPPED-ADDRESS")

    pretend(monkeypatch, fail)
    view = asyncio.run(ask_ice(["192.0.2.1"]))
    assert (view.server, view.data_channel) == ("192.0.2.1:3478", None)
    assert view.note == "The WebRTC library aiortc failed (KeyError)."


def test_a_stack_that_does_not_keep_its_limit_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(url: str, **_: Any) -> IceView:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    pretend(monkeypatch, hang)
    view = asyncio.run(ask_ice(["192.0.2.1"], limit=0.05, timing=QUICK))
    assert view == IceView(server="192.0.2.1:3478", note="The time was up.")


def test_a_name_that_is_never_found_ends_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(name: str) -> Sequence[SrvTarget] | None:
        await asyncio.Event().wait()
        return None

    pretend(monkeypatch, echo)
    view = asyncio.run(ask_ice(["auto:example.org"], limit=0.05, srv=never))
    assert "before WebRTC had begun" in view.note


def test_what_the_lookup_took_is_taken_off_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    async def note(url: str, *, name: str, limit: float, timing: Timing) -> IceView:
        limits.append(limit)
        return IceView()

    pretend(monkeypatch, note)
    asyncio.run(ask_ice(["192.0.2.1"], limit=3.0))
    assert 0 < limits[0] < 3.0


def test_naming_the_function_loads_no_media_stack() -> None:
    code = "import sys, discovery.webrtc.opinion, discovery.webrtc.compare\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"aiortc", "av", "aioice", "cryptography"} & set(done.stdout.split())
