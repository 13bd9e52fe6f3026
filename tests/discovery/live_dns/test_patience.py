"""How long a look takes at the worst, in simulated time: real sockets, pretended clock."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from discovery.live_dns.live import LiveDns
from discovery.live_dns.view import NoAnswer
from tests.support.dns_liar import Liar
from tests.support.simloop import run_simulated

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
        # Once for the zone, once for the address.
        assert run_simulated(main()) == pytest.approx(3.0)


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


def test_at_most_sixty_four_questions_are_open_at_a_time() -> None:
    async def main() -> None:
        async with Liar(lambda query, over: []) as liar:
            dns = LiveDns(authority=[liar.endpoint], limit=600)
            looks = [asyncio.create_task(dns.look(f"n{n}.test", "A")) for n in range(200)]
            async with asyncio.timeout(30):
                while len(liar.heard) < 64:
                    await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert len(liar.heard) == 64
            for look in looks:
                look.cancel()
            await asyncio.wait(looks)

    asyncio.run(main())


def test_importing_and_making_a_lookup_loads_no_dns_library() -> None:
    code = (
        "import sys; from discovery.live_dns.live import LiveDns; LiveDns(authority=['::1']);"
        "sys.exit(any(name == 'dns' or name.startswith('dns.') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
