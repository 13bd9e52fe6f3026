"""Where a router's description says that its events can be subscribed to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.router.description import WAN_CONNECTIONS, element
from discovery.router.upnp_worker import leads_to

_KINDS = tuple(f"urn:schemas-upnp-org:service:{name}:" for name in WAN_CONNECTIONS)
_MOST = 2  # the IP and the PPP connection of a DSL router; of these, either may be the one in use
_PATH = re.compile(r"/[!-~]{0,400}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventService:
    """A WAN connection whose events can be had: ExternalIPAddress and ConnectionStatus are two.

    `port` and `path` are where, on the router itself.
    """

    kind: str
    port: int
    path: str


def event_services(description: str, location: str, host: IPv4Address) -> tuple[EventService, ...]:
    """The WAN connections of a description whose event URL leads to `host`, two at most.

    Cut by hand, in one pass, as `discovery.router.description` does and for its reasons.
    """
    base = element(description, "URLBase") or location
    scheme, _, rest = base.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}"
    found: list[EventService] = []
    for block in description.split("<service>")[1:]:
        kind, event = element(block, "serviceType"), element(block, "eventSubURL")
        if not event or not kind.startswith(_KINDS):
            continue
        url = event if "://" in event else f"{origin}/{event.lstrip('/')}"
        service = _service(kind, url, host)
        if service is not None and len(found) < _MOST:
            found.append(service)
    return tuple(found)


def _service(kind: str, url: str, host: IPv4Address) -> EventService | None:
    """None where the URL leads elsewhere, or does not fit into a request line."""
    authority, _, rest = url.partition("://")[2].partition("/")
    port, path = _port(authority), f"/{rest}"
    if port is None or not leads_to(url, str(host)) or not _PATH.fullmatch(path):
        return None
    return EventService(kind=kind[:200], port=port, path=path)


def _port(authority: str) -> int | None:
    """The port of `host` or `host:port`, 80 where none is named; None for what is no port."""
    _, colon, port = authority.partition(":")
    if not colon:
        return 80
    return int(port) if re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) <= 0xFFFF else None  # noqa: PLR2004 - ports
