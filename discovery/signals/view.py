"""What is known of the signals that could tell of a new address: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

SignalName = Literal[
    "netlink",  # this machine's own addresses, routes and links
    "natpmp_announce",  # the router's multicast on 224.0.0.1:5350 (NAT-PMP, PCP)
    "gena",  # UPnP event subscription
    "ssdp",  # the router's byebye and alive after a restart
    "natpmp_poll",
    "upnp_poll",
    "stun_poll",
    "clock",  # the machine slept, or its clock was set
]

EVERY_SIGNAL: Final[tuple[SignalName, ...]] = get_args(SignalName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal, tried in this home.

    `works` is true when it was proved (an answer, a granted subscription, the first event), false
    when it was refused, None when only its event itself could prove it. `expected_ms` is how
    soon after the change it would be noticed by it, where that can be said. `detail` is one
    sentence: what was tried and what came of it. `left_out`: the configuration does without it, so
    that it was not tried. `unheard`: the router promised to tell, and nothing arrived here.
    """

    name: SignalName
    works: bool | None
    expected_ms: int | None
    detail: str
    left_out: bool = False
    unheard: bool = False
