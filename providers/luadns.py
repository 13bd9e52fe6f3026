"""LuaDNS: records with ids, names with a final dot."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret, setting
from providers.engine.rest import Columns, Rest, zone_list
from providers.engine.wire import Basic

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


def _body(_: Zone, wish: Wish, __: Row | None) -> object:
    name, content = f"{wish.name}.", str(wish.value)
    return {"name": name, "type": wish.rtype, "content": content, "ttl": wish.ttl}


LUADNS = (
    Rest(
        api=_API,
        at=lambda zone: ("zones", zone.id, "records"),  # pages come to those who ask for a `limit`
        columns=Columns(full=True),
        foreign=lambda row: row.get("generated") is True,  # made by LuaDNS itself
        body=_body,
    )
    .records(zone=zone_list(_API, ("zones",)), ttl_min=300)
    .provider(
        id="luadns",
        docs="https://luadns.com/api.html",
        fields=(
            setting("email", "The e-mail address that you log in with."),
            secret("token", "An API key (API Keys; enable the API first)."),
        ),
        pace=Pace(every=1.0, burst=100),  # 1,200 calls in 5 minutes
        notes=(
            "The API is off until it is enabled under Settings.",
            "The least TTL is 300 seconds, as on the free plan.",
            "A push to a connected git repository overwrites what was changed through the API.",
        ),
    )
)
