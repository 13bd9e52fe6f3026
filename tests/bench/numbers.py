"""Numbers as the page has them: medians, spreads, ratios, and their words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Self

_ENOUGH_FOR_QUARTILES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Several measurements of one thing. `missed` were made without a result."""

    n: int
    missed: int
    median: float
    low: float
    high: float
    least: float
    most: float

    @classmethod
    def of(cls, measured: Iterable[float | None]) -> Self | None:
        """None where there is no result at all. `low` and `high` bound the middle half."""
        everything = list(measured)
        values = sorted(value for value in everything if value is not None)
        if not values:
            return None
        low, _, high = _quarters(values)
        return cls(
            n=len(everything),
            missed=len(everything) - len(values),
            median=median(values),
            low=low,
            high=high,
            least=values[0],
            most=values[-1],
        )


def digits(value: float) -> str:
    """Three digits of it, as people write them: 0.123, 1.23, 12.3, 123."""
    for bound, places in ((0.9995, 3), (9.995, 2), (99.95, 1)):
        if abs(value) < bound:
            return f"{value:.{places}f}"
    return f"{value:,.0f}"


def middle(spread: Spread | None) -> str:
    """The median, in bold, or a dash."""
    return "-" if spread is None else f"**{digits(spread.median)}**"


def half(spread: Spread | None) -> str:
    """The bounds of the middle half of the values."""
    if spread is None or spread.n - spread.missed < _ENOUGH_FOR_QUARTILES:
        return "-"
    return f"{digits(spread.low)} to {digits(spread.high)}"


def reach(spread: Spread | None) -> str:
    """The least and the most."""
    return "-" if spread is None else f"{digits(spread.least)} to {digits(spread.most)}"


def whole(spread: Spread | None) -> str:
    """The median with the least and the most."""
    return "-" if spread is None else f"{middle(spread)} ({reach(spread)})"


def times(value: float, base: float) -> str:
    """How many times the base it is, or which fraction of it."""
    if not value or not base:
        return "-"
    return digits(value / base) if value >= base else f"1/{digits(base / value)}"


def _quarters(values: Sequence[float]) -> tuple[float, float, float]:
    if len(values) < _ENOUGH_FOR_QUARTILES:
        return values[0], median(values), values[-1]
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high
