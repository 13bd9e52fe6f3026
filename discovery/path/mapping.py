"""How the NATs on the path choose the public port of a socket (RFC 5780 §4.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from discovery.observation import Flaw
from discovery.path.alternate import TwoFaced
from discovery.path.exchange import Exchange, Peer, Reply
from discovery.path.line import Line
from discovery.path.view import Mapping


def read_mapping(one: Peer | None, two: Peer | None, three: Peer | None) -> Mapping:
    """Decide from what one socket looks like to A1:P1, A2:P1 and A2:P2.

    =======  ==============  ===================  ================================================
    A1:P1    A2:P1           A2:P2                mapping
    =======  ==============  ===================  ================================================
    X        X               X, or not heard      "eim"
    X        Y               Y                    "adm"
    X        any             other than A2:P1's   "apdm"
    X        Y               not heard            "unknown": adm or apdm
    X        not heard       any                  "unknown"
    none     any             any                  "unknown"
    =======  ==============  ===================  ================================================

    RFC 5780 does not ask A2:P2 where the first two agree. Where it is heard all the same and
    disagrees, the agreement was chance, or the NAT looks at ports alone.
    """
    if one is None or two is None:
        return "unknown"
    if three is None:
        return "eim" if one == two else "unknown"
    if two != three:
        return "apdm"
    return "eim" if one == two else "adm"


async def watch_mapping(line: Line, exchange: Exchange, server: TwoFaced) -> tuple[Mapping, str]:
    """Show one fresh socket to the server's three faces; gives the mapping and a note."""
    first = await line.ask(exchange, server.target)
    if isinstance(first, Flaw):
        return "unknown", "The server fell silent."

    async def show(face: Peer) -> Reply | Flaw:
        await line.turn(server.target)
        return await exchange.ask(face, line.timing.answer)

    others = await asyncio.gather(show(server.other_address), show(server.other))
    seen = [None if isinstance(reply, Flaw) else reply.mapped for reply in (first, *others)]
    return read_mapping(*seen), _note(seen, server)


def _note(seen: Sequence[Peer | None], server: TwoFaced) -> str:
    if None in seen[1:]:
        return (
            f"{server.target.name} announces a second address, {server.other}, "
            "but that one does not answer."
        )
    if len({peer.address for peer in seen if peer}) > 1:
        return "The two addresses of the server saw different public addresses of this machine."
    return ""
