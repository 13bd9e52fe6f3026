"""STUN servers as a configuration writes them (RFC 7064, RFC 8489 §8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from discovery.hosts import endpoint, literal

DEFAULT_PORT = 3478

# Three operators on three ports, because captive and corporate networks block ports, not servers.
# RFC 8489 §8 asks that servers be replaceable: `[discovery.stun] servers` replaces these.
# Vendors: https://developers.cloudflare.com/realtime/turn/ (documented for public use);
# Google's is the default of WebRTC libraries; Nextcloud's is the default of Nextcloud Talk.
DEFAULT_SERVERS: tuple[str, ...] = (
    "stun:stun.cloudflare.com:3478",
    "stun:stun.l.google.com:19302",
    "stun:stun.nextcloud.com:443",
)

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}")
_LONGEST_NAME = 253  # characters (RFC 1035 §2.3.4, less the length bytes)
_HIGHEST_PORT = 65535

_REFUSED_SCHEMES = {
    "stuns": "STUN over TLS is not spoken here",
    "turn": "a TURN server relays traffic, but a STUN server is wanted",
    "turns": "a TURN server relays traffic, but a STUN server is wanted",
    "http": "a web address belongs into [discovery.http]",
    "https": "a web address belongs into [discovery.http]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StunServer:
    """Where a STUN server is said to be.

    `host` is a name or an address without brackets. With `discover` it is a domain whose SRV
    records name the servers (RFC 8489 §8.1), and `port` is used only where it has none.
    """

    host: str
    port: int = DEFAULT_PORT
    discover: bool = False

    def __str__(self) -> str:
        """The server as people write it: "stun.example.org:3478", "auto:example.org"."""
        return f"auto:{self.host}" if self.discover else endpoint(self.host, self.port)


def parse_server(text: str) -> StunServer | str:
    """Read `stun:host[:port]`, `host[:port]` or `auto:domain`; a `str` says what is wrong.

    IPv6 addresses stand in brackets. The answer for a mistake is one sentence for people.
    """
    scheme, _, rest = text.strip().partition(":")
    scheme = scheme.lower()
    if scheme in _REFUSED_SCHEMES:
        return _wrong(text, _REFUSED_SCHEMES[scheme])
    if scheme in {"stun", "auto"} and rest.startswith("//"):
        return _wrong(text, "the two slashes do not belong there")
    if scheme == "auto":
        return _discovered(text, rest)
    return _located(text, rest if scheme == "stun" else text.strip())


def _discovered(text: str, domain: str) -> StunServer | str:
    if _name_problem(domain) or literal(domain):
        return _wrong(text, "after auto: a domain without a port is expected")
    return StunServer(host=domain.rstrip(".").lower(), discover=True)


def _located(text: str, location: str) -> StunServer | str:
    if "?" in location:
        return _wrong(text, "RFC 7064 knows no query such as ?transport=udp")
    if location.startswith("["):
        host, bracket, tail = location[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            return _wrong(text, "the bracket is not closed before the port")
        port, colon = tail[1:], tail[:1]
    else:
        host, colon, port = location.partition(":")
        if ":" in port:
            return _wrong(text, "an IPv6 address stands in brackets")
    if colon and not (_PORT.fullmatch(port) and 0 < int(port) <= _HIGHEST_PORT):
        return _wrong(text, "the port is a number from 1 to 65535")
    problem = _literal_problem(host) if location.startswith("[") else _name_problem(host)
    if problem:
        return _wrong(text, problem)
    return StunServer(host=host.rstrip(".").lower(), port=int(port) if colon else DEFAULT_PORT)


def _literal_problem(host: str) -> str:
    try:
        IPv6Address(host)
    except ValueError:
        return "what stands in brackets is not an IPv6 address"
    return "an address with a zone is not on the internet" if "%" in host else ""


def _name_problem(host: str) -> str:
    if not host:
        return "the host is missing"
    if not _HOST_NAME.fullmatch(host) or len(host.rstrip(".")) > _LONGEST_NAME:
        return "this is not a host name (write an international name in its xn-- form)"
    if host.rstrip(".").rpartition(".")[2].isdigit():
        # The C library reads "10.1" and "3478" as addresses; nobody means that.
        try:
            IPv4Address(host)
        except ValueError:
            return "this is neither a host name nor an IPv4 address"
    return ""


def _wrong(text: str, problem: str) -> str:
    shown = text if len(text) <= _LONGEST_NAME else f"{text[:40]}…"
    return f"{shown!r} is not a STUN server: {problem}; write stun:host:port or auto:domain."
