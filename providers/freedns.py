"""FreeDNS of afraid.org: each record of a name has an address of its own that updates it."""

from __future__ import annotations

import re

from providers.engine.errors import Confused, excerpt, refusal, response_of, text_of
from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.own_words import Words, in_own_words
from providers.engine.sole import sole_addresses
from providers.engine.spec import Field, Provider
from providers.engine.wire import Address, Job, Request, Response, RType, Steps

_TITLE = "FreeDNS"
_KEYS: dict[RType, tuple[str, str]] = {
    "A": ("token", "https://sync.afraid.org/u"),
    "AAAA": ("token6", "https://v6.sync.afraid.org/u"),
}
_WRONG_KEY = "does not know this token; copy the end of the record's update address anew"
_UPDATED = re.compile(r"\s*updated (?:\d+ host\(s\) )?([\w*-]+(?:\.[\w-]+)+) ", re.IGNORECASE)
_WORDS = Words(
    changed=("updated *",),
    # The first one begins with ERROR all the same.
    unchanged=("error: address * has not changed*", "no ip change detected*"),
    refused=(
        (("*unable to locate this record*", "*invalid update url*"), Cause.CREDENTIALS, _WRONG_KEY),
        ("*is an invalid ip address*", Cause.REJECTED, "does not take this for an address"),
    ),
)


def update(job: Job) -> Steps:
    """Tell each record its address; IPv4 and IPv6 are two records with a token each."""
    wanted = sole_addresses(_TITLE, job, _KEYS)
    if isinstance(wanted, Refused):
        return wanted
    for rtype in wanted:
        key, _ = _KEYS[rtype]
        if not job.secret(key):
            text = f"{_TITLE} needs a token for each record; set {key} for the {rtype} record"
            return Refused(cause=Cause.REJECTED, text=text)
    changed = False
    spoken = job.text("address_parameter", "both")
    names = ("ip", "address") if spoken == "both" else (spoken,)
    for rtype, address in wanted.items():
        key, url = _KEYS[rtype]
        reply = yield Request(
            method="GET",
            url=(job.text("endpoint") or url).rstrip("/"),
            tail=(job.secret(key), ""),
            query=tuple((name, str(address)) for name in names),
            write=True,
        )
        outcome = _outcome(response_of(reply), job.rrsets[0].name, address)
        if not isinstance(outcome, Changed | Unchanged):
            return outcome
        changed |= isinstance(outcome, Changed)
    return Changed() if changed else Unchanged()


def _outcome(response: Response, name: str, address: Address) -> Outcome:
    """Read the answer. The token alone tells the record: another one's would go unnoticed."""
    outcome = in_own_words(_TITLE, response, _WORDS, (address,)) or refusal(_TITLE, response)
    if outcome is None:
        raise Confused(f"neither success nor an error that is known: {excerpt(response.body)}")
    other = _UPDATED.match(text_of(response))
    if isinstance(outcome, Changed) and other and other[1].lower() != name:
        text = f"{_TITLE} has updated {other[1]} instead, whose token this is; correct the token"
        return Refused(cause=Cause.CREDENTIALS, text=text)
    return outcome


_WHERE = "The end of the {} record's update address at freedns.afraid.org/dynamic/v2."
FREEDNS = Provider(
    id="freedns",
    title=_TITLE,
    docs="https://freedns.afraid.org/dynamic/v2/",
    base="https://sync.afraid.org/u",
    fields=(
        Field(key="token", help=_WHERE.format("A"), secret=True, required=False),
        Field(key="token6", help=_WHERE.format("AAAA"), secret=True, required=False),
        # Its page names neither; other clients send the one or the other.
        Field(
            key="address_parameter",
            help="How the address is named in the call, where saying it both ways fails.",
            required=False,
            choices=("both", "ip", "address"),
            default="both",
        ),
    ),
    either=(("token",), ("token6",)),
    update=update,
    pace=Pace(every=300.0, burst=4, after_error=60.0),  # ddclient's five minutes
    notes=(
        "Each record has a token of its own, so each name is an account of its own here.",
        "The record must exist there, A and AAAA each, with dynamic DNS of version 2.",
    ),
)
