"""Requests that are signed as a whole, at the moment when they are sent. Values, no secrets shown.

A provider says which signer and which keys; the sender lays the request open, and has it signed
with the time of day and a nonce of that very moment. A repeated request is signed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from providers.engine.secret import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request with its credentials laid open, exactly as it will go on the wire.

    `url` holds the query, percent-encoded. `headers` keep the case in which they are sent; Host,
    Accept and Content-Length are added afterwards.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        """Show the method alone: everything else may hold a credential."""
        return f"Draft({self.method})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a request is signed: the time of day (UTC), and a nonce that no other request has."""

    at: datetime
    nonce: str  # 32 hexadecimal digits


class UnusableKey(Exception):
    """The keys cannot be used for signing; the text completes "the request cannot be signed: "."""


def no_moment() -> Moment:
    """What a sender without clock and chance has to say."""
    raise UnusableKey("there is neither clock nor chance to sign it with")


Signer = Callable[[Draft, Mapping[str, str], Moment], Draft]
"""A pure function: the draft, the revealed keys by their names, the moment; the signed request.

Raises UnusableKey, with a text that shows nothing of the key.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Authentication by a signature over the request. `keys` are the signer's, by its names."""

    signer: Signer
    keys: Mapping[str, Text]
