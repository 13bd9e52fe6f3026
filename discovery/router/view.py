"""What a survey of the home's router brought: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from discovery.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Igd:
    """One device that answered the router search, and whether it was believed.

    `reason` says why it was not, in one sentence; empty when it was accepted. `wan` is the
    external address exactly as the device reports it, empty where it told none or was not asked.
    """

    location: str
    host: str
    accepted: bool
    reason: str = ""
    name: str = ""  # friendlyName
    vendor: str = ""  # manufacturer
    model: str = ""
    server: str = ""  # the SERVER header of its SSDP answer
    status: str = ""
    connection_type: str = ""
    uptime_s: int | None = None
    last_error: str = ""
    wan: str = ""
    claims_router: bool = True  # it answered to a router's name


@dataclass(frozen=True, slots=True, kw_only=True)
class PortMapping:
    """A port that the router forwards, as its UPnP list has it. `lease_s` 0 is for ever."""

    protocol: Literal["udp", "tcp"]
    external_port: int
    host: str
    port: int
    description: str = ""
    enabled: bool = True
    lease_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall6:
    """What the router says of its IPv6 firewall (WANIPv6FirewallControl:1 §2.3)."""

    enabled: bool
    pinholes_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterView:
    """The router by every protocol it may speak, asked side by side.

    `upnp`, `natpmp` and `pcp` are what it said of its external address; None where it was not
    asked at all. `mappings` are those towards this machine, None when the list cannot be had;
    `others` counts those towards other machines. `mappings_note` says in one sentence why the
    list is missing, or is only the beginning of one; `firewall6_note` why `firewall6` is None.
    """

    gateway: str
    igds: tuple[Igd, ...] = ()
    upnp: Observation | None = None
    natpmp: Observation | None = None
    pcp: Observation | None = None
    mappings: tuple[PortMapping, ...] | None = None
    others: int = 0
    mappings_note: str = ""
    firewall6: Firewall6 | None = None
    firewall6_note: str = ""
    epoch_s: int | None = None
