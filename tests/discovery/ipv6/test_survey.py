"""One look at the machine: what is found becomes one view, and the resolver never delays it."""

from __future__ import annotations

import asyncio
from ipaddress import IPv6Address

import pytest

from discovery.ipv6 import survey
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.survey import LookupAaaa, judge, survey_ipv6
from discovery.ipv6.view import Held, Ipv6View
from tests.support.own6 import OTHER, PUBLIC, ULA, held

ROUTE = DefaultRoute(device="eth0", gateway="fe80::1", metric=100)
VPN = DefaultRoute(device="wg0", metric=1)


def look(
    found: tuple[Held, ...] | None,
    *routes: DefaultRoute,
    interface: str = "",
    current: IPv6Address | None = None,
) -> Ipv6View:
    return judge(
        found,
        routes,
        is_tunnel=lambda device: device == "wg0",
        interface=interface,
        current=current,
    )


def test_a_home_with_a_lasting_address_needs_no_note() -> None:
    view = look((held(), held(ULA)), ROUTE)
    assert view.chosen == IPv6Address(PUBLIC)
    assert (view.has_route, view.gateway, view.device) == (True, "fe80::1", "eth0")
    assert (view.supported, view.note) == (True, "")
    assert [one.kept for one in view.candidates] == [True, False]


def test_where_nothing_is_chosen_the_note_is_a_sentence() -> None:
    view = look((held(ULA),), ROUTE)
    assert view.chosen is None
    assert view.note.startswith("This machine has no public IPv6 address (")
    assert view.note.endswith(").")


def test_a_system_that_does_not_tell_its_flags_is_not_supported() -> None:
    view = look(None, ROUTE)
    assert (view.supported, view.chosen, view.candidates) == (False, None, ())
    assert view.note.startswith("This machine does not tell ")


def test_a_tunnel_is_a_route_but_not_the_homes_own() -> None:
    view = look((held(), held(OTHER, device="wg0")), VPN)
    assert (view.has_route, view.device, view.gateway) == (True, "", "")
    assert view.chosen == IPv6Address(PUBLIC)
    assert look((held(),), VPN, ROUTE).device == "eth0"


def test_without_any_route_nothing_is_chosen() -> None:
    view = look((held(),))
    assert (view.has_route, view.chosen, view.device) == (False, None, "")
    assert view.note.endswith("no router on this network offers an IPv6 route to the internet.")


def test_the_link_and_the_published_address_are_heeded() -> None:
    both = (held(stable=True), held(OTHER, stable=True))
    assert look(both, ROUTE, current=IPv6Address(OTHER)).chosen == IPv6Address(OTHER)
    tunnelled = (held(), held(OTHER, device="wg0"))
    assert look(tunnelled, ROUTE, VPN, interface="wg0").chosen == IPv6Address(OTHER)


def surveyed(
    monkeypatch: pytest.MonkeyPatch, aaaa: LookupAaaa | None, limit: float = 5
) -> Ipv6View:
    monkeypatch.setattr(survey, "held", lambda: (held(),))
    monkeypatch.setattr(survey, "default_routes", lambda: (ROUTE,))
    return asyncio.run(survey_ipv6(aaaa=aaaa, limit=limit))


@pytest.mark.parametrize(
    ("answers", "prefix", "known"),
    [
        (("64:ff9b::c000:aa", "64:ff9b::c000:ab"), "64:ff9b::/96", True),
        ((), "", True),
        (("2a02::1",), "", True),
        (None, "", False),
    ],
)
def test_the_resolver_is_asked_for_the_nat64(
    monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...] | None, prefix: str, known: bool
) -> None:
    asked: list[str] = []

    async def aaaa(name: str) -> tuple[str, ...] | None:
        asked.append(name)
        return answers

    view = surveyed(monkeypatch, aaaa)
    assert (view.nat64, view.nat64_known) == (prefix, known)
    assert view.chosen == IPv6Address(PUBLIC)
    assert asked == ["ipv4only.arpa"]


def test_without_a_resolver_nothing_is_known_of_a_nat64(monkeypatch: pytest.MonkeyPatch) -> None:
    assert surveyed(monkeypatch, None).nat64_known is False


def test_a_resolver_that_never_answers_does_not_hold_the_view_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[str] = []

    async def silent(name: str) -> tuple[str, ...] | None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)
        return None

    view = surveyed(monkeypatch, silent, limit=0.01)
    assert (view.chosen, view.nat64_known) == (IPv6Address(PUBLIC), False)
    assert ended == ["ipv4only.arpa"]


def test_this_very_machine_can_be_surveyed() -> None:
    assert isinstance(asyncio.run(survey_ipv6()), Ipv6View)
