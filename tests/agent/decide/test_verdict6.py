"""IPv6: the rows of the table."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest

from agent.decide.verdict6 import judge_ipv6
from agent.values import Code, Settled
from discovery.ipv6.view import Candidate, Held, Ipv6View
from discovery.observation import Family, Missed, Observation, Seen, Why

STABLE = IPv6Address("2a02:8109:9440:1:9e7b:efff:fe12:3456")
ELSEWHERE = IPv6Address("2a06:98c0:3600::103")
TEMPORARY = IPv6Address("2a02:8109:9440:1:a1b2:c3d4:e5f6:789")
LOCAL_ONLY = IPv6Address("fd12:3456:789a:1::10")


def seen(address: IPv6Address, who: str = "one") -> Seen:
    return Seen(
        source="stun", witness=f"stun.{who}.example:3478", operator=f"{who}.example",
        family=Family.V6, address=address,
    )  # fmt: skip


SILENT = Missed(
    source="stun", witness="stun.two.example:3478", operator="two.example",
    family=Family.V6, why=Why.SILENT, detail="it did not answer",
)  # fmt: skip


def view(chosen: IPv6Address | None, *rejected: IPv6Address, supported: bool = True) -> Ipv6View:
    judged = [
        Candidate(
            held=Held(address=one, prefix=64, device="eth0"),
            kept=one == chosen,
            reason="it is judged",
        )
        for one in (chosen, *rejected)
        if one is not None
    ]
    return Ipv6View(candidates=tuple(judged), chosen=chosen, supported=supported)


ROWS: list[tuple[str, Ipv6View, tuple[Observation, ...], Code]] = [
    ("the outside sees it", view(STABLE), (seen(STABLE), SILENT), "v6_direct"),
    ("nobody outside answers", view(STABLE), (SILENT,), "v6_unconfirmed"),
    ("nobody was asked", view(STABLE), (), "v6_unconfirmed"),
    ("the outside sees another", view(STABLE), (seen(ELSEWHERE),), "v6_nat66_or_vpn"),
    (
        "the outside sees both",
        view(STABLE),
        (seen(STABLE), seen(ELSEWHERE)),
        "v6_nat66_or_vpn",
    ),
    (
        "one of three lies",
        view(STABLE),
        (seen(STABLE), seen(STABLE, "two"), seen(ELSEWHERE, "three")),
        "v6_direct",
    ),
    (
        "two servers of one operator are one",
        view(STABLE),
        (seen(STABLE), seen(STABLE), seen(ELSEWHERE, "two")),
        "v6_nat66_or_vpn",
    ),
    ("temporary alone", view(None, TEMPORARY), (), "v6_none"),
    (
        "temporary alone, and the outside sees it",
        view(None, TEMPORARY),
        (seen(TEMPORARY),),
        "v6_none",
    ),
    ("translated from the home's own", view(None, LOCAL_ONLY), (seen(STABLE),), "v6_nat66_or_vpn"),
    ("only within the home", view(None, LOCAL_ONLY), (), "v6_absent"),
    ("nothing at all", view(None), (), "v6_absent"),
    ("flags that cannot be read", view(None, supported=False), (), "unsupported"),
]


@pytest.mark.parametrize(("case", "ipv6", "outside", "code"), ROWS, ids=lambda v: str(v)[:40])
def test_the_rows_of_the_table(
    case: str, ipv6: Ipv6View, outside: tuple[Observation, ...], code: Code
) -> None:
    verdict = judge_ipv6(ipv6, outside)
    assert verdict.code == code
    assert verdict.because.endswith(".")
    assert isinstance(verdict, Settled) == (code == "v6_direct")


def test_a_temporary_address_is_never_settled_on() -> None:
    """Even where the outside sees it: that is how this machine goes out, not where it is found."""
    assert not isinstance(judge_ipv6(view(None, TEMPORARY), (seen(TEMPORARY),)), Settled)
