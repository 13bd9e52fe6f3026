"""Pretend homes in which something is out of the ordinary, judged as a real examination is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv6Address, ip_address

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.judge import judge
from discovery.ipv6.view import Candidate, Held, Ipv6View
from discovery.live_dns.exam import Port53, Trial
from discovery.observation import Family, Missed, Seen, StunEvidence, Why
from discovery.path.view import Behaviour, Hairpin, Hop, Ownership, PathView, Reach, Trail
from discovery.router.view import RouterView
from providers.engine.outcome import Unchanged
from tests.support.evidence import (
    SETTINGS,
    account,
    bare_home,
    cgnat_home,
    full_home,
    plain_home,
    record,
)
from tests.support.evidence_parts import AROUND, GATEWAY, IGD, STABLE6, resolver
from tests.support.sightings import HTTP, OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.signals import NAT_PMP, UPNP
from tests.support.views import serves

INNER = "192.168.178.44"
_PCP = replace(missed(PMP), witness="the router (PCP)")
_SILENT = (missed(ROUTER), missed(PMP), _PCP)
_SILENT_ROUTER = RouterView(
    gateway=str(GATEWAY), upnp=_SILENT[0], natpmp=_SILENT[1], pcp=_SILENT[2]
)


def judged(**changes: object) -> Evidence:
    """A plain home with these changes, judged anew."""
    return judge(plain_home(verdicts={}, **changes), SETTINGS)


def right_home() -> Evidence:
    """An ordinary home with a name that is right, IPv6 and a proved port: all is well."""
    answer = serves(str(PUBLIC))
    shown = agreed(record(answer, answer, resolvers=(resolver(str(PUBLIC)),)))
    upnp, natpmp = _timed(UPNP, 9), _timed(NAT_PMP, 1)
    outside = (*_outside(PUBLIC), *_outside(STABLE6))
    return judged(
        configured=True,
        witnesses=(upnp, natpmp, *outside),
        router=RouterView(gateway=str(GATEWAY), igds=(IGD,), upnp=upnp, natpmp=natpmp, mappings=()),
        records=(shown,),
        accounts=(account(proof=Unchanged()),),
        ipv6=_ipv6(),
        path=_path(
            reaches=(
                Reach(
                    transport="udp",
                    port=51820,
                    grade="proved",
                    because="A packet from a stranger outside arrived.",
                ),
            ),
        ),
        clock_skew_s=0.2,
    )


def stale_home() -> Evidence:
    """The name still leads to the old address."""
    resolvers = (resolver(str(OTHER), left_s=41), resolver(str(OTHER), who="9.9.9.9:53"))
    return judged(
        configured=True,
        witnesses=(seen(ROUTER, PUBLIC), *_outside(PUBLIC)),
        records=(agreed(record(serves(str(OTHER)), serves(str(OTHER)), resolvers=resolvers)),),
        accounts=(account(),),
    )


def double_nat_home() -> Evidence:
    """Two routers in a row."""
    inner = missed(ROUTER, Why.NOT_PUBLIC, INNER)
    hops = (Hop(distance=1, address=GATEWAY), Hop(distance=2, address=ip_address("192.168.178.1")))
    return judged(
        witnesses=(inner, *_outside(PUBLIC)),
        router=RouterView(gateway=str(GATEWAY), upnp=inner),
        path=_path(trail=Trail(hops=hops), owner="beyond"),
    )


def silent_home() -> Evidence:
    """A router that answers no question; the world sees one address."""
    return judged(
        witnesses=(*_SILENT, *_outside(PUBLIC)),
        router=_SILENT_ROUTER,
    )


def disputed_home() -> Evidence:
    """The router names one address, the world sees another."""
    return judged(witnesses=(seen(ROUTER, OTHER), *_outside(PUBLIC)))


def down_home() -> Evidence:
    """The router says that its line is down."""
    down, natpmp = missed(ROUTER, Why.DOWN), missed(PMP)
    igd = replace(IGD, status="Disconnected", wan="", uptime_s=None)
    return judged(
        witnesses=(down, natpmp, *(missed(one) for one in (*STUN[:2], *HTTP))),
        router=RouterView(gateway=str(GATEWAY), igds=(igd,), upnp=down, natpmp=natpmp),
        path=PathView(),
    )


def hotel() -> Evidence:
    """A login page answers in everybody's place."""
    pages = tuple(missed(one, Why.CAPTIVE) for one in HTTP)
    return judged(
        witnesses=(*_SILENT, *(missed(one) for one in STUN[:2]), *pages),
        router=_SILENT_ROUTER,
        path=PathView(),
        port53=Port53(
            trials=(
                Trial(name="nobody", intercepted=True, detail="192.0.2.53 answered."),
                Trial(name="identity", intercepted=None, detail="No server tells its name."),
            )
        ),
    )


def udp_blocked_home() -> Evidence:
    """STUN comes through by TCP alone."""
    by_tcp = StunEvidence(
        server="192.0.2.1:3478", transport="tcp", local="192.168.1.10:40000", mapped_port=40000
    )
    stun = (replace(one, evidence=by_tcp) for one in _outside(PUBLIC)[:2])
    return judged(witnesses=(seen(ROUTER, PUBLIC), *stun, _timed(seen(HTTP[0], PUBLIC), 44)))


