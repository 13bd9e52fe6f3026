"""Homes in which anything may have been measured, and anything not, for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from hypothesis import strategies as st

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.judge import judge
from agent.values import Config, Discovery
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Dnssec, NameServers, Port53, Trial
from discovery.live_dns.view import Answer, RType
from discovery.observation import EchoEvidence, Family, IgdEvidence, PmpEvidence, Seen, Why
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
from discovery.router.view import Firewall6, RouterView
from discovery.signals.view import EVERY_SIGNAL
from discovery.webrtc.view import IceView
from providers.engine.outcome import Cause, Changed, Refused, Unconfirmed
from tests.support.evidence import account, bare_home, plain_home, record
from tests.support.evidence_parts import (
    AROUND,
    AT,
    FOREIGN_IGD,
    GATEWAY,
    IGD,
    IPV6,
    MAPPING,
    RESOLVERS,
    SEEN6,
)
from tests.support.sightings import HTTP, OTHER, PMP, PUBLIC, ROUTER, STUN, THIRD, missed, seen
from tests.support.signals import tried
from tests.support.views import ALIAS, LAME, NODATA, NXDOMAIN, RECURSED, SILENT, serves

RTYPES: list[RType] = ["A", "AAAA"]
HOSTS: list[bool | str] = [False, True, "::1234"]
VERIFY: list[Literal["dns", "api"]] = ["dns", "api"]
DNSSEC: list[Dnssec] = ["secure", "insecure", "bogus", "unknown"]
MISSED = [why for why in Why if why is not Why.NOT_PUBLIC]  # that one always names an address
ADDRESSES = [PUBLIC, OTHER, THIRD]
TOLD = EchoEvidence(url=HTTP[0].name, status=200, authenticated=True, date=0.0)
OUTSIDE = [
    *(seen(who, address) for who in STUN for address in ADDRESSES),
    *(replace(seen(HTTP[0], address), evidence=TOLD) for address in ADDRESSES),
    *(missed(who, why) for who in (STUN[0], STUN[1], HTTP[0]) for why in MISSED),
    missed(STUN[2], Why.NOT_PUBLIC, "10.1.2.3"),
    seen(STUN[0], PUBLIC, rewritten="10.0.0.1"),
    SEEN6,
    Seen(
        source="stun",
        witness="stun.two.example:3478",
        operator="two.example",
        family=Family.V6,
        address=IPv6Address("2a06:98c0:3600::103"),
    ),
]
_PMP_TOLD = PmpEvidence(gateway=str(GATEWAY), protocol="pcp", result=8)
_PMP_SPOKEN = PmpEvidence(gateway=str(GATEWAY), protocol="nat-pmp", result=0)
_IGD_TOLD = IgdEvidence(location=IGD.location, control_url="http://192.168.1.1:5000/")
ROUTER_WORDS = [
    None,
    *(seen(ROUTER, address) for address in ADDRESSES[:2]),
    *(missed(ROUTER, why) for why in MISSED),
    missed(ROUTER, Why.NOT_PUBLIC, "100.64.0.5"),
    missed(ROUTER, Why.NOT_PUBLIC, "10.0.0.7"),
    missed(ROUTER, Why.NOT_PUBLIC, "192.0.0.2"),
    replace(missed(ROUTER, Why.MALFORMED), evidence=_IGD_TOLD),
]
PMP_WORDS = [
    None,
    seen(PMP, PUBLIC),
    replace(seen(PMP, PUBLIC), evidence=_PMP_SPOKEN),
    *(missed(PMP, why) for why in MISSED),
    replace(missed(PMP, Why.REFUSED), evidence=_PMP_TOLD),
]
one_of = st.sampled_from
some_mappings = st.lists(st.just(MAPPING), max_size=10).map(tuple)
routers = st.none() | st.builds(
    RouterView,
    gateway=one_of(["", str(GATEWAY)]),
    igds=st.lists(one_of([IGD, FOREIGN_IGD, replace(IGD, accepted=False)]), max_size=2).map(tuple),
    upnp=one_of(ROUTER_WORDS),
    natpmp=one_of(PMP_WORDS),
    pcp=one_of(PMP_WORDS),
    mappings=st.none() | some_mappings,
    firewall6=one_of([None, Firewall6(enabled=True, pinholes_allowed=False)]),
)
mapped = st.builds(
    Mapped,
    local_port=one_of([40000, 40001]),
    address=one_of(ADDRESSES),
    port=one_of([40000, 1024]),
    server=one_of(["stun.one.example:3478", "stun.two.example:3478"]),
)
paths = st.builds(
    PathView,
    behaviour=st.builds(
        Behaviour,
        mapping=one_of(["eim", "adm", "apdm", "unknown"]),
        filtering=one_of(["eif", "adf", "apdf", "unknown"]),
        translated=one_of([None, True, False]),
    ),
    scatter=st.builds(
        Scatter,
        mapped=st.lists(mapped, max_size=8).map(tuple),
        rewritten=one_of([(), ("10.0.0.1",)]),
    ),
    hairpin=st.builds(
        Hairpin, udp=one_of([None, True, False]), tcp=one_of([(), ((443, True),), ((443, False),)])
    ),
    reaches=st.lists(
        st.builds(
            Reach,
            transport=one_of(["udp", "tcp"]),
            port=one_of([443, 51820]),
            grade=one_of(["proved", "likely", "refuted", "unknown"]),
            because=st.just("A packet was sent."),
        ),
        max_size=1,
    ).map(tuple),
    trail=one_of(
        [
            Trail(),
            *(
                Trail(hops=(Hop(distance=2, address=ip_address(address)),))
                for address in ("10.0.0.1", "100.64.0.1", "192.0.0.1", "62.155.240.9")
            ),
        ]
    ),
    ownership=st.lists(
        st.builds(
            Ownership,
            address=one_of(ADDRESSES),
            owner=one_of(["router", "beyond", "machine", "unknown"]),
            because=st.just("So it is."),
        ),
        max_size=2,
    ).map(tuple),
)
DNS_ANSWERS: list[Answer] = [
    serves(str(PUBLIC)),
    serves(str(OTHER), ttl=86400),
    serves(str(PUBLIC), str(OTHER)),
    serves("192.168.1.5"),
    *(ALIAS, LAME, NODATA, NXDOMAIN, RECURSED, SILENT),
]


@st.composite
def _records(draw: st.DrawFn) -> RecordExam:
    """Any record of any zone."""
    said = draw(st.lists(one_of(DNS_ANSWERS), max_size=3))
    exam = record(*said, rtype=draw(one_of(RTYPES)), resolvers=RESOLVERS)
    host, verify = draw(one_of(HOSTS)), draw(one_of(VERIFY))
    names = draw(one_of([None, (), ("ns1.example.com",), ("ns9.example.com",)]))
    bent = draw(one_of(["", "192.0.2.1:53 answers as a resolver does."]))
    return replace(
        exam,
        record=replace(exam.record, ipv6=host, verify=verify),
        exam=replace(
            exam.exam,
            dnssec=draw(one_of(DNSSEC)),
            sibling=draw(one_of([None, frozenset({OTHER})])),
            name_servers=NameServers(parent=names, child=("ns1.example.com",)),
            view=replace(exam.exam.view, intercepted=bent),
        ),
    )


accounts = one_of(
    [
        account(),
        account(proof=Changed()),
        account(proof=Unconfirmed(text="It did not answer.")),
        *(account(proof=Refused(cause=cause, text="No.")) for cause in Cause),
        account(locked=Cause.CREDENTIALS, locked_text="the key is not known"),
        account(locked=Cause.NOT_FOUND, locked_names=("a.example.com",), locked_text="no zone"),
        *(
            account(locked_until=until, locked_text="it asked for a pause")
            for until in (AT.timestamp() + 60, 1e18, float("inf"))
        ),
    ]
)
trials = st.builds(
    Trial,
    name=one_of(["nobody", "whoami"]),
    intercepted=one_of([None, True, False]),
    detail=st.just("192.0.2.53 was asked."),
)
surroundings = one_of(
    [
        AROUND,
        bare_home().around,
        replace(AROUND, local=IPv4Address(str(PUBLIC))),
        replace(AROUND, default_is_tunnel=True),
        replace(AROUND, default_is_tunnel=True, gateway=None, local=None),
    ]
)
homes = st.builds(
    plain_home,
    configured=st.booleans(),
    around=surroundings,
    witnesses=st.lists(one_of(OUTSIDE), max_size=6).map(tuple),
    through_vpn=st.lists(one_of(OUTSIDE[:3]), max_size=2).map(tuple),
    verdicts=st.just({}),
    router=routers,
    path=paths,
    ipv6=one_of([IPV6, Ipv6View(), Ipv6View(supported=False), replace(IPV6, chosen=None)]),
    ice=st.none() | st.just(IceView()),
    ice_differs=one_of(["", "The WebRTC stack saw another address."]),
    port53=st.none() | st.lists(trials, max_size=3).map(lambda some: Port53(trials=tuple(some))),
    records=st.lists(_records(), max_size=2).map(tuple),
    accounts=st.lists(accounts, max_size=2).map(tuple),
    clock_skew_s=one_of([None, 0.0, 301.0, -400000.0]),
    unmeasured=one_of([{}, {"the path": "Looking at the path did not end within 7 s"}]),
)


@st.composite
def any_home(draw: st.DrawFn) -> Evidence:
    """Any home, judged as the examination judges it: the router's words are among all words."""
    home = draw(homes)
    view = home.router
    told = (view.upnp, view.natpmp, view.pcp) if view else ()
    words = tuple(one for one in told if one is not None)
    own = draw(one_of([(), ("stun:stun.one.example:3478",)]))
    settings_ = Discovery(
        prefer_outside=draw(st.booleans()),
        unreachable=draw(one_of(["hold", "publish"])),
        signals=tuple(draw(st.sets(one_of(EVERY_SIGNAL)) | st.just(EVERY_SIGNAL))),
        stun_servers=draw(one_of([(), ("stun:stun.two.example:3478",)])),
        stun_own=own,
    )
    poll = draw(one_of([10.0, 60.0, 61.0, 300.0, 86400.0]))
    said = (*words, *home.witnesses)
    signals = tried(
        view, said, events=draw(st.booleans()), allowed=settings_.signals, own=bool(own)
    )
    return judge(
        replace(home, witnesses=said, signals=draw(one_of([(), signals]))),
        Config(source="upstun.toml", poll=poll, discovery=settings_),
    )
