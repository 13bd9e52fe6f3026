"""How Route 53 is spoken to: signed requests, XML, and what its refusals mean."""

from __future__ import annotations

from providers.engine.api import Api
from providers.engine.outcome import Cause
from providers.engine.route53_xml import xml_of
from providers.engine.signing import Signed
from providers.signers.sigv4 import sign

_CLOCK = (Cause.TRANSIENT, "finds the time of the signature wrong; set the clock of this machine")
_DENIED = (
    "does not let this key do that; its policy needs route53:ListHostedZonesByName (or "
    "GetHostedZone, with zone_id), ListResourceRecordSets and ChangeResourceRecordSets"
)
_OUTRUN = (Cause.CONFLICT, "holds something else than expected; it was changed meanwhile")
API = Api(
    title="Route 53",
    base="https://route53.amazonaws.com/2013-04-01",
    auth=lambda job: Signed(
        signer=sign,
        keys={
            "access_key": job.text("access_key"),
            "secret_key": job.secret("secret_key"),
            "session_token": job.secret("session_token"),
            "region": job.text("region", "us-east-1"),
            "service": "route53",
        },
    ),
    read=xml_of,
    meanings=(
        ("Signature expired*", *_CLOCK),
        ("Signature not yet current*", *_CLOCK),
        ("RequestExpired", *_CLOCK),
        (
            "SignatureDoesNotMatch",
            Cause.CREDENTIALS,
            "finds the signature wrong: secret_key does not belong to access_key; enter both anew",
        ),
        (
            "InvalidClientTokenId",
            Cause.CREDENTIALS,
            "does not know access_key, or it needs another session_token; make a new key in IAM",
        ),
        ("ExpiredToken*", Cause.CREDENTIALS, "says that session_token has expired; get a new one"),
        ("AccessDenied*", Cause.CREDENTIALS, _DENIED),
        ("OptInRequired", Cause.BLOCKED, "is not enabled for this AWS account; sign up for it"),
        ("Throttling*", Cause.RATE_LIMITED, "was called too often by this AWS account"),
        ("PriorRequestNotComplete", Cause.TRANSIENT, "is still busy with an earlier change"),
        ("NoSuchHostedZone", Cause.NOT_FOUND, "has no zone with this zone_id; see Hosted zones"),
        (
            "*conflicting RRSet of type CNAME*",
            Cause.REJECTED,
            "holds an alias (CNAME) at the name; delete it there first",
        ),
        ("*but it was not found*", *_OUTRUN),
        ("*do not match the current values*", *_OUTRUN),
    ),
)
