"""DNSPod by Tencent Cloud's API, version 3: records with ids, every call signed."""

from __future__ import annotations

from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.kit import Pace, Records, Row, Wish, Zone, secret, zone_asked
from providers.engine.rest import Columns
from providers.engine.shape import Object
from providers.engine.tencent_api import API, ask, change

_LINE = {"RecordLine": "默认", "RecordLineId": "0"}  # the default line; its name is a must
_COLUMNS = Columns(id="RecordId", name="Name", rtype="Type", content="Value", ttl="TTL")


def _zone(job: Job, name: str) -> Answer:
    return ask(job, "DescribeDomain", {"Domain": name}, absent=True)


def _foreign(row: Object) -> bool:
    return row.get("LineId") != "0" or row.get("Status") != "ENABLE"


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # Without "no", an empty list is an error. A page holds as much as a zone may.
    named = {"Domain": zone.name, "Subdomain": zone.relative(name)}
    body = {**named, "ErrorOnEmpty": "no", "Limit": 3000}
    answer = yield from ask(job, "DescribeRecordList", body)
    return _COLUMNS.rows(zone, answer.get("RecordList"), _foreign)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    named = {"Domain": zone.name, "SubDomain": zone.relative(wish.name), "RecordType": wish.rtype}
    body: Object = {**named, **_LINE, "Value": str(wish.value), "TTL": wish.ttl}
    if row:  # not to be repeated: DNSPod takes changes that change nothing for abuse
        return change(job, "ModifyRecord", {**body, "RecordId": int(row.id)}, again=False)
    return change(job, "CreateRecord", body, again=False)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    body = {"Domain": zone.name, "RecordId": int(row.id)}
    return change(job, "DeleteRecord", body, again=True)


TENCENT = Records(
    api=API, zone=zone_asked(_zone), rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="tencent",
    docs="https://cloud.tencent.com/document/api/1427/56193",
    fields=(
        secret("secret_id", "The SecretId at console.cloud.tencent.com/cam/capi."),
        secret("secret_key", "The SecretKey that was made with it."),
    ),
    pace=Pace(every=1.0, burst=20),  # 20 calls a second of each kind
    notes=(
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
        "Outside China the service is at https://dnspod.intl.tencentcloudapi.com: set endpoint.",
    ),
)
