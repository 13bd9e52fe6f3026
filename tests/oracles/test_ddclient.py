"""ddclient, driven against the same strict fakes: it must ask for the same, and end the same.

ddclient's readings of the services' pages are older than upstun and not its own. What it adds of
old habit, and no page asks for, is left out of the comparison (`system`, `wildcard`), and so is
what upstun asks for to hear more (`verbose`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from providers.duckdns import DUCKDNS
from providers.dyndns2 import DYNDNS2
from providers.engine.outcome import Changed
from providers.engine.wire import Secret, Text
from providers.namecheap import NAMECHEAP
from providers.tellers import TELLERS
from tests.support.provider_fakes.duckdns import FakeDuckDns
from tests.support.provider_fakes.dyndns2 import SHAPES, FakeDyndns2
from tests.support.provider_fakes.errand import errand, job
from tests.support.provider_fakes.namecheap import FakeNamecheap
from tests.support.tools import need

HOST, ZONE = "home.example.com", "example.com"
V4 = "198.51.100.7"
PASSWORD = "right-password"
Fake = FakeDyndns2 | FakeNamecheap | FakeDuckDns
Held = list[dict[int, str]]
PROVIDERS = {one.id: one for one in (*DYNDNS2, *TELLERS, NAMECHEAP, DUCKDNS)}
HABITS = {"system", "wildcard", "verbose"}


@dataclass(frozen=True)
class Case:
    """One service: what ddclient calls it, its settings there, and its fake."""

    id: str
    protocol: str
    fake: Callable[[], Fake]
    path: str
    more: str = ""
    login: str = "ann"
    host: str = HOST  # as ddclient is told it
    name: str = HOST


def row(name: str, protocol: str, more: str = "", login: str = "ann", host: str = HOST) -> Case:
    def fake() -> FakeDyndns2:
        logins = {(SHAPES[name].user.replace("{host}", host), PASSWORD)}
        return FakeDyndns2(host, logins=logins, shape=SHAPES[name])

    return Case(name, protocol, fake, SHAPES[name].path, more, login, host)


CASES = [
    row("dyn", "dyndns2", "script=/v3/update"),
    row("he", "dyndns2", login=HOST),
    row("noip", "noip"),
    row("ovh_dynhost", "ovh"),
    row("changeip", "changeip"),
    row("dnsmadeeasy", "dnsmadeeasy", host="1007"),
    row("easydns_dyndns", "easydns"),
    row("njalla_dyndns", "njalla"),
    Case(
        "namecheap",
        "namecheap",
        lambda: FakeNamecheap(ZONE, HOST, password=PASSWORD),
        "/update",
        login=ZONE,
    ),
    Case(
        "duckdns",
        "duckdns",
        lambda: FakeDuckDns("home", token=PASSWORD),
        "/update",
        host="home",
        name="home.duckdns.org",
    ),
]


@asynccontextmanager
async def overheard(
    fake: Fake,
) -> AsyncIterator[tuple[int, list[str]]]:
    """A port that leads to `fake`, and every first line that was spoken there."""
    spoken: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        spoken.append(head.split(b"\r\n", 1)[0].decode())
        inner = int(fake.url("").rpartition(":")[2])
        answer, question = await asyncio.open_connection("127.0.0.1", inner)
        question.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        writer.write(await answer.read())
        await writer.drain()
        for end in (question, writer):
            end.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with fake, server:
        yield server.sockets[0].getsockname()[1], spoken


async def by_ddclient(case: Case, port: int, room: Path) -> str:
    """Run ddclient once; what it said. It speaks cleartext here: TLS is not what it is asked."""
    script = room / "ddclient.pl"
    source = await asyncio.to_thread(Path(need("ddclient")).read_text, "utf-8")
    script.write_text(source.replace("https://", "http://"), "utf-8")
    config = room / "ddclient.conf"
    config.write_text(
        f"use=ip, ip={V4}\nssl=no\nprotocol={case.protocol}\nserver=127.0.0.1:{port}\n"
        f"{case.more}\nlogin={case.login}\npassword={PASSWORD}\n{case.host}\n"
    )
    config.chmod(0o600)
    command = (need("perl"), str(script), "-file", str(config), "-cache", str(room / "cache"))
    process = await asyncio.create_subprocess_exec(
        *(*command, "-daemon=0", "-verbose"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return said.decode(errors="replace")


def held(fake: Fake) -> Held:
    """The addresses of every host, by version."""
    return list((fake.labels if isinstance(fake, FakeDuckDns) else fake.hosts).values())


def asked(line: str) -> tuple[str, dict[str, str]]:
    """Method and path of a request, and its parameters without the habits of either."""
    method, target, _ = line.split(" ")
    parts = urlsplit(target)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    return f"{method} {parts.path}", {key: said[key] for key in said if key not in HABITS}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.id, marks=pytest.mark.oracle(case.id, "ddclient"))
        for case in CASES
    ],
)
def test_ddclient_asks_for_the_same_and_ends_the_same(case: Case, tmp_path: Path) -> None:
    need("ddclient")

    async def theirs() -> tuple[list[str], Held, str]:
        fake = case.fake()
        async with overheard(fake) as (port, spoken):
            said = await by_ddclient(case, port, tmp_path)
            return spoken, held(fake), said

    async def ours() -> tuple[list[str], Held]:
        provider = PROVIDERS[case.id]
        settings: dict[str, Text] = {
            "password": Secret(PASSWORD),
            "token": Secret(PASSWORD),
            "record_id": case.host,
        }
        if any(field.key == "username" for field in provider.fields):
            settings["username"] = case.login
        fake = case.fake()
        async with overheard(fake) as (port, spoken):
            settings["endpoint"] = f"http://127.0.0.1:{port}{case.path}"
            work = replace(job(case.name, V4, **settings), zone=ZONE)
            assert await errand(provider, work) == Changed()
            assert fake.violations == []
            return spoken, held(fake)

    their_lines, their_end, said = asyncio.run(theirs())
    our_lines, our_end = asyncio.run(ours())
    assert [asked(line) for line in our_lines] == [asked(line) for line in their_lines], said
    assert our_end == their_end
    assert our_end == [{4: V4}]
