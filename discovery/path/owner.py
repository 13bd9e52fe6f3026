"""Deciding who has an address from what became of packets to it that may travel few hops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.address import Scope, scope
from discovery.path.icmp_note import Word
from discovery.path.view import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What became of packets that could travel 1, 2 and 3 hops; None is silence.

    `words` are about packets to a closed port of the address, `outward` about questions to the STUN
    server `far`, which is certainly not the router. `returned` are the hops of those packets that
    came back to this machine.
    """

    words: Sequence[Word | None]
    outward: Sequence[Word | None]
    far: IPv4Address | None = None
    returned: Sequence[int] = ()


def judge(address: IPv4Address, clues: Clues) -> tuple[Owner, str]:
    """Decide who has `address`, and say why in one sentence. The first row that fits decides.

    =====================================================================  ===========
    after one hop, a word in the name of `far`                             "unknown"
    after one hop, any word in the name of the address                     "router"
    a packet with two hops came back to this machine                       "router"
    after more hops, "time exceeded" from another than the first router    "beyond"
    "time exceeded" after one hop, then words of the address, and the
    second router on the way out has a private or shared address           "beyond"
    anything else                                                          "unknown"
    =====================================================================  ===========

    First row: a router that does not count hops (user-mode NAT of virtual machines) or that answers
    for the whole internet (login pages) would answer for this address too.

    Second row: a router answers for its own addresses before it counts. Where it forwards all ports
    to a machine at home (DMZ) and turns our packet around, it counts first, but a Linux router
    complains in the name of the address, for it translates its own complaints back.

    Fourth row: what passed two routers is not the first one's; a machine at home behind a DMZ rule
    is only one router away. Fifth row: an address that answers one hop behind the router may be the
    outer router's, or a machine at home behind a router that counts and does not translate back.
    The way out decides: an outer router that translates has its inner side in private space.
    """
    first, later = clues.words[0], [word for word in clues.words[1:] if word is not None]
    out_first, out_second = clues.outward[0], clues.outward[1]
    if out_first is not None and out_first.sender == clues.far:
        return "unknown", "The first router does not count hops, or answers for the whole internet."
    if first is not None and first.sender == address:
        return "router", f"The first router itself answers for {address}."
    if any(hops <= 2 for hops in clues.returned):  # noqa: PLR2004 - the row of the table
        return "router", f"The first router sends packets for {address} back to this machine."
    gateways = {word.sender for word in (first, out_first) if word is not None}
    for word in later:
        if word.kind == "expired" and word.sender not in {address, *gateways}:
            return "beyond", f"Packets to {address} pass the first router and end at {word.sender}."
    answered = any(word.sender == address for word in later)
    if answered and first is not None and first.kind == "expired":
        if out_second is not None and scope(out_second.sender) in {Scope.PRIVATE, Scope.CGNAT}:
            return "beyond", f"{address} answers, but only from behind the first router."
        return "unknown", (
            f"{address} answers from behind the first router: it is another router's, or that of a "
            "machine at home to which the router forwards everything."
        )
    return "unknown", f"Nobody on the first hops tells who has {address}."
