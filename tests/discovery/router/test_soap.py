from __future__ import annotations

import asyncio

import pytest

from discovery.router import soap
from discovery.router.description import Service
from tests.discovery.router.fake_igd import Answer, Body, FakeIgd, Reply, exhibit, flood

KIND = "urn:schemas-upnp-org:service:WANIPConnection:1"


def call(answer: Answer, **arguments: str) -> str:
    with FakeIgd(b"", {"Ask": answer}) as igd:
        service = Service(kind=KIND, control_url=f"http://{igd.host}:{igd.port}/ctl")
        return asyncio.run(soap.call(service, igd.host, "Ask", arguments))


def raw(answer: bytes) -> Body:
    """An answer whose head is written by hand, too."""
    return lambda connection, stop: connection.sendall(answer)


def test_an_action_carries_its_arguments_and_brings_its_answer() -> None:
    heard: list[str] = []

    def answer(body: str) -> bytes:
        heard.append(body)
        return b"<ok/>"

    assert call(Reply(answer), NewPortMappingIndex="7") == "<ok/>"
    assert (
        f'<u:Ask xmlns:u="{KIND}"><NewPortMappingIndex>7</NewPortMappingIndex></u:Ask>' in heard[0]
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (exhibit("fault_action_failed"), 501),
        (exhibit("fault_no_such_entry"), 713),
        (b"<errorCode>many</errorCode>", 0),
        (b"<errorCode>99999</errorCode>", 0),
        (b"\xff\xfe", 0),
        (b"", 0),
    ],
)
def test_a_fault_is_its_number(body: bytes, code: int) -> None:
    with pytest.raises(soap.Refused) as refused:
        call((500, body))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((404, b"<html>"), id="not found"),
        pytest.param((302, b""), id="a redirect"),
        pytest.param(flood(1 << 20), id="too large"),
        pytest.param(raw(b"SSH-2.0-dropbear\r\n\r\n"), id="another protocol"),
        pytest.param(raw(b"HTTP/1.1 OK\r\n\r\n"), id="no status"),
        pytest.param(raw(b"HTTP/1.1\r\n\r\n"), id="half a status line"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), id="cut off"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\n"), id="negative length"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), id="wordy length"),
        pytest.param(raw(b"X: " + b"y" * (1 << 20)), id="a head without an end"),
        pytest.param(raw(b""), id="nothing"),
    ],
)
def test_what_is_no_answer_is_a_value_error_or_an_os_error(answer: Answer) -> None:
    with pytest.raises((ValueError, OSError)) as fault:
        call(answer)
    assert not isinstance(fault.value, soap.Refused)


def test_a_length_that_promises_too_much_is_read_up_to_the_cap() -> None:
    assert call(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nfew")) == "few"


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX: y", "/ä", '/a"', "/a\x00"])
def test_a_url_cannot_smuggle_a_second_line_into_the_request(path: str) -> None:
    with pytest.raises(ValueError, match="one request line"):
        asyncio.run(soap.fetch(f"http://127.0.0.1:9{path}", "127.0.0.1"))


def test_an_impossible_port_is_not_connected_to() -> None:
    with pytest.raises(ValueError, match="impossible port"):
        asyncio.run(soap.fetch("http://127.0.0.1:70000/", "127.0.0.1"))


def test_a_document_is_fetched_from_the_host_that_was_checked_whatever_its_url_says() -> None:
    with FakeIgd(b"hello", {}) as igd:
        url = f"http://198.51.100.7:{igd.port}/rootDesc.xml"
        assert asyncio.run(soap.fetch(url, igd.host)) == "hello"
