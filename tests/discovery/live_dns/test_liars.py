"""DNS servers that lie, stutter or send junk: each is one typed answer with one sentence."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest

from discovery.live_dns.live import LiveDns
from discovery.live_dns.view import Answer, Lame, NoAnswer, Present, ServerAnswer
from tests.support.dns_liar import Liar, Over, Story, answer, framed

NAME = "nas.example.test"
HERE = f"{NAME} 60 A 192.0.2.1"
RIGHT = Present(values=frozenset({ip_address("192.0.2.1")}), ttl=60)


def asked(liar: Liar, limit: float = 10.0) -> ServerAnswer:
    """What a look at this one server ends in."""

    async def main() -> ServerAnswer:
        async with liar:
            view = await LiveDns(authority=[liar.endpoint], limit=limit).look(NAME, "A")
            (only,) = view.servers
            return only

    return asyncio.run(main())


def bad_id(query: dns.message.Message) -> bytes:
    wire = answer(query, f"{NAME} 60 A 192.0.2.66").to_wire()
    return (query.id ^ 1).to_bytes(2) + wire[2:]


def other_question(query: dns.message.Message) -> bytes:
    reply = answer(query, "evil.test 60 A 192.0.2.66")
    reply.question = dns.message.make_query("evil.test", "A").question
    return reply.to_wire()


def query_echoed(query: dns.message.Message) -> bytes:
    return query.to_wire()


def cut(query: dns.message.Message, over: Over, whole: bytes) -> list[bytes]:
    return [answer(query, tc=True).to_wire()] if over == "udp" else [whole]


UNHEARD: dict[str, tuple[Story, str]] = {
    "silence": (
        lambda query, over: [],
        "did not answer within 0.18 s",
    ),
    "only another id": (
        lambda query, over: [bad_id(query)],
        "sent an answer with the id of another query",
    ),
    "another question": (
        lambda query, over: [other_question(query)],
        "sent an answer to another question",
    ),
    "the query sent back": (
        lambda query, over: [query_echoed(query)],
        "sent an answer to another question",
    ),
    "junk": (
        lambda query, over: [b"x" * 100],
        "sent bytes that are no DNS message (",
    ),
    "an answer cut in the middle without TC": (
        lambda query, over: [answer(query, HERE).to_wire()[:-2]],
        "sent bytes that are no DNS message (",
    ),
    "a single octet": (
        lambda query, over: [b"x"],
        "sent bytes that are no DNS message (ShortHeader)",
    ),
}

HEARD: dict[str, tuple[Story, type[Answer], str]] = {
    "a flood of junk": (
        lambda query, over: [b"junk"] * 100,
        NoAnswer,
        "was drowned out by 32 datagrams that are no answer",
    ),
    "ten records of another name": (
        lambda query, over: [
            answer(query, *(f"evil{n}.test 60 A 192.0.2.66" for n in range(10))).to_wire()
        ],
        NoAnswer,
        "answers about evil0.test A when asked about nas.example.test A",
    ),
    "no authority": (
        lambda query, over: [answer(query, HERE, aa=False).to_wire()],
        Lame,
        "does not claim authority for nas.example.test",
    ),
    "refused": (
        lambda query, over: [answer(query, aa=False, rcode="REFUSED").to_wire()],
        Lame,
        "answers REFUSED about nas.example.test",
    ),
    "truncated over TCP too": (
        lambda query, over: cut(query, over, framed(answer(query, tc=True))),
        NoAnswer,
        "cut its answer short although it came over TCP",
    ),
    "TCP that ends before its length": (
        lambda query, over: cut(query, over, framed(answer(query, HERE))[:-5]),
        NoAnswer,
        "closed the connection before its answer was whole",
    ),
    "TCP that ends at once": (
        lambda query, over: cut(query, over, b""),
        NoAnswer,
        "closed the connection before its answer was whole",
    ),
    "junk over TCP": (
        lambda query, over: cut(query, over, framed(b"\x00" * 40)),
        NoAnswer,
        "sent bytes that are no DNS message (",
    ),
    "another question over TCP": (
        lambda query, over: cut(query, over, framed(other_question(query))),
        NoAnswer,
        "sent an answer to another question",
    ),
}


@pytest.mark.parametrize(("story", "sentence"), UNHEARD.values(), ids=UNHEARD.keys())
def test_what_is_no_answer_is_passed_over_until_the_time_is_up(story: Story, sentence: str) -> None:
    liar = Liar(story)
    heard = asked(liar, limit=0.3).answer
    assert isinstance(heard, NoAnswer)
    assert heard.detail.startswith(f"{liar.endpoint} {sentence}")
    assert len(liar.heard) >= 2


@pytest.mark.parametrize(("story", "kind", "sentence"), HEARD.values(), ids=HEARD.keys())
def test_a_liar_is_one_sentence(story: Story, kind: type[Answer], sentence: str) -> None:
    liar = Liar(story)
    heard = asked(liar).answer
    assert isinstance(heard, kind)
    assert isinstance(heard, NoAnswer | Lame)
    assert heard.detail.startswith(f"{liar.endpoint} {sentence}")


def test_an_answer_from_another_port_is_not_heard() -> None:
    liar = Liar(lambda query, over: [answer(query, HERE).to_wire()], from_another_port=True)
    heard = asked(liar, limit=0.3).answer
    assert heard == NoAnswer(detail=f"{liar.endpoint} did not answer within 0.18 s")


def test_a_forged_id_does_not_keep_the_right_answer_out() -> None:
    forged_first = Liar(lambda query, over: [b"junk", bad_id(query), answer(query, HERE).to_wire()])
    assert asked(forged_first).answer == RIGHT


def test_a_lost_datagram_is_asked_for_once_more() -> None:
    attempts: list[int] = []

    def second_time(query: dns.message.Message, over: Over) -> list[bytes]:
        attempts.append(query.id)
        return [answer(query, HERE).to_wire()] if attempts.count(query.id) > 1 else []

    assert asked(Liar(second_time), limit=1.0).answer == RIGHT


def test_a_truncated_answer_is_fetched_whole_over_tcp() -> None:
    liar = Liar(lambda query, over: cut(query, over, framed(answer(query, HERE))))
    heard = asked(liar)
    assert (heard.answer, heard.tcp) == (RIGHT, True)


def test_a_truncated_answer_may_end_in_the_middle_of_a_record() -> None:
    def story(query: dns.message.Message, over: Over) -> list[bytes]:
        return cut(query, over, framed(answer(query, HERE))) if over == "tcp" else [torn(query)]

    def torn(query: dns.message.Message) -> bytes:
        return answer(query, HERE, tc=True).to_wire()[:-20]

    assert asked(Liar(story)).answer == RIGHT


def test_a_server_from_before_edns_is_asked_without_it() -> None:
    def old(query: dns.message.Message, over: Over) -> list[bytes]:
        if query.edns < 0:
            return [answer(query, HERE).to_wire()]
        refusal = dns.message.make_response(query)
        refusal.use_edns(False)
        refusal.set_rcode(dns.rcode.FORMERR)
        return [refusal.to_wire()]

    liar = Liar(old)
    assert asked(liar).answer == RIGHT
    assert [query.edns for query, _ in liar.heard[-2:]] == [0, -1]


def test_a_closed_port_is_told_at_once() -> None:
    async def main() -> None:
        async with Liar(lambda query, over: []) as gone:
            endpoint = gone.endpoint
        view = await LiveDns(authority=[endpoint], limit=60).look(NAME, "A")
        (only,) = view.servers
        assert only.answer == NoAnswer(detail=f"{endpoint} cannot be reached (Connection refused)")

    asyncio.run(main())


def test_the_question_leaves_recursion_alone_and_offers_1232_octets() -> None:
    liar = Liar(lambda query, over: [answer(query, HERE).to_wire()])
    asked(liar)
    query, over = liar.heard[-1]
    assert over == "udp"
    assert not query.flags & dns.flags.RD
    assert (query.edns, query.payload) == (0, 1232)
    assert query.question[0].name == dns.name.from_text(NAME)


def test_each_question_has_a_port_and_an_id_of_its_own() -> None:
    """Whoever forges an answer has to guess both, at each server and in each look (RFC 5452)."""

    class Watching(Liar):
        def datagram(self, wire: bytes, client: tuple[str, int]) -> None:
            sent.append((int.from_bytes(wire[:2]), client[1]))
            super().datagram(wire, client)

    sent: list[tuple[int, int]] = []
    looks = 16

    def story(query: dns.message.Message, over: Over) -> list[bytes]:
        return [answer(query, HERE).to_wire()]

    async def main() -> None:
        async with Watching(story) as one, Watching(story) as other:
            dns_ = LiveDns(authority=[one.endpoint, other.endpoint])
            for _ in range(looks):
                await dns_.look(NAME, "A")

    asyncio.run(main())
    ids, ports = ({part[side] for part in sent} for side in (0, 1))
    assert len(sent) >= 2 * looks
    assert len(ids) > len(sent) * 0.9
    assert len(ports) > len(sent) * 0.5


def test_given_authorities_are_asked_for_the_zone_of_a_name_once() -> None:
    def story(query: dns.message.Message, over: Over) -> list[bytes]:
        soa = query.question[0].rdtype == dns.rdatatype.SOA
        return [
            answer(query, f"{NAME} 60 SOA ns.test. h.test. 1 2 3 4 5" if soa else HERE).to_wire()
        ]

    liar = Liar(story)

    async def main() -> None:
        async with liar:
            dns_ = LiveDns(authority=[liar.endpoint])
            for _ in range(5):
                assert (await dns_.look(NAME, "A")).zone == NAME

    asyncio.run(main())
    types = [query.question[0].rdtype.name for query, _ in liar.heard]
    assert (types.count("A"), types.count("SOA")) == (5, 1)


def test_a_host_name_without_an_address_is_one_sentence() -> None:
    async def main() -> None:
        dns_ = LiveDns(authority=["a..b:53", f"{'x' * 70}.invalid:53"], limit=0.3)
        for server in (await dns_.look(NAME, "A")).servers:
            assert isinstance(server.answer, NoAnswer)
            assert server.answer.detail.startswith(server.endpoint)

    asyncio.run(main())
