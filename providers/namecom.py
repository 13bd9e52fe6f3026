"""name.com: records with ids below a domain."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import Object, number, objects, text
from providers.engine.wire import Basic, Job

_WRONG = "does not accept this user name and token; make a token under Account > API Tokens"
_STEPS = "lets no program in because of two-step verification; allow API access in its settings"
_DENIED = "does not let this token do that; check its permissions and the addresses it is good for"
_API = Api(
    title="Name.com",
    base="https://api.name.com/v4",
    auth=lambda job: Basic(user=job.text("user"), password=job.secret("token")),
    meanings=(
        ("*namesafe*", Cause.BLOCKED, _STEPS),
        ("*two-step*", Cause.BLOCKED, _STEPS),
        ("HTTP 401", Cause.CREDENTIALS, _WRONG),
        ("HTTP 403", Cause.CREDENTIALS, _DENIED),
        ("*duplicate record*", Cause.CONFLICT, "got an identical record from somebody else"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    domains = yield from _pages(job, ("domains",), "domains")
    return Zone(name=name) if name in [text(row, "domainName").lower() for row in domains] else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    rows = yield from _pages(job, ("domains", zone.name, "records"), "records")
    return [
        Row(
            id=str(number(row, "id")),
            name=text(row, "fqdn"),
            rtype=text(row, "type"),
            content=text(row, "answer"),
            ttl=number(row, "ttl"),
        )
        for row in rows
    ]


def _pages(job: Job, path: Sequence[str], key: str) -> Asking[list[Object]]:
    rows: list[Object] = []
    page = 1
    while page:
        query = (("perPage", "1000"), ("page", str(page)))
        answer = yield from _API.ask(job, "GET", path, query=query)
        # What is empty is left out of these answers.
        rows += objects([] if answer == {} else answer.get(key), key)
        page = number(answer, "nextPage") if answer.get("nextPage") else 0
    return rows


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("domains", zone.name, "records")
    host = zone.relative(wish.name)
    body = {"host": host, "type": wish.rtype, "answer": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PUT", (*path, row.id), json=body))
    return (yield from _API.ask(job, "POST", path, json=body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("domains", zone.name, "records", row.id)))


_ALIASES = ("CNAME", "ANAME")
NAMECOM = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300, aliases=_ALIASES
).provider(
    id="namecom",
    docs="https://www.name.com/api-docs/DNS",
    fields=(
        Field(key="user", help="The user name that you sign in with, with -test for a test token."),
        Field(key="token", help="An API token (Account > API Tokens).", secret=True),
    ),
    pace=Pace(every=1.2, burst=20),  # 20 calls a second, 3,000 an hour
    notes=(
        "With two-step verification, allow API access in the security settings of the account.",
        "The domain must use name.com's own name servers.",
    ),
)
