"""Findings in a few words, and where on the drawing they belong. Data, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Place = Literal["machine", "vpn", "router", "provider", "internet", "dns", "account"]


class Tag(NamedTuple):
    """`words` say in a box why it is not fine; the first of `places` that is drawn gets them."""

    words: str
    places: tuple[Place, ...]


TAGS: Final[Mapping[str, Tag]] = {
    # this machine
    "offline": Tag("no way out", ("machine",)),
    "no_address": Tag("nobody named an address", ("internet",)),
    "clock_wrong": Tag("its clock is wrong", ("machine",)),
    "vpn_active": Tag("answers may leave this way and get lost", ("vpn", "machine")),
    "v6_none": Tag("no IPv6 address that lasts", ("machine",)),
    "unsupported": Tag("not supported", ("machine",)),
    # the router
    "wan_down": Tag("the internet line is down", ("router", "machine")),
    "router_silent": Tag("answers no question", ("router", "machine")),
    "router_lies": Tag("contradicts itself or talks nonsense", ("router", "machine")),
    "router_stale": Tag("names an old address", ("router", "machine")),
    "upstream_nat": Tag("names another address than the world sees", ("router", "machine")),
    "foreign_igd": Tag("another device plays the router", ("router", "machine")),
    "alg": Tag("addresses inside packets are rewritten", ("router", "internet")),
    "symmetric_nat": Tag("another port for every destination", ("router", "machine")),
    "open_nat": Tag("lets strangers in", ("router", "machine")),
    "port_not_reached": Tag("the port is not forwarded", ("router", "machine")),
    "multi_wan": Tag("several lines in turn", ("router", "machine")),
    "shared_ipv4": Tag("only some ports are yours", ("provider", "router", "internet")),
    "v6_firewall_closed": Tag("lets no IPv6 in", ("router", "machine")),
    # between the router and the internet
    "double_nat": Tag("must forward the port, too", ("provider", "router", "internet")),
    "cgnat": Tag("shared by many customers (CGNAT)", ("provider", "internet")),
    "cgnat_likely": Tag("very likely shared by many (CGNAT)", ("provider", "internet")),
    "ds_lite": Tag("shared by many customers (DS-Lite)", ("provider", "internet")),
    "nat64": Tag("there is no IPv4", ("provider", "internet")),
    "captive": Tag("asks for a login", ("provider", "internet")),
    # the internet
    "udp_blocked": Tag("UDP does not pass", ("internet",)),
    "witnesses_disagree": Tag("witnesses disagree", ("internet",)),
    "liar": Tag("a witness is wrong", ("internet",)),
    "one_witness": Tag("one witness alone", ("internet",)),
    "router_only": Tag("nobody outside confirms it", ("internet",)),
    "ice_differs": Tag("WebRTC sees another address", ("internet",)),
    "v6_nat66_or_vpn": Tag("IPv6 is translated on the way", ("internet",)),
    # names
    "v6_no_prefix": Tag("the home's prefix is not known", ("dns",)),
    "dns_stale": Tag("wrong address", ("dns",)),
    "dns_partial": Tag("wrong on some name servers", ("dns",)),
    "dns_missing": Tag("does not exist", ("dns",)),
    "dns_extra": Tag("a wrong address beside it", ("dns",)),
    "dns_cname": Tag("is an alias", ("dns",)),
    "dns_wildcard": Tag("has no record of its own", ("dns",)),
    "dns_private": Tag("an address of the home's inside", ("dns",)),
    "dns_lame": Tag("a name server refuses it", ("dns",)),
    "dns_silent": Tag("a name server is silent", ("dns",)),
    "dns_unknown": Tag("could not be read", ("dns",)),
    "dns_ns_differ": Tag("its name servers are not agreed", ("dns",)),
    "dns_ttl_high": Tag("remembered for long", ("dns",)),
    "dns_bogus": Tag("its signatures do not hold", ("dns",)),
    "dns_intercepted": Tag("DNS is taken over on the way", ("dns", "internet")),
    # accounts
    "account_rejected": Tag("the credentials are refused", ("account",)),
    "account_locked": Tag("stopped until you act", ("account",)),
    "account_unproved": Tag("could not be proved", ("account",)),
}
"""Every finding that is a warning or worse somewhere (a test counts them)."""
