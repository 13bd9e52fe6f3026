"""DNSimple: records with ids below a zone of an account."""

from __future__ import annotations

from providers.engine.asking import Asking, Found
from providers.engine.kit import Api, Cause, Pace, Row, Stop, Todo, Wish, Zone, secret, setting
from providers.engine.outcome import Refused
from providers.engine.rest import Rest, counted
from providers.engine.shape import Object, identity, member
from providers.engine.wire import Bearer, Job

_NO_ACCOUNT = "DNSimple does not say which account this user's token is for; set account"
_ACCOUNT = "The account's number (in the address of its pages); for a user's token only."
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


def _zone(job: Job, name: str) -> Found:
    account = job.text("account") or (yield from _account(job))
    found = yield from _API.ask(job, "GET", (account, "zones", name), absent=True)
    return None if found is None else Zone(name=name, id=account)


def _account(job: Job) -> Asking[str]:
    told = member((yield from _API.ask(job, "GET", ("whoami",))), "data")
    if told.get("account") is None:
        raise Stop(Refused(cause=Cause.REJECTED, text=_NO_ACCOUNT))
    return identity(member(told, "account"), "id")


def _foreign(row: Object) -> bool:
    """Whether the vendor keeps the record itself, or serves it in one region only."""
    regional = row.get("regions") not in (None, ["global"])
    return regional or row.get("system_record") is True or row.get("parent_id") is not None


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    body = {"content": str(wish.value), "ttl": wish.ttl}
    return body if row else {"name": zone.relative(wish.name, ""), "type": wish.rtype, **body}


def _write_all(job: Job, zone: Zone, todo: Todo) -> Asking[bool]:
    """Whether it was done at once: a matter of one plan, so a single change does without."""
    if len((*todo.altered, *todo.new, *todo.gone)) == 1:
        return False
    body = {
        "creates": [_body(zone, wish, None) for wish in todo.new],
        "updates": [{"id": int(row.id), **_body(zone, wish, row)} for row, wish in todo.altered],
        "deletes": [{"id": int(row.id)} for row in todo.gone],
    }
    try:
        yield from _API.ask(job, "POST", (zone.id, "zones", zone.name, "batch"), json=body)
    except Stop as stop:
        if stop.refused.cause is not Cause.BLOCKED:
            raise
        return False
    return True


DNSIMPLE = (
    Rest(
        api=_API,
        at=lambda zone: (zone.id, "zones", zone.name, "records"),
        listed="data",
        query=lambda zone, name: (("name", zone.relative(name, "")), ("per_page", "100")),
        more=counted("pagination", "total_pages"),
        foreign=_foreign,
        body=_body,
        change="PATCH",
    )
    .records(zone=_zone, write_all=_write_all, ttl_min=60)
    .provider(
        id="dnsimple",
        docs="https://developer.dnsimple.com/v2/zones/records/",
        fields=(
            secret("token", "An account's API token (Account > Access tokens)."),
            setting("account", _ACCOUNT, required=False),
        ),
        pace=Pace(every=1.5, burst=50),  # 2,400 calls an hour
        notes=("Several records change at once on the Enterprise plan, else one by one.",),
    )
)
