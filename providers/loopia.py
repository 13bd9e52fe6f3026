"""Loopia: records with ids below a subdomain, by XML-RPC."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Answer, Done, Found, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret, setting
from providers.engine.shape import number, objects, text

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
        (("RATE_LIMITED", "429"), Cause.RATE_LIMITED, "was called too often", 60.0),
        ("BAD_INDATA", Cause.REJECTED, "does not accept this record"),
        ("INSUFFICIENT_FUNDS", Cause.BLOCKED, "demands a payment first"),
        ("UNKNOWN_ERROR", Cause.TRANSIENT, "did not do it, and does not say why"),
    ),
)


def _call(job: Job, method: str, *values: object) -> Answer:
    call = (method, (job.text("username"), job.secret("password"), *values))
    write, again = not method.startswith("get"), not method.startswith("add")
    return _API.ask(job, "POST", "", xmlrpc=call, write=write, idempotent=again)


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
    method, id_ = ("updateZoneRecord", int(row.id)) if row else ("addZoneRecord", 0)
    host = zone.relative(wish.name)
    return _call(job, method, zone.name, host, {**record, "record_id": id_})


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return _call(job, "removeZoneRecord", zone.name, zone.relative(row.name), int(row.id))


LOOPIA = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300).provider(
    id="loopia",
    docs="https://support.loopia.com/wiki/updatezonerecord/",
    fields=(
        setting("username", "The API user, such as name@loopiaapi (Account settings > LoopiaAPI)."),
        secret("password", "The password of the API user."),
    ),
    pace=Pace(every=4.0, burst=8),  # 60 calls a minute, and an update takes three or four
    notes=(
        f"The API user needs the methods {_METHODS}.",
        "The API user is made apart: the login of the customer zone is not accepted.",
    ),
)
