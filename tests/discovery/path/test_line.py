"""The line out: its servers, its pace, its refusals."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, ip_address

from discovery.egress import Egress
from discovery.path.exchange import Peer
from discovery.path.line import Line, Target
from discovery.path.timing import PathTiming
from discovery.stun_address import StunServer
from discovery.stun_lookup import SrvTarget
from tests.support.simloop import run_simulated


def line(*servers: StunServer, egress: Egress | None = None) -> Line:
    return Line(
        servers, egress=egress or Egress(), timing=PathTiming(), new_id=lambda: bytes(12), srv=None
    )


ONE = Target(name="one", peer=Peer(IPv4Address("192.0.2.1"), 3478))
SAME = Target(name="the same at another port", peer=Peer(IPv4Address("192.0.2.1"), 443))
TWO = Target(name="two", peer=Peer(IPv4Address("192.0.2.2"), 3478))


def test_a_server_gets_no_more_than_ten_new_transactions_a_second() -> None:
    async def main() -> None:
        out = line()
        times: list[float] = []

        async def take(target: Target) -> None:
            await out.turn(target)
            times.append(asyncio.get_running_loop().time())

        await asyncio.gather(*(take(target) for target in (ONE, SAME) * 15))
        assert len(times) == 30
        for start, eleventh in zip(times, times[10:], strict=False):
            assert eleventh - start > 0.99

    run_simulated(main())


def test_servers_do_not_wait_for_each_other() -> None:
    async def main() -> None:
        out = line()
        await asyncio.gather(out.turn(ONE), out.turn(TWO))
        assert asyncio.get_running_loop().time() == 0

    run_simulated(main())


def test_the_same_address_is_asked_once() -> None:
    async def main() -> None:
        targets = await line(
            StunServer(host="127.0.0.1", port=1),
            StunServer(host="localhost", port=1),
            StunServer(host="127.0.0.1", port=2),
            StunServer(host="::1", port=3),
        ).targets()
        assert [(target.name, target.peer.port) for target in targets] == [
            ("127.0.0.1:1", 1),
            ("127.0.0.1:2", 2),
        ]

    asyncio.run(main())


def test_a_lookup_without_end_leaves_its_server_out() -> None:
    async def main() -> None:
        async def never(name: str) -> tuple[SrvTarget, ...]:
            await asyncio.Event().wait()
            return ()

        out = Line(
            [StunServer(host="example.org", discover=True), StunServer(host="192.0.2.1")],
            egress=Egress(),
            timing=PathTiming(),
            new_id=lambda: bytes(12),
            srv=never,
        )
        assert [target.name for target in await out.targets()] == ["192.0.2.1:3478"]

    run_simulated(main())


def test_a_refusal_names_the_link() -> None:
    error = OSError(19, "No such device")
    assert line(egress=Egress(device="wan9")).refusal(error) == (
        "This machine cannot send anything out through wan9: no such link."
    )
    assert line(egress=Egress(bind=ip_address("192.0.2.7"))).refusal(error) == (
        "This machine cannot send anything out through 192.0.2.7: no such link."
    )
    assert line().refusal(error) == "This machine cannot send anything out: no such link."


def test_our_own_address_is_that_on_the_way() -> None:
    assert line().own_address(Peer(IPv4Address("127.0.0.1"), 9)) == IPv4Address("127.0.0.1")
