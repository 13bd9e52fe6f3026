"""Which resolvers the settings of this machine name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

import dns.exception
import dns.resolver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.live_dns import resolv_conf
from discovery.live_dns.resolv_conf import named_by_system, nameservers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("nameserver 192.0.2.1\n", ["192.0.2.1"]),
        ("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ["192.0.2.1", "2001:db8::1"]),
        ("nameserver fe80::1%eth0", ["fe80::1%eth0"]),
        ("  nameserver\t192.0.2.1   # the router", ["192.0.2.1"]),
        ("nameserver 192.0.2.1\r\n", ["192.0.2.1"]),
        ("#nameserver 192.0.2.1\n;nameserver 192.0.2.2\n# nameserver 192.0.2.3", []),
        ("search home.arpa\noptions edns0 trust-ad\ndomain test", []),
        ("nameserver\nnameserver router.local\nnameserver 192.0.2.300", []),
    ],
)
def test_the_nameserver_lines_are_what_counts(text: str, expected: list[str]) -> None:
    assert nameservers(text) == expected


@given(st.text())
def test_any_text_names_addresses_or_nothing(text: str) -> None:
    assert nameservers(text) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its resolvers in the registry")
def test_the_file_is_read_at_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(resolv_conf, "RESOLV_CONF", str(file))
    assert named_by_system() == []
    file.write_bytes(b"# caf\xe9\nnameserver 192.0.2.7\n")
    assert named_by_system() == ["192.0.2.7"]
    file.write_text("nameserver 192.0.2.8\n")
    assert named_by_system() == ["192.0.2.8"]


@pytest.mark.parametrize(
    "fault", [dns.exception.DNSException, OSError, ValueError, NotImplementedError, None]
)
def test_on_windows_the_registry_is_asked_and_may_have_none(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception] | None
) -> None:
    class Registry:
        nameservers: ClassVar = ["192.0.2.9"]

        def __init__(self) -> None:
            if fault is not None:
                raise fault

    monkeypatch.setattr(dns.resolver, "Resolver", Registry)
    assert resolv_conf._named_in_registry() == ([] if fault else ["192.0.2.9"])
