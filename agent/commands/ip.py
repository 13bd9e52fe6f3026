"""`upstun ip`: the public address, and who says so. Works without any configuration."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace

from agent import lifetime
from agent.commands.common import Refusal, complain, configured, print_json, search, tell
from agent.decide.exit_status import Exit
from agent.decide.sentences import SOURCE_NAMES
from agent.observe import ask, find_address
from agent.observe6 import find_address6
from agent.report import addresses_json, exit_of
from agent.sinks.fan_out import FanOut
from agent.store import Store
from agent.values import Config, Disputed, Settled, Unknown, Verdict
from agent.wiring import defaults, open_world
from discovery.ipv6.method import InterfaceMethod
from discovery.observation import Address, Family, Observation, Seen


def run(arguments: argparse.Namespace) -> int:
    """Ask, print, and give the exit status of the verdict."""
    family = Family(arguments.family or 4)
    try:
        config = _config(arguments.config)
    except Refusal as refusal:
        return complain(refusal, as_json=arguments.json)
    if arguments.source:
        only = (arguments.source,)
        config = replace(
            config,
            discovery=replace(config.discovery, ipv4=only, ipv6=only, confirm="never"),
        )
    if arguments.all:
        return _print_all(lifetime.run(_everybody(config, family)), as_json=arguments.json)
    verdict = lifetime.run(_verdict(config, family, arguments.source or ""))
    if arguments.json:
        print_json(addresses_json({family: verdict}))
    elif isinstance(verdict, Unknown | Disputed):
        tell(verdict.because)
    else:
        who = ", ".join(SOURCE_NAMES[source] for source in verdict.sources)
        print(f"{verdict.address}  ({who})")
        if verdict.code not in _PLAIN:
            tell(verdict.because)
    return exit_of(verdict)


def _config(given: str | None) -> Config:
    """The configuration where there is one; the defaults where nobody wrote any."""
    if given is None and isinstance(search(given), str):
        return defaults()
    return configured(given)


_PLAIN = ("single_nat", "stun_agrees", "http_agrees", "one_witness", "v6_direct")


async def _verdict(config: Config, family: Family, source: str) -> Verdict:
    """What a round would go by; of one `source` outside alone, what that one says."""

    async def known() -> frozenset[Address]:
        return frozenset()

    async def quiet(_: Settled) -> bool:
        return False

    settings = config.discovery
    with closing(Store(None, tell)) as store:
        async with open_world(config, store, FanOut()) as world:
            if family is Family.V6 and source in ("", "interface"):
                return await find_address6(world, settings, {}, quiet, patient=False)
            return await find_address(world, settings, family, known, patient=False)


async def _everybody(config: Config, family: Family) -> tuple[Observation, ...]:
    """What each says who may be asked; over IPv6 they are asked from the address that lasts."""
    settings = config.discovery
    order = settings.ipv4 if family is Family.V4 else settings.ipv6
    with closing(Store(None, tell)) as store:
        async with open_world(config, store, FanOut()) as world:
            methods = world.methods(world.surroundings())
            if family is Family.V6 and (chosen := (await world.ipv6(None)).chosen):
                methods = world.outside6(chosen)
            everyone = (InterfaceMethod(interface=settings.interface), *methods)
            return await ask(world, [one for one in everyone if one.source in order], family)


def _print_all(observations: tuple[Observation, ...], *, as_json: bool) -> int:
    """Every witness with its answer; no verdict is made of them."""
    if as_json:
        print_json({"schema": "upstun.witnesses/1", "witnesses": list(map(_row, observations))})
    else:
        for said in observations:
            answer = str(said.address) if isinstance(said, Seen) else f"- ({said.detail})"
            print(f"{said.source:<7} {said.witness:<40} {said.elapsed * 1000:6.0f} ms  {answer}")
    heard = any(isinstance(said, Seen) for said in observations)
    return Exit.HEALTHY if heard else Exit.OFFLINE


def _row(said: Observation) -> dict[str, object]:
    return {
        "source": said.source,
        "witness": said.witness,
        "operator": said.operator,
        "address": str(said.address) if isinstance(said, Seen) else None,
        "error": None if isinstance(said, Seen) else said.why.value,
        "detail": None if isinstance(said, Seen) else said.detail,
        "ms": round(said.elapsed * 1000, 1),
    }
