"""From the records a service holds to the wanted values, in the fewest steps, never by way of none.

For services that give every record an id of its own. One pure function, shared by all of them::

    held            wanted      steps
    --------------  ----------  ----------------------------------------------
    (nothing)       1.1.1.1     create 1.1.1.1
    2.2.2.2         1.1.1.1     update 2.2.2.2 -> 1.1.1.1
    2.2.2.2, 3.3.3.3  1.1.1.1   update 2.2.2.2 -> 1.1.1.1, delete 3.3.3.3
    1.1.1.1, 1.1.1.1  1.1.1.1   delete the second
    1.1.1.1         1.1.1.1     (none)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from providers.engine.wire import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record that a service holds at the name and type in question.

    `ttl` is seconds; None where the service decides it (a proxied record) and it cannot be wrong.
    `foreign` marks what must not be touched: managed by the vendor, disabled, for another
    resolution line. `note` is for the provider's own use, such as the kind of record.
    """

    id: str
    value: Address
    ttl: int | None = None
    foreign: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Make a record. `ttl` None: as the service likes it."""

    value: Address
    ttl: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Give an existing record this value, everything else about it unchanged.

    `ttl` None: leave it as it is.
    """

    record: Record
    value: Address
    ttl: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove a record."""

    record: Record


Step = Create | Update | Delete


def reconcile(
    current: Sequence[Record],
    wanted: frozenset[Address],
    *,
    ttl: int | None = None,
    ttl_steps: Sequence[int] = (),
) -> tuple[Step, ...]:
    """Return the steps from `current` to exactly `wanted`; none when nothing is to do.

    Records whose value is wanted are kept, stale ones are re-used for missing values, and surplus
    is deleted last: a name that is served keeps being served after every single step. `ttl` None
    leaves every TTL as it is; `ttl_steps` are the only TTLs that the service stores.
    """
    asked_ttl = round_ttl(ttl, ttl_steps)
    kept: list[Record] = []
    stale: list[Record] = []
    # Of two records with one value, the one whose TTL is right already is worth keeping.
    for record in sorted(current, key=lambda record: _off(record, asked_ttl)):
        if record.foreign:
            continue
        wanted_once = record.value in wanted and all(other.value != record.value for other in kept)
        (kept if wanted_once else stale).append(record)

    missing = sorted(wanted - {record.value for record in kept}, key=int)
    reused, surplus = stale[: len(missing)], stale[len(missing) :]
    return (
        *(
            Update(record=record, value=record.value, ttl=asked_ttl)
            for record in kept
            if _off(record, asked_ttl)
        ),
        *(
            Update(record=record, value=value, ttl=asked_ttl if record.ttl is not None else None)
            for record, value in zip(reused, missing, strict=False)
        ),
        *(Create(value=value, ttl=asked_ttl) for value in missing[len(reused) :]),
        *(Delete(record=record) for record in surplus),
    )


def round_ttl(ttl: int | None, steps: Sequence[int]) -> int | None:
    """The TTL that a service with fixed `steps` will store: the next one up, or its largest.

    Rounding before comparing keeps a service that rounds by itself from looking wrong for ever.
    """
    if ttl is None or not steps:
        return ttl
    return min((step for step in steps if step >= ttl), default=max(steps))


def _off(record: Record, ttl: int | None) -> bool:
    return ttl is not None and record.ttl is not None and record.ttl != ttl
