"""Amazon Route 53's API of 2013-04-01, written from its reference; signatures by botocore."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

from botocore.auth import SigV4Auth  # type: ignore[import-untyped]  # of another project
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]  # likewise
from botocore.credentials import Credentials  # type: ignore[import-untyped]  # likewise

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def no(status: int, code: str, message: str) -> No:
    error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    body = f"<Error>{error}</Error><RequestId>1-2-3</RequestId>"
    return No(
        status, f'<?xml version="1.0"?><ErrorResponse xmlns="{NAMESPACE}">{body}</ErrorResponse>'
    )


def invalid(message: str) -> No:
    return no(400, "InvalidChangeBatch", f"[{message}]")


class Route53(Vendor):
    base = "/2013-04-01"
    access_key, secret_key = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.zones = {f"Z{number}EXAMPLE": zone for number, zone in enumerate(zones)}
        self.private: set[str] = set()

    def settings(self) -> Settings:
        return {"access_key": self.access_key, "secret_key": Secret(self.secret_key)}

    def wrong_key(self) -> Settings:
        return {"secret_key": Secret("of-quite-another-key")}

    def authorise(self, heard: Heard) -> None:
        said = heard.headers.get("Authorization", "")
        if f"Credential={self.access_key}/" not in said:
            message = "The security token included in the request is invalid."
            raise no(403, "InvalidClientTokenId", message)
        method, path, body = self.heard[-1]
        kept = {"content-type", "x-amz-security-token"}
        request = AWSRequest(
            method=method,
            url=f"http://{heard.headers['Host']}{self.base}{path}",
            headers={name: v for name, v in heard.headers.items() if name.lower() in kept},
            data=body,
        )
        stamp = datetime.strptime(heard.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        credentials = Credentials(
            self.access_key, self.secret_key, heard.headers.get("X-Amz-Security-Token")
        )
        with patch("botocore.auth.get_current_datetime", return_value=stamp):
            SigV4Auth(credentials, "route53", "us-east-1").add_auth(request)
        if said != request.headers["Authorization"]:
            message = "The request signature we calculated does not match"
            raise no(403, "SignatureDoesNotMatch", message)

    @route("GET", "/hostedzonesbyname")
    def by_name(self, heard: Heard) -> Said:
        start, most = heard.query.take("dnsname", default=""), heard.query.take("maxitems")
        after = sorted(self.zones.items(), key=lambda zone: (_order(zone[1]), zone[0]))
        shown = [one for one in after if _order(one[1]) >= _order(start.rstrip("."))][: int(most)]
        zones = "".join(map(self._hosted, dict(shown)))
        rest = f"<IsTruncated>false</IsTruncated><MaxItems>{most}</MaxItems>"
        return _said("ListHostedZonesByNameResponse", f"<HostedZones>{zones}</HostedZones>{rest}")

    @route("GET", "/hostedzone/{zone}")
    def one(self, heard: Heard) -> Said:
        self._zone(heard)
        return _said("GetHostedZoneResponse", self._hosted(heard.steps["zone"]))

    @route("GET", "/hostedzone/{zone}/rrset")
    def list(self, heard: Heard) -> Said:
        zone = self._zone(heard)
        name, rtype = heard.query.take("name"), heard.query.take("type")
        most = int(heard.query.take("maxitems"))
        rrsets: dict[tuple[tuple[str, ...], str, str], list[Held]] = {}
        for record in (record for record in self.records.values() if record.zone == zone):
            key = (_order(record.name), record.rtype, record.more.get("SetIdentifier", ""))
            rrsets.setdefault(key, []).append(record)
        after = [key for key in sorted(rrsets) if key[:2] >= (_order(name.rstrip(".")), rtype)]
        shown = "".join(_rrset(rrsets[key]) for key in after[:most])
        rest = f"<IsTruncated>{str(len(after) > most).lower()}</IsTruncated>"
        listed = (
            f"<ResourceRecordSets>{shown}</ResourceRecordSets>{rest}<MaxItems>{most}</MaxItems>"
        )
        return _said("ListResourceRecordSetsResponse", listed)

    @route("POST", "/hostedzone/{zone}/rrset/")
    def change(self, heard: Heard) -> Said:
        zone = self._zone(heard)
        kind = heard.headers.get("Content-Type", "text/xml")  # AWS's own client names none
        self.expect(kind == "text/xml", f"XML declared as {kind}")
        root = fromstring(heard.raw)
        self.expect(root.tag == f"{{{NAMESPACE}}}ChangeResourceRecordSetsRequest", root.tag)
        ((batch,), changes) = list(root), list(root[0][-1])
        self.expect([_tag(batch), _tag(batch[-1])] == ["ChangeBatch", "Changes"], "no ChangeBatch")
        for change in changes:
            self._carry_out(zone, change)
        info = "<Id>/change/C1</Id><Status>PENDING</Status>"
        when = "<SubmittedAt>2026-01-02T03:04:05.000Z</SubmittedAt>"
        body = f"<ChangeInfo>{info}{when}</ChangeInfo>"
        return _said("ChangeResourceRecordSetsResponse", body)

    def _carry_out(self, zone: str, change: Element) -> None:
        action, rrset = change
        order = ["Name", "Type", "TTL", "ResourceRecords"]
        self.expect([_tag(part) for part in rrset] == order, "the elements of an RRset")
        name, rtype, ttl = (part.text or "" for part in rrset[:3])
        values = [record[0].text or "" for record in rrset[3]]
        self.expect(name.endswith("."), f"{name}: not absolute")
        self.expect(0 <= int(ttl) <= 2147483647, f"TTL {ttl}")
        name = name.rstrip(".")
        what = f"[name='{name}.', type='{rtype}']"
        if not f".{name}".endswith(f".{zone}"):
            raise invalid(f"RRSet with DNS name {name}. is not permitted in zone {zone}.")
        held = self.at(name, rtype)
        if action.text == "DELETE":
            if not held:
                raise invalid(f"Tried to delete resource record set {what} but it was not found")
            if sorted(values) != self.held(name, rtype) or int(ttl) != held[0].ttl:
                text = f"Tried to delete resource record set {what} but the values provided do not"
                raise invalid(f"{text} match the current values")
            self.seed(name, rtype)
            return
        self.expect(action.text == "UPSERT", f"Action {action.text}")
        self.expect(len(set(values)) == len(values) > 0, f"values {values}")
        if not all(self.address(rtype, value) for value in values):
            raise invalid("Invalid Resource Record: FATAL problem: ARRDATAIllegalIPv4Address")
        if self.at(name, "CNAME"):
            text = f"RRSet of type {rtype} with DNS name {name}. is not permitted because a"
            raise invalid(f"{text} conflicting RRSet of type CNAME with the same DNS name exists")
        self.seed(name, rtype, *values, ttl=int(ttl))

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            message = f"No hosted zone found with ID: {heard.steps['zone']}"
            raise no(404, "NoSuchHostedZone", message)
        return self.zones[heard.steps["zone"]]

    def _hosted(self, zone: str) -> str:
        private = str(zone in self.private).lower()
        return (
            f"<HostedZone><Id>/hostedzone/{zone}</Id><Name>{self.zones[zone]}.</Name>"
            f"<CallerReference>x</CallerReference><Config><PrivateZone>{private}</PrivateZone>"
            "</Config><ResourceRecordSetCount>2</ResourceRecordSetCount></HostedZone>"
        )


def _order(name: str) -> tuple[str, ...]:
    """How Route 53 sorts names: by their labels, the last one first."""
    return tuple(label.replace("*", "\\052") for label in reversed(name.split(".")))


def _rrset(records: list[Held]) -> str:
    first = records[0]
    name = first.name.replace("*", "\\052")
    more = dict(first.more)
    before = "".join(
        f"<{key}>{more.pop(key)}</{key}>" for key in ("SetIdentifier", "Weight") if key in more
    )
    values = "".join(
        f"<ResourceRecord><Value>{escape(record.content)}</Value></ResourceRecord>"
        for record in records
    )
    held = f"<TTL>{first.ttl}</TTL><ResourceRecords>{values}</ResourceRecords>"
    if target := more.pop("AliasTarget", ""):
        held = (
            f"<AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId><DNSName>{target}.</DNSName>"
            "<EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>"
        )
    after = "".join(f"<{key}>{value}</{key}>" for key, value in more.items())
    kind = f"<Name>{name}.</Name><Type>{first.rtype}</Type>"
    return f"<ResourceRecordSet>{kind}{before}{held}{after}</ResourceRecordSet>"


def _tag(element: Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _said(kind: str, body: str) -> Said:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{kind} xmlns="{NAMESPACE}">{body}</{kind}>'
    return Said(200, text.encode(), {"Content_Type": "text/xml"})
