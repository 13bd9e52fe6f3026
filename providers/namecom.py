"""name.com: records with ids below a domain."""

from __future__ import annotations

from providers.engine.errors import json_of
from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret, setting
from providers.engine.rest import Columns, Rest, following, zone_list
from providers.engine.wire import Basic

_WRONG = "does not accept this user name and token; make a token under Account > API Tokens"
_STEPS = "lets no program in because of two-step verification; allow API access in its settings"
_DENIED = "does not let this token do that; check its permissions and the addresses it is good for"
_EMPTY: dict[str, object] = {"domains": [], "records": []}  # left out of answers that have none
_API = Api(
    title="Name.com",
    base="https://api.name.com/v4",
    auth=lambda job: Basic(user=job.text("user"), password=job.secret("token")),
    read=lambda response: answer if (answer := json_of(response)) != {} else _EMPTY,
    meanings=(
        (("*namesafe*", "*two-step*"), Cause.BLOCKED, _STEPS),
        ("HTTP 401", Cause.CREDENTIALS, _WRONG),
        ("HTTP 403", Cause.CREDENTIALS, _DENIED),
        ("*duplicate record*", Cause.CONFLICT, "got an identical record from somebody else"),
    ),
)
_MORE = following("page", "nextPage")
_ZONES = zone_list(_API, ("domains",), "domains", name="domainName", id_="domainName", more=_MORE)


def _body(zone: Zone, wish: Wish, _: Row | None) -> object:
    host, value = zone.relative(wish.name), str(wish.value)
    return {"host": host, "type": wish.rtype, "answer": value, "ttl": wish.ttl}


NAMECOM = (
    Rest(
        api=_API,
        at=lambda zone: ("domains", zone.name, "records"),
        listed="records",
        more=_MORE,
        columns=Columns(name="fqdn", content="answer", full=True),
        body=_body,
    )
    .records(zone=_ZONES, ttl_min=300, aliases=("CNAME", "ANAME"))
    .provider(
        id="namecom",
        docs="https://www.name.com/api-docs/DNS",
        fields=(
            setting("user", "The user name that you sign in with, with -test for a test token."),
            secret("token", "An API token (Account > API Tokens)."),
        ),
        pace=Pace(every=1.2, burst=20),  # 20 calls a second, 3,000 an hour
        notes=(
            "With two-step verification, allow API access in the security settings of the account.",
            "The domain must use name.com's own name servers.",
        ),
    )
)
