"""DNSPod by Tencent Cloud's API, version 3: records with ids, every call signed."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import Object, member, number, objects, text
from providers.engine.tencent_api import API, ask
from providers.engine.wire import Job

_LINE = {"RecordLine": "默认", "RecordLineId": "0"}  # the default line; its name is a must


def _zone(job: Job, name: str) -> Found:
    found = yield from ask(job, "DescribeDomain", {"Domain": name}, write=False, absent=True)
    return Zone(name=name) if found and member(found, "DomainInfo") else None


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # Without "no", an empty list is an error. A page holds as much as a zone may.
    named = {"Domain": zone.name, "Subdomain": zone.relative(name)}
    body = {**named, "ErrorOnEmpty": "no", "Limit": 3000}
    answer = yield from ask(job, "DescribeRecordList", body, write=False)
    return [
        Row(
            id=str(number(row, "RecordId")),
            name=zone.absolute(text(row, "Name")),
            rtype=text(row, "Type"),
            content=text(row, "Value"),
            ttl=number(row, "TTL"),
            foreign=row.get("LineId") != "0" or row.get("Status") != "ENABLE",
        )
        for row in objects((answer or {}).get("RecordList"), "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    body: Object = {
        "Domain": zone.name,
        "SubDomain": zone.relative(wish.name),
        "RecordType": wish.rtype,
        **_LINE,
        "Value": str(wish.value),
        "TTL": wish.ttl,
    }
    if row:
        # Not to be repeated: DNSPod takes changes that change nothing for abuse.
        return (yield from ask(job, "ModifyRecord", {**body, "RecordId": int(row.id)}))
    return (yield from ask(job, "CreateRecord", body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    body = {"Domain": zone.name, "RecordId": int(row.id)}
    return (yield from ask(job, "DeleteRecord", body, idempotent=True))


TENCENT = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="tencent",
    docs="https://cloud.tencent.com/document/api/1427/56193",
    fields=(
        Field(
            key="secret_id",
            help="The SecretId at console.cloud.tencent.com/cam/capi.",
            secret=True,
        ),
        Field(key="secret_key", help="The SecretKey that was made with it.", secret=True),
    ),
    pace=Pace(every=1.0, burst=20),  # 20 calls a second of each kind
    notes=(
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
        "Outside China the service is at https://dnspod.intl.tencentcloudapi.com: set endpoint.",
    ),
)
