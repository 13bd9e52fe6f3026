"""Durations as people write them: `"30s"`, `"5m"`, `"1h30m"`, or a number of seconds."""

from __future__ import annotations

import math
import re

from agent.config.form import Form, Misfit

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_SPELLING = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit, _ in _UNITS))


def seconds_of(value: object) -> float:
    """The number of seconds that a value stands for. Raises Misfit."""
    if isinstance(value, str):
        match = _SPELLING.fullmatch(value)
        if not match or not value:
            raise Misfit(_hint(value))
        counts = zip(match.groups(), _UNITS, strict=True)
        return float(sum(int(count or 0) * size for count, (_, size) in counts))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misfit
    return float(value)


def spelled(seconds: float) -> str:
    """The shortest spelling that `seconds_of` reads back: 5400 is `1h30m`, 0 is `0s`."""
    if seconds != int(seconds):
        return f"{seconds:g}"
    rest, text = int(seconds), ""
    for unit, size in _UNITS[1:]:  # hours, not days: "24h" is what people write
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def duration(low: float, high: float) -> Form[float]:
    """A duration within bounds, both included; its value is in seconds."""

    def read(value: object) -> float:
        seconds = seconds_of(value)
        if not low <= seconds <= high:
            raise Misfit
        return seconds

    example = next(text for text in ("5m", "60s", "1s") if low <= seconds_of(text) <= high)
    expected = f'a duration from {spelled(low)} to {spelled(high)}, such as "{example}"'
    return Form(expected=expected, read=read)


def _hint(text: str) -> str:
    """What was probably meant by text that is no duration."""
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*(d|h|m|s)?[a-z]*\s*", text.lower())
    if not match:
        return ""
    return f'write "{match[1]}{match[2] or "s"}"'
