"""What the verdict on the IPv4 address means, situation by situation."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules.verdict import of_verdict
from agent.values import Code
from discovery.observation import Family
from discovery.path.view import Ownership, PathView
from tests.support.evidence import bare_home, cgnat_home, plain_home
from tests.support.evidence_parts import AROUND
from tests.support.rule_table import (
    Row,
    Told,
    check,
    disputed,
    findings,
    judged,
    out_of_reach,
    settled,
    unknown,
)
from tests.support.sightings import PUBLIC, STUN, seen

TWO = (seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC))
OWNED = Ownership(address=PUBLIC, owner="router", because="It answers for it.")


def home(*verdicts: object, **changes: object) -> Evidence:
    return judged(plain_home(**changes), *verdicts)  # type: ignore[arg-type]  # all are verdicts


ROWS = [
    Row("nothing was judged", home(), "single_nat", None),
    Row("only IPv6 was judged", home(unknown("v6_absent", Family.V6)), "v6_absent", None),
    Row("a router that speaks", home(settled()), "single_nat", Told("info")),
    Row("this machine", home(settled("direct")), "direct", Told("info")),
    Row("the router alone", home(settled("router_only")), "router_only", Told("warn")),
    Row(
        "those outside alone",
        home(settled("stun_agrees"), witnesses=TWO),
        "stun_agrees",
        Told("info", 0, "likely"),
    ),
    Row(
        "web services alone",
        home(settled("http_agrees"), witnesses=()),
        "http_agrees",
        Told("info", 0, "guess"),
    ),
    Row("one witness", home(unknown("one_witness")), "one_witness", Told("warn", 1, "guess")),
    Row("a VPN", home(settled("vpn_active")), "vpn_active", Told("warn")),
    Row("two lines, one named", home(settled("multi_wan")), "multi_wan", Told("warn")),
    Row(
        "two lines, none named",
        home(disputed("multi_wan")),
        "multi_wan",
        Told("error", 5, "likely"),
    ),
    Row("router and world differ", home(disputed()), "upstream_nat", Told("error", 5, "likely")),
    Row(
        "they differ, and the world is believed",
        home(settled("upstream_nat")),
        "upstream_nat",
        Told("warn"),
    ),
    Row("two routers", home(settled("double_nat")), "double_nat", Told("warn")),
    Row("two routers, held", home(out_of_reach("double_nat")), "double_nat", Told("warn", 4)),
    Row("one to one", home(settled("nat_1to1")), "nat_1to1", Told("info")),
    Row("a share of ports", home(settled("shared_ipv4")), "shared_ipv4", Told("warn")),
    Row("CGNAT", cgnat_home(), "cgnat", Told("error", 4)),
    Row("CGNAT, published all the same", home(settled("cgnat")), "cgnat", Told("error", 4)),
    Row(
        "perhaps CGNAT",
        home(out_of_reach("cgnat_likely")),
        "cgnat_likely",
        Told("error", 4, "likely"),
    ),
    Row(
        "the router refuses to say, and has the address itself",
        home(out_of_reach("cgnat_likely"), path=PathView(ownership=(OWNED,))),
        "cgnat_likely",
        Told("error", 4, "guess"),
    ),
    Row(
        "the router keeps silent, and has the address itself",
        home(settled("stun_agrees"), witnesses=TWO, path=PathView(ownership=(OWNED,))),
        "stun_agrees",
        Told("info"),
    ),
    Row("DS-Lite", home(out_of_reach("ds_lite")), "ds_lite", Told("error", 4)),
    Row("NAT64", home(unknown("nat64")), "nat64", Told("error", 4)),
    Row(
        "nobody wins",
        home(disputed("witnesses_disagree")),
        "witnesses_disagree",
        Told("error", 5),
    ),
    Row("all lie", home(unknown("liar")), "liar", Told("error", 5, "likely")),
    Row("the line is down", home(unknown("wan_down")), "wan_down", Told("error", 6)),
    Row("a login page", home(unknown("captive")), "captive", Told("error", 6, "likely")),
    Row("no network", bare_home(), "offline", Told("error", 6)),
    Row("nobody names one", home(unknown("no_address")), "no_address", Told("error", 6)),
    Row(
        "a tunnel is the only way out: its end may be what the world sees",
        home(
            settled("stun_agrees"),
            witnesses=TWO,
            around=replace(AROUND, gateway=None, default_is_tunnel=True),
        ),
        "stun_agrees",
        Told("info", 0, "guess"),
    ),
    Row(
        "a tunnel, and a way past it",
        home(settled("stun_agrees"), witnesses=TWO, around=replace(AROUND, default_is_tunnel=True)),
        "stun_agrees",
        Told("info", 0, "likely"),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_row(row: Row) -> None:
    check(of_verdict, row)


def test_every_situation_of_ipv4_has_a_row() -> None:
    caveats = {"alg", "udp_blocked", "foreign_igd", "unsupported"}
    of_ipv4 = {code for code in get_args(Code) if not code.startswith("v6_")} - caveats
    assert {row.code for row in ROWS if row.told} == of_ipv4


def test_what_is_held_is_never_called_published() -> None:
    (finding,) = findings(of_verdict, home(disputed("multi_wan")), "multi_wan")
    assert "Nothing is published" in finding.consequence
    (finding,) = findings(of_verdict, home(settled("upstream_nat")), "upstream_nat")
    assert "Nothing" not in finding.consequence
    assert not finding.fix
    (finding,) = findings(of_verdict, home(out_of_reach("double_nat")), "double_nat")
    assert "unreachable" in finding.fix


def test_of_many_who_named_nothing_each_has_its_reason_elsewhere() -> None:
    (one,) = of_verdict(home(unknown("no_address"), witnesses=TWO[:1]))
    (many,) = of_verdict(home(unknown("no_address"), witnesses=TWO))
    assert one.fact == "Nobody knows."
    assert many.fact == "Nobody could tell the public address: of 2 who were asked, none did."


def test_an_address_that_the_router_has_is_not_called_shared_beyond_doubt() -> None:
    elsewhere = replace(OWNED, owner="beyond")
    told = {
        one.owner: findings(
            of_verdict,
            home(out_of_reach("cgnat_likely"), path=PathView(ownership=(one,))),
            "cgnat_likely",
        )[0]
        for one in (OWNED, elsewhere)
    }
    assert "yours alone" in told["router"].consequence
    assert "Then forwarding ports does not help" in told["beyond"].consequence
