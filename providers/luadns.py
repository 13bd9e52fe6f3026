"""LuaDNS: records with ids, names with a final dot."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Basic, Job

_WRONG_KEY = (
    "does not accept this e-mail address and key; look under Settings whether the API is on"
)
_NO_RIGHT = "does not let this key do that; make one for this zone under API Keys"
_API = Api(
    title="LuaDNS",
    base="https://api.luadns.com/v1",
    auth=lambda job: Basic(user=job.text("email"), password=job.secret("token")),
    headers=lambda _: (("Accept", "application/json"),),  # demanded of every request
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _WRONG_KEY),
        ("HTTP 403", Cause.CREDENTIALS, _NO_RIGHT),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", "/zones")
    ids = {text(zone, "name"): str(number(zone, "id")) for zone in objects(found, "zones")}
    return Zone(name=name, id=ids[name]) if name in ids else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    # Pages come only to those who ask for a `limit`.
    found = yield from _API.ask(job, "GET", ("zones", zone.id, "records"))
    return [
        Row(
            id=str(number(row, "id")),
            name=text(row, "name"),
            rtype=text(row, "type"),
            content=text(row, "content"),
            ttl=number(row, "ttl"),
            foreign=row.get("generated") is True,  # made by LuaDNS itself
        )
        for row in objects(found, "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("zones", zone.id, "records")
    name, content = f"{wish.name}.", str(wish.value)
    body = {"name": name, "type": wish.rtype, "content": content, "ttl": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PUT", (*path, row.id), json=body))
    return (yield from _API.ask(job, "POST", path, json=body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("zones", zone.id, "records", row.id)))


LUADNS = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300).provider(
    id="luadns",
    docs="https://luadns.com/api.html",
    fields=(
        Field(key="email", help="The e-mail address that you log in with."),
        Field(key="token", help="An API key (API Keys; enable the API first).", secret=True),
    ),
    pace=Pace(every=1.0, burst=100),  # 1,200 calls in 5 minutes
    notes=(
        "The API is off until it is enabled under Settings.",
        "The least TTL is 300 seconds, as on the free plan.",
        "A push to a connected git repository overwrites what was changed through the API.",
    ),
)
