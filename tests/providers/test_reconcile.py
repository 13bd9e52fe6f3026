from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.engine.reconcile import (
    Create,
    Delete,
    Record,
    Step,
    Update,
    reconcile,
    round_ttl,
)

ONE, TWO, THREE = (IPv4Address(f"192.0.2.{last}") for last in (1, 2, 3))


def held(*values: IPv4Address, ttl: int | None = 60, foreign: bool = False) -> list[Record]:
    return [
        Record(id=f"id{number}", value=value, ttl=ttl, foreign=foreign)
        for number, value in enumerate(values)
    ]


def told(steps: tuple[Step, ...]) -> list[str]:
    """Steps in short: `+1`, `id0:2>1`, `-id1`, with the last octet for an address."""
    words = []
    for step in steps:
        match step:
            case Create(value=value):
                words.append(f"+{int(value) & 255}")
            case Update(record=record, value=value):
                words.append(f"{record.id}:{int(record.value) & 255}>{int(value) & 255}")
            case Delete(record=record):
                words.append(f"-{record.id}")
    return words


@pytest.mark.parametrize(
    ("current", "wanted", "steps"),
    [
        ([], [ONE], ["+1"]),
        ([ONE], [ONE], []),
        ([TWO], [ONE], ["id0:2>1"]),
        ([TWO, THREE], [ONE], ["id0:2>1", "-id1"]),
        ([TWO, TWO, TWO], [ONE], ["id0:2>1", "-id1", "-id2"]),
        ([ONE, ONE], [ONE], ["-id1"]),
        ([ONE, TWO], [ONE], ["-id1"]),
        ([TWO], [ONE, THREE], ["id0:2>1", "+3"]),
        ([ONE, TWO], [ONE, THREE], ["id1:2>3"]),
        ([ONE, TWO], [], ["-id0", "-id1"]),
        ([], [], []),
    ],
)
def test_the_steps_from_what_is_held_to_what_is_wanted(
    current: list[IPv4Address], wanted: list[IPv4Address], steps: list[str]
) -> None:
    assert told(reconcile(held(*current), frozenset(wanted))) == steps


def test_a_foreign_record_is_neither_changed_nor_counted() -> None:
    current = [*held(ONE, foreign=True)]
    assert reconcile(current, frozenset({ONE})) == (Create(value=ONE, ttl=None),)
    assert reconcile(current, frozenset()) == ()


def test_a_wrong_ttl_alone_is_corrected_on_the_record_that_is_kept() -> None:
    (record,) = held(ONE, ttl=300)
    assert reconcile([record], frozenset({ONE}), ttl=60) == (
        Update(record=record, value=ONE, ttl=60),
    )


def test_no_wanted_ttl_leaves_every_ttl_alone() -> None:
    assert reconcile(held(ONE, ttl=300), frozenset({ONE}), ttl=None) == ()


def test_a_ttl_that_the_service_decides_is_never_wrong_and_never_sent() -> None:
    (record,) = held(TWO, ttl=None)
    assert reconcile(held(ONE, ttl=None), frozenset({ONE}), ttl=60) == ()
    assert reconcile([record], frozenset({ONE}), ttl=60) == (
        Update(record=record, value=ONE, ttl=None),
    )


def test_of_two_equal_records_the_one_with_the_right_ttl_stays() -> None:
    wrong, right = (
        Record(id="wrong", value=ONE, ttl=300),
        Record(id="right", value=ONE, ttl=60),
    )
    assert reconcile([wrong, right], frozenset({ONE}), ttl=60) == (Delete(record=wrong),)


@pytest.mark.parametrize(
    ("ttl", "stored"),
    [(1, 60), (60, 60), (61, 300), (300, 300), (9999, 3600), (None, None)],
)
def test_a_ttl_is_rounded_up_to_what_the_service_stores(ttl: int | None, stored: int) -> None:
    assert round_ttl(ttl, (60, 300, 3600)) == stored


def test_a_service_that_rounded_by_itself_does_not_look_wrong() -> None:
    assert reconcile(held(ONE, ttl=300), frozenset({ONE}), ttl=120, ttl_steps=(60, 300)) == ()


# ---- properties ---------------------------------------------------------------------------------

