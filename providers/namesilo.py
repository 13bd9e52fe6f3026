"""NameSilo: records with ids. Every call is a GET, the key in its query; every answer is a 200."""

from __future__ import annotations

from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret, zone_asked
from providers.engine.rest import Columns
from providers.engine.shape import member

_KEY = "does not accept the API key; make a new one under Account > API Manager"
_OWNER = "lets no sub-account do this; make the API key in the main account"
_PLACE = "does not let this address in; remove the list of allowed addresses in the API Manager"
_API = Api(
    title="NameSilo",
    base="https://www.namesilo.com/api",
    query=lambda job: (("version", "1"), ("type", "json"), ("key", job.secret("key"))),
    # The code is a number in some answers, and text in others.
    failed=lambda answer: str((answer.get("reply") or {}).get("code")) != "300",
    meanings=(
        (("109", "110", "111"), Cause.CREDENTIALS, _KEY),
        ("112", Cause.CREDENTIALS, _OWNER),
        ("113", Cause.BLOCKED, _PLACE),
        (("114", "200"), Cause.NOT_FOUND, "has no such active domain in this account"),
        (("115", "201"), Cause.TRANSIENT, "has trouble of its own"),
        ("*already exists*", Cause.CONFLICT, "got an identical record from somebody else"),
        (("210", "280"), Cause.REJECTED, "does not accept this change to its records"),
    ),
)


def _ask(job: Job, call: str, domain: str, **more: str) -> Answer:
    write, absent = call.endswith("Record"), call == "getDomainInfo"
    query = (("domain", domain), *more.items())
    return _API.ask(job, "GET", (call,), query=query, write=write, absent=absent)


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _ask(job, "dnsListRecords", zone.name)
    held = member(answer, "reply").get("resource_record", [])
    rows = [held] if isinstance(held, dict) else held  # a single one comes without its list
    return Columns(id="record_id", name="host", content="value", full=True).rows(zone, rows)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    host = zone.relative(wish.name, apex="")
    body = {"rrhost": host, "rrvalue": str(wish.value), "rrttl": str(wish.ttl)}
    if row:  # its id is another one afterwards
        return _ask(job, "dnsUpdateRecord", zone.name, rrid=row.id, **body)
    return _ask(job, "dnsAddRecord", zone.name, rrtype=wish.rtype, **body)


NAMESILO = Records(
    api=_API,
    zone=zone_asked(lambda job, name: _ask(job, "getDomainInfo", name)),
    rows=_rows,
    put=_put,
    delete=lambda job, zone, row: _ask(job, "dnsDeleteRecord", zone.name, rrid=row.id),
    ttl_min=3600,
).provider(
    id="namesilo",
    docs="https://www.namesilo.com/api-reference",
    fields=(secret("key", "An API key (Account > API Manager)."),),
    pace=Pace(every=1.0, burst=5),  # about one call a second
    notes=(
        "A change is served some minutes after it was accepted.",
        "A list of allowed addresses in the API Manager locks out a home whose address changes.",
    ),
)
