"""Keeping RRsets at a service that sets a name and type to exactly these values in one call.

Read what is held, send what differs. What differs between such services is a few calls, collected
in `RRsets`; what never differs is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Unpack

from providers.engine.api import Api
from providers.engine.errand import Asking, Stop, as_it_is, errand
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.reconcile import round_ttl
from providers.engine.shape import Object
from providers.engine.spec import About, Provider
from providers.engine.wire import Address, Held, Job, RRset, RType
from providers.engine.zones import Found, Zone, find_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One RRset as a service showed it.

    `ttl` is seconds; None where it cannot be chosen. `blocked` completes "The RRset …" and says why
    it must not be touched (an alias target, a weighted set, a filter): its values do not matter
    then. `raw` is the vendor's own form, for those who must send the rest of it back: an ETag.
    """

    values: frozenset[Address] = frozenset()
    ttl: int | None = None
    blocked: str = ""
    raw: Object = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One RRset as it is to be, with what was there before; None where nothing was.

    `values` are in order, none of them means that the RRset is to go. `ttl` is seconds: as
    configured, as it was, or the usual one.
    """

    name: str
    rtype: RType
    values: tuple[Address, ...]
    ttl: int
    old: Shown | None = None

    def texts(self) -> list[str]:
        """The values as text."""
        return [str(value) for value in self.values]


Look = Asking[Shown | None]
Done = Asking[object]


def _no_least(_: Zone) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RRsets:
    """The calls in which such services differ; the rest of a provider comes from here.

    `begin` comes before all others, where they need a token that is asked for first: what it adds
    to the settings is there for the whole errand.
    `zone` looks a zone up by its name, `held` an RRset: None where there is none. `replace` gets
    all changes of an errand where the service takes them `together`, those of one name where it
    takes them `by_name`, else one at a time.
    `ttl_min` is the least TTL of all zones, `least_ttl` that of one. `usual_ttl` is for new RRsets
    without a configured TTL, `ttl_steps` are the only TTLs that are stored.
    """

    api: Api
    zone: Callable[[Job, str], Found]
    held: Callable[[Job, Zone, RRset], Look]
    replace: Callable[[Job, Zone, Sequence[Change]], Done]
    begin: Callable[[Job], Asking[Job]] = as_it_is
    together: bool = False
    by_name: bool = False
    usual_ttl: int = 300
    ttl_min: int = 0
    least_ttl: Callable[[Zone], int] = _no_least
    ttl_steps: Sequence[int] = ()

    def provider(self, **about: Unpack[About]) -> Provider:
        """The provider that these calls make; `about` is the rest of its description."""
        return Provider(
            title=self.api.title,
            base=self.api.base,
            update=errand(self._update),
            read=errand(self._read),
            verify=errand(self._verify),
            batch="zone" if self.together else "name",
            both_families_one_call=self.together or self.by_name,
            ttl_min=self.ttl_min or None,
            **about,
        )

    def _read(self, job: Job) -> Asking[Held]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        shown = yield from self._open(job, zone, job.rrsets[0])
        return Held(values=shown.values if shown else frozenset())

    def _verify(self, job: Job) -> Asking[Outcome]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        yield from self.held(job, zone, job.rrsets[0])
        return Unchanged()

    def _update(self, job: Job) -> Asking[Outcome]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        todo = yield from self._todo(job, zone)
        if not todo:
            return Unchanged()
        made = False
        try:
            for part in self._parts(todo):
                yield from self.replace(job, zone, part)
                made = True
        except Stop as stop:
            # Somebody else was faster: perhaps with the very same.
            if stop.refused.cause is not Cause.CONFLICT or (yield from self._todo(job, zone)):
                raise
            note = stop.refused.text
            return Changed(note=note) if made else Unchanged(note=note)
        return Changed()

    def _parts(self, todo: Sequence[Change]) -> Iterable[Sequence[Change]]:
        parts: dict[tuple[str, str], list[Change]] = {}
        for change in todo:
            name = "" if self.together else change.name
            rtype = "" if self.together or self.by_name else change.rtype
            parts.setdefault((name, rtype), []).append(change)
        return parts.values()

    def _todo(self, job: Job, zone: Zone) -> Asking[list[Change]]:
        todo = []
        for rrset in job.rrsets:
            old = yield from self._open(job, zone, rrset)
            asked = self._asked_ttl(rrset, zone)
            ttl_is_off = old is not None and None not in (asked, old.ttl) and asked != old.ttl
            if (old.values if old else frozenset()) == rrset.values and not ttl_is_off:
                continue
            kept = old.ttl if old and old.ttl is not None else self._stored(self.usual_ttl, zone)
            todo.append(
                Change(
                    name=rrset.name,
                    rtype=rrset.rtype,
                    values=tuple(sorted(rrset.values, key=int)),
                    ttl=kept if asked is None else asked,
                    old=old,
                )
            )
        return todo

    def _open(self, job: Job, zone: Zone, rrset: RRset) -> Look:
        """What is held of the RRset, where it may be touched. Raises Stop where it may not."""
        shown = yield from self.held(job, zone, rrset)
        if shown and shown.blocked:
            text = f"{self.api.title}: the {rrset.rtype} RRset of {rrset.name} {shown.blocked}"
            raise Stop(Refused(cause=Cause.REJECTED, text=text))
        return shown

    def _asked_ttl(self, rrset: RRset, zone: Zone) -> int | None:
        return None if rrset.ttl is None else self._stored(rrset.ttl, zone)

    def _stored(self, ttl: int, zone: Zone) -> int:
        stored = round_ttl(max(ttl, self.ttl_min, self.least_ttl(zone)), self.ttl_steps)
        assert stored is not None
        return stored
