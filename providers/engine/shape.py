"""Narrowing a vendor's JSON: the documented type comes back, or `Confused` says what came instead.

A field of another type than documented must end in a sentence, never in a TypeError far away.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from providers.engine.errors import Confused, one_line
from providers.engine.wire import Address

Object = dict[str, Any]


def objects(value: Any, what: str) -> list[Object]:
    """A list of JSON objects. `what` names it in the sentence."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Confused(f"no list of {what}: {one_line(repr(value))}")
    return value


def member(row: Object, key: str) -> Object:
    """A member that is an object itself."""
    value = row.get(key)
    if not isinstance(value, dict):
        raise Confused(f"{key!r} that is not an object: {one_line(repr(value))}")
    return value


def text(row: Object, key: str) -> str:
    """A member that is text."""
    value = row.get(key)
    if not isinstance(value, str):
        raise Confused(f"{key!r} that is not text: {one_line(repr(value))}")
    return value


def number(row: Object, key: str) -> int:
    """A member that is a whole number (JSON knows no integers: 60 may arrive as 60.0)."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise Confused(f"{key!r} that is not a whole number: {one_line(repr(value))}")
    return int(value)


def count(row: Object, key: str) -> int:
    """A member that is a whole number, also as text: Porkbun and Bunny say "600"."""
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return number(row, key)


def address(row: Object, key: str) -> Address:
    """A member that is an IP address, in whatever spelling."""
    try:
        return ip_address(text(row, key))
    except ValueError:
        raise Confused(f"{key!r} that is not an address: {one_line(repr(row[key]))}") from None


def addresses(values: Any, what: str) -> frozenset[Address]:
    """A list of IP addresses as text, in whatever spelling and order. `what` names it."""
    if not isinstance(values, list):
        raise Confused(f"no list of {what}: {one_line(repr(values))}")
    return frozenset(address({what: value}, what) for value in values)


def identity(row: Object, key: str) -> str:
    """A member that is an id: text, or a whole number; vendors change from one to the other."""
    value = row.get(key)
    if isinstance(value, str) and value:
        return value
    return str(number(row, key))


def carried(rows: Sequence[Object], key: str, values: Sequence[str]) -> list[Object]:
    """One row for each value: the one that holds it, else one whose value goes, else a new one.

    `key` is where a row has its value. What people wrote beside it, a comment say, so stays.
    """
    held = {row[key]: row for row in rows}
    spare = [row for row in rows if row[key] not in values]
    return [held.get(value) or {**(spare.pop(0) if spare else {}), key: value} for value in values]
