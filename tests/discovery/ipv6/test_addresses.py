"""Which way each system is asked, and what is said where it does not tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from discovery.ipv6 import addresses, netlink, windows
from discovery.ipv6.addresses import default_routes, held
from discovery.ipv6.routes import DefaultRoute
from tests.support import own6
from tests.support.own6 import PUBLIC

IFCONFIG = f"en0: flags=1<UP> mtu 1500\n\tinet6 {PUBLIC} prefixlen 64 autoconf secured\n"
NETSTAT = "Destination Gateway Flags Netif\ndefault fe80::1%en0 UGcg en0\n"


def on(monkeypatch: pytest.MonkeyPatch, platform: str, printed: dict[str, str]) -> None:
    """Pretend to be on another system, whose commands print this."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(
        addresses, "command_output", lambda *words: printed.get(Path(words[0]).name, "")
    )


def test_a_mac_is_asked_by_its_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "darwin", {"ifconfig": IFCONFIG, "netstat": NETSTAT})
    found = held()
    assert found is not None
    assert [str(one.address) for one in found] == [PUBLIC]
    assert default_routes() == (DefaultRoute(device="en0", gateway="fe80::1", metric=1),)


def test_a_mac_whose_commands_fail_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "darwin", {})
    assert held() is None
    assert default_routes() == ()


def test_windows_is_asked_by_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "win32", {})
    one, route = own6.held(), DefaultRoute(device="Ethernet")
    found = windows.Adapters(held=(one,), routes=(route,))
    monkeypatch.setattr(windows, "adapters", lambda: found)
    assert (held(), default_routes()) == ((one,), (route,))


def test_a_windows_that_refuses_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> windows.Adapters:
        raise OSError

    on(monkeypatch, "win32", {})
    monkeypatch.setattr(windows, "adapters", refuse)
    assert held() is None
    assert default_routes() == ()


def test_an_unknown_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "sunos5", {"ifconfig": IFCONFIG, "netstat": NETSTAT})
    assert held() is None
    assert default_routes() == ()


def test_linux_is_asked_by_netlink(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "linux", {})
    monkeypatch.setattr(netlink, "held", lambda: (own6.held(),))
    assert held() == (own6.held(),)


def test_a_linux_without_an_ipv6_table_has_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    on(monkeypatch, "linux", {})
    monkeypatch.setattr(Path, "read_text", missing)
    assert default_routes() == ()


def test_one_system_does_not_load_the_readers_of_the_others() -> None:
    code = "import sys, discovery.ipv6.method; print(*sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {f"discovery.ipv6.{name}" for name in ("darwin", "windows", "netlink")}
