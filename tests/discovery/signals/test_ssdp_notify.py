from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.signals.ssdp_notify import Notice, SsdpNotices, news, read_notice

LOCAL = IPv4Address("127.0.0.1")
STOPPED = "the router's UPnP service stopped"
STARTED = "the router's UPnP service started"
RESTARTED = "the router's UPnP service restarted or moved"


def notify(
    nts: str = "ssdp:alive",
    usn: str = "uuid:1::upnp:rootdevice",
    bootid: str = "7",
    location: str = "http://192.168.1.1:5000/rootDesc.xml",
    more: str = "",
) -> bytes:
    return (
        f"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nLOCATION: {location}\r\nNTS: {nts}\r\n"
        f"USN: {usn}\r\nBOOTID.UPNP.ORG: {bootid}\r\n{more}\r\n"
    ).encode()


def notice(
    *, alive: bool = True, bootid: int | None = 7, origin: str = "192.168.1.1:5000"
) -> Notice:
    return Notice(device="uuid:1", alive=alive, bootid=bootid, origin=origin)


def test_a_notice_is_the_device_and_how_to_know_it_again() -> None:
    assert read_notice(notify()) == notice()
    assert read_notice(notify(usn="uuid:1")) == notice()


def test_an_update_names_the_next_boot() -> None:
    update = notify("ssdp:update", more="NEXTBOOTID.UPNP.ORG: 8\r\n")
    assert read_notice(update) == notice(bootid=8)


@pytest.mark.parametrize("bootid", ["", "many", "-1", "1" * 30])
def test_a_router_without_a_usable_bootid_is_read_all_the_same(bootid: str) -> None:
    assert read_notice(notify(bootid=bootid)) == notice(bootid=None)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff" * 200, id="noise"),
        pytest.param(b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\n\r\n', id="a search"),
        pytest.param(notify().replace(b"NOTIFY *", b"NOTIFY /"), id="an event"),
        pytest.param(notify().replace(b"NOTIFY * HTTP/1.1", b"HTTP/1.1 200 OK"), id="an answer"),
        pytest.param(notify("ssdp:maybe"), id="another kind"),
        pytest.param(notify(usn=""), id="of nobody"),
        pytest.param(notify(more="X: " + "a" * 5000 + "\r\n"), id="too long"),
    ],
)
def test_what_is_no_notice_is_passed_over(data: bytes) -> None:
    assert read_notice(data) is None


@pytest.mark.parametrize(
    ("last", "now", "told"),
    [
        (None, notice(), STARTED),
        (None, notice(alive=False), STOPPED),
        (notice(), notice(alive=False), STOPPED),
        (notice(alive=False), notice(alive=False), None),
        (notice(alive=False), notice(), STARTED),
        (notice(), notice(), None),
        (notice(), notice(bootid=8), RESTARTED),
        (notice(), notice(origin="192.168.1.1:40415"), None),
        (notice(bootid=None), notice(bootid=None), None),
        (notice(bootid=None), notice(bootid=None, origin="192.168.1.1:40415"), RESTARTED),
    ],
)
def test_only_what_is_new_is_told(last: Notice | None, now: Notice, told: str | None) -> None:
    assert news(last, now) == told


def test_a_router_that_says_the_same_every_half_minute_is_heard_once() -> None:
    source = SsdpNotices(lambda _: None, local=LOCAL, router=LOCAL)
    assert [source.hear(notify(), now) for now in (0, 30, 60)] == [STARTED, None, None]


def test_a_thousand_devices_are_not_remembered() -> None:
    source = SsdpNotices(lambda _: None, local=LOCAL, router=LOCAL)
    told = [source.hear(notify(usn=f"uuid:{number}"), 0) for number in range(1000)]
    assert [why for why in told if why] == [STARTED] * 16
    assert source.hear(notify(bootid="8", usn="uuid:3"), 0) == RESTARTED
