from __future__ import annotations

from ipaddress import IPv4Address
from typing import Literal

import pytest

from discovery.observation import (
    Family,
    IgdEvidence,
    Missed,
    Observation,
    PmpEvidence,
    Seen,
    Source,
    Why,
)
from discovery.router.view import Igd, RouterView
from discovery.signals.polls import description, natpmp_poll, spoken, stun_poll, upnp_poll

GATEWAY = "192.168.1.1"
HERE = "http://192.168.1.1:5000/rootDesc.xml"


def seen(source: Source, evidence: PmpEvidence | IgdEvidence | None = None) -> Seen:
    return Seen(
        source=source,
        witness="w",
        operator="o",
        family=Family.V4,
        address=IPv4Address("81.2.69.142"),
        evidence=evidence,
    )


def missed(source: Source, why: Why, evidence: PmpEvidence | IgdEvidence | None = None) -> Missed:
    return Missed(
        source=source,
        witness="w",
        operator="o",
        family=Family.V4,
        why=why,
        detail="d",
        evidence=evidence,
    )


def pmp(protocol: Literal["nat-pmp", "pcp"], result: int = 0) -> PmpEvidence:
    return PmpEvidence(gateway=GATEWAY, protocol=protocol, result=result)


def view(
    *,
    upnp: Observation | None = None,
    natpmp: Observation | None = None,
    pcp: Observation | None = None,
    igds: tuple[Igd, ...] = (),
) -> RouterView:
    return RouterView(gateway=GATEWAY, upnp=upnp, natpmp=natpmp, pcp=pcp, igds=igds)


SILENT = missed("natpmp", Why.SILENT)


@pytest.mark.parametrize(
    ("router", "protocols"),
    [
        pytest.param(None, None, id="nobody was asked"),
        pytest.param(view(), None, id="it was not asked for these"),
        pytest.param(view(natpmp=SILENT, pcp=SILENT), set(), id="silent"),
        pytest.param(view(natpmp=seen("natpmp", pmp("nat-pmp"))), {"nat-pmp"}, id="NAT-PMP"),
        pytest.param(
            view(natpmp=missed("natpmp", Why.NO_ADDRESS, pmp("nat-pmp", 3))),
            {"nat-pmp"},
            id="NAT-PMP, its line is down",
        ),
        pytest.param(
            view(natpmp=missed("natpmp", Why.REFUSED, pmp("nat-pmp", 2))), set(), id="switched off"
        ),
        pytest.param(
            view(natpmp=missed("natpmp", Why.UNSUPPORTED, pmp("pcp")), pcp=SILENT),
            {"pcp"},
            id="a question in NAT-PMP is answered in PCP",
        ),
        pytest.param(
            view(natpmp=seen("natpmp", pmp("nat-pmp")), pcp=seen("natpmp", pmp("pcp"))),
            {"nat-pmp", "pcp"},
            id="both",
        ),
        pytest.param(
            view(pcp=missed("natpmp", Why.REFUSED, pmp("pcp", 2))), {"pcp"}, id="PCP, not for us"
        ),
        pytest.param(
            view(pcp=missed("natpmp", Why.UNSUPPORTED, pmp("pcp", 1))), set(), id="no such version"
        ),
    ],
)
def test_what_a_router_speaks_is_what_it_has_answered(
    router: RouterView | None, protocols: set[str] | None
) -> None:
    assert spoken(router) == protocols


@pytest.mark.parametrize(
    ("router", "works", "words"),
    [
        (None, None, "was not asked"),
        (view(natpmp=SILENT), False, "does not answer NAT-PMP"),
        (view(natpmp=SILENT, pcp=seen("natpmp", pmp("pcp"))), False, "speaks PCP only"),
        (view(natpmp=seen("natpmp", pmp("nat-pmp"))), True, "can be asked each second"),
    ],
)
def test_a_nat_pmp_router_can_be_asked_each_second(
    router: RouterView | None, works: bool | None, words: str
) -> None:
    signal = natpmp_poll(router)
    assert (signal.name, signal.works) == ("natpmp_poll", works)
    assert words in signal.detail
    assert signal.expected_ms == (1000 if works else None)


@pytest.mark.parametrize(
    ("router", "works"),
    [
        (None, None),
        (view(natpmp=SILENT), None),
        (view(upnp=seen("upnp")), True),
        (view(upnp=missed("upnp", Why.DOWN)), True),
        (view(upnp=missed("upnp", Why.NOT_PUBLIC)), True),
        (view(upnp=missed("upnp", Why.NO_ADDRESS)), True),
        (view(upnp=missed("upnp", Why.SILENT)), False),
        (view(upnp=missed("upnp", Why.FOREIGN)), False),
    ],
)
def test_a_upnp_router_can_be_asked_every_five_seconds(
    router: RouterView | None, works: bool | None
) -> None:
    signal = upnp_poll(router)
    assert (signal.name, signal.works) == ("upnp_poll", works)
    assert signal.expected_ms == (5000 if works else None)


ANSWERS = (missed("stun", Why.SILENT), seen("stun"), seen("http"))
SILENCE = (missed("stun", Why.SILENT), seen("http"))


@pytest.mark.parametrize(
    ("outside", "talks", "own", "works", "expected", "words"),
    [
        (ANSWERS, True, False, True, 60_000, "a STUN server answers and can be asked every 60 s"),
        (ANSWERS, False, False, True, 25_000, "a STUN server answers and can be asked every 25 s"),
        (
            ANSWERS,
            True,
            True,
            True,
            1000,
            "a STUN server of your own answers and can be asked each",
        ),
        (SILENCE, False, False, False, None, "no STUN server answers, so none can be asked"),
        (SILENCE, True, True, False, None, "no STUN server of your own answers"),
        (
            (seen("http"),),
            False,
            False,
            None,
            25_000,
            "it is not known whether a STUN server answers",
        ),
        (None, True, False, None, 60_000, "it is not known whether a STUN server answers"),
    ],
)
def test_stun_is_asked_more_often_where_it_is_all_there_is_and_most_often_if_it_is_ones_own(
    outside: tuple[Observation, ...] | None,
    talks: bool,
    own: bool,
    works: bool | None,
    expected: int | None,
    words: str,
) -> None:
    signal = stun_poll(outside, talks=talks, own=own)
    assert (signal.name, signal.works, signal.expected_ms) == ("stun_poll", works, expected)
    assert words in signal.detail


def igd(location: str, *, accepted: bool) -> Igd:
    return Igd(location=location, host=GATEWAY, accepted=accepted)


@pytest.mark.parametrize(
    ("router", "location"),
    [
        (None, ""),
        (view(), ""),
        (view(igds=(igd("http://192.168.1.9/", accepted=False), igd(HERE, accepted=True))), HERE),
        (view(igds=(igd("http://192.168.1.9/", accepted=False),)), ""),
        (view(upnp=seen("upnp", IgdEvidence(location=HERE))), HERE),
        (view(upnp=missed("upnp", Why.FOREIGN, IgdEvidence(location=HERE))), ""),
    ],
)
def test_only_the_router_that_was_believed_is_subscribed_to(
    router: RouterView | None, location: str
) -> None:
    assert description(router) == location
