"""What a name server's answer to an UPDATE means, in words: one table."""

from __future__ import annotations

from providers.engine.outcome import Cause, Refused
from providers.engine.wire import DnsReply, DnsUpdate

_CONFLICT = (Cause.CONFLICT, "somebody else changed {zone} on {server} meanwhile ({rcode})")

_SAID = {
    "BADSIG": (
        Cause.CREDENTIALS,
        "{server} finds the signature by {key} wrong; compare key_secret with the server's",
    ),
    # Knot answers BADKEY also where BIND says REFUSED: a key that may not change this name or type.
    "BADKEY": (
        Cause.CREDENTIALS,
        (
            "{key} is unknown to {server}, has another algorithm there, or is not "
            "allowed to change this name or type"
        ),
    ),
    "BADTIME": (
        Cause.TRANSIENT,
        "{server} and this machine disagree about the time{clock}; set the clocks of both",
    ),
    "BADTRUNC": (Cause.REJECTED, "{server} does not accept the length of the signature"),
    "UNSIGNED": (
        Cause.CONFUSED,
        (
            "{server} answered {rcode} without the signature of {key}, so that anybody may "
            "have said it; check that it is the primary server of {zone} and has the key"
        ),
    ),
    "UNUSABLE": (
        Cause.CREDENTIALS,
        (
            "key_name, key_secret and key_algorithm make no key (the secret is text in base64); "
            "nothing was sent to {server}"
        ),
    ),
    "REFUSED": (
        Cause.REJECTED,
        (
            "{server} does not let {key} change this name and type; check update-policy or "
            "allow-update of the zone {zone}"
        ),
    ),
    "NOTAUTH": (Cause.NOT_FOUND, "{server} is not the primary server of a zone {zone}"),
    "NOTZONE": (Cause.REJECTED, "{server} says that a name is not inside the zone {zone}"),
    "NOTIMP": (Cause.REJECTED, "{server} does not do dynamic updates"),
    "SERVFAIL": (Cause.TRANSIENT, "{server} failed for reasons of its own (SERVFAIL)"),
    "NXRRSET": _CONFLICT,
    "YXRRSET": _CONFLICT,
    "NXDOMAIN": _CONFLICT,
    "YXDOMAIN": _CONFLICT,
}
_ALIAS = (Cause.REJECTED, "{server} holds an alias (CNAME) at {name}; delete it there first")
_UNKNOWN = (Cause.CONFUSED, "{server} answered {rcode}, which is no answer to an update")


def refusal_of(call: DnsUpdate, reply: DnsReply) -> Refused | None:
    """None when the server did what `call` says; else why not.

    Every change is sent on condition that no alias stands at its name, because servers ignore an
    address beside an alias and still answer NOERROR (RFC 2136 §3.4.2.2).
    A failed signature weighs more than the RCODE beside it, NOERROR included.
    """
    if reply.rcode == "NOERROR" and not reply.tsig:
        return None
    cause, sentence = _SAID.get(reply.tsig or reply.rcode, _UNKNOWN)
    if reply.rcode == "YXRRSET" and all(rrset.live != frozenset() for rrset in call.rrsets):
        cause, sentence = _ALIAS  # no other absence was a condition
    ahead = reply.clock_ahead
    text = sentence.format(
        server=call.server,
        zone=call.zone,
        name=" or ".join(sorted({rrset.name for rrset in call.rrsets})),
        key=f'the key "{call.key.name}"' if call.key else "anybody without a key",
        rcode=reply.rcode,
        clock="" if ahead is None else f" by {abs(ahead):.0f} s",
    )
    return Refused(cause=cause, text=text)
