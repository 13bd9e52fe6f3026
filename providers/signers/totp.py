"""A one-time password of the time of day (RFC 6238), put where the request leaves room for it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from providers.engine.signing import Draft, Moment, UnusableKey

ROOM = "(one-time password)"
"""Stands in the body where the password belongs."""

_STEP = 30  # seconds for which one password is good
_DIGITS = 6


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Put the password of the moment into the body. `keys`: `shared_secret`, in base32."""
    password = password_of(keys["shared_secret"], moment.at)
    return replace(draft, body=draft.body.replace(ROOM.encode(), password.encode()))


def password_of(shared_secret: str, at: datetime) -> str:
    """The six digits of this time. Raises UnusableKey for a secret that is not base32."""
    plain = "".join(shared_secret.split()).upper().rstrip("=")
    try:
        key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        raise UnusableKey("shared_secret is not the base32 text behind the QR code") from None
    counter = int(at.timestamp()) // _STEP
    digest = hmac.digest(key, counter.to_bytes(8), hashlib.sha1)
    start = digest[-1] & 0x0F  # RFC 4226 section 5.3
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"
