"""The demo itself: the real agent against the pretend home, well and badly."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent.demo import story
from agent.demo.ask import addresses_at
from agent.demo.onlooker import Onlooker
from agent.demo.pretend.home import Home, open_home
from agent.demo.story import (
    ADDRESSES,
    Opened,
    Pace,
    configuration,
    demo,
    living_agent,
    temporary_folder,
)
from discovery.address import publishable
from discovery.router.upnp_process import library_folder
from tests.support.calm import assert_calm
from tests.support.tools import absent

ROOT = Path(__file__).parents[3]
BRISK = Pace(poll=0.05, breath=0.0)
HASTY = Pace(poll=0.05, breath=0.0, patience=2.0)


def told(*, pace: Pace = BRISK, opened: Opened = open_home) -> tuple[int, str]:
    out = io.StringIO()
    status = asyncio.run(demo(json_output=False, out=out, pace=pace, opened=opened))
    return status, out.getvalue()


def document(*, pace: Pace = BRISK, opened: Opened = open_home) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    status = asyncio.run(demo(json_output=True, out=out, pace=pace, opened=opened))
    return status, json.loads(out.getvalue())


def test_every_address_may_be_published_and_each_differs_from_the_one_before() -> None:
    assert all(map(publishable, ADDRESSES))
    assert all(one != other for one, other in pairwise(ADDRESSES))


def test_three_flips_are_published_and_verified_with_one_call_each() -> None:
    if library_folder() is None:
        absent("needs miniupnpc, which has no wheel here")
    status, text = told()
    assert status == 0, text
    assert text.count("the router says so, and STUN agrees") == 4
    assert text.count("by 2 of 2 name servers") == 4
    assert "called the DNS provider 4 times" in text
    assert "the provider is left alone" in text


def test_json_is_one_document_and_nothing_else() -> None:
    status, answer = document()
    assert status == 0, answer
    assert answer["schema"] == "upstun.demo/1"
    assert [(flip["from"], flip["to"]) for flip in answer["flips"]] == [
        ("81.2.69.142", "81.2.69.160"),
        ("81.2.69.160", "89.160.20.112"),
        ("89.160.20.112", "81.2.69.144"),
    ]
    for flip in answer["flips"]:
        assert flip["verified"] is True
        assert 0 <= flip["noticed_ms"] <= flip["published_ms"] <= flip["served_ms"]
    assert answer["provider_calls"] == 4
    assert answer["problem"] is None


def test_without_miniupnpc_stun_and_a_web_page_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "library_folder", lambda: None)
    status, text = told()
    assert status == 0, text
    assert "miniupnpc is not installed here" in text
    assert text.count("STUN says so, and a web page outside agrees") == 4


# ---- badly ---------------------------------------------------------------------------------------


@asynccontextmanager
async def wrong_key(address: IPv4Address) -> AsyncIterator[Home]:
    async with open_home(address) as home:
        yield replace(home, key_secret="bm90IHRoZSByaWdodCBrZXk=")


@asynccontextmanager
async def deaf_secondary(address: IPv4Address) -> AsyncIterator[Home]:
    async with open_home(address) as home:
        home.primary._followers.clear()
        yield home


@asynccontextmanager
async def no_room(address: IPv4Address) -> AsyncIterator[Home]:
    raise OSError(24, "Too many open files")
    yield


def test_a_refusing_provider_ends_the_story_with_its_reason() -> None:
    status, text = told(pace=HASTY, opened=wrong_key)
    assert status == 1
    sentence = " ".join(text.split())
    assert "The demo failed: 81.2.69.142 was noticed but not published within 2 s" in sentence
    assert "upstun's last word was: " in sentence
    assert "For your own home" not in text


def test_a_name_server_that_never_follows_is_a_failure_and_told_in_json() -> None:
    status, answer = document(pace=HASTY, opened=deaf_secondary)
    assert status == 1
    assert answer["problem"].startswith(
        "81.2.69.142 was published but is not served by every name server within 2 s"
    )
    assert answer["flips"] == []


def test_when_the_story_is_over_the_agent_has_ended() -> None:
    async def main() -> int:
        with temporary_folder() as name:
            async with open_home(ADDRESSES[0]) as home:
                config = configuration(home, name, router=False, poll=0.05)
                async with living_agent(config, Onlooker()):
                    assert len(asyncio.all_tasks()) > 1
                return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1  # this one


def test_a_computer_without_free_ports_is_told_so() -> None:
    status, text = told(opened=no_room)
    assert status == 1
    sentence = "the pretend home cannot be set up on this computer: Too many open files."
    assert f"The demo failed: {sentence}" in " ".join(text.split())


def test_a_name_server_that_is_gone_answers_nothing() -> None:
    async def main() -> frozenset[str]:
        async with open_home(ADDRESSES[0]) as home:
            server = home.authority[0]
        return await addresses_at(server, "home.example.com", patience=0.05)

    assert asyncio.run(main()) == frozenset()


# ---- interrupted ---------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one child alone")
def test_the_keyboard_ends_it_with_one_line_and_nothing_left_behind(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        while b"line comes up" not in process.stdout.readline():
            assert process.poll() is None
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=15)
    assert process.returncode == 130
    assert len(errors.splitlines()) == 1
    assert_calm(output.decode(), errors.decode())
    assert not list(tmp_path.iterdir())


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=15) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert not list(tmp_path.iterdir())


@contextmanager
def started(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real command as a child process, with `folder` for its temporary files."""
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "demo"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
