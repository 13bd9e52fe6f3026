"""Whom to ask next, and after what pause. Pure; `agent.decide.verdict` says when and why."""

from __future__ import annotations

from dataclasses import dataclass

from agent.decide.witnesses import OUTSIDE, ROUTER, Case, Facts, Witness, digest, unasked
from discovery.observation import Source

PAIR = 2
"""How many operators make an outside word worth believing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Ask these witnesses side by side, after a pause of `after` seconds."""

    witnesses: tuple[Witness, ...]
    after: float = 0.0


def everybody(case: Case) -> Look | None:
    """The router by its first protocol and two STUN operators, side by side; None: no router."""
    sources = dict.fromkeys(source for source in case.order if source in ROUTER)
    router = next((one for source in sources for one in case.menu if one.source == source), None)
    if router is None:
        return None
    nobody = digest(())
    return Look(witnesses=(router, *unasked(nobody, case, "stun")[:PAIR]))


def ask_outside(facts: Facts, case: Case) -> Look | None:
    """Two STUN operators; while nobody answers, everyone else: only then is nobody outside."""
    asked = {source for source, _ in facts.asked}
    if "stun" not in asked and (pair := unasked(facts, case, "stun")):
        return Look(witnesses=pair[:PAIR])
    return None if facts.outside else more_outside(facts, case)


def more_outside(facts: Facts, case: Case) -> Look | None:
    """Everyone else outside who may be asked: the third STUN operator, and T."""
    rest = (*unasked(facts, case, "stun")[:PAIR], *unasked(facts, case, "http")[:PAIR])
    return Look(witnesses=rest) if rest else None


def again(facts: Facts, case: Case, sources: tuple[Source, ...], after: float) -> Look:
    """Those of these kinds who were asked before and answered with an address, once more."""
    return Look(witnesses=_answered(facts, case, sources), after=after)


def again_both(facts: Facts, case: Case, after: float) -> Look:
    """The router, and the outside: whoever answered there, or else the first two STUN operators."""
    outside = _answered(facts, case, OUTSIDE)
    if not outside:
        outside = unasked(digest(()), case, "stun")[:PAIR]
    return Look(witnesses=(*_answered(facts, case, ROUTER), *outside), after=after)


def _answered(facts: Facts, case: Case, sources: tuple[Source, ...]) -> tuple[Witness, ...]:
    answered = {(seen.source, seen.witness) for seen in (*facts.outside, facts.router) if seen}
    return tuple(
        witness
        for witness in case.menu
        if witness.source in sources and (witness.source, witness.name) in answered
    )
