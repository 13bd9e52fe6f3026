"""What the path tells beyond the witnesses' words: the verdict of a closer look. Pure.

`agent.decide.verdict` judges by what routers and servers say, which is all that a round may take
the time for. An examination also measures the path; some situations show only there.

===  ===================================  ============================  ========================
row  verdict so far                       and the path shows            verdict
===  ===================================  ============================  ========================
  -  held as unreachable                  anything                      the same: a pool of shared
                                                                        addresses may vary
 10  disputed, R in 100.64/10             several public addresses      cgnat
  8  any other, R public                  several, R among them         multi_wan, R settled
  8  any other, no R                      several                       multi_wan, disputed
 14  single_nat                           ports of a shared address     shared_ipv4
 6   single_nat, router_only              a VPN has the default route   vpn_active
  9  stun_agrees, http_agrees             S is beyond the router, and   double_nat
                                          the next one is private, or
                                          keeps silent
 11  stun_agrees, http_agrees             S is beyond the router, and   cgnat_likely
                                          the next one is not private
 11  cgnat_likely                         the next router is private    double_nat, held
 13  cgnat_likely                         the next router is 192.0.0.x  ds_lite
 15  nobody names an address              a NAT64 prefix                nat64
 22  nobody names an address              DNS is bent, and web pages    captive
                                          have somebody else's
                                          certificates
  -  offline                              somebody answers by IPv6      no_address
===  ===================================  ============================  ========================

R is the router's own word, S what the outside sees. An address "beyond the router" is one for which
the router answers "time exceeded": that is a second NAT, whoever runs it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.decide import sentences
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.address import Scope
from discovery.observation import Address
from discovery.path.view import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The path's part of the evidence.

    `router` is the router's public word and `router_scope` the kind of address that it named when
    it is not public. `scattered` are the public addresses that fresh sockets had, the most
    frequent first. `owner` is who has the address that the outside sees, `beyond` the kind of
    address of the second router on the way out. `ipv6` says that somebody was reached by IPv6.
    """

    router: Address | None = None
    router_scope: Scope | None = None
    scattered: tuple[Address, ...] = ()
    shared_ports: bool = False
    tunnelled: bool = False
    owner: Owner = "unknown"
    beyond: Scope | None = None
    nat64: bool = False
    ipv6: bool = False
    login_page: bool = False


def deepen(verdict: Verdict, depth: Depth) -> Verdict:
    """The verdict after a look at the path. See the module's table."""
    if isinstance(verdict, OutOfReach):
        return _beyond(verdict, depth)
    if len(depth.scattered) > 1 and not isinstance(verdict, Unknown):
        return _several(verdict, depth)
    if isinstance(verdict, Settled):
        return _settled(verdict, depth)
    if isinstance(verdict, Unknown) and verdict.code in ("offline", "no_address"):
        return _nobody(verdict, depth)
    return verdict


def _nobody(verdict: Unknown, depth: Depth) -> Unknown:
    """Nobody names an address: why that is, and whether IPv6 gets out all the same."""
    code: Code = "nat64" if depth.nat64 else "captive" if depth.login_page else verdict.code
    if code == "offline" and depth.ipv6:
        because = "This machine has no way out by IPv4; IPv6 gets out."
        return Unknown(family=verdict.family, code="no_address", because=because)
    if code == verdict.code:
        return verdict
    return Unknown(family=verdict.family, code=code, because=sentences.unknown(code, (), ()))


def _beyond(verdict: OutOfReach, depth: Depth) -> OutOfReach:
    """A router that refuses to say: the next one on the way tells what kind of NAT follows.

    A private one may be a second router of the household's, or the provider's: two NATs in a row
    is what is certain, and nothing is published that a round would hold.
    """
    if verdict.code != "cgnat_likely" or depth.beyond not in (Scope.PRIVATE, Scope.DS_LITE):
        return verdict
    code: Code = "ds_lite" if depth.beyond is Scope.DS_LITE else "double_nat"
    because = sentences.verdict(code, verdict.address, verdict.sources)
    return replace(verdict, code=code, because=because)


def _several(verdict: Settled | Disputed, depth: Depth) -> Verdict:
    if depth.router_scope is Scope.CGNAT:
        return _out_of_reach(verdict, depth.scattered[0], "cgnat")
    if depth.router in depth.scattered:
        return _renamed(verdict, depth.router, "multi_wan")
    return Disputed(
        family=verdict.family,
        candidates=depth.scattered,
        code="multi_wan",
        sources=verdict.sources,
        because=(
            f"The world sees {' and '.join(map(str, depth.scattered))} in turn: several internet "
            "lines, or a provider that shares a pool of addresses; nobody here says which is meant."
        ),
        caveats=verdict.caveats,
    )


def _settled(verdict: Settled, depth: Depth) -> Verdict:
    if verdict.code == "single_nat" and depth.shared_ports:
        return _renamed(verdict, verdict.address, "shared_ipv4")
    if depth.tunnelled and verdict.code in ("single_nat", "router_only"):
        return _renamed(verdict, verdict.address, "vpn_active")
    if verdict.code in ("stun_agrees", "http_agrees") and depth.owner == "beyond":
        if depth.beyond in (Scope.PRIVATE, None):
            return _renamed(verdict, verdict.address, "double_nat")
        return _out_of_reach(verdict, verdict.address, "cgnat_likely")
    if depth.tunnelled:
        return replace(verdict, caveats=(*verdict.caveats, "vpn_active"))
    return verdict


def _renamed(verdict: Settled | Disputed, address: Address | None, code: Code) -> Settled:
    assert address is not None
    return Settled(
        family=verdict.family,
        address=address,
        code=code,
        sources=verdict.sources,
        because=sentences.verdict(code, address, verdict.sources),
        caveats=tuple(caveat for caveat in verdict.caveats if caveat != "witnesses_disagree"),
    )


def _out_of_reach(verdict: Settled | Disputed, address: Address, code: Code) -> OutOfReach:
    return OutOfReach(
        family=verdict.family,
        address=address,
        code=code,
        sources=verdict.sources,
        because=sentences.verdict(code, address, verdict.sources),
        caveats=verdict.caveats,
    )
