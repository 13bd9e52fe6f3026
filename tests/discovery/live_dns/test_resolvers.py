"""Which resolvers are asked, and in which order."""

from __future__ import annotations

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import pytest

from discovery.live_dns.question import Question
from discovery.live_dns.resolvers import PATIENCE, Resolvers, system_resolvers
from discovery.live_dns.server import Server
from discovery.live_dns.slots import Slots
from discovery.live_dns.transport import NoReplyError, Reply, Transport
from tests.support.simloop import run_simulated

NAME = dns.name.from_text("example.test")
FIRST, SECOND = (Server(name=name, address=name) for name in ("192.0.2.1", "192.0.2.2"))


class Pretend(Transport):
    """Each server answers with its RCODE; one without is silent."""

    def __init__(self, **rcodes: str) -> None:
        super().__init__(Slots(), PATIENCE)
        self._rcodes = rcodes
        self.asked: list[str] = []

    async def ask(self, server: Server, question: Question) -> Reply:
        key = "first" if server == FIRST else "second"
        self.asked.append(key)
        if key not in self._rcodes:
            raise NoReplyError(f"{server} did not answer within 3 s")
        reply = dns.message.make_response(dns.message.from_wire(question.wire))
        reply.set_rcode(dns.rcode.from_text(self._rcodes[key]))
        return Reply(message=reply, tcp=False)


def ask(transport: Pretend, times: int = 1) -> dns.message.Message:
    async def main() -> dns.message.Message:
        both = Resolvers(transport, (FIRST, SECOND))
        for _ in range(times - 1):
            await both.ask(NAME, dns.rdatatype.SOA)
        return await both.ask(NAME, dns.rdatatype.SOA)

    return run_simulated(main())


@pytest.mark.parametrize("rcode", ["NOERROR", "NXDOMAIN"])
def test_the_first_sound_answer_is_taken(rcode: str) -> None:
    transport = Pretend(first=rcode, second="NOERROR")
    assert ask(transport).rcode() == dns.rcode.from_text(rcode)
    assert transport.asked == ["first"]


@pytest.mark.parametrize("first", [{}, {"first": "SERVFAIL"}, {"first": "REFUSED"}])
def test_a_resolver_in_trouble_costs_its_time_once(first: dict[str, str]) -> None:
    transport = Pretend(second="NOERROR", **first)
    ask(transport, times=3)
    assert transport.asked == ["first", "second", "second", "second"]


def test_without_any_answer_each_trouble_is_told() -> None:
    with pytest.raises(NoReplyError) as caught:
        ask(Pretend(second="SERVFAIL"))
    assert str(caught.value) == (
        "the resolver 192.0.2.1:53 did not answer within 3 s; "
        "the resolver 192.0.2.2:53 answers SERVFAIL about example.test"
    )


def test_the_systems_resolvers_are_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    named = ["192.0.2.7", "fe80::1%eth0"]
    monkeypatch.setattr("discovery.live_dns.resolvers.named_by_system", lambda: named)
    assert [server.address for server in system_resolvers()] == ["192.0.2.7", "fe80::1%eth0"]
    named[:] = ["192.0.2.8"]
    assert [server.address for server in system_resolvers()] == ["192.0.2.8"]


def test_a_system_without_resolvers_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.live_dns.resolvers.named_by_system", list)
    with pytest.raises(NoReplyError, match="this machine names no DNS resolver"):
        system_resolvers()
