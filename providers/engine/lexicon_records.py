"""Keeping records through dns-lexicon, which makes no promises about ids, filters or successes.

Ids may change with every write, or belong to a whole RRset; lists may show more than was asked for;
return values say nothing. So: look, make what is missing, look again, delete what is left over by
what is true now, look again. A record is changed in place only where a second one is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from providers.engine.asking import Found, Rows
from providers.engine.errand import Asking, Stop
from providers.engine.errors import Confused, refusal
from providers.engine.outcome import Cause, Refused
from providers.engine.records import Row, Todo
from providers.engine.shape import objects, text
from providers.engine.wire import Address, Job, Lexicon, LexiconReply, LexiconStep, Response
from providers.engine.zones import Zone, candidates, inside


@dataclass(frozen=True, slots=True)
class Module:
    """One of lexicon's providers; `keys` are its options."""

    name: str
    keys: frozenset[str]

    @property
    def title(self) -> str:
        """How configurations and sentences call it."""
        return f"lexicon:{self.name}"

    def zone(self, job: Job, name: str) -> Found:
        """The zone as it is known: lexicon would guess it, and the first list proves it."""
        yield from ()
        if len(candidates(job)) > 1:
            said = f"{self.title} must be told the zone of {job.rrsets[0].name}; set zone"
            raise Stop(Refused(cause=Cause.NOT_FOUND, text=said))
        if job.text("endpoint") and "endpoint" not in self.keys:
            said = f"{self.title} takes no endpoint; see: upstun providers {self.title}"
            raise Stop(Refused(cause=Cause.REJECTED, text=said))
        return Zone(name=name)

    def rows(self, job: Job, zone: Zone, name: str) -> Rows:
        """What is held of each type that matters here, and of the one that excludes them."""
        return (yield from self._do(job, zone, name, ()))

    def write(self, job: Job, zone: Zone, todo: Todo) -> Asking[None]:
        """Make, look, delete, look: by the ids that are true now, and until it is proved."""
        name = todo.new[0].name if todo.new else todo.gone[0].name
        rows: Sequence[Row] = ()
        gone: Sequence[Row] = todo.gone
        if todo.new:
            rows = yield from self._make(job, zone, name, todo)
            gone = _left_over(job, name, rows)
        if gone:
            rows = yield from self._do(job, zone, name, map(_deletion, gone))
        for rrset in job.rrsets:
            if rrset.name == name:
                shown = {ip_address(row.content) for row in rows if row.rtype == rrset.rtype}
                if shown != rrset.values:
                    held = ", ".join(map(str, sorted(shown, key=int))) or "nothing"
                    said = f"that all went well, and then showed {held} for {rrset.rtype} {name}"
                    raise Confused(said)

    def _make(self, job: Job, zone: Zone, name: str, todo: Todo) -> Asking[list[Row]]:
        ttls = {rrset.rtype: rrset.ttl for rrset in job.rrsets if rrset.name == name}
        steps = [
            LexiconStep(
                act="create",
                rtype=wish.rtype,
                name=name,
                content=str(wish.value),
                ttl=ttls[wish.rtype] or wish.ttl,  # many a list shows no TTL: that decides nothing
            )
            for wish in todo.new
        ]
        try:
            return (yield from self._do(job, zone, name, steps))
        except Stop as stop:
            if stop.refused.cause not in (Cause.REJECTED, Cause.CONFLICT) or len(steps) > 1:
                raise
            # Perhaps there can be only one: that one is changed.
            (step,) = steps
            rows = yield from self.rows(job, zone, name)
            held = [row for row in rows if row.rtype == step.rtype]
            if len(held) != 1 or not held[0].raw["id"] or held[0].content == step.content:
                raise
            changed = replace(step, act="update", id=held[0].raw["id"])
            return (yield from self._do(job, zone, name, [changed]))

    def _do(
        self, job: Job, zone: Zone, name: str, steps: Iterable[LexiconStep]
    ) -> Asking[list[Row]]:
        """Do the steps, and look at what is held then."""
        types = sorted({rrset.rtype for rrset in job.rrsets if rrset.name == name})
        reply = yield Lexicon(
            module=self.name,
            zone=zone.name,
            options={key: job.settings[key] for key in self.keys & job.settings.keys()},
            steps=(
                *steps,
                *(LexiconStep(act="list", rtype=rtype, name=name) for rtype in (*types, "CNAME")),
            ),
        )
        if isinstance(reply, Response) and (refused := refusal(self.title, reply)):
            raise Stop(refused)
        if not isinstance(reply, LexiconReply):
            raise Confused("in a way that is none of dns-lexicon's")
        self._judge(reply, zone)
        if len(reply.listed) != len(types) + 1:
            raise Confused("with another number of lists than asked for")
        return [
            row
            for rtype, listed in zip((*types, "CNAME"), reply.listed, strict=True)
            for row in _rows(zone, name, rtype, listed)
        ]

    def _judge(self, reply: LexiconReply, zone: Zone) -> None:
        """Raise for steps that were not all done."""
        match reply.failed:
            case "":
                return
            case "login" if any(word in reply.text.lower() for word in ("domain", "zone")):
                cause = Cause.NOT_FOUND  # most modules have but one kind of error for a login
                said = f"has no zone {zone.name} in this account"
            case "login":
                cause, said = Cause.CREDENTIALS, "does not accept these credentials"
            case "settings":
                cause, said = Cause.REJECTED, "cannot be called with these settings"
            case "missing":
                cause, said = Cause.REJECTED, 'cannot be loaded; run: pip install "upstun[lexicon]"'
            case _:
                raise Confused(f"in a way that dns-lexicon gives up on: {reply.text}")
        raise Stop(Refused(cause=cause, text=f"{self.title} {said} ({reply.text})"))


