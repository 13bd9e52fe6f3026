"""Resolvers that everybody may use, asked by an examination alone. Data; replaceable in `[dns]`."""

from __future__ import annotations

from typing import Final

# Cloudflare, Google and Quad9: who does not use the provider's resolver mostly uses one of these.
# https://developers.cloudflare.com/1.1.1.1/, https://developers.google.com/speed/public-dns and
# https://www.quad9.net/service/service-addresses-and-features/
DEFAULT_PUBLIC: Final = ("1.1.1.1:53", "8.8.8.8:53", "9.9.9.9:53")

# The same answers by a way that nothing between can bend (RFC 8484).
DEFAULT_DOH: Final = ("https://cloudflare-dns.com/dns-query",)

# Who tells a DoH client its own address; see `discovery.live_dns.whoami`.
DEFAULT_WHOAMI: Final = ("https://cloudflare-dns.com/dns-query",)
