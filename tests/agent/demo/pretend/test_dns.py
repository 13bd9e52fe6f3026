"""The pretend name servers, asked over real sockets by dnspython and by the agent's own sender."""

from __future__ import annotations

import asyncio
import base64
import struct
from ipaddress import IPv4Address

import dns.asyncquery
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import dns.update
import pytest

from agent.demo.pretend.dns import NameServer
from agent.demo.pretend.doors import Endpoint
from agent.demo.pretend.zone import new_zone
from providers.engine.nsupdate import send_update
from providers.engine.wire import DnsReply, DnsUpdate, RRset, Secret, TsigKey
from tests.support.simloop import run_simulated

SERVERS = {"ns1.example.com": "127.0.0.1", "ns2.example.com": "127.0.0.1"}
HOME = "home.example.com"
SECRET = base64.b64encode(b"a key that only tests know").decode()
WRONG = base64.b64encode(b"another key altogether").decode()
OLD, NEW = IPv4Address("81.2.69.142"), IPv4Address("81.2.69.160")


def server() -> NameServer:
    return NameServer(new_zone("example.com", SERVERS), {"home.": SECRET})


def errand(
    at: Endpoint,
    *,
    secret: str = SECRET,
    name: str = "home.",
    live: frozenset[IPv4Address] | None = frozenset(),
    query_only: bool = False,
) -> DnsUpdate:
    rrset = RRset(name=HOME, rtype="A", values=frozenset({NEW}), ttl=60, live=live)
    return DnsUpdate(
        server=f"{at[0]}:{at[1]}",
        zone="example.com",
        rrsets=() if query_only else (rrset,),
        key=TsigKey(name=name, secret=Secret(secret)),
        query_only=query_only,
    )


async def look(at: Endpoint, name: str = HOME) -> frozenset[str]:
    query = dns.message.make_query(name, "A", flags=0)
    response = await dns.asyncquery.udp(query, at[0], port=at[1], timeout=5)
    return frozenset(rdata.to_text() for rrset in response.answer for rdata in rrset)


def test_the_agents_own_sender_creates_and_then_replaces_a_record() -> None:
    async def main() -> None:
        primary = server()
        async with primary.open() as at:
            assert await send_update(errand(at), 5) == DnsReply(rcode="NOERROR")
            assert await look(at) == {str(NEW)}
            assert await send_update(errand(at), 5) == DnsReply(rcode="YXRRSET")
            changed = errand(at, live=frozenset({OLD}))
            assert await send_update(changed, 5) == DnsReply(rcode="NXRRSET")
            again = errand(at, live=frozenset({NEW}))
            assert await send_update(again, 5) == DnsReply(rcode="NOERROR")
        assert primary.updates == 4

    asyncio.run(main())


def test_a_key_is_proved_without_a_write() -> None:
    async def main() -> None:
        primary = server()
        async with primary.open() as at:
            assert await send_update(errand(at, query_only=True), 5) == DnsReply(rcode="NOERROR")
        assert primary.updates == 0

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "secret", "tsig"),
    [("home.", WRONG, "BADSIG"), ("stranger.", SECRET, "BADKEY")],
    ids=["a wrong secret", "an unknown name"],
)
@pytest.mark.parametrize("query_only", [False, True], ids=["update", "query"])
def test_a_bad_key_changes_nothing_and_is_told_why(
    name: str, secret: str, tsig: str, query_only: bool
) -> None:
    async def main() -> None:
        primary = server()
        async with primary.open() as at:
            reply = await send_update(
                errand(at, name=name, secret=secret, query_only=query_only), 5
            )
            assert isinstance(reply, DnsReply)
            assert (reply.rcode, reply.tsig) == ("NOTAUTH", tsig)
            assert await look(at) == frozenset()

    asyncio.run(main())


def test_dnspython_itself_accepts_the_signature_of_the_answer() -> None:
    async def main() -> None:
        async with server().open() as (host, port):
            keyring = dns.tsigkeyring.from_text({"home.": ("hmac-sha256", SECRET)})
            message = dns.update.UpdateMessage("example.com", keyring=keyring)
            message.add("home", 60, "A", str(NEW))
            response = await dns.asyncquery.tcp(message, host, port=port, timeout=5)
            assert response.rcode() == dns.rcode.NOERROR
            assert response.had_tsig

    asyncio.run(main())


