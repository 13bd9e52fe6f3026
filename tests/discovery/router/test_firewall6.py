from __future__ import annotations

import asyncio

import pytest

from discovery.router.description import Service
from discovery.router.firewall6 import ask_firewall, read_firewall
from discovery.router.view import Firewall6
from tests.discovery.router.fake_igd import Answer, FakeIgd, drip, exhibit, flood

CLOSED = exhibit("firewall6_closed")
KIND = "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1"


def ask(answer: Answer, *, limit: float = 30) -> tuple[Firewall6 | None, str]:
    with FakeIgd(b"", {"GetFirewallStatus": answer}) as igd:
        service = Service(kind=KIND, control_url=f"http://{igd.host}:{igd.port}/ctl/IP6FCtl")
        return asyncio.run(ask_firewall(service, igd.host, limit=limit))


def test_a_closed_firewall_is_told() -> None:
    assert ask(CLOSED) == (Firewall6(enabled=True, pinholes_allowed=False), "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Enabled>1<", "Enabled>0<", Firewall6(enabled=False, pinholes_allowed=False)),
        ("Allowed>0<", "Allowed>true<", Firewall6(enabled=True, pinholes_allowed=True)),
        ("Enabled>1<", "Enabled>on<", None),
        ("Allowed>0<", "Allowed><", None),
        ("FirewallEnabled", "Other", None),
    ],
)
def test_both_switches_are_read_or_nothing_is_claimed(
    old: str, new: str, expected: Firewall6 | None
) -> None:
    assert read_firewall(CLOSED.decode().replace(old, new)) == expected


@pytest.mark.parametrize(
    ("answer", "limit", "why"),
    [
        ((500, exhibit("fault_action_failed")), 30, "refused"),
        (drip, 0.2, "within 0.2 s"),
        (flood(20 << 20), 30, "broke off"),
        ((404, b""), 30, "broke off"),
        (b"\xff" * 100, 30, "makes no sense"),
    ],
)
def test_a_firewall_that_cannot_be_read_is_unknown_with_a_reason(
    answer: Answer, limit: float, why: str
) -> None:
    firewall, note = ask(answer, limit=limit)
    assert firewall is None
    assert why in note