addresses = st.sampled_from([ONE, TWO, THREE, IPv4Address("198.51.100.4")])
records = st.lists(
    st.tuples(addresses, st.sampled_from([60, 300, None]), st.booleans()), max_size=6
).map(
    lambda rows: [
        Record(id=f"id{number}", value=value, ttl=ttl, foreign=foreign)
        for number, (value, ttl, foreign) in enumerate(rows)
    ]
)
wishes = st.frozensets(addresses, max_size=4)
ttls = st.sampled_from([None, 60, 300])


def states(current: list[Record], steps: tuple[Step, ...]) -> Iterator[dict[str, Record]]:
    """What the service holds before the first step and after each."""
    held_now = {record.id: record for record in current}
    yield dict(held_now)
    for number, step in enumerate(steps):
        match step:
            case Create(value=value, ttl=ttl):
                held_now[f"new{number}"] = Record(id=f"new{number}", value=value, ttl=ttl)
            case Update(record=record, value=value, ttl=ttl):
                ttl = record.ttl if ttl is None else ttl
                held_now[record.id] = Record(id=record.id, value=value, ttl=ttl)
            case Delete(record=record):
                del held_now[record.id]
        yield dict(held_now)


@given(records, wishes, ttls)
def test_the_end_is_exactly_what_was_wanted(
    current: list[Record], wanted: frozenset[IPv4Address], ttl: int | None
) -> None:
    *_, last = states(current, reconcile(current, wanted, ttl=ttl))
    ours = [record for record in last.values() if not record.foreign]
    assert Counter(record.value for record in ours) == Counter(wanted)
    if ttl is not None:
        assert all(record.ttl in (None, ttl) for record in ours)


@given(records, wishes, ttls)
def test_foreign_records_stay_as_they_are_after_every_step(
    current: list[Record], wanted: frozenset[IPv4Address], ttl: int | None
) -> None:
    foreign = {record for record in current if record.foreign}
    for state in states(current, reconcile(current, wanted, ttl=ttl)):
        assert foreign <= set(state.values())


@given(records, wishes.filter(bool), ttls)
def test_a_served_name_never_vanishes_and_a_wanted_value_never_leaves(
    current: list[Record], wanted: frozenset[IPv4Address], ttl: int | None
) -> None:
    ours = {record.value for record in current if not record.foreign}
    for state in states(current, reconcile(current, wanted, ttl=ttl)):
        values = {record.value for record in state.values() if not record.foreign}
        assert values or not ours
        assert ours & wanted <= values


@given(records, wishes, ttls)
def test_a_second_look_finds_nothing_to_do(
    current: list[Record], wanted: frozenset[IPv4Address], ttl: int | None
) -> None:
    *_, last = states(current, reconcile(current, wanted, ttl=ttl))
    assert reconcile(list(last.values()), wanted, ttl=ttl) == ()


def fewest_steps(start: list[Record], wanted: frozenset[IPv4Address], ttl: int) -> int:
    """Breadth-first search over every state that single steps can reach: the honest minimum."""
    goal = tuple(sorted((int(value), ttl) for value in wanted))
    first = tuple(sorted((int(record.value), record.ttl or 0) for record in start))
    seen, frontier, count = {first}, {first}, 0
    while goal not in frontier:
        reached: set[tuple[tuple[int, int], ...]] = set()
        for state in frontier:
            for place in range(len(state)):
                rest = state[:place] + state[place + 1 :]
                reached.add(rest)
                reached |= {tuple(sorted((*rest, single))) for single in goal}
            if len(state) < len(start) + len(wanted):
                reached |= {tuple(sorted((*state, single))) for single in goal}
        frontier, count = reached - seen, count + 1
        seen |= frontier
    return count


small = st.lists(
    st.builds(
        Record,
        id=st.uuids().map(str),
        value=st.sampled_from([ONE, TWO, THREE]),
        ttl=st.sampled_from([60, 300]),
    ),
    max_size=3,
)


@given(small, st.frozensets(st.sampled_from([ONE, TWO, THREE]), max_size=3))
def test_no_other_way_takes_fewer_steps(
    current: list[Record], wanted: frozenset[IPv4Address]
) -> None:
    assert len(reconcile(current, wanted, ttl=60)) == fewest_steps(current, wanted, 60)
