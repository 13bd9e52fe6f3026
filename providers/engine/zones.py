"""Which zone a name belongs to, as far as names alone can tell: pure text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from providers.engine.errand import Asking, Stop
from providers.engine.errors import Confused, one_line
from providers.engine.outcome import Cause, Refused
from providers.engine.shape import Object
from providers.engine.wire import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone as a service knows it: its apex without final dot, and the service's id for it.

    `raw` is what the service showed of it, where a provider needs more of that later.
    """

    name: str
    id: str = ""
    raw: Object = field(default_factory=dict)

    def relative(self, name: str, apex: str = "@") -> str:
        """`name` as services with relative names want it; `apex` for the zone's own."""
        return apex if name == self.name else name.removesuffix(f".{self.name}")

    def absolute(self, name: str) -> str:
        """The FQDN of a relative name; the apex is empty or `@`."""
        name = name.rstrip(".").lower()
        return self.name if name in ("", "@") else f"{name}.{self.name}"


Found = Asking[Zone | None]


def find_zone(job: Job, title: str, look_up: Callable[[Job, str], Found]) -> Asking[Zone]:
    """The first of the candidates that the service has, looked up by name. Raises Stop for none."""
    for name in candidates(job):
        if refused := strangers(job, name):
            raise Stop(refused)
        zone = yield from look_up(job, name)
        if zone is not None:
            return zone
    raise Stop(no_zone(job, title))


def zone_asked(ask: Callable[[Job, str], Asking[Any]]) -> Callable[[Job, str], Found]:
    """A look-up for services that are asked for one zone by its name; `ask` gets None for none."""

    def look_up(job: Job, name: str) -> Found:
        found = yield from ask(job, name)
        if not (found is None or isinstance(found, dict)):
            raise Confused(f"a zone that is not an object: {one_line(repr(found))}")
        return None if found is None else Zone(name=name, raw=found)

    return look_up


def only_zone(zones: Sequence[Zone], title: str, key: str) -> Zone | None:
    """The one public zone of a name, if there is one. Raises Stop for several: `key` says which."""
    if len(zones) > 1:
        said = f"{title} has {len(zones)} public zones {zones[0].name}; say which one with {key}"
        raise Stop.because(Cause.REJECTED, said)
    return zones[0] if zones else None


def no_zone(job: Job, title: str) -> Refused:
    """The refusal for a job of whose zones the service has none."""
    host = job.rrsets[0].name
    known = job.text("zone") or job.zone
    text = (
        f"{title} has no zone {known} in this account, for {host}; check the account, and `zone`"
        if known
        else f"{title} has no zone in this account that {host} could be in; set zone"
    )
    return Refused(cause=Cause.NOT_FOUND, text=text)


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
