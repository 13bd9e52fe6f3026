"""The truth table of filtering (RFC 5780 §4.4), and silence that proves nothing."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.path.exchange import Peer
from discovery.path.filtering import Sifted, read_filtering
from discovery.path.view import Filtering

X, Y = Peer(IPv4Address("81.2.69.142"), 40000), Peer(IPv4Address("81.2.69.142"), 40001)
MUTE = "even where it had to be let in"
UNCHECKED = "cannot be checked"
UNABLE = "does not answer from its second address"
DOWN = "may be down"


@pytest.mark.parametrize(
    ("both", "port", "opened", "control", "filtering", "note"),
    [
        (True, True, X, True, "eif", ""),
        (True, False, None, None, "eif", ""),
        (None, True, X, True, "unknown", UNABLE),
        (False, None, X, True, "unknown", UNABLE),
        (False, True, X, True, "adf", ""),
        (False, False, X, True, "apdf", ""),
        (False, True, Y, False, "adf", UNCHECKED),
        (False, False, Y, False, "apdf", UNCHECKED),
        (False, False, X, False, "unknown", MUTE),
        (False, True, X, False, "unknown", MUTE),
        (False, False, Y, None, "unknown", MUTE),
        (False, False, None, None, "unknown", DOWN),
    ],
)
def test_who_came_in_is_a_filter(
    *,
    both: bool | None,
    port: bool | None,
    opened: Peer | None,
    control: bool | None,
    filtering: Filtering,
    note: str,
) -> None:
    seen = Sifted(first=X, both=both, port=port, met=X, opened=opened, control=control)
    concluded, said = read_filtering(seen)
    assert concluded == filtering
    assert note in said
    assert bool(said) == bool(note)


def test_a_server_that_answers_nothing_filters_nothing() -> None:
    assert read_filtering(Sifted()) == ("unknown", "The server fell silent.")


def test_trouble_is_told() -> None:
    assert read_filtering(Sifted(trouble="No socket.")) == ("unknown", "No socket.")
