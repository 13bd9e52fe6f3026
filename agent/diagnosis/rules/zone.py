"""What is wrong with the name servers of a zone, and with the way to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import cut_off, listed, taken_over, tunnelled
from agent.diagnosis.finding import Finding
from agent.diagnosis.phrases import clause
from discovery.live_dns.view import DnsView, Lame, NoAnswer, Resolver, ServerAnswer


def of_servers(evidence: Evidence) -> Iterator[Finding]:
    """Name servers that are no authority, or that keep silent, beside others that answer."""
    if cut_off(evidence):
        return
    for view in (exam.exam.view for exam in evidence.records):
        lame = [one for one in view.servers if isinstance(one.answer, Lame | Resolver)]
        if lame and _others_answer(view):
            does = "does" if len(_names(lame, view)) == 1 else "do"
            yield Finding(
                code="dns_lame",
                severity="error",
                fact=f"Of the name servers of {view.zone}, {listed(_names(lame, view))} {does} not "
                "answer for the zone.",
                consequence="Looking the name up takes longer, and fails for some people.",
                fix="Take that server out of the zone's NS records at your DNS service and at the "
                "registrar, or let it serve the zone.",
                confidence="likely" if taken_over(evidence) else "proved",
                exit=Exit.DNS_FAULT,
                subject=view.zone,
            )
        silent = [one for one in view.servers if isinstance(one.answer, NoAnswer)]
        if silent and _others_answer(view):
            servers = "servers" if len(_names(silent, view)) > 1 else "server"
            yield Finding(
                code="dns_silent",
                severity="warn",
                fact=f"The name {servers} {listed(_names(silent, view))} did not answer.",
                consequence="If it is the same for others, they wait longer for an answer.",
                fix="Nothing, if it is back soon; else tell your DNS service.",
                subject=view.zone,
            )


def of_delegation(evidence: Evidence) -> Iterator[Finding]:
    """A parent zone that names other servers than the zone itself (RFC 1034 §4.2.2)."""
    for exam in evidence.records:
        names, zone = exam.exam.name_servers, exam.exam.view.zone
        if names.differ:
            yield Finding(
                code="dns_ns_differ",
                severity="warn",
                fact=f"The parent zone names {listed(names.parent or ()) or 'none'} as name "
                f"servers of {zone or exam.record.name}, the zone itself "
                f"{listed(names.child or ()) or 'none'}.",
                consequence="People may be sent to servers that do not follow.",
                fix="Enter the same name servers at the registrar and in the zone.",
                confidence="likely" if taken_over(evidence) else "proved",
                subject=zone,
            )


def of_dnssec(evidence: Evidence) -> Iterator[Finding]:
    """A zone whose signatures do not hold: whoever checks them gets no answer at all."""
    for exam in evidence.records:
        if exam.exam.dnssec == "bogus":
            yield Finding(
                code="dns_bogus",
                severity="error",
                fact=f"The DNSSEC signatures of {exam.exam.view.zone or exam.record.name} do not "
                "hold.",
                consequence="Everybody whose resolver checks signatures cannot look the name up.",
                fix="Sign the zone anew at your DNS service, or take the DS record out at the "
                "registrar.",
                exit=Exit.DNS_FAULT,
                subject=exam.exam.view.zone,
            )


def of_interception(evidence: Evidence) -> Iterator[Finding]:
    """Something takes over port 53, seen by other means than the records' own servers."""
    if evidence.port53 is None or cut_off(evidence):
        return  # a login page bends DNS too, and is told as such
    if any(exam.exam.view.intercepted for exam in evidence.records):
        return
    shown = [trial for trial in evidence.port53.trials if trial.intercepted]
    if shown:
        vpn = ", or the VPN's own DNS," if tunnelled(evidence) else ""
        yield Finding(
            code="dns_intercepted",
            severity="error" if evidence.records else "warn",
            fact=f"Something on the way takes over DNS (port 53): {clause(shown[0].detail)}.",
            consequence="What name servers really say may not be what is seen from here.",
            fix="Switch off “DNS rebind protection”, “parental control” or “DNS redirect” in the "
            f"router{vpn} or ask the provider.",
            exit=Exit.DNS_FAULT if evidence.records else Exit.HEALTHY,
            confidence="proved" if len(shown) > 1 else "likely",
        )


def _others_answer(view: DnsView) -> bool:
    """Whether some server is an authority: else it is the zone, or the way, that is told of."""
    none = Lame | Resolver | NoAnswer
    return any(not isinstance(one.answer, none) for one in view.servers)


def _names(some: Sequence[ServerAnswer], view: DnsView) -> tuple[str, ...]:
    """The servers by name, each once; with the address where they do well at another one."""
    well = {one.server for one in view.servers if one not in some}
    return tuple(
        dict.fromkeys(
            f"{one.server} at {one.endpoint}" if one.server in well else one.server for one in some
        )
    )
