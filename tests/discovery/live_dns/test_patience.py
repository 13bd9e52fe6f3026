"""How long a look takes at the worst, in simulated time: real sockets, pretended clock."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import get_args

import dns.message
import dns.rdatatype
import pytest

from discovery.live_dns.exam import NameServers, TrialName
from discovery.live_dns.interception import try_all
from discovery.live_dns.live import LiveDns
from discovery.live_dns.slots import Slots
from discovery.live_dns.targets import Authority, Namer, Targets
from discovery.live_dns.view import NoAnswer, Present
from discovery.live_dns.whoami import CLOUDFLARE
from tests.support.dns_liar import Liar, Over, answer
from tests.support.simloop import run_simulated
from tests.support.tools import free_port

NAME = "nas.example.test"


@contextmanager
def silent(count: int) -> Iterator[list[str]]:
    """UDP ports that nobody reads."""
    with ExitStack() as stack:
        ports = []
        for _ in range(count):
            port = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            port.bind(("127.0.0.1", 0))
            ports.append(f"127.0.0.1:{port.getsockname()[1]}")
        yield ports


def test_a_silent_server_is_asked_twice_and_given_up_after_a_second_and_a_half() -> None:
    async def main() -> None:
        dns = LiveDns(authority=endpoints)
        await dns.look(NAME, "A")
        for server in (await dns.look(NAME, "A")).servers:
            assert server.answer == NoAnswer(
                detail=f"{server.endpoint} did not answer within 1.5 s"
            )
            assert server.elapsed == pytest.approx(1.5)

    with silent(3) as endpoints:
        run_simulated(main())


def test_silent_servers_are_waited_for_side_by_side() -> None:
    async def main() -> float:
        await LiveDns(authority=endpoints).look(NAME, "A")
        return asyncio.get_running_loop().time()

    with silent(20) as endpoints:
        assert run_simulated(main()) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("resolvers", "seconds", "sentence"),
    [(1, 3.0, "did not answer within 3 s"), (9, 10.0, "were not found within 10 s")],
)
def test_a_walk_without_answers_ends(resolvers: int, seconds: float, sentence: str) -> None:
    async def main() -> None:
        view = await LiveDns(resolvers=endpoints).look(NAME, "A")
        assert asyncio.get_running_loop().time() == pytest.approx(seconds)
        assert (view.zone, view.servers) == ("", ())
        assert view.problem.endswith(sentence)

    with silent(resolvers) as endpoints:
        run_simulated(main())


def test_an_examination_is_done_within_six_seconds_whoever_is_silent() -> None:
    def only_the_record(query: dns.message.Message, over: Over) -> list[bytes]:
        name = query.question[0].name.to_text(omit_final_dot=True)
        record = name == NAME and query.question[0].rdtype == dns.rdatatype.A
        return [answer(query, f"{NAME} 60 A 192.0.2.1").to_wire()] if record else []

    async def main() -> None:
        async with Liar(only_the_record) as liar:
            dns_ = LiveDns(authority=[liar.endpoint], resolvers=endpoints, system=endpoints[:1])
            exam = await dns_.examine(NAME, "A", public=endpoints)
            assert asyncio.get_running_loop().time() <= 6.0
            assert isinstance(exam.view.servers[0].answer, Present)
            assert (exam.name_servers, exam.negative_ttl) == (NameServers(), None)
            assert [one.whose for one in exam.resolvers] == ["system", "configured"]
            for one in exam.resolvers:
                assert one.error == f"{one.resolver} did not answer within 1.8 s"

    with silent(2) as endpoints:
        run_simulated(main())


def test_an_examination_gives_up_a_walk_without_answers() -> None:
    async def main() -> None:
        exam = await LiveDns(resolvers=endpoints, system=[]).examine(NAME, "A")
        assert asyncio.get_running_loop().time() == pytest.approx(3.5)
        assert exam.view.problem.endswith("were not found within 3.5 s")
        assert [one.error.partition(":")[0] for one in exam.resolvers] == ["not asked"] * 9

    with silent(9) as endpoints:
        run_simulated(main())


def nobody_at(endpoints: list[str]) -> Targets:
    a, k, nowhere, one = endpoints
    return Targets(
        authorities=(Authority(server=a, operator="A"), Authority(server=k, operator="K")),
        nobody=(nowhere,),
        namers=(Namer(server=one, service=CLOUDFLARE),),
        resolver=(one,),
        doh=f"https://127.0.0.1:{free_port()}/",
    )


def test_port_53_is_tried_within_four_seconds_whoever_is_silent() -> None:
    async def main() -> None:
        view = await LiveDns().port53(ours=frozenset(), targets=nobody_at(endpoints))
        assert asyncio.get_running_loop().time() <= 4.0
        assert {trial.intercepted for trial in view.trials} == {None}
        assert not view.intercepted

    with silent(4) as endpoints:
        run_simulated(main())


def test_trials_that_never_get_their_turn_are_late_and_not_lost() -> None:
    async def main() -> None:
        slots = Slots()
        for _ in range(64):  # as many questions are open as there may be
            await slots.acquire()
        view = await try_all(slots, nobody_at(endpoints), frozenset(), None)
        assert asyncio.get_running_loop().time() == pytest.approx(4.0)
        assert [(trial.name, trial.intercepted) for trial in view.trials] == [
            (name, None) for name in get_args(TrialName)
        ]
        late = {trial.detail for trial in view.trials if trial.name != "nobody"}
        assert late == {"The test was not done within 4 s."}

    with silent(4) as endpoints:
        run_simulated(main())


@pytest.mark.parametrize(("servers", "open_at_once"), [(8, 64), (1, 10)])
def test_few_questions_are_open_at_a_time_and_fewer_at_one_server(
    servers: int, open_at_once: int
) -> None:
    async def main() -> None:
        async with AsyncExitStack() as stack:
            liars = [await stack.enter_async_context(Liar(nothing)) for _ in range(servers)]
            dns = LiveDns(authority=[liar.endpoint for liar in liars], limit=600)
            looks = [asyncio.create_task(dns.look(f"n{n}.test", "A")) for n in range(50)]
            async with asyncio.timeout(30):
                while sum(len(liar.heard) for liar in liars) < open_at_once:
                    await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert sum(len(liar.heard) for liar in liars) == open_at_once
            for look in looks:
                look.cancel()
            await asyncio.wait(looks)

    asyncio.run(main())


def nothing(query: dns.message.Message, over: Over) -> list[bytes]:
    """The story of a server that hears and says nothing."""
    return []


def test_a_thousand_names_wait_for_a_dead_server_once() -> None:
    """What queued up behind ten questions without an answer is not asked there any more."""

    async def main() -> None:
        dns_ = LiveDns(authority=endpoints)
        views = await asyncio.gather(*(dns_.look(f"n{n}.test", "A") for n in range(1000)))
        assert asyncio.get_running_loop().time() == pytest.approx(1.5)
        unasked = "was not asked, since it answered none of the questions before this one"
        assert Counter(view.servers[0].answer for view in views) == {
            NoAnswer(detail=f"{endpoints[0]} did not answer within 1.5 s"): 10,
            NoAnswer(detail=f"{endpoints[0]} {unasked}"): 990,
        }

    with silent(1) as endpoints:
        run_simulated(main())


def test_importing_and_making_a_lookup_loads_no_dns_library() -> None:
    code = (
        "import sys; from discovery.live_dns.live import LiveDns; LiveDns(authority=['::1']);"
        "sys.exit(any(name.partition('.')[0] in ('dns', 'aiohttp', 'ssl') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
