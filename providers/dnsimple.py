"""DNSimple: records with ids below a zone of an account."""

from __future__ import annotations

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Stop, Todo, Wish, Zone
from providers.engine.outcome import Refused
from providers.engine.shape import Object, identity, member, number, objects, text
from providers.engine.wire import Bearer, Job

_NO_ACCOUNT = "DNSimple does not say which account this user's token is for; set account"
_API = Api(
    title="DNSimple",
    base="https://api.dnsimple.com/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; make one at Account > Tokens"),
        ("HTTP 402", Cause.BLOCKED, "asks for a payment first; see Account > Billing"),
        ("HTTP 403", Cause.CREDENTIALS, "lets this token not do that; it must be able to write"),
        ("HTTP 412", Cause.BLOCKED, "does not offer that on the plan of this account"),
        ("*already exists*", Cause.CONFLICT, "holds this record already"),
    ),
)


def _account(job: Job) -> Asking[str]:
    told = member((yield from _API.ask(job, "GET", ("whoami",))), "data")
    if told.get("account") is None:
        raise Stop(Refused(cause=Cause.REJECTED, text=_NO_ACCOUNT))
    return identity(member(told, "account"), "id")


def _zone(job: Job, name: str) -> Found:
    account = job.text("account") or (yield from _account(job))
    found = yield from _API.ask(job, "GET", (account, "zones", name), absent=True)
    return None if found is None else Zone(name=name, id=account)


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    rows: list[Row] = []
    page = pages = 1
    while page <= pages:
        only = (("name", zone.relative(name, "")), ("per_page", "100"), ("page", str(page)))
        answer = yield from _API.ask(job, "GET", _path(zone), query=only)
        rows += [_row(zone, row) for row in objects(answer.get("data"), "data")]
        page, pages = page + 1, number(member(answer, "pagination"), "total_pages")
    return rows


def _row(zone: Zone, row: Object) -> Row:
    """A record; the vendor keeps some itself, and some are served in one region only."""
    regional = row.get("regions") not in (None, ["global"])
    return Row(
        id=str(number(row, "id")),
        name=zone.absolute(text(row, "name")),
        rtype=text(row, "type"),
        content=text(row, "content"),
        ttl=number(row, "ttl"),
        foreign=regional or row.get("system_record") is True or row.get("parent_id") is not None,
    )


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    if row is None:
        return (yield from _API.ask(job, "POST", _path(zone), json=_new(zone, wish)))
    body = {"content": str(wish.value), "ttl": wish.ttl}
    return (yield from _API.ask(job, "PATCH", _path(zone, row), json=body, idempotent=True))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", _path(zone, row)))


def _write_all(job: Job, zone: Zone, todo: Todo) -> Asking[bool]:
    """Whether it was done at once: a matter of one plan, so a single change does without."""
    if len((*todo.altered, *todo.new, *todo.gone)) == 1:
        return False
    body = {
        "creates": [_new(zone, wish) for wish in todo.new],
        "updates": [
            {"id": int(row.id), "content": str(wish.value), "ttl": wish.ttl}
            for row, wish in todo.altered
        ],
        "deletes": [{"id": int(row.id)} for row in todo.gone],
    }
    try:
        yield from _API.ask(job, "POST", (zone.id, "zones", zone.name, "batch"), json=body)
    except Stop as stop:
        if stop.refused.cause is not Cause.BLOCKED:
            raise
        return False
    return True


def _new(zone: Zone, wish: Wish) -> Object:
    name, value = zone.relative(wish.name, ""), str(wish.value)
    return {"name": name, "type": wish.rtype, "content": value, "ttl": wish.ttl}


def _path(zone: Zone, *rows: Row) -> tuple[str, ...]:
    return (zone.id, "zones", zone.name, "records", *(row.id for row in rows))


DNSIMPLE = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, write_all=_write_all, ttl_min=60
).provider(
    id="dnsimple",
    docs="https://developer.dnsimple.com/v2/zones/records/",
    fields=(
        Field(key="token", help="An account's API token (Account > Access tokens).", secret=True),
        Field(
            key="account",
            help="The account's number (in the address of its pages); for a user's token only.",
            required=False,
        ),
    ),
    pace=Pace(every=1.5, burst=50),  # 2,400 calls an hour
    notes=("Several records of a name change at once on the Enterprise plan, else one by one.",),
)
