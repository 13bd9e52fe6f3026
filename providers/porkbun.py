"""Porkbun: records with ids; every call is a POST with both keys in its body."""

from __future__ import annotations

from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret, zone_asked
from providers.engine.rest import Columns

_KEYS = "does not accept the keys; make a new pair under Account > API Access, and copy both"
_OPT_IN = "lets no program manage this domain yet; switch on API Access in the domain's Details"
_PLACE = "does not let this address in; remove the list of addresses from the API key"
_NO_DOMAIN = "has no such domain in this account, or the key is not good for it"
_UNDONE = "did not do it: the same is held already, another record is in the way, or too many calls"
_API = Api(
    title="Porkbun",
    base="https://api.porkbun.com/api/json/v3",
    failed=lambda answer: not isinstance(answer, dict) or answer.get("status") != "SUCCESS",
    meanings=(
        ("*not opted in*", Cause.BLOCKED, _OPT_IN),
        ("invalid?api?key*", Cause.CREDENTIALS, _KEYS),
        ("ip_not_allowed", Cause.BLOCKED, _PLACE),
        (("invalid?domain*", "domain_not_*"), Cause.NOT_FOUND, _NO_DOMAIN),
        ("invalid?record?id*", Cause.CONFLICT, "no longer has the record"),
        (("duplicate_record", "* error: we were unable to*"), Cause.CONFLICT, _UNDONE),
        ("HTTP 202", Cause.RATE_LIMITED, "was called too often", 60.0),
    ),
)


def _ask(job: Job, *path: str, **body: str) -> Answer:
    json = {"apikey": job.secret("api_key"), "secretapikey": job.secret("secret_key"), **body}
    # A repeated edit or deletion is refused as done already, and then looked at again.
    again, absent = path[1] in ("edit", "delete"), path[1] == "getNs"
    write = again or path[1] == "create"
    return _API.ask(job, "POST", path, json=json, write=write, idempotent=again, absent=absent)


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _ask(job, "dns", "retrieve", zone.name)
    return Columns(full=True).rows(zone, answer.get("records"))


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    verb = ("edit", zone.name, row.id) if row else ("create", zone.name)
    # An edit without `name` would move the record to the apex.
    body = {"name": zone.relative(wish.name, apex=""), "type": wish.rtype}
    return _ask(job, "dns", *verb, **body, content=str(wish.value), ttl=str(wish.ttl))


PORKBUN = Records(
    api=_API,
    zone=zone_asked(lambda job, name: _ask(job, "domain", "getNs", name)),
    rows=_rows,
    put=_put,
    delete=lambda job, zone, row: _ask(job, "dns", "delete", zone.name, row.id),
    ttl_min=600,
    aliases=("CNAME", "ALIAS"),
).provider(
    id="porkbun",
    docs="https://porkbun.com/api/json/v3/documentation",
    fields=(
        secret("api_key", "The API key, pk1_… (Account > API Access)."),
        secret("secret_key", "The secret key that came with it, sk1_…."),
    ),
    pace=Pace(every=1.0, burst=5),  # 60 calls a minute, 5 in a second at most, says the support
    notes=(
        "API Access must be switched on for each domain, in its Details.",
        "A key may be limited: allow it the domain, and give it no list of addresses.",
        "A new domain comes with parking records (ALIAS, and CNAME at *): delete them first.",
    ),
)
