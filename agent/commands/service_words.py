"""What there is to say of a DNS service, from its one description: for the screen and for pages."""

from __future__ import annotations

from collections.abc import Iterable

from providers.engine.spec import Field, Provider
from providers.engine.waits import span

GROUPS = (
    ("own", "Your own name server"),
    ("zone", "Services that keep a zone: the records are read before they are written"),
    ("told", "Services that can only be told: live DNS says what they hold"),
)
"""The kinds of services by the words that `group` gives, with what each is."""


def group(provider: Provider) -> str:
    """Which of `GROUPS` a provider belongs to."""
    if provider.speaks == "lexicon":
        return "zone"
    if provider.speaks == "dns" or (not provider.base and provider.read is not None):
        return "own"
    return "told" if provider.read is None else "zone"


def facts(provider: Provider) -> list[str]:
    """What to know before choosing it, in sentences; the notes of its description come last."""
    told = [
        f"It is called at {provider.base}." if provider.base else "",
        "" if len(provider.families) > 1 else _one_family(provider),
        "" if provider.ttl_min is None else f"The least TTL is {span(provider.ttl_min)}.",
        _pace(provider),
        "`upstun check --online` proves the credentials without writing."
        if provider.verify
        else "Its credentials cannot be proved without an update, so the first one proves them.",
    ]
    return [*filter(None, told), *provider.notes]


def nature(field: Field) -> list[str]:
    """What must be known of a setting besides its help: optional, secret, choices, default."""
    parts = [] if field.required and field.default is None else ["optional"]
    if field.secret:
        parts.append(f"secret: {field.key}, {field.key}_file or {field.key}_env")
    if field.choices:
        parts.append("one of " + ", ".join(field.choices))
    if field.kind == "integer":
        parts.append("a whole number")
    if field.kind == "flag":
        parts.append("true or false")
    if field.default not in (None, "", False):
        parts.append(f"default {field.default}")
    return parts


def ways(provider: Provider) -> str:
    """The ways to say who one is, where there is a choice; else nothing."""
    if not provider.either:
        return ""
    return f"One of these is needed: {_or(' and '.join(way) for way in provider.either)}."


def example(provider: Provider) -> str:
    """The least account that works, for a configuration file."""
    needed = set(provider.either[0]) if provider.either else set()
    lines = ["[account.home]", f'provider = "{provider.id}"']
    lines += [
        _line(field)
        for field in provider.fields
        if field.key in needed or (field.required and field.default is None)
    ]
    return "\n".join(lines)


def _line(field: Field) -> str:
    if field.secret:
        return f'{field.key}_file = "{field.key.replace("_", "-")}.txt"'
    if field.sample or field.choices:
        return f'{field.key} = "{field.sample or field.choices[0]}"'
    match field.kind:
        case "integer":
            return f"{field.key} = 1"
        case "flag":
            return f"{field.key} = true"
        case "url":
            return f'{field.key} = "https://dns.example.net/"'
        case "endpoint":
            return f'{field.key} = "192.0.2.53:53"'
        case "text":
            return f'{field.key} = "…"'


def _pace(provider: Provider) -> str:
    pace = provider.pace
    if pace.burst == 1:
        return f"At most one change is sent {_each(pace.every)}."
    return f"At most {pace.burst} changes are sent at once, and then one {_each(pace.every)}."


def _each(seconds: float) -> str:
    if seconds == 1:
        return "each second"
    if seconds < 120 or seconds % 60:  # noqa: PLR2004  two minutes
        return f"each {seconds:g} seconds"
    return f"each {seconds / 60:g} minutes"


def _one_family(provider: Provider) -> str:
    kept = {"A": "IPv4 addresses (A records)", "AAAA": "IPv6 addresses (AAAA records)"}
    return f"It takes {kept[provider.families[0]]} only."


def _or(words: Iterable[str]) -> str:
    return ", or ".join(words)
