"""Where a setting stands in the router's own pages: known makes by name, all others in general."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from agent.diagnosis import menus
from agent.diagnosis.menus import Topic, place
from discovery.router.view import Igd
from tests.support.evidence_parts import IGD

NAMELESS = replace(IGD, name="", vendor="", model="", server="")
ROUTERS: list[tuple[str, str, Topic, str]] = [
    ("model", "FRITZ!Box 7590", "forward", "Internet > Permit Access > Port Sharing"),
    ("vendor", "AVM Berlin", "ipv6", "Internet > Permit Access > Port Sharing"),
    ("vendor", "ASUSTeK Computer Inc.", "forward", "WAN > Virtual Server / Port Forwarding"),
    ("model", "TP-LINK Archer C7", "upnp", "Advanced > NAT Forwarding > UPnP"),
    ("vendor", "NETGEAR, Inc.", "forward", "Advanced > Advanced Setup > Port Forwarding"),
    ("name", "UniFi Dream Machine", "upnp", "Settings > Networks or Internet, “UPnP”"),
    ("server", "OpenWrt/23.05 UPnP/1.1 MiniUPnPd/2.3", "forward", "Network > Firewall > Port"),
    ("name", "MikroTik Router", "alg", "IP > Firewall > Service Ports, “sip”"),
    ("model", "Speedport Smart 4", "forward", "Internet > Port settings"),
]


@pytest.mark.parametrize(
    ("field", "value", "topic", "words"), ROUTERS, ids=[row[1] for row in ROUTERS]
)
def test_a_router_is_known_by_any_name_that_it_gives_itself(
    field: str, value: str, topic: Topic, words: str
) -> None:
    assert place(topic, replace(NAMELESS, **{field: value})).startswith(words)  # type: ignore[arg-type]  # all four are text


@pytest.mark.parametrize("topic", get_args(Topic))
@pytest.mark.parametrize("igd", [None, NAMELESS, IGD], ids=["none", "nameless", "unknown"])
def test_where_the_make_is_not_known_the_place_is_told_in_general(
    topic: Topic, igd: Igd | None
) -> None:
    assert place(topic, igd) == menus._ANYWHERE[topic]


def test_what_a_make_does_not_have_is_told_in_general() -> None:
    speedport = replace(NAMELESS, model="Speedport Smart 4")
    assert place("upnp", speedport) == menus._ANYWHERE["upnp"]
    assert place("alg", replace(NAMELESS, vendor="AVM")) == menus._ANYWHERE["alg"]


def test_every_place_ends_a_sentence_and_every_make_has_one() -> None:
    """It stands behind “in the router: ” and before a full stop."""
    places = [*menus._ANYWHERE.values(), *(place for _, menu in menus._MENUS for place in menu)]
    for one in filter(None, places):
        assert one == one.strip()
        assert not one.endswith((".", ":", ","))
    for words, menu in menus._MENUS:
        assert words
        assert all(word == word.lower() for word in words)
        assert menu.forward
