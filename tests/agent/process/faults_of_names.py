"""DNS's part of the fault table: name servers whose answers cannot be believed or compared.

The address is known and the provider would take it. Nothing may be sent while it is unknown what
DNS serves now: the pretend provider must not have heard of the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import dns.flags
import dns.message
import dns.rdatatype

from agent.demo.pretend.doors import HOST, udp_door
from tests.support.dns_liar import Liar, Over, Story, answer, framed
from tests.support.fault_bench import HOME, Arrange, Bench, Fault, Scene

_STALE = "89.160.20.112"
_SOA = "example.com 60 SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 5"


def _serving(*addresses: str) -> Story:
    """An authority that is healthy, and serves these."""

    def story(query: dns.message.Message, over: Over) -> list[bytes]:
        asked = query.question[0]
        if asked.rdtype == dns.rdatatype.SOA:
            reply = answer(query)
            reply.authority.extend(answer(query, _SOA).answer)
        else:
            name = asked.name.to_text(omit_final_dot=True)
            reply = answer(query, *(f"{name} 60 A {address}" for address in addresses))
        return _sent(reply, over)

    return story


def _answering(*records: str, aa: bool = True, ra: bool = False, rcode: str = "NOERROR") -> Story:
    """Always the same answer; @ in a record is the name that was asked for."""

    def story(query: dns.message.Message, over: Over) -> list[bytes]:
        name = query.question[0].name.to_text(omit_final_dot=True)
        filled = [record.replace("@", name) for record in records]
        reply = answer(query, *filled, aa=aa, rcode=rcode)
        reply.flags |= dns.flags.RA if ra else 0
        return _sent(reply, over)

    return story


def _sent(reply: dns.message.Message, over: Over) -> list[bytes]:
    return [framed(reply) if over == "tcp" else reply.to_wire()]


def _wrong_id(query: dns.message.Message, over: Over) -> list[bytes]:
    reply = answer(query, f"{query.question[0].name.to_text(omit_final_dot=True)} 60 A {_STALE}")
    reply.id = query.id ^ 1
    return _sent(reply, over)


def _another_question(query: dns.message.Message, over: Over) -> list[bytes]:
    other = dns.message.make_query("elsewhere.example.com", "A")
    other.id = query.id
    return _sent(answer(other, f"elsewhere.example.com 60 A {_STALE}"), over)


def _silence(query: dns.message.Message, over: Over) -> list[bytes]:
    return []


def _junk(query: dns.message.Message, over: Over) -> list[bytes]:
    return [b"\xff" * 7]


def _junk_with_our_id(query: dns.message.Message, over: Over) -> list[bytes]:
    return [query.to_wire()[:2] + b"\xff" * 400]


def _cut_twice(query: dns.message.Message, over: Over) -> list[bytes]:
    return _sent(answer(query, tc=True), over)


def _cut_then_short(query: dns.message.Message, over: Over) -> list[bytes]:
    return [answer(query, tc=True).to_wire()] if over == "udp" else [b"\x02\x00half"]


@contextmanager
def _cut_and_no_tcp(bench: Bench) -> Iterator[Scene]:
    """Truncated over UDP, at a port where TCP is refused."""

    def hear(datagram: bytes, _client: tuple[str, int]) -> bytes:
        return answer(dns.message.from_wire(datagram), tc=True).to_wire()

    with bench.enter(udp_door(hear)) as port:
        yield bench.scene(authority=(f"{HOST}:{port}",))


def _authority(*stories: Story) -> Arrange:
    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        with _all_open(bench, [Liar(story) for story in stories]) as liars:
            yield bench.scene(authority=tuple(one.endpoint for one in liars))
            assert all(one.heard for one in liars)

    return arrange


@contextmanager
def _all_open(bench: Bench, doors: list[Liar]) -> Iterator[list[Liar]]:
    if not doors:
        yield []
        return
    door: AbstractAsyncContextManager[Liar] = doors[0]
    with bench.enter(door) as first, _all_open(bench, doors[1:]) as rest:
        yield [first, *rest]


def _held(
    name: str,
    arrange: Arrange,
    says: str,
    code: str = "dns_unknown",
    status: int = 7,
    *,
    slow: bool = False,
) -> Fault:
    return Fault(
        name=f"dns {name}",
        arrange=arrange,
        status=status,
        action="hold",
        code=code,
        says=says,
        slow=slow,
    )


_ALIAS = "@ 60 CNAME elsewhere.example.net."
_BESIDE = "elsewhere.example.com 60 A 89.160.20.112"
FAULTS = (
    _held("wrong id", _authority(_wrong_id), "the id of another query", slow=True),
    _held("truncated and TCP refused", _cut_and_no_tcp, "cannot be reached"),
    _held("truncated over TCP too", _authority(_cut_twice), "cut its answer short"),
    _held(
        "truncated and TCP breaks off", _authority(_cut_then_short), "before its answer was whole"
    ),
    _held("CNAME at the name", _authority(_answering(_ALIAS)), "alias (CNAME)", "dns_cname", 3),
    _held("REFUSED", _authority(_answering(rcode="REFUSED", aa=False)), "answers REFUSED"),
    _held("SERVFAIL", _authority(_answering(rcode="SERVFAIL", aa=False)), "answers SERVFAIL"),
    _held("no authority", _authority(_answering(_BESIDE, aa=False)), "does not claim authority"),
    _held("junk", _authority(_junk), "no DNS message", slow=True),
    _held("junk with our id", _authority(_junk_with_our_id), "another question", slow=True),
    _held("silence", _authority(_silence), "did not answer within", slow=True),
    _held(
        "answer to another question", _authority(_another_question), "another question", slow=True
    ),
    _held("answer about another name", _authority(_answering(_BESIDE)), "when asked about"),
    _held(
        "a resolver in the way",
        _authority(_answering("@ 60 A 89.160.20.112", aa=False, ra=True)),
        "takes over port 53",
        "dns_intercepted",
    ),
    _held(
        "one server lags behind",
        _authority(_serving(HOME), _serving(_STALE)),
        "still serves another answer",
        "dns_partial",
        1,
    ),
)
"""None of these is the time to tell the provider anything."""
