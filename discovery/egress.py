"""Which of this machine's links a question leaves by.

A VPN that takes the default route makes every outside witness see the tunnel's exit. Binding the
source address does not help: the packet still follows the default route. Tying the socket to the
link that faces the home router does, without privileges since Linux 5.7.
"""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass
from errno import (
    EACCES,
    EADDRNOTAVAIL,
    EAFNOSUPPORT,
    ECONNREFUSED,
    ECONNRESET,
    EHOSTUNREACH,
    ENETDOWN,
    ENETUNREACH,
    ENODEV,
    ENOTSUP,
    EPERM,
)

from discovery.interface import link_index
from discovery.observation import Address, Family, Flaw, Why

# Option numbers that Python's socket module does not name on every system. Sources: Darwin's
# <netinet/in.h> and <netinet6/in6.h>; for Windows, learn.microsoft.com "IPPROTO_IP Socket Options".
_SO_BINDTODEVICE = getattr(socket, "SO_BINDTODEVICE", 25)
_DARWIN_IP_BOUND_IF = 25
_DARWIN_IPV6_BOUND_IF = 125
_WINDOWS_UNICAST_IF = 31  # the same number in both families

# What the system says when there is no way out, as opposed to nobody at the other end.
NO_WAY_OUT = frozenset({ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN})

_WORDS = {
    EACCES: "not permitted",
    EADDRNOTAVAIL: "this machine has no such address",
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    EHOSTUNREACH: "no route to host",
    ENETDOWN: "network is down",
    ENETUNREACH: "network is unreachable",
    ENODEV: "no such link",
    EPERM: "not permitted",
}


def address_family(family: Family) -> socket.AddressFamily:
    """The socket module's word for an IP version."""
    return socket.AF_INET if family is Family.V4 else socket.AF_INET6


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """A source address and a link by name ("eth0"); left empty, the kernel's routes decide.

    A source address of another family than the question's is not used.
    """

    bind: Address | None = None
    device: str = ""

    def open(
        self, family: Family, kind: socket.SocketKind, *, port: int | None = None
    ) -> socket.socket:
        """Make a non-blocking socket on this link, with a fresh ephemeral port or with `port`.

        Given a port, even 0 for a fresh one, the socket has it at once and not only when it first
        sends. Raises OSError where the system refuses: no such link or address, the family is off,
        or the port is taken.
        """
        sock = socket.socket(address_family(family), kind)
        try:
            sock.setblocking(False)
            if self.device:
                sock.setsockopt(*device_option(sys.platform, family, self.device))
            if port:
                _claim(sock)
            bound = self.bind is not None and self.bind.version == family
            if bound or port is not None:
                sock.bind((str(self.bind) if bound else "", port or 0))
        except OSError:
            sock.close()
            raise
        return sock

    def flaw(self, error: OSError) -> Flaw:
        """Explain an error of `open`; raises it again where the link is not what is wrong."""
        if error.errno == EAFNOSUPPORT:
            return Flaw(
                why=Why.NO_ROUTE,
                detail="cannot be asked: this machine has that address family switched off",
            )
        if self.device or self.bind is not None:
            link = self.device or self.bind
            return Flaw(
                why=Why.UNSUPPORTED,
                detail=f"cannot be asked through {link}: {reason(error)}",
            )
        raise error


def _claim(sock: socket.socket) -> None:
    """Let `bind` fail where another program has the port at any of our addresses.

    Windows alone must be told (learn.microsoft.com "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
    """
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    if exclusive is not None:
        sock.setsockopt(socket.SOL_SOCKET, exclusive, 1)


def reason(error: OSError) -> str:
    """Say an error in the same few words on every system, without numbers and addresses."""
    # A resolver's error numbers are its own: on macOS they overlap with the system's.
    words = None if isinstance(error, socket.gaierror) else _WORDS.get(error.errno or 0)
    return words or (error.strerror or "no reason given").lower()


def device_option(platform: str, family: Family, device: str) -> tuple[int, int, bytes | int]:
    """Say which socket option ties a socket to `device` on this platform.

    Returns the arguments of `setsockopt`. Raises OSError when there is no such link, or no such
    option on this platform.
    """
    if platform == "linux":
        return socket.SOL_SOCKET, _SO_BINDTODEVICE, device.encode() + b"\0"
    level = socket.IPPROTO_IP if family is Family.V4 else socket.IPPROTO_IPV6
    if platform == "darwin":
        option = _DARWIN_IP_BOUND_IF if family is Family.V4 else _DARWIN_IPV6_BOUND_IF
        return level, option, link_index(device)
    if platform == "win32":
        index = link_index(device)
        # Windows wants the index in network byte order for IPv4 and in host order for IPv6.
        value = struct.pack("!I", index) if family is Family.V4 else index
        return level, _WINDOWS_UNICAST_IF, value
    raise OSError(ENOTSUP, "this system cannot tie a question to one link")
