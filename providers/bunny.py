"""bunny.net DNS: records with ids in zones with ids; the types are numbers."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Job, Rows
from providers.engine.kit import Api, Cause, Pace, Query, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, zone_list
from providers.engine.shape import Object, number, objects

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
_COLUMNS = Columns(id="Id", name="Name", rtype="Type", content="Value", ttl="Ttl")


def _more(answer: Any, page: int) -> Query | None:
    return (("page", str(page + 1)),) if answer.get("HasMoreItems") is True else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _API.ask(job, "GET", ("dnszone", zone.id))
    shown = [
        {**row, "Type": _NAMES.get(number(row, "Type"), ""), "Value": row.get("Value") or ""}
        for row in objects(answer.get("Records"), "Records")
    ]
    return _COLUMNS.rows(zone, shown, _foreign)


def _foreign(row: Object) -> bool:
    """Whether the record is switched off, or one of several among which visitors are shared."""
    routed = row.get("SmartRoutingType") not in (None, 0, "None")
    return row.get("Disabled") is True or routed or row.get("Weight") not in (None, 0, 100)


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    kept = {key: row.raw[key] for key in _KEPT if row.raw.get(key) is not None} if row else {}
    host, kind = zone.relative(wish.name, apex=""), _TYPES[wish.rtype]
    return kept | {"Type": kind, "Name": host, "Value": str(wish.value), "Ttl": wish.ttl}


_ZONES = zone_list(
    _API,
    ("dnszone",),
    "Items",
    name="Domain",
    id_="Id",
    query=lambda name: (("search", name),),
    more=_more,
)
_REST = Rest(  # each PUT makes another one
    api=_API, at=lambda zone: ("dnszone", zone.id, "records"), body=_body, make="PUT", change="POST"
)
BUNNY = _REST.records(zone=_ZONES, rows=_rows, ttl_min=60, aliases=_ALIASES).provider(
    id="bunny",
    docs="https://docs.bunny.net/api-reference/core/dns-zone/add-dns-record",
    fields=(secret("key", "The API key (Account Settings > API Key)."),),
    pace=Pace(every=1.0, burst=20),  # a limit exists (429), and is not published
    notes=("The key opens the whole account: bunny.net has no keys for DNS alone.",),
)
