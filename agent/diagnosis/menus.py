"""Where things stand in the pages of common routers, as their vendors' manuals name them.

Routers change their menus with every release, so these are places to look, and are told as such.
Sources: the vendors' support pages on UPnP and port forwarding (avm.de, asus.com/support,
tp-link.com/support, kb.netgear.com, help.ui.com, openwrt.org/docs, help.mikrotik.com, telekom.de).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from discovery.router.view import Igd

Topic = Literal["upnp", "forward", "ipv6", "alg"]


class _Menu(NamedTuple):
    """The places of one vendor; empty where its routers have none."""

    upnp: str
    forward: str
    ipv6: str = ""
    alg: str = ""


_FRITZ = "Internet > Permit Access > Port Sharing"
_MENUS: tuple[tuple[tuple[str, ...], _Menu], ...] = (
    (
        ("fritz!box", "avm"),
        _Menu(
            upnp="Home Network > Network > Network Settings, “Transmit status information over "
            "UPnP”",
            forward=_FRITZ,
            ipv6=_FRITZ,
        ),
    ),
    (
        ("asus",),
        _Menu(
            upnp="WAN > Internet Connection, “Enable UPnP”",
            forward="WAN > Virtual Server / Port Forwarding",
            ipv6="Firewall > IPv6 Firewall",
            alg="WAN > NAT Passthrough, “SIP Passthrough”",
        ),
    ),
    (
        ("tp-link", "tplink"),
        _Menu(
            upnp="Advanced > NAT Forwarding > UPnP",
            forward="Advanced > NAT Forwarding > Port Forwarding",
            alg="Advanced > Security > ALG",
        ),
    ),
    (
        ("netgear",),
        _Menu(
            upnp="Advanced > Advanced Setup > UPnP",
            forward="Advanced > Advanced Setup > Port Forwarding",
            alg="Advanced > Setup > WAN Setup, “Disable SIP ALG”",
        ),
    ),
    (
        ("ubiquiti", "unifi"),
        _Menu(
            upnp="Settings > Networks or Internet, “UPnP”",
            forward="Settings > Policy Engine (or Security) > Port Forwarding",
            ipv6="Settings > Policy Engine (or Security) > Firewall",
        ),
    ),
    (
        ("openwrt",),
        _Menu(
            upnp="Services > UPnP IGD & PCP (package luci-app-upnp)",
            forward="Network > Firewall > Port Forwards",
            ipv6="Network > Firewall > Traffic Rules",
        ),
    ),
    (
        ("mikrotik", "routeros"),
        _Menu(
            upnp="IP > UPnP",
            forward="IP > Firewall > NAT",
            ipv6="IPv6 > Firewall",
            alg="IP > Firewall > Service Ports, “sip”",
        ),
    ),
    (
        ("speedport",),
        _Menu(upnp="", forward="Internet > Port settings (Portfreischaltungen)"),
    ),
)

_ANYWHERE: dict[Topic, str] = {
    "upnp": "its pages, often under Network, NAT or Advanced: “UPnP” or “NAT-PMP/PCP” (on a "
    "FRITZ!Box: Home Network > Network, “Transmit status information over UPnP”)",
    "forward": "its pages, often under NAT, Firewall or Port forwarding",
    "ipv6": "its pages, often under Firewall or IPv6",
    "alg": "its pages, often under NAT, Firewall or Advanced: “SIP ALG”",
}


def place(topic: Topic, igd: Igd | None) -> str:
    """Where to find a setting in this router, as the end of the sentence "in the router: …"."""
    if igd is not None:
        described = f"{igd.vendor} {igd.model} {igd.name} {igd.server}".lower()
        for words, menu in _MENUS:
            if any(word in described for word in words):
                return getattr(menu, topic) or _ANYWHERE[topic]
    return _ANYWHERE[topic]
