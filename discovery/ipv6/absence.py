"""Why this machine has no IPv6 address to publish, told apart by what would help. Pure."""

from __future__ import annotations

from discovery.address import publishable
from discovery.ipv6.view import Candidate, Ipv6View
from discovery.observation import Flaw, Why

_NAMED = 3  # addresses; a machine with containers has dozens, and one sentence is to be read


def absence(view: Ipv6View) -> Flaw | None:
    """Say why nothing is chosen; None where something is. The witness is "this machine".

    ========================================  ===========  =====================================
    this machine                              why          what would help
    ========================================  ===========  =====================================
    does not tell which addresses last        unsupported  another source
    has no IPv6 address, or only loopback     no_route     switching IPv6 on, or a cable
    has link-local addresses only             no_route     IPv6 in the router, or of the provider
    has addresses, but no default route       no_route     the same
    has only addresses of narrower scope      not_public   a public prefix in the router
    has public ones that do not last          no_address   a lasting address beside them
    ========================================  ===========  =====================================
    """
    if view.chosen is not None:
        return None
    if not view.supported:
        return Flaw(
            why=Why.UNSUPPORTED,
            detail="does not tell which of its IPv6 addresses are temporary, so none can be "
            "published safely",
        )
    if not view.candidates:
        return Flaw(why=Why.NO_ROUTE, detail="has IPv6 switched off")
    outward = [one for one in view.candidates if not one.held.address.is_loopback]
    if not outward:
        return Flaw(
            why=Why.NO_ROUTE,
            detail="has no IPv6 address on any network link: IPv6 is switched off there, or no "
            "link is connected",
        )
    beyond = [one for one in outward if not one.held.address.is_link_local]
    if not beyond:
        return Flaw(
            why=Why.NO_ROUTE,
            detail="has only link-local IPv6 addresses: no router on this network offers IPv6",
        )
    if not view.has_route:
        return Flaw(
            why=Why.NO_ROUTE,
            detail="has IPv6 addresses, but no router on this network offers an IPv6 route to the "
            "internet",
        )
    public = [one for one in beyond if publishable(one.held.address)]
    if not public:
        return Flaw(why=Why.NOT_PUBLIC, detail=f"has no public IPv6 address ({_reasons(beyond)})")
    return Flaw(
        why=Why.NO_ADDRESS, detail=f"has no IPv6 address that would last ({_reasons(public)})"
    )


def _reasons(rejected: list[Candidate]) -> str:
    named = [f"{one.held.address}: {one.reason}" for one in rejected[:_NAMED]]
    more = len(rejected) - len(named)
    return "; ".join([*named, *([f"and {more} more"] if more else [])])
