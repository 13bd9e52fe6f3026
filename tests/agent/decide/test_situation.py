"""What the path adds to the witnesses' words: the rows of the table, and what must not change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.situation import Depth, deepen
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.address import Scope
from discovery.observation import Family
from tests.support.sightings import OTHER, PUBLIC, THIRD


def settled(code: Code, **changes: object) -> Settled:
    verdict = Settled(
        family=Family.V4, address=PUBLIC, code=code, sources=("upnp", "stun"), because="so"
    )
    return replace(verdict, **changes)  # type: ignore[arg-type]  # the test names real fields


DISPUTED = Disputed(
    family=Family.V4,
    candidates=(PUBLIC, OTHER),
    code="witnesses_disagree",
    sources=("stun",),
    because="so",
)
CGNAT = OutOfReach(family=Family.V4, address=PUBLIC, code="cgnat", sources=("stun",), because="so")
OFFLINE = Unknown(family=Family.V4, code="offline", because="so")
LINES = (PUBLIC, OTHER)

ROWS: list[tuple[str, Verdict, Depth, type, Code]] = [
    ("nothing more is known", settled("single_nat"), Depth(), Settled, "single_nat"),
    ("a pool behind CGNAT", CGNAT, Depth(scattered=LINES), OutOfReach, "cgnat"),
    (
        "a pool, and the router in 100.64/10",
        DISPUTED,
        Depth(scattered=LINES, router_scope=Scope.CGNAT),
        OutOfReach,
        "cgnat",
    ),
    (
        "two lines, the router names one",
        DISPUTED,
        Depth(scattered=LINES, router=OTHER),
        Settled,
        "multi_wan",
    ),
    (
        "two lines, though the witnesses happened to agree",
        settled("single_nat"),
        Depth(scattered=LINES, router=PUBLIC),
        Settled,
        "multi_wan",
    ),
    (
        "two lines, the router names a third address",
        DISPUTED,
        Depth(scattered=LINES, router=THIRD),
        Disputed,
        "multi_wan",
    ),
    (
        "two lines, the router is silent",
        settled("stun_agrees"),
        Depth(scattered=LINES),
        Disputed,
        "multi_wan",
    ),
    ("ports of a share", settled("single_nat"), Depth(shared_ports=True), Settled, "shared_ipv4"),
    ("a VPN", settled("single_nat"), Depth(tunnelled=True), Settled, "vpn_active"),
    (
        "a VPN, the router alone",
        settled("router_only"),
        Depth(tunnelled=True),
        Settled,
        "vpn_active",
    ),
    ("the router has it", settled("stun_agrees"), Depth(owner="router"), Settled, "stun_agrees"),
    (
        "not the router's, a private hop next",
        settled("stun_agrees"),
        Depth(owner="beyond", beyond=Scope.PRIVATE),
        Settled,
        "double_nat",
    ),
    (
        "not the router's, a shared hop next",
        settled("stun_agrees"),
        Depth(owner="beyond", beyond=Scope.CGNAT),
        OutOfReach,
        "cgnat_likely",
    ),
    (
        "not the router's, and the second router may be the household's own",
        settled("http_agrees"),
        Depth(owner="beyond"),
        Settled,
        "double_nat",
    ),
    (
        "not the router's, a public hop next",
        settled("stun_agrees"),
        Depth(owner="beyond", beyond=Scope.PUBLIC),
        OutOfReach,
        "cgnat_likely",
    ),
    (
        "a shared hop alone proves nothing: providers number their routers so",
        settled("stun_agrees"),
        Depth(beyond=Scope.CGNAT),
        Settled,
        "stun_agrees",
    ),
    (
        "a router that refuses to say, and a private hop next",
        replace(CGNAT, code="cgnat_likely"),
        Depth(beyond=Scope.PRIVATE),
        OutOfReach,
        "double_nat",
    ),
    (
        "a router that refuses to say, and the tunnel's end next",
        replace(CGNAT, code="cgnat_likely"),
        Depth(beyond=Scope.DS_LITE),
        OutOfReach,
        "ds_lite",
    ),
    (
        "bent names and foreign certificates",
        replace(OFFLINE, code="no_address"),
        Depth(login_page=True),
        Unknown,
        "captive",
    ),
    ("NAT64", OFFLINE, Depth(nat64=True, ipv6=True), Unknown, "nat64"),
    ("IPv6 alone gets out", OFFLINE, Depth(ipv6=True), Unknown, "no_address"),
    (
        "a login page stays one",
        replace(OFFLINE, code="captive"),
        Depth(nat64=True),
        Unknown,
        "captive",
    ),
]


@pytest.mark.parametrize(("case", "verdict", "depth", "kind", "code"), ROWS, ids=str)
def test_the_rows_of_the_table(
    case: str, verdict: Verdict, depth: Depth, kind: type, code: Code
) -> None:
    deeper = deepen(verdict, depth)
    assert (type(deeper), deeper.code) == (kind, code)
    assert deeper.because


def test_of_several_lines_the_routers_own_is_the_address() -> None:
    deeper = deepen(DISPUTED, Depth(scattered=LINES, router=OTHER))
    assert isinstance(deeper, Settled)
    assert deeper.address == OTHER


def test_a_vpn_beside_a_silent_router_is_a_caveat() -> None:
    assert "vpn_active" in deepen(settled("stun_agrees"), Depth(tunnelled=True)).caveats


depths = st.builds(
    Depth,
    router=st.sampled_from([None, PUBLIC, OTHER, THIRD]),
    router_scope=st.sampled_from([None, Scope.CGNAT, Scope.PRIVATE]),
    scattered=st.sampled_from([(), (PUBLIC,), LINES, (OTHER, THIRD)]),
    shared_ports=st.booleans(),
    tunnelled=st.booleans(),
    owner=st.sampled_from(["router", "beyond", "machine", "unknown"]),
    beyond=st.sampled_from([None, Scope.CGNAT, Scope.PRIVATE, Scope.PUBLIC]),
    nat64=st.booleans(),
    ipv6=st.booleans(),
)


@given(st.sampled_from([DISPUTED, CGNAT, OFFLINE, settled("single_nat")]), depths)
def test_no_look_at_the_path_settles_an_address_that_nobody_named(
    verdict: Verdict, depth: Depth
) -> None:
    """What is settled was named by the witnesses, or by the router and by fresh sockets alike."""
    deeper = deepen(verdict, depth)
    if isinstance(deeper, Settled):
        by_both = deeper.address == depth.router and deeper.address in depth.scattered
        assert by_both or (isinstance(verdict, Settled) and deeper.address == verdict.address)


@given(depths)
def test_what_nobody_can_reach_stays_held(depth: Depth) -> None:
    assert deepen(CGNAT, depth) == CGNAT
