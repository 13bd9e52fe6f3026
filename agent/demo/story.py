"""The play: a home is set up, the real agent moves in, and the line changes its address.

The agent is the one of `upstun run`, built from the example configuration by the same wiring. It
differs in one value, the safety poll, so that nobody has to wait five minutes for each change.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from agent.config.load import Loaded, load
from agent.daemon import Daemon
from agent.demo import narration
from agent.demo.ask import addresses_at
from agent.demo.example import EXAMPLE, fill_in
from agent.demo.onlooker import Onlooker
from agent.demo.pretend.home import KEY_NAME, Home, open_home
from agent.demo.tale import (
    Checked,
    Happening,
    LineUp,
    Quiet,
    Served,
    Stalled,
    Tale,
    problem,
    to_json,
)
from agent.sinks.fan_out import FanOut
from agent.sinks.journal import JournalSink
from agent.values import Config
from agent.wiring import open_store, open_world
from discovery.interface import Surroundings
from discovery.router.upnp_process import library_folder
from providers import catalogue

ADDRESSES = tuple(map(IPv4Address, ("81.2.69.142", "81.2.69.160", "89.160.20.112", "81.2.69.144")))
Tell = Callable[[Happening], None]
Opened = Callable[[IPv4Address], AbstractAsyncContextManager[Home]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the story goes; all in seconds.

    `poll` is the agent's safety poll (what may be configured begins at 10), `breath` what a reader
    needs before the next change, `patience` how long one address may take to be served.
    """

    poll: float = 1.0
    breath: float = 0.3
    patience: float = 10.0


async def demo(
    *, json_output: bool, out: TextIO, pace: Pace = Pace(), opened: Opened = open_home
) -> int:
    """Play the story on `out`; 0 only if every address was published and verified, else 1.

    With `json_output` nothing is printed but one JSON document at the end. Cancelled at any moment,
    it leaves nothing behind. `opened` sets up the home.
    """
    happened: list[Happening] = []
    router = library_folder() is not None

    def say(text: str) -> None:
        if not json_output:
            out.write(text)
            out.flush()

    def tell(happening: Happening) -> None:
        happened.append(happening)
        say(narration.tell(happening))

    say(narration.opening(router=router))
    tale = Tale(happenings=(), planned=len(ADDRESSES))
    async with AsyncExitStack() as stage:
        try:
            folder = stage.enter_context(temporary_folder())
            home = await stage.enter_async_context(opened(ADDRESSES[0]))
        except OSError as fault:
            why = fault.strerror or type(fault).__name__
            tale = replace(
                tale, fault=f"the pretend home cannot be set up on this computer: {why}."
            )
        else:
            config = configuration(home, folder, router=router, poll=pace.poll)
            onlooker = Onlooker()
            async with living_agent(config, onlooker):
                await play(home, config.records[0].name, onlooker, tell, pace)
            tale = replace(
                tale,
                happenings=tuple(happened),
                calls=home.primary.updates,
                rounds=onlooker.rounds,
            )
    say(narration.ending(tale, example=str(EXAMPLE)))
    if json_output:
        out.write(json.dumps(to_json(tale)) + "\n")
    return 1 if problem(tale) else 0


def temporary_folder() -> TemporaryDirectory[str]:
    """A place for the agent's memory, which goes when the demo does."""
    return TemporaryDirectory(prefix="upstun-demo-", ignore_cleanup_errors=True)


def configuration(home: Home, folder: str, *, router: bool, poll: float) -> Config:
    """The example configuration for this home, with its memory in `folder`.

    Where the router cannot be asked, two STUN servers and a web page have to agree on an address.
    """
    text = fill_in(
        EXAMPLE.read_text(encoding="utf-8"),
        {
            "agent.state": folder,
            "agent.calm": "0s",  # the line changes more often here than any real one
            "discovery.signals": (),  # nothing outside this computer is listened to or asked
            "discovery.ipv4": ("upnp", "stun") if router else ("stun", "http"),
            "discovery.upnp.location": home.location,
            "discovery.stun.servers": home.stun,
            "discovery.http.urls": (home.echo_url,),
            "dns.authority": home.authority,
            "account.home.server": home.authority[0],
            "account.home.key_name": KEY_NAME,
            "account.home.key_secret": home.key_secret,
        },
    )
    loaded = load(
        text,
        source=EXAMPLE.name,
        base=Path(folder),
        environ={},
        find=catalogue.by_id,
        ids=catalogue.ids,
    )
    assert isinstance(loaded, Loaded), loaded  # the example is held valid by a test
    return replace(loaded.config, poll=poll)


@asynccontextmanager
async def living_agent(config: Config, onlooker: Onlooker) -> AsyncIterator[None]:
    """The agent at its work, as `upstun run` has it, with a listener more."""
    store = open_store(Path(config.state), lambda _: None)
    try:
        async with open_world(config, store, FanOut(JournalSink(store), onlooker)) as world:
            # The links of this machine are none of the story's business: with a VPN up, questions
            # would be tied to the link that faces the real router, and never reach loopback.
            home = replace(world, surroundings=lambda: Surroundings(has_route=True))
            daemon = Daemon(home, config)
            life = asyncio.create_task(daemon.run())
            try:
                yield
            finally:
                daemon.stop("the demo is over")
                await life
    finally:
        store.close()


async def play(home: Home, name: str, onlooker: Onlooker, tell: Tell, pace: Pace) -> None:
    """Give the line one address after the other, as long as the agent follows with `name`."""
    loop = asyncio.get_running_loop()
    began, before = loop.time(), None
    for address in ADDRESSES:
        if before is not None:
            await asyncio.sleep(pace.breath)
        since = home.line.reconnect(address)
        onlooker.expect(address, since)
        tell(LineUp(at=since - began, before=before, address=address))
        if not await _followed(onlooker, tell, Served, pace.patience):
            return
        answers = [await addresses_at(server, name) for server in home.authority]
        tell(Checked(wanted=address, answers=tuple(answers)))
        before = address
    onlooker.expect_quiet(began)
    await _followed(onlooker, tell, Quiet, pace.patience)


async def _followed(onlooker: Onlooker, tell: Tell, last: type[Happening], patience: float) -> bool:
    """Tell what happens until `last` does; False when that takes too long."""
    try:
        async with asyncio.timeout(patience):
            while True:
                happening = await onlooker.next()
                tell(happening)
                if isinstance(happening, last):
                    return True
    except TimeoutError:
        tell(Stalled(waited=patience, last_word=onlooker.last_word))
        return False
