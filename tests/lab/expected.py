"""What `upstun diagnose` must say of each situation, by the situation's name.

`verdict` is that of IPv4, `exit` the status. `found` are the codes of all findings that are errors
or warnings, `told` further ones that must be there, `perhaps` those that chance decides about.
`dns` is the word about the record.
"""

from __future__ import annotations

from typing import NamedTuple


class Expected(NamedTuple):
    """The answer that is right."""

    verdict: str
    exit: int
    found: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    dns: str = "dns_ok"
    v6: str = "v6_absent"
    arguments: tuple[str, ...] = ()


EXPECTED: dict[str, Expected] = {
    "direct": Expected("direct", 0),
    "single_nat": Expected("single_nat", 0, told=("no_hairpin",)),
    "cgnat": Expected("cgnat", 4, ("cgnat",), dns="dns_unknown"),
    "cgnat_unsaid": Expected("cgnat_likely", 4, ("cgnat_likely",), dns="dns_unknown"),
    "cgnat_silent": Expected(
        "cgnat_likely", 4, ("cgnat_likely", "router_silent"), dns="dns_unknown"
    ),
    "double_nat": Expected("double_nat", 0, ("double_nat",)),
    "double_nat_unsaid": Expected("double_nat", 4, ("double_nat",), dns="dns_unknown"),
    "double_nat_silent": Expected("double_nat", 0, ("double_nat", "router_silent")),
    "nat_1to1": Expected("double_nat", 0, ("double_nat",)),
    "nat_1to1_forwarded": Expected(
        "nat_1to1", 0, told=("port_reached",), arguments=("--port", "udp/51820")
    ),
    "ds_lite": Expected(
        "ds_lite", 4, ("ds_lite", "v6_firewall_closed"), dns="dns_unknown", v6="v6_direct"
    ),
    "ds_lite_said": Expected("ds_lite", 4, ("ds_lite",), dns="dns_unknown", v6="v6_direct"),
    "shared_ports": Expected("shared_ipv4", 0, ("shared_ipv4",)),
    # Whether two questions of one socket leave by the same line depends on what else is under way.
    "two_lines": Expected("multi_wan", 0, ("multi_wan",), perhaps=("symmetric_nat",)),
    "wan_down": Expected("wan_down", 6, ("wan_down",), dns="dns_unknown"),
    "wan_down_0000": Expected("wan_down", 6, ("wan_down",), dns="dns_unknown"),
    "captive_portal": Expected("captive", 6, ("captive", "router_silent"), dns="dns_unknown"),
    "router_silent": Expected("stun_agrees", 0, ("router_silent",)),
    "upnp_off": Expected("single_nat", 0, told=("router_upnp_off",)),
    "natpmp_off": Expected("single_nat", 0, told=("router_natpmp_off",)),
    "router_stale": Expected(
        "upstream_nat", 5, ("upstream_nat", "router_stale"), dns="dns_unknown"
    ),
    "foreign_igd": Expected("stun_agrees", 0, ("foreign_igd", "router_silent")),
    "foreign_igd_beside": Expected("single_nat", 0, ("foreign_igd",)),
    "media_server": Expected("stun_agrees", 0, ("router_silent",)),
    "udp_blocked": Expected("single_nat", 0, ("udp_blocked",)),
    "udp_blocked_silent": Expected("stun_agrees", 0, ("udp_blocked", "router_silent")),
    "symmetric": Expected("single_nat", 0, ("symmetric_nat",)),
    "full_cone": Expected("single_nat", 0, ("open_nat",)),
    "forwarded": Expected(
        "single_nat", 0, told=("port_reached",), arguments=("--port", "udp/51820")
    ),
    "alg": Expected("single_nat", 0, ("alg",)),
    "vpn": Expected("vpn_active", 0, ("vpn_active",)),
    "vpn_silent": Expected("stun_agrees", 0, ("vpn_active", "router_silent")),
    "stun_lies": Expected("single_nat", 0, ("liar",)),
    "stun_lies_silent": Expected("stun_agrees", 0, ("liar", "router_silent")),
    "stun_private": Expected("single_nat", 0, ("liar",)),
    "echo_lies": Expected("single_nat", 0, ("liar",)),
    "echo_login_page": Expected("single_nat", 0),
    "ipv6_none": Expected("single_nat", 0),
    "ipv6_stable": Expected("single_nat", 0, ("v6_firewall_closed",), v6="v6_direct"),
    "ipv6_open": Expected("single_nat", 0, told=("router_natpmp_off",), v6="v6_direct"),
    "ipv6_temporary": Expected("single_nat", 0, ("v6_none",), v6="v6_none"),
    "ipv6_nat66": Expected("single_nat", 0, ("v6_nat66_or_vpn",), v6="v6_nat66_or_vpn"),
    "dns_right": Expected("single_nat", 0),
    "dns_stale": Expected("single_nat", 1, ("dns_stale",), dns="dns_stale"),
    "dns_lagging": Expected("single_nat", 1, ("dns_partial",), dns="dns_partial"),
    "dns_server_down": Expected("single_nat", 0, ("dns_silent",)),
    "dns_lame": Expected("single_nat", 7, ("dns_lame",)),
    "dns_parent_differs": Expected("single_nat", 0, ("dns_ns_differ",)),
    "dns_missing": Expected("single_nat", 1, ("dns_missing",), dns="dns_missing"),
    "dns_extra": Expected("single_nat", 1, ("dns_extra",), dns="dns_extra"),
    "dns_cname": Expected("single_nat", 3, ("dns_cname",), dns="dns_cname"),
    "dns_wildcard": Expected("single_nat", 0, told=("dns_wildcard",)),
    "dns_private": Expected("single_nat", 1, ("dns_private",), dns="dns_private"),
    "dns_ttl_high": Expected("single_nat", 0, ("dns_ttl_high",)),
    "dns_intercepted": Expected(
        "single_nat", 7, ("dns_intercepted", "account_unproved"), dns="dns_intercepted"
    ),
    "dns_secure": Expected("single_nat", 0),
    "dns_bogus": Expected("single_nat", 7, ("dns_bogus", "dns_stale"), dns="dns_stale"),
    "clock_wrong": Expected("single_nat", 0, ("clock_wrong",)),
}
