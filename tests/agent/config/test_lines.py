"""A line is either right or not told."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.lines import Path, find_lines

EVERYTHING = '''\
# a comment with [brackets] and = signs
top = 1
"quoted.key" = 2 # [not.a.table]
'literal' = "# no comment"
dotted.a.b = true
dotted . "c" = false

[agent] # [agent2]
text = """
poll = "this is text"
[record]
\\"""
five quotes"""""
after = 12:30:00
literal = \'\'\'
key = 1\'\'\'\'\'
spaced = 1979-05-27 07:32:00
list = [ # comment ]
  "one", "]",
  "two", # "three",
  { deep = [1,
     2], other = "}" },
]
last = {a = 1, b.c = 2, d = { e = """
""", f = 3 } }

[[record]]
name = "one"
[record.inner]
x = 1
[[record.more]]
y = 1
[[record.more]]
y = 2

[[record]]
name = "two"
[record.inner]
x = 2
[ "a.b" . c ]
'''


def places(data: object, path: Path = ()) -> Iterator[Path]:
    """Every path of what tomllib read, tables and elements included."""
    if path:
        yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    if isinstance(data, list):
        for position, value in enumerate(data):
            yield from places(value, (*path, position))


def test_every_key_table_and_element_is_found_on_the_line_where_it_first_stands() -> None:
    lines = find_lines(EVERYTHING)
    rows = EVERYTHING.split("\n")

    assert set(lines) == set(places(tomllib.loads(EVERYTHING)))
    for path, line in lines.items():
        keys = [part for part in path if isinstance(part, str)]
        if isinstance(path[-1], str):
            assert keys[-1] in rows[line - 1], path


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (("top",), "top = 1"),
        (("quoted.key",), '"quoted.key" = 2 # [not.a.table]'),
        (("dotted", "a", "b"), "dotted.a.b = true"),
        (("dotted",), "dotted.a.b = true"),
        (("dotted", "c"), 'dotted . "c" = false'),
        (("agent",), "[agent] # [agent2]"),
        (("agent", "after"), "after = 12:30:00"),
        (("agent", "spaced"), "spaced = 1979-05-27 07:32:00"),
        (("agent", "list", 1), '  "one", "]",'),
        (("agent", "list", 2), '  "two", # "three",'),
        (("agent", "list", 3, "deep", 1), '     2], other = "}" },'),
        (("agent", "list", 3, "other"), '     2], other = "}" },'),
        (("agent", "last", "b", "c"), 'last = {a = 1, b.c = 2, d = { e = """'),
        (("agent", "last", "d", "f"), '""", f = 3 } }'),
        (("record", 1, "name"), 'name = "two"'),
        (("record", 1, "inner", "x"), "x = 2"),
        (("record", 0, "more", 1, "y"), "y = 2"),
        (("a.b", "c"), '[ "a.b" . c ]'),
    ],
)
def test_a_key_is_found_however_it_is_written(path: Path, row: str) -> None:
    assert EVERYTHING.split("\n")[find_lines(EVERYTHING)[path] - 1] == row


def test_windows_line_ends_count_once() -> None:
    assert find_lines("a = 1\r\n\r\n[t]\r\nb = 2\r\n")[("t", "b")] == 4


@pytest.mark.parametrize("text", ["a = ", "[a", "[[a]", "a b", "= 1", 'a = "x', "a = [1", "a = {b"])
def test_text_that_is_not_toml_has_no_lines(text: str) -> None:
    assert set(find_lines(text).values()) <= {1}


def test_brackets_beyond_all_depth_have_no_lines() -> None:
    assert find_lines("a = " + "[" * 100_000) == {}


keys = st.from_regex(r"[a-z]{1,3}|\"[ .\[=#]{1,2}\"", fullmatch=True)
scalars = st.sampled_from(
    ["1", '"x # ="', "'['", '"""\n[t]\n"""', "'''\nk = 1\n'''", "true", '"\\""']
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ", #]\n".join(items) + "\n]")
        | st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"k{n} = {item}" for n, item in enumerate(items)) + "}"
        )
    ),
    max_leaves=6,
)
statements = st.one_of(
    st.tuples(keys, values).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    keys.map(lambda key: f"[{key}]"),
    keys.map(lambda key: f"[[{key}]]"),
    st.tuples(keys, keys).map(lambda pair: f"[{pair[0]}.{pair[1]}]"),
    st.sampled_from(["# c = 1", ""]),
)


@given(st.lists(statements, max_size=8).map("\n".join))
def test_whatever_tomllib_accepts_is_found_whole(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(find_lines(text)) == set(places(data))
