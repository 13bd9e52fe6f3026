"""Hosts as text: which are addresses, how they are written with a port, and who runs them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

# Names and resolver addresses whose owner is another than their spelling says. Sources:
# https://major.io/p/a-new-future-for-icanhazip/ (icanhazip.com belongs to Cloudflare since 2021),
# https://developers.cloudflare.com/1.1.1.1/ip-addresses/ and
# https://developers.google.com/speed/public-dns/docs/using
_SAME_AS = {
    "icanhazip.com": "cloudflare.com",
    "cloudflare-dns.com": "cloudflare.com",
    "one.one": "cloudflare.com",
    "1.1.1.1": "cloudflare.com",
    "1.0.0.1": "cloudflare.com",
    "2606:4700:4700::1111": "cloudflare.com",
    "2606:4700:4700::1001": "cloudflare.com",
    "dns.google": "google.com",
    "8.8.8.8": "google.com",
    "8.8.4.4": "google.com",
    "2001:4860:4860::8888": "google.com",
    "2001:4860:4860::8844": "google.com",
}


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """Read a host that is an address already, so that no name has to be looked up."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def endpoint(host: str, port: int) -> str:
    """Join host and port, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def operator_of(host: str) -> str:
    """Name whom one has to trust when `host` names an address; two answers of his are one witness.

    It is the last two labels in lower case, or the address itself. That errs towards fewer
    independent witnesses: hosts that merely share a domain, even a public suffix such as `co.uk`,
    count as one operator. Too few witnesses delay an update; too many would let one liar confirm
    itself. `host` has neither brackets nor a port.
    """
    name = host.rstrip(".").lower()
    address = literal(name)
    operator = str(address) if address else ".".join(name.split(".")[-2:])
    return _SAME_AS.get(operator, operator)
