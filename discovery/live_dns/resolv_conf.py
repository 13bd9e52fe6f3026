"""The resolvers that this machine's settings name: resolv.conf(5), or the Windows registry.

The file is read by hand: dnspython's own resolver takes 10 ms to load, in every first look.
"""

from __future__ import annotations

import os
from pathlib import Path

from discovery.hosts import literal

RESOLV_CONF = "/etc/resolv.conf"


def named_by_system() -> list[str]:
    """Addresses, first to be asked first; none where nothing says any or it cannot be read."""
    if os.name == "nt":
        return _named_in_registry()
    try:
        return nameservers(Path(RESOLV_CONF).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return []


def nameservers(text: str) -> list[str]:
    """The addresses on the `nameserver` lines of a resolv.conf; what is no address is left out."""
    lines = (line.split() for line in text.splitlines())
    named = (words[1] for words in lines if len(words) > 1 and words[0] == "nameserver")
    return [address for address in named if literal(address) is not None]


def _named_in_registry() -> list[str]:
    import dns.exception  # noqa: PLC0415 - see the module
    import dns.resolver  # noqa: PLC0415 - see the module

    try:
        return [str(address) for address in dns.resolver.Resolver().nameservers]
    except (dns.exception.DNSException, OSError, ValueError, NotImplementedError):
        return []  # a registry without adapters, or one that may not be read
