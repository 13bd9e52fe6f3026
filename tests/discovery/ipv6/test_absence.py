"""Why there is nothing to publish: each row of the table in `discovery.ipv6.absence`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery.ipv6.absence import absence
from discovery.ipv6.choice import choose
from discovery.ipv6.view import Held, Ipv6View
from discovery.observation import Why
from tests.support.own6 import LINK_LOCAL, OTHER, PUBLIC, ULA, held

LOOPBACK = held("::1", device="lo", prefix=128)
LOCAL = held(LINK_LOCAL)


def looked(*found: Held, has_route: bool = True) -> Ipv6View:
    way_out = "eth0" if has_route else None
    choice = choose(found, way_out=way_out, is_tunnel=lambda device: False)
    return Ipv6View(candidates=choice.candidates, chosen=choice.chosen, has_route=has_route)


@pytest.mark.parametrize(
    ("view", "why", "detail"),
    [
        pytest.param(
            Ipv6View(supported=False),
            Why.UNSUPPORTED,
            "does not tell which of its IPv6 addresses are temporary, so none can be published "
            "safely",
            id="the system does not tell",
        ),
        pytest.param(looked(), Why.NO_ROUTE, "has IPv6 switched off", id="switched off"),
        pytest.param(
            looked(LOOPBACK, has_route=False),
            Why.NO_ROUTE,
            "has no IPv6 address on any network link: IPv6 is switched off there, or no link is "
            "connected",
            id="loopback alone",
        ),
        pytest.param(
            looked(LOOPBACK, LOCAL, has_route=False),
            Why.NO_ROUTE,
            "has only link-local IPv6 addresses: no router on this network offers IPv6",
            id="no IPv6 on this network",
        ),
        pytest.param(
            looked(LOCAL, held(ULA), has_route=False),
            Why.NO_ROUTE,
            "has IPv6 addresses, but no router on this network offers an IPv6 route to the "
            "internet",
            id="ULA without a way out",
        ),
        pytest.param(
            looked(LOCAL, held(ULA)),
            Why.NOT_PUBLIC,
            f"has no public IPv6 address ({ULA}: it is only valid inside the home (ULA))",
            id="ULA alone",
        ),
        pytest.param(
            looked(LOOPBACK, LOCAL, held(ULA), held(temporary=True)),
            Why.NO_ADDRESS,
            f"has no IPv6 address that would last ({PUBLIC}: it is temporary, and will be "
            "replaced, usually within a day)",
            id="temporary beside ULA",
        ),
        pytest.param(
            looked(held(temporary=True), held(OTHER, deprecated=True)),
            Why.NO_ADDRESS,
            f"has no IPv6 address that would last ({PUBLIC}: it is temporary, and will be "
            f"replaced, usually within a day; {OTHER}: it is being phased out and will go away "
            "(deprecated))",
            id="temporary and deprecated",
        ),
    ],
)
def test_each_kind_of_absence_has_its_own_sentence(view: Ipv6View, why: Why, detail: str) -> None:
    flaw = absence(view)
    assert flaw is not None
    assert (flaw.why, flaw.detail) == (why, detail)


def test_where_an_address_is_chosen_nothing_is_absent() -> None:
    assert absence(looked(held(), LOCAL)) is None


def test_many_addresses_do_not_make_an_endless_sentence() -> None:
    many = [held(f"2a02:8071:1::{n}", temporary=True) for n in range(1, 9)]
    flaw = absence(looked(*many))
    assert flaw is not None
    assert flaw.detail.endswith("; and 5 more)")
    assert "::3:" in flaw.detail
    assert "::4:" not in flaw.detail


def test_what_is_not_told_weighs_more_than_what_was_seen() -> None:
    flaw = absence(replace(looked(held(ULA)), supported=False))
    assert flaw is not None
    assert flaw.why is Why.UNSUPPORTED
