from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from discovery.router.description import Service
from discovery.router.port_mappings import Entry, MappingList, list_mappings, read_entry, towards
from discovery.router.view import PortMapping
from tests.discovery.router.fake_igd import Answer, FakeIgd, Reply, drip, exhibit, flood

KIND = "urn:schemas-upnp-org:service:WANIPConnection:1"
ENTRY = exhibit("mapping_tcp").decode()
END = (500, exhibit("fault_no_such_entry"))
NO = (500, exhibit("fault_action_failed"))
WEB = PortMapping(
    protocol="tcp",
    external_port=8080,
    host="192.168.1.10",
    port=80,
    description="web & mail",
    lease_s=3600,
)


def changed(name: str, value: str) -> str:
    return re.sub(rf"<{name}>[^<]*</{name}>", f"<{name}>{value}</{name}>", ENTRY)


@pytest.mark.parametrize("name", ["mapping_tcp", "mapping_with_data_types"])
def test_an_entry_is_read_however_it_is_written(name: str) -> None:
    assert read_entry(exhibit(name).decode()) == Entry(mapping=WEB)


def test_a_description_is_shown_without_what_could_harm_a_terminal() -> None:
    entry = read_entry(exhibit("mapping_with_escapes").decode())
    assert entry is not None
    assert entry.mapping.description == "[2Jall is wellIPv4: yes&lt;b&gt;"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NewProtocol", "SCTP"),
        ("NewProtocol", ""),
        ("NewExternalPort", "70000"),
        ("NewExternalPort", "-1"),
        ("NewExternalPort", "http"),
        ("NewInternalPort", ""),
        ("NewInternalPort", "9" * 5000),
        ("NewInternalClient", ""),
        ("NewInternalClient", "\x1b\x07"),
    ],
)
def test_an_entry_that_makes_no_sense_is_none(name: str, value: str) -> None:
    assert read_entry(changed(name, value)) is None


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("NewExternalPort", "0", "external_port", 0),
        ("NewProtocol", "udp", "protocol", "udp"),
        ("NewEnabled", "0", "enabled", False),
        ("NewEnabled", "maybe", "enabled", True),
        ("NewLeaseDuration", "0", "lease_s", 0),
        ("NewLeaseDuration", "long", "lease_s", None),
        ("NewInternalClient", "nas.lan", "host", "nas.lan"),
    ],
)
def test_an_entry_may_be_odd(name: str, value: str, attribute: str, expected: object) -> None:
    entry = read_entry(changed(name, value))
    assert entry is not None
    assert getattr(entry.mapping, attribute) == expected


def test_ours_are_told_apart_from_those_of_other_machines() -> None:
    entries = tuple(
        Entry(mapping=PortMapping(protocol="tcp", external_port=port, host=host, port=port))
        for port, host in enumerate(("192.168.1.10", "192.168.1.1", "192.168.1.100", "nas.lan"))
    )
    ours, others = towards(entries, {"192.168.1.10"})
    assert ([one.host for one in ours], others) == (["192.168.1.10"], 3)


def walk(answer: Answer, *, limit: float = 30, most: int = 8) -> tuple[MappingList, int]:
    """The list that a router gives, and how often it was asked."""
    with FakeIgd(b"", {"GetGenericPortMappingEntry": answer}) as igd:
        service = Service(kind=KIND, control_url=f"http://{igd.host}:{igd.port}/ctl")
        listed = asyncio.run(list_mappings(service, igd.host, limit=limit, most=most))
        return listed, len(igd.requests)


def by_index(make: Callable[[int], bytes | tuple[int, bytes]]) -> Reply:
    def answer(body: str) -> bytes | tuple[int, bytes]:
        found = re.search(r"<NewPortMappingIndex>(\d+)<", body)
        assert found is not None
        return make(int(found[1]))

    return Reply(answer)


def entry(index: int) -> bytes:
    return changed("NewExternalPort", str(8080 + index)).encode()


def ports(listed: MappingList) -> list[int]:
    assert listed.entries is not None
    return [one.mapping.external_port for one in listed.entries]


@pytest.mark.parametrize("end", [END, NO], ids=["713, as it should", "501, as some routers do"])
def test_a_list_is_walked_to_its_end(end: tuple[int, bytes]) -> None:
    listed, asked = walk(by_index(lambda index: entry(index) if index < 3 else end))
    assert (ports(listed), listed.note, asked) == ([8080, 8081, 8082], "", 4)


def test_an_empty_list_is_empty_and_not_unknown() -> None:
    assert walk(END) == (MappingList(entries=()), 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(NO, "refused to show it (UPnP error 501)", id="refuses"),
        pytest.param((500, b"\xff"), "refused to show it (UPnP error 0)", id="a fault of junk"),
        pytest.param((404, b""), "broke off", id="not found"),
        pytest.param(flood(20 << 20), "broke off", id="sends 20 MB"),
        pytest.param(b"\xff" * 1000, "makes no sense", id="sends noise"),
        pytest.param(changed("NewProtocol", "x").encode(), "makes no sense", id="no protocol"),
    ],
)
def test_a_list_that_cannot_be_had_is_none_with_a_reason(answer: Answer, why: str) -> None:
    listed, _ = walk(answer)
    assert listed.entries is None
    assert why in listed.note
    assert listed.note.startswith("the list of port mappings cannot be had: the router ")


def test_a_router_that_drips_its_answer_ends_with_the_time() -> None:
    listed, _ = walk(drip, limit=0.2)
    assert listed.entries is None
    assert "did not finish it within 0.2 s" in listed.note


def test_a_list_without_an_end_is_cut() -> None:
    listed, asked = walk(by_index(entry))
    assert (len(ports(listed)), asked) == (8, 8)
    assert listed.note == "only the first 8 port mappings are known: the list has 8 entries or more"


def test_the_same_entry_for_every_index_is_one_entry() -> None:
    listed, asked = walk(ENTRY.encode())
    assert (ports(listed), asked) == ([8080], 2)
    assert "the same entry again" in listed.note


def test_one_port_open_for_two_strangers_is_two_entries() -> None:
    def answer(index: int) -> bytes | tuple[int, bytes]:
        who = changed("NewRemoteHost", f"198.51.100.{index}").encode()
        return who if index < 2 else END

    assert ports(walk(by_index(answer))[0]) == [8080, 8080]


@pytest.mark.parametrize("end", [drip, flood(20 << 20), b"junk", (404, b"")])
def test_what_came_before_the_trouble_is_kept(end: Answer) -> None:
    def answer(body: str) -> bytes | tuple[int, bytes]:
        return entry(0) if "Index>0<" in body else b"unused"

    class Turning(FakeIgd):
        """Answers the first request well, and every later one with `end`."""

        def _answer_to(self, action: str, path: str) -> Answer:
            return Reply(answer) if len(self.requests) == 1 else end

    with Turning(b"", {}) as igd:
        service = Service(kind=KIND, control_url=f"http://{igd.host}:{igd.port}/ctl")
        listed = asyncio.run(list_mappings(service, igd.host, limit=0.5))
    assert ports(listed) == [8080]
    assert listed.note.startswith("only the first port mapping is known: ")
