"""The verdict table, row by row; then what must hold whatever the witnesses say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide import verdict as verdict_module
from agent.decide.questions import Look
from agent.decide.verdict import next_step
from agent.decide.witnesses import Case, Sweep, Witness
from agent.values import Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.observation import Observation, Why
from tests.support.sightings import (
    HTTP,
    LOCAL,
    MENU,
    OTHER,
    PMP,
    PUBLIC,
    ROUTER,
    STUN,
    THIRD,
    case,
    missed,
    router_says,
    seen,
)

Answers = Mapping[Witness, Observation | list[Observation]]


@dataclass
class Told:
    """A verdict with the questions that led to it."""

    verdict: Verdict
    looks: list[Look]

    @property
    def asked(self) -> list[tuple[str, ...]]:
        return [tuple(witness.name for witness in look.witnesses) for look in self.looks]

    @property
    def waited(self) -> float:
        return sum(look.after for look in self.looks)


def weigh(answers: Answers, home: Case) -> Told:
    """Play the questions against fixed answers; a list is answered in turn, the last one stays."""
    sweeps: tuple[Sweep, ...] = ()
    looks: list[Look] = []
    turns = {who: list(one) if isinstance(one, list) else [one] for who, one in answers.items()}
    while isinstance(step := next_step(sweeps, home), Look):
        assert step.witnesses, "a question to nobody"
        looks.append(step)
        said = []
        for witness in step.witnesses:
            turn = turns.get(witness) or [missed(witness)]
            said.append(turn.pop(0) if len(turn) > 1 else turn[0])
        sweeps = (*sweeps, tuple(said))
        assert len(sweeps) < 20, "it never comes to an end"
    return Told(step, looks)


OUTSIDE_SAYS_PUBLIC = {who: seen(who, PUBLIC) for who in (*STUN, *HTTP)}
OUTSIDE_SAYS_OTHER = {who: seen(who, OTHER) for who in (*STUN, *HTTP)}
NOT_CONNECTED = missed(ROUTER, Why.DOWN, "0.0.0.0")

ROWS: list[tuple[str, Answers, Case, type[Verdict], str, object]] = [
    ("1 the machine itself has the address",
     {who: seen(who, PUBLIC) for who in (*STUN, *HTTP)}, case(local=PUBLIC),
     Settled, "direct", PUBLIC),
    ("2 router and outside agree",
     {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "single_nat", PUBLIC),
    ("2 the gateway speaks NAT-PMP alone",
     {PMP: seen(PMP, PUBLIC), **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "single_nat", PUBLIC),
    ("3 UDP is blocked, HTTP agrees",
     {ROUTER: seen(ROUTER, PUBLIC), **{who: seen(who, PUBLIC) for who in HTTP}}, case(),
     Settled, "single_nat", PUBLIC),
    ("4 only the router speaks",
     {ROUTER: seen(ROUTER, PUBLIC)}, case(),
     Settled, "router_only", PUBLIC),
    ("4 only the router speaks, and it changes its mind",
     {ROUTER: [seen(ROUTER, PUBLIC), seen(ROUTER, OTHER), seen(ROUTER, PUBLIC)]}, case(),
     Disputed, "witnesses_disagree", None),
    ("4 two witnesses are silent, and the last one contradicts the router",
     {ROUTER: seen(ROUTER, PUBLIC), STUN[2]: seen(STUN[2], OTHER)}, case(),
     Disputed, "upstream_nat", None),
    ("7 router and world disagree",
     {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_OTHER}, case(),
     Disputed, "upstream_nat", None),
    ("7 the router's value was stale for a while",
     {ROUTER: [seen(ROUTER, PUBLIC), seen(ROUTER, PUBLIC), seen(ROUTER, OTHER)],
      **OUTSIDE_SAYS_OTHER}, case(),
     Settled, "single_nat", OTHER),
    ("7 the user prefers the outside",
     {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_OTHER}, case(prefer_outside=True),
     Settled, "upstream_nat", OTHER),
    ("9 the router's own address is private",
     {ROUTER: router_says("10.0.0.7"), **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "double_nat", PUBLIC),
    ("10 the router is inside the provider's NAT",
     {ROUTER: router_says("100.64.0.5"), **OUTSIDE_SAYS_PUBLIC}, case(),
     OutOfReach, "cgnat", PUBLIC),
    ("10 and the user wants it published anyway",
     {ROUTER: router_says("100.64.0.5"), **OUTSIDE_SAYS_PUBLIC}, case(unreachable="publish"),
     Settled, "cgnat", PUBLIC),
    ("11 the router will not say",
     {ROUTER: missed(ROUTER, Why.NO_ADDRESS), **OUTSIDE_SAYS_PUBLIC}, case(),
     OutOfReach, "cgnat_likely", PUBLIC),
    ("12 private, but a stranger's packet arrived",
     {ROUTER: router_says("10.0.0.7"), **OUTSIDE_SAYS_PUBLIC}, case(stranger_reached=True),
     Settled, "nat_1to1", PUBLIC),
    ("13 the router has the address of a tunnel",
     {ROUTER: router_says("192.0.0.2"), **OUTSIDE_SAYS_PUBLIC}, case(),
     OutOfReach, "ds_lite", PUBLIC),
    ("16 router silent, two STUN operators and HTTP agree",
     OUTSIDE_SAYS_PUBLIC, case(),
     Settled, "stun_agrees", PUBLIC),
    ("16 no HTTP allowed: the same again, later",
     {who: seen(who, PUBLIC) for who in STUN}, case(order=("upnp", "natpmp", "stun")),
     Settled, "stun_agrees", PUBLIC),
    ("16 the address changes between the two looks",
     {who: [seen(who, PUBLIC), seen(who, OTHER)] for who in STUN}, case(order=("stun",)),
     Disputed, "witnesses_disagree", None),
    ("16 only HTTP gets through, two operators",
     {who: seen(who, PUBLIC) for who in HTTP}, case(),
     Settled, "http_agrees", PUBLIC),
    ("17 a single witness",
     {STUN[0]: seen(STUN[0], PUBLIC)}, case(),
     Unknown, "one_witness", None),
    ("17 a single witness, and it says what is published",
     {STUN[0]: seen(STUN[0], PUBLIC)}, case(known=frozenset({PUBLIC})),
     Settled, "stun_agrees", PUBLIC),
    ("17 a single STUN operator, and HTTP agrees",
     {STUN[0]: seen(STUN[0], PUBLIC), HTTP[0]: seen(HTTP[0], PUBLIC)}, case(),
     Settled, "stun_agrees", PUBLIC),
    ("18 the outside disagrees, no majority",
     {STUN[0]: seen(STUN[0], PUBLIC), STUN[1]: seen(STUN[1], OTHER)}, case(),
     Disputed, "witnesses_disagree", None),
    ("18 a majority, twice",
     {**OUTSIDE_SAYS_PUBLIC, STUN[1]: seen(STUN[1], OTHER)}, case(),
     Settled, "stun_agrees", PUBLIC),
    ("18 a majority that does not last",
     {STUN[0]: [seen(STUN[0], PUBLIC), seen(STUN[0], OTHER)], STUN[1]: seen(STUN[1], OTHER),
      STUN[2]: [seen(STUN[2], PUBLIC), seen(STUN[2], THIRD)]}, case(order=("stun",)),
     Disputed, "witnesses_disagree", None),
    ("19 every outside witness names a private address",
     {who: missed(who, Why.NOT_PUBLIC, "10.6.6.6") for who in STUN}, case(order=("stun",)),
     Unknown, "liar", None),
    ("21 the line is down",
     {ROUTER: NOT_CONNECTED}, case(),
     Unknown, "wan_down", None),
    ("21 the router says it is down, but the world hears us",
     {ROUTER: NOT_CONNECTED, **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "stun_agrees", PUBLIC),
    ("0.0.0.0 while connected, and the world hears us",
     {ROUTER: missed(ROUTER, Why.NO_ADDRESS, "0.0.0.0"), **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "stun_agrees", PUBLIC),
    ("22 a login page is in the way",
     {who: missed(who, Why.CAPTIVE) for who in HTTP}, case(),
     Unknown, "captive", None),
    ("22 a login page, though the router claims an address",
     {ROUTER: seen(ROUTER, PUBLIC), **{who: missed(who, Why.CAPTIVE) for who in HTTP}}, case(),
     Unknown, "captive", None),
    ("23 a media server claims to be the router",
     {ROUTER: missed(ROUTER, Why.FOREIGN), **OUTSIDE_SAYS_PUBLIC}, case(),
     Settled, "stun_agrees", PUBLIC),
    ("nobody answers",
     {}, case(),
     Unknown, "no_address", None),
    ("no name of a witness can be looked up",
     {who: missed(who, Why.UNRESOLVED) for who in (*STUN, *HTTP)}, case(),
     Unknown, "offline", None),
    ("this machine has no way out",
     {}, case(has_route=False),
     Unknown, "offline", None),
    ("one liar beside the router and an honest witness",
     {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_PUBLIC, STUN[0]: seen(STUN[0], OTHER)}, case(),
     Settled, "single_nat", PUBLIC),
    ("one witness with the router against everybody else",
     {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_OTHER, STUN[0]: seen(STUN[0], PUBLIC)}, case(),
     Disputed, "witnesses_disagree", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answers", "home", "kind", "code", "address"), ROWS,
                         ids=[row[0] for row in ROWS])  # fmt: skip
def test_row_of_the_table(
    name: str, answers: Answers, home: Case, kind: type[Verdict], code: str, address: object
) -> None:
    verdict = weigh(answers, home).verdict
    assert (type(verdict), verdict.code) == (kind, code), verdict.because
    assert getattr(verdict, "address", None) == address
    assert verdict.because.strip()
    assert "\n" not in verdict.because


def test_a_known_address_is_asked_of_the_router_alone() -> None:
    """Invariant: a healthy home asks nobody outside, day after day."""
    told = weigh({ROUTER: seen(ROUTER, PUBLIC)}, case(known=frozenset({PUBLIC})))
    assert told.asked == [(ROUTER.name,)]
    assert isinstance(told.verdict, Settled)
    assert told.verdict.sources == ("upnp",)


def test_confirm_never_believes_the_router_alone() -> None:
    told = weigh({ROUTER: seen(ROUTER, PUBLIC)}, case(confirm="never"))
    assert told.asked == [(ROUTER.name,)]
    assert isinstance(told.verdict, Settled)


def test_confirm_always_asks_outside_for_a_known_address_too() -> None:
    told = weigh(
        {ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_PUBLIC},
        case(confirm="always", known=frozenset({PUBLIC})),
    )
    assert told.asked == [(ROUTER.name,), (STUN[0].name, STUN[1].name)]


def test_a_source_that_the_user_left_out_is_never_asked() -> None:
    told = weigh(OUTSIDE_SAYS_PUBLIC, case(order=("http",)))
    assert told.asked == [(HTTP[0].name, HTTP[1].name)]


def test_two_servers_of_one_operator_are_one_witness() -> None:
    google = [
        Witness(source="stun", name=f"stun{n}.google.example:19302", operator="google.example")
        for n in (1, 2)
    ]
    told = weigh(
        {who: seen(who, PUBLIC) for who in google},
        case(order=("stun",), menu=tuple(google)),
    )
    assert told.verdict.code == "one_witness"


def test_rereading_a_stale_router_takes_half_a_minute() -> None:
    told = weigh({ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_OTHER}, case())
    assert told.waited == 30.0


def test_a_new_address_from_the_router_alone_is_read_for_ten_seconds_and_the_outside_with_it() -> (
    None
):
    told = weigh({ROUTER: seen(ROUTER, PUBLIC)}, case())
    assert told.waited == 10.0
    both = (ROUTER.name, STUN[0].name, STUN[1].name)
    assert [asked for asked in told.asked if asked == both] == [both] * 5


def test_a_way_out_that_opens_late_is_found_before_the_router_is_believed_alone() -> None:
    late: list[Observation] = [missed(STUN[0]), missed(STUN[0]), seen(STUN[0], PUBLIC)]
    told = weigh({ROUTER: seen(ROUTER, PUBLIC), STUN[0]: late}, case(order=("upnp", "stun")))
    assert (told.verdict.code, told.waited) == ("single_nat", 1.0)


def test_a_router_that_is_behind_for_a_moment_is_believed_as_soon_as_the_outside_agrees() -> None:
    late: list[Observation] = [seen(ROUTER, OTHER), seen(ROUTER, PUBLIC)]
    told = weigh({ROUTER: late, **OUTSIDE_SAYS_PUBLIC}, case())
    assert (told.verdict.code, told.waited) == ("single_nat", 0.5)


def test_in_a_hurry_the_router_and_two_operators_are_asked_at_once() -> None:
    told = weigh({ROUTER: seen(ROUTER, PUBLIC), **OUTSIDE_SAYS_PUBLIC}, case(eager=True))
    assert told.asked == [(ROUTER.name, STUN[0].name, STUN[1].name)]
    assert told.verdict.code == "single_nat"


@pytest.mark.parametrize(("eager", "waited"), [(True, 1.5), (False, 5.0)])
def test_stun_alone_says_it_again_after_a_pause_and_sooner_in_a_hurry(
    eager: bool, waited: float
) -> None:
    told = weigh(OUTSIDE_SAYS_PUBLIC, case(order=("stun",), eager=eager))
    assert (told.verdict.code, told.waited) == ("stun_agrees", waited)


def test_in_a_hurry_without_a_router_to_ask_the_order_is_the_usual() -> None:
    answers = {**OUTSIDE_SAYS_PUBLIC, HTTP[0]: seen(HTTP[0], PUBLIC)}
    home = case(order=("stun", "http"))
    assert weigh(answers, replace(home, eager=True)).asked == weigh(answers, home).asked


def test_an_impatient_question_never_waits() -> None:
    for _, answers, home, *_ in ROWS:
        assert weigh(answers, replace(home, patient=False)).waited == 0.0


@pytest.mark.parametrize("router", [seen(ROUTER, PUBLIC), missed(ROUTER)])
def test_nobody_outside_means_that_everybody_was_asked(router: Observation) -> None:
    """Row 4 believes the router alone: that is right only where nobody else can be heard at all."""
    told = weigh({ROUTER: router}, case())
    asked = {name for look in told.asked for name in look}
    assert asked >= {witness.name for witness in (*STUN, *HTTP)}


def test_a_rewritten_address_is_told_beside_the_verdict() -> None:
    told = weigh(
        {**OUTSIDE_SAYS_PUBLIC, STUN[0]: seen(STUN[0], PUBLIC, rewritten="10.0.0.1")}, case()
    )
    assert "alg" in told.verdict.caveats


def test_blocked_udp_and_a_foreign_router_and_a_liar_are_told_beside_the_verdict() -> None:
    told = weigh(
        {
            ROUTER: missed(ROUTER, Why.FOREIGN),
            STUN[0]: missed(STUN[0], Why.NOT_PUBLIC, "10.6.6.6"),
            **{who: seen(who, PUBLIC) for who in HTTP},
        },
        case(),
    )
    assert set(told.verdict.caveats) == {"foreign_igd", "liar", "udp_blocked"}


ADDRESSES = (PUBLIC, OTHER, THIRD)


def _anything(witness: Witness) -> st.SearchStrategy[Observation]:
    return st.one_of(
        st.sampled_from(ADDRESSES).map(lambda address: seen(witness, address)),
        st.sampled_from(list(Why)).map(lambda why: missed(witness, why)),
        st.sampled_from(["10.0.0.7", "100.64.0.5", "192.0.0.2", "0.0.0.0", "224.0.0.1"]).map(
            lambda text: missed(witness, Why.NOT_PUBLIC, text)
        ),
    )


WORLDS = st.fixed_dictionaries(
    {witness: st.lists(_anything(witness), min_size=1, max_size=5) for witness in MENU}
)
HOMES = st.builds(
    case,
    confirm=st.sampled_from(["change", "always"]),
    unreachable=st.sampled_from(["hold", "publish"]),
    prefer_outside=st.booleans(),
    stranger_reached=st.booleans(),
    order=st.permutations(["upnp", "natpmp", "stun", "http"]).flatmap(
        lambda order: st.integers(0, 4).map(lambda many: tuple(order[:many]))
    ),
    known=st.sets(st.sampled_from(ADDRESSES), max_size=1).map(frozenset),
    local=st.sampled_from([LOCAL, PUBLIC]),
)


@settings(max_examples=1500, deadline=None)
@given(WORLDS, HOMES)
def test_whatever_the_witnesses_say_a_new_address_needs_two_of_them(
    answers: dict[Witness, list[Observation]], home: Case
) -> None:
    """Promise 1, against arbitrary witnesses: an unknown address is settled only when two
    operators named it, or the router named it three times while nobody outside could be heard."""
    heard: dict[Witness, list[Observation]] = {}
    recording = {who: list(said) for who, said in answers.items()}
    sweeps: tuple[Sweep, ...] = ()
    while isinstance(step := next_step(sweeps, home), Look):
        said = []
        for witness in step.witnesses:
            turn = recording[witness]
            one = turn.pop(0) if len(turn) > 1 else turn[0]
            heard.setdefault(witness, []).append(one)
            said.append(one)
        sweeps = (*sweeps, tuple(said))
        assert len(sweeps) < 20, "it never comes to an end"
    assert {witness.source for witness in heard} <= set(home.order)
    if not isinstance(step, Settled) or step.address in home.known:
        return
    naming = {
        witness.operator
        for witness, said in heard.items()
        if any(getattr(one, "address", None) == step.address for one in said)
    }
    if step.code in ("router_only", "direct") and naming == {"router"}:
        reads = [one for who, said in heard.items() if who.operator == "router" for one in said]
        last = [getattr(one, "address", None) for one in reads][-3:]
        assert last == [step.address] * 3
    else:
        assert len(naming) >= 2, (step, naming)


def test_the_documented_codes_are_the_codes_of_the_table() -> None:
    """Every row's code stands in the module's table, so that the table cannot rot."""
    table = verdict_module.__doc__ or ""
    for row in ROWS:
        assert row[4] in table
