"""The six questions that people have about their connection, answered in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from agent.diagnosis.confidence import confidence
from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import (
    address_of,
    candidates,
    listed,
    outside,
    router_words,
    wanted_by,
)
from agent.diagnosis.finding import Answer, Finding
from agent.diagnosis.phrases import who_says
from agent.diagnosis.spread import Spread, spread_of
from agent.values import Code, Settled, Verdict
from discovery.live_dns.view import Absent, Present
from discovery.observation import Family, Seen

_TITLES = {
    "reach": "Can people reach you?",
    "address": "Which address is yours?",
    "witnesses": "Who says so?",
    "dns": "What does DNS say?",
    "when": "When will everyone see it?",
    "todo": "What should you do?",
}

_MOST_NAMES = 5  # on the first screen; those with trouble come first

_SURE = {"proved": "certain", "likely": "likely", "guess": "a guess"}

_REACH: dict[Code, str] = {
    "direct": "as far as this machine's firewall lets them; “upstun diagnose --port udp/51820” "
    "proves a port",
    "single_nat": "on ports that the router forwards; “upstun diagnose --port udp/51820” proves "
    "one",
    "router_only": "probably, on ports that the router forwards",
    "stun_agrees": "perhaps, on ports that the router forwards; nobody here can tell",
    "http_agrees": "perhaps, on ports that the router forwards; nobody here can tell",
    "one_witness": "not known",
    "vpn_active": "perhaps; a VPN may swallow the answers",
    "multi_wan": "perhaps, by the line whose address is named",
    "double_nat": "only if both routers forward the port",
    "nat_1to1": "yes, on forwarded ports",
    "shared_ipv4": "only on the ports of your share",
    "cgnat": "no, your provider shares the address among many customers (CGNAT)",
    "cgnat_likely": "very likely not, your provider seems to share the address among many "
    "customers (CGNAT)",
    "ds_lite": "no, your provider carries IPv4 in a tunnel and shares the address (DS-Lite)",
    "nat64": "no, there is no IPv4 here",
    "wan_down": "no, the internet line is down",
    "captive": "no, a login page is in the way",
    "offline": "no, this machine has no way out",
}
_REACH6: dict[Code, str] = {
    "v6_direct": "as far as the firewalls of router and machine let them",
    "v6_unconfirmed": "not known",
    "v6_nat66_or_vpn": "not known, something translates or tunnels it",
    "v6_waiting": "not known, the address is about to change",
    "v6_none": "not by a name, no address here lasts",
    "v6_absent": "no, there is no IPv6 here",
}


def answers(evidence: Evidence, findings: tuple[Finding, ...]) -> tuple[Answer, ...]:
    """The six answers, each a few short lines."""
    return (
        Answer(question="reach", title=_TITLES["reach"], lines=tuple(_reach(evidence))),
        Answer(question="address", title=_TITLES["address"], lines=tuple(_address(evidence))),
        Answer(
            question="witnesses",
            title=_TITLES["witnesses"],
            lines=tuple(who_says(evidence.witnesses)),
        ),
        Answer(question="dns", title=_TITLES["dns"], lines=tuple(_dns(evidence))),
        Answer(question="when", title=_TITLES["when"], lines=tuple(_when(evidence))),
        Answer(question="todo", title=_TITLES["todo"], lines=tuple(_todo(findings))),
    )


def _reach(evidence: Evidence) -> Iterator[str]:
    for reach in evidence.path.reaches:
        word = {"proved": "yes, proved", "refuted": "no, proved", "likely": "probably"}
        port = f"{reach.transport.upper()} {reach.port}"
        yield f"IPv4, {port}: {word.get(reach.grade, 'not known')}. {reach.because}"
    verdict = evidence.verdicts.get(Family.V4)
    if verdict is not None and not any(one.grade == "proved" for one in evidence.path.reaches):
        yield f"IPv4: {_REACH.get(verdict.code, 'not known')}."
    six = evidence.verdicts.get(Family.V6)
    if six is not None:
        closed = evidence.router and evidence.router.firewall6
        if closed and closed.enabled and isinstance(six, Settled):
            yield "IPv6: only on ports that are opened in the router's firewall."
        else:
            yield f"IPv6: {_REACH6.get(six.code, 'not known')}."


def _address(evidence: Evidence) -> Iterator[str]:
    for family in Family:
        address, verdict = address_of(evidence, family), evidence.verdicts.get(family)
        if address is not None:
            sure = confidence(evidence, family)
            word = _SURE[sure] if sure else "not known"
            shared = "; shared with other customers" if _shared(verdict) else ""
            yield f"{address} ({word}: {_agreeing(evidence, family)}{shared})"
        elif family is Family.V4 and verdict is not None:
            named = candidates(verdict)
            if verdict.code == "no_address":  # which tells of each witness why, at length
                yield "Not known: nobody who was asked named one."
            else:
                yield f"Not settled: {listed(named, 'or')}." if named else verdict.because


def _shared(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.code in ("cgnat", "ds_lite", "shared_ipv4")


def _agreeing(evidence: Evidence, family: Family) -> str:
    """Who names the address, in few words."""
    address = address_of(evidence, family)
    who = []
    router = family is Family.V4 and any(
        isinstance(one, Seen) and one.address == address for one in router_words(evidence)
    )
    if router:
        who.append("the router")
    if address in (evidence.ipv6.chosen, evidence.around.local):
        who.append("this machine")
    operators = {one.operator for one in outside(evidence, family) if one.address == address}
    if operators:
        count = len(operators)
        who.append(f"{count} witness{'' if count == 1 else 'es'} outside")
    verb = "agree" if len(who) > 1 or len(operators) > 1 else "says so"
    return f"{listed(who)} {verb}" if who else "nobody says so now"


def _dns(evidence: Evidence) -> Iterator[str]:
    if not evidence.configured:
        yield "Nothing was asked: no name is configured yet."
        return
    judged = [(exam, dns_verdict(exam, wanted_by(evidence, exam))) for exam in evidence.records]
    judged.sort(key=lambda one: one[1] == "dns_ok")
    for exam, verdict in judged[:_MOST_NAMES]:
        yield _record_line(exam, verdict)
    if rest := judged[_MOST_NAMES:]:
        right = all(verdict == "dns_ok" for _, verdict in rest)
        yield f"And {len(rest)} more{', all right' if right else '; the findings name them'}."
    if not evidence.records:
        yield "Not known: no name could be examined in time."


def _record_line(exam: RecordExam, verdict: str) -> str:
    agreement = exam.agreement
    served = listed(sorted(map(str, agreement.live or ()))) or "no address"
    what = f"{exam.record.name} {exam.exam.rtype}"
    ttl = f" (TTL {agreement.ttl} s)" if agreement.ttl is not None else ""
    if verdict == "dns_ok":
        right = "name server" if agreement.asked == 1 else "name servers"
        return f"{what}: {served}, right on {agreement.agreeing} of {agreement.asked} {right}{ttl}."
    if agreement.live is None:
        return f"{what}: {agreement.because.rstrip('.')}."
    if verdict == "dns_proxied":
        return f"{what}: {served}{ttl}; only the provider's interface tells whether that is right."
    if verdict == "dns_unknown":
        return f"{what}: {served}{ttl}; there is no address to compare it with."
    heard = sum(isinstance(one.answer, Present | Absent) for one in exam.exam.view.servers)
    wrong = heard - agreement.agreeing
    servers = "name server" if agreement.asked == 1 else "name servers"
    return f"{what}: {served}, WRONG on {wrong} of {agreement.asked} {servers}{ttl}."


def _when(evidence: Evidence) -> Iterator[str]:
    spreads = [(exam, spread_of(exam, evidence)) for exam in evidence.records]
    spreads.sort(key=lambda one: one[1].served is True and not one[1].stale)
    for exam, spread in spreads[:_MOST_NAMES]:
        yield _spread_line(exam, spread, evidence.at)
    if len(spreads) > _MOST_NAMES:
        yield f"And {len(spreads) - _MOST_NAMES} more; section 7 has them."
    if not spreads:
        yield "There is no name to see yet."


def _spread_line(exam: RecordExam, spread: Spread, now: datetime) -> str:
    name = exam.record.name
    if spread.served is None:
        return f"{name}: not known."
    if spread.served:
        if not spread.stale:
            heard = any(turn.fresh for turn in spread.turns)
            shown = " Every resolver that answered shows it already." if heard else ""
            return f"{name}: now, at its name servers.{shown}"
        resolvers = listed(
            f"{turn.answer.resolver} from {_clock(turn.fresh_at, now)}" for turn in spread.stale
        )
        by = spread.everyone_by
        everyone = f"everyone by {_clock(by, now)} UTC" if by else "nobody knows when everyone will"
        return f"{name}: {resolvers}; {everyone}."
    if spread.after_update_s is None:
        return f"{name}: some time after the update; the name servers do not say how long."
    return f"{name}: at most {spread.after_update_s} s after the name servers have the new address."


def _clock(moment: datetime | None, now: datetime) -> str:
    """A time of day in UTC, with the date where that is not today's."""
    if moment is None:
        return "a time not known"
    today = moment.astimezone(UTC).date() == now.astimezone(UTC).date()
    return f"{moment.astimezone(UTC):{'%H:%M:%S' if today else '%Y-%m-%d %H:%M:%S'}}"


def _todo(findings: tuple[Finding, ...]) -> Iterator[str]:
    """The fixes of what is wrong, the heaviest first; each once."""
    fixes = [one.fix for one in findings if one.fix and one.severity != "info"]
    chosen = list(dict.fromkeys(fixes))[:4]
    if not chosen:
        trouble = any(one.severity != "info" for one in findings)
        yield "Nothing that upstun knows of; the findings say more." if trouble else "Nothing."
    for number, fix in enumerate(chosen, 1):
        yield f"{number}. {fix}" if len(chosen) > 1 else fix
