"""DNSPod's older API (dnsapi.cn): records with ids, told by forms, with a status in each answer."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.dnspod_api import API
from providers.engine.kit import Field, Pace, Query, Records, Row, Wish, Zone
from providers.engine.shape import count, identity, member, objects, text
from providers.engine.wire import Job


def _zone(job: Job, name: str) -> Found:
    form = (("domain", name),)
    found = yield from API.ask(job, "POST", "/Domain.Info", form=form, write=False, absent=True)
    return Zone(name=name, id=identity(member(found, "domain"), "id")) if found else None


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # A page holds as much as a zone may.
    form = (("domain_id", zone.id), ("sub_domain", zone.relative(name)), ("length", "3000"))
    found = yield from API.ask(job, "POST", "/Record.List", form=form, write=False, absent=True)
    return [
        Row(
            id=identity(row, "id"),
            name=zone.absolute(text(row, "name")),
            rtype=text(row, "type"),
            content=text(row, "value"),
            ttl=count(row, "ttl"),
            foreign=row.get("line_id") != "0" or row.get("enabled") != "1",
        )
        for row in (objects(found.get("records"), "records") if found else ())
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    form: Query = (
        ("domain_id", zone.id),
        ("sub_domain", zone.relative(wish.name)),
        ("record_type", wish.rtype),
        ("record_line_id", "0"),
        ("value", str(wish.value)),
        ("ttl", str(wish.ttl)),
    )
    if row:  # not to be repeated: a change that changes nothing counts as abuse
        form = (*form, ("record_id", row.id))
    path = "/Record.Modify" if row else "/Record.Create"
    return member((yield from API.ask(job, "POST", path, form=form)), "record")


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    form = (("domain_id", zone.id), ("record_id", row.id))
    return (yield from API.ask(job, "POST", "/Record.Remove", form=form, idempotent=True))


DNSPOD = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="dnspod",
    docs="https://docs.dnspod.cn/api/api-development-specification/",
    fields=(
        Field(key="login_id", help="The ID of a token at console.dnspod.cn/account/token."),
        Field(key="token", help="The token itself, shown once when it is made.", secret=True),
        Field(key="contact", help="Your e-mail address; DNSPod asks every client to name one."),
    ),
    pace=Pace(every=5.0, burst=10, after_error=300.0),  # whoever calls too often is banned
    notes=(
        "DNSPod calls this API a legacy and points to Tencent Cloud's: see tencent.",
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
        "Thirty wrong tokens in five minutes, or needless changes, are a ban for an hour.",
    ),
)
