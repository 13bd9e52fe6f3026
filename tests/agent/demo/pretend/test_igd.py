"""The pretend router, asked by miniupnpc through the agent's own worker, and by hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from ipaddress import IPv4Address

import pytest

from agent.demo.pretend.doors import HOST
from agent.demo.pretend.igd import DESCRIPTION, Router
from agent.demo.pretend.line import Line
from agent.demo.pretend.web import Asked, web_server
from discovery.observation import Family, IgdEvidence, Seen
from discovery.router.upnp import UpnpMethod
from discovery.router.upnp_process import library_folder
from tests.support.tools import absent

FIRST = IPv4Address("81.2.69.142")
SECOND = IPv4Address("89.160.20.112")
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"


def test_miniupnpc_reads_the_address_and_everything_beside_it() -> None:
    if library_folder() is None:
        absent("needs miniupnpc, which has no wheel here")

    async def main() -> None:
        line = Line(FIRST)
        router = Router(line)
        async with web_server(router.answer) as root:
            method = UpnpMethod(location=root + DESCRIPTION)
            seen = await method.observe(Family.V4)
            assert isinstance(seen, Seen), seen
            assert seen.address == FIRST
            assert isinstance(seen.evidence, IgdEvidence)
            assert seen.evidence.status == "Connected"
            assert seen.evidence.connection_type == "IP_Routed"
            assert seen.evidence.uptime_s == 0

            line.reconnect(SECOND)
            again = await method.observe(Family.V4)
            assert isinstance(again, Seen), again
            assert again.address == SECOND
            assert router.asked == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("GetExternalIPAddress", "<NewExternalIPAddress>81.2.69.142</NewExternalIPAddress>"),
        ("GetStatusInfo", "<NewConnectionStatus>Connected</NewConnectionStatus>"),
        ("GetConnectionTypeInfo", "<NewConnectionType>IP_Routed</NewConnectionType>"),
        ("GetNATRSIPStatus", "<NewNATEnabled>1</NewNATEnabled>"),
    ],
)
def test_each_action_is_answered_in_its_own_name(action: str, expected: str) -> None:
    status, text = asyncio.run(_post(f'"{SERVICE}#{action}"'))
    assert status == 200
    assert f"<u:{action}Response" in text
    assert expected in text


@pytest.mark.parametrize(
    "soap_action",
    [f'"{SERVICE}#AddPortMapping"', '"urn:other:1#GetExternalIPAddress"', ""],
    ids=["an action that is left out", "another service", "no action at all"],
)
def test_an_unknown_action_is_a_upnp_error(soap_action: str) -> None:
    status, text = asyncio.run(_post(soap_action))
    assert status == 500
    assert "<errorCode>401</errorCode>" in text


def test_the_service_description_names_every_action() -> None:
    async def main() -> str:
        return _router().answer(Asked(method="GET", path="/WANIPConn1.xml", headers={})).text

    text = asyncio.run(main())
    for action in ("GetExternalIPAddress", "GetStatusInfo", "GetNATRSIPStatus"):
        assert f"<action><name>{action}</name>" in text


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET /nothing HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", b"HTTP/1.1 400 "),
        (b"X" * 70_000 + b"\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HT", b""),
    ],
    ids=["no such page", "no path", "no length", "too long a body", "too long a head", "half"],
)
def test_damaged_requests_get_an_answer_or_a_closed_door(request_: bytes, expected: bytes) -> None:
    async def main() -> bytes:
        async with web_server(_router().answer) as root:
            reader, writer = await asyncio.open_connection(HOST, int(root.rpartition(":")[2]))
            writer.write(request_)
            writer.write_eof()
            answer = b""
            # What is left unread makes the server's end a reset, on some systems.
            with suppress(ConnectionError):
                answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(main()).startswith(expected)


def _router() -> Router:
    return Router(Line(FIRST))


async def _post(soap_action: str) -> tuple[int, str]:
    headers = {"soapaction": soap_action}
    page = _router().answer(Asked(method="POST", path="/control/WANIPConn1", headers=headers))
    return page.status.value, page.text
