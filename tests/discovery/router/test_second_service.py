from __future__ import annotations

import asyncio

import pytest

from discovery.router.second_service import ask_second
from discovery.router.upnp_process import Report
from tests.discovery.router.fake_igd import Body, FakeIgd, drip, exhibit, flood, honest


def ask(description: Body, ppp_address: Body | None = None) -> tuple[Report | None, list[str]]:
    answers = honest()
    if ppp_address is not None:
        answers["/ctl/PPPConn GetExternalIPAddress"] = ppp_address
    with FakeIgd(description, answers) as igd:
        asked = f"http://{igd.host}:{igd.port}/ctl/IPConn"
        report = asyncio.run(ask_second(igd.location, igd.host, asked=asked, limit=0.5))
        return report, igd.requests


def test_the_service_that_was_not_asked_yet_is_asked() -> None:
    report, requests = ask(exhibit("description_dead_ip_service_first"))
    assert report is not None
    assert (report["address"], report["status"]) == ("81.2.69.142", "Connected")
    assert report["uptime"] == 4242
    assert requests == [
        "GET /rootDesc.xml",
        "POST /ctl/PPPConn GetExternalIPAddress",
        "POST /ctl/PPPConn GetStatusInfo",
    ]


def test_a_router_with_one_service_is_not_asked_twice() -> None:
    assert ask(exhibit("description_healthy")) == (None, ["GET /rootDesc.xml"])


@pytest.mark.parametrize(
    "description",
    [
        pytest.param(drip, id="drips"),
        pytest.param(flood(20 << 20), id="sends 20 MB"),
        pytest.param(b"\xff" * 1000, id="sends noise"),
        pytest.param(exhibit("description_control_url_on_the_internet"), id="leads elsewhere"),
    ],
)
def test_a_hostile_description_is_nothing(description: Body) -> None:
    assert ask(description)[0] is None


@pytest.mark.parametrize("answer", [drip, flood(20 << 20)])
def test_a_hostile_answer_is_nothing(answer: Body) -> None:
    assert ask(exhibit("description_dead_ip_service_first"), answer)[0] is None


def test_a_second_service_on_another_machine_is_not_asked() -> None:
    text = exhibit("description_dead_ip_service_first")
    with FakeIgd(b"", honest()) as igd:
        elsewhere = f"http://127.0.0.2:{igd.port}/ctl/PPPConn".encode()
        igd.description = text.replace(b"/ctl/PPPConn", elsewhere)
        asked = f"http://{igd.host}:{igd.port}/ctl/IPConn"
        assert asyncio.run(ask_second(igd.location, igd.host, asked=asked, limit=5)) is None
    assert igd.requests == ["GET /rootDesc.xml"]


def test_a_closed_port_is_nothing() -> None:
    with FakeIgd(b"", {}) as igd:
        location, host = igd.location, igd.host
    assert asyncio.run(ask_second(location, host, asked="", limit=0.5)) is None
