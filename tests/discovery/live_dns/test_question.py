"""Bytes that anybody may send: an answer to the question, or one sentence, never an exception."""

from __future__ import annotations

import contextlib

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.live_dns.asker import asker
from discovery.live_dns.delegation import at_child, at_parent
from discovery.live_dns.hearsay import nowhere, told
from discovery.live_dns.question import Question, UnusableError
from discovery.live_dns.reply import classify, closest_zone, descend, locate, name_servers
from discovery.live_dns.trials.identity import names_in

NAS = dns.name.from_text("nas.example.test")
ZONE = dns.name.from_text("example.test")
QUESTION = Question(NAS, dns.rdatatype.A)
SOURCE = nowhere("system", "nobody is asked here")


def _rich() -> bytes:
    """An answer with a record of every kind that is looked into."""
    reply = dns.message.make_response(dns.message.from_wire(QUESTION.wire))
    reply.flags |= dns.flags.AA
    for section, record in (
        (reply.answer, "nas.example.test. 60 A 192.0.2.1"),
        (reply.answer, "alias.example.test. 60 CNAME nas.example.test."),
        (reply.authority, "example.test. 60 SOA ns.example.test. h.example.test. 1 2 3 4 5"),
        (reply.authority, "nas.example.test. 60 NS ns.example.test."),
        (reply.additional, "ns.example.test. 60 AAAA 2001:db8::1"),
        (reply.answer, 'nas.example.test. 60 TXT "81.2.69.142"'),
    ):
        owner, ttl, kind, data = record.split(None, 3)
        section.append(dns.rrset.from_text(owner, int(ttl), "IN", kind, data))
    reply.use_edns(0, options=[dns.edns.NSIDOption(b"frontend-7")])
    return reply.to_wire()


RICH = _rich()
DAMAGE = st.dictionaries(st.integers(2, len(RICH) - 1), st.integers(0, 255), max_size=6)


def look_into(wire: bytes) -> None:
    with contextlib.suppress(UnusableError):
        reply = QUESTION.read(wire)
        classify(reply, NAS, "A", ZONE)
        descend(reply, NAS, ZONE)
        locate(reply, NAS, ZONE)
        closest_zone(reply, NAS)
        name_servers(reply, NAS)
        at_parent(reply, NAS)
        at_child(reply, NAS)
        told(SOURCE, reply, dns.rdatatype.A, 0.1)
        asker(reply)
        list(names_in(reply))


@given(DAMAGE, st.integers(0, len(RICH)))
def test_a_damaged_answer_is_judged_or_unusable(damage: dict[int, int], length: int) -> None:
    wire = bytearray(RICH)
    for position, octet in damage.items():
        wire[position] = octet
    look_into(bytes(wire))
    look_into(bytes(wire[:length]))


@given(st.binary(max_size=300))
def test_any_bytes_after_the_right_id_are_judged_or_unusable(rest: bytes) -> None:
    look_into(QUESTION.wire[:2] + rest)


def test_the_undamaged_answer_is_read() -> None:
    assert len(QUESTION.read(RICH).answer) == 3


def test_a_resolver_is_asked_to_recurse_and_an_authority_is_not() -> None:
    def flags(question: Question) -> int:
        return dns.message.from_wire(question.wire).flags

    assert not flags(QUESTION) & dns.flags.RD
    to_resolver = Question(NAS, dns.rdatatype.SOA, recurse=True)
    assert flags(to_resolver) & dns.flags.RD
    assert flags(to_resolver.plain()) & dns.flags.RD


def test_an_error_without_its_question_still_belongs_to_it() -> None:
    """Servers too old to parse a query answer with the header alone."""
    header = QUESTION.wire[:2] + bytes([0x80, 0x01]) + bytes(8)
    assert QUESTION.read(header).rcode() == 1


def sent(question: Question) -> dns.message.Message:
    return dns.message.from_wire(question.wire)


def test_a_question_says_what_it_was_made_to_say() -> None:
    plain = sent(Question(NAS, dns.rdatatype.A))
    assert not plain.flags & (dns.flags.RD | dns.flags.AD | dns.flags.CD)
    assert not plain.ednsflags & dns.flags.DO
    assert plain.options == ()

    whole = sent(
        Question(
            NAS,
            dns.rdatatype.TXT,
            rdclass=dns.rdataclass.CH,
            recurse=True,
            dnssec=True,
            unchecked=True,
            nsid=True,
        )
    )
    assert whole.question[0].rdclass == dns.rdataclass.CH
    assert whole.flags & dns.flags.RD
    assert whole.flags & dns.flags.CD
    assert not whole.flags & dns.flags.AD
    assert whole.ednsflags & dns.flags.DO
    assert [option.otype for option in whole.options] == [dns.edns.OptionType.NSID]


def test_asked_again_it_is_the_same_but_for_what_was_to_change() -> None:
    question = Question(
        NAS, dns.rdatatype.A, rdclass=dns.rdataclass.CH, recurse=True, dnssec=True, unchecked=True
    )
    plain, unnumbered = sent(question.plain()), sent(question.unnumbered())
    assert plain.edns == -1
    assert unnumbered.id == 0
    assert unnumbered.ednsflags & dns.flags.DO
    for again in (plain, unnumbered):
        assert again.question == sent(question).question
        assert again.flags == sent(question).flags


def test_renumbered_it_has_an_id_of_its_own_and_takes_no_answer_to_another() -> None:
    question = Question(NAS, dns.rdatatype.A)
    others = [question.renumbered() for _ in range(64)]
    assert {other.wire[2:] for other in others} == {question.wire[2:]}
    assert len({other.wire[:2] for other in others}) > 32
    reply = RICH[2:]
    strange = next(other for other in others if other.wire[:2] != question.wire[:2])
    assert len(strange.read(strange.wire[:2] + reply).answer) == 3
    with pytest.raises(UnusableError, match="id of another query"):
        strange.read(question.wire[:2] + reply)


def test_what_was_read_a_moment_ago_still_has_to_answer_the_question() -> None:
    again, other = QUESTION.renumbered(), Question(ZONE, dns.rdatatype.A)
    assert QUESTION.read(RICH) is again.read(again.wire[:2] + RICH[2:])
    with pytest.raises(UnusableError, match="to another question"):
        other.read(other.wire[:2] + RICH[2:])


def test_few_answers_are_remembered_and_no_large_one() -> None:
    question = Question(NAS, dns.rdatatype.A)

    def answers(number: int, records: int = 1) -> bytes:
        reply = dns.message.make_response(dns.message.from_wire(question.wire))
        many = [f"192.0.{number}.{n}" for n in range(records)]
        reply.answer.append(dns.rrset.from_text(NAS, 60, "IN", "A", *many))
        return reply.to_wire(max_size=65535)

    for number in range(250):
        question.read(answers(number))
    assert len(question._read) <= 4
    large = answers(1, records=200)
    assert question.read(large) is not question.read(large)


def test_an_error_is_not_remembered_as_an_answer() -> None:
    junk = QUESTION.wire[:2] + b"\x80"
    for _ in range(2):
        with pytest.raises(UnusableError, match="no DNS message"):
            QUESTION.read(junk)
