"""How a call to a DNS provider can end, named by what has to happen next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a provider refused; the one table of error kinds for every provider.

    ============  ==================================================  ==========================
    cause         the provider means                                  the agent then
    ============  ==================================================  ==========================
    CREDENTIALS   key, token, password wrong or without permission    locks the account
    NOT_FOUND     no such zone, host or record in this account        locks the record
    REJECTED      the request itself is not acceptable (TTL, name …)  locks the record
    BLOCKED       abuse, quota plan, unpaid, opted out: a person acts locks the account
    RATE_LIMITED  too many calls                                      waits as told, or longer
    TRANSIENT     its own trouble: 5xx, maintenance, timeout before   backs off, tries again
                  anything was sent
    CONFUSED      an answer nobody documented                         backs off long, shows it
    CONFLICT      someone else changed the record meanwhile           looks at DNS again
    ============  ==================================================  ==========================

    A lock holds until the account's or record's configuration changes or `upstun unlock`.
    """

    CREDENTIALS = "credentials"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    TRANSIENT = "transient"
    CONFUSED = "confused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The provider confirmed that it now holds the wanted values."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The provider already held the wanted values; nothing was written."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The provider did not do it. `text` is one sentence for people, redacted.

    `wait` is the least number of seconds before the next call that the provider asked for.
    """

    cause: Cause
    text: str
    wait: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A write may have been made: its answer was lost. Look at DNS before trying again."""

    text: str


Outcome = Changed | Unchanged | Refused | Unconfirmed
