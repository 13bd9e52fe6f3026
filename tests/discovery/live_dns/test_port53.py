"""All five trials: against honest servers, a box that answers for everybody, and silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from ipaddress import ip_address
from pathlib import Path

import dns.flags
import dns.message
import dns.rdataclass
import pytest

from discovery.live_dns.exam import Port53, Trial
from discovery.live_dns.live import LiveDns
from discovery.live_dns.targets import Authority, Namer, Targets
from discovery.live_dns.whoami import CLOUDFLARE, GOOGLE
from discovery.observation import Address
from tests.support.dns_liar import Liar, Over, Story, answer, framed
from tests.support.doh_server import dns_page, doh_serving
from tests.support.doorway import Doorway
from tests.support.named import Named, Zone, shared_port
from tests.support.private_ca import PrivateCa
from tests.support.tools import free_port

HOME = frozenset({ip_address("81.2.69.142")})


def story(build: Callable[[dns.message.Message], dns.message.Message]) -> Story:
    """The same message over both transports."""

    def tell(query: dns.message.Message, over: Over) -> list[bytes]:
        reply = build(query)
        return [framed(reply) if over == "tcp" else reply.to_wire()]

    return tell


def asked(query: dns.message.Message) -> str:
    return query.question[0].name.to_text(omit_final_dot=True).lower()


def root(query: dns.message.Message) -> dns.message.Message:
    return answer(query, ". 86400 SOA a.root.test. nstld.root.test. 1 1800 900 604800 86400")


def names(query: dns.message.Message, address: str, *, aa: bool = False) -> dns.message.Message:
    reply = answer(query, aa=aa)
    asked_for = query.question[0]
    rrset = dns.rrset.from_text(asked_for.name, 0, asked_for.rdclass, "TXT", f'"{address}"')
    reply.answer = [rrset]
    return reply


def resolver(query: dns.message.Message) -> dns.message.Message:
    """Answers for everybody, as a router that takes over port 53: it recurses, and has no CH."""
    if query.question[0].rdclass == dns.rdataclass.CH:
        reply = answer(query, aa=False, rcode="REFUSED")
    elif asked(query) == GOOGLE.name:
        reply = names(query, "62.180.3.7")
    elif asked(query) == "one.one.one.one":
        reply = answer(query, "one.one.one.one 300 A 1.1.1.1", aa=False)
    else:
        reply = root(query)
        reply.flags &= ~dns.flags.AA
    reply.flags |= dns.flags.RA
    return reply


def cloudflare(query: dns.message.Message) -> dns.message.Message:
    if query.question[0].rdclass == dns.rdataclass.CH:
        return names(query, "81.2.69.142")
    return answer(query, "one.one.one.one 300 A 1.1.1.1", aa=False)


def google(query: dns.message.Message) -> dns.message.Message:
    return names(query, "81.2.69.142", aa=True)


async def over_https(wire: bytes) -> bytes:
    return dns_page(cloudflare(dns.message.from_wire(wire)))


def trials(
    ca: PrivateCa,
    *,
    roots: Story | None = None,
    nobody: Story | None = None,
    whoami: Story | None = None,
    public: Story | None = None,
    ours: frozenset[Address] = HOME,
) -> dict[str, Trial]:
    """Each target is a server on loopback, or a closed port; over HTTPS it is always honest."""

    async def main() -> Port53:
        async with AsyncExitStack() as stack:

            async def at(tale: Story | None) -> str:
                if tale is None:
                    return f"127.0.0.1:{free_port()}"
                return (await stack.enter_async_context(Liar(tale))).endpoint

            a, k, nowhere, ns1, one = [
                await at(tale) for tale in (roots, roots, nobody, whoami, public)
            ]
            doh = await stack.enter_async_context(doh_serving(over_https, ca.server()))
            targets = Targets(
                authorities=(
                    Authority(server=a, operator="A"),
                    Authority(server=k, operator="K"),
                ),
                nobody=(nowhere,),
                namers=(
                    Namer(server=ns1, service=GOOGLE, authority=True),
                    Namer(server=one, service=CLOUDFLARE),
                ),
                resolver=(one,),
                doh=doh.url,
            )
            return await LiveDns(tls=ca.client()).port53(ours=ours, targets=targets)

    view = asyncio.run(main())
    assert [trial.name for trial in view.trials] == [
        "recursion", "nobody", "whoami", "identity", "transports",
    ]  # fmt: skip
    for trial in view.trials:
        assert trial.detail.endswith(".")
        assert trial.detail.isprintable()
    return {trial.name: trial for trial in view.trials}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> PrivateCa:
    return PrivateCa.make(tmp_path_factory.mktemp("ca"))


def test_honest_servers_show_no_interception(ca: PrivateCa) -> None:
    found = trials(ca, roots=story(root), whoami=story(google), public=story(cloudflare))
    verdicts = {name: trial.intercepted for name, trial in found.items()}
    assert verdicts == {
        "recursion": False,
        "nobody": False,
        "whoami": False,
        "identity": None,
        "transports": False,
    }


def test_a_box_that_answers_for_everybody_is_caught_by_each_trial_that_can(ca: PrivateCa) -> None:
    box = story(resolver)
    found = trials(ca, roots=box, nobody=box, whoami=box, public=box)
    verdicts = {name: trial.intercepted for name, trial in found.items()}
    assert verdicts == {
        "recursion": True,
        "nobody": True,
        "whoami": True,
        "identity": None,
        "transports": True,
    }
    assert "answers as a resolver does" in found["recursion"].detail
    assert "where no DNS server is" in found["nobody"].detail
    assert "was asked by 62.180.3.7" in found["whoami"].detail
    assert "UDP: cannot tell who asks it" in found["transports"].detail


def test_where_nothing_is_heard_nothing_is_told(ca: PrivateCa) -> None:
    found = trials(ca)
    assert {trial.intercepted for trial in found.values()} == {None}
    assert "silence tells nothing" in found["nobody"].detail
    assert "cannot be compared with itself" in found["transports"].detail


def test_the_resolver_is_asked_over_udp_and_over_tcp(ca: PrivateCa) -> None:
    over: set[Over] = set()

    def listening(query: dns.message.Message, way: Over) -> list[bytes]:
        over.add(way)
        return story(cloudflare)(query, way)

    found = trials(ca, public=listening)
    assert over == {"udp", "tcp"}
    assert found["transports"].detail.endswith("the same over UDP and TCP and HTTPS.")


def test_a_home_that_does_not_know_its_address_is_told_nothing_by_its_name(ca: PrivateCa) -> None:
    found = trials(
        ca, roots=story(root), whoami=story(google), public=story(cloudflare), ours=frozenset()
    )
    assert found["whoami"].intercepted is None
    assert "are not known" in found["whoami"].detail


def test_a_real_resolver_in_the_place_of_every_server_is_caught(
    ca: PrivateCa, tmp_path: Path
) -> None:
    """Every packet to port 53 ends at one BIND, as behind a redirecting router."""
    root_server, box_address, *doors = (f"127.0.55.{n}" for n in range(1, 7))
    port = shared_port(root_server, box_address, *doors)
    with ExitStack() as stack:
        top = stack.enter_context(Named(tmp_path, address=root_server, port=port))
        box = stack.enter_context(Named(tmp_path, address=box_address, port=port))
        top.start(Zone(".", "one.one.one 60 NS ns1\n", (("ns1", root_server),)))
        box.start(recursion=True, root=root_server)
        for door in doors:
            stack.callback(Doorway((door, port), ("127.0.0.1", box.inner_port)).close)
        a, k, nowhere, everybody = (f"{door}:{port}" for door in doors)
        targets = Targets(
            authorities=(
                Authority(server=a, operator="Verisign"),
                Authority(server=k, operator="RIPE NCC"),
            ),
            nobody=(nowhere,),
            namers=(Namer(server=everybody, service=CLOUDFLARE),),
            resolver=(everybody,),
            doh=f"https://127.0.0.1:{free_port()}/",
            known="ns1",
        )
        view = asyncio.run(LiveDns(tls=ca.client()).port53(ours=HOME, targets=targets))
    assert view.intercepted
    assert {trial.name: trial.intercepted for trial in view.trials} == {
        "recursion": True,
        "nobody": True,
        "whoami": None,  # it knows no such service, and says so
        "identity": True,  # two roots with one name
        "transports": None,  # it answers alike over UDP and TCP, and HTTPS is closed
    }
    identity = next(trial for trial in view.trials if trial.name == "identity")
    assert identity.detail.startswith(f"{a} and {k} both call themselves")
