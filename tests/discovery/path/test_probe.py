"""The probe against servers that lie, and where there is nobody to ask."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

import pytest

from discovery.path.probe import PathProbe
from discovery.path.timing import PathTiming, Tries
from discovery.path.view import Behaviour, Filtering, Mapping
from tests.support.stun_faces import A1P1, A2P1, A2P2, Asked, Conduct, Face, honest, two_faces
from tests.support.stun_liar import liar, naming, refusing, silent

T = TypeVar("T")

_TRIES = Tries(sends=(0.0, 0.1), wait=0.3)
QUICK = PathTiming(answer=_TRIES, silence=_TRIES, near=_TRIES, connect=0.3, spacing=0.001)


def against(conduct: Conduct, measure: Callable[[PathProbe], Awaitable[T]]) -> T:
    async def main() -> T:
        async with two_faces(conduct) as server:
            return await measure(PathProbe([server.name], timing=QUICK))

    return asyncio.run(main())


def behave(conduct: Conduct) -> Behaviour:
    return against(conduct, lambda probe: probe.behaviour())


# --- NATs as a server would see them


def mapping_by(choose: Callable[[Asked], int]) -> Conduct:
    def answer(asked: Asked) -> list[tuple[bytes, Face]]:
        return [(asked.answer(("81.2.69.142", choose(asked))), asked.face_wanted)]

    return answer


@pytest.mark.parametrize(
    ("choose", "mapping"),
    [
        (lambda asked: asked.source[1], "eim"),
        (lambda asked: 1000 + asked.face.host, "adm"),
        (lambda asked: 1000 + 2 * asked.face.host + asked.face.port, "apdm"),
    ],
)
def test_a_mapping_is_named(choose: Callable[[Asked], int], mapping: Mapping) -> None:
    seen = behave(mapping_by(choose))
    assert (seen.mapping, seen.translated) == (mapping, True)


def letting_in(known: Callable[[Asked, set[Face]], bool]) -> Conduct:
    """A NAT that drops an answer unless the socket's earlier packets make its sender known."""
    written: dict[tuple[str, int], set[Face]] = {}

    def answer(asked: Asked) -> list[tuple[bytes, Face]]:
        written.setdefault(asked.source, set()).add(asked.face)
        return honest(asked) if known(asked, written[asked.source]) else []

    return answer


@pytest.mark.parametrize(
    ("known", "filtering"),
    [
        (lambda asked, written: True, "eif"),
        (lambda asked, written: asked.face_wanted.host in {f.host for f in written}, "adf"),
        (lambda asked, written: asked.face_wanted in written, "apdf"),
    ],
)
def test_a_filter_is_named(known: Callable[[Asked, set[Face]], bool], filtering: Filtering) -> None:
    seen = behave(letting_in(known))
    assert (seen.mapping, seen.filtering, seen.note) == ("eim", filtering, "")


def test_who_is_seen_as_it_is_has_no_nat() -> None:
    seen = behave(honest)
    assert (seen.translated, seen.mapping, seen.filtering) == (False, "eim", "eif")


def test_the_sieve_never_writes_to_the_stranger() -> None:
    """Else a NAT that filters would let the stranger in as an acquaintance."""

    async def main() -> None:
        async with two_faces() as server:
            await PathProbe([server.name], timing=QUICK).reach("udp", free := free_port())
        assert {asked.face for asked in server.asked if asked.source[1] == free} == {A1P1}
        sieves = {asked.source for asked in server.asked if asked.change == 2}
        assert {asked.face for asked in server.asked if asked.source in sieves} == {A1P1}

    asyncio.run(main())


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", 0))
        port: int = sock.getsockname()[1]
        return port


# --- servers that lie


@pytest.mark.parametrize(
    "other",
    [("127.0.0.1", 3479), ("10.0.0.7", 3479), ("0.0.0.0", 3479), ("81.2.69.1", 3479)],
    ids=["the same address", "private", "unspecified", "of another kind"],
)
def test_a_second_address_that_cannot_be_one_is_not_tested_with(other: tuple[str, int]) -> None:
    seen = behave(lambda asked: [(asked.answer(other=other), asked.face_wanted)])
    assert (seen.server, seen.mapping, seen.filtering) == ("", "unknown", "unknown")
    assert seen.translated is False
    assert "OTHER-ADDRESS" in seen.note


