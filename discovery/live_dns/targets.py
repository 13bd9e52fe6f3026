"""Whom the tests of port 53 ask: public servers of which it is known how they answer.

Addresses, not names: a name would be looked up by the very resolver that is under suspicion.
"""

from __future__ import annotations

from dataclasses import dataclass

from discovery.live_dns.defaults import DEFAULT_DOH
from discovery.live_dns.whoami import CLOUDFLARE, GOOGLE, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A server that serves `zone` and never recurses. Two operators never share a machine."""

    server: str
    operator: str
    zone: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Namer:
    """A server that names whoever asks it. `authority` is one that never recurses."""

    server: str
    service: Service
    authority: bool = False


# https://www.iana.org/domains/root/servers
_ROOTS = (
    Authority(server="198.41.0.4:53", operator="Verisign"),
    Authority(server="193.0.14.129:53", operator="RIPE NCC"),
    Authority(server="199.7.83.42:53", operator="ICANN"),
    Authority(server="[2001:503:ba3e::2:30]:53", operator="Verisign"),
    Authority(server="[2001:7fd::1]:53", operator="RIPE NCC"),
)
# ns1.google.com; https://developers.cloudflare.com/1.1.1.1/ip-addresses/
_NAMERS = (
    Namer(server="216.239.32.10:53", service=GOOGLE, authority=True),
    Namer(server="1.1.1.1:53", service=CLOUDFLARE),
    Namer(server="[2001:4860:4802:32::a]:53", service=GOOGLE, authority=True),
    Namer(server="[2606:4700:4700::1111]:53", service=CLOUDFLARE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Each server as `"address:port"`.

    At `nobody` no DNS server can be: the documentation networks (RFC 5737, RFC 3849) are not
    routed. `resolver` is asked over UDP and TCP and, at `doh`, over HTTPS: about the address of
    `known`, which is the same everywhere, and by `service` about who asks.
    """

    authorities: tuple[Authority, ...] = _ROOTS
    nobody: tuple[str, ...] = ("192.0.2.53:53", "[2001:db8::53]:53")
    namers: tuple[Namer, ...] = _NAMERS
    resolver: tuple[str, ...] = ("1.1.1.1:53", "[2606:4700:4700::1111]:53")
    doh: str = DEFAULT_DOH[0]
    known: str = "one.one.one.one"
    service: Service = CLOUDFLARE
