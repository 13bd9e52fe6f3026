"""Vercel: records with ids below a domain of a person or a team."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Query, Records, Row, Wish, Zone
from providers.engine.shape import member, number, objects, text
from providers.engine.wire import Bearer, Job

_NO_TOKEN = "does not accept the token; make one under Account Settings > Tokens"  # noqa: S105  prose
_NO_ACCESS = "lets this token not manage the domain; for a team's domain, set team_id"
_API = Api(
    title="Vercel",
    base="https://api.vercel.com",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("Not authorized", Cause.CREDENTIALS, _NO_TOKEN),
        ("HTTP 401", Cause.CREDENTIALS, _NO_TOKEN),
        ("HTTP 402", Cause.BLOCKED, "asks for a payment first; see Settings > Billing"),
        ("HTTP 403", Cause.CREDENTIALS, _NO_ACCESS),
        ("HTTP 409", Cause.CONFLICT, "holds a record that clashes with this one"),
        ("record_conflicts", Cause.CONFLICT, "holds a record that clashes with this one"),
    ),
)


def _team(job: Job) -> Query:
    return (("teamId", job.text("team_id")),) if job.text("team_id") else ()


def _zone(job: Job, name: str) -> Found:
    path = ("v5", "domains", name)
    found = yield from _API.ask(job, "GET", path, query=_team(job), absent=True)
    return None if found is None else Zone(name=name)


def _rows(job: Job, zone: Zone, name: str) -> Rows:  # noqa: ARG001  there is no filter for names
    rows: list[Row] = []
    path = ("v4", "domains", zone.name, "records")
    until: Query = ()
    while True:
        query = (*_team(job), ("limit", "100"), *until)
        answer = yield from _API.ask(job, "GET", path, query=query)
        rows += [
            Row(
                id=text(row, "id"),
                name=zone.absolute(text(row, "name")),
                rtype=text(row, "type"),
                content=text(row, "value"),
                ttl=None if row.get("ttl") is None else number(row, "ttl"),
                foreign=row.get("creator") == "system",
            )
            for row in objects(answer.get("records"), "records")
        ]
        pages = member(answer, "pagination")
        if pages.get("next") is None:
            return rows
        until = (("until", str(number(pages, "next"))),)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path: tuple[str, ...] = ("v2", "domains", zone.name, "records")
    body = {"value": str(wish.value), "ttl": wish.ttl}
    if row is None:
        body |= {"name": zone.relative(wish.name, ""), "type": wish.rtype}
        return (yield from _API.ask(job, "POST", path, query=_team(job), json=body))
    path = ("v1", "domains", "records", row.id)
    return (yield from _API.ask(job, "PATCH", path, query=_team(job), json=body, idempotent=True))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    path = ("v2", "domains", zone.name, "records", row.id)
    return (yield from _API.ask(job, "DELETE", path, query=_team(job)))


VERCEL = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=60).provider(
    id="vercel",
    docs="https://vercel.com/docs/rest-api/reference/endpoints/dns",
    fields=(
        Field(key="token", help="A token (Account Settings > Tokens).", secret=True),
        Field(
            key="team_id",
            help="The team's id, for a domain of a team (Settings > General of the team).",
            required=False,
        ),
    ),
    pace=Pace(every=45.0, burst=20),  # 100 new records an hour, 50 changes a minute
    notes=("The domain must use Vercel's name servers.",),
)
