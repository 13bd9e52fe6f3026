"""DNS UPDATE against real BIND and Knot, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import base64
import time
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.engine import nsupdate
from providers.engine.nsupdate import compose, send_update, understand
from providers.engine.wire import DnsReply, DnsUpdate, Fault, RRset, RType, Secret, TsigKey
from tests.support.knot import Knot
from tests.support.named import Named, Zone
from tests.support.tools import free_port

ORIGIN = "example.test"
RECORDS = """
nas 60 A 192.0.2.1
two 60 A 192.0.2.1
two 60 A 192.0.2.2
alias 60 CNAME nas
*.wild 60 A 192.0.2.9
nas 60 TXT "not an address"
"""


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    with Named(tmp_path_factory.mktemp("bind")) as server:
        yield server.start(Zone(ORIGIN, RECORDS, grant="zonesub A AAAA"))


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot(tmp_path_factory.mktemp("knot")) as server:
        yield server.start(ORIGIN, RECORDS)


@pytest.fixture(params=["bind", "knot"])
def server(request: pytest.FixtureRequest) -> Named | Knot:
    chosen: Named | Knot = request.getfixturevalue(request.param)
    return chosen


def key_of(server: Named | Knot) -> TsigKey:
    return TsigKey(name=server.key_name, secret=Secret(server.key_secret))


def rrset(
    name: str, *values: str, live: tuple[str, ...] | None = None, rtype: RType = "A"
) -> RRset:
    return RRset(
        name=f"{name}.{ORIGIN}",
        rtype=rtype,
        values=frozenset(map(ip_address, values)),
        live=None if live is None else frozenset(map(ip_address, live)),
    )


def send(server: Named | Knot, *rrsets: RRset, zone: str = ORIGIN) -> DnsReply | Fault:
    call = DnsUpdate(server=server.endpoint, zone=zone, rrsets=rrsets, key=key_of(server))
    return asyncio.run(send_update(call, 10.0))


OK = DnsReply(rcode="NOERROR")


# ---- what a right update does -------------------------------------------------------------------


def test_several_names_and_both_families_are_replaced_by_one_message(server: Named | Knot) -> None:
    reply = send(
        server,
        rrset("batch1", "192.0.2.11"),
        rrset("batch1", "2001:db8::11", rtype="AAAA"),
        rrset("batch2", "192.0.2.12", "192.0.2.13"),
    )
    assert reply == OK
    assert server.served(f"batch1.{ORIGIN}", "A") == {"192.0.2.11"}
    assert server.served(f"batch1.{ORIGIN}", "AAAA") == {"2001:db8::11"}
    assert server.served(f"batch2.{ORIGIN}", "A") == {"192.0.2.12", "192.0.2.13"}
    assert send(server, rrset("batch2", "192.0.2.14")) == OK
    assert server.served(f"batch2.{ORIGIN}", "A") == {"192.0.2.14"}
    assert server.served(f"nas.{ORIGIN}", "TXT") == {'"not an address"'}


def test_the_apex_and_a_wildcard_are_names_like_others(server: Named | Knot) -> None:
    apex = replace(rrset("x", "192.0.2.20"), name=ORIGIN)
    assert send(server, apex, rrset("*", "192.0.2.21")) == OK
    assert server.served(ORIGIN, "A") == {"192.0.2.20"}
    assert server.served(f"any.{ORIGIN}", "A") == {"192.0.2.21"}


def test_no_values_remove_the_rrset(server: Named | Knot) -> None:
    assert send(server, rrset("gone", "192.0.2.1")) == OK
    assert send(server, rrset("gone", live=("192.0.2.1",))) == OK
    assert "192.0.2.1" not in server.served(f"gone.{ORIGIN}", "A")


# ---- prerequisites ------------------------------------------------------------------------------


def test_a_set_that_somebody_changed_is_not_overwritten(server: Named | Knot) -> None:
    reply = send(server, rrset("two", "192.0.2.30", live=("192.0.2.1", "192.0.2.99")))
    assert reply == DnsReply(rcode="NXRRSET")
    assert server.served(f"two.{ORIGIN}", "A") == {"192.0.2.1", "192.0.2.2"}


def test_the_whole_set_is_compared_not_a_part_of_it(server: Named | Knot) -> None:
    part = rrset("two", "192.0.2.30", live=("192.0.2.1",))
    assert send(server, part) == DnsReply(rcode="NXRRSET")
    whole = rrset("two", "192.0.2.1", "192.0.2.2", live=("192.0.2.2", "192.0.2.1"))
    assert send(server, whole) == OK


def test_a_name_that_was_absent_is_created_only_if_it_still_is(server: Named | Knot) -> None:
    first = rrset("new", "192.0.2.40", live=())
    assert send(server, first) == OK
    assert send(server, replace(first, values=frozenset())) == DnsReply(rcode="YXRRSET")
    assert server.served(f"new.{ORIGIN}", "A") == {"192.0.2.40"}


def test_a_family_is_created_beside_the_other(server: Named | Knot) -> None:
    assert send(server, rrset("beside", "192.0.2.41", live=())) == OK
    assert send(server, rrset("beside", "2001:db8::41", live=(), rtype="AAAA")) == OK
    assert server.served(f"beside.{ORIGIN}", "A") == {"192.0.2.41"}


def test_an_alias_is_an_error_and_not_a_silent_nothing(server: Named | Knot) -> None:
    assert send(server, rrset("alias", "192.0.2.50")) == DnsReply(rcode="YXRRSET")


def test_an_answer_made_by_a_wildcard_is_not_a_set_at_that_name(server: Named | Knot) -> None:
    from_wildcard = rrset("host.wild", "192.0.2.60", live=("192.0.2.9",))
    assert send(server, from_wildcard) == DnsReply(rcode="NXRRSET")
    assert send(server, replace(from_wildcard, live=frozenset())) == OK
    assert server.served(f"host.wild.{ORIGIN}", "A") == {"192.0.2.60"}


# ---- who may ------------------------------------------------------------------------------------


def send_with(server: Named | Knot, key: TsigKey | None, *, probe: bool = False) -> DnsReply:
    rrsets = (rrset("nas", "192.0.2.66"),)
    call = DnsUpdate(server=server.endpoint, zone=ORIGIN, rrsets=rrsets, key=key, query_only=probe)
    reply = asyncio.run(send_update(call, 10.0))
    assert isinstance(reply, DnsReply), reply
    assert server.served(f"nas.{ORIGIN}", "A") == {"192.0.2.1"}
    return reply


@pytest.mark.parametrize("probe", [False, True])
def test_a_wrong_secret_is_named(server: Named | Knot, probe: bool) -> None:
    key = replace(key_of(server), secret=Secret(base64.b64encode(b"x" * 32).decode()))
    assert send_with(server, key, probe=probe).tsig == "BADSIG"


@pytest.mark.parametrize("probe", [False, True])
def test_an_unknown_key_and_an_unknown_algorithm_are_named(
    server: Named | Knot, probe: bool
) -> None:
    right = key_of(server)
    assert send_with(server, replace(right, name="other."), probe=probe).tsig == "BADKEY"
    other_algorithm = replace(right, algorithm="hmac-sha512")
    assert send_with(server, other_algorithm, probe=probe).tsig == "BADKEY"


def test_a_forbidden_type_is_refused_in_each_servers_own_way(bind: Named, knot: Knot) -> None:
    def forbidden(server: Named | Knot) -> DnsReply | Fault:
        call = DnsUpdate(
            server=server.endpoint,
            zone=ORIGIN,
            rrsets=(rrset("text", "192.0.2.1"),),
            key=key_of(server),
        )
        # TXT is no RType of ours; the servers were told to allow the key only A and AAAA.
        (one,) = call.rrsets
        text = replace(call, rrsets=(replace(one, rtype="TXT"),))  # type: ignore[arg-type] # on purpose
        return asyncio.run(send_update(text, 10.0))

    assert forbidden(bind) == DnsReply(rcode="REFUSED")
    reply = forbidden(knot)
    assert isinstance(reply, DnsReply)
    assert reply.tsig == "BADKEY"


def test_no_key_is_refused(server: Named | Knot) -> None:
    assert send_with(server, None).rcode in {"REFUSED", "NOTAUTH"}


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_is_told_with_its_offset(
    server: Named | Knot, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_clock = types.SimpleNamespace(time=lambda: time.time() + hours * 3600)
    monkeypatch.setattr(dns.message, "time", wrong_clock)
    reply = send_with(server, key_of(server))
    assert reply.tsig == "BADTIME"
    assert reply.clock_ahead == pytest.approx(-hours * 3600, abs=60)


@pytest.mark.parametrize("algorithm", ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha512"])
def test_every_algorithm_on_offer_signs(tmp_path: Path, algorithm: str) -> None:
    with Named(tmp_path) as server:
        server.key_algorithm = algorithm
        server.start(Zone(ORIGIN, RECORDS))
        key = replace(key_of(server), algorithm=algorithm)
        call = DnsUpdate(
            server=server.endpoint, zone=ORIGIN, rrsets=(rrset("nas", "192.0.2.7"),), key=key
        )
        assert asyncio.run(send_update(call, 10.0)) == OK


def test_a_foreign_zone_is_never_taken_as_success(bind: Named, knot: Knot) -> None:
    stranger = RRset(name="a.other.test", rtype="A", values=frozenset({ip_address("192.0.2.1")}))
    assert send(bind, stranger, zone="other.test") == DnsReply(rcode="NOTAUTH")
    assert send(knot, stranger, zone="other.test") == DnsReply(rcode="NOTAUTH", tsig="UNSIGNED")


# ---- proof of the key without a write -----------------------------------------------------------


def ask(server: Named | Knot, zone: str) -> DnsReply | Fault:
    call = DnsUpdate(
        server=server.endpoint, zone=zone, rrsets=(), key=key_of(server), query_only=True
    )
    return asyncio.run(send_update(call, 10.0))


def test_a_signed_soa_query_proves_the_key_and_the_zone(server: Named | Knot) -> None:
    assert ask(server, ORIGIN) == OK


def test_a_name_inside_a_zone_is_not_the_zone(server: Named | Knot) -> None:
    assert ask(server, f"nas.{ORIGIN}").rcode == "NOTAUTH"  # type: ignore[union-attr] # a Fault has none and fails too


# ---- servers that misbehave ---------------------------------------------------------------------

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SECRET = base64.b64encode(b"not to be seen anywhere").decode()
KEY = TsigKey(name="home.", secret=Secret(SECRET))


@asynccontextmanager
async def fake(handler: Handler) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def talk(handler: Handler, *, limit: float = 10.0, key: TsigKey | None = KEY) -> DnsReply | Fault:
    async def main() -> DnsReply | Fault:
        async with fake(handler) as port:
            call = DnsUpdate(
                server=f"127.0.0.1:{port}",
                zone=ORIGIN,
                rrsets=(rrset("nas", "192.0.2.1"),),
                key=key,
            )
            return await send_update(call, limit)

    reply = asyncio.run(main())
    assert SECRET not in repr(reply)
    return reply


async def asked(reader: asyncio.StreamReader) -> dns.message.Message:
    size = int.from_bytes(await reader.readexactly(2))
    return dns.message.from_wire(await reader.readexactly(size), keyring=False)


def framed(message: dns.message.Message) -> bytes:
    return message.to_wire(prepend_length=True)


def unsigned_reply(query: dns.message.Message, rcode: dns.rcode.Rcode) -> dns.message.Message:
    reply = dns.message.make_response(query)
    reply.tsig = None
    reply.want_tsig_sign = False
    reply.set_rcode(rcode)
    return reply


def test_an_unsigned_yes_is_not_a_yes() -> None:
    async def liar(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(framed(unsigned_reply(await asked(reader), dns.rcode.NOERROR)))
        await writer.drain()

    assert talk(liar) == DnsReply(rcode="NOERROR", tsig="UNSIGNED")
    assert talk(liar, key=None) == OK


def test_a_yes_signed_by_another_key_is_not_a_yes() -> None:
    async def forger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await asked(reader)
        reply = dns.message.make_response(query)
        reply.use_tsig(dns.tsig.Key("home.", b"a guess"))
        reply.request_mac = query.mac or b""
        writer.write(framed(reply))
        await writer.drain()

    assert talk(forger) == DnsReply(rcode="NOERROR", tsig="UNSIGNED")


def test_an_answer_with_another_id_is_not_an_answer() -> None:
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = unsigned_reply(await asked(reader), dns.rcode.NOERROR)
        reply.id ^= 1
        writer.write(framed(reply))
        await writer.drain()

    reply = talk(stranger)
    assert isinstance(reply, Fault)
    assert reply.sent
    assert "another question" in reply.text


def test_an_answer_that_says_it_was_cut_is_not_an_answer() -> None:
    async def cutter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = unsigned_reply(await asked(reader), dns.rcode.NOERROR)
        reply.flags |= dns.flags.TC
        writer.write(framed(reply))
        await writer.drain()

    reply = talk(cutter, key=None)
    assert isinstance(reply, Fault)
    assert "cut" in reply.text


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00",
        b"\x00\x00",
        b"\x00\x05HTTP/",
        b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 65536,
        b"\xff\xff" + b"\xff" * 65535,
        b"\x00\x0c" + bytes(12),
    ],
    ids=["nothing", "half a length", "length nought", "short", "a web server", "all ones", "null"],
)
def test_junk_is_a_fault_that_says_the_update_was_sent(junk: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(junk)
        await writer.drain()

    reply = talk(speak)
    assert isinstance(reply, Fault)
    assert reply.sent


def test_a_reset_after_the_update_is_a_fault_that_says_it_was_sent() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.transport.abort()

    reply = talk(hang_up)
    assert isinstance(reply, Fault)
    assert reply.sent


def test_silence_ends_at_the_limit() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side gives up

    reply = talk(wait, limit=0.05)
    assert isinstance(reply, Fault)
    assert reply.sent
    assert "did not answer within 0.05 s" in reply.text


def test_nobody_listening_is_a_fault_that_says_nothing_was_sent() -> None:
    call = DnsUpdate(
        server=f"127.0.0.1:{free_port()}",
        zone=ORIGIN,
        rrsets=(rrset("nas", "192.0.2.1"),),
        key=KEY,
    )
    reply = asyncio.run(send_update(call, 10.0))
    assert isinstance(reply, Fault)
    assert not reply.sent
    assert "cannot be reached" in reply.text


def test_being_cancelled_leaves_no_connection_behind() -> None:
    async def main() -> None:
        arrived, left = asyncio.Event(), asyncio.Event()

        async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asked(reader)
            arrived.set()
            await reader.read()
            left.set()

        async with fake(wait) as port:
            call = DnsUpdate(
                server=f"127.0.0.1:{port}",
                zone=ORIGIN,
                rrsets=(rrset("nas", "192.0.2.1"),),
                key=KEY,
            )
            sending = asyncio.create_task(send_update(call, 600.0))
            await asyncio.wait_for(arrived.wait(), 10)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await asyncio.wait_for(left.wait(), 10)

    asyncio.run(main())


# ---- settings that cannot work ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "secret", "algorithm"),
    [
        ("home.", "not base64", "hmac-sha256"),
        ("home.", f"{SECRET[:8]}!{SECRET[8:]}", "hmac-sha256"),
        ("home.", "", "hmac-sha256"),
        ("home.", SECRET, "hmac-sha3"),
        ("a" * 64 + ".", SECRET, "hmac-sha256"),
    ],
)
def test_what_cannot_be_a_key_is_told_without_sending(
    name: str, secret: str, algorithm: str
) -> None:
    key = TsigKey(name=name, secret=Secret(secret), algorithm=algorithm)
    call = DnsUpdate(server="127.0.0.1:1", zone=ORIGIN, rrsets=(), key=key)
    assert asyncio.run(send_update(call, 1.0)) == DnsReply(rcode="", tsig="UNUSABLE")


def test_a_secret_may_be_broken_over_lines(bind: Named) -> None:
    text = bind.key_secret
    key = replace(key_of(bind), secret=Secret(f" {text[:10]}\n{text[10:]}\n"))
    call = DnsUpdate(server=bind.endpoint, zone=ORIGIN, rrsets=(), key=key, query_only=True)
    assert asyncio.run(send_update(call, 10.0)) == OK


@pytest.mark.parametrize("name", ["a..b", "a" * 64, ".".join(["a" * 60] * 5)])
def test_a_name_that_dns_cannot_carry_is_told_without_sending(name: str) -> None:
    call = DnsUpdate(
        server="127.0.0.1:1",
        zone=ORIGIN,
        rrsets=(RRset(name=name, rtype="A", values=frozenset()),),
        key=None,
    )
    reply = asyncio.run(send_update(call, 1.0))
    assert isinstance(reply, Fault)
    assert not reply.sent


@pytest.mark.parametrize(
    ("server", "parts"),
    [
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("ns1.example.com:53", ("ns1.example.com", 53)),
        ("ns1.example.com", ("ns1.example.com", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("2001:db8::53", ("2001:db8::53", 53)),
    ],
)
def test_a_server_is_written_with_or_without_a_port(server: str, parts: tuple[str, int]) -> None:
    assert nsupdate._endpoint(server) == parts


# ---- any octets ---------------------------------------------------------------------------------

QUESTION = compose(DnsUpdate(server="", zone=ORIGIN, rrsets=(), key=None), None)
SIGNED = compose(
    DnsUpdate(server="", zone=ORIGIN, rrsets=(rrset("nas", "192.0.2.1"),), key=None),
    dns.tsig.Key("home.", b"secret"),
)
SIGNED.to_wire()
HEADER = SIGNED.id.to_bytes(2) + b"\xa8\x00"  # our id; a response to an UPDATE, NOERROR


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda tail: HEADER + tail)))
def test_no_octets_are_taken_as_success_and_none_raise_anything_else(octets: bytes) -> None:
    try:
        reply = understand(octets, SIGNED)
    except nsupdate._UnansweredError:
        return
    assert reply.tsig
