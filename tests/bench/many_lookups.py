"""`python -m tests.bench.many_lookups [NAMES] [ZONES]`: what looking at live DNS costs.

Runs in a network namespace of its own (needs root, `unshare`, `ip` and `named`). One BIND holds a
root, "test" and the zones at two addresses, the two servers of every zone; another is the resolver.
Three measures are taken: all names at once when nothing is known, all names once more, and one
name again and again, as a verification does. CPU is this process's alone; questions are counted in
BIND's own logs.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from agent.look import Looks
from agent.values import RRsetKey
from discovery.live_dns.live import LiveDns
from discovery.live_dns.view import DnsView, Lookup, Present

_SERVERS, _RESOLVER = ("127.0.53.2", "127.0.53.3"), "127.0.53.5"
_PORT = 5300
_AGAIN = 400  # looks at one name
_PATIENCE = 20.0  # seconds until a server that has not started counts as broken
_OURS = re.compile(r": query: n\d+\.z")  # not the resolver's own, about zones and their servers
_HINTS = f". 3600000 NS a.root.\na.root. 3600000 A {_SERVERS[0]}\n"


class Cost(NamedTuple):
    """Seconds of wall and CPU time, and the questions that the servers and the resolver heard."""

    wall: float
    cpu: float
    servers: int
    resolver: int


class _World:
    """As much of `agent.world.World` as a look needs."""

    strict = True

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    if "UPSTUN_BENCH_INSIDE" not in os.environ:
        command = ["unshare", "-n", sys.executable, "-m", "tests.bench.many_lookups", *arguments]
        inside = {**os.environ, "UPSTUN_BENCH_INSIDE": "1"}
        return subprocess.run(command, env=inside, check=False).returncode
    names, zones = (int(text) for text in (*arguments, "1000", "50")[:2])
    for address in ("127.0.0.1", *_SERVERS, _RESOLVER):
        subprocess.run(["ip", "address", "add", f"{address}/8", "dev", "lo"], check=False)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for responses in ("yes", "no-auth-recursive"):
        with tempfile.TemporaryDirectory(prefix="upstun-bench-") as folder, ExitStack() as stack:
            for server in _servers(Path(folder), names, zones, responses):
                stack.enter_context(server)
            _say(f"minimal-responses {responses}:")
            asyncio.run(_measure(Path(folder), names, zones))
    return 0


async def _measure(folder: Path, names: int, zones: int) -> None:
    keys: list[RRsetKey] = [(f"n{n}.z{n % zones}.test", "A") for n in range(names)]
    dns = LiveDns(resolvers=[f"{_RESOLVER}:{_PORT}"], port=_PORT)
    world = _World(dns)

    async def everything() -> None:
        looks = Looks(world, keys)  # type: ignore[arg-type]  # a look needs no more of it
        await looks.read()
        views = looks.views
        assert all(map(_right, views.values())), next(v for v in views.values() if not _right(v))

    for title in ("first look", "second look"):
        cost = await _cost(folder, everything)
        _say(
            f"  {title} at {names} names: wall {cost.wall:.2f} s, CPU {cost.cpu:.2f} s, "
            f"{cost.servers / names:.2f} questions a name at the servers, "
            f"{cost.resolver} at the resolver"
        )
    cpu, wall = [], []
    for _ in range(_AGAIN):
        began, used = time.perf_counter(), time.process_time()
        await dns.look(*keys[0])
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - began)
    _say(f"  one look: CPU {median(cpu) * 1e6:.0f} us, wall {median(wall) * 1e6:.0f} us (medians)")


async def _cost(folder: Path, work: Callable[[], Awaitable[None]]) -> Cost:
    before = _heard(folder)
    began, used = time.perf_counter(), time.process_time()
    await work()
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    await asyncio.sleep(0.3)  # until BIND has written its log
    heard = _heard(folder) - before
    return Cost(wall, cpu, heard["servers"], heard["resolver"])


def _right(view: DnsView) -> bool:
    return len(view.servers) == len(_SERVERS) and all(
        isinstance(server.answer, Present) for server in view.servers
    )


def _heard(folder: Path) -> Counter[str]:
    """The questions of this process so far."""
    servers = (folder / "servers" / "log").read_text().splitlines()
    resolver = (folder / "resolver" / "log").read_text().splitlines()
    return Counter(
        servers=sum(bool(_OURS.search(line)) for line in servers),
        resolver=sum(": query: " in line for line in resolver),
    )


def _servers(
    folder: Path, names: int, zones: int, responses: str
) -> Iterator[AbstractContextManager[None]]:
    told = "\n".join(f"@ 3600 NS ns{n}.test." for n in range(len(_SERVERS)))
    soa = "$TTL 60\n@ IN SOA ns0.test. h.test. 1 3600 600 86400 15\n"
    files = {"root": f"{soa}@ NS a.root.\na.root. A {_SERVERS[0]}\ntest. NS ns0.test.\n"}
    hosts = "\n".join(f"ns{n} A {address}" for n, address in enumerate(_SERVERS))
    files["root"] += "\n".join(f"ns{n}.test. A {address}" for n, address in enumerate(_SERVERS))
    files["test"] = f"{soa}{told}\n{hosts}\n"
    for zone in range(zones):
        files["test"] += "".join(f"z{zone} 3600 NS ns{n}\n" for n in range(len(_SERVERS)))
        ours = (f"n{n} A 192.0.2.{n % 250}\n" for n in range(zone, names, zones))
        files[f"z{zone}.test"] = f"{soa}{told}\n{''.join(ours)}"
    listed = "".join(
        f'zone "{"." if name == "root" else name}" {{ type primary; file "{name}"; }};\n'
        for name in files
    )
    yield _named(folder / "servers", files, listed, f"minimal-responses {responses};", _SERVERS)
    hint = 'zone "." { type hint; file "hints"; };'
    yield _named(
        folder / "resolver",
        {"hints": _HINTS},
        hint,
        "recursion yes; dnssec-validation no; qname-minimization off;",
        (_RESOLVER,),
    )


@contextmanager
def _named(
    folder: Path, files: dict[str, str], zones: str, options: str, addresses: Sequence[str]
) -> Iterator[None]:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n")
    (folder / "conf").write_text(
        f'controls {{ }}; options {{ directory "{folder}"; port {_PORT}; querylog yes;'
        f"listen-on {{ {'; '.join(addresses)}; }}; listen-on-v6 {{ none; }}; pid-file none;"
        f"session-keyfile none; empty-zones-enable no; {options} }};\n{zones}\n"
    )
    program = shutil.which("named") or "named"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-g", "-n", "1", "-c", "conf"], cwd=folder, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + _PATIENCE
        while b" running\n" not in (folder / "log").read_bytes():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "BIND did not start"
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
