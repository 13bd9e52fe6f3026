"""Where this machine stands: the link that faces the home router, and our address on it.

A full-tunnel VPN takes the default route, and then the plain answer to "which way is out?" leads
into the tunnel: a search for the router sent that way finds nothing, and an outside witness sees
the tunnel's exit. So the *physical* default route is looked for, and the tunnel is told beside it.

Unprivileged, and never an exception: what cannot be found out is None.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from discovery.route_table import Route, read_netstat, read_proc_net_route, read_route_print

# TEST-NET-3 (RFC 5737): no packet is sent to it, it only makes the kernel choose a way out.
_OUTSIDE = IPv4Address("203.0.113.1")

_TUNNEL_NAMES = (
    *("tun", "tap", "utun", "wg", "ppp", "ipsec", "vti", "gre", "sit", "ip6tnl", "zt", "nebula"),
    *("tailscale", "nordlynx", "nordtun", "proton", "pvpn", "mullvad", "wt", "cloudflarewarp"),
)
# Linux ARPHRD_PPP, _TUNNEL, _SIT, _IPGRE, _NONE (linux/if_arp.h): what WireGuard and TUN devices
# are, whatever their owner named them. TAP devices look like Ethernet; only their name tells.
_TUNNEL_TYPES = frozenset({512, 768, 776, 778, 65534})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What this machine knows of its IPv4 neighbourhood.

    `local` is our address on the link that faces the gateway, `network` that link's subnet,
    `device` its name (an address on Windows, whose routing table names links so).
    `default_is_tunnel` says that ordinary traffic leaves through a VPN instead.
    `has_route` says that there is some IPv4 way out.
    """

    local: IPv4Address | None = None
    gateway: IPv4Address | None = None
    device: str = ""
    network: IPv4Network | None = None
    default_is_tunnel: bool = False
    has_route: bool = False


def surroundings(interface: str = "") -> Surroundings:
    """Look at the routing table now. `interface` names the link to use; else it is chosen.

    Takes under a millisecond on Linux; macOS and Windows are asked through a command, which takes
    some tens of milliseconds, so call it from a thread there.
    """
    return choose(_routes(), interface=interface, is_tunnel=is_tunnel, facing=facing)


def choose(
    routes: tuple[Route, ...],
    *,
    interface: str,
    is_tunnel: Callable[[str], bool],
    facing: Callable[[IPv4Address], IPv4Address | None],
) -> Surroundings:
    """Choose the link that faces the home router.

    =====================================================  =====================================
    routing table                                          chosen
    =====================================================  =====================================
    one default route through a gateway                    that one
    several                                                lowest metric that is not a tunnel
    a tunnel's default, or its 0/1 and 128/1, beside one   the physical one, `default_is_tunnel`
    policy rules lead out by an address of no known link   the physical one, `default_is_tunnel`
    only a tunnel                                          no gateway, `default_is_tunnel`
    `interface` given                                      that link, even if it is a tunnel
    no default route                                       nothing; the link's own address, if asked
    =====================================================  =====================================
    """
    ways_out = [route for route in routes if _OUTSIDE in route.network]
    physical = [route for route in ways_out if not is_tunnel(route.device)]
    wanted = [route for route in ways_out if route.device == interface] if interface else physical
    through = [route for route in wanted if route.network.prefixlen == 0 and route.gateway]
    best = min(through, key=lambda route: route.metric, default=None)

    device = best.device if best else interface
    gateway = best.gateway if best else None
    links = [r.network for r in routes if r.device == device and r.is_link]
    network = _link_of(gateway, links)
    # Without a gateway, any neighbour's address makes the kernel name ours on that link.
    neighbour = gateway or (network.network_address + 1 if network else None)
    local = facing(neighbour) if neighbour else None

    effective = min(ways_out, key=lambda r: (-r.network.prefixlen, r.metric), default=None)
    tunnelled = effective is not None and (
        is_tunnel(effective.device)
        or _pushed_aside(best, effective)
        or _policy_tunnel(routes, facing(_OUTSIDE), local, is_tunnel)
    )
    return Surroundings(
        local=local,
        gateway=gateway,
        device=device,
        network=network,
        default_is_tunnel=tunnelled,
        has_route=bool(ways_out),
    )


def _link_of(gateway: IPv4Address | None, links: list[IPv4Network]) -> IPv4Network | None:
    """The narrowest subnet of the link that holds the gateway; without a gateway, the first."""
    holding = [network for network in links if gateway is None or gateway in network]
    if gateway is None:
        return holding[0] if holding else None
    return max(holding, key=lambda network: network.prefixlen, default=None)


def _pushed_aside(best: Route | None, effective: Route) -> bool:
    """Whether the route in force is made as only VPNs make it, whatever its device is called.

    That is a default without a gateway beside one that has it (WireGuard on Windows), or half of
    the address space laid over the default (OpenVPN's `redirect-gateway def1`).
    """
    if best is None or effective.device == best.device:
        return False
    return effective.gateway is None or effective.network.prefixlen > 0


def _policy_tunnel(
    routes: tuple[Route, ...],
    outward: IPv4Address | None,
    local: IPv4Address | None,
    is_tunnel: Callable[[str], bool],
) -> bool:
    """Whether a policy rule leads traffic out by an address that no physical link carries.

    wg-quick leaves the main table alone and adds `ip rule`s; then only the source address that
    the kernel chooses for the outside gives the tunnel away.
    """
    if outward is None or local is None or outward == local:
        return False
    return not any(
        outward in route.network
        for route in routes
        if route.is_link and not is_tunnel(route.device)
    )


def facing(neighbour: IPv4Address) -> IPv4Address | None:
    """Our own address as the kernel would choose it towards `neighbour`. Sends nothing."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((str(neighbour), 9))
            return IPv4Address(probe.getsockname()[0])
    except (OSError, ValueError):
        return None


def is_tunnel(device: str) -> bool:
    """Whether this link is a VPN or dial-up tunnel, by the kernel's word (Linux) or its name."""
    with suppress(OSError, ValueError):
        kind = int(Path("/sys/class/net", device, "type").read_text(encoding="ascii"))
        if kind in _TUNNEL_TYPES:
            return True
    return device.lower().startswith(_TUNNEL_NAMES)


def link_index(device: str) -> int:
    """The operating system's number of a link, by its name or by our address on it.

    Windows names links by address in its routing table, hence the second way; ifaddr comes with
    aioice. Raises OSError when there is no such link.
    """
    try:
        return socket.if_nametoindex(device)
    except OSError:
        import ifaddr  # noqa: PLC0415 - pulls in ctypes, 5 MiB; needed on Windows alone

        for adapter in ifaddr.get_adapters():
            if any(ip.ip == device for ip in adapter.ips) and adapter.index is not None:
                return adapter.index
        raise


def _routes() -> tuple[Route, ...]:
    """The IPv4 routing table of this machine; empty where it cannot be read."""
    try:
        if sys.platform == "linux":
            return read_proc_net_route(Path("/proc/net/route").read_text(encoding="ascii"))
        if sys.platform == "win32":
            return read_route_print(command_output("route", "print", "-4"))
        return read_netstat(command_output("/usr/sbin/netstat", "-rn", "-f", "inet"))
    except (OSError, ValueError):
        return ()


def command_output(*command: str) -> str:
    """What a command of the operating system prints; empty when it fails or takes over 2 s."""
    import subprocess  # noqa: PLC0415 - 5 ms that only macOS and Windows need to spend

    try:
        done = subprocess.run(command, capture_output=True, timeout=2, check=False)  # noqa: S603 - fixed words, no shell
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")
