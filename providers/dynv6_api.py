"""dynv6's REST API: the records below a zone; the zone's own address is the row `dynv6`."""

from __future__ import annotations

from providers.engine.asking import Found, Job, Rows
from providers.engine.errand import Stop
from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest
from providers.engine.shape import Object, identity, objects
from providers.engine.wire import Bearer

_TOKEN = "does not accept the token; make a new HTTP token under Keys"  # noqa: S105  a sentence
_SHARE = "does not let this token into the zone; make an HTTP token under Keys for all zones"
_API = Api(
    title="dynv6",
    base="https://dynv6.com/api/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _TOKEN),
        ("HTTP 403", Cause.CREDENTIALS, _SHARE),
        ("HTTP 422", Cause.REJECTED, "does not take this record; check the name"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("zones", "by-name", name), absent=True)
    return None if found is None else Zone(name=name, id=identity(found, "id"))


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    if name == zone.name:  # no record, but two members of the zone, one of them a prefix
        reason = f"dynv6 keeps the address of {name} itself in another place; use provider dynv6"
        raise Stop.because(Cause.REJECTED, reason)
    found = yield from _API.ask(job, "GET", ("zones", zone.id, "records"))
    # The data of an AAAA record may be the host's part alone; what is served stands beside it.
    rows = [
        {**row, "data": row.get("expandedData") or row.get("data")}
        for row in objects(found, "records")
    ]
    return Columns(content="data", ttl="").rows(zone, rows)


def _body(zone: Zone, wish: Wish, _: Row | None) -> Object:
    return {"name": zone.relative(wish.name), "type": wish.rtype, "data": str(wish.value)}


_REST = Rest(api=_API, at=lambda zone: ("zones", zone.id, "records"), body=_body, change="PATCH")
DYNV6_API = _REST.records(zone=_zone, rows=_rows).provider(
    id="dynv6_api",
    docs="https://dynv6.github.io/api-spec/",
    fields=(secret("token", "An HTTP token, made under Keys at dynv6.com."),),
    pace=Pace(every=5.0, burst=20),  # no limit is published
    notes=(
        "It keeps names below a zone; for the zone itself use the provider dynv6.",
        "The TTL is always 60 seconds.",
    ),
)
