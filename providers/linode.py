"""Linode (Akamai): records with ids below a domain that has an id of its own."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, counted, zone_list
from providers.engine.shape import Object
from providers.engine.wire import Bearer

_NO_SCOPE = "does not let this token do that; make one with Domains: Read/Write"
_API = Api(
    title="Linode",
    base="https://api.linode.com/v4",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("*not authorized to use this endpoint*", Cause.CREDENTIALS, _NO_SCOPE),
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),
        ("Record conflict*", Cause.CONFLICT, "holds a record that clashes with this one"),
    ),
)
_TTLS = (30, 120, 300, *(3600 * hours for hours in (1, 2, 4, 8, 16, 24, 48, 96, 168, 336, 672)))
_PAGE = (("page_size", "500"),)  # the most


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    body = {"name": zone.relative(wish.name, ""), "target": str(wish.value), "ttl_sec": wish.ttl}
    return body if row else {"type": wish.rtype, **body}


_DOMAINS = zone_list(
    _API, ("domains",), "data", name="domain", query=lambda _: _PAGE, more=counted("pages")
)
LINODE = (
    Rest(
        api=_API,
        at=lambda zone: ("domains", zone.id, "records"),
        listed="data",
        query=lambda *_: _PAGE,
        more=counted("pages"),
        columns=Columns(content="target", ttl="ttl_sec"),  # 0 stands for the zone's own TTL
        body=_body,
    )
    .records(zone=_DOMAINS, ttl_min=30, ttl_steps=_TTLS)
    .provider(
        id="linode",
        docs="https://techdocs.akamai.com/linode-api/reference/get-domain-records",
        fields=(secret("token", "A token with Domains: Read/Write (Profile > API Tokens)."),),
        pace=Pace(every=1.0, burst=100),  # 200 lists a minute, 1,600 other calls
        notes=("TTLs are stored in steps (30, 120, 300, 3600 … seconds); others are rounded up.",),
    )
)
