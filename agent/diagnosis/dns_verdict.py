"""One word for what DNS says about a record. Pure.

Read from the top; the first row that fits decides.

===============  =====================================================================
word             when
===============  =====================================================================
dns_intercepted  something on the way answers in the servers' place
dns_lame         servers answered, none of them as an authority for the zone
dns_unknown      no server could be heard, or there is no address to compare with
dns_cname        the name is an alias
dns_proxied      DNS shows the provider's own addresses, or need not show the record's:
                 verify = "api"
dns_ok           every server that answers serves exactly the wanted address
dns_partial      some do, some do not
dns_missing      the name has no such record
dns_wildcard     what is served is the zone's wildcard: the name has no record of its own
dns_private      an address is served that nobody outside can reach
dns_extra        the wanted address is served, but nowhere alone
dns_stale        anything else: another address is served
===============  =====================================================================
"""

from __future__ import annotations

from agent.decide.agreement import Agreement, State
from agent.diagnosis.evidence import RecordExam
from discovery.address import publishable
from discovery.observation import Address

_BY_STATE = {
    State.INTERCEPTED: "dns_intercepted",
    State.ALL: "dns_ok",
    State.SOME: "dns_partial",
    State.ABSENT: "dns_missing",
}


def dns_verdict(exam: RecordExam, wanted: Address | None) -> str:
    """The code of a record's state; `wanted` is the address that it should have."""
    agreement = exam.agreement
    if agreement.state is State.UNREADABLE:
        return "dns_lame" if agreement.lame and not agreement.silent else "dns_unknown"
    if exam.record.verify == "api" and agreement.state not in (State.INTERCEPTED, State.ALL):
        return "dns_proxied"
    if agreement.state is State.OPAQUE:
        return "dns_proxied" if agreement.proxied else "dns_cname"
    if agreement.state is State.INTERCEPTED or wanted is not None:
        return _BY_STATE.get(agreement.state) or _wrong(exam, agreement, wanted)
    return "dns_unknown"


def _wrong(exam: RecordExam, agreement: Agreement, wanted: Address | None) -> str:
    live = agreement.live or frozenset()
    if exam.exam.from_wildcard:
        return "dns_wildcard"
    if any(not publishable(address) for address in live):
        return "dns_private"
    if wanted in live:
        return "dns_extra"
    return "dns_stale"
