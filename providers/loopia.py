"""Loopia: records with ids below a subdomain, by XML-RPC."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Job

_METHODS = "getDomains, getZoneRecords, addZoneRecord, updateZoneRecord and removeZoneRecord"
_UNKNOWN = f"does not accept this API user, or it may not call {_METHODS}; see LoopiaAPI there"


def _refused(said: Any) -> bool:
    """Whether a status is said instead of what was asked for; a list with one is said for lists."""
    match said:
        case str() | [str()]:
            return "".join(said).strip() != "OK"
        case {"faultCode": _}:
            return True
        case _:
            return False


_API = Api(
    title="Loopia",
    base="https://api.loopia.se/RPCSERV",
    failed=_refused,
    meanings=(
        ("AUTH_ERROR", Cause.CREDENTIALS, _UNKNOWN),
        ("RATE_LIMITED", Cause.RATE_LIMITED, "was called too often", 60.0),
        ("429", Cause.RATE_LIMITED, "was called too often", 60.0),
        ("BAD_INDATA", Cause.REJECTED, "does not accept this record"),
        ("INSUFFICIENT_FUNDS", Cause.BLOCKED, "demands a payment first"),
        ("UNKNOWN_ERROR", Cause.TRANSIENT, "did not do it, and does not say why"),
    ),
)


def _call(job: Job, method: str, *values: object) -> Asking[Any]:
    call = (method, (job.text("username"), job.secret("password"), *values))
    write, again = not method.startswith("get"), not method.startswith("add")
    return (yield from _API.ask(job, "POST", "", xmlrpc=call, write=write, idempotent=again))


def _zone(job: Job, name: str) -> Found:
    found = yield from _call(job, "getDomains")
    names = {text(domain, "domain").strip().lower() for domain in objects(found, "domains")}
    return Zone(name=name) if name in names else None


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    found = yield from _call(job, "getZoneRecords", zone.name, zone.relative(name))
    return [
        Row(
            id=str(number(row, "record_id")),
            name=name,
            rtype=text(row, "type").strip(),
            content=text(row, "rdata").strip(),
            ttl=number(row, "ttl"),
        )
        for row in objects(found, "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    record = {"type": wish.rtype, "ttl": wish.ttl, "priority": 0, "rdata": str(wish.value)}
    at = (zone.name, zone.relative(wish.name))
    if row:
        return (
            yield from _call(job, "updateZoneRecord", *at, {**record, "record_id": int(row.id)})
        )
    return (yield from _call(job, "addZoneRecord", *at, {**record, "record_id": 0}))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    at = (zone.name, zone.relative(row.name))
    return (yield from _call(job, "removeZoneRecord", *at, int(row.id)))


LOOPIA = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300).provider(
    id="loopia",
    docs="https://support.loopia.com/wiki/updatezonerecord/",
    fields=(
        Field(
            key="username",
            help="The API user, such as name@loopiaapi (Account settings > LoopiaAPI).",
        ),
        Field(key="password", help="The password of the API user.", secret=True),
    ),
    pace=Pace(every=4.0, burst=8),  # 60 calls a minute, and an update takes three or four
    notes=(
        f"The API user needs the methods {_METHODS}.",
        "The least TTL is 300 seconds.",
        "The API user is made apart: the login of the customer zone is not accepted.",
    ),
)
