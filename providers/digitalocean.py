"""DigitalOcean: records with ids below a domain."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, zone_page
from providers.engine.shape import Object
from providers.engine.wire import Bearer

_NO_SCOPE = "does not let this token do that; it needs domain read, create, update and delete"
_API = Api(
    title="DigitalOcean",
    base="https://api.digitalocean.com/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),),
)


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    body = {"type": wish.rtype, "data": str(wish.value), "ttl": wish.ttl}
    return body if row else {"name": zone.relative(wish.name), **body}


DIGITALOCEAN = (
    Rest(
        api=_API,
        at=lambda zone: ("domains", zone.name, "records"),
        listed="domain_records",
        # 200 of one name are far beyond what a home has.
        query=lambda _, name: (("name", name), ("per_page", "200")),
        columns=Columns(content="data"),
        body=_body,
        change="PATCH",
    )
    .records(zone=zone_page(_API, "domains"), ttl_min=30)
    .provider(
        id="digitalocean",
        docs="https://docs.digitalocean.com/reference/api/reference/domains/",
        fields=(secret("token", "A token with domain scopes (API > Tokens)."),),
        pace=Pace(every=1.0, burst=50),  # 250 calls a minute, 5,000 an hour
    )
)
