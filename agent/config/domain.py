"""Domain names as DNS compares them: lower case, A-labels, no final dot (RFC 1035, RFC 5890)."""

from __future__ import annotations

import re

from agent.config.form import Form, Misfit, words_of

_LONGEST_NAME = 253  # without the final dot (RFC 1035 §2.3.4)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # IDNA takes these for dots (RFC 3490 §3.1)


def fqdn_of(value: object, *, labels: int = 1, wildcard: bool = False) -> str:
    """A name in its canonical form, with at least so many labels. Raises Misfit."""
    name = words_of(value)
    if "://" in name or "/" in name:
        raise Misfit("write the name alone, without https:// and without a path")
    parts = _DOTS.split(name.removesuffix("."))
    if parts[0] == "*" and wildcard:
        canonical = ["*", *map(_label, parts[1:])]
    else:
        canonical = [*map(_label, parts)]
    if canonical[-1].isdecimal():
        raise Misfit("an address is not a name")
    if len(canonical) < labels + (canonical[0] == "*"):
        raise Misfit("write the whole name, with the domain that it is in")
    whole = ".".join(canonical)
    if len(whole) > _LONGEST_NAME:
        raise Misfit(f"DNS allows {_LONGEST_NAME} characters in all")
    return whole


record_name: Form[str] = Form(
    expected='a full name such as "home.example.com"',
    read=lambda value: fqdn_of(value, labels=2, wildcard=True),
)
zone_name: Form[str] = Form(expected='a zone such as "example.com"', read=fqdn_of)


def inside(name: str, zone: str) -> bool:
    """Whether `name` is the zone's apex or below it, label by label: never `badexample.com`."""
    return name == zone or name.endswith(f".{zone}")


def _label(label: str) -> str:
    if not label:
        raise Misfit("a dot too many, or one at the start")
    ascii_label = label.lower() if label.isascii() else _a_label(label)
    if not _LABEL.fullmatch(ascii_label):
        raise Misfit(
            "letters, digits, hyphens inside and underscores are allowed, 63 between two dots"
        )
    return ascii_label


def _a_label(label: str) -> str:
    """The A-label of a label with other letters, by IDNA 2008 (RFC 5891) after UTS 46 mapping."""
    try:
        import idna  # noqa: PLC0415 - few names need its tables
    except ImportError:
        raise Misfit(
            "write it in its xn-- form: the library for other letters is missing"
        ) from None
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise Misfit("IDNA 2008 (RFC 5892) does not allow these letters in a name") from None
