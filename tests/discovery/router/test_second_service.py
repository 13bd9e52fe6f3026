from __future__ import annotations

import asyncio

import pytest

from discovery.router import second_service
from discovery.router.second_service import Service, ask_second, element, wan_services
from discovery.router.upnp_process import Report
from tests.discovery.router.fake_igd import Body, FakeIgd, drip, exhibit, flood, honest

IP = "urn:schemas-upnp-org:service:WANIPConnection:1"
PPP = "urn:schemas-upnp-org:service:WANPPPConnection:1"
HERE = "http://192.168.1.1:5000/rootDesc.xml"


def test_both_services_of_a_dsl_router_are_found_in_order() -> None:
    text = exhibit("description_dead_ip_service_first").decode()
    assert wan_services(text, HERE) == [
        Service(kind=IP, control_url="http://192.168.1.1:5000/ctl/IPConn"),
        Service(kind=PPP, control_url="http://192.168.1.1:5000/ctl/PPPConn"),
    ]


def test_a_base_and_an_absolute_url_move_the_service() -> None:
    text = exhibit("description_base_on_the_internet").decode()
    assert wan_services(text, HERE)[0].control_url == "http://198.51.100.7/ctl/IPConn"
    text = exhibit("description_control_url_on_the_internet").decode()
    assert wan_services(text, HERE)[0].control_url == "http://198.51.100.7:80/ctl/IPConn"


@pytest.mark.parametrize(
    "name",
    ["description_media_server", "description_login_page", "description_cut_in_the_middle"],
)
def test_what_describes_no_connection_has_no_service(name: str) -> None:
    assert wan_services(exhibit(name).decode(), HERE) == []


def test_a_hundred_thousand_open_tags_are_read_in_one_pass() -> None:
    assert wan_services("<service>" * 100_000, HERE) == []
    assert wan_services("<service><serviceType>" * 50_000, HERE) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("<a> b </a>", "b"), ("<a></a>", ""), ("<a>b", ""), ("<a><c/></a>", ""), ("", "")],
)
def test_an_element_is_its_text_or_nothing(text: str, found: str) -> None:
    assert element(text, "a") == found


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


def test_a_body_is_read_up_to_256_kib() -> None:
    with FakeIgd(flood(1 << 20), {}) as igd, pytest.raises(ValueError, match="larger than any"):
        asyncio.run(second_service._exchange("GET", igd.location, igd.host))


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX: y", "/ä"])
def test_a_url_cannot_smuggle_a_second_line_into_the_request(path: str) -> None:
    with pytest.raises(ValueError, match="one request line"):
        asyncio.run(second_service._exchange("GET", f"http://127.0.0.1:9{path}", "127.0.0.1"))


def test_a_closed_port_is_nothing() -> None:
    with FakeIgd(b"", {}) as igd:
        location, host = igd.location, igd.host
    assert asyncio.run(ask_second(location, host, asked="", limit=0.5)) is None
