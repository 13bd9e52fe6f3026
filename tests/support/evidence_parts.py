"""What the pretend homes of `evidence` are furnished with."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from agent.values import Settled
from discovery.interface import Surroundings
from discovery.ipv6.view import Candidate, Held, Ipv6View
from discovery.live_dns.exam import Port53, ResolverAnswer, Trial
from discovery.observation import (
    DohEvidence,
    Family,
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
from discovery.router.view import Igd, PortMapping
from discovery.webrtc.view import IceCandidate, IceView
from providers.engine.outcome import Cause, Refused
from tests.support.sightings import LOCAL, OTHER, PUBLIC, STUN, missed

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
DIRECT6 = Settled(
    family=Family.V6,
    address=STABLE6,
    code="v6_direct",
    sources=("interface", "stun"),
    because=f"{STABLE6} is this machine's own.",
    network=IPv6Network("2a02:8109:9440:1::/64"),
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
