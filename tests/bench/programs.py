"""The programs of the bench, each with its configuration: one name, one HTTP echo, one provider.

All but upstun get the address from the lab's echo service and tell it to the dyndns2 service, both
over plain HTTP, which is the cheaper for them. Their settings are their defaults otherwise.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import provider
from tests.lab.home import Secrets, config_text, installed
from tests.lab.places import ECHO_NAMES, ZONE
from tests.support.tools import need

DDNS = Path(".venv-bench/bin/ddns")
_ECHO = ECHO_NAMES[0]
_MINUTE = 60
_TIMER = 'while :; do "$@"; sleep "$0"; done'  # what cron would do, in one tree of processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program as it is run here.

    `record` is the name that it publishes. `daemon` runs until it is ended, `once` is one pass.
    `every` is its interval in seconds, None for one that is told of changes. `default` says that
    the interval is what it has without a word about it.
    """

    name: str
    record: str
    daemon: tuple[str, ...]
    once: tuple[str, ...]
    every: int | None = None
    default: bool = True


def upstun(
    room: Path, secrets: Secrets, tables: dict[str, dict[str, Any]] | None = None
) -> Program:
    """upstun, publishing the lab's own record by RFC 2136, with `tables` laid over that."""
    return _upstun("upstun", f"home.{ZONE}", room, secrets, tables or {})


def upstun_dyndns2(room: Path, secrets: Secrets) -> Program:
    """upstun, publishing by the same service as the others."""
    record = f"upstun.{ZONE}"
    account: dict[str, Any] = {
        "provider": "dyndns2",
        "endpoint": f"http://{provider.NAME}{provider.PATH}",
        "username": provider.USER,
        "password": provider.PASSWORD,
        "allow_http": True,
        **dict.fromkeys(("server", "key_name", "key_secret")),
    }
    # The service says nothing of TTL, so what the record has is left alone.
    tables = {"account.home": account, "[record]": {"name": record, "ttl": "keep"}}
    return _upstun("upstun (dyndns2)", record, room, secrets, tables)


def ddclient(room: Path, every: int, *, default: bool) -> Program:
    """ddclient 3.10 with `use=web`: with `usev4=webv4` it repeats updates that were good."""
    record = f"ddclient-{every}.{ZONE}"
    config = room / "ddclient.conf"
    config.write_text(
        f"daemon={every}\nuse=web, web=http://{_ECHO}/\nssl=no\nprotocol=dyndns2\n"
        f"server={provider.NAME}\nlogin={provider.USER}\npassword={provider.PASSWORD}\n{record}\n"
    )
    config.chmod(0o600)
    command = (need("ddclient"), "-file", str(config), "-cache", str(room / "cache"))
    return Program(
        name="ddclient",
        record=record,
        daemon=(*command, "-foreground"),
        once=(*command, "-daemon=0"),
        every=every,
        default=default,
    )


def inadyn(room: Path, every: int, *, default: bool) -> Program:
    """inadyn with a provider of its `custom` kind; without `period` it looks each 120 s."""
    record = f"inadyn-{every}.{ZONE}"
    period = "" if default else f"period = {every}\n"
    config = room / "inadyn.conf"
    config.write_text(
        f"{period}custom bench {{\n  ssl = false\n"
        f"  checkip-server = {_ECHO}\n  checkip-path = /\n  checkip-ssl = false\n"
        f"  username = {provider.USER}\n  password = {provider.PASSWORD}\n"
        f"  ddns-server = {provider.NAME}\n"
        f'  ddns-path = "{provider.PATH}?hostname=%h&myip=%i"\n  hostname = {record}\n}}\n'
    )
    command = (
        *(need("inadyn"), "--foreground", "--no-pidfile", "--config", str(config)),
        f"--cache-dir={room}",
    )
    return Program(
        name="inadyn",
        record=record,
        daemon=command,
        once=(*command, "--once"),
        every=every,
        default=default,
    )


def ddns(room: Path, every: int, *, default: bool) -> Program:
    """NewFuture's ddns as its documentation has it: one pass at a time, started by a timer."""
    record = f"ddns-{every}.{ZONE}"
    once = _ddns(room, record)
    timer = ("sh", "-c", _TIMER, str(every), *once)
    return Program(
        name="ddns, by timer", record=record, daemon=timer, once=once, every=every, default=default
    )


def ddns_web(room: Path, every: int, *, default: bool) -> Program:
    """The same as a process that stays, which is its own web page with a timer inside."""
    record = f"ddnsweb-{every}.{ZONE}"
    once = _ddns(room, record)
    web = (once[0], "web", *once[1:], "--interval", str(every // _MINUTE))
    return Program(
        name="ddns web", record=record, daemon=web, once=once, every=every, default=default
    )


def _upstun(
    name: str, record: str, room: Path, secrets: Secrets, tables: dict[str, dict[str, Any]]
) -> Program:
    config = room / "config.toml"
    config.write_text(config_text(room, secrets, tables))
    config.chmod(0o600)
    command = (*installed(), "--config", str(config))
    return Program(name=name, record=record, daemon=(*command, "run"), once=(*command, "once"))


def _ddns(room: Path, record: str) -> tuple[str, ...]:
    """Its No-IP provider speaks dyndns2, and takes another endpoint."""
    config = room / "ddns.json"
    config.write_text(
        json.dumps(
            {
                "dns": "noip",
                "endpoint": f"http://{provider.NAME}",
                "id": provider.USER,
                "token": provider.PASSWORD,
                "ipv4": [record],
                "index4": [f"url:http://{_ECHO}/"],
                "cache": str(room / "ddns.cache"),
            }
        )
    )
    return (str(DDNS.absolute()), "-c", str(config))


BARE = Program(
    name="python -c pass",
    record="",
    daemon=(),
    once=(sys.executable, "-c", "pass"),
)
"""The least that any program in Python costs."""
