"""The process in which dns-lexicon works: at real sockets, and gone when it is over."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from providers.catalogue import by_id
from providers.engine.drive import drive
from providers.engine.lexicon_call import ask_lexicon, understood
from providers.engine.outcome import Changed, Outcome
from providers.engine.sender import Sender
from providers.engine.wire import (
    Fault,
    Job,
    Lexicon,
    LexiconReply,
    LexiconStep,
    Response,
    RRset,
    Secret,
    Text,
)
from tests.support.gremlin import Gremlin, http
from tests.support.pdns import Pdns
from tests.support.private_ca import PrivateCa

KEY = "a-key-that-nobody-may-see"
ZONE = "example.test"
LOOK = LexiconStep(act="list", rtype="A", name=f"home.{ZONE}")
MAKE = LexiconStep(act="create", rtype="A", name=f"home.{ZONE}", content="198.51.100.2", ttl=60)

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def call(server: str, *steps: LexiconStep, zone: str = ZONE) -> Lexicon:
    options: dict[str, Text | int | bool] = {"auth_token": Secret(KEY), "pdns_server": server}
    return Lexicon(module="powerdns", zone=zone, options=options, steps=steps or (LOOK,))


def ask(server: str, *steps: LexiconStep, limit: float = 20.0, **trust: object) -> object:
    return asyncio.run(ask_lexicon(call(server, *steps), limit, **trust))  # type: ignore[arg-type]  # by name


def workers() -> list[Path]:
    """Our children that run the worker."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            status = entry.joinpath("stat").read_text().rpartition(")")[2].split()
            if (
                int(status[1]) == os.getpid()
                and b"lexicon_worker" in (entry / "cmdline").read_bytes()
            ):
                found.append(entry)
        except (OSError, IndexError):
            continue
    return found


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def with_silence(story: Callable[[str, asyncio.Event], Awaitable[None]]) -> None:
    """Run `story` with the address of a server that takes everything and answers nothing."""

    async def main() -> None:
        heard, end = asyncio.Event(), asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            heard.set()
            await end.wait()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            port = server.sockets[0].getsockname()[1]
            await story(f"http://127.0.0.1:{port}", heard)
        finally:
            end.set()
            server.close()
            await server.wait_closed()

    asyncio.run(main())


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


# ---- a service that never answers ----------------------------------------------------------------


@linux
def test_at_the_deadline_it_is_killed_and_nothing_is_left(folders: Path) -> None:
    async def story(server: str, heard: asyncio.Event) -> None:
        answer = await ask_lexicon(call(server, MAKE, LOOK), 1.0)
        assert answer == Fault(sent=True, text="no answer within 1 s; dns-lexicon was stopped")
        assert workers() == left_in(folders) == []

    with_silence(story)


@linux
def test_when_nobody_waits_any_more_it_is_killed_too(folders: Path) -> None:
    async def story(server: str, heard: asyncio.Event) -> None:
        task = asyncio.create_task(ask_lexicon(call(server), 600.0))
        await heard.wait()
        assert len(workers()) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert workers() == left_in(folders) == []

    with_silence(story)


@linux
def test_no_secret_is_in_its_command_line_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXICON_POWERDNS_AUTH_TOKEN", "another-key")
    monkeypatch.setenv("UPSTUN_TOKEN", "the-key-of-another-account")

    async def story(server: str, heard: asyncio.Event) -> None:
        task = asyncio.create_task(ask_lexicon(call(server), 600.0))
        await heard.wait()
        (process,) = workers()
        shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        for word in (KEY, "another-key", "the-key-of-another-account", "LEXICON_"):
            assert word.encode() not in shown
        assert process.joinpath("cwd").resolve() != Path.cwd()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with_silence(story)


def test_one_that_hangs_does_not_delay_another_account() -> None:
    async def story(server: str, heard: asyncio.Event) -> None:
        hanging = asyncio.create_task(ask_lexicon(call(server), 600.0))
        await heard.wait()
        with_nobody = await ask_lexicon(call("http://127.0.0.1:9"), 20.0)
        assert isinstance(with_nobody, Fault)
        assert not hanging.done()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)

    with_silence(story)


# ---- what it may be told, and by whom ------------------------------------------------------------


def test_nothing_goes_out_by_cleartext_unless_the_account_allows_it() -> None:
    refused = ask("http://192.0.2.1:8081")
    assert isinstance(refused, Fault)
    assert not refused.sent
    assert "cleartext http" in refused.text
    assert "allow_http = true" in refused.text


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    answer = ask("https://127.0.0.1:9", ca_file=missing)
    text = f"the certificates in {missing} cannot be used: No such file or directory"
    assert answer == Fault(sent=False, text=text)


@pytest.mark.parametrize("steps", [(LOOK,), (MAKE, LOOK)], ids=["read", "write"])
def test_no_connection_means_that_nothing_was_sent(steps: tuple[LexiconStep, ...]) -> None:
    answer = ask("http://127.0.0.1:9", *steps)
    assert answer == Fault(sent=False, text="no connection to 127.0.0.1:9")


def test_settings_that_lexicon_cannot_start_with_are_told_before_any_call() -> None:
    answer = ask("")
    assert isinstance(answer, LexiconReply)
    assert (answer.failed, answer.wrote) == ("settings", False)
    assert "pdns_server" in answer.text


