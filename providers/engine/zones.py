"""Which zone a name belongs to, as far as names alone can tell: pure text."""

from __future__ import annotations

from providers.engine.outcome import Cause, Refused
from providers.engine.wire import Job


def candidates(job: Job) -> tuple[str, ...]:
    """The zones to try, best first: the configured one, else the known one, else every parent.

    Parents come from longest to shortest, down to the last label: a home zone may be `lan`, and
    only the service knows where its cuts are. Cutting "the last two labels" is wrong for
    `example.co.uk`, and a public suffix list is wrong for delegated zones.
    """
    known = job.text("zone").rstrip(".").lower() or job.zone
    if known:
        return (known,)
    first = job.rrsets[0].name.removeprefix("*.").split(".")
    parents = (".".join(first[start:]) for start in range(len(first)))
    return tuple(
        parent for parent in parents if all(inside(rrset.name, parent) for rrset in job.rrsets)
    )


def inside(name: str, zone: str) -> bool:
    """Whether `name` is `zone` itself or below it. `notexample.com` is not inside `example.com`."""
    return name == zone or name.endswith(f".{zone}")


def strangers(job: Job, zone: str) -> Refused | None:
    """The refusal for a job with names outside its zone, before anything is sent."""
    outside = [rrset.name for rrset in job.rrsets if not inside(rrset.name, zone)]
    if not outside:
        return None
    return Refused(
        cause=Cause.REJECTED,
        text=f"{outside[0]} is not inside the zone {zone}; correct `zone` in the configuration",
    )
