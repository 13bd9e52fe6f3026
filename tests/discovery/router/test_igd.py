from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest

from discovery.observation import IgdEvidence, Missed, Seen, Why
from discovery.router.igd import printable, read_igd
from discovery.router.upnp import UpnpMethod

METHOD = UpnpMethod()
LOCATION = "http://192.168.1.1:5000/rootDesc.xml"
GOOD: dict[str, object] = {
    "control_url": "http://192.168.1.1:5000/ctl/IPConn",
    "address": "81.2.69.142",
    "status": "Connected",
    "uptime": 77,
    "last_error": "ERROR_NONE",
    "connection_type": "IP_Routed",
}


def test_a_connected_router_with_a_public_address_is_seen_with_all_it_told() -> None:
    seen = read_igd(METHOD, GOOD, location=LOCATION)
    assert isinstance(seen, Seen)
    assert seen.address == IPv4Address("81.2.69.142")
    assert (seen.source, seen.operator) == ("upnp", "router")
    assert seen.evidence == IgdEvidence(
        location=LOCATION,
        control_url="http://192.168.1.1:5000/ctl/IPConn",
        status="Connected",
        connection_type="IP_Routed",
        uptime_s=77,
        last_error="ERROR_NONE",
        reported="81.2.69.142",
    )


@pytest.mark.parametrize("status", ["Up", "", "connected", "Online"])
def test_a_word_that_the_standard_does_not_know_is_no_evidence_of_a_dead_line(status: str) -> None:
    assert isinstance(read_igd(METHOD, GOOD | {"status": status}, location=LOCATION), Seen)


DOWN = [
    "Disconnected",
    "Connecting",
    "Disconnecting",
    "Unconfigured",
    "Authenticating",
    "pendingDISCONNECT",
]


@pytest.mark.parametrize("status", DOWN)
@pytest.mark.parametrize("address", ["", "0.0.0.0", "81.2.69.142", "junk"])
def test_a_dead_line_has_no_address_whatever_is_shown(status: str, address: str) -> None:
    missed = read_igd(METHOD, GOOD | {"status": status, "address": address}, location=LOCATION)
    assert isinstance(missed, Missed)
    assert missed.why is Why.DOWN
    assert status in missed.detail
    assert missed.reported == (IPv4Address("0.0.0.0") if address == "0.0.0.0" else None)


@pytest.mark.parametrize(
    ("address", "why", "reported"),
    [
        ("", Why.NO_ADDRESS, None),
        ("   ", Why.NO_ADDRESS, None),
        ("0.0.0.0", Why.NO_ADDRESS, "0.0.0.0"),
        ("10.0.0.7", Why.NOT_PUBLIC, "10.0.0.7"),
        ("100.64.0.5", Why.NOT_PUBLIC, "100.64.0.5"),
        ("192.0.0.2", Why.NOT_PUBLIC, "192.0.0.2"),
        ("255.255.255.255", Why.NOT_PUBLIC, "255.255.255.255"),
        ("2a02:8108::1", Why.WRONG_FAMILY, "2a02:8108::1"),
        ("081.2.69.142", Why.MALFORMED, None),
        ("81.2.69", Why.MALFORMED, None),
        ("1359103374", Why.MALFORMED, None),
        ("81.2.69.142:80", Why.MALFORMED, None),
        ("not-an-ip", Why.MALFORMED, None),
    ],
)
def test_an_address_that_cannot_be_published_is_a_miss_with_its_reason(
    address: str, why: Why, reported: str | None
) -> None:
    missed = read_igd(METHOD, GOOD | {"address": address}, location=LOCATION)
    assert isinstance(missed, Missed)
    assert missed.why is why
    assert missed.reported == (ip_address(reported) if reported else None)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("foreign", Why.FOREIGN),
        ("library", Why.UNSUPPORTED),
        ("no_process", Why.UNSUPPORTED),
        ("timeout", Why.SILENT),
        ("description", Why.REFUSED),
        ("oversized", Why.OVERSIZED),
        ("verbose", Why.OVERSIZED),
        ("crashed", Why.MALFORMED),
        ("not_igd", Why.MALFORMED),
        ("address", Why.REFUSED),
        ("a word from the future", Why.MALFORMED),
    ],
)
def test_every_failure_of_the_worker_is_a_miss_with_one_sentence(error: str, why: Why) -> None:
    missed = read_igd(METHOD, {"error": error}, location=LOCATION)
    assert isinstance(missed, Missed)
    assert missed.why is why
    assert missed.detail.startswith("the router (UPnP) ")
    assert "\n" not in missed.detail


def test_a_refused_address_on_a_dead_line_is_a_dead_line() -> None:
    report = {"error": "address", "text": "Action Failed", "status": "Disconnected"}
    missed = read_igd(METHOD, report, location=LOCATION)
    assert isinstance(missed, Missed)
    assert missed.why is Why.DOWN


@pytest.mark.parametrize("junk", [None, 7, 1.5, [], {"a": 1}, True])
@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_report_of_the_wrong_types_never_raises(key: str, junk: object) -> None:
    read_igd(METHOD, GOOD | {key: junk}, location=LOCATION)


def test_a_routers_text_is_cut_and_cannot_move_the_cursor() -> None:
    assert printable("\x1b[2J\r\nhello\x00" + "x" * 100, 10) == "[2Jhelloxx"
    report = GOOD | {"address": "\x1b]0;pwned\x07" + "y" * 500}
    missed = read_igd(METHOD, report, location=LOCATION)
    assert isinstance(missed, Missed)
    assert "\x1b" not in missed.detail
    assert len(missed.detail) < 200