@pytest.mark.parametrize("keyed", [True, False], ids=["the primary", "the secondary"])
def test_an_unsigned_update_is_refused(keyed: bool) -> None:
    async def main() -> None:
        one = server() if keyed else NameServer(new_zone("example.com", SERVERS))
        async with one.open() as (host, port):
            message = dns.update.UpdateMessage("example.com")
            message.add("home", 60, "A", str(NEW))
            response = await dns.asyncquery.udp(message, host, port=port, timeout=5)
            assert response.rcode() == dns.rcode.REFUSED
        assert one.zone.values(HOME, "A") == frozenset()

    asyncio.run(main())


def test_the_secondary_copies_the_zone_when_its_lag_is_over() -> None:
    async def main() -> None:
        primary, secondary = server(), NameServer(new_zone("example.com", SERVERS))
        secondary.follow(primary, lag=0.15)
        keyring = dns.tsigkeyring.from_text({"home.": ("hmac-sha256", SECRET)})
        message = dns.update.UpdateMessage("example.com", keyring=keyring)
        message.add("home", 60, "A", str(NEW))
        assert primary.respond(message.to_wire(), tcp=True) is not None
        await asyncio.sleep(0.149)
        assert primary.zone.values(HOME, "A") == {str(NEW)}
        assert secondary.zone.values(HOME, "A") == frozenset()
        await asyncio.sleep(0.002)
        assert secondary.zone == primary.zone

    run_simulated(main())


def test_an_answer_that_does_not_fit_is_cut_over_udp_and_whole_over_tcp() -> None:
    async def main() -> None:
        primary = server()
        async with primary.open() as at:
            values = frozenset(IPv4Address(f"81.2.69.{number}") for number in range(1, 60))
            call = errand(at)
            crowd = RRset(name=HOME, rtype="A", values=values, ttl=60, live=frozenset())
            whole = DnsUpdate(server=call.server, zone=call.zone, rrsets=(crowd,), key=call.key)
            assert await send_update(whole, 5) == DnsReply(rcode="NOERROR")
            query = dns.message.make_query(HOME, "A", flags=0)
            cut = await dns.asyncquery.udp(query, at[0], port=at[1], timeout=5)
            assert cut.flags & dns.flags.TC
            response = await dns.asyncquery.tcp(query, at[0], port=at[1], timeout=5)
            assert len(response.answer[0]) == len(values)
            wide = dns.message.make_query(HOME, "A", flags=0, use_edns=0, payload=1232)
            fits = await dns.asyncquery.udp(wide, at[0], port=at[1], timeout=5)
            assert not fits.flags & dns.flags.TC

    asyncio.run(main())


QUERY = dns.message.make_query(HOME, "A").to_wire()


@pytest.mark.parametrize(
    ("octets", "rcode"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(QUERY[:11], None, id="half a header"),
        pytest.param(QUERY[:2] + b"\x80" + QUERY[3:], None, id="an answer"),
        pytest.param(QUERY[:20], dns.rcode.FORMERR, id="half a question"),
        pytest.param(QUERY + b"more", dns.rcode.FORMERR, id="something after the end"),
        pytest.param(QUERY[:2] + b"\x10" + QUERY[3:], dns.rcode.NOTIMP, id="a STATUS request"),
    ],
)
def test_damaged_messages(octets: bytes, rcode: dns.rcode.Rcode | None) -> None:
    response = server().respond(octets, tcp=False)
    if rcode is None:
        assert response is None
        return
    assert response is not None
    assert response[:2] == octets[:2]
    assert response[2] & 0x80
    assert response[3] & 0x0F == rcode


def test_an_empty_tcp_message_ends_the_connection() -> None:
    async def main() -> bytes:
        async with server().open() as (host, port):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(struct.pack("!H", 0))
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(main()) == b""
