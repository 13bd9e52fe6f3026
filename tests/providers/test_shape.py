from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from providers.engine.errors import Confused
from providers.engine.shape import Object, address, carried, member, number, objects, text

READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "text": lambda row: text(row, "key"),
    "number": lambda row: number(row, "key"),
    "address": lambda row: address(row, "key"),
    "member": lambda row: member(row, "key"),
    "objects": lambda row: objects(row.get("key"), "records"),
}


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        ("text", "", ""),
        ("text", "good", "good"),
        ("number", 60, 60),
        ("number", 60.0, 60),
        ("number", -1, -1),
        ("address", "192.0.2.1", ip_address("192.0.2.1")),
        ("address", "2001:DB8:0::1", ip_address("2001:db8::1")),
        ("member", {}, {}),
        ("objects", [], []),
        ("objects", [{"a": 1}], [{"a": 1}]),
    ],
)
def test_the_documented_type_comes_back(reader: str, value: object, read: object) -> None:
    assert READERS[reader]({"key": value}) == read


WRONG: dict[str, tuple[object, ...]] = {
    "text": (None, 1, True, [], {}),
    "number": (None, "60", True, 60.5, [], float("nan"), float("inf")),
    "address": (None, 3221225985, "", "192.0.2.1/32", "nas", []),
    "member": (None, 1, "x", [{}]),
    "objects": (None, {}, "x", [1], [[]], [{}, None]),
}


@pytest.mark.parametrize(
    ("reader", "value"), [(reader, value) for reader in WRONG for value in WRONG[reader]]
)
def test_anything_else_is_told_and_not_passed_on(reader: str, value: object) -> None:
    with pytest.raises(Confused, match=r"not|no list"):
        READERS[reader]({"key": value})


def test_a_long_value_is_shown_in_part() -> None:
    with pytest.raises(Confused) as told:
        text({"key": ["x" * 10_000]}, "key")
    assert len(str(told.value)) < 250


@pytest.mark.parametrize("reader", READERS)
def test_a_missing_member_is_told(reader: str) -> None:
    with pytest.raises(Confused):
        READERS[reader]({})


ROW1, ROW2 = {"ip": "192.0.2.1", "note": "one"}, {"ip": "192.0.2.2", "note": "two"}


@pytest.mark.parametrize(
    ("rows", "values", "end"),
    [
        ([], ["192.0.2.9"], [{"ip": "192.0.2.9"}]),
        ([ROW1], ["192.0.2.1"], [ROW1]),
        ([ROW1], ["192.0.2.9"], [{"ip": "192.0.2.9", "note": "one"}]),
        ([ROW1, ROW2], ["192.0.2.2"], [ROW2]),
        ([ROW1, ROW2], ["192.0.2.2", "192.0.2.9"], [ROW2, {"ip": "192.0.2.9", "note": "one"}]),
        (
            [ROW1],
            ["192.0.2.8", "192.0.2.9"],
            [{"ip": "192.0.2.8", "note": "one"}, {"ip": "192.0.2.9"}],
        ),
        ([ROW1], [], []),
    ],
)
def test_what_stands_beside_a_value_is_carried_to_the_next_one(
    rows: list[Object], values: list[str], end: list[Object]
) -> None:
    assert carried(rows, "ip", values) == end