def _rows(zone: Zone, name: str, rtype: str, listed: object) -> list[Row]:
    """The records of one list. Some lists hold other types, too, and some a record twice."""
    found: dict[tuple[str, str], Row] = {}
    for number, shown in enumerate(objects(listed, "records")):
        content, named = text(shown, "content"), text(shown, "name").replace("\\052", "*")
        if text(shown, "type").upper() != rtype or _absolute(zone, named) != name:
            continue
        id_ = "" if shown.get("id") is None else str(shown["id"])
        row = Row(
            id=str(number),
            name=name,
            rtype=rtype,
            content=content,
            ttl=_seconds(shown.get("ttl")),
            raw={"id": id_},
        )
        found.setdefault((id_, content), row)
    ids = Counter(id_ for id_, _ in found)
    for row in found.values():
        # That an id is a record's own is known where two records have two.
        row.raw["own"] = bool(row.raw["id"]) and ids[row.raw["id"]] == 1 and len(found) > 1
    return list(found.values())


def _seconds(ttl: object) -> int | None:
    """A TTL as lexicon shows it: a number, the same as text, or nothing to go by."""
    return int(ttl) if isinstance(ttl, int | str) and str(ttl).isdecimal() else None


def _absolute(zone: Zone, name: str) -> str:
    name = name.rstrip(".").lower()
    return name if inside(name, zone.name) else zone.absolute(name)


def _left_over(job: Job, name: str, rows: Iterable[Row]) -> list[Row]:
    """What must go: other values, and the double of a wanted one."""
    wanted: set[tuple[str, Address]] = {
        (rrset.rtype, value) for rrset in job.rrsets if rrset.name == name for value in rrset.values
    }
    gone = []
    for row in rows:
        value = (row.rtype, ip_address(row.content))
        if value in wanted:
            wanted.remove(value)
        else:
            gone.append(row)
    return gone


def _deletion(row: Row) -> LexiconStep:
    id_ = row.raw["id"] if row.raw["own"] else ""
    return LexiconStep(act="delete", rtype=row.rtype, name=row.name, content=row.content, id=id_)
