"""The dyndns2 reply grammar: one word per line, for each host in order. Pure.

Words and what they demand: https://help.dyn.com/return-codes and https://www.noip.com/integrate
(No-IP asks for 30 minutes after 911). Only whole words count: "goodbye" and "notgood" are not
"good". Services differ in letter case, line ends, status codes and in whether they echo an address.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from ipaddress import ip_address

from providers.engine.errors import excerpt, refusal, text_of
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.own_words import WAITS, Words, in_own_words
from providers.engine.wire import Address, Response

_SUCCESS = ("good", "nochg")
_REFUSALS: dict[str, tuple[Cause, str]] = {
    "badauth": (
        Cause.CREDENTIALS,
        "does not accept the user name or the password; correct them in the configuration",
    ),
    "!yours": (
        Cause.CREDENTIALS,
        "says that this host belongs to another account; check the name and the account",
    ),
    "nohost": (Cause.NOT_FOUND, "does not know this host in this account; create it there first"),
    "notfqdn": (
        Cause.REJECTED,
        "does not take this for a complete host name; write the record's name in full",
    ),
    "numhost": (
        Cause.REJECTED,
        "says that there are too many hosts, or several under one name; clear that up there",
    ),
    "badsys": (Cause.REJECTED, "does not accept the system parameter; check the endpoint"),
    "badrequest": (Cause.REJECTED, "does not accept the request; check the endpoint and the name"),
    "badparam": (
        Cause.REJECTED,
        "does not accept a parameter of the request; check the endpoint and the name",
    ),
    "!donator": (Cause.REJECTED, "does this for paying users only; book it there"),
    "!active": (Cause.BLOCKED, "says that this host is not activated; activate it there"),
    "2fa": (Cause.BLOCKED, "wants a second factor; create a password for clients there"),
    "abuse": (Cause.BLOCKED, "has blocked this host for abuse; ask it to lift the block"),
    "badagent": (
        Cause.BLOCKED,
        "refuses this client, and must not be called until it was asked why; write to its support",
    ),
    "dnserr": (Cause.TRANSIENT, "has trouble with its own DNS; it is asked again later"),
    "911": (Cause.TRANSIENT, "is down or under maintenance; it is asked again later"),
    **dict.fromkeys(
        ("toofast", "interval", "too_soon", "too_freq"),
        (Cause.RATE_LIMITED, "was called too soon again; it is left alone for a while"),
    ),
}
_NO_OTHERS = Words()
_GRAVEST_FIRST = (
    Cause.BLOCKED,
    Cause.CREDENTIALS,
    Cause.RATE_LIMITED,
    Cause.TRANSIENT,
    Cause.NOT_FOUND,
    Cause.REJECTED,
)


def outcome_of(
    title: str,
    response: Response,
    *,
    hosts: Sequence[str],
    sent: Collection[Address],
    words: Words = _NO_OTHERS,
) -> Outcome:
    """What the reply to an update of `hosts` to the addresses `sent` means.

    The service's own `words` go before those of the family:

    ==================================  =========================================================
    the reply                           the outcome
    ==================================  =========================================================
    any known refusal, in any line      the gravest of them, whatever the status
    status 4xx without one              by the table of HTTP statuses
    empty, or an unknown word           CONFUSED: wait half an hour and show it
    fewer lines than hosts              Unconfirmed: nothing is known of the rest
    good 127.0.0.1, not asked for       BLOCKED: Dyn says so to a client that it ignores
    another address than the sent one   Unconfirmed: DNS has to tell
    good, for any of the hosts          Changed
    nochg, for all of them              Unchanged
    ==================================  =========================================================
    """
    if outcome := in_own_words(title, response, words, sent):
        return outcome
    lines = [line.split() for line in re.split(r"[\r\n]+", text_of(response)) if line.strip()]
    codes = [line[0].casefold() for line in lines]
    refused = [_refused(title, code, host) for code, host in _by_host(codes, hosts)]
    for cause in _GRAVEST_FIRST:
        for no in refused:
            if no and no.cause is cause:
                return no
    if by_status := refusal(title, response):
        return by_status
    if not codes or any(code not in _SUCCESS for code in codes[: len(hosts)]):
        return _unknown(title, response)
    if len(codes) < len(hosts):
        rest = ", ".join(hosts[len(codes) :])
        return Unconfirmed(
            text=f"{title} confirmed the first hosts only, and said nothing of {rest}"
        )
    echoed = {address for line in lines for address in _addresses(line[1:])}
    return _echo(title, echoed, frozenset(sent)) or (Changed() if "good" in codes else Unchanged())


def _by_host(words: Sequence[str], hosts: Sequence[str]) -> list[tuple[str, str]]:
    """Each word with the host that it is about; a word too many is about all of them."""
    everyone = ", ".join(hosts)
    whose = hosts if len(words) == len(hosts) else [everyone] * len(words)
    return list(zip(words, whose, strict=True))


def _refused(title: str, word: str, host: str) -> Refused | None:
    if word not in _REFUSALS:
        return None
    cause, meaning = _REFUSALS[word]
    return Refused(
        cause=cause, text=f"{title} {meaning} ({word} for {host})", wait=WAITS.get(cause)
    )


def _unknown(title: str, response: Response) -> Refused:
    said = excerpt(response.body) or "nothing at all"
    text = f"{title} answered something that is no dyndns2 reply: {said}"
    return Refused(cause=Cause.CONFUSED, text=text, wait=WAITS[Cause.CONFUSED])


def _echo(
    title: str, echoed: Collection[Address], sent: frozenset[Address]
) -> Refused | Unconfirmed | None:
    """What an echoed address gives away; None when it agrees or there is none.

    An address of a family that was not sent is what the service holds besides, and no contradiction
    as long as a sent one is echoed too.
    """
    foreign = [address for address in echoed if address not in sent]
    if any(address.is_loopback for address in foreign):
        text = f"{title} ignores this client: it pretends to have set the address 127.0.0.1"
        return Refused(cause=Cause.BLOCKED, text=text)
    families = {address.version for address in sent}
    if foreign and (
        len(foreign) == len(echoed) or any(address.version in families for address in foreign)
    ):
        there = ", ".join(sorted(map(str, foreign)))
        wanted = ", ".join(sorted(map(str, sent)))
        return Unconfirmed(text=f"{title} says that it set {there} instead of {wanted}")
    return None


def _addresses(words: Sequence[str]) -> list[Address]:
    found: list[Address] = []
    for word in ",".join(words).split(","):
        try:
            found.append(ip_address(word))
        except ValueError:
            continue  # services add times and remarks
    return found
