"""What can be told from inside of a TCP port: never a proof, for no stranger can be asked to call.

STUN's test of filtering exists for UDP alone (RFC 5780 §4.4).
"""

from __future__ import annotations

import asyncio

from discovery.address import Scope, scope
from discovery.egress import Egress
from discovery.path.connect import accepts
from discovery.path.exchange import Peer
from discovery.path.line import NO_ANSWER, NOT_PUBLIC, Line
from discovery.path.view import Grade, Reach

_NO_PROOF = "for TCP nothing can be proved from inside, without a helper outside"


async def measure(line: Line, port: int) -> Reach:
    """Connect to the port at our own address, and by way of the public one.

    Never raises for network trouble.
    """
    try:
        async with line.open() as exchange:
            replies = await line.replies(exchange)
            if not replies:
                return _told(port, "unknown", f"{NO_ANSWER} Besides, {_NO_PROOF}.")
            target, reply = replies[-1]
            public, own = reply.mapped.address, line.own_address(target.peer)
            translated = line.translated(exchange, target.peer, reply.mapped)
    except OSError as error:
        return _told(port, "unknown", line.refusal(error))
    if own is None or scope(public) is not Scope.PUBLIC:
        return _told(port, "unknown", f"{NOT_PUBLIC} Besides, {_NO_PROOF}.")
    limit = line.timing.connect
    # What goes to our own address never leaves by any link, so none may be prescribed for it.
    here, around = await asyncio.gather(
        accepts(Egress(), Peer(own, port), limit), accepts(line.egress, Peer(public, port), limit)
    )
    return _told(
        port, *read_connections(port, here=here, around=around, translated=translated is not False)
    )


def read_connections(port: int, *, here: bool, around: bool, translated: bool) -> tuple[Grade, str]:
    """Grade a TCP port, by connections to our own address and to the public one.

    ===  ========  ==========  =========================================================
    NAT  own       public      grade
    ===  ========  ==========  =========================================================
    no   any       any         "unknown": the connection never left this machine
    yes  refused   any         "unknown": no program, or what answers is another machine
    yes  accepted  refused     "unknown": many routers turn nothing around
    yes  accepted  accepted    "likely"
    ===  ========  ==========  =========================================================
    """
    if not translated:
        return "unknown", (
            "This machine has the public address itself, so a connection from here to it tells "
            f"nothing; {_NO_PROOF}."
        )
    if not here:
        other = " What answers at the public address is another machine, or the router itself."
        return "unknown", (
            f"No program on this machine accepts connections at TCP port {port}; "
            f"start it and look again.{other if around else ''}"
        )
    if around:
        return "likely", (
            f"A connection from here to TCP port {port} of the public address was accepted, by "
            f"this machine or by the router's own pages; {_NO_PROOF}."
        )
    return "unknown", (
        f"A connection from here to TCP port {port} of the public address was not accepted, which "
        f"says nothing of callers from outside; {_NO_PROOF}."
    )


def _told(port: int, grade: Grade, because: str) -> Reach:
    return Reach(transport="tcp", port=port, grade=grade, because=because)
