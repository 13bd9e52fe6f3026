"""Whom to ask next, and after what pause. Pure; `agent.decide.verdict` says when and why."""

from __future__ import annotations

from dataclasses import dataclass

from agent.decide.witnesses import Case, Facts, Witness, unasked
from discovery.observation import Source

PAIR = 2
"""How many operators make an outside word worth believing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Ask these witnesses side by side, after a pause of `after` seconds."""

    witnesses: tuple[Witness, ...]
    after: float = 0.0


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
    answered = {(seen.source, seen.witness) for seen in (*facts.outside, facts.router) if seen}
    again = tuple(
        witness
        for witness in case.menu
        if witness.source in sources and (witness.source, witness.name) in answered
    )
    return Look(witnesses=again, after=after)
