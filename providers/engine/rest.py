"""Records below a zone in the way that most REST APIs have: a list, and a page for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from providers.engine.api import Api, Query
from providers.engine.errand import Asking
from providers.engine.records import Done, Records, Row, Rows, Traits, Wish
from providers.engine.shape import Object, count, identity, member, number, objects, text
from providers.engine.wire import Job, Method
from providers.engine.zones import Found, Zone, zone_asked

Path = Sequence[str]
More = Callable[[Any, int], Query | None]


def _never(_: Object) -> bool:
    return False


def _all(_: Zone, __: str) -> Query:
    return ()


def _last(_: Any, __: int) -> Query | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Under which keys a service shows the parts of a record; an empty `ttl`: it shows none.

    Names are relative to the zone, unless they are said to be `full`. With `any_ttl`, a record may
    have none of its own (null).
    """

    id: str = "id"
    name: str = "name"
    rtype: str = "type"
    content: str = "content"
    ttl: str = "ttl"
    full: bool = False
    any_ttl: bool = False

    def rows(self, zone: Zone, shown: Any, foreign: Callable[[Object], bool] = _never) -> list[Row]:
        """The records as `Records` wants them. Raises Confused for what is no list of such."""
        return [
            Row(
                id=identity(row, self.id),
                name=text(row, self.name) if self.full else zone.absolute(text(row, self.name)),
                rtype=text(row, self.rtype),
                content=text(row, self.content),
                ttl=self._ttl(row),
                foreign=foreign(row),
                raw=row,
            )
            for row in objects(shown, "records")
        ]

    def _ttl(self, row: Object) -> int | None:
        none = not self.ttl or (self.any_ttl and row.get(self.ttl) is None)
        return None if none else count(row, self.ttl)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The calls of such an API, as `Records` wants them.

    `at` is the path of a zone's records: GET lists them (unless at the path `shown`), `make` makes
    one of a `body`, `change` at its id (unless at the path `one`) changes it, and DELETE at its id
    deletes it. The list stands in the answer under `listed`; empty: it is the answer. `query`
    narrows it to a name, as far as the service can; `more` gives what to ask for the next page, of
    an answer and its number from 1 on, and None after the last.
    """

    api: Api
    at: Callable[[Zone], Path]
    body: Callable[[Zone, Wish, Row | None], object]
    listed: str = ""
    columns: Columns = Columns()
    shown: Callable[[Zone], Path] | None = None
    one: Callable[[Zone, Row], Path] | None = None
    make: Method = "POST"
    change: Method = "PUT"
    query: Callable[[Zone, str], Query] = _all
    more: More = _last
    foreign: Callable[[Object], bool] = _never

    def records(
        self, *, rows: Callable[[Job, Zone, str], Rows] | None = None, **traits: Unpack[Traits]
    ) -> Records:
        """The keeping of records by these calls; `rows` where they are read in another way."""
        rows = rows or self.rows
        return Records(api=self.api, rows=rows, put=self.put, delete=self.delete, **traits)

    def rows(self, job: Job, zone: Zone, name: str) -> Rows:
        """Every record that the service shows for a name, of all pages."""
        path, query = (self.shown or self.at)(zone), self.query(zone, name)
        shown = yield from _pages(self.api, job, path, self.listed, query=query, more=self.more)
        return self.columns.rows(zone, shown, self.foreign)

    def put(self, job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
        """Change a record, or make one; only a change may be repeated, whatever the methods."""
        body = self.body(zone, wish, row)
        if row is None:
            return self.api.ask(job, self.make, self.at(zone), json=body, idempotent=False)
        path = self.one(zone, row) if self.one else (*self.at(zone), row.id)
        return self.api.ask(job, self.change, path, json=body, idempotent=True)

    def delete(self, job: Job, zone: Zone, row: Row) -> Done:
        """Delete a record."""
        return self.api.ask(job, "DELETE", (*self.at(zone), row.id))


def _pages(
    api: Api, job: Job, path: Path, listed: str, *, query: Query, more: More
) -> Asking[list[Object]]:
    """The rows of every page of a list."""
    rows: list[Object] = []
    page: Query | None = ()
    pages = 0
    while page is not None:
        answer = yield from api.ask(job, "GET", path, query=(*query, *page))
        rows += objects(answer.get(listed) if listed else answer, listed or "rows")
        pages += 1
        page = more(answer, pages)
    return rows


def counted(*way: str) -> More:
    """`more` where answers tell, at the end of this way into them, how many pages there are."""

    def more(answer: Any, page: int) -> Query | None:
        for step in way[:-1]:
            answer = member(answer, step)
        return (("page", str(page + 1)),) if page < number(answer, way[-1]) else None

    return more


def following(key: str, *way: str) -> More:
    """`more` where answers tell, at the end of this way, what to ask for as `key`, if anything."""

    def more(answer: Any, _: int) -> Query | None:
        for step in way[:-1]:
            answer = member(answer, step)
        return ((key, identity(answer, way[-1])),) if answer.get(way[-1]) else None

    return more


def zone_page(api: Api, *steps: str) -> Callable[[Job, str], Found]:
    """A look-up for services where a zone has a page of its own, named after it."""
    return zone_asked(lambda job, name: api.ask(job, "GET", (*steps, name), absent=True))


def zone_list(
    api: Api,
    path: Path,
    listed: str = "",
    *,
    name: str = "name",
    id_: str = "id",
    query: Callable[[str], Query] = lambda _: (),
    more: More = _last,
) -> Callable[[Job, str], Found]:
    """A look-up for services that list zones with their names and ids; `more` as in `Rest`."""

    def look_up(job: Job, wanted: str) -> Found:
        for row in (yield from _pages(api, job, path, listed, query=query(wanted), more=more)):
            if text(row, name).rstrip(".").lower() == wanted:
                return Zone(name=wanted, id=identity(row, id_), raw=row)
        return None

    return look_up
