"""What update-only services can hold: one name, with exactly one address in each family."""

from __future__ import annotations

from collections.abc import Collection

from providers.engine.outcome import Cause, Refused
from providers.engine.wire import Address, Job, RType


def sole_addresses(
    title: str, job: Job, families: Collection[RType]
) -> dict[RType, Address] | Refused:
    """The address to set in each family of the job's one name, or why the service cannot hold it.

    Such a service must never get an empty address: most of them then take the caller's own.
    """
    if len({rrset.name for rrset in job.rrsets}) != 1:
        return Refused(cause=Cause.REJECTED, text=f"{title} takes exactly one name in a call")
    wanted: dict[RType, Address] = {}
    for rtype in ("A", "AAAA"):
        sets = [rrset.values for rrset in job.rrsets if rrset.rtype == rtype]
        if not sets:
            continue
        if rtype not in families:
            text = f"{title} does not take {rtype} records ({job.rrsets[0].name})"
            return Refused(cause=Cause.REJECTED, text=text)
        values = frozenset[Address]().union(*sets)
        if len(values) != 1:
            text = (
                f"{title} holds exactly one {rtype} address for a name, "
                f"and {len(values)} are wanted for {job.rrsets[0].name}"
            )
            return Refused(cause=Cause.REJECTED, text=text)
        (wanted[rtype],) = values
    return wanted
