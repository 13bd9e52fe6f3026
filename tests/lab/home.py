"""The home's side of a case: its configuration, the command, and how the command ended."""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.lab.bind import AGENT_KEY
from tests.lab.packet import Packet
from tests.lab.places import ECHO_NAMES, PRIMARY, RECORD, RESOLVER, STUN_NAMES
from tests.support.calm import assert_calm
from tests.support.daemon import until
from tests.support.tools import find

_PROJECT = Path(__file__).parents[2]


class Ran(NamedTuple):
    """How a command in the home ended, and every packet that left the home meanwhile."""

    status: int
    stdout: str
    stderr: str
    left: tuple[Packet, ...]

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        try:
            return json.loads(self.stdout)
        except ValueError:
            what = f"exit status {self.status}\n{self.stdout}{self.stderr}"
            raise AssertionError(f"no JSON document on stdout; {what}") from None

    @property
    def record(self) -> Any:
        """The only entry of `records` in `once --json`."""
        (entry,) = self.json["records"]
        return entry

    @property
    def ipv4(self) -> Any:
        """The IPv4 address, as `once --json` and `ip --json` tell it."""
        document = self.json
        return document.get("addresses", document)["ipv4"]


class Living:
    """A command that runs in the home until it is told to end; it writes into a file."""

    def __init__(self, argv: list[str], room: Path, env: Mapping[str, str], kept: Secrets) -> None:
        self._output, self._kept = room / "output.log", kept
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=room,
                env=env,
            )

    @property
    def said(self) -> str:
        """Everything that it has written so far."""
        return self._output.read_text(errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it told so far, where the configuration has `log = "json"` in `[agent]`."""
        lines = self.said.splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    @property
    def looks(self) -> list[str]:
        """What it noticed so far: why it looked in a hurry, each time that it did."""
        return [event["because"] for event in self.events if event["type"] == "RoundBegan"]

    def await_words(self, words: str, times: int = 1) -> None:
        """Wait until it has written `words` so many times."""
        until(lambda: self.said.count(words) >= times, lambda: f"not {words!r}: {self.said}")

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal; `ip netns exec` has become the command, so it gets it itself."""
        self._process.send_signal(number)

    def ended(self, timeout: float = 15) -> int:
        """Wait for its end and give its status, after a look for panic and secrets."""
        status = self._process.wait(timeout)
        assert_calm("", self.said, secrets=self._kept.every())
        return status

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made anew for every lab; no output of any command may contain one."""

    tsig: str
    other_tsig: str
    power: str

    @classmethod
    def make(cls) -> Self:
        """Random ones."""
        return cls(
            tsig=base64.b64encode(os.urandom(32)).decode(),
            other_tsig=base64.b64encode(os.urandom(32)).decode(),
            power=secrets.token_hex(16),
        )

    def every(self) -> tuple[str, ...]:
        """All of them, to look for."""
        return (self.tsig, self.other_tsig, self.power)


def installed() -> list[str]:
    """The command as a user has it: `upstun` beside this Python, else `python -m agent`."""
    script = find(str(Path(sys.executable).with_name("upstun")))
    return [script] if script else [sys.executable, "-m", "agent"]


def environment(room: Path, ca_file: Path) -> dict[str, str]:
    """A home's environment: its own folders, the lab's authority, and leaks told on stderr."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(room),
        "SSL_CERT_FILE": str(ca_file),
        "PYTHONPATH": str(_PROJECT),
        "PYTHONWARNINGS": "always::ResourceWarning",
    }


def config_text(room: Path, secrets: Secrets, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The plain home with one record at BIND, with `tables` laid over it; None takes a key out."""
    config: dict[str, dict[str, Any]] = {
        "agent": {"state": str(room / "state")},
        "discovery": {},
        "discovery.stun": {"servers": [f"stun:{name}:3478" for name in STUN_NAMES]},
        "discovery.http": {"urls": [f"https://{name}/" for name in ECHO_NAMES]},
        "dns": {"resolvers": [f"{RESOLVER}:53"]},
        "account.home": {
            "provider": "rfc2136",
            "server": f"{PRIMARY}:53",
            "key_name": AGENT_KEY,
            "key_secret": secrets.tsig,
        },
        "[record]": {"name": RECORD, "account": "home", "ttl": 60},
    }
    for name, keys in tables.items():
        config.setdefault(name, {}).update(keys)
    return "\n".join(_table(name, keys) for name, keys in config.items())


def _table(name: str, keys: Mapping[str, Any]) -> str:
    """One table of TOML; JSON's strings, numbers, booleans and arrays are TOML's too."""
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in keys.items() if value is not None]
    return f"[{name}]\n" + "".join(lines)
