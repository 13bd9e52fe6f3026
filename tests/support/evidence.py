"""Whole examinations of pretend homes, for tests of what is made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

from agent.decide.agreement import compare
from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.finding import Answer, Diagnosis, Finding
from agent.values import Account, OutOfReach, Record, Settled, Verdict
from discovery.interface import Surroundings
from discovery.ipv6.view import Candidate, Held, Ipv6View
from discovery.live_dns.exam import DnsExam, NameServers, Port53, ResolverAnswer, Trial
from discovery.live_dns.view import Answer as DnsAnswer
from discovery.live_dns.view import RType
from discovery.observation import (
    DohEvidence,
    EchoEvidence,
    Family,
    Missed,
    Observation,
    PmpEvidence,
    Seen,
    Why,
)
from discovery.path.view import (
    Behaviour,
    Hairpin,
    Hop,
    Mapped,
    Ownership,
    PathView,
    Reach,
    Scatter,
    Trail,
)
from discovery.router.view import Firewall6, Igd, PortMapping, RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceCandidate, IceView
from providers.engine.outcome import Cause, Refused, Unchanged
from providers.engine.wire import Secret
from providers.rfc2136 import RFC2136
from tests.support.sightings import HTTP, LOCAL, OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.views import ALIAS, LAME, NAME, SILENT, serves, view

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
GATEWAY = IPv4Address("192.168.1.1")
STABLE6 = IPv6Address("2a02:8109:9440:1:9e7b:efff:fe12:3456")
TEMPORARY6 = IPv6Address("2a02:8109:9440:1:a1b2:c3d4:e5f6:789")
TSIG_SECRET = "c2VjcmV0IG9mIHRoZSBob21lIGtleQ=="

AROUND = Surroundings(
    local=LOCAL,
    gateway=GATEWAY,
    device="eth0",
    network=IPv4Network("192.168.1.0/24"),
    has_route=True,
)
SINGLE_NAT = Settled(
    family=Family.V4,
    address=PUBLIC,
    code="single_nat",
    sources=("upnp", "stun"),
    because=f"{PUBLIC} is the public address of your router.",
)


def plain_home(**changes: object) -> Evidence:
    """One router that speaks UPnP, two STUN operators that agree, nothing configured."""
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
        noticed_in_s=5.0,
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
            Signal(name="gena", works=None, expected_ms=None, detail="Subscribed."),
        ),
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


def resolver(
    *values: str, left_s: int | None = 30, who: str = "1.1.1.1:53", error: str = ""
) -> ResolverAnswer:
    """A public resolver that shows these addresses; with an error it could not be heard."""
    shown = None if error else frozenset(map(ip_address, values))
    return ResolverAnswer(
        resolver=who, whose="public", values=shown, left_s=left_s, elapsed=0.012, error=error
    )


PCP = PmpEvidence(gateway=str(GATEWAY), protocol="pcp", result=0, epoch_s=86400)
IGD = Igd(
    location="http://192.168.1.1:5000/0a1b2c3d4e5f/rootDesc.xml",
    host="192.168.1.1",
    accepted=True,
    name="Erika Mustermann's router",
    vendor="Acme",
    model="Home Box 3",
    server="Linux/4.14 UPnP/1.1 MiniUPnPd/2.2.1",
    status="Connected",
    connection_type="IP_Routed",
    uptime_s=86400,
    last_error="ERROR_NONE",
    wan=str(PUBLIC),
)
FOREIGN_IGD = Igd(
    location="http://192.168.1.77:49152/desc/uuid:75802409-bccb-40e7-8e6c-fa095ecce13e.xml",
    host="192.168.1.77",
    accepted=False,
    reason="It is not the gateway (192.168.1.1).",
    claims_router=True,
)
MAPPING = PortMapping(
    protocol="udp",
    external_port=51820,
    host=str(LOCAL),
    port=51820,
    description="wireguard",
    lease_s=0,
)
LIAR = missed(STUN[2], Why.NOT_PUBLIC, "10.1.2.3")
DOH: Observation = Seen(
    source="http",
    witness="cloudflare-dns.com (DoH)",
    operator="cloudflare.com",
    family=Family.V4,
    address=PUBLIC,
    evidence=DohEvidence(
        url="https://cloudflare-dns.com/dns-query", status=200, authenticated=True
    ),
    elapsed=0.044,
)
SEEN6: Observation = Seen(
    source="stun",
    witness=STUN[0].name,
    operator=STUN[0].operator,
    family=Family.V6,
    address=STABLE6,
)
DIRECT6: Verdict = Settled(
    family=Family.V6,
    address=STABLE6,
    code="v6_direct",
    sources=("interface", "stun"),
    because=f"{STABLE6} is this machine's own.",
)
PATH = PathView(
    behaviour=Behaviour(
        server="stun.one.example:3478",
        mapping="eim",
        filtering="apdf",
        translated=True,
        note="Two addresses were asked.",
    ),
    scatter=Scatter(
        mapped=(
            Mapped(local_port=40000, address=PUBLIC, port=40000, server="stun.one.example:3478"),
            Mapped(local_port=40001, address=PUBLIC, port=61234, server="stun.two.example:3478"),
        ),
        rewritten=(str(OTHER),),
        note="Two of two answered.",
    ),
    hairpin=Hairpin(udp=True, tcp=((443, True), (80, False)), note="Tried once."),
    reaches=(
        Reach(transport="udp", port=51820, grade="proved", because="A stranger's packet came."),
        Reach(transport="tcp", port=443, grade="likely", because="It is forwarded."),
    ),
    trail=Trail(
        hops=(
            Hop(distance=1, address=GATEWAY),
            Hop(distance=2, address=ip_address("100.64.0.1")),
            Hop(distance=3, address=ip_address("62.155.240.9")),
        ),
        note="The third is the last that told.",
    ),
    ownership=(
        Ownership(address=PUBLIC, owner="router", because="The router answered for it."),
        Ownership(address=OTHER, owner="unknown", because="Nobody answered."),
    ),
)
IPV6 = Ipv6View(
    candidates=(
        Candidate(
            held=Held(address=STABLE6, prefix=64, device="eth0", stable=True, preferred_s=1800),
            kept=True,
            reason="it is stable",
        ),
        Candidate(
            held=Held(address=TEMPORARY6, prefix=64, device="eth0", temporary=True, valid_s=3600),
            kept=False,
            reason="it is temporary, and is replaced within a day",
        ),
        Candidate(
            held=Held(address=IPv6Address("fd12:3456:789a:1::10"), prefix=64, device="eth0"),
            kept=False,
            reason="it is private (ULA)",
        ),
    ),
    chosen=STABLE6,
    has_route=True,
    gateway="fe80::3a10:d5ff:fe12:3456",
    nat64="64:ff9b::/96",
    nat64_known=True,
    device="eth0",
    note="One address lasts.",
)
ICE = IceView(
    server="stun.one.example:3478",
    candidates=(
        IceCandidate(kind="host", address=LOCAL, port=50000),
        IceCandidate(kind="srflx", address=PUBLIC, port=50001, base=str(LOCAL)),
    ),
    data_channel=True,
    note="It took 0.3 s.",
)
PORT53 = Port53(
    trials=(
        Trial(name="nobody", intercepted=False, detail="192.0.2.53 is silent, as it should be."),
        Trial(name="whoami", intercepted=True, detail=f"The asker is {OTHER}, not {PUBLIC}."),
        Trial(name="identity", intercepted=None, detail="No server tells its name."),
    )
)
RESOLVERS = (
    resolver(str(PUBLIC)),
    resolver(str(OTHER), left_s=41, who="9.9.9.9:53"),
    resolver(who="https://dns.example.net/dns-query/a1b2c3", left_s=None, error="It is silent."),
)
LOCKED: dict[str, object] = {
    "proof": Refused(cause=Cause.CREDENTIALS, text="The server does not know the key."),
    "locked": Cause.CREDENTIALS,
    "locked_until": AT.timestamp() + 3600,
    "locked_text": "the server refused the key",
}


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
