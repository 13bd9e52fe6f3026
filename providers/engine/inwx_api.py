"""INWX's DomRobot API as JSON-RPC: its refusals, and a session from login to logout."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from providers.engine.api import Api
from providers.engine.errand import Asking, Stop
from providers.engine.errors import Confused, json_object, response_of
from providers.engine.outcome import Cause, Refused
from providers.engine.shape import Object, member
from providers.engine.signing import Signed
from providers.engine.wire import Job, Request, Secret
from providers.engine.zones import Zone
from providers.signers import totp

_UNKNOWN = "does not accept this user name and password"
_NO_ROLE = "does not let this user do that; give it the DNS role"
_BAD_TAN = (
    "does not accept the one-time password; each is good once, so the next try waits; if that goes "
    "on, set the clock here, and correct shared_secret"
)
_SECOND_FACTOR = (
    "INWX demands a second factor of this user; set shared_secret, or use another user with the "
    "DNS role and without a second factor"
)
API = Api(
    title="INWX",
    base="https://api.domrobot.com/jsonrpc",
    failed=lambda said: not isinstance(said, dict) or not str(said.get("code")).startswith("1"),
    # The codes are those of EPP, RFC 5730 section 3.
    meanings=(
        (("2200", "2501"), Cause.CREDENTIALS, _UNKNOWN),
        ("2201", Cause.CREDENTIALS, _NO_ROLE),
        ("2002", Cause.TRANSIENT, "ended the session; the next try logs in anew"),
        ("2303", Cause.CONFLICT, "has no such record any more"),
        ("2302", Cause.CONFLICT, "holds such a record already"),
        ("2304", Cause.TRANSIENT, "has locked this zone for the moment"),
        ("2104", Cause.BLOCKED, "demands a payment first"),
        ("2502", Cause.TRANSIENT, "has too many sessions of this user open", 60.0),
        ("2[45]00", Cause.TRANSIENT, "has trouble of its own"),
        ("2???", Cause.REJECTED, "does not accept this record"),
    ),
)
LOOK = replace(API, meanings=(("2303", Cause.NOT_FOUND, "has no such zone"), *API.meanings))
_UNLOCK = replace(API, meanings=(("2???", Cause.TRANSIENT, _BAD_TAN, 31.0),))


def begin(job: Job) -> Asking[Zone]:
    """Log in. The session is a cookie, which is handed on by the zone."""
    params = {"user": job.text("username"), "pass": job.secret("password"), "lang": "en"}
    login = {"method": "account.login", "params": params}
    response = response_of((yield Request(method="POST", url=API.url(job, "/"), json=login)))
    said = json_object(response) if response.status == 200 else {}  # noqa: PLR2004  OK
    if refused := API.refusal(response, said):
        raise Stop(refused)
    # Joined by commas, as one may also stand in a date: a cookie begins with its name.
    cookies = re.findall(r"(?:^|, )([^\s=;,]+=[^\s;,]+)", response.headers.get("set-cookie", ""))
    if not cookies:
        raise Confused("a login without a session")
    zone = Zone(name="", raw={"cookie": Secret("; ".join(cookies))})
    if str(member(said, "resData").get("tfa", "0")) != "0":
        yield from _unlock(job, zone)
    return zone


def _unlock(job: Job, zone: Zone) -> Asking[object]:
    api = replace(_UNLOCK, auth=_password)
    try:
        if not job.secret("shared_secret"):
            raise Stop(Refused(cause=Cause.BLOCKED, text=_SECOND_FACTOR))
        return (yield from call(job, zone, "account.unlock", {"tan": totp.ROOM}, api))
    except Stop:
        yield from end(job, zone)
        raise


def _password(job: Job) -> Signed:
    return Signed(signer=totp.sign, keys={"shared_secret": job.secret("shared_secret")})


def call(job: Job, zone: Zone, method: str, params: Object, api: Api = API) -> Asking[Any]:
    """Make one call within the session; None where `LOOK` finds nothing."""
    return (
        yield from api.ask(
            job,
            "POST",
            "/",
            json={"method": method, "params": params},
            headers=(("Cookie", zone.raw["cookie"]),),
            write=method.endswith("Record"),
            idempotent=method != "nameserver.createRecord",
            absent=api is LOOK,
        )
    )


def end(job: Job, zone: Zone) -> Asking[object]:
    """Log out."""
    try:
        return (yield from call(job, zone, "account.logout", {}))
    except (Stop, Confused):  # the session ends by itself; what was done stands
        return None
