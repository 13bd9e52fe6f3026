"""Keeping records at a service that gives every record an id of its own.

Read what is held at each name, reconcile, make the few calls that are left. What differs between
such services is a handful of calls, collected in `Records`; what never differs is here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Required, TypedDict, TypeVar, Unpack

from providers.engine.api import Api
from providers.engine.errand import Asking, Stop, alias, as_it_is, errand
from providers.engine.errors import Confused, one_line
from providers.engine.outcome import Cause, Changed, Outcome, Unchanged
from providers.engine.reconcile import Create, Delete, Record, Step, Update, reconcile, round_ttl
from providers.engine.shape import Object
from providers.engine.spec import About, Provider
from providers.engine.wire import Address, Held, Job, RRset, RType
from providers.engine.zones import Found, Zone, find_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of any type as a service showed it. `name` is the FQDN, in any letter case.

    `ttl` is seconds; None where it cannot be chosen. `foreign` marks what must not be touched:
    managed by the vendor, disabled, for another resolution line. `raw` is the vendor's own form,
    for those who must send the rest of it back.
    """

    id: str
    name: str
    rtype: str
    content: str
    ttl: int | None = None
    foreign: bool = False
    raw: Object = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One record as it is to be. `ttl` is seconds: as configured, as it was, or the usual one."""

    name: str
    rtype: RType
    value: Address
    ttl: int


Rows = Asking[list[Row]]
Done = Asking[object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """What is left to do at one name, in this order: nothing goes before its successor stands."""

    altered: tuple[tuple[Row, Wish], ...] = ()
    new: tuple[Wish, ...] = ()
    gone: tuple[Row, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.altered or self.new or self.gone)


class Traits(TypedDict, total=False):
    """What may be said of `Records` besides how its records are read and written."""

    zone: Required[Callable[[Job, str], Found]]
    begin: Callable[[Job], Asking[Job]]
    write_all: Callable[[Job, Zone, Todo], Done]
    publish: Callable[[Job, Zone], Done]
    close: Callable[[Job, Zone], Done]
    alters: bool
    usual_ttl: int
    ttl_min: int
    ttl_steps: Sequence[int]
    aliases: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The calls in which such services differ; the rest of a provider comes from here.

    `begin` comes before all others: what it adds to the settings is there for the whole errand.
    `zone` looks a zone up by its name. `rows` lists the records at a name: it may show others too,
    but must show those of every type in `aliases`. `put` changes a record, or makes a new one where
    it gets None for the old one; with `alters` False it is never asked to change one: a new record
    is made first, then the old one deleted. `write_all` does everything at once, where a service
    can; its answer False means that this account or this little cannot, and goes call by call.
    `publish` is called when the records are right, also when they were before: live DNS was not, or
    nobody would have called. `close` ends what `zone` began, a session say. `usual_ttl` is for new
    records without a configured TTL, `ttl_steps` are the only TTLs that are stored, `ttl_min` is
    the least one.
    """

    api: Api
    zone: Callable[[Job, str], Found]
    rows: Callable[[Job, Zone, str], Rows]
    put: Callable[[Job, Zone, Wish, Row | None], Done] | None = None
    delete: Callable[[Job, Zone, Row], Done] | None = None
    begin: Callable[[Job], Asking[Job]] = as_it_is
    write_all: Callable[[Job, Zone, Todo], Done] | None = None
    publish: Callable[[Job, Zone], Done] | None = None
    close: Callable[[Job, Zone], Done] | None = None
    alters: bool = True
    usual_ttl: int = 300
    ttl_min: int = 0
    ttl_steps: Sequence[int] = ()
    aliases: Collection[str] = ("CNAME",)

    def provider(self, **about: Unpack[About]) -> Provider:
        """The provider that these calls make; `about` is the rest of its description."""
        return Provider(
            title=self.api.title,
            base=self.api.base,
            update=errand(self._update),
            read=errand(self._read),
            verify=errand(self._verify),
            both_families_one_call=self.write_all is not None,
            ttl_min=self.ttl_min or None,
            **about,
        )

    def _update(self, job: Job) -> Asking[Outcome]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        outcome = yield from self._closing(job, zone, self._bring(job, zone))
        return outcome

    def _read(self, job: Job) -> Asking[Held]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        rrset = job.rrsets[0]
        held = yield from self._closing(job, zone, self._at(job, zone, rrset.name))
        values = {_address(row) for row in held if row.rtype == rrset.rtype and not row.foreign}
        return Held(values=frozenset(values))

    def _verify(self, job: Job) -> Asking[Outcome]:
        job = yield from self.begin(job)
        zone = yield from find_zone(job, self.api.title, self.zone)
        yield from self._closing(job, zone, self._at(job, zone, job.rrsets[0].name))
        return Unchanged()

    def _closing(self, job: Job, zone: Zone, work: Asking[T]) -> Asking[T]:
        """Do the work and end the session, if there is one; a refusal comes first, and stays."""
        try:
            done = yield from work
        except Stop:
            if self.close:
                yield from self.close(job, zone)
            raise
        if self.close:
            yield from self.close(job, zone)
        return done

    def _bring(self, job: Job, zone: Zone) -> Asking[Outcome]:
        aliases: set[str] = set()
        changed = False
        note = ""
        for name in dict.fromkeys(rrset.name for rrset in job.rrsets):
            rrsets = [rrset for rrset in job.rrsets if rrset.name == name]
            rows = yield from self._at(job, zone, name)
            if any(row.rtype in self.aliases and not row.foreign for row in rows):
                aliases.add(name)
                continue
            todo = self._todo(rrsets, rows)
            try:
                yield from self._write(job, zone, todo)
                changed |= bool(todo)
            except Stop as stop:
                # Somebody else was faster: perhaps with the very same.
                if stop.refused.cause is not Cause.CONFLICT:
                    raise
                if self._todo(rrsets, (yield from self._at(job, zone, name))):
                    raise
                note = stop.refused.text
        if self.publish:
            yield from self.publish(job, zone)
        if aliases:
            return alias(self.api.title, aliases)
        return Changed() if changed else Unchanged(note=note)

    def _at(self, job: Job, zone: Zone, name: str) -> Asking[list[Row]]:
        """The rows at exactly this name."""
        rows = yield from self.rows(job, zone, name)
        return [row for row in rows if row.name.rstrip(".").lower() == name]

    def _todo(self, rrsets: Sequence[RRset], rows: Sequence[Row]) -> Todo:
        altered: list[tuple[Row, Wish]] = []
        new: list[Wish] = []
        gone: list[Row] = []
        for rrset in rrsets:
            mine = {row.id: row for row in rows if row.rtype == rrset.rtype}
            for step in self._steps(rrset, mine):
                match step:
                    case Create(value=value, ttl=ttl):
                        new.append(self._wish(rrset, value, ttl))
                    case Delete(record=record):
                        gone.append(mine[record.id])
                    case Update(record=record, value=value, ttl=ttl):
                        row = mine[record.id]
                        wish = self._wish(rrset, value, row.ttl if ttl is None else ttl)
                        if self.alters:
                            altered.append((row, wish))
                        elif value != record.value:  # a TTL is not worth a moment with two records
                            new.append(wish)
                            gone.append(row)
        return Todo(altered=tuple(altered), new=tuple(new), gone=tuple(gone))

    def _steps(self, rrset: RRset, rows: Mapping[str, Row]) -> Sequence[Step]:
        current = [
            Record(id=row.id, value=_address(row), ttl=row.ttl, foreign=row.foreign)
            for row in rows.values()
        ]
        ttl = None if rrset.ttl is None else max(rrset.ttl, self.ttl_min)
        return reconcile(current, rrset.values, ttl=ttl, ttl_steps=self.ttl_steps)

    def _wish(self, rrset: RRset, value: Address, ttl: int | None) -> Wish:
        usual = round_ttl(max(self.usual_ttl, self.ttl_min), self.ttl_steps)
        chosen = usual if ttl is None else ttl
        assert chosen is not None
        return Wish(name=rrset.name, rtype=rrset.rtype, value=value, ttl=chosen)

    def _write(self, job: Job, zone: Zone, todo: Todo) -> Asking[None]:
        if todo and self.write_all and (yield from self.write_all(job, zone, todo)) is not False:
            return
        for row, wish in (*todo.altered, *((None, wish) for wish in todo.new)):
            assert self.put is not None
            yield from self.put(job, zone, wish, row)
        for row in todo.gone:
            assert self.delete is not None
            yield from self.delete(job, zone, row)


def _address(row: Row) -> Address:
    try:
        return ip_address(row.content)
    except ValueError:
        shown = one_line(repr(row.content))
        raise Confused(f"an {row.rtype} record that holds no address: {shown}") from None
