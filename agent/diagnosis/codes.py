"""Every code that a finding can have; stable words, each with a page of its own (`--explain`)."""

from __future__ import annotations

from typing import Final

CODES: Final = frozenset(
    {
        # the IPv4 address and how the home is reached by it
        *("direct", "single_nat", "router_only", "stun_agrees", "http_agrees", "one_witness"),
        *("vpn_active", "multi_wan", "upstream_nat", "double_nat", "nat_1to1", "shared_ipv4"),
        *("cgnat", "cgnat_likely", "ds_lite", "nat64", "witnesses_disagree", "liar", "alg"),
        *("wan_down", "captive", "offline", "no_address", "unsupported"),
        # the IPv6 address
        *("v6_direct", "v6_unconfirmed", "v6_nat66_or_vpn", "v6_waiting", "v6_none", "v6_absent"),
        *("v6_no_prefix", "v6_firewall_closed"),
        # the router
        *("router_upnp_off", "router_natpmp_off", "router_silent", "router_lies", "router_stale"),
        *("foreign_igd", "port_mappings"),
        # the path
        *("udp_blocked", "symmetric_nat", "open_nat", "no_hairpin", "ice_differs"),
        *("port_reached", "port_not_reached", "port_unproved"),
        # DNS
        *("dns_ok", "dns_stale", "dns_partial", "dns_missing", "dns_extra", "dns_cname"),
        *("dns_wildcard", "dns_proxied", "dns_private", "dns_lame", "dns_silent", "dns_unknown"),
        *("dns_ns_differ", "dns_intercepted", "dns_ttl_high", "dns_bogus"),
        # accounts and this machine
        *("account_rejected", "account_locked", "account_waits", "account_unproved"),
        *("clock_wrong", "slow_to_notice", "not_measured"),
    }
)
