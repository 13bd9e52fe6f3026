"""bunny.net DNS: records with ids in zones with ids; the types are numbers."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import Object, identity, number, objects, text
from providers.engine.wire import Job

_KEY = "does not accept the key; copy the API key of the account (Account Settings > API Key)"
_DENIED = "does not let this key change DNS; take the account's own API key"
_GONE = "no longer has the record; somebody else deleted it meanwhile"
_API = Api(
    title="Bunny.net",
    base="https://api.bunny.net",
    headers=lambda job: (("AccessKey", job.secret("key")),),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _KEY),
        ("HTTP 403", Cause.CREDENTIALS, _DENIED),
        ("*record*not?found*", Cause.CONFLICT, _GONE),
    ),
)
_TYPES = {"A": 0, "AAAA": 1, "CNAME": 2, "Redirect": 5, "Flatten": 6, "PullZone": 7, "Script": 11}
_NAMES = {number: name for name, number in _TYPES.items()}
_ALIASES = ("CNAME", "Redirect", "Flatten", "PullZone", "Script")
_KEPT = ("Accelerated", "AutoSslIssuance", "Comment", "MonitorType")


def _zone(job: Job, name: str) -> Found:
    page, more = 1, True
    while more:
        query = (("search", name), ("page", str(page)), ("perPage", "1000"))
        answer = yield from _API.ask(job, "GET", ("dnszone",), query=query)
        for zone in objects(answer.get("Items"), "Items"):
            if text(zone, "Domain").lower() == name:
                return Zone(name=name, id=identity(zone, "Id"))
        page, more = page + 1, answer.get("HasMoreItems") is True
    return None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _API.ask(job, "GET", ("dnszone", zone.id))
    return [
        Row(
            id=identity(row, "Id"),
            name=zone.absolute(text(row, "Name")),
            rtype=_NAMES.get(number(row, "Type"), ""),
            content=row.get("Value") or "",
            ttl=number(row, "Ttl"),
            foreign=_foreign(row),
            raw=row,
        )
        for row in objects(answer.get("Records"), "Records")
    ]


def _foreign(row: Object) -> bool:
    """Whether the record is switched off, or one of several among which visitors are shared."""
    routed = row.get("SmartRoutingType") not in (None, 0, "None")
    return row.get("Disabled") is True or routed or row.get("Weight") not in (None, 0, 100)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("dnszone", zone.id, "records")
    host, kind = zone.relative(wish.name, apex=""), _TYPES[wish.rtype]
    body = {"Type": kind, "Name": host, "Value": str(wish.value), "Ttl": wish.ttl}
    if row:
        kept = {key: row.raw[key] for key in _KEPT if row.raw.get(key) is not None}
        call = _API.ask(job, "POST", (*path, row.id), json=kept | body, idempotent=True)
    else:
        call = _API.ask(job, "PUT", path, json=body, idempotent=False)  # each PUT makes another one
    return (yield from call)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("dnszone", zone.id, "records", row.id)))


BUNNY = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=60, aliases=_ALIASES
).provider(
    id="bunny",
    docs="https://docs.bunny.net/api-reference/core/dns-zone/add-dns-record",
    fields=(Field(key="key", help="The API key (Account Settings > API Key).", secret=True),),
    pace=Pace(every=1.0, burst=20),  # a limit exists (429), and is not published
    notes=("The key opens the whole account: bunny.net has no keys for DNS alone.",),
)
