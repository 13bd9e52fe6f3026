"""Whether an answer for a name that nobody made shows a wildcard."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from discovery.live_dns.sibling import Sibling, judge
from discovery.live_dns.view import Answer
from tests.support.views import ALIAS, LAME, NODATA, NXDOMAIN, RECURSED, SILENT, serves, view

MADE_UP = serves("192.0.2.5")


@pytest.mark.parametrize(
    ("answers", "answered", "values"),
    [
        ((MADE_UP, MADE_UP), True, {"192.0.2.5"}),
        ((NXDOMAIN, MADE_UP), True, {"192.0.2.5"}),
        ((ALIAS,), True, None),
        ((NXDOMAIN, NXDOMAIN), False, None),
        ((NODATA,), False, None),
        ((NXDOMAIN, SILENT), False, None),
        ((SILENT, LAME, RECURSED), None, None),
        ((), None, None),
    ],
)
def test_only_an_authority_can_make_an_answer_up(
    answers: tuple[Answer, ...], answered: bool | None, values: set[str] | None
) -> None:
    expected = None if values is None else frozenset(map(ip_address, values))
    assert judge(view(*answers).servers) == Sibling(answered=answered, values=expected)
