"""IONOS (hosting): records with ids in zones with ids; names are FQDNs."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Pace, Row, Wish, Zone, secret
from providers.engine.rest import Columns, Rest, zone_list

_KEY = "does not accept the key; it is the public prefix, a full stop and the secret, in one"
_DENIED = "does not let this key do that; make a key in the account that holds the domain"
_GONE = "no longer has the record; somebody else deleted it meanwhile"
_API = Api(
    title="IONOS",
    base="https://api.hosting.ionos.com/dns/v1",
    headers=lambda job: (("X-API-Key", job.secret("key")),),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _KEY),
        ("HTTP 403", Cause.CREDENTIALS, _DENIED),
        ("RECORD_NOT_FOUND", Cause.CONFLICT, _GONE),
        ("*ALREADY_EXISTS*", Cause.CONFLICT, "got an identical record from somebody else"),
        ("INVALID_RECORD", Cause.REJECTED, "does not accept this name, address or TTL"),
        ("*QUOTA*", Cause.BLOCKED, "takes no further records in this zone; delete some there"),
    ),
)


def _body(_: Zone, wish: Wish, row: Row | None) -> object:
    body = {"content": str(wish.value), "ttl": wish.ttl, "prio": 0, "disabled": False}
    return body if row else [{"name": wish.name, "type": wish.rtype, **body}]


IONOS = (
    Rest(
        api=_API,
        at=lambda zone: ("zones", zone.id, "records"),
        shown=lambda zone: ("zones", zone.id),
        listed="records",
        columns=Columns(full=True),
        foreign=lambda row: row.get("disabled") is True,
        body=_body,
    )
    .records(zone=zone_list(_API, ("zones",)), ttl_min=60)
    .provider(
        id="ionos",
        docs="https://developer.hosting.ionos.com/docs/dns",
        fields=(
            secret("key", "The API key as prefix.secret (developer.hosting.ionos.com > API keys)."),
        ),
        pace=Pace(every=2.0, burst=10),  # a limit exists (429), and is not published
        notes=(
            "The domain must use the name servers of IONOS (ui-dns), not those of IONOS Cloud.",
        ),
    )
)
