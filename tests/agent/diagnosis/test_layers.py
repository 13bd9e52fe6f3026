"""How many NATs there are: every row of the table, and what must not be counted."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address

import pytest

from agent.diagnosis.layers import nat_layers
from agent.values import Disputed
from discovery.observation import Family, Observation, Why
from discovery.path.view import Behaviour, Hop, Owner, Ownership, PathView, Trail
from tests.support.evidence import cgnat_home, full_home, plain_home
from tests.support.evidence_parts import AROUND, GATEWAY
from tests.support.sightings import OTHER, PUBLIC, ROUTER, STUN, missed, router_says, seen

OUTSIDE = (seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC))
SAYS: dict[str, Observation | None] = {
    "S": seen(ROUTER, PUBLIC),
    "another": seen(ROUTER, OTHER),
    "cgnat": router_says("100.64.7.7"),
    "private": router_says("10.0.0.7"),
    "own network": router_says("192.168.1.2"),
    "ds-lite": router_says("192.0.0.2"),
    "refuses": missed(ROUTER, Why.NO_ADDRESS),
    "0.0.0.0": missed(ROUTER, Why.NO_ADDRESS, "0.0.0.0"),
    "not asked": None,
}
TABLE: list[tuple[Owner, str, int | None]] = [
    ("machine", "S", 0),
    ("machine", "cgnat", 0),
    ("router", "S", 1),
    ("router", "another", 1),
    ("router", "refuses", 1),
    ("router", "not asked", 1),
    ("router", "ds-lite", 1),
    ("router", "own network", 1),
    ("router", "cgnat", None),
    ("router", "private", None),
    ("beyond", "S", 2),
    ("beyond", "cgnat", 2),
    ("beyond", "private", 2),
    ("beyond", "refuses", 2),
    ("beyond", "0.0.0.0", 2),
    ("beyond", "not asked", 2),
    ("beyond", "another", None),
    ("beyond", "ds-lite", None),
    ("unknown", "S", 1),
    ("unknown", "cgnat", 2),
    ("unknown", "private", 2),
    ("unknown", "another", None),
    ("unknown", "own network", None),
    ("unknown", "ds-lite", None),
    ("unknown", "refuses", None),
    ("unknown", "0.0.0.0", None),
    ("unknown", "not asked", None),
]


@pytest.mark.parametrize(("owner", "says", "layers"), TABLE)
def test_row_of_the_table(owner: Owner, says: str, layers: int | None) -> None:
    path = PathView(ownership=(Ownership(address=PUBLIC, owner=owner, because=""),))
    router = tuple(one for one in [SAYS[says]] if one)
    assert nat_layers(plain_home(path=path, witnesses=(*router, *OUTSIDE))) == layers


def test_an_address_that_is_this_machines_own_is_behind_no_nat() -> None:
    around = replace(AROUND, local=IPv4Address(str(PUBLIC)))
    assert nat_layers(plain_home(around=around, witnesses=OUTSIDE)) == 0


def test_a_socket_that_is_seen_as_it_is_has_no_nat_when_its_address_is_public() -> None:
    untranslated = PathView(behaviour=Behaviour(translated=False))
    public = replace(AROUND, local=IPv4Address(str(OTHER)))  # a second line of the same machine
    assert nat_layers(plain_home(path=untranslated, around=public, witnesses=OUTSIDE)) == 0
    # A STUN server inside the home sees private sockets as they are, and proves nothing.
    assert nat_layers(plain_home(path=untranslated, witnesses=OUTSIDE)) is None


def test_a_private_second_hop_alone_is_not_a_second_nat() -> None:
    hops = (Hop(distance=1, address=GATEWAY), Hop(distance=2, address=ip_address("10.20.0.1")))
    path = PathView(trail=Trail(hops=hops))
    assert nat_layers(plain_home(path=path, witnesses=OUTSIDE)) is None


def test_without_a_word_from_outside_nothing_is_counted() -> None:
    alone = (seen(ROUTER, PUBLIC),)
    owned = PathView(ownership=(Ownership(address=PUBLIC, owner="router", because=""),))
    assert nat_layers(plain_home(witnesses=alone, path=owned)) is None


def test_two_addresses_outside_count_only_when_one_of_them_is_settled() -> None:
    two = (seen(ROUTER, PUBLIC), seen(STUN[0], PUBLIC), seen(STUN[1], OTHER))
    assert nat_layers(plain_home(witnesses=two)) == 1
    dispute = Disputed(
        family=Family.V4, candidates=(PUBLIC, OTHER), code="multi_wan", sources=(), because=""
    )
    assert nat_layers(plain_home(witnesses=two, verdicts={Family.V4: dispute})) is None


def test_what_is_seen_through_a_vpn_is_not_counted() -> None:
    tunnel = (seen(STUN[0], OTHER),)
    assert nat_layers(plain_home(witnesses=(), through_vpn=tunnel, verdicts={})) is None


def test_the_pretend_homes() -> None:
    assert nat_layers(plain_home()) == 1
    assert nat_layers(cgnat_home()) == 2
    assert nat_layers(full_home()) == 1
    nowhere = replace(AROUND, local=None, network=None)
    assert nat_layers(cgnat_home(around=nowhere)) == 2
