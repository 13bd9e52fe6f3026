"""What connections from inside tell of a TCP port: little, and never a proof."""

from __future__ import annotations

import pytest

from discovery.path.reach_tcp import read_connections
from discovery.path.view import Grade


@pytest.mark.parametrize(
    ("here", "around", "translated", "grade", "words"),
    [
        (True, True, True, "likely", "was accepted"),
        (True, False, True, "unknown", "says nothing of callers"),
        (False, False, True, "unknown", "start it and look again."),
        (False, True, True, "unknown", "another machine, or the router itself"),
        (True, True, False, "unknown", "has the public address itself"),
        (False, False, False, "unknown", "has the public address itself"),
    ],
)
def test_two_connections_grade_the_port(
    *, here: bool, around: bool, translated: bool, grade: Grade, words: str
) -> None:
    concluded, because = read_connections(443, here=here, around=around, translated=translated)
    assert concluded == grade
    assert words in because
