"""An answer from an address where no server is."""

from __future__ import annotations

import dns.message
import pytest

from discovery.live_dns.trials.heard import Heard
from discovery.live_dns.trials.nobody import judge

ANSWERED = Heard(
    who="192.0.2.53:53", message=dns.message.make_response(dns.message.make_query(".", "NS"))
)
SILENT = Heard(who="192.0.2.53:53", problem="192.0.2.53:53 did not answer within 1.8 s")


@pytest.mark.parametrize(
    ("heard", "alive", "intercepted"),
    [
        ([ANSWERED], True, True),
        ([ANSWERED], False, True),
        ([SILENT, ANSWERED], True, True),
        ([SILENT], True, False),
        ([SILENT], False, None),
        ([], False, None),
    ],
)
def test_silence_is_right_where_port_53_works_at_all(
    heard: list[Heard], alive: bool, intercepted: bool | None
) -> None:
    assert judge(heard, alive=alive).intercepted is intercepted
