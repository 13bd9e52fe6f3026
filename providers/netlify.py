"""Netlify: records with ids that cannot be changed, only made and deleted."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, zone_list
from providers.engine.shape import Object
from providers.engine.wire import Bearer

_API = Api(
    title="Netlify",
    base="https://api.netlify.com/api/v1",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, "lets the token's owner not manage DNS in this team"),
        ("*already exists*", Cause.CONFLICT, "holds this record already"),
    ),
)


def _body(_: Zone, wish: Wish, __: Row | None) -> Object:
    name, value = wish.name, str(wish.value)
    return {"type": wish.rtype, "hostname": name, "value": value, "ttl": wish.ttl}


NETLIFY = (
    Rest(
        api=_API,
        at=lambda zone: ("dns_zones", zone.id, "dns_records"),
        columns=Columns(name="hostname", content="value", full=True),
        foreign=lambda row: row.get("managed") is True,
        body=_body,
    )
    .records(zone=zone_list(_API, ("dns_zones",)), alters=False)
    .provider(
        id="netlify",
        docs="https://open-api.netlify.com/#tag/dnsZone",
        fields=(secret("token", "A personal access token (User settings > Applications)."),),
        pace=Pace(every=1.0, burst=50),  # 500 calls a minute
        notes=(
            "A record cannot be changed: a new one is made first, then the old one is deleted.",
            "A TTL is therefore not changed as long as the address stays.",
        ),
    )
)
