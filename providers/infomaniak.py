"""Infomaniak: records with ids below a zone, by version 2 of the API."""

from __future__ import annotations

from providers.engine.asking import Found, Job
from providers.engine.errors import Confused, one_line
from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest
from providers.engine.wire import Bearer

_UNKNOWN = "does not accept the token; make a new one in the Manager under Developer > API tokens"
_NO_SCOPE = "does not let this token do that; make one with the scopes dns:read and dns:write"
_API = Api(
    title="Infomaniak",
    base="https://api.infomaniak.com/2",  # zones with Fast Anycast never publish what 1 stores
    auth=lambda job: Bearer(token=job.secret("token")),
    failed=lambda said: not isinstance(said, dict) or said.get("result") != "success",
    meanings=(
        (("not_authorized", "HTTP 401"), Cause.CREDENTIALS, _UNKNOWN),
        ("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),
        ("object_not_found", Cause.NOT_FOUND, "has no such zone or record in this account"),
        ("*already_exist*", Cause.CONFLICT, "holds such a record already"),
        ("validation_failed", Cause.REJECTED, "does not accept this record"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    said = yield from _API.ask(job, "GET", ("zones", name, "exists"), absent=True)
    found = said is not None and said.get("data")
    if not isinstance(found, bool):
        raise Confused(f"neither yes nor no to whether it has {name}: {one_line(repr(found))}")
    return Zone(name=name) if found else None


def _body(zone: Zone, wish: Wish, row: Row | None) -> object:
    body = {"target": str(wish.value), "ttl": wish.ttl}
    return body if row else {"source": zone.relative(wish.name, "."), "type": wish.rtype, **body}


INFOMANIAK = (
    Rest(
        api=_API,
        at=lambda zone: ("zones", zone.name, "records"),
        listed="data",
        columns=Columns(name="source", content="target"),
        foreign=lambda row: bool(row.get("dyndns_id")),  # their own dynamic DNS keeps it
        body=_body,
    )
    .records(zone=_zone, ttl_min=300)
    .provider(
        id="infomaniak",
        docs="https://developer.infomaniak.com/docs/api/get/2/zones/%7Bzone%7D/records",
        fields=(secret("token", "A token with dns:read and dns:write (Developer > API tokens)."),),
        pace=Pace(every=1.0, burst=30),  # 60 calls a minute
        notes=("A record that Infomaniak's own dynamic DNS keeps is left alone.",),
    )
)
