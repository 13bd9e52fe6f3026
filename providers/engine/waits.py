"""How long a service says to wait, in every form in which services say it; and its clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 1e9  # a greater number of seconds can only be a point in time
_MILLISECONDS_FROM = 1e12
_IN_BODY = re.compile(
    r'"retry_?after(?:_?sec(?:ond)?s?)?"\s*:\s*"?(\d{1,7})\b|\bavailable in (\d{1,7}) seconds',
    re.ASCII | re.IGNORECASE,
)


def told_wait(
    headers: Mapping[str, str], now: datetime | None = None, body: bytes = b""
) -> float | None:
    """Seconds to wait before the next call; None when the answer does not say.

    The first of these that can be read:

    =========================================  =========================================
    header                                     forms
    =========================================  =========================================
    Retry-After (RFC 9110 section 10.2.3)      seconds, HTTP-date
    RateLimit (draft-ietf-httpapi-ratelimit)   ``"default";r=0;t=30``, ``remaining=0, reset=30``
    RateLimit-Reset, X-RateLimit-Reset         seconds; Unix time when above 10^9
    the body (GoDaddy, deSEC)                  ``"retryAfterSec": 30``, "available in 86 seconds"
    =========================================  =========================================

    A point in time is measured from the answer's own Date header, so that a wrong clock here does
    no harm; `now` is used where there is none.
    """
    sent_at = http_date(headers.get("date", "")) or now
    wait = _seconds_or_date(headers.get("retry-after", ""), sent_at)
    if wait is None:
        wait = _structured(headers.get("ratelimit", ""))
    for name in ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"):
        if wait is None:
            wait = _seconds_or_date(headers.get(name, ""), sent_at)
    if wait is None and (said := _IN_BODY.search(body[:2000].decode("utf-8", "replace"))):
        wait = float(said[1] or said[2])
    return None if wait is None else max(0.0, wait)


def clock_error(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds by which the clock here is ahead of the answer's Date header; None without one."""
    sent_at = http_date(headers.get("date", ""))
    return None if sent_at is None else (now - sent_at).total_seconds()


def http_date(text: str) -> datetime | None:
    """Read an HTTP-date (RFC 9110 section 5.6.7); None for anything else."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # The zone "-0000" says nothing, and HTTP knows no other than UTC.
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def span(seconds: float) -> str:
    """A length of time in the unit that a person would choose."""
    for unit, length in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _seconds_or_date(text: str, sent_at: datetime | None) -> float | None:
    if re.fullmatch(r"\d{1,15}(\.\d{0,9})?", text.strip(), re.ASCII):
        number = float(text)
        if number <= _EPOCH_FROM:
            return number
        epoch = number / 1000 if number > _MILLISECONDS_FROM else number
        return None if sent_at is None else epoch - sent_at.timestamp()
    date = http_date(text)
    return None if date is None or sent_at is None else (date - sent_at).total_seconds()


def _structured(text: str) -> float | None:
    """The longest window that is used up, of a RateLimit field with any number of policies."""
    older = re.search(r"\breset\s*=\s*(\d{1,9})\b", text, re.ASCII)
    if older:
        return float(older[1])
    used_up = [
        float(window[1])
        for policy in text[:1000].split(",")
        if re.search(r";\s*r=0\b", policy) and (window := re.search(r";\s*t=(\d{1,9})\b", policy))
    ]
    return max(used_up, default=None)
