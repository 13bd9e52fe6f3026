"""The prefix of a NAT64, as RFC 7050 finds it; the layouts are the table of RFC 6052 §2.4."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.ipv6.nat64 import NAME, prefix

# 192.0.0.170 is c000:00aa, 192.0.0.171 is c000:00ab.
LAYOUTS = [
    ("2001:db8:c000:aa::", "2001:db8::/32"),
    ("2001:db8:1c0:0:aa::", "2001:db8:100::/40"),
    ("2001:db8:122:c000:0:aa00::", "2001:db8:122::/48"),
    ("2001:db8:122:3c0:0:aa::", "2001:db8:122:300::/56"),
    ("2001:db8:122:344:c0:0:aa00:0", "2001:db8:122:344::/64"),
    ("2001:db8:122:344::c000:aa", "2001:db8:122:344::/96"),
    ("64:ff9b::c000:ab", "64:ff9b::/96"),
]


@pytest.mark.parametrize(("answer", "expected"), LAYOUTS)
def test_the_prefix_is_found_in_each_layout(answer: str, expected: str) -> None:
    assert prefix([answer]) == expected


def test_both_known_addresses_show_the_same_prefix() -> None:
    assert prefix(["64:ff9b::c000:ab", "64:ff9b::c000:aa"]) == "64:ff9b::/96"


def test_of_several_prefixes_the_order_of_the_answers_does_not_matter() -> None:
    answers = ["2001:db8:122:344::c000:aa", "64:ff9b::c000:aa"]
    assert prefix(answers) == prefix(reversed(answers)) == "64:ff9b::/96"


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([], id="none"),
        pytest.param(["2a02:8071::1"], id="an address in which nothing is embedded"),
        pytest.param(["192.0.0.170"], id="the IPv4 address itself"),
        pytest.param(["nonsense", ""], id="no addresses"),
        pytest.param(["2001:db8:122:c000:100:aa00::"], id="the free octet is in use"),
        pytest.param(["2001:db8:122:344:1c0:0:aa00:0"], id="the same where it comes first"),
        pytest.param(["2001:db8:c000:aa::c000:aa"], id="embedded twice"),
    ],
)
def test_other_answers_show_no_prefix(answers: list[str]) -> None:
    assert prefix(answers) == ""


def test_what_cannot_be_used_does_not_hide_what_can() -> None:
    assert prefix(["nonsense", "2a02::1", "64:ff9b::c000:aa"]) == "64:ff9b::/96"


def test_the_name_is_the_one_that_rfc_7050_reserves() -> None:
    assert NAME == "ipv4only.arpa"


@given(st.lists(st.ip_addresses(v=6).map(str) | st.text(max_size=8), max_size=4))
def test_whatever_is_answered_a_prefix_or_nothing_comes_of_it(answers: list[str]) -> None:
    found = prefix(answers)
    if found:
        network = IPv6Network(found)
        assert any(":" in one and IPv6Address(one) in network for one in answers if valid(one))


def valid(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
