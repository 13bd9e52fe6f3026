"""What an examination says of itself while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal[
    "router", "outside", "path", "ipv6", "webrtc", "dns", "port53", "accounts", "signals"
]

PARTS: Final[Mapping[Part, str]] = {
    "router": "Your router",
    "outside": "Witnesses outside",
    "path": "The way out and in",
    "ipv6": "IPv6",
    "webrtc": "A second opinion (WebRTC)",
    "dns": "Your names in DNS",
    "port53": "DNS on its way",
    "accounts": "Your DNS accounts",
    "signals": "Signs of a change",
}
"""The parts of an examination, in the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One part has an answer; `text` says it in a few words."""

    part: Part
    text: str


Tell = Callable[[Progress], None]