def vpn_home() -> Evidence:
    """A VPN has the default route."""
    return judged(
        around=replace(AROUND, default_is_tunnel=True),
        witnesses=(seen(ROUTER, PUBLIC), *_outside(PUBLIC)),
        through_vpn=_outside(OTHER),
    )


def tunnel_only() -> Evidence:
    """A VPN has the default route, and no router is known beside it."""
    around = replace(AROUND, default_is_tunnel=True, gateway=None, network=None)
    return judged(around=around, witnesses=(), through_vpn=_outside(OTHER), router=None)


def crowded_home() -> Evidence:
    """Many names and accounts; the one that is wrong comes last."""
    names = [f"host-{n}.example.com" for n in range(12)]
    right = [agreed(record(serves(str(PUBLIC)), name=name)) for name in names]
    wrong = agreed(record(serves(str(OTHER)), name="the-last-one.example.com"))
    return judged(
        configured=True,
        witnesses=(seen(ROUTER, PUBLIC), *_outside(PUBLIC)),
        records=(*right, wrong),
        accounts=tuple(account(f"account-{n}", proof=Unchanged()) for n in range(5)),
    )


def hostile_home(text: str) -> Evidence:
    """A full home in which whatever a stranger writes is `text`: router, headers, DNS, services."""
    home = full_home()
    router, miss = home.router, home.witnesses[1]
    assert router is not None
    assert isinstance(miss, Missed)
    igd = replace(IGD, name=text, vendor=text, model=text, server=text, status=text)
    foreign = replace(igd, accepted=False, reason=text, host="192.168.1.77")
    mapping = replace((router.mappings or ())[0], description=text)
    exams = tuple(
        replace(exam, exam=replace(exam.exam, view=replace(exam.exam.view, problem=text)))
        for exam in home.records
    )
    return replace(
        home,
        witnesses=(*home.witnesses, replace(miss, detail=text, witness=text, operator=text)),
        router=replace(router, igds=(igd, foreign), mappings=(mapping,), mappings_note=text),
        records=exams,
        accounts=(*home.accounts, account("third", locked_until=1.0, locked_text=text)),
        signals=tuple(replace(signal, detail=text) for signal in home.signals),
        ice=replace(home.ice, note=text) if home.ice else None,
        unmeasured={"trail": text},
    )


HOMES: dict[str, Callable[[], Evidence]] = {
    "plain": plain_home,
    "right": right_home,
    "stale": stale_home,
    "cgnat": cgnat_home,
    "double_nat": double_nat_home,
    "silent_router": silent_home,
    "disputed": disputed_home,
    "line_down": down_home,
    "hotel": hotel,
    "udp_blocked": udp_blocked_home,
    "vpn": vpn_home,
    "tunnel_only": tunnel_only,
    "offline": bare_home,
    "crowded": crowded_home,
    "full": full_home,
}
"""Each of them by its name."""


def agreed(exam: RecordExam) -> RecordExam:
    """The parent zone and the zone itself name the same servers."""
    names = replace(exam.exam.name_servers, child=exam.exam.name_servers.parent)
    return replace(exam, exam=replace(exam.exam, name_servers=names))


def _outside(address: object) -> tuple[Seen, ...]:
    found = ip_address(str(address))
    family = Family(found.version)
    said = (
        _timed(seen(STUN[0], PUBLIC), 18),
        _timed(seen(STUN[1], PUBLIC), 31),
        _timed(seen(HTTP[0], PUBLIC), 44),
    )
    return tuple(replace(one, family=family, address=found) for one in said)


def _timed(said: Seen, milliseconds: int) -> Seen:
    return replace(said, elapsed=milliseconds / 1000)


def _path(
    *, trail: Trail | None = None, owner: str = "router", reaches: tuple[Reach, ...] = ()
) -> PathView:
    return PathView(
        behaviour=Behaviour(translated=True, note="No server can test it."),
        hairpin=Hairpin(udp=True),
        trail=trail or Trail(),
        reaches=reaches,
        ownership=(
            Ownership(
                address=PUBLIC,
                owner="beyond" if owner == "beyond" else "router",
                because="A packet that may travel one hop only shows it.",
            ),
        ),
    )


def _ipv6() -> Ipv6View:
    link = IPv6Address("fe80::1")
    return Ipv6View(
        candidates=(
            Candidate(
                held=Held(address=STABLE6, prefix=64, device="eth0", stable=True),
                kept=True,
                reason="it is chosen, for it is made from the prefix and kept",
            ),
            Candidate(
                held=Held(address=IPv6Address("::1"), prefix=128, device="lo"),
                kept=False,
                reason="it is the machine's own loopback address",
            ),
            Candidate(
                held=Held(address=link, prefix=64, device="eth0"),
                kept=False,
                reason="it is a link-local address",
            ),
        ),
        chosen=STABLE6,
        has_route=True,
        gateway="fe80::3a10:d5ff:fe12:3456",
        nat64_known=True,
        device="eth0",
    )
