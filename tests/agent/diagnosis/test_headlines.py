"""Each part in a few words: what is not known is not told as "no"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.diagnosis import headlines
from agent.diagnosis.evidence import AccountExam, RecordExam
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53, Trial
from discovery.observation import Observation, Why
from discovery.path.view import Behaviour, PathView, Reach
from discovery.router.view import RouterView
from discovery.signals import sentences
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView
from providers.engine.outcome import Cause, Refused, Unchanged
from tests.support.evidence import account, record
from tests.support.evidence_parts import ICE, IPV6, SEEN6, STABLE6
from tests.support.sightings import OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.views import SILENT, serves

INNER = missed(ROUTER, Why.NOT_PUBLIC, "100.72.13.9")
UNKNOWN = Trial(name="identity", intercepted=None, detail="")
CLEAR = Trial(name="nobody", intercepted=False, detail="")
TAKEN = Trial(name="whoami", intercepted=True, detail="")


def router(upnp: Observation | None = None, natpmp: Observation | None = None) -> RouterView:
    return RouterView(gateway="192.168.1.1", upnp=upnp, natpmp=natpmp)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (router(), "was not asked"),
        (router(missed(ROUTER)), "names no address"),
        (router(INNER), "names 100.72.13.9, which is not public"),
        (router(seen(ROUTER, PUBLIC), missed(PMP)), "names 81.2.69.142 (UPnP)"),
        (router(INNER, seen(PMP, PUBLIC)), "names 81.2.69.142 (NAT-PMP)"),
        (router(seen(ROUTER, PUBLIC), seen(PMP, PUBLIC)), "names 81.2.69.142 (UPnP and NAT-PMP)"),
    ],
)
def test_the_router(view: RouterView, words: str) -> None:
    assert headlines.of_router(view) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((), "nobody was asked"),
        ((missed(STUN[0]),), "0 of 1 answer"),
        ((seen(STUN[0], PUBLIC), missed(STUN[1])), "1 of 2 answer: 81.2.69.142"),
        (
            (seen(STUN[0], PUBLIC), seen(STUN[1], OTHER)),
            "2 of 2 answer: 81.2.69.142 and 89.160.20.112",
        ),
    ],
)
def test_the_witnesses_outside(said: tuple[Observation, ...], words: str) -> None:
    assert headlines.of_witnesses(said) == words


@pytest.mark.parametrize(
    ("translated", "words"),
    [
        (True, "a NAT stands on it"),
        (False, "no NAT stands on it"),
        (None, "whether a NAT stands on it is not known"),
    ],
)
def test_the_path(translated: bool | None, words: str) -> None:
    assert headlines.of_path(PathView(behaviour=Behaviour(translated=translated))) == words


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("proved", "is reached"),
        ("likely", "is probably reached"),
        ("refuted", "is not reached"),
        ("unknown", "is not proved"),
    ],
)
def test_a_port_that_was_asked_about(grade: str, words: str) -> None:
    reach = Reach(transport="udp", port=51820, grade=grade, because="")  # type: ignore[arg-type]  # the table names real grades
    assert headlines.of_path(PathView(reaches=(reach,))).endswith(f"; UDP 51820 {words}")


@pytest.mark.parametrize(
    ("view", "said", "words"),
    [
        (Ipv6View(), (), "none here"),
        (Ipv6View(supported=False), (), "not known on this system"),
        (replace(IPV6, chosen=None), (), "no address that lasts"),
        (IPV6, (), f"{STABLE6}"),
        (IPV6, (SEEN6,), f"{STABLE6}, seen from outside"),
    ],
)
def test_ipv6(view: Ipv6View, said: tuple[Observation, ...], words: str) -> None:
    assert headlines.of_ipv6(view, said) == words


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (IceView(available=False), "not installed"),
        (IceView(), "no outside address; data channel not tried"),
        (ICE, "81.2.69.142; data channel opened"),
        (replace(ICE, data_channel=False), "81.2.69.142; data channel did not open"),
    ],
)
def test_the_second_opinion(view: IceView, words: str) -> None:
    assert headlines.of_ice(view) == words


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ((), "not known"),
        ((UNKNOWN,), "not known"),
        ((UNKNOWN, CLEAR), "no sign that it is taken over (1 of 2 tests)"),
        ((CLEAR, TAKEN), "something answers in the servers' place"),
    ],
)
def test_port_53(trials: tuple[Trial, ...], words: str) -> None:
    assert headlines.of_port53(Port53(trials=trials)) == words


@pytest.mark.parametrize(
    ("exams", "words"),
    [
        ((), "no name is configured"),
        (
            (record(serves(str(PUBLIC))), record(SILENT)),
            "1 of 2 could be read at their name servers",
        ),
    ],
)
def test_names(exams: tuple[RecordExam, ...], words: str) -> None:
    assert headlines.of_records(exams) == words


@pytest.mark.parametrize(
    ("exams", "words"),
    [
        ((), "no account is configured"),
        (
            (
                account(proof=Unchanged()),
                account(proof=Refused(cause=Cause.CREDENTIALS, text="No.")),
                account(),
            ),
            "1 accepted, 1 refused, 1 not proved",
        ),
    ],
)
def test_accounts(exams: tuple[AccountExam, ...], words: str) -> None:
    assert headlines.of_accounts(exams) == words


def test_signals() -> None:
    works = Signal(name="netlink", works=True, expected_ms=5, detail="")
    perhaps = Signal(name="gena", works=None, expected_ms=None, detail="")
    assert headlines.of_signals((works, perhaps)) == "1 of 2 proved to work"
    assert headlines.of_signals(()) == "none was tried"
    no_signs = (sentences.proved("clock"), sentences.left_out("ssdp"))
    assert headlines.of_signals((works, *no_signs)) == "1 of 1 proved to work"
    assert headlines.of_signals(no_signs) == "none was tried"
