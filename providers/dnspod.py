"""DNSPod's older API (dnsapi.cn): records with ids, told by forms, with a status in each answer."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Job, Rows
from providers.engine.dnspod_api import API, ask, change
from providers.engine.kit import Pace, Query, Records, Row, Wish, Zone, secret, setting
from providers.engine.rest import Columns
from providers.engine.shape import Object, identity, member


def _zone(job: Job, name: str) -> Found:
    found = yield from ask(job, "Domain.Info", (("domain", name),))
    return Zone(name=name, id=identity(member(found, "domain"), "id")) if found else None


def _foreign(row: Object) -> bool:
    return row.get("line_id") != "0" or row.get("enabled") != "1"


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # A page holds as much as a zone may.
    form = (("domain_id", zone.id), ("sub_domain", zone.relative(name)), ("length", "3000"))
    found = yield from ask(job, "Record.List", form)
    return Columns(content="value").rows(zone, found.get("records") if found else [], _foreign)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    named = (("domain_id", zone.id), ("sub_domain", zone.relative(wish.name)))
    held = (("record_type", wish.rtype), ("value", str(wish.value)), ("ttl", str(wish.ttl)))
    form: Query = (*named, *held, ("record_line_id", "0"))
    if row:  # not to be repeated: a change that changes nothing counts as abuse
        return change(job, "Record.Modify", (*form, ("record_id", row.id)), again=False)
    return change(job, "Record.Create", form, again=False)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    form = (("domain_id", zone.id), ("record_id", row.id))
    return change(job, "Record.Remove", form, again=True)


DNSPOD = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="dnspod",
    docs="https://docs.dnspod.cn/api/api-development-specification/",
    fields=(
        setting("login_id", "The ID of a token at console.dnspod.cn/account/token."),
        secret("token", "The token itself, shown once when it is made."),
        setting("contact", "Your e-mail address; DNSPod asks every client to name one."),
    ),
    pace=Pace(every=5.0, burst=10, after_error=300.0),  # whoever calls too often is banned
    notes=(
        "DNSPod calls this API a legacy and points to Tencent Cloud's: see tencent.",
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
        "Thirty wrong tokens in five minutes, or needless changes, are a ban for an hour.",
    ),
)
