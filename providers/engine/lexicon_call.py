"""Running the dns-lexicon worker: seconds, bytes and environment are limited, and nothing is left.

The worker is started by its file's path under `python -I`: `-m` would depend on the current folder,
where anything may be called `requests.py`. It is told on stdin where modules lie. It works in an
empty folder that is its home too, so that no `.netrc`, `lexicon.yml` or `.aws` is taken for meant.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from providers.engine.errors import one_line
from providers.engine.redact import redact, secrets_in
from providers.engine.wire import Fault, Lexicon, LexiconReply, Response, Secret

_WORKER = Path(__file__).with_name("lexicon_worker.py")
_MOST_OUTPUT = 4 << 20  # bytes; a name has a handful of records
_STEPS = 4  # of the event loop, in which asyncio closes its end; a loop that stops sooner warns
_LONGEST_TEXT = 300

# What an interpreter may need to start at all. Nothing else is inherited: no LEXICON_* that would
# be taken for settings, and no secret of another account.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

Document = Mapping[str, Any]


def command() -> tuple[str, ...]:
    """What starts the worker."""
    return (sys.executable, "-I", str(_WORKER))


def environment(folder: str) -> dict[str, str]:
    """The worker's whole environment, of places in `folder` alone."""
    places = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "TLDEXTRACT_CACHE_PATH")
    inherited = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return inherited | dict.fromkeys(places, folder)


def question(**asked: object) -> bytes:
    """The document for the worker. Raises UnicodeEncodeError for a setting that is no text."""
    document = {**asked, "path": [folder for folder in sys.path if folder]}
    return json.dumps(document, ensure_ascii=False).encode()


async def ask_lexicon(
    call: Lexicon, limit: float, *, ca_file: str = "", allow_http: bool = False
) -> LexiconReply | Response | Fault:
    """Do the steps of `call` within `limit` seconds; never raises for trouble.

    An HTTP status that ended them is told as the `Response` that it was. However it ends, by
    cancellation too, the worker is dead and reaped when this returns.
    """
    try:
        asked = question(
            module=call.module,
            zone=call.zone,
            options={key: _bare(value) for key, value in call.options.items()},
            steps=[asdict(step) for step in call.steps],
            limit=limit,
            ca_file=ca_file,
            allow_http=allow_http,
        )
    except UnicodeEncodeError:  # bytes of an environment variable that are no text
        return Fault(sent=False, text="a setting holds bytes that are not UTF-8 text")
    with TemporaryDirectory(prefix="upstun-", ignore_cleanup_errors=True) as folder:
        answer = await _run(asked, folder, limit)
    if isinstance(answer, Fault):
        return answer
    return understood(answer, secrets_in(call))


def understood(answer: Document, secrets: frozenset[str]) -> LexiconReply | Response | Fault:
    """The worker's answer as the house speaks."""
    wrote = answer.get("wrote") is True
    text = one_line(redact(str(answer.get("text", "")), secrets), _LONGEST_TEXT)
    match answer:
        case {"failed": "http", "status": status, "headers": headers, "body": body, "cut": cut}:
            return Response(status=status, headers=headers, body=body.encode(), cut=cut)
        case {"failed": "lost"}:
            return Fault(sent=wrote, text=text)
        case {"failed": "login" | "settings" | "confused" | "missing" as failed}:
            return LexiconReply(failed=failed, text=text, wrote=wrote)
        case {"listed": list(listed)}:
            return LexiconReply(listed=tuple(listed), wrote=wrote)
        case _:
            return Fault(sent=True, text="the process with dns-lexicon said nothing of use")


async def _run(asked: bytes, folder: str, limit: float) -> Document | Fault:
    try:
        process = await asyncio.create_subprocess_exec(
            *command(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # other people's warnings and tracebacks, with who knows what in them
            cwd=folder,
            env=environment(folder),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError, NotImplementedError):  # the last: a Windows selector loop
        return Fault(sent=False, text="no process can be started here for dns-lexicon")
    try:
        async with asyncio.timeout(limit):
            output = await _exchange(process, asked)
            status = await process.wait() if len(output) <= _MOST_OUTPUT else None
    except TimeoutError:
        return Fault(sent=True, text=f"no answer within {limit:.3g} s; dns-lexicon was stopped")
    finally:
        await _bury(process)
    if status != 0:
        why = "was stopped, for it said too much" if status is None else f"ended with {status}"
        return Fault(sent=True, text=f"the process with dns-lexicon {why}")
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):  # the latter: a thousand open brackets
        answer = None
    return answer if isinstance(answer, dict) else {}


async def _exchange(process: Process, asked: bytes) -> bytes:
    """Hand over the question; what the worker prints, until it ends or has printed too much."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(ConnectionError):  # it may be gone already
        process.stdin.write(asked)
        await process.stdin.drain()
    process.stdin.close()
    output = b""
    while len(output) <= _MOST_OUTPUT and (part := await process.stdout.read(1 << 16)):
        output += part
    return output


async def _bury(process: Process) -> None:
    """Kill the worker if it lives, and wait until it is gone and its pipes are closed."""
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it may end by itself between the two lines
            process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
    while process.stdout is not None and await process.stdout.read(_MOST_OUTPUT):
        pass  # a paused pipe would stay open
    for _ in range(_STEPS):
        await asyncio.sleep(0)


def _bare(value: object) -> object:
    return value.reveal() if isinstance(value, Secret) else value
