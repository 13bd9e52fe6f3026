"""Records below a zone in the way that most REST APIs have: a list, and a page for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from providers.engine.api import Api, Query
from providers.engine.records import Done, Records, Row, Rows, Traits, Wish
from providers.engine.shape import Object, count, identity, objects, text
from providers.engine.wire import Job, Method
from providers.engine.zones import Found, Zone

Path = Sequence[str]


def _never(_: Object) -> bool:
    return False


def _all(_: Zone, __: str) -> Query:
    return ()


def _last(_: Any, __: int) -> Query | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Under which keys a service shows the parts of a record; an empty `ttl`: it shows none.

    Names are relative to the zone, unless they are said to be `full`.
    """

    id: str = "id"
    name: str = "name"
    rtype: str = "type"
    content: str = "content"
    ttl: str = "ttl"
    full: bool = False

    def rows(
        self, zone: Zone, shown: Sequence[Object], foreign: Callable[[Object], bool] = _never
    ) -> list[Row]:
        """The records as `Records` wants them. Raises Confused for what is no such record."""
        return [
            Row(
                id=identity(row, self.id),
                name=text(row, self.name) if self.full else zone.absolute(text(row, self.name)),
                rtype=text(row, self.rtype),
                content=text(row, self.content),
                ttl=count(row, self.ttl) if self.ttl else None,
                foreign=foreign(row),
                raw=row,
            )
            for row in shown
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The calls of such an API, as `Records` wants them.

    `at` is the path of a zone's records: GET lists them, POST makes one of a `body`, `change` at
    its id changes it, and DELETE deletes it. The list stands in the answer under `listed`; empty:
    it is the answer. `query` narrows it to a name, as far as the service can; `more` gives what to
    ask for the next page, of an answer and its number from 1 on, and None after the last.
    """

    api: Api
    at: Callable[[Zone], Path]
    body: Callable[[Zone, Wish, Row | None], object]
    listed: str = ""
    columns: Columns = Columns()
    change: Method = "PUT"
    query: Callable[[Zone, str], Query] = _all
    more: Callable[[Any, int], Query | None] = _last
    foreign: Callable[[Object], bool] = _never

    def records(self, **traits: Unpack[Traits]) -> Records:
        """The keeping of records by these calls."""
        return Records(api=self.api, rows=self.rows, put=self.put, delete=self.delete, **traits)

    def rows(self, job: Job, zone: Zone, name: str) -> Rows:
        """Every record that the service shows for a name, of all pages."""
        rows: list[Row] = []
        page: Query | None = ()
        number = 0
        while page is not None:
            query = (*self.query(zone, name), *page)
            answer = yield from self.api.ask(job, "GET", self.at(zone), query=query)
            shown = objects(answer.get(self.listed) if self.listed else answer, "records")
            rows += self.columns.rows(zone, shown, self.foreign)
            number += 1
            page = self.more(answer, number)
        return rows

    def put(self, job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
        """Change a record, or make one. A change may be repeated: it says all that it says."""
        body = self.body(zone, wish, row)
        if row is None:
            return self.api.ask(job, "POST", self.at(zone), json=body)
        return self.api.ask(job, self.change, (*self.at(zone), row.id), json=body, idempotent=True)

    def delete(self, job: Job, zone: Zone, row: Row) -> Done:
        """Delete a record."""
        return self.api.ask(job, "DELETE", (*self.at(zone), row.id))


def zone_page(api: Api, *steps: str) -> Callable[[Job, str], Found]:
    """A look-up for services where a zone has a page of its own, named after it."""

    def look_up(job: Job, name: str) -> Found:
        found = yield from api.ask(job, "GET", (*steps, name), absent=True)
        return None if found is None else Zone(name=name)

    return look_up


def zone_list(
    api: Api,
    path: Path,
    listed: str = "",
    *,
    name: str = "name",
    id_: str = "id",
    query: Callable[[str], Query] = lambda _: (),
) -> Callable[[Job, str], Found]:
    """A look-up for services that list zones with their names and ids, on one page."""

    def look_up(job: Job, wanted: str) -> Found:
        answer = yield from api.ask(job, "GET", path, query=query(wanted))
        for row in objects(answer.get(listed) if listed else answer, "zones"):
            if text(row, name).rstrip(".").lower() == wanted:
                return Zone(name=wanted, id=identity(row, id_), raw=row)
        return None

    return look_up
