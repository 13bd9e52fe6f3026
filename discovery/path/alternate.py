"""STUN servers with a second address, which the tests of RFC 5780 need."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.address import scope
from discovery.path.exchange import Peer
from discovery.path.line import NO_ANSWER, Line, Target

_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoFaced:
    """A server that has two addresses and two ports: A1:P1 is asked, A2:P2 is its `other`."""

    target: Target
    other: Peer

    @property
    def primary(self) -> Peer:
        """A1:P1."""
        return self.target.peer

    @property
    def other_address(self) -> Peer:
        """A2:P1."""
        return Peer(self.other.address, self.primary.port)

    @property
    def other_port(self) -> Peer:
        """A1:P2."""
        return Peer(self.primary.address, self.other.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The server to test with, or a `note` why there is none.

    `translated` says whether a NAT lies between here and the servers; None without any answer.
    """

    server: TwoFaced | None = None
    translated: bool | None = None
    note: str = ""


def usable(other: Peer | None, primary: Peer) -> bool:
    """Whether OTHER-ADDRESS can serve as the stranger of RFC 5780 §4.

    Both address and port must differ from those that were asked. A server behind a NAT of its own
    announces its private address (coturn without `external-ip`), where no packet of ours arrives;
    so the address must be of the same kind as the server's own.
    """
    return (
        other is not None
        and other.address != primary.address
        and other.port != primary.port
        and 0 < other.port <= _HIGHEST_PORT
        and scope(other.address) is scope(primary.address)
    )


async def choose(line: Line) -> Choice:
    """Find the first server of the configuration with a usable second address.

    The socket is used for nothing else: the tests' own sockets must not have met anybody.
    """
    try:
        exchange = line.open()
    except OSError as error:
        return Choice(note=line.refusal(error))
    async with exchange:
        replies = await line.replies(
            exchange, enough=lambda target, reply: usable(reply.other, target.peer)
        )
    if not replies:
        return Choice(note=NO_ANSWER)
    target, reply = replies[-1]
    translated = line.translated(exchange, target.peer, reply.mapped)
    if reply.other is None or not usable(reply.other, target.peer):
        return Choice(translated=translated, note=_NOBODY)
    return Choice(server=TwoFaced(target=target, other=reply.other), translated=translated)


_NOBODY = (
    "Cannot be tested: none of the STUN servers offers the second address (OTHER-ADDRESS) "
    "that the test needs."
)
