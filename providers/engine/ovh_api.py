"""How OVHcloud is spoken to: its address by region, signatures by its own clock, its refusals."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.api import Api
from providers.engine.errand import Asking
from providers.engine.outcome import Cause
from providers.engine.shape import number
from providers.engine.signing import Signed
from providers.engine.wire import Job
from providers.signers import ovh_v1

HOSTS = {"eu": "eu.api.ovh.com", "ca": "ca.api.ovh.com", "us": "api.us.ovhcloud.com"}
_TIME = "time told by the service"

_NO_RIGHT = (
    "gives these keys no right to that; make new ones with GET, POST, PUT and DELETE on "
    "/domain/zone/*"
)
_NO_CONSUMER = "does not accept the consumer key: it has expired, or was never validated"
_NO_KEY = "does not know the application key there; check it, and `region`"
_UNSIGNED = "does not accept the application secret, or the consumer key that goes with it"


def _auth(job: Job) -> Signed | None:
    if not job.text(_TIME):  # it is just being asked for
        return None
    return Signed(
        signer=ovh_v1.sign,
        keys={
            "application_key": job.text("application_key"),
            "application_secret": job.secret("application_secret"),
            "consumer_key": job.secret("consumer_key"),
            "timestamp": job.text(_TIME),
        },
    )


API = Api(
    title="OVHcloud",
    base="https://eu.api.ovh.com/1.0",
    based=lambda job: f"https://{HOSTS[job.text('region', 'eu')]}/1.0",
    auth=_auth,
    meanings=(
        (("NOT_GRANTED_CALL", "FORBIDDEN"), Cause.CREDENTIALS, _NO_RIGHT),
        (("INVALID_CREDENTIAL", "NOT_CREDENTIAL"), Cause.CREDENTIALS, _NO_CONSUMER),
        ("INVALID_KEY", Cause.CREDENTIALS, _NO_KEY),
        ("INVALID_SIGNATURE", Cause.CREDENTIALS, _UNSIGNED),
        ("*out of time*", Cause.TRANSIENT, "took too long, and the signature is too old by now"),
        ("HTTP 460", Cause.BLOCKED, "says that this service has expired; renew it"),
    ),
)


def begin(job: Job) -> Asking[Job]:
    """Ask for the service's own time, to sign by: so a wrong clock here does no harm."""
    told = number({"time": (yield from API.ask(job, "GET", "/auth/time"))}, "time")
    return replace(job, settings={**job.settings, _TIME: str(told)})