def test_a_second_address_where_nobody_is_leaves_all_unknown() -> None:
    seen = behave(lambda asked: honest(asked) if asked.face == asked.face_wanted == A1P1 else [])
    assert (seen.mapping, seen.filtering) == ("unknown", "unknown")
    assert "does not answer" in seen.note


def unmoved(asked: Asked) -> list[tuple[bytes, Face]]:
    return [(asked.answer(), asked.face)]


def mute_when_asked_to_move(asked: Asked) -> list[tuple[bytes, Face]]:
    return [] if asked.change else unmoved(asked)


def refuses_to_move(asked: Asked) -> list[tuple[bytes, Face]]:
    refusal = refusing(420, b"Unknown Attribute")(asked.request)
    return [(data, asked.face) for data in refusal] if asked.change else unmoved(asked)


def reflects_what_should_move(asked: Asked) -> list[tuple[bytes, Face]]:
    return [(asked.request, asked.face)] if asked.change else unmoved(asked)


def answers_by_a_third_face(asked: Asked) -> list[tuple[bytes, Face]]:
    return [(asked.answer(), A2P1 if asked.change else asked.face)]


LIARS = [
    (unmoved, "does not answer from its second address"),
    (mute_when_asked_to_move, "even where it had to be let in"),
    (refuses_to_move, "does not answer from its second address"),
    (reflects_what_should_move, "does not answer from its second address"),
    (answers_by_a_third_face, "even where it had to be let in"),
]


@pytest.mark.parametrize(("conduct", "words"), LIARS)
def test_the_silence_of_a_server_that_never_sends_from_there_is_no_filter(
    conduct: Conduct, words: str
) -> None:
    seen = behave(conduct)
    assert (seen.mapping, seen.filtering) == ("eim", "unknown")
    assert words in seen.note


@pytest.mark.parametrize(("conduct", "words"), LIARS)
def test_such_a_server_neither_proves_nor_refutes(conduct: Conduct, words: str) -> None:
    reach = against(conduct, lambda probe: probe.reach("udp", free_port()))
    assert reach.grade == "unknown"
    assert words in reach.because


def test_a_proof_with_the_id_of_another_transaction_proves_nothing() -> None:
    def forging(asked: Asked) -> list[tuple[bytes, Face]]:
        good = asked.answer()
        return [(good[:8] + bytes(12) + good[20:], A2P2)] if asked.change else unmoved(asked)

    reach = against(forging, lambda probe: probe.reach("udp", free_port()))
    assert reach.grade == "unknown"


def test_a_flood_neither_hides_the_answer_nor_takes_long() -> None:
    def flooding(asked: Asked) -> list[tuple[bytes, Face]]:
        return [(b"\xff" * 20, A1P1)] * 50 + honest(asked)

    seen = behave(flooding)
    assert (seen.mapping, seen.filtering) == ("eim", "eif")


def test_a_server_that_names_a_private_address_is_told_and_not_followed() -> None:
    async def main() -> None:
        async with liar(naming("10.6.6.6")) as heard:
            probe = PathProbe([f"127.0.0.1:{heard.port}"], timing=QUICK)
            scatter = await probe.scatter(2)
            assert scatter.mapped == ()
            assert "names 10.6.6.6, which is not a public address" in scatter.note
            hairpin = await probe.hairpin((80,))
            assert (hairpin.udp, hairpin.tcp) == (None, ())
            assert "not public" in hairpin.note
            reach = await probe.reach("tcp", 80)
            assert "not public" in reach.because

    asyncio.run(main())


def test_sockets_whose_server_is_silent_ask_another() -> None:
    async def main() -> None:
        async with liar(silent) as mute, liar(naming("81.2.69.142")) as good:
            servers = [f"127.0.0.1:{heard.port}" for heard in (mute, good)]
            scatter = await PathProbe(servers, timing=QUICK).scatter(4)
        assert [one.server for one in scatter.mapped] == [servers[1]] * 4

    asyncio.run(main())


# --- nobody to ask


