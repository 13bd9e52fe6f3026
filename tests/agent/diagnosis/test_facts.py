"""Questions that several rules put to the evidence."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address, ip_address
from typing import Any

import pytest

from agent.diagnosis import facts
from agent.diagnosis.evidence import Evidence
from agent.values import Verdict
from discovery.address import Scope
from discovery.live_dns.exam import Port53, Trial
from discovery.observation import Family, Why
from discovery.path.view import Hop, Ownership, PathView, Trail
from discovery.router.view import RouterView
from providers.engine.outcome import Cause, Refused, Unchanged, Unconfirmed
from tests.support.evidence import account, bare_home, plain_home, record
from tests.support.evidence_parts import AROUND, DIRECT6, FOREIGN_IGD, GATEWAY, IGD, SEEN6, STABLE6
from tests.support.rule_table import disputed, judged, out_of_reach, settled, unknown
from tests.support.sightings import OTHER, PMP, PUBLIC, ROUTER, STUN, missed, router_says, seen
from tests.support.views import RECURSED, serves

V4, V6 = Family.V4, Family.V6


def home(*verdicts: Verdict, **changes: Any) -> Evidence:
    return judged(plain_home(**changes), *verdicts)


def test_an_address_is_known_also_where_nobody_can_come_in_by_it() -> None:
    kinds = (settled(), out_of_reach(), disputed(), unknown())
    assert [facts.address_of(home(one), V4) for one in kinds] == [PUBLIC, PUBLIC, None, None]
    exam = record(serves(str(PUBLIC)))
    wanted = [facts.wanted_by(home(one), exam) for one in kinds]
    assert wanted == [PUBLIC, None, None, None]
    assert facts.address_of(home(settled()), V6) is None
    assert [facts.candidates(one) for one in (*kinds, None)] == [(), (), (PUBLIC, OTHER), (), ()]


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        (True, STABLE6),
        ("::1234", IPv6Address("2a02:8109:9440:1::1234")),
        ("::9e7b:efff:fe12:1", IPv6Address("2a02:8109:9440:1:9e7b:efff:fe12:1")),
    ],
)
def test_a_record_may_stand_for_another_machine_of_the_network(
    host: bool | str, wanted: IPv6Address
) -> None:
    exam = record(serves(str(STABLE6)), rtype="AAAA")
    exam = replace(exam, record=replace(exam.record, ipv6=host))
    assert facts.wanted_by(home(settled(), DIRECT6), exam) == wanted
    assert facts.wanted_by(home(settled()), exam) is None
    four = replace(record(serves(str(PUBLIC))), record=exam.record)
    assert facts.wanted_by(home(settled(), DIRECT6), four) == PUBLIC


TUNNEL = replace(AROUND, default_is_tunnel=True)
HOME, AWAY = seen(STUN[0], PUBLIC), seen(STUN[1], OTHER)
TUNNELS: list[tuple[str, Any, tuple[Any, ...], bool]] = [
    ("no tunnel", AROUND, (), False),
    ("no tunnel, whatever was seen", AROUND, (AWAY,), False),
    ("nobody answers through it", TUNNEL, (missed(STUN[0]),), True),
    ("it comes out elsewhere", TUNNEL, (AWAY,), True),
    ("it comes out at home", TUNNEL, (HOME, missed(STUN[1])), False),
    ("it comes out at home and elsewhere", TUNNEL, (HOME, AWAY), True),
    ("nothing but a tunnel", replace(TUNNEL, gateway=None), (HOME,), True),
]


@pytest.mark.parametrize(
    ("title", "around", "through", "elsewhere"), TUNNELS, ids=[row[0] for row in TUNNELS]
)
def test_whether_traffic_comes_out_elsewhere(
    title: str, around: Any, through: tuple[Any, ...], elsewhere: bool
) -> None:
    assert facts.tunnelled(home(settled(), around=around, through_vpn=through)) is elsewhere


def test_cut_off_is_who_can_ask_nobody_over_ipv4_or_ipv6() -> None:
    told = {
        code: facts.cut_off(home(unknown(code)))
        for code in ("offline", "captive", "wan_down", "no_address", "one_witness", "nat64")
    }
    assert [code for code, cut in told.items() if cut] == [
        *("offline", "captive", "wan_down", "no_address"),
    ]
    assert not facts.cut_off(home(unknown("offline"), DIRECT6))
    assert facts.cut_off(home(unknown("offline"), unknown("v6_absent", V6)))
    assert not facts.cut_off(home())


def test_port_53_is_taken_over_by_the_word_of_a_trial_or_of_a_record() -> None:
    def trials(*shown: bool | None) -> Port53:
        return Port53(
            trials=tuple(Trial(name="nobody", intercepted=one, detail="") for one in shown)
        )

    exam = record(RECURSED)
    bent = replace(
        exam, exam=replace(exam.exam, view=replace(exam.exam.view, intercepted="It is."))
    )
    assert not facts.taken_over(home())
    assert not facts.taken_over(home(port53=trials(None, False), records=(exam,)))
    assert facts.taken_over(home(port53=trials(None, True)))
    assert facts.taken_over(home(records=(bent,)))


def test_an_account_is_held_back_by_a_stop_or_by_a_refusal_that_waiting_does_not_mend() -> None:
    def refused(cause: Cause) -> Refused:
        return Refused(cause=cause, text="No.")

    exams = {
        "nobody asked": account(),
        "accepted": account(proof=Unchanged()),
        "unsure": account(proof=Unconfirmed(text="It did not answer.")),
        "waits": account(locked_until=1.0),
        "stopped": account(locked=Cause.NOT_FOUND),
        **{cause.value: account(proof=refused(cause)) for cause in Cause},
    }
    held = {
        name for name, exam in exams.items() if facts.held_back(home(accounts=(exam,)), "household")
    }
    assert held == {"stopped", Cause.CREDENTIALS.value, Cause.BLOCKED.value}
    assert not facts.held_back(home(accounts=(exams["stopped"],)), "spare")


def test_the_routers_word_is_that_of_any_of_its_protocols() -> None:
    def said(*words: Any) -> Evidence:
        return home(witnesses=words)

    inner = router_says("100.64.0.5")
    public = seen(PMP, PUBLIC)
    assert facts.router_address(said(inner, public)) == PUBLIC
    assert facts.router_address(said(inner, HOME)) is None
    assert facts.router_reported(said(inner, public)) == PUBLIC
    assert facts.router_reported(said(missed(PMP), inner)) == ip_address("100.64.0.5")
    assert facts.router_reported(said(missed(PMP), HOME)) is None
    other = missed(STUN[0], Why.NOT_PUBLIC, "10.0.0.1")
    assert facts.router_reported(said(other)) is None


def test_outside_are_those_who_named_an_address_of_the_family() -> None:
    words = (seen(ROUTER, PUBLIC), HOME, AWAY, missed(STUN[2]), SEEN6)
    assert facts.outside(home(witnesses=words)) == (HOME, AWAY)
    assert facts.outside(home(witnesses=words), V6) == (SEEN6,)


def test_an_owner_that_is_not_known_is_none() -> None:
    def owned(*owners: Any) -> Evidence:
        found = tuple(Ownership(address=PUBLIC, owner=one, because="") for one in owners)
        return home(path=PathView(ownership=found))

    def owner(made: Evidence, address: Any = PUBLIC) -> str | None:
        found = facts.owner_of(made, address)
        return found.owner if found else None

    assert owner(owned("router")) == "router"
    assert owner(owned("unknown", "beyond")) == "beyond"
    assert owner(owned("unknown")) is None
    assert owner(owned("router"), OTHER) is None
    assert owner(owned("router"), None) is None


@pytest.mark.parametrize(
    ("hops", "kind"),
    [
        ([], None),
        ([(1, "192.168.1.1")], None),
        ([(1, "192.168.1.1"), (2, "10.0.0.1")], Scope.PRIVATE),
        ([(1, "192.168.1.1"), (2, "100.64.0.1")], Scope.CGNAT),
        ([(2, "62.155.240.9"), (3, "10.0.0.1")], Scope.PUBLIC),
        ([(3, "10.0.0.1")], None),
    ],
)
def test_the_second_router_tells_what_lies_beyond(
    hops: list[tuple[int, str]], kind: Scope | None
) -> None:
    trail = Trail(hops=tuple(Hop(distance=n, address=ip_address(one)) for n, one in hops))
    assert facts.beyond(home(path=PathView(trail=trail))) is kind


def test_the_homes_router_is_the_one_that_is_believed_else_the_gateway() -> None:
    def router(*igds: Any) -> Evidence:
        return home(router=RouterView(gateway=str(GATEWAY), igds=igds))

    doubted = replace(IGD, accepted=False)
    named = replace(FOREIGN_IGD, accepted=True)
    assert facts.router_igd(router(FOREIGN_IGD, doubted, named)) == named
    assert facts.router_igd(router(FOREIGN_IGD, doubted)) == doubted
    assert facts.router_igd(router(FOREIGN_IGD)) is None
    assert facts.router_igd(home(router=None)) is None


def test_the_router_has_a_title_whatever_is_known_of_it() -> None:
    nameless = replace(IGD, model="", name="")

    def title(igd: Any, **changes: Any) -> str:
        igds = () if igd is None else (igd,)
        view = RouterView(gateway=str(GATEWAY), igds=igds)
        return facts.router_title(home(router=view, **changes))

    assert title(IGD) == "Home Box 3 (192.168.1.1)"
    assert title(replace(IGD, model="")) == "Erika Mustermann's router (192.168.1.1)"
    assert title(nameless) == "192.168.1.1"
    assert title(None, around=bare_home().around) == "the router"
    assert title(IGD, around=bare_home().around) == "Home Box 3"


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("a", "b"), "a and b"),
        ((1, 2, 3), "1, 2 and 3"),
    ],
)
def test_items_are_listed_as_people_do(items: tuple[object, ...], text: str) -> None:
    assert facts.listed(items) == text
    assert facts.listed(("a", "b", "c"), "or") == "a, b or c"
