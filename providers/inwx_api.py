"""INWX's DomRobot API: log in, read the zone, change records by their ids, log out."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Job, Rows
from providers.engine.inwx_api import API, LOOK, begin, call, end
from providers.engine.kit import Pace, Records, Row, Stop, Wish, Zone, secret, setting
from providers.engine.rest import Columns
from providers.engine.shape import member
from providers.engine.zones import candidates, no_zone

_FACTOR = "The text behind the QR code of Mobile TAN, for a user with a second factor."


def _zone(job: Job, _: str) -> Found:
    session = yield from begin(job)  # one for all candidates: a one-time password is good once
    for name in candidates(job):
        if (yield from call(job, session, "nameserver.info", {"domain": name}, LOOK)):
            return Zone(name=name, raw=session.raw)
    yield from end(job, session)
    raise Stop(no_zone(job, API.title))


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    found = yield from call(job, zone, "nameserver.info", {"domain": zone.name})
    listed = member(found, "resData").get("record", [])  # an empty zone comes without a list
    return Columns(full=True).rows(zone, listed)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    told = {"content": str(wish.value), "ttl": wish.ttl}
    if row:
        return call(job, zone, "nameserver.updateRecord", {"id": int(row.id), **told})
    new = {"domain": zone.name, "name": wish.name, "type": wish.rtype, **told}
    return call(job, zone, "nameserver.createRecord", new)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return call(job, zone, "nameserver.deleteRecord", {"id": int(row.id)})


INWX_API = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, close=end, ttl_min=300
).provider(
    id="inwx_api",
    docs="https://www.inwx.com/en/help/apidoc/f/ch02s15.html",
    fields=(
        setting("username", "The user name that you log in to INWX with."),
        secret("password", "The password of that user."),
        secret("shared_secret", _FACTOR, required=False),
    ),
    pace=Pace(every=5.0, burst=10),  # no limits are documented; an update takes four calls or more
    notes=(
        "A user with the DNS role alone, and without a second factor, is the safer choice.",
        "With a second factor there is one login in 30 seconds, so many names take their time.",
        "For the test system set endpoint to https://api.ote.domrobot.com/jsonrpc.",
    ),
)
