"""IPv6: the rows of the table, and whom each of them asks."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Any

import pytest

from agent.decide.questions import Look
from agent.decide.verdict6 import (
    candidate6,
    conclude6,
    judge_ipv6,
    next_step6,
    soon,
    without_asking,
    worth_another_look,
)
from agent.decide.witnesses import Case, Sweep, Witness
from agent.report import exit_of
from agent.values import Code, Disputed, Settled, Verdict
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.survey import judge
from discovery.ipv6.view import Held, Ipv6View
from discovery.observation import Family, Missed, Observation, Seen, Source, Why
from tests.support.own6 import held

STABLE = IPv6Address("2a02:8109:9440:1:9e7b:efff:fe12:3456")
TEMPORARY = IPv6Address("2a02:8109:9440:1:a1b2:c3d4:e5f6:789")
ELSEWHERE = IPv6Address("2a06:98c0:3600::103")
LOCAL_ONLY = "fd12:3456:789a:1::10"

STUN = tuple(
    Witness(source="stun", name=f"stun.{who}.example:3478", operator=f"{who}.example")
    for who in ("one", "two", "three")
)
HTTP = tuple(
    Witness(source="http", name=f"https://ip.{who}.example/", operator=f"{who}.example")
    for who in ("four", "five")
)
ORDER: tuple[Source, ...] = ("interface", "stun", "http")


def view(*found: Held, routed: bool = True) -> Ipv6View:
    """What this machine holds, judged as a round judges it."""
    routes = (DefaultRoute(device="eth0"),) if routed else ()
    return judge(found, routes, is_tunnel=lambda device: device.startswith("wg"))


LASTING = view(held(str(STABLE), stable=True), held(str(TEMPORARY), temporary=True))
FLAGLESS = judge(None, (), is_tunnel=lambda _: False)


def case(**changes: Any) -> Case:
    base: dict[str, Any] = {"family": Family.V6, "order": ORDER, "menu": (*STUN, *HTTP)}
    return Case(**{**base, **changes})


def seen(who: Witness, address: IPv6Address = STABLE) -> Seen:
    return Seen(
        source=who.source, witness=who.name, operator=who.operator, family=Family.V6,
        address=address,
    )  # fmt: skip


def missed(who: Witness, why: Why = Why.SILENT) -> Missed:
    return Missed(
        source=who.source, witness=who.name, operator=who.operator, family=Family.V6, why=why,
        detail=f"{who.name} gave no address ({why.value})",
    )  # fmt: skip


def step(ipv6: Ipv6View, sweeps: tuple[Sweep, ...], about: Case) -> Look | Verdict:
    """Both halves of the table, as a round goes through them."""
    return without_asking(ipv6, about) or next_step6(ipv6, sweeps, about)


KNOWN = case(known=frozenset({STABLE}))
SILENCE: tuple[Sweep, ...] = (
    tuple(map(missed, STUN[:2])),
    tuple(map(missed, (STUN[2], *HTTP))),
)

ROWS: list[tuple[str, Ipv6View, tuple[Sweep, ...], Case, Code]] = [
    ("this machine may not be asked", LASTING, (), case(order=("stun", "http")), "unsupported"),
    ("flags that cannot be read", FLAGLESS, (), case(), "unsupported"),
    ("nothing at all", view(), (), case(), "v6_absent"),
    ("only within the home", view(held(LOCAL_ONLY)), (), case(), "v6_absent"),
    ("no way out", view(held(str(STABLE)), routed=False), (), case(), "v6_absent"),
    ("no way out by IPv4 either", view(), (), case(has_route=False), "offline"),
    ("IPv6 alone leads out", view(held(LOCAL_ONLY)), (), case(), "v6_absent"),
    ("flags that cannot be read, offline", FLAGLESS, (), case(has_route=False), "unsupported"),
    ("temporary alone", view(held(temporary=True)), (), case(), "v6_none"),
    ("a VPN's alone", view(held(device="wg0")), (), case(), "v6_none"),
    ("still being checked", view(held(tentative=True)), (), case(), "v6_waiting"),
    ("the router phases it out", view(held(deprecated=True)), (), case(), "v6_waiting"),
    ("no longer preferred", view(held(preferred_s=0)), (), case(), "v6_waiting"),
    (
        "one goes, one comes",
        view(held(preferred_s=0, valid_s=7000), held("2a02:8071:2::5", tentative=True)),
        (),
        case(),
        "v6_waiting",
    ),
    (
        "set by hand, and nothing shall go out by it",
        view(held(preferred_s=0, permanent=True)),
        (),
        case(),
        "v6_none",
    ),
    ("nobody else is to be asked", LASTING, (), case(confirm="never", menu=()), "v6_direct"),
    ("nothing would be sent", LASTING, (), KNOWN, "v6_direct"),
    ("nobody outside is named", LASTING, (), case(menu=()), "unsupported"),
    ("nobody outside may be asked", LASTING, (), case(order=("interface",)), "unsupported"),
    ("one of two sees it", LASTING, ((seen(STUN[0]), missed(STUN[1])),), case(), "v6_direct"),
    (
        "the web sees it",
        LASTING,
        (SILENCE[0], (missed(STUN[2]), seen(HTTP[0]), missed(HTTP[1]))),
        case(),
        "v6_direct",
    ),
    (
        "one of five lies",
        LASTING,
        ((seen(STUN[0]), seen(STUN[1], ELSEWHERE)), tuple(map(seen, (STUN[2], *HTTP)))),
        case(),
        "v6_direct",
    ),
    (
        "the outside is divided",
        LASTING,
        (
            (seen(STUN[0]), seen(STUN[1], ELSEWHERE)),
            (*map(missed, (STUN[2], *HTTP)),),
        ),
        case(),
        "v6_nat66_or_vpn",
    ),
    (
        "the outside sees another",
        LASTING,
        (
            tuple(seen(one, ELSEWHERE) for one in STUN[:2]),
            tuple(seen(one, ELSEWHERE) for one in (STUN[2], *HTTP)),
        ),
        case(),
        "v6_nat66_or_vpn",
    ),
    ("nobody answers", LASTING, SILENCE, case(), "v6_unconfirmed"),
    (
        "nobody answers, and nothing would be sent",
        LASTING,
        SILENCE,
        case(confirm="always", known=frozenset({STABLE})),
        "v6_direct",
    ),
]


@pytest.mark.parametrize(
    ("ipv6", "sweeps", "about", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_rows_of_the_table(
    ipv6: Ipv6View, sweeps: tuple[Sweep, ...], about: Case, code: Code
) -> None:
    verdict = step(ipv6, sweeps, about)
    assert not isinstance(verdict, Look)
    assert verdict.code == code
    assert verdict.because.endswith(".")
    assert isinstance(verdict, Settled) == (code == "v6_direct")
    if isinstance(verdict, Settled):
        assert verdict.address == STABLE
        assert str(verdict.network) == "2a02:8109:9440:1::/64"


ASKED: list[tuple[str, tuple[Sweep, ...], Case, tuple[Witness, ...]]] = [
    ("at first two STUN operators", (), case(), STUN[:2]),
    ("always, though nothing would be sent", (), case(confirm="always", known=KNOWN.known),
     STUN[:2]),
    ("STUN brings nothing: the third, and the web", SILENCE[:1], case(), (STUN[2], *HTTP)),
    ("without STUN the web", (), case(order=("interface", "http")), HTTP),
    ("without the web only STUN", SILENCE[:1], case(order=("interface", "stun")), STUN[2:]),
    ("one names another: everybody", ((seen(STUN[0]), seen(STUN[1], ELSEWHERE)),), case(),
     (STUN[2], *HTTP)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sweeps", "about", "asked"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED]
)
def test_whom_it_asks(sweeps: tuple[Sweep, ...], about: Case, asked: tuple[Witness, ...]) -> None:
    look = step(LASTING, sweeps, about)
    assert isinstance(look, Look)
    assert look.witnesses == asked


def test_a_temporary_address_is_never_settled_on() -> None:
    """Even where the outside sees it: that is how this machine goes out, not where it is found."""
    alone = view(held(str(TEMPORARY), temporary=True))
    everybody = tuple(seen(one, TEMPORARY) for one in (*STUN, *HTTP))
    assert candidate6(alone) is None
    assert not isinstance(judge_ipv6(alone, everybody), Settled)
    assert not isinstance(judge_ipv6(LASTING, everybody), Settled)


def test_an_examination_sees_that_the_homes_own_addresses_are_translated() -> None:
    verdict = judge_ipv6(view(held(LOCAL_ONLY)), (seen(STUN[0], ELSEWHERE),))
    assert isinstance(verdict, Disputed)
    assert (verdict.code, verdict.candidates) == ("v6_nat66_or_vpn", (ELSEWHERE,))


def test_two_servers_of_one_operator_are_one_witness() -> None:
    both = Witness(source="stun", name="stun2.one.example:3478", operator="one.example")
    said: tuple[Observation, ...] = (seen(STUN[0]), seen(both), seen(STUN[1], ELSEWHERE))
    assert judge_ipv6(LASTING, said).code == "v6_nat66_or_vpn"


def test_the_words_of_this_machine_are_no_witness_outside() -> None:
    machine = Witness(source="interface", name="this machine", operator="machine")
    assert judge_ipv6(LASTING, (seen(machine),)).code == "v6_unconfirmed"


def test_who_vouches_is_told_and_what_is_odd_about_them() -> None:
    liar = missed(STUN[1], Why.NOT_PUBLIC)
    verdict = step(LASTING, ((seen(STUN[0]), liar),), case())
    assert isinstance(verdict, Settled)
    assert (verdict.sources, verdict.caveats) == (("interface", "stun"), ("liar",))
    unasked = step(LASTING, (), KNOWN)
    assert isinstance(unasked, Settled)
    assert unasked.sources == ("interface",)


def test_switched_off_unknown_and_known_to_be_none_are_told_apart() -> None:
    """No record of IPv6 asks nothing at all; the others are three words and three sentences."""
    told = [without_asking(ipv6, case()) for ipv6 in (FLAGLESS, view(), view(held(tentative=True)))]
    assert len({one.code for one in told if one}) == 3
    assert len({one.because for one in told if one}) == 3
    assert [int(exit_of(one)) for one in told if one] == [3, 4, 1]


LATER: list[tuple[str, Ipv6View, tuple[Sweep, ...], bool]] = [
    ("an address is being checked", view(held(tentative=True)), (), True),
    ("all failed at once", LASTING, (tuple(missed(one, Why.NO_ROUTE) for one in STUN),), True),
    ("names are not found yet", LASTING, ((missed(STUN[0], Why.UNRESOLVED),),), True),
    ("somebody was waited for", LASTING, ((missed(STUN[0], Why.NO_ROUTE), missed(STUN[1])),),
     False),
    ("it is settled", LASTING, ((seen(STUN[0]), missed(STUN[1], Why.NO_ROUTE)),), False),
    ("there is no IPv6", view(), (), False),
    ("it does not last", view(held(temporary=True)), (), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ipv6", "sweeps", "worth"), [row[1:] for row in LATER], ids=[row[0] for row in LATER]
)
def test_whether_another_look_is_worth_it(
    ipv6: Ipv6View, sweeps: tuple[Sweep, ...], *, worth: bool
) -> None:
    assert worth_another_look(conclude6(ipv6, sweeps, case()), sweeps) is worth


def test_a_change_under_way_wants_a_round_within_seconds() -> None:
    assert soon(conclude6(view(held(tentative=True)), (), case()))
    assert soon(conclude6(LASTING, SILENCE, case()))
    assert not soon(conclude6(view(), (), case()))
    assert not soon(conclude6(LASTING, ((seen(STUN[0]),),), case()))
