"""How Azure DNS is spoken to: a token for each errand, and what its refusals mean."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.api import Api
from providers.engine.errand import Asking
from providers.engine.outcome import Cause
from providers.engine.shape import text
from providers.engine.wire import Bearer, Job, Secret
from providers.signers.azure_token import token_form

LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://management.azure.com/.default"
_LOGIN = Api(
    title="Microsoft Entra",
    base=LOGIN,
    setting="login_endpoint",
    meanings=(  # by the number of the error, https://learn.microsoft.com/entra/identity-platform/reference-error-codes
        (
            "7000215",
            Cause.CREDENTIALS,
            "does not accept client_secret; enter its value, not its ID",
        ),
        ("7000222", Cause.CREDENTIALS, "says that client_secret has expired; make a new one"),
        ("700016", Cause.CREDENTIALS, "does not know client_id in this directory; correct it"),
        ("90002", Cause.CREDENTIALS, "does not know the directory; correct tenant_id"),
        ("53003", Cause.BLOCKED, "blocks this sign-in by a policy of Conditional Access"),
        ("HTTP 400", Cause.CREDENTIALS, "does not accept the application; check all three ids"),
    ),
)
API = Api(
    title="Azure DNS",
    base="https://management.azure.com",
    query=lambda _: (("api-version", "2018-05-01"),),
    auth=lambda job: Bearer(token=job.secret("access_token")),
    meanings=(
        (
            "AuthorizationFailed",
            Cause.CREDENTIALS,
            "lets the application not do that; give it the role DNS Zone Contributor on the zone",
        ),
        ("InvalidAuthenticationToken*", Cause.CREDENTIALS, "wants another tenant_id or scope"),
        ("SubscriptionNotFound", Cause.REJECTED, "does not know subscription_id; correct it"),
        ("ResourceGroupNotFound", Cause.REJECTED, "does not know resource_group; correct it"),
        ("ReadOnlyDisabledSubscription", Cause.BLOCKED, "says that the subscription is disabled"),
        ("ScopeLocked", Cause.BLOCKED, "says that a lock is on the zone; take it away there"),
        (
            "*a CNAME record with the same name*",
            Cause.REJECTED,
            "holds an alias (CNAME) at the name; delete it there first",
        ),
    ),
)


def begin(job: Job) -> Asking[Job]:
    """Ask for a token, which lives for an hour: longer than an errand."""
    secret, scope = job.secret("client_secret"), job.text("scope", SCOPE)
    found = yield from _LOGIN.ask(
        job,
        "POST",
        (job.text("tenant_id"), "oauth2", "v2.0", "token"),
        form=token_form(job.text("client_id"), secret, scope),
        write=False,
    )
    token = Secret(text(found, "access_token"))
    return replace(job, settings={**job.settings, "access_token": token})
