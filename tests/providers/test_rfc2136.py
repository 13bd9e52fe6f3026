"""DNS UPDATE as a provider: real BIND and Knot, and scripted answers for the rest of the table."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from ipaddress import ip_address
from typing import cast

import dns.message
import dns.query
import pytest

from providers.engine.drive import drive
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.rcodes import refusal_of
from providers.engine.sender import Sender
from providers.engine.wire import DnsReply, DnsUpdate, Job, RRset, RType, Secret, TsigKey
from providers.rfc2136 import RFC2136
from tests.support.gremlin import Gremlin
from tests.support.knot import Knot
from tests.support.named import Named, Zone

ORIGIN = "example.test"
RECORDS = """
nas 60 A 192.0.2.1
alias 60 CNAME nas
*.wild 60 A 192.0.2.9
"""
OLD, NEW = "192.0.2.1", "192.0.2.2"


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    with Named(tmp_path_factory.mktemp("bind")) as server:
        below = Zone(f"sub.{ORIGIN}", grant="zonesub A")
        yield server.start(Zone(ORIGIN, RECORDS, grant="zonesub A AAAA"), below)


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot(tmp_path_factory.mktemp("knot")) as server:
        yield server.start(ORIGIN, RECORDS)


@pytest.fixture(params=["bind", "knot"])
def server(request: pytest.FixtureRequest) -> Named | Knot:
    return cast("Named | Knot", request.getfixturevalue(request.param))


def rrset(
    name: str,
    *values: str,
    live: tuple[str, ...] | None = None,
    rtype: RType = "A",
    ttl: int | None = None,
) -> RRset:
    return RRset(
        name=f"{name}.{ORIGIN}",
        rtype=rtype,
        values=frozenset(map(ip_address, values)),
        live=None if live is None else frozenset(map(ip_address, live)),
        ttl=ttl,
    )


def run(
    server: Named | Knot,
    *rrsets: RRset,
    zone: str = ORIGIN,
    verify: bool = False,
    **settings: str | Secret | bool,
) -> tuple[Outcome, int]:
    """Do one errand; how many messages it took comes back too."""

    async def main() -> tuple[Outcome, int]:
        async with Gremlin(("127.0.0.1", server.port), dns=True) as wire:
            job = Job(
                zone=zone,
                rrsets=rrsets,
                settings={
                    "server": f"127.0.0.1:{wire.port}",
                    "key_name": server.key_name,
                    "key_secret": Secret(server.key_secret),
                    **settings,
                },
            )
            assert RFC2136.verify is not None
            steps = RFC2136.verify(job) if verify else RFC2136.update(job)
            return await drive(steps, Sender(), pauses=()), len(wire.requests)

    return asyncio.run(main())


def refused(outcome: Outcome, cause: Cause, *words: str) -> None:
    assert isinstance(outcome, Refused), outcome
    assert outcome.cause is cause, outcome
    for word in words:
        assert word in outcome.text


# ---- errands ------------------------------------------------------------------------------------


def test_a_zone_takes_one_message(server: Named | Knot) -> None:
    wanted = (
        rrset("z1", NEW, live=()),
        rrset("z1", "2001:db8::1", live=(), rtype="AAAA"),
        rrset("z2", NEW),
    )
    assert run(server, *wanted) == (Changed(), 1)
    assert server.served(f"z1.{ORIGIN}", "AAAA") == {"2001:db8::1"}
    assert server.served(f"z2.{ORIGIN}", "A") == {NEW}


def test_one_family_leaves_the_other_alone(server: Named | Knot) -> None:
    name, six = f"z5.{ORIGIN}", rrset("z5", "2001:db8::1", live=(), rtype="AAAA")
    assert run(server, rrset("z5", OLD, live=()), six) == (Changed(), 1)
    assert run(server, rrset("z5", NEW, live=(OLD,))) == (Changed(), 1)
    assert (server.served(name, "A"), server.served(name, "AAAA")) == ({NEW}, {"2001:db8::1"})
    moved = rrset("z5", "2001:db8::2", live=("2001:db8::1",), rtype="AAAA")
    assert run(server, moved) == (Changed(), 1)
    assert (server.served(name, "A"), server.served(name, "AAAA")) == ({NEW}, {"2001:db8::2"})


def test_what_live_dns_shows_right_already_is_not_sent(server: Named | Knot) -> None:
    assert run(server, rrset("nas", OLD, live=(OLD,))) == (Unchanged(), 0)
    beside = rrset("z3", NEW, live=())
    assert run(server, rrset("z4", NEW, live=(NEW,)), beside) == (Changed(), 1)
    assert server.served(f"z3.{ORIGIN}", "A") == {NEW}
    assert server.served(f"z4.{ORIGIN}", "A") == set()


def test_a_thousand_names_take_a_handful_of_messages(server: Named | Knot) -> None:
    wanted = [rrset(f"many{number}", NEW, live=()) for number in range(1000)]
    assert run(server, *wanted) == (Changed(), 4)
    for number in (0, 499, 999):
        assert server.served(f"many{number}.{ORIGIN}", "A") == {NEW}


def test_no_message_can_be_too_large_for_dns(server: Named | Knot) -> None:
    """Long names that share nothing, and every kind of record that an RRset can cost."""
    addresses = [f"2001:db8::{number}" for number in range(1, 9)]
    names = [".".join(f"{number}{x}".ljust(60, x) for x in "abc") for number in range(200)]
    wanted = [rrset(name, *addresses, live=(), rtype="AAAA") for name in names]
    outcome, messages = run(server, *wanted)
    assert (outcome, messages > 1) == (Changed(), True)
    assert server.served(f"{names[-1]}.{ORIGIN}", "AAAA") == set(addresses)


def test_one_edited_name_of_hundreds_is_found_in_few_messages(server: Named | Knot) -> None:
    wanted = [rrset(f"of{number}", NEW, live=()) for number in range(200)]
    wanted.insert(77, rrset("nas", NEW, live=("192.0.2.200",)))
    outcome, messages = run(server, *wanted)
    refused(outcome, Cause.CONFLICT, "meanwhile")
    assert messages < 24
    assert all(server.served(f"of{number}.{ORIGIN}", "A") == {NEW} for number in (0, 76, 77, 199))


def test_what_an_earlier_message_made_is_no_conflict(server: Named | Knot) -> None:
    """Its answer was lost, or spoke of another record of the same errand."""
    for name, before in (("again1", ()), ("again2", (OLD,))):
        run(server, rrset(name, NEW))
        assert run(server, rrset(name, NEW, live=before))[0] == Changed()
        assert server.served(f"{name}.{ORIGIN}", "A") == {NEW}


def test_a_key_that_may_change_nothing_is_not_tried_on_every_name(bind: Named) -> None:
    wanted = [rrset(f"{number}.sub", "2001:db8::1", rtype="AAAA") for number in range(200)]
    outcome, messages = run(bind, *wanted, zone=f"sub.{ORIGIN}")
    refused(outcome, Cause.REJECTED, "update-policy")
    assert messages < 12


def test_another_persons_edit_is_not_overwritten_and_holds_up_nobody(
    server: Named | Knot,
) -> None:
    wanted = [rrset(f"good{number}", NEW, live=()) for number in range(7)]
    wanted.insert(3, rrset("nas", NEW, live=("192.0.2.200",)))
    outcome, _ = run(server, *wanted)
    refused(outcome, Cause.CONFLICT, "meanwhile")
    assert server.served(f"nas.{ORIGIN}", "A") == {OLD}
    assert all(server.served(f"good{number}.{ORIGIN}", "A") == {NEW} for number in range(7))


def test_a_name_that_a_wildcard_answered_for_gets_its_own_record(server: Named | Knot) -> None:
    outcome, messages = run(server, rrset("own.wild", NEW, live=("192.0.2.9",)))
    assert (outcome, messages) == (Changed(), 2)
    assert server.served(f"own.wild.{ORIGIN}", "A") == {NEW}
    assert server.served(f"else.wild.{ORIGIN}", "A") == {"192.0.2.9"}


@pytest.mark.parametrize("live", [None, (OLD,)])
def test_an_alias_is_named(server: Named | Knot, live: tuple[str, ...] | None) -> None:
    outcome, _ = run(server, rrset("alias", NEW, live=live), rrset("beside", NEW))
    if live is None:
        refused(outcome, Cause.REJECTED, "alias (CNAME)", f"alias.{ORIGIN}")
    else:
        assert isinstance(outcome, Refused)
    assert server.served(f"beside.{ORIGIN}", "A") == {NEW}


def test_without_a_known_zone_the_server_is_asked_for_it(bind: Named) -> None:
    assert run(bind, rrset("found", NEW), zone="") == (Changed(), 3)
    assert bind.served(f"found.{ORIGIN}", "A") == {NEW}


def test_the_deepest_zone_is_the_right_one(bind: Named) -> None:
    assert run(bind, rrset("found.sub", NEW), zone="")[0] == Changed()
    assert bind.served(f"found.sub.{ORIGIN}", "A") == {NEW}


def test_a_name_in_no_zone_of_the_server_is_not_found(bind: Named) -> None:
    stranger = RRset(name="a.other.example", rtype="A", values=frozenset({ip_address(NEW)}))
    refused(run(bind, stranger, zone="")[0], Cause.NOT_FOUND, "a.other.example")
    refused(run(bind, stranger, zone="other.example")[0], Cause.NOT_FOUND, "other.example")
    outcome, messages = run(bind, stranger)
    refused(outcome, Cause.REJECTED, "a.other.example", ORIGIN)
    assert messages == 0


def test_a_ttl_is_sixty_seconds_unless_another_is_wanted(bind: Named) -> None:
    def ttl(name: str) -> int:
        query = dns.message.make_query(f"{name}.{ORIGIN}", "A")
        reply = dns.query.tcp(query, "127.0.0.1", port=bind.port, timeout=10)
        return reply.answer[0].ttl

    run(bind, rrset("ttl1", NEW), rrset("ttl2", NEW, ttl=900))
    assert (ttl("ttl1"), ttl("ttl2")) == (60, 900)


# ---- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verify", [False, True])
def test_a_wrong_key_is_a_matter_of_credentials(server: Named | Knot, verify: bool) -> None:
    wrong = base64.b64encode(b"a wrong key").decode()
    outcome, messages = run(server, rrset("nas", NEW), verify=verify, key_secret=Secret(wrong))
    refused(outcome, Cause.CREDENTIALS, "signature", "key_secret")
    assert wrong not in repr(outcome)
    assert messages == 1


def test_a_wrong_key_ends_the_search_for_the_zone(bind: Named) -> None:
    wrong = Secret(base64.b64encode(b"a wrong key").decode())
    outcome, messages = run(bind, rrset("a.b.c.nas", NEW), zone="", key_secret=wrong)
    refused(outcome, Cause.CREDENTIALS)
    assert messages == 1


def test_an_unknown_key_is_a_matter_of_credentials(server: Named | Knot) -> None:
    refused(run(server, rrset("nas", NEW), key_name="who.")[0], Cause.CREDENTIALS, "who.")
    outcome, _ = run(server, rrset("nas", NEW), key_algorithm="hmac-sha512")
    refused(outcome, Cause.CREDENTIALS, "algorithm")


def test_a_secret_that_is_not_base64_is_told_and_never_sent(server: Named | Knot) -> None:
    outcome, messages = run(server, rrset("nas", NEW), key_secret=Secret("s3cret!"))
    refused(outcome, Cause.CREDENTIALS, "base64")
    assert "s3cret!" not in repr(outcome)
    assert messages == 0


def test_no_key_has_to_be_meant(server: Named | Knot) -> None:
    outcome, messages = run(server, rrset("nas", NEW), key_name="")
    refused(outcome, Cause.CREDENTIALS, "key_name", "insecure = true")
    assert messages == 0
    outcome, messages = run(server, rrset("nas", NEW), key_name="", insecure=True)
    assert isinstance(outcome, Refused)
    assert messages == 1


def test_a_forbidden_type_is_named_and_holds_up_nobody(bind: Named) -> None:
    outcome, _ = run(
        bind,
        rrset("six.sub", "2001:db8::1", rtype="AAAA"),
        rrset("four.sub", NEW),
        zone=f"sub.{ORIGIN}",
    )
    refused(outcome, Cause.REJECTED, "update-policy", bind.key_name)
    assert bind.served(f"four.sub.{ORIGIN}", "A") == {NEW}


def test_the_key_is_proved_without_a_write(server: Named | Knot) -> None:
    assert run(server, rrset("nas", NEW), verify=True) == (Unchanged(), 1)
    assert server.served(f"nas.{ORIGIN}", "A") == {OLD}
    outcome, _ = run(server, rrset("nas", NEW), zone=f"nas.{ORIGIN}", verify=True)
    refused(outcome, Cause.NOT_FOUND, f"nas.{ORIGIN}")


# ---- the table ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "cause", "word"),
    [
        (DnsReply(rcode="NXRRSET"), Cause.CONFLICT, "meanwhile"),
        (DnsReply(rcode="YXRRSET"), Cause.CONFLICT, "meanwhile"),
        (DnsReply(rcode="NXDOMAIN"), Cause.CONFLICT, "meanwhile"),
        (DnsReply(rcode="YXDOMAIN"), Cause.CONFLICT, "meanwhile"),
        (DnsReply(rcode="NOTAUTH", tsig="BADSIG"), Cause.CREDENTIALS, "signature"),
        (DnsReply(rcode="NOTAUTH", tsig="BADKEY"), Cause.CREDENTIALS, "unknown"),
        (DnsReply(rcode="NOTAUTH", tsig="BADTIME"), Cause.TRANSIENT, "clocks of both"),
        (DnsReply(rcode="NOTAUTH", tsig="BADTIME", clock_ahead=-3600.0), Cause.TRANSIENT, "3600 s"),
        (DnsReply(rcode="NOTAUTH", tsig="BADTRUNC"), Cause.REJECTED, "length"),
        (DnsReply(rcode="NOERROR", tsig="UNSIGNED"), Cause.CONFUSED, "NOERROR without"),
        (DnsReply(rcode="", tsig="UNUSABLE"), Cause.CREDENTIALS, "base64"),
        (DnsReply(rcode="REFUSED"), Cause.REJECTED, "update-policy"),
        (DnsReply(rcode="NOTAUTH"), Cause.NOT_FOUND, "not the primary"),
        (DnsReply(rcode="NOTZONE"), Cause.REJECTED, "not inside"),
        (DnsReply(rcode="NOTIMP"), Cause.REJECTED, "dynamic updates"),
        (DnsReply(rcode="SERVFAIL"), Cause.TRANSIENT, "SERVFAIL"),
        (DnsReply(rcode="FORMERR"), Cause.CONFUSED, "FORMERR"),
        (DnsReply(rcode="BADVERS"), Cause.CONFUSED, "BADVERS"),
    ],
)
def test_every_answer_has_a_cause_and_a_sentence(reply: DnsReply, cause: Cause, word: str) -> None:
    key = TsigKey(name="home.", secret=Secret("c2VjcmV0"))
    call = DnsUpdate(
        server="192.0.2.53:53", zone=ORIGIN, rrsets=(rrset("nas", NEW, live=()),), key=key
    )
    said = refusal_of(call, reply)
    assert said is not None
    assert said.cause is cause
    assert word in said.text
    assert "192.0.2.53:53" in said.text
    assert "c2VjcmV0" not in said.text


def test_no_error_is_no_refusal() -> None:
    call = DnsUpdate(server="192.0.2.53:53", zone=ORIGIN, rrsets=(), key=None)
    assert refusal_of(call, DnsReply(rcode="NOERROR")) is None
