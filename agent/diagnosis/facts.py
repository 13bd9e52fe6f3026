"""Questions that several rules put to the evidence. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from agent.decide.exit_status import HELD_BY, Exit
from agent.decide.hosts import verdict_for
from agent.decide.witnesses import ROUTER
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.values import FAMILY_OF, Disputed, OutOfReach, Settled, Verdict
from discovery.address import Scope, scope
from discovery.observation import Address, Family, Missed, Observation, Seen
from discovery.path.view import Ownership
from discovery.router.view import Igd
from providers.engine.outcome import Cause, Refused


def address_of(evidence: Evidence, family: Family) -> Address | None:
    """The home's address in a family, publishable or not reachable; None when it is not known."""
    verdict = evidence.verdicts.get(family)
    return verdict.address if isinstance(verdict, Settled | OutOfReach) else None


def wanted_by(evidence: Evidence, exam: RecordExam) -> Address | None:
    """The address that a record should have; None when none is to be published."""
    verdict = verdict_of(evidence, exam)
    return verdict.address if isinstance(verdict, Settled) else None


def verdict_of(evidence: Evidence, exam: RecordExam) -> Verdict | None:
    """The verdict as it concerns one record, which may be about another machine of the home."""
    verdict = evidence.verdicts.get(FAMILY_OF[exam.exam.rtype])
    return None if verdict is None else verdict_for(exam.record, exam.exam.rtype, verdict)


def tunnelled(evidence: Evidence) -> bool:
    """Whether ordinary traffic has another public address than the home, or may have one.

    A tunnel that ends in this home's own network (WireGuard to the own router) has the default
    route too, and hides nothing. Without a gateway beside the tunnel nobody was asked past it.
    """
    if not evidence.around.default_is_tunnel or evidence.around.gateway is None:
        return evidence.around.default_is_tunnel
    through = {one.address for one in sightings(evidence.through_vpn)}
    return through != {address_of(evidence, Family.V4)}


def cut_off(evidence: Evidence) -> bool:
    """Whether nothing outside can be asked at all; what then fails is no trouble of its own."""
    verdict = evidence.verdicts.get(Family.V4)
    six = evidence.verdicts.get(Family.V6)
    return (
        verdict is not None
        and HELD_BY.get(verdict.code) is Exit.OFFLINE
        and not isinstance(six, Settled)
    )


def taken_over(evidence: Evidence) -> bool:
    """Whether something on the way answers in the place of name servers."""
    by_trial = evidence.port53 is not None and evidence.port53.intercepted
    return by_trial or any(one.exam.view.intercepted for one in evidence.records)


def held_back(evidence: Evidence, account: str) -> bool:
    """Whether an account is stopped, or its credentials were refused: it cannot change anything."""
    return any(
        one.locked is not None or (isinstance(one.proof, Refused) and one.proof.cause in _FINAL)
        for one in evidence.accounts
        if one.account.name == account
    )


_FINAL = frozenset({Cause.CREDENTIALS, Cause.BLOCKED})


def candidates(verdict: Verdict | None) -> tuple[Address, ...]:
    """The addresses in dispute, where there is a dispute."""
    return verdict.candidates if isinstance(verdict, Disputed) else ()


def router_words(evidence: Evidence) -> tuple[Observation, ...]:
    """What the router said over each of its protocols."""
    return tuple(one for one in evidence.witnesses if one.source in ROUTER)


def router_address(evidence: Evidence) -> Address | None:
    """The public address that the router names; None when it names none."""
    return next((one.address for one in router_words(evidence) if isinstance(one, Seen)), None)


def router_reported(evidence: Evidence) -> Address | None:
    """The address that the router names, public or not (100.64.0.5, 10.0.0.7)."""
    public = router_address(evidence)
    if public is not None:
        return public
    misses = [one for one in router_words(evidence) if isinstance(one, Missed)]
    return next((one.reported for one in misses if one.reported is not None), None)


def outside(evidence: Evidence, family: Family = Family.V4) -> tuple[Seen, ...]:
    """Every sighting by a witness outside."""
    return sightings(one for one in evidence.witnesses if one.family is family)


def sightings(observations: Iterable[Observation]) -> tuple[Seen, ...]:
    """Those who named an address and are not the router or this machine."""
    return tuple(
        one for one in observations if isinstance(one, Seen) and one.source in ("stun", "http")
    )


def owner_of(evidence: Evidence, address: Address | None) -> Ownership | None:
    """Who was found to have an address, when that was asked and answered."""
    known = (one for one in evidence.path.ownership if one.owner != "unknown")
    return next((one for one in known if one.address == address), None)


def beyond(evidence: Evidence) -> Scope | None:
    """What kind of address the second router on the way out has; None when it did not tell."""
    second = [hop for hop in evidence.path.trail.hops if hop.distance == 2]  # noqa: PLR2004
    return scope(second[0].address) if second else None


def router_igd(evidence: Evidence) -> Igd | None:
    """The home's router: the device that is believed, else one that describes the gateway."""
    igds = evidence.router.igds if evidence.router else ()
    ranked = sorted(igds, key=lambda one: not one.accepted)
    gateway = str(evidence.around.gateway)
    return next((one for one in ranked if one.accepted or one.host == gateway), None)


def router_title(evidence: Evidence) -> str:
    """The router as its owner may know it: "FRITZ!Box 7590 (192.168.1.1)"."""
    igd, gateway = router_igd(evidence), evidence.around.gateway
    name = (igd.model or igd.name) if igd else ""
    where = str(gateway) if gateway else ""
    return f"{name} ({where})" if name and where else name or where or "the router"


def listed(items: Iterable[object], last: str = "and") -> str:
    """Items as a sentence has them: "a, b and c"."""
    texts = [str(item) for item in items]
    if len(texts) < 2:  # noqa: PLR2004 - one item or none needs no conjunction
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"
