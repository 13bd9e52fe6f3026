"""netcup's CCP API: log in, read the zone, send what is to change in one call, log out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from providers.engine.asking import Answer, Done, Found, Job, Rows
from providers.engine.errors import Confused
from providers.engine.kit import Api, Cause, Pace, Records, Stop, Todo, Zone, secret, setting
from providers.engine.rest import Columns
from providers.engine.shape import member
from providers.engine.wire import Secret

_NO_ZONE = "has no such zone that this API can manage; CloudDNS zones are out of its reach"
_WRONG = "does not accept customer number, API key and API password; see Master Data > API in CCP"
_EMPTY = 5029  # the code of an error that says: this zone holds no record at all
_BUSY = ("*requests per minute*", Cause.RATE_LIMITED, "was called too often", 60.0)


def _failed(answer: Any) -> bool:
    empty = (answer.get("action"), answer.get("statuscode")) == ("infoDnsRecords", _EMPTY)
    return answer.get("status") != "success" and not empty


_API = Api(
    title="Netcup",
    base="https://ccp.netcup.net/run/webservice/servers/endpoint.php?JSON",
    failed=_failed,
    meanings=(
        _BUSY,
        (
            ("502[89]", "*could not be found*", "*domainname does not match*"),
            Cause.NOT_FOUND,
            _NO_ZONE,
        ),
        ("4001", Cause.TRANSIENT, "ended the session; the next try logs in anew"),
        ("4013", Cause.REJECTED, "does not accept this name or address"),
    ),
)
_LOGIN = replace(_API, meanings=(_BUSY, ("4???", Cause.CREDENTIALS, _WRONG)))


def _ask(job: Job, zone: Zone, action: str, *, again: bool = True, **more: object) -> Answer:
    who = {"customernumber": job.text("customer"), "apikey": job.secret("api_key")}
    json = {"action": action, "param": {**who, **zone.raw, **more}}
    api = _LOGIN if action == "login" else _API
    write, absent = action == "updateDnsRecords", action == "infoDnsZone"
    return api.ask(job, "POST", "", json=json, write=write, idempotent=again, absent=absent)


def _zone(job: Job, name: str) -> Found:
    stranger = Zone(name=name, raw={"apipassword": job.secret("api_password")})
    answer = yield from _ask(job, stranger, "login")
    granted = answer.get("responsedata")
    session = granted.get("apisessionid") if isinstance(granted, dict) else None
    if not session or not isinstance(session, str):
        raise Confused("a login without a session")  # never its text, which may hold one
    zone = Zone(name=name, raw={"apisessionid": Secret(session), "domainname": name})
    try:
        found = yield from _ask(job, zone, "infoDnsZone")
    except Stop:
        yield from _close(job, zone)
        raise
    if found is None:
        yield from _close(job, zone)
    return zone if found else None


def _close(job: Job, zone: Zone) -> Done:
    session = Zone(name="", raw={"apisessionid": zone.raw["apisessionid"]})
    try:
        return (yield from _ask(job, session, "logout"))
    except (Stop, Confused):
        return None  # what was done is done; a session ends by itself after a quarter of an hour


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _ask(job, zone, "infoDnsRecords")
    empty = answer.get("statuscode") == _EMPTY
    listed = [] if empty else member(answer, "responsedata").get("dnsrecords")
    return Columns(name="hostname", content="destination", ttl="").rows(zone, listed)


def _write_all(job: Job, zone: Zone, todo: Todo) -> Done:
    def record(name: str, rtype: str, value: object, **more: object) -> dict[str, object]:
        host = zone.relative(name)
        return {"hostname": host, "type": rtype, "destination": str(value), **more}

    records = [record(wish.name, wish.rtype, wish.value, id=row.id) for row, wish in todo.altered]
    records += [record(wish.name, wish.rtype, wish.value) for wish in todo.new]
    gone = [record(r.name, r.rtype, r.content, id=r.id, deleterecord=True) for r in todo.gone]
    change, again = {"dnsrecords": records + gone}, not (todo.new or todo.gone)
    return _ask(job, zone, "updateDnsRecords", again=again, dnsrecordset=change)


NETCUP = Records(api=_API, zone=_zone, rows=_rows, write_all=_write_all, close=_close).provider(
    id="netcup",
    docs="https://helpcenter.netcup.com/en/wiki/general/our-api",
    fields=(
        setting("customer", "The customer number (top right in the CCP)."),
        secret("api_key", "An API key (CCP: Master Data > API)."),
        secret("api_password", "The API password (on the same page)."),
    ),
    pace=Pace(every=2.0, burst=10),  # 180 calls a minute, and a change takes five
    notes=(
        "The TTL belongs to the zone: set a short one in the CCP.",
        "The API password opens the whole account, whichever key it is used with.",
        "Zones of the newer CloudDNS are out of this API's reach.",
    ),
)
