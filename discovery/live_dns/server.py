"""One address of one DNS server: how it is written, and whether this machine has a way to it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from discovery.address import Scope, scope
from discovery.hosts import endpoint, literal

DNS_PORT = 53
_MOST_SERVERS = 64  # addresses per zone; the root has 26, and a hostile zone could name thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`name` is the NS name without final dot, or the address where no name is known."""

    name: str
    address: str
    port: int = DNS_PORT

    @property
    def endpoint(self) -> str:
        """The address as people write it: "192.0.2.53:53" or "[2001:db8::53]:53"."""
        return endpoint(self.address, self.port)

    def __str__(self) -> str:
        """The server as sentences name it."""
        return self.endpoint if self.name == self.address else f"{self.name} ({self.endpoint})"


def read_endpoint(text: str) -> tuple[str, int]:
    """Split "host:port", "[2001:db8::53]:port", or either without a port, which is then 53.

    Raises ValueError with a sentence.
    """
    host, colon, port = text, "", ""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        before, colon, port = rest.partition(":")
        host = host if bracket and not before else ""
    elif text.count(":") == 1:
        host, colon, port = text.partition(":")
    number = int(port) if port.isascii() and port.isdigit() else 0 if colon else DNS_PORT
    if not host or (":" in host and literal(host) is None) or not 0 < number < 1 << 16:
        raise ValueError(
            f'{text!r} is not a DNS server; expected "192.0.2.53:53" or "[2001:db8::53]:53"'
        )
    return host, number


def has_route(server: Server) -> bool:
    """Whether this machine could send to the server; nothing is sent.

    Connecting a UDP socket makes the system choose the route and the source address. A public
    IPv6 server that would be asked from a unique local or link-local address has no route either:
    home routers announce such prefixes while their own line has no IPv6.
    """
    address = ip_address(server.address)
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((server.address, server.port))
            source = ip_address(probe.getsockname()[0])
    except OSError:
        return False
    return (
        not isinstance(source, IPv6Address)
        or scope(address) is not Scope.PUBLIC
        or scope(source) is Scope.PUBLIC
    )


def reachable(servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """Leave out the servers that this machine has no route to, such as IPv6 ones without IPv6.

    They cannot be asked, which says nothing about them. When no server has a route all are kept:
    then the machine is offline, and asking says so.
    """
    routed = tuple(server for server in servers if has_route(server))
    return (routed or servers)[:_MOST_SERVERS]
