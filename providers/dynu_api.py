"""Dynu's REST API: records with ids below a domain, whose own addresses are the domain's.

The simpler way, with user name and password, is `dynu`.
"""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Asking, Done, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret
from providers.engine.rest import Columns, zone_list
from providers.engine.shape import Object, objects, text

_COLUMNS = Columns(name="hostname", rtype="recordType", full=True)
_OWN = "own"  # the id of an address that is no record, but the domain's
_ADDRESS = {"A": "ipv4Address", "AAAA": "ipv6Address"}
_SWITCH = {"A": "ipv4", "AAAA": "ipv6"}
# What a domain is told again when one of its addresses is changed.
_TOLD = ("name", "group", "ttl", "ipv4", "ipv6", "ipv4Address", "ipv6Address", "dnssec")
_TOLD_TOO = ("ipv4WildcardAlias", "ipv6WildcardAlias", "allowZoneTransfer")
_KEY = "Dynu > Control Panel > API Credentials"
_FULL = "has no room for more records in this account; delete some, or become a paying member"

_API = Api(
    title="Dynu (REST)",
    base="https://api.dynu.com/v2",
    headers=lambda job: (("API-Key", job.secret("api_key")),),
    failed=lambda answer: isinstance(answer, dict) and str(answer.get("statusCode")) != "200",
    spoken=(501, 503),  # a wrong argument, a full quota
    meanings=(
        ("Authentication Exception", Cause.CREDENTIALS, f"does not accept the key; see {_KEY}"),
        ("Quota Exception", Cause.BLOCKED, _FULL),
        ("Argument Exception", Cause.CONFLICT, "has this record already, or does not accept it"),
        ("Request Exception", Cause.NOT_FOUND, "does not know this domain or record any more"),
        ("Parse Exception", Cause.REJECTED, "does not accept this request"),
        ("Server Exception", Cause.TRANSIENT, "has trouble of its own"),
    ),
)


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    found = yield from _API.ask(job, "GET", ("dns", zone.id, "record"))
    records = [*objects(found.get("dnsRecords"), "dnsRecords")]
    if name == zone.name:
        domain = yield from _API.ask(job, "GET", ("dns", zone.id))
        own = {"id": _OWN, "hostname": name, "ttl": domain.get("ttl")}
        records += [
            {**own, "recordType": rtype, key: domain[key]}
            for rtype, key in _ADDRESS.items()
            if domain.get(_SWITCH[rtype]) and domain.get(key)
        ]
    shown = [{**one, "content": _content(one)} for one in records]
    # What is False was switched off by its owner.
    return _COLUMNS.rows(zone, shown, lambda record: record.get("state") is False)


def _content(record: Object) -> Any:
    return record.get(_ADDRESS.get(text(record, "recordType"), ""), "")


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    value = {"ttl": wish.ttl, _ADDRESS[wish.rtype]: str(wish.value)}
    if row.id == _OWN if row else (yield from _is_own(job, zone, wish)):
        return (yield from _tell(job, zone, {**value, _SWITCH[wish.rtype]: True}))
    record = {"nodeName": zone.relative(wish.name, ""), "recordType": wish.rtype, "state": True}
    path = ("dns", zone.id, "record", *((row.id,) if row else ()))
    if row:
        record["group"] = row.raw.get("group") or ""
    again = row is not None
    return (yield from _API.ask(job, "POST", path, json=record | value, idempotent=again))


def _is_own(job: Job, zone: Zone, wish: Wish) -> Asking[bool]:
    """Whether the domain itself is to get a new address: the apex, unless it has one already."""
    if wish.name != zone.name:
        return False
    domain = yield from _API.ask(job, "GET", ("dns", zone.id))
    return not domain.get(_SWITCH[wish.rtype])


def _tell(job: Job, zone: Zone, news: Object) -> Done:
    """Change the domain itself."""
    domain = yield from _API.ask(job, "GET", ("dns", zone.id))
    body = {key: domain[key] for key in (*_TOLD, *_TOLD_TOO) if key in domain} | news
    return (yield from _API.ask(job, "POST", ("dns", zone.id), json=body, idempotent=True))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    if row.id == _OWN:
        return _tell(job, zone, {_SWITCH[row.rtype]: False})
    return _API.ask(job, "DELETE", ("dns", zone.id, "record", row.id))


_ZONE = zone_list(_API, ("dns",), "domains")
DYNU_API = Records(
    api=_API, zone=_ZONE, rows=_rows, put=_put, delete=_delete, ttl_min=30, usual_ttl=120
).provider(
    id="dynu_api",
    docs="https://www.dynu.com/Support/API",
    fields=(secret("api_key", f"The API key ({_KEY})."),),
    pace=Pace(every=10.0, burst=20),  # no limit is published
    notes=("A free account holds four A and AAAA records beside the domain's own addresses.",),
)
