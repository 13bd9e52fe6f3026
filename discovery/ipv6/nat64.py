"""NAT64: how a network without IPv4 leads to IPv4, found out by RFC 7050. Pure.

The name `ipv4only.arpa` has IPv4 addresses alone, and two that everybody knows. A resolver that
names IPv6 addresses for it has made them from the prefix of a NAT64 (DNS64, RFC 6147).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network

NAME = "ipv4only.arpa"
_KNOWN = (bytes((192, 0, 0, 170)), bytes((192, 0, 0, 171)))  # RFC 7050 §2.2
_LENGTHS = (32, 40, 48, 56, 64, 96)  # RFC 6052 §2.2
_FREE_OCTET = 8


def prefix(answers: Iterable[str]) -> str:
    """The NAT64 prefix in the AAAA records of `NAME`, as "64:ff9b::/96"; empty without one.

    Of several prefixes the lowest is given. An answer that is no IPv6 address, or in which the
    IPv4 address stands nowhere or in more than one place (RFC 7050 §3), is passed over.
    """
    found: set[IPv6Network] = set()
    for answer in answers:
        try:
            address = IPv6Address(answer)
        except ValueError:
            continue
        lengths = [length for length in _LENGTHS if _embedded(address, length) in _KNOWN]
        if len(lengths) == 1:
            found.add(IPv6Network((address, lengths[0]), strict=False))
    return str(min(found)) if found else ""


def _embedded(address: IPv6Address, length: int) -> bytes:
    """The IPv4 address behind a prefix of `length` bits.

    RFC 6052 §2.2 keeps one octet free and zero, so the four octets go round it; where it is in
    use, nothing is embedded.
    """
    octets, start = address.packed, length // 8
    if start <= _FREE_OCTET and octets[_FREE_OCTET]:
        return b""
    return bytes(octets[n] for n in range(start, len(octets)) if n != _FREE_OCTET)[:4]
