"""Putting a verdict into its value: the address, who named it, and the sentence about it. Pure."""

from __future__ import annotations

from agent.decide import sentences
from agent.decide.witnesses import Case, Facts
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.observation import Address, Source


def settled(
    facts: Facts, case: Case, address: Address, code: Code, caveats: tuple[Code, ...] = ()
) -> Settled:
    """The address is known well enough to publish; this machine's own one is `direct`."""
    code = "direct" if address == case.local else code
    sources = _sources(facts, address)
    return Settled(
        family=case.family,
        address=address,
        code=code,
        sources=sources,
        because=sentences.verdict(code, address, sources),
        caveats=(*caveats, *facts.caveats),
    )


def out_of_reach(
    facts: Facts, case: Case, address: Address, code: Code, caveats: tuple[Code, ...]
) -> Verdict:
    """The address is known, but nobody can reach it; published only if the user says so."""
    if case.unreachable == "publish":
        return settled(facts, case, address, code, caveats)
    sources = _sources(facts, address)
    return OutOfReach(
        family=case.family,
        address=address,
        code=code,
        sources=sources,
        because=sentences.verdict(code, address, sources),
        caveats=(*caveats, *facts.caveats),
    )


def disputed(facts: Facts, case: Case, code: Code) -> Disputed:
    """Different addresses were named."""
    named = {seen.address: None for seen in (facts.router, *facts.outside) if seen}
    return Disputed(
        family=case.family,
        candidates=tuple(named),
        code=code,
        sources=_sources(facts, None),
        because=sentences.dispute(code, facts.router, facts.tally),
        caveats=facts.caveats,
    )


def unknown(facts: Facts, case: Case, code: Code) -> Unknown:
    """No address can be named now."""
    return Unknown(
        family=case.family,
        code=code,
        because=sentences.unknown(code, facts.misses, facts.outside),
        caveats=tuple(caveat for caveat in facts.caveats if caveat != code),
    )


def _sources(facts: Facts, address: Address | None) -> tuple[Source, ...]:
    """The kinds of witness behind an address, each once, the router first; None: everybody's."""
    seen = [one for one in (facts.router, *facts.outside) if one]
    return tuple(
        dict.fromkeys(one.source for one in seen if address is None or one.address == address)
    )
