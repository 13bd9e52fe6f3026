"""Namecheap's dynamic DNS: one A record of a domain in each call, answered in XML."""

from __future__ import annotations

import re
from html import unescape

from providers.engine.errors import Confused, excerpt, refusal, response_of, text_of
from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unconfirmed
from providers.engine.sole import sole_addresses
from providers.engine.spec import Field, Provider
from providers.engine.wire import Address, Job, Request, Response, RType, Steps
from providers.engine.zones import Zone, strangers

_TITLE = "Namecheap"
_URL = "https://dynamicdns.park-your-domain.com/update"
_FAMILIES: tuple[RType, ...] = ("A",)
_NO_RECORD = "has no such record; make it there as an A + Dynamic DNS Record"
_NO_DOMAIN = "does not keep this domain's DNS; check `zone`, and its name servers there"
_BUSY = "has trouble of its own; it is asked again later"
_MEANINGS = {
    "304156": (
        Cause.CREDENTIALS,
        "does not accept the password; copy the Dynamic DNS Password of this domain anew",
    ),
    "316153": (Cause.NOT_FOUND, _NO_DOMAIN),
    "316154": (Cause.BLOCKED, "says that this domain is not active; renew it there"),
    "380091": (Cause.NOT_FOUND, _NO_RECORD),
    "380098": (Cause.TRANSIENT, _BUSY),
    "380099": (Cause.TRANSIENT, _BUSY),
}


def update(job: Job) -> Steps:
    """Set the address of one host. What was there before is not told, so it is always a change."""
    wanted = sole_addresses(_TITLE, job, _FAMILIES)
    if isinstance(wanted, Refused):
        return wanted
    host = job.rrsets[0].name
    zone = Zone(name=job.text("zone").rstrip(".").lower() or job.zone)
    if not zone.name:
        text = f"{_TITLE} must be told which domain {host} belongs to; set zone for this account"
        return Refused(cause=Cause.REJECTED, text=text)
    if refused := strangers(job, zone.name):
        return refused
    reply = yield Request(
        method="GET",
        url=job.text("endpoint") or _URL,
        query=(
            ("host", zone.relative(host)),
            ("domain", zone.name),
            ("password", job.secret("password")),
            ("ip", str(wanted["A"])),
        ),
        write=True,
    )
    return _outcome(response_of(reply), wanted["A"])


def _outcome(response: Response, sent: Address) -> Outcome:
    """Read the XML, which says of itself that it is UTF-16 and is not: no parser takes it."""
    if by_status := refusal(_TITLE, response):
        return by_status
    said = text_of(response)
    if "<interface-response" not in said.lower():
        raise Confused(f"something else than its XML: {excerpt(response.body)}")
    errors = _element(said, "ErrCount")
    if errors == "0" and _element(said, "Done").lower() != "false":
        held = _element(said, "IP")
        if held in ("", str(sent)):
            return Changed()
        return Unconfirmed(text=f"{_TITLE} says that it set {held} instead of {sent}")
    reason = _element(said, "Err1") or _element(said, "ResponseString")
    if not errors.isdigit() or errors == "0":
        raise Confused(f"neither success nor an error: {excerpt(response.body)}")
    code = _element(said, "ResponseNumber")
    if "not found" in reason.lower() and "record" in reason.lower():
        code = "380091"  # an older answer has no number
    cause, meaning = _MEANINGS.get(code, (Cause.CONFUSED, "refused for a reason of its own"))
    return Refused(cause=cause, text=f"{_TITLE} {meaning} ({excerpt(reason.encode())})")


def _element(said: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]{{0,300}})</{name}>", said, re.IGNORECASE)
    return unescape(found[1]).strip() if found else ""


NAMECHEAP = Provider(
    id="namecheap",
    title=_TITLE,
    docs="https://www.namecheap.com/support/knowledgebase/article.aspx/29/11/",
    base=_URL,
    fields=(
        Field(
            key="password",
            help="The Dynamic DNS Password of the domain (Advanced DNS > Dynamic DNS).",
            secret=True,
        ),
    ),
    families=_FAMILIES,
    update=update,
    pace=Pace(every=300.0, burst=5, after_error=60.0),  # ddclient's five minutes
    notes=(
        "Each domain has a password of its own, so each one is an account of its own here.",
        "IPv6 is not offered; the record must exist as an A + Dynamic DNS Record.",
    ),
)
