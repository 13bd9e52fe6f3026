"""What a router says and does not say: its own words, and only where it was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules import router
from agent.values import Verdict
from discovery.observation import (
    Family,
    IgdEvidence,
    Missed,
    Observation,
    PmpEvidence,
    Why,
)
from discovery.path.view import Ownership, PathView
from discovery.router.view import Igd, RouterView
from tests.support.evidence import bare_home, plain_home
from tests.support.evidence_parts import AROUND, FOREIGN_IGD, GATEWAY, IGD, MAPPING
from tests.support.rule_table import Row, Rule, Told, check, disputed, findings, judged, settled
from tests.support.sightings import (
    LOCAL,
    OTHER,
    PMP,
    PUBLIC,
    ROUTER,
    STUN,
    missed,
    router_says,
    seen,
)
from tests.support.signals import STUN_WORDS, tried

NO_IGD: tuple[Igd, ...] = ()
UPNP, NATPMP = seen(ROUTER, PUBLIC), seen(PMP, PUBLIC)
NO_UPNP, NO_NATPMP = missed(ROUTER), missed(PMP)
NO_PCP = replace(missed(PMP), witness="gateway (PCP)")
UNASKED = missed(PMP, Why.UNSUPPORTED)


def home(
    upnp: Observation | None = NO_UPNP,
    natpmp: Observation | None = NO_NATPMP,
    pcp: Observation | None = NO_PCP,
    *,
    verdict: Verdict | None = None,
    **changes: Any,
) -> Evidence:
    """A home whose router answered so."""
    igds = changes.pop("igds", (IGD,) if upnp is UPNP else NO_IGD)
    around = changes.pop("around", AROUND)
    gateway = changes.pop("gateway", str(GATEWAY))
    path = changes.pop("path", PathView())
    view = RouterView(gateway=gateway, igds=igds, upnp=upnp, natpmp=natpmp, pcp=pcp, **changes)
    words = tuple(one for one in (upnp, natpmp, pcp) if one is not None)
    made = plain_home(router=view, witnesses=words, around=around, path=path)
    return judged(made, verdict or settled())


def pmp(result: int) -> Observation:
    """A NAT-PMP answer with a result code and no address."""
    told = PmpEvidence(gateway=str(GATEWAY), protocol="nat-pmp", result=result)
    return replace(missed(PMP, Why.REFUSED), evidence=told)


def igd(why: Why, control_url: str = "", witness: Missed | None = None) -> Observation:
    """A UPnP device that was found, and what came of asking it."""
    told = IgdEvidence(location=IGD.location, control_url=control_url)
    return replace(witness or missed(ROUTER, why), evidence=told)


def owned(address: Any, owner: Any) -> PathView:
    return PathView(ownership=(Ownership(address=address, owner=owner, because=""),))


TUNNEL = replace(AROUND, default_is_tunnel=True)
SLOW_IGD = replace(IGD, accepted=False, reason="It was too slow.")
MEDIA_SERVER = replace(IGD, accepted=False, claims_router=False)
CONTROL = "http://192.168.1.1:5000/ctl"
STALE = seen(ROUTER, OTHER)

STATES: list[tuple[str, Observation | None, str]] = [
    ("nobody asked", None, "not asked"),
    ("a public address", UPNP, "works"),
    ("silence", NO_UPNP, "off"),
    ("an inner address", router_says("100.64.0.5"), "works"),
    ("no address", missed(ROUTER, Why.NO_ADDRESS), "works"),
    ("the line is down", missed(ROUTER, Why.DOWN), "works"),
    ("bytes that make no sense", missed(ROUTER, Why.MALFORMED), "lies"),
    ("an IPv6 address", missed(ROUTER, Why.WRONG_FAMILY), "lies"),
    ("a media server on the gateway", igd(Why.MALFORMED, "http://192.168.1.1:5000/"), "off"),
    ("somebody else's answer", missed(ROUTER, Why.FOREIGN), "off"),
    ("an answer from another network", missed(ROUTER, Why.SPOOFED), "off"),
    ("questions that are sent on elsewhere", igd(Why.FOREIGN, "http://10.0.0.9/ctl"), "lies"),
    ("a router's description that makes no sense", igd(Why.MALFORMED, CONTROL), "lies"),
    ("a description without anything", igd(Why.MALFORMED), "lies"),
    ("a description that was not had in time", igd(Why.SILENT, "http://192.168.1.1/"), "off"),
    ("a SOAP question that is not answered", igd(Why.SILENT, CONTROL), "off"),
    ("a SOAP fault", igd(Why.REFUSED, CONTROL), "works"),
    ("a closed port", igd(Why.REFUSED), "off"),
    ("a result code", pmp(4), "works"),
    ("no answer of its own", pmp(0), "off"),
    ("a wrong version", pmp(1), "off"),
    ("no library", missed(ROUTER, Why.UNSUPPORTED), "not asked"),
    ("a search that could not be sent", missed(ROUTER, Why.NO_ROUTE), "not asked"),
    ("a fault of upstun's", missed(ROUTER, Why.BROKEN), "not asked"),
]


@pytest.mark.parametrize(("title", "said", "state"), STATES, ids=[row[0] for row in STATES])
def test_the_state_of_a_protocol(title: str, said: Observation | None, state: str) -> None:
    assert router.state_of(said, plain_home()) == state


def test_a_public_address_is_a_lie_only_where_packets_show_it() -> None:
    states = [
        router.state_of(STALE, home(STALE, verdict=verdict, path=path))
        for verdict in (disputed(), settled())
        for path in (PathView(), owned(OTHER, "router"), owned(OTHER, "beyond"))
    ]
    assert states == ["works", "works", "lies", "works", "works", "works"]


SILENT, OFF, PMP_OFF = "router_silent", "router_upnp_off", "router_natpmp_off"
RULES: list[tuple[Rule, Row]] = [
    *(
        (router.of_protocols, row)
        for row in (
            Row("silent", home(), SILENT, Told("warn")),
            Row("nothing was looked at", plain_home(router=None), SILENT, None),
            Row("there is no router", home(gateway=""), SILENT, None),
            Row(
                "this machine is the router: the gateway is the provider's",
                home(verdict=settled("direct")),
                SILENT,
                None,
            ),
            Row("NAT-PMP could not be asked", home(natpmp=UNASKED), SILENT, None),
            Row("PCP was not asked", home(pcp=None), SILENT, None),
            Row("the search could not be sent", home(missed(ROUTER, Why.NO_ROUTE)), SILENT, None),
            Row("PCP answers nonsense", home(pcp=missed(PMP, Why.MALFORMED)), SILENT, None),
            Row("it answers the search, slowly", home(igds=(SLOW_IGD,)), SILENT, None),
            Row("it answers the search, and silence follows", home(igds=(IGD,)), SILENT, None),
            Row(
                "the one that was named in the configuration answers the search",
                home(igds=(replace(FOREIGN_IGD, accepted=True),)),
                SILENT,
                None,
            ),
            Row("all lie", home(missed(ROUTER, Why.MALFORMED), UNASKED), OFF, None),
            Row("nothing could be asked but UPnP", home(NO_UPNP, UNASKED, UNASKED), OFF, None),
            Row("nothing at all could be asked", home(None, None, None), PMP_OFF, None),
            Row("only NAT-PMP was asked, and is off", home(None), PMP_OFF, None),
            Row("a media server answers", home(igds=(MEDIA_SERVER,)), SILENT, Told("warn")),
            Row("another device answers", home(igds=(FOREIGN_IGD,)), SILENT, Told("warn")),
            Row("NAT-PMP alone", home(natpmp=NATPMP), OFF, Told("info")),
            Row("NAT-PMP alone is not silence", home(natpmp=NATPMP), SILENT, None),
            Row("NAT-PMP, and UPnP that is slow", home(natpmp=NATPMP, igds=(SLOW_IGD,)), OFF, None),
            Row("all of them", home(UPNP, NATPMP), OFF, None),
            Row("UPnP alone", home(UPNP), PMP_OFF, Told("info")),
            Row("UPnP, and NAT-PMP was not asked", home(UPNP, UNASKED, None), PMP_OFF, None),
            Row("UPnP, and NAT-PMP lies", home(UPNP, missed(PMP, Why.MALFORMED)), PMP_OFF, None),
            Row("UPnP and PCP", home(UPNP, pcp=NATPMP), PMP_OFF, None),
        )
    ),
    *(
        (router.of_lies, row)
        for row in (
            Row("one address", home(UPNP, NATPMP), "router_lies", None),
            Row("two addresses", home(UPNP, seen(PMP, OTHER)), "router_lies", Told("warn")),
            Row(
                "nonsense",
                home(missed(ROUTER, Why.MALFORMED)),
                "router_lies",
                Told("warn", subject="upnp"),
            ),
            Row("silence", home(), "router_lies", None),
            Row("somebody else's answer", home(missed(ROUTER, Why.FOREIGN)), "router_lies", None),
            Row("an answer from elsewhere", home(missed(ROUTER, Why.SPOOFED)), "router_lies", None),
            Row("an inner address", home(router_says("10.0.0.7")), "router_lies", None),
            Row(
                "a media server",
                home(igd(Why.MALFORMED, "http://192.168.1.1:5000/")),
                "router_lies",
                None,
            ),
        )
    ),
    *(
        (router.of_stale, row)
        for row in (
            Row("they agree", home(UPNP), "router_stale", None),
            Row(
                "they differ, and packets leave the house",
                home(STALE, verdict=disputed(), path=owned(OTHER, "beyond")),
                "router_stale",
                Told("error", 5),
            ),
            Row(
                "they differ, and nothing more is known",
                home(STALE, verdict=disputed()),
                "router_stale",
                Told("error", 5, "guess"),
            ),
            Row(
                "they differ, and the router does have it: a second line",
                home(STALE, verdict=disputed(), path=owned(OTHER, "router")),
                "router_stale",
                None,
            ),
            Row(
                "whose it is could not be told",
                home(STALE, verdict=disputed(), path=owned(OTHER, "unknown")),
                "router_stale",
                Told("error", 5, "guess"),
            ),
            Row(
                "they differ, and the outside is believed",
                home(STALE, verdict=settled("upstream_nat")),
                "router_stale",
                Told("warn", 0, "guess"),
            ),
            Row(
                "the witnesses outside differ among themselves",
                home(STALE, verdict=disputed("witnesses_disagree")),
                "router_stale",
                None,
            ),
            Row(
                "the router names none",
                home(router_says("10.0.0.7"), verdict=disputed()),
                "router_stale",
                None,
            ),
        )
    ),
    *(
        (router.of_foreign, row)
        for row in (
            Row("the gateway alone", home(UPNP), "foreign_igd", None),
            Row(
                "another device",
                home(UPNP, igds=(IGD, FOREIGN_IGD)),
                "foreign_igd",
                Told("warn", subject="192.168.1.77"),
            ),
            Row("nothing was looked at", plain_home(router=None), "foreign_igd", None),
            Row(
                "the gateway, which was not believed",
                home(igds=(SLOW_IGD,)),
                "foreign_igd",
                None,
            ),
            Row(
                "one that was named in the configuration",
                home(UPNP, igds=(replace(FOREIGN_IGD, accepted=True),)),
                "foreign_igd",
                None,
            ),
            Row(
                "a media server elsewhere",
                home(UPNP, igds=(replace(FOREIGN_IGD, claims_router=False),)),
                "foreign_igd",
                None,
            ),
            Row(
                "this machine itself",
                home(UPNP, igds=(replace(FOREIGN_IGD, host=str(LOCAL)),)),
                "foreign_igd",
                None,
            ),
            Row(
                "there is no gateway to compare with",
                home(UPNP, igds=(FOREIGN_IGD,), around=bare_home().around),
                "foreign_igd",
                None,
            ),
        )
    ),
    *(
        (router.of_mappings, row)
        for row in (
            Row("no list was had", home(UPNP), "port_mappings", None),
            Row("an empty list", home(UPNP, mappings=()), "port_mappings", None),
            Row("a port", home(UPNP, mappings=(MAPPING,)), "port_mappings", Told("info")),
            Row(
                "a port that is switched off",
                home(UPNP, mappings=(replace(MAPPING, enabled=False),)),
                "port_mappings",
                None,
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


def test_a_vpn_may_be_why_the_router_is_silent() -> None:
    (plain,) = router.of_protocols(home())
    (vpn,) = router.of_protocols(home(around=TUNNEL))
    assert "VPN" not in plain.fix
    assert vpn.fix.startswith(plain.fix)
    assert vpn.fix.endswith("The VPN may also keep this machine from talking to the router.")


def test_the_router_is_called_by_its_name() -> None:
    (finding,) = router.of_protocols(home(igds=(MEDIA_SERVER,)))
    assert "Home Box 3 (192.168.1.1)" in finding.fact
    (finding,) = router.of_protocols(home())
    assert "The router 192.168.1.1 answers" in finding.fact


def test_prefer_outside_is_advised_where_it_is_not_set() -> None:
    (held,) = router.of_stale(home(STALE, verdict=disputed()))
    (published,) = router.of_stale(home(STALE, verdict=settled("upstream_nat")))
    assert "prefer_outside" in held.fix
    assert "prefer_outside" not in published.fix


def test_a_long_list_of_ports_is_cut() -> None:
    ports = [replace(MAPPING, external_port=port, protocol="tcp") for port in range(8000, 8011)]
    (finding,) = router.of_mappings(home(UPNP, mappings=(MAPPING, *ports)))
    assert "UDP 51820, TCP 8000" in finding.fact
    assert "TCP 8006 and 4 more to this machine" in finding.fact
    (finding,) = router.of_mappings(home(UPNP, mappings=tuple(ports[:8])))
    assert "TCP 8006 and TCP 8007 to this machine" in finding.fact


def test_an_old_value_is_certain_only_where_packets_show_it() -> None:
    facts = [
        finding.fact
        for path in (owned(OTHER, "beyond"), PathView())
        for finding in router.of_stale(home(STALE, verdict=disputed(), path=path))
    ]
    assert facts == [
        f"{OTHER} is not the router's own address any more: packets to it leave the house.",
        f"The router's word, {OTHER}, may be an old value.",
    ]


def test_a_stranger_is_called_by_the_best_name_that_it_gave() -> None:
    names = [
        finding.fact.split(" claims")[0]
        for name, server in (("Media Box", "Linux"), ("", "Linux"), ("", ""))
        for finding in router.of_foreign(
            home(UPNP, igds=(replace(FOREIGN_IGD, name=name, server=server),))
        )
    ]
    assert names == [
        "192.168.1.77 (Media Box)",
        "192.168.1.77 (Linux)",
        "192.168.1.77 (unnamed)",
    ]


@pytest.mark.parametrize(
    ("events", "consequence"),
    [
        (
            True,
            "“upstun run” notices a new address within 35 ms, by UPnP events of the router; if an "
            "event gets lost, within 10 s.",
        ),
        (
            False,
            "“upstun run” notices a new address within 5 s, by asking the router (UPnP).",
        ),
    ],
)
def test_without_nat_pmp_it_is_told_what_upnp_is_worth(events: bool, consequence: str) -> None:
    view = RouterView(gateway=str(GATEWAY), igds=(IGD,), upnp=UPNP, natpmp=NO_NATPMP, pcp=NO_PCP)
    made = plain_home(router=view, signals=tried(view, STUN_WORDS, events=events))
    (finding,) = findings(router.of_protocols, made, PMP_OFF)
    assert finding.consequence == consequence


def test_of_a_new_address_behind_another_nat_upnp_is_not_said_to_tell() -> None:
    told = home(router_says("10.0.0.7"), verdict=settled("double_nat"), igds=(IGD,))
    (finding,) = findings(router.of_protocols, told, PMP_OFF)
    assert finding.consequence == ""


@pytest.mark.parametrize(
    ("verdict", "end"),
    [
        (settled("stun_agrees"), "within 30 s; if the router told of it, that could be a second"),
        (settled("double_nat"), "within 30 s."),
    ],
)
def test_of_a_silent_router_it_is_told_what_its_silence_costs(verdict: Verdict, end: str) -> None:
    said = (missed(ROUTER), missed(PMP), seen(STUN[0], PUBLIC))
    view = RouterView(gateway=str(GATEWAY), upnp=said[0], natpmp=said[1], pcp=said[1])
    evidence = plain_home(witnesses=said, router=view, verdicts={Family.V4: verdict})
    (finding,) = findings(router.of_protocols, evidence, SILENT)
    assert f"“upstun run” notices a new one {end}" in finding.consequence