def test_a_setting_that_is_no_text_is_told() -> None:
    assert ask("http://\udcff") == Fault(
        sent=False, text="a setting holds bytes that are not UTF-8 text"
    )


def test_a_missing_lexicon_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As it is where somebody uninstalled it while upstun was running."""
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "__init__.py").write_text("raise ImportError('gone')")
    worker = Path(ask_lexicon.__code__.co_filename).with_name("lexicon_worker.py")
    command = (sys.executable, "-I", "-S", str(worker))
    monkeypatch.setattr("providers.engine.lexicon_call.command", lambda: command)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert ask("http://127.0.0.1:9") == LexiconReply(failed="missing", text="gone")


# ---- whether a write may have been made ----------------------------------------------------------


def test_trouble_before_the_write_is_no_reason_to_doubt() -> None:
    async def story() -> None:
        async with Gremlin(("127.0.0.1", 9)) as wire:
            wire.cut = True
            answer = await ask_lexicon(call(f"http://127.0.0.1:{wire.port}", MAKE, LOOK), 20.0)
            assert isinstance(answer, Fault)
            assert not answer.sent  # it was the login that was cut off

    asyncio.run(story())


@pytest.mark.parametrize("status", [401, 409, 429, 503])
def test_a_status_comes_back_as_it_was(status: int) -> None:
    async def story() -> None:
        async with Gremlin(("127.0.0.1", 9)) as wire:
            wire.answer = http(status, b'{"error": "because"}', {"Retry-After": "90"})
            answer = await ask_lexicon(call(f"http://127.0.0.1:{wire.port}"), 20.0)
            assert isinstance(answer, Response)
            assert (answer.status, answer.body) == (status, b'{"error": "because"}')
            assert answer.headers["retry-after"] == "90"

    asyncio.run(story())


ANSWERS: dict[str, tuple[dict[str, object], object]] = {
    "lists": ({"listed": [[]], "wrote": True}, LexiconReply(listed=([],), wrote=True)),
    "a loss": ({"failed": "lost", "text": "x", "wrote": True}, Fault(sent=True, text="x")),
    "a secret": (
        {"failed": "login", "text": f"{KEY}\nis wrong"},
        LexiconReply(failed="login", text="*** is wrong"),
    ),
    "something else": (
        {"failed": "tired"},
        Fault(sent=True, text="the process with dns-lexicon said nothing of use"),
    ),
}


@pytest.mark.parametrize(("answer", "meaning"), ANSWERS.values(), ids=ANSWERS)
def test_its_answer_is_understood(answer: dict[str, object], meaning: object) -> None:
    assert understood(answer, frozenset({KEY})) == meaning


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("raise SystemExit(3)", "the process with dns-lexicon ended with 3"),
        ("print('hello')", "the process with dns-lexicon said nothing of use"),
        ("print('[' * 100_000)", "the process with dns-lexicon said nothing of use"),
        ("print('x' * 10_000_000)", "the process with dns-lexicon was stopped"),
    ],
)
def test_a_broken_process_is_no_success(
    code: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-I", "-c", code)
    monkeypatch.setattr("providers.engine.lexicon_call.command", lambda: command)
    answer = ask("http://127.0.0.1:9")
    assert isinstance(answer, Fault)
    assert answer.sent
    assert text in answer.text


# ---- TLS -----------------------------------------------------------------------------------------


def test_certificates_are_proved_by_the_usual_ones_and_those_of_the_account(tmp_path: Path) -> None:
    private = PrivateCa.make(tmp_path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(401, b"{}"))
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=private.server())
        port = server.sockets[0].getsockname()[1]
        asked = call(f"https://127.0.0.1:{port}")
        try:
            stranger = await ask_lexicon(asked, 20.0)
            friend = await ask_lexicon(asked, 20.0, ca_file=str(private.certificate))
        finally:
            server.close()
            await server.wait_closed()
        text = f"the certificate of 127.0.0.1:{port} is not valid"
        assert stranger == Fault(sent=False, text=text)
        assert isinstance(friend, Response)
        assert friend.status == 401

    asyncio.run(story())


# ---- a real PowerDNS, where the suite of all providers does not look -----------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pdns]:
    with Pdns(tmp_path_factory.mktemp("lexicon")) as started:
        yield started.start(ZONE, f"deep.sub.{ZONE}", "lan")


@pytest.mark.parametrize("zone", [ZONE, f"deep.sub.{ZONE}", "lan"])
def test_the_zone_is_the_one_that_is_known_and_no_guess(server: Pdns, zone: str) -> None:
    """By its list of suffixes lexicon would take `lan.` for `lan`, and the parent for the child."""
    provider = by_id("lexicon:powerdns")
    assert provider is not None
    wanted = RRset(
        name=f"home.{zone}", rtype="A", values=frozenset({ip_address("198.51.100.2")}), ttl=61
    )
    key = Secret(server.api_key)
    settings: dict[str, Text | int | bool] = {"auth_token": key, "pdns_server": server.endpoint}
    work = Job(zone=zone, rrsets=(wanted,), settings=settings)

    async def main() -> Outcome:
        sender = Sender()
        return await drive(provider.update(work), sender, title=provider.title, pauses=())

    assert asyncio.run(main()) == Changed()
    made = server.rrset(f"home.{zone}", "A")
    assert made is not None
    assert made["ttl"] == 61
    assert server.held(f"home.{zone}", "A") == {"198.51.100.2"}
