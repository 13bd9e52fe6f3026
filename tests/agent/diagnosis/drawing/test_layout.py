"""Both layouts: nothing overlaps, nothing runs out of the drawing, and every way is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.diagnosis.conclude import conclude
from agent.diagnosis.drawing.across import across
from agent.diagnosis.drawing.down import down
from agent.diagnosis.drawing.letters import breadth
from agent.diagnosis.drawing.picture import Picture, picture
from agent.diagnosis.drawing.shapes import BOLD, SMALL, TEXT, Box, Layout, arrow, box
from agent.diagnosis.drawing.station import Station
from tests.support.evidence import cgnat_home
from tests.support.troubled_homes import HOMES, vpn_home

LAYOUTS = {"across": across, "down": down}
SIZES = {"title": BOLD, "fact": TEXT, "word": BOLD}
COMMAND = re.compile(r"([MLHVZ])([-\d. ]*)")
AXES = {"M": ((0,), (1,)), "L": ((0,), (1,)), "H": ((0,), ()), "V": ((), (0,)), "Z": ((), ())}

each_layout = pytest.mark.parametrize("lay_out", LAYOUTS.values(), ids=LAYOUTS)
each_home = pytest.mark.parametrize("name", HOMES)


def drawn(name: str) -> Picture:
    home = HOMES[name]()
    return picture(home, conclude(home))


def apart(one: Box, other: Box) -> bool:
    return (
        one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y
    )


def check(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        assert apart(one, other), (one.station.title, other.station.title)
    for one in layout.boxes:
        assert one.x >= 0
        assert one.y >= 0
        assert one.right <= layout.width
        assert one.bottom <= layout.height
        lines = list(one.texts)
        for x, y, style, text in lines:
            assert x + breadth(text, SIZES[style]) <= one.right, text
            assert one.y < y < one.bottom, text
        heights = [y for _, y, _, _ in lines]
        assert len(set(heights)) == len(heights), "two lines on one another"


@each_layout
@each_home
def test_boxes_are_apart_and_hold_their_text(
    lay_out: Callable[[Picture], Layout], name: str
) -> None:
    check(lay_out(drawn(name)))


@each_layout
@each_home
def test_every_station_and_every_way_is_drawn(
    lay_out: Callable[[Picture], Layout], name: str
) -> None:
    found = drawn(name)
    layout = lay_out(found)
    assert len(layout.boxes) == len(found.path) + len(found.names) + (found.vpn is not None)
    kinds = [one.kind for one in layout.strokes]
    assert kinds.count("way") == 2 * len(found.ways)
    blocked = [
        lane for way in found.ways for lane in (way.out, way.back) if lane.state == "blocked"
    ]
    assert kinds.count("cross") == len(blocked)
    words = " ".join(label.text for label in layout.labels)
    for way in found.ways:
        assert f"out: {way.out.words}" in words
        assert f"in: {way.back.words}" in words


@each_layout
@each_home
def test_lines_stay_on_the_drawing(lay_out: Callable[[Picture], Layout], name: str) -> None:
    layout = lay_out(drawn(name))
    for stroke in layout.strokes:
        for command, numbers in COMMAND.findall(stroke.d):
            values = [float(number) for number in numbers.split()]
            across_, down_ = AXES[command]
            assert all(0 <= values[i] <= layout.width for i in across_), stroke
            assert all(0 <= values[i] <= layout.height for i in down_), stroke
    for label in layout.labels:
        wide = breadth(label.text, SMALL)
        left = {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        assert label.x - left >= 0
        assert label.x - left + wide <= layout.width
        assert 0 < label.y < layout.height


@each_layout
@each_home
def test_words_beside_a_way_are_in_no_box(lay_out: Callable[[Picture], Layout], name: str) -> None:
    layout = lay_out(drawn(name))
    for label in layout.labels:
        wide = breadth(label.text, SMALL)
        left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        for one in layout.boxes:
            beside = left + wide <= one.x or left >= one.right
            assert beside or label.y - SMALL >= one.bottom or label.y <= one.y, label.text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_text_stays_in_its_box(title: str, line: str, why: str) -> None:
    found = drawn("crowded")
    odd = Station(id="dns", title=title, lines=(line, line), state="broken", why=why)
    changed = replace(found, names=(odd, *found.names[1:]), path=(odd, *found.path[1:]))
    check(across(changed))
    check(down(changed))


def test_boxes_of_a_row_are_as_high_as_the_highest() -> None:
    layout = across(drawn("cgnat"))
    assert len({one.height for one in layout.boxes}) == 1
    assert len({one.y for one in layout.boxes}) == 1


def test_the_vpn_stands_above_with_a_way_around() -> None:
    home = vpn_home()
    found = picture(home, conclude(home))
    for layout in (across(found), down(found)):
        vpn, machine = layout.boxes[0], layout.boxes[1]
        assert vpn.station.id == "vpn"
        assert vpn.bottom < machine.y
        assert [one.kind for one in layout.strokes].count("tie") >= 2


def test_a_phone_gets_one_column() -> None:
    layout = down(drawn("full"))
    tops = [one.y for one in layout.boxes]
    assert tops == sorted(tops)
    assert layout.width <= 360


def test_a_home_without_names_has_no_lower_row() -> None:
    layout = across(drawn("cgnat"))
    assert layout.height == layout.boxes[0].bottom + layout.boxes[0].y
    assert not [one for one in layout.strokes if one.kind == "tie"]


@pytest.mark.parametrize(
    ("start", "end", "tip"),
    [((0, 0), (50, 0), "M50 0"), ((50, 0), (0, 0), "M0 0"), ((0, 0), (0, 50), "M0 50")],
)
def test_an_arrow_points_to_where_it_ends(
    start: tuple[float, float], end: tuple[float, float], tip: str
) -> None:
    way, head = arrow(start, end, "open")
    assert (way.kind, head.kind) == ("way", "head")
    assert head.d.startswith(tip)


def test_a_blocked_way_has_a_cross_besides_its_colour() -> None:
    assert [one.kind for one in arrow((0, 0), (50, 0), "blocked")] == ["way", "head", "cross"]
    layout = across(picture(cgnat_home(), conclude(cgnat_home())))
    assert [one.kind for one in layout.strokes].count("cross") == 1


def test_a_box_is_as_high_as_its_text() -> None:
    short = box(Station(id="machine", title="A"), 0, 0, 196)
    tall = box(Station(id="machine", title="A", lines=("b", "c"), why="d"), 0, 0, 196)
    assert short.height < tall.height
