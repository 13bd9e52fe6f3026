"""NameSilo: records with ids. Every call is a GET, the key in its query; every answer is a 200."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Query, Records, Row, Wish, Zone
from providers.engine.shape import identity, member, objects, text
from providers.engine.wire import Job

_KEY = "does not accept the API key; make a new one under Account > API Manager"
_OWNER = "lets no sub-account do this; make the API key in the main account"
_PLACE = "does not let this address in; remove the list of allowed addresses in the API Manager"
_REFUSED = "does not accept this change to its records"
_CODES = {
    **dict.fromkeys(("109", "110", "111"), (Cause.CREDENTIALS, _KEY)),
    "112": (Cause.CREDENTIALS, _OWNER),
    "113": (Cause.BLOCKED, _PLACE),
    **dict.fromkeys(("114", "200"), (Cause.NOT_FOUND, "has no such active domain in this account")),
    **dict.fromkeys(("115", "201"), (Cause.TRANSIENT, "has trouble of its own")),
    "*already exists*": (Cause.CONFLICT, "got an identical record from somebody else"),
    **dict.fromkeys(("210", "280"), (Cause.REJECTED, _REFUSED)),
}


def _failed(answer: Any) -> bool:
    # The code is a number in some answers, and text in others.
    return str((answer.get("reply") or {}).get("code")) != "300"


_API = Api(
    title="NameSilo",
    base="https://www.namesilo.com/api",
    failed=_failed,
    meanings=tuple((code, *meaning) for code, meaning in _CODES.items()),
)


def _ask(job: Job, call: str, domain: str, **more: str) -> Asking[Any]:
    common = (("version", "1"), ("type", "json"), ("key", job.secret("key")), ("domain", domain))
    query: Query = (*common, *more.items())
    write = call in ("dnsAddRecord", "dnsUpdateRecord", "dnsDeleteRecord")
    absent = call == "getDomainInfo"
    return (yield from _API.ask(job, "GET", (call,), query=query, write=write, absent=absent))


def _zone(job: Job, name: str) -> Found:
    found = yield from _ask(job, "getDomainInfo", name)
    return None if found is None else Zone(name=name)


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _ask(job, "dnsListRecords", zone.name)
    held = member(answer, "reply").get("resource_record", [])
    rows = [held] if isinstance(held, dict) else held  # a single one comes without its list
    return [
        Row(
            id=text(row, "record_id"),
            name=text(row, "host"),
            rtype=text(row, "type"),
            content=text(row, "value"),
            ttl=int(identity(row, "ttl")),  # a number as text
        )
        for row in objects(rows, "resource_record")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    host = zone.relative(wish.name, apex="")
    body = {"rrhost": host, "rrvalue": str(wish.value), "rrttl": str(wish.ttl)}
    if row:  # its id is another one afterwards
        return (yield from _ask(job, "dnsUpdateRecord", zone.name, rrid=row.id, **body))
    return (yield from _ask(job, "dnsAddRecord", zone.name, rrtype=wish.rtype, **body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _ask(job, "dnsDeleteRecord", zone.name, rrid=row.id))


NAMESILO = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=3600
).provider(
    id="namesilo",
    docs="https://www.namesilo.com/api-reference",
    fields=(Field(key="key", help="An API key (Account > API Manager).", secret=True),),
    pace=Pace(every=1.0, burst=5),  # about one call a second
    notes=(
        "No TTL below an hour.",
        "A change is served some minutes after it was accepted.",
        "A list of allowed addresses in the API Manager locks out a home whose address changes.",
    ),
)
