"""Vercel: records with ids below a domain of a person or a team."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret, setting
from providers.engine.rest import Columns, Rest, following, zone_page
from providers.engine.shape import Object
from providers.engine.wire import Bearer

_NO_TOKEN = "does not accept the token; make one under Account Settings > Tokens"  # noqa: S105  prose
_NO_ACCESS = "lets this token not manage the domain; for a team's domain, set team_id"
_CLASH = "holds a record that clashes with this one"
_API = Api(
    title="Vercel",
    base="https://api.vercel.com",
    auth=lambda job: Bearer(token=job.secret("token")),
    query=lambda job: (("teamId", job.text("team_id")),) if job.text("team_id") else (),
    meanings=(
        (("Not authorized", "HTTP 401"), Cause.CREDENTIALS, _NO_TOKEN),
        ("HTTP 402", Cause.BLOCKED, "asks for a payment first; see Settings > Billing"),
        ("HTTP 403", Cause.CREDENTIALS, _NO_ACCESS),
        (("HTTP 409", "record_conflicts"), Cause.CONFLICT, _CLASH),
    ),
)


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    body = {"value": str(wish.value), "ttl": wish.ttl}
    return body if row else {"name": zone.relative(wish.name, ""), "type": wish.rtype, **body}


VERCEL = (
    Rest(
        api=_API,
        at=lambda zone: ("v2", "domains", zone.name, "records"),
        shown=lambda zone: ("v4", "domains", zone.name, "records"),
        one=lambda _, row: ("v1", "domains", "records", row.id),
        listed="records",
        query=lambda *_: (("limit", "100"),),  # there is no filter for names
        more=following("until", "pagination", "next"),
        columns=Columns(content="value", any_ttl=True),
        foreign=lambda row: row.get("creator") == "system",
        body=_body,
        change="PATCH",
    )
    .records(zone=zone_page(_API, "v5", "domains"), ttl_min=60)
    .provider(
        id="vercel",
        docs="https://vercel.com/docs/rest-api/reference/endpoints/dns",
        fields=(
            secret("token", "A token (Account Settings > Tokens)."),
            setting("team_id", "The id of the domain's team (Settings > General).", required=False),
        ),
        pace=Pace(every=45.0, burst=20),  # 100 new records an hour, 50 changes a minute
        notes=("The domain must use Vercel's name servers.",),
    )
)
