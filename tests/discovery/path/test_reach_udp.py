"""What is concluded for a port from who knocked at it."""

from __future__ import annotations

import errno
from ipaddress import IPv4Address

import pytest

from discovery.path.exchange import Peer
from discovery.path.filtering import Sifted
from discovery.path.reach_udp import Knocked, read_knock, unopened
from discovery.path.view import Grade

HOME = IPv4Address("81.2.69.142")
SAME, MOVED = Peer(HOME, 51820), Peer(HOME, 61820)
X, Y = Peer(HOME, 40000), Peer(HOME, 40001)
OPEN = Sifted(first=X, both=True, port=True, met=X, opened=X, control=True)
SHUT = Sifted(first=X, both=False, port=False, met=X, opened=X, control=True)
MUTE = Sifted(first=X, both=False, port=False, met=X, opened=X, control=False)
SYMMETRIC = Sifted(first=X, both=False, port=False, met=X, opened=Y, control=False)
GONE = Sifted()


@pytest.mark.parametrize(
    ("seen", "stranger", "others", "translated", "grade", "words"),
    [
        (None, None, SHUT, True, "unknown", "did not answer"),
        (MOVED, True, SHUT, True, "unknown", "out as port 61820"),
        (MOVED, False, SHUT, True, "unknown", "out as port 61820"),
        (SAME, None, SHUT, True, "unknown", "second address"),
        (SAME, True, SHUT, True, "proved", "never written to."),
        (SAME, True, MUTE, True, "proved", "never written to."),
        (SAME, True, GONE, True, "proved", "never written to."),
        (SAME, True, OPEN, True, "proved", "only while a program keeps sending"),
        (SAME, True, OPEN, None, "proved", "only while a program keeps sending"),
        (SAME, True, OPEN, False, "proved", "never written to."),
        (SAME, False, SHUT, True, "refuted", "did not arrive"),
        (SAME, False, OPEN, True, "refuted", "did not arrive"),
        (SAME, False, MUTE, True, "unknown", "its silence elsewhere says nothing"),
        (SAME, False, SYMMETRIC, True, "unknown", "cannot be checked"),
        (SAME, False, GONE, True, "unknown", "fell silent"),
    ],
)
def test_a_knock_grades_the_port(
    *,
    seen: Peer | None,
    stranger: bool | None,
    others: Sifted,
    translated: bool | None,
    grade: Grade,
    words: str,
) -> None:
    heard = Knocked(seen=seen, stranger=stranger, others=others, translated=translated)
    concluded, because = read_knock(51820, heard)
    assert concluded == grade
    assert words in because


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "it must be stopped"),
        (PermissionError(errno.EACCES, "denied"), "administrator rights"),
        (OSError(errno.ENODEV, "no such device"), ""),
    ],
)
def test_a_port_that_cannot_be_had_says_what_to_do(error: OSError, words: str) -> None:
    assert words in unopened(error, 443)
    assert bool(unopened(error, 443)) == bool(words)