async def everything(probe: PathProbe) -> list[str]:
    """All measurements, each of which must end in "unknown" and a sentence; gives the sentences."""
    (behaviour, scatter, hairpin, trail), (udp, tcp, whose) = await asyncio.gather(
        asyncio.gather(probe.behaviour(), probe.scatter(2), probe.hairpin((80,)), probe.trail(1)),
        asyncio.gather(
            probe.reach("udp", free_port()),
            probe.reach("tcp", 80),
            probe.ownership(ip_address("127.9.9.9")),
        ),
    )
    assert (behaviour.mapping, behaviour.filtering, behaviour.server) == ("unknown", "unknown", "")
    assert (scatter.mapped, scatter.port_preserved, scatter.shared_ports) == ((), None, None)
    assert (hairpin.udp, hairpin.tcp) == (None, ())
    assert trail.hops == ()
    assert (udp.grade, tcp.grade) == ("unknown", "unknown")
    assert whose.address == ip_address("127.9.9.9")
    notes = [behaviour.note, scatter.note, hairpin.note, trail.note, udp.because, tcp.because]
    assert all(note.endswith(".") for note in notes), notes
    return notes


def test_without_a_server_everything_is_unknown() -> None:
    notes = asyncio.run(everything(PathProbe([], timing=QUICK)))
    assert "No STUN server answered over UDP." in notes


def test_wrong_servers_are_left_out_with_a_sentence_each() -> None:
    probe = PathProbe(["stuns:x.example", "auto:x.example", "10.1", "127.0.0.1:9"], timing=QUICK)
    assert [sentence.partition(" ")[0] for sentence in probe.skipped] == [
        "'stuns:x.example'",
        "'auto:x.example'",
        "'10.1'",
    ]


def test_silent_servers_leave_everything_unknown() -> None:
    async def main() -> None:
        async with liar(silent) as one, liar(silent) as two:
            servers = [f"127.0.0.1:{heard.port}" for heard in (one, two)]
            await everything(PathProbe(servers, timing=QUICK))

    asyncio.run(main())


def test_a_link_that_is_not_there_is_named() -> None:
    async def main() -> None:
        async with liar(silent) as heard:
            probe = PathProbe([f"127.0.0.1:{heard.port}"], device="nolink0", timing=QUICK)
            notes = await everything(probe)
        assert all("nolink0" in note for note in notes), notes

    asyncio.run(main())


def test_the_limit_ends_what_takes_too_long() -> None:
    async def main() -> None:
        forever = Tries(sends=(0.0,), wait=60.0)
        timing = PathTiming(answer=forever, silence=forever, near=forever, limit=0.2)
        async with liar(silent) as heard:
            notes = await everything(PathProbe([f"127.0.0.1:{heard.port}"], timing=timing))
        assert "This took longer than 0.2 s and was given up." in notes

    asyncio.run(main())


def test_cancellation_frees_the_port() -> None:
    async def main() -> None:
        def quiet_stranger(asked: Asked) -> list[tuple[bytes, Face]]:
            if asked.change and asked.source[1] == port:
                knocked.set()
            return mute_when_asked_to_move(asked)

        port, knocked = free_port(), asyncio.Event()
        forever = Tries(sends=(0.0,), wait=60.0)
        async with two_faces(quiet_stranger) as server:
            probe = PathProbe([server.name], timing=PathTiming(answer=forever, silence=forever))
            task = asyncio.create_task(probe.reach("udp", port))
            async with asyncio.timeout(10):
                await knocked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as same:
                same.bind(("", port))

    asyncio.run(main())


# --- weight


LIGHT = """
import sys
import discovery.path.probe
discovery.path.probe.PathProbe(["127.0.0.1:3478"])
heavy = {"aioice", "aiohttp", "dns", "miniupnpc"} & {name.partition(".")[0] for name in sys.modules}
assert not heavy, heavy
"""

WITHOUT_AIOICE = """
import asyncio, sys
sys.modules["aioice"] = None
from discovery.path.probe import PathProbe
print(asyncio.run(PathProbe(["127.0.0.1:3478"]).behaviour()).note)
"""


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_heavy_library_is_loaded_before_the_first_question() -> None:
    run_python(LIGHT)


def test_a_missing_library_is_named_and_nothing_breaks() -> None:
    said = run_python(WITHOUT_AIOICE)
    assert said == "This cannot be measured: the library aioice is missing.\n"
