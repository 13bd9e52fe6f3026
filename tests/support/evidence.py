"""Whole examinations of pretend homes, for tests of what is made of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from agent.decide.agreement import compare
from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import AccountExam, Evidence, Noticing, RecordExam
from agent.diagnosis.finding import Answer, Diagnosis, Finding
from agent.diagnosis.noticing import noticing
from agent.values import Account, Config, Discovery, OutOfReach, Record, Unknown
from discovery.live_dns.exam import DnsExam, NameServers, ResolverAnswer
from discovery.live_dns.view import Answer as DnsAnswer
from discovery.live_dns.view import RType
from discovery.observation import (
    EchoEvidence,
    Family,
    Missed,
    Observation,
    Why,
)
from discovery.path.view import (
    Behaviour,
    Hop,
    Ownership,
    PathView,
    Trail,
)
from discovery.router.view import Firewall6, RouterView
from discovery.signals import sentences
from discovery.signals.view import Signal
from providers.engine.outcome import Unchanged
from providers.engine.wire import Secret
from providers.rfc2136 import RFC2136
from tests.support.evidence_parts import (
    AROUND,
    AT,
    DIRECT6,
    DOH,
    FOREIGN_IGD,
    GATEWAY,
    ICE,
    IGD,
    IPV6,
    LIAR,
    LOCKED,
    MAPPING,
    PATH,
    PCP,
    PORT53,
    RESOLVERS,
    SEEN6,
    SINGLE_NAT,
    TSIG_SECRET,
)
from tests.support.sightings import HTTP, OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.signals import tried
from tests.support.views import ALIAS, LAME, NAME, SILENT, serves, view

SETTINGS = Config(
    source="upstun.toml",
    discovery=Discovery(stun_servers=tuple(f"stun:{one.name}" for one in STUN[:2])),
)
"""What the pretend homes are judged by."""


def plain_home(**changes: object) -> Evidence:
    """One router that speaks UPnP, two STUN operators that agree, nothing configured.

    Unless they are given, its signals are what fits to the words of the router.
    """
    upnp, natpmp = seen(ROUTER, PUBLIC), missed(PMP)
    base = Evidence(
        at=AT,
        took=1.5,
        version="0.1.0",
        configured=False,
        around=AROUND,
        witnesses=(upnp, natpmp, seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC)),
        verdicts={Family.V4: SINGLE_NAT},
        router=RouterView(gateway=str(GATEWAY), igds=(IGD,), upnp=upnp, natpmp=natpmp),
        path=PathView(behaviour=Behaviour(translated=True, note="No server can test it.")),
    )
    home = replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields
    if "signals" not in changes:
        home = replace(home, signals=tried(home.router, home.witnesses))
    return home if "noticing" in changes else replace(home, noticing=noticing(home, SETTINGS))


def bare_home(**changes: object) -> Evidence:
    """A machine without any network."""
    nothing = Unknown(family=Family.V4, code="offline", because="There is no way out.")
    base = Evidence(
        at=AT,
        took=0.0,
        version="0.1.0",
        configured=False,
        around=replace(AROUND, local=None, gateway=None, device="", network=None, has_route=False),
        verdicts={Family.V4: nothing},
        unmeasured={"router": "There is no router to ask."},
    )
    base = replace(base, noticing=noticing(base, SETTINGS))
    return replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields


def cgnat_home(**changes: object) -> Evidence:
    """The router has an address of the provider's own NAT."""
    inner = missed(ROUTER, Why.NOT_PUBLIC, "100.72.13.9")
    verdict = OutOfReach(
        family=Family.V4,
        address=PUBLIC,
        code="cgnat",
        sources=("stun",),
        because=f"Your provider shares {PUBLIC} among many customers (CGNAT).",
    )
    base = plain_home(
        witnesses=(inner, seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC)),
        verdicts={Family.V4: verdict},
        router=RouterView(gateway=str(GATEWAY), upnp=inner),
        path=PathView(
            trail=Trail(
                hops=(
                    Hop(distance=1, address=GATEWAY),
                    Hop(distance=2, address=ip_address("100.72.0.1")),
                )
            ),
            ownership=(Ownership(address=PUBLIC, owner="beyond", because="It is further away."),),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields


def full_home(**changes: object) -> Evidence:
    """A home in which every field of every value holds something."""
    upnp, pcp = seen(ROUTER, PUBLIC), replace(missed(PMP), evidence=PCP)
    base = Evidence(
        at=AT,
        took=2.25,
        version="0.1.0",
        configured=True,
        around=replace(AROUND, default_is_tunnel=True),
        port=("udp", 51820),
        witnesses=(upnp, missed(PMP), pcp, *_outside(), missed(STUN[2]), LIAR, DOH, SEEN6),
        through_vpn=(seen(STUN[0], OTHER),),
        verdicts={Family.V4: SINGLE_NAT, Family.V6: DIRECT6},
        router=RouterView(
            gateway=str(GATEWAY),
            igds=(IGD, FOREIGN_IGD),
            upnp=upnp,
            natpmp=missed(PMP),
            pcp=pcp,
            mappings=(MAPPING,),
            others=3,
            firewall6=Firewall6(enabled=True, pinholes_allowed=False),
            epoch_s=86400,
        ),
        path=PATH,
        ipv6=IPV6,
        ice=ICE,
        ice_differs=f"The WebRTC stack saw {OTHER}, the STUN servers {PUBLIC}.",
        port53=PORT53,
        records=(
            record(serves(str(PUBLIC)), resolvers=RESOLVERS),
            record(serves(str(OTHER)), LAME, SILENT, name="nas.home.example.com"),
            record(ALIAS, name="alias.example.com"),
        ),
        accounts=(account(proof=Unchanged()), account("spare", **LOCKED)),
        signals=(
            Signal(name="netlink", works=True, expected_ms=5, detail="The system tells changes."),
            sentences.maybe("natpmp_announce", "this machine can listen"),
            sentences.no_first_event(1.5),
            sentences.left_out("natpmp_poll"),
            Signal(name="upnp_poll", works=True, expected_ms=5000, detail="It answers UPnP."),
            sentences.proved("clock", 15.0),
        ),
        noticing={
            Family.V4: Noticing(by="upnp_poll", seconds=5.0, latest_s=5.0),
            Family.V6: Noticing(by="netlink", seconds=0.005, latest_s=360.0),
        },
        clock_skew_s=0.4,
        unmeasured={"trail": "This system does not tell which routers answered."},
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields


def record(
    *answers: DnsAnswer,
    name: str = NAME,
    rtype: RType = "A",
    resolvers: tuple[ResolverAnswer, ...] = (),
    wanted: str | None = str(PUBLIC),
) -> RecordExam:
    """A record of example.com, whose name servers ns1, ns2 … gave these answers."""
    seen_there = replace(view(*answers), name=name, rtype=rtype)
    right = None if wanted is None else frozenset({ip_address(wanted)})
    return RecordExam(
        record=Record(name=name, account="household"),
        exam=DnsExam(
            name=name,
            rtype=rtype,
            view=seen_there,
            name_servers=NameServers(parent=("ns1.example.com",), child=("ns2.example.com",)),
            wildcard=False,
            negative_ttl=300,
            resolvers=resolvers,
            dnssec="insecure",
        ),
        agreement=compare(seen_there, right),
    )


def account(name: str = "household", **exam: object) -> AccountExam:
    """An account at an RFC 2136 server with everything set."""
    base = AccountExam(
        account=Account(
            name=name,
            provider=RFC2136,
            settings={
                "server": "89.160.20.53:53",
                "key_name": "johns-key.",
                "key_secret": Secret(TSIG_SECRET),
            },
            fingerprint="1f2e3d",
        )
    )
    return replace(base, **exam)  # type: ignore[arg-type]  # the test names real fields


def healthy(*findings: Finding) -> Diagnosis:
    """A conclusion in which all is well, with these findings or a plain one."""
    plain = Finding(code="single_nat", severity="info", fact=f"{PUBLIC} is your router's.")
    return Diagnosis(
        exit=Exit.HEALTHY,
        answers=(
            Answer(question="address", title="Which address is yours?", lines=(f"{PUBLIC}",)),
        ),
        findings=findings or (plain,),
    )


def _outside() -> tuple[Observation, ...]:
    echo = seen(HTTP[0], PUBLIC)
    told = EchoEvidence(url=HTTP[0].name, status=200, authenticated=True)
    return (
        replace(seen(STUN[0], PUBLIC), elapsed=0.018),
        seen(STUN[1], PUBLIC, rewritten=str(OTHER)),
        replace(echo, evidence=told, elapsed=0.044),
        Missed(
            source="http",
            witness=HTTP[1].name,
            operator=HTTP[1].operator,
            family=Family.V4,
            why=Why.CAPTIVE,
            detail=f"{HTTP[1].name} answered with a web page",
        ),
    )
