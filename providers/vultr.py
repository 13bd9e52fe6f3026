"""Vultr: records with ids below a domain."""

from __future__ import annotations

from typing import Any

from providers.engine.kit import Api, Cause, Pace, Query, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, zone_page
from providers.engine.shape import Object, member, text
from providers.engine.wire import Bearer

_NO_ADDRESS = "takes no calls from this address; allow all under Account > API > Access Control"
_API = Api(
    title="Vultr",
    base="https://api.vultr.com/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("*IP address*", Cause.BLOCKED, _NO_ADDRESS),
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the key; copy it from Account > API"),
        ("HTTP 403", Cause.CREDENTIALS, "lets the key's user not manage DNS; see Account > Users"),
        ("Invalid domain*", Cause.NOT_FOUND, "does not know this domain in this account"),
        (("*duplicate*", "*already exists*"), Cause.CONFLICT, "holds this record already"),
    ),
)


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    body = {"name": zone.relative(wish.name, ""), "data": str(wish.value), "ttl": wish.ttl}
    return body if row else {"type": wish.rtype, **body}


def _more(answer: Any, _: int) -> Query | None:
    cursor = text(member(member(answer, "meta"), "links"), "next")
    return (("cursor", cursor),) if cursor else None


VULTR = (
    Rest(
        api=_API,
        at=lambda zone: ("domains", zone.name, "records"),
        listed="records",
        query=lambda *_: (("per_page", "500"),),  # there is no filter for names
        more=_more,
        columns=Columns(content="data"),
        body=_body,
        change="PATCH",
    )
    .records(zone=zone_page(_API, "domains"), ttl_min=120)
    .provider(
        id="vultr",
        docs="https://www.vultr.com/api/#tag/dns",
        fields=(secret("token", "The API key of a user who may manage DNS (Account > API)."),),
        pace=Pace(every=1.0, burst=20),  # 30 calls a second from one address, then 429 or 503
        notes=("The key works from listed addresses only: allow every one (Account > API).",),
    )
)
