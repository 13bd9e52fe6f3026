"""How Google Cloud DNS is spoken to: a token for each errand, and what its refusals mean."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.api import Api
from providers.engine.errand import Asking
from providers.engine.outcome import Cause
from providers.engine.shape import text
from providers.engine.signing import Signed
from providers.engine.wire import Bearer, Job, Secret
from providers.signers.google_jwt import AUDIENCE, sign

_SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
_ROLE = "lets the service account not do that; give it the role DNS Administrator under IAM"
_OUTRUN = (Cause.CONFLICT, "holds something else than expected; it was changed meanwhile")
_LOGIN = Api(
    title="Google",
    base=AUDIENCE,
    setting="login_endpoint",
    auth=lambda job: Signed(
        signer=sign,
        keys={"service_account": job.secret("service_account"), "scope": _SCOPE},
    ),
    meanings=(
        (
            "Invalid JWT: Token must be a short-lived token*",
            Cause.TRANSIENT,
            "finds the time of the signature wrong; set the clock of this machine",
        ),
        (
            "HTTP 400",
            Cause.CREDENTIALS,
            "does not accept the key of the service account; make a new one under IAM > Keys",
        ),
    ),
)
API = Api(
    title="Google Cloud DNS",
    base="https://dns.googleapis.com/dns/v1",
    auth=lambda job: Bearer(token=job.secret("access_token")),
    meanings=(
        ("rateLimitExceeded", Cause.RATE_LIMITED, "was called too often by this project"),
        ("userRateLimitExceeded", Cause.RATE_LIMITED, "was called too often by this account"),
        ("quotaExceeded", Cause.RATE_LIMITED, "has no quota left for this project; see Quotas"),
        (
            ("accessNotConfigured", "SERVICE_DISABLED"),
            Cause.BLOCKED,
            "is not enabled in the project; enable its API",
        ),
        ("billing*", Cause.BLOCKED, "needs a project with billing; see Billing in the console"),
        ("HTTP 401", Cause.CREDENTIALS, "does not accept its own token; make another key"),
        ("HTTP 403", Cause.CREDENTIALS, _ROLE),
        ("*parameters.project*", Cause.NOT_FOUND, "does not know the project; correct project"),
        (
            "cnameResourceRecordSetConflict",
            Cause.REJECTED,
            "holds an alias (CNAME) at the name; delete it there first",
        ),
        ("*entity.change.deletions*", *_OUTRUN),
        ("alreadyExists", *_OUTRUN),
    ),
)


def begin(job: Job) -> Asking[Job]:
    """Ask for a token, which lives for an hour: longer than an errand."""
    found = yield from _LOGIN.ask(job, "POST", "", form=(), write=False)
    token = Secret(text(found, "access_token"))
    return replace(job, settings={**job.settings, "access_token": token})
