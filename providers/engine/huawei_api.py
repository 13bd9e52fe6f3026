"""How Huawei Cloud DNS is spoken to: its address by region, its signature, its refusals."""

from __future__ import annotations

from providers.engine.api import Api
from providers.engine.outcome import Cause
from providers.engine.signing import Signed
from providers.engine.wire import Job
from providers.signers import sdk_hmac

_NO_KEY = "does not accept the access key; make a new one at My Credentials > Access Keys"
_NO_RIGHT = "does not let this user do that; grant it the role DNS Administrator in IAM"
_NO_ROOM = "takes no more record sets for this account; delete some there, or have the quota raised"


def _auth(job: Job) -> Signed:
    id_, key = job.text("access_key"), job.secret("secret_key")
    return Signed(signer=sdk_hmac.sign, keys={"access_key": id_, "secret_key": key})


def _of_region(job: Job) -> str:
    region = job.text("region")
    return region and f"https://dns.{region}.myhuaweicloud.com"


API = Api(
    title="Huawei Cloud DNS",
    base="https://dns.myhuaweicloud.com",
    based=_of_region,
    auth=_auth,
    # https://support.huaweicloud.com/intl/en-us/api-dns/ErrorCode.html
    meanings=(
        ("*signature expired*", Cause.TRANSIENT, "finds the clock here wrong; set it"),
        ("APIGW.0301", Cause.CREDENTIALS, _NO_KEY),
        ("APIGW.0302", Cause.CREDENTIALS, _NO_RIGHT),
        ("APIGW.0303", Cause.CREDENTIALS, _NO_KEY),
        ("APIGW.0305", Cause.CREDENTIALS, _NO_RIGHT),
        ("APIGW.0308", Cause.RATE_LIMITED, "was called too often"),
        ("DNS.0005", Cause.CREDENTIALS, _NO_RIGHT),
        ("DNS.0013", Cause.BLOCKED, "has frozen the project, or gives this user no right to it"),
        ("DNS.0014", Cause.RATE_LIMITED, "was called too often"),
        ("DNS.0021", Cause.TRANSIENT, "is busy with this zone"),
        ("DNS.0040", Cause.BLOCKED, "wants to know who owns the account; verify your identity"),
        ("DNS.0302", Cause.NOT_FOUND, "has no such zone in this account"),
        ("DNS.0312", Cause.CONFLICT, "holds such a record set already"),
        ("DNS.0335", Cause.CONFLICT, "holds a record set that excludes this one"),
        ("DNS.0314", Cause.TRANSIENT, "is still busy with the last change"),
        ("DNS.0319", Cause.REJECTED, "does not take this TTL for this zone; set a longer one"),
        ("DNS.04*", Cause.BLOCKED, _NO_ROOM),
    ),
)
