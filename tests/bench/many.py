"""Part "many": a thousand records in fifty zones on one BIND, and one flip."""

from __future__ import annotations

import base64
import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.update

from tests.bench import processes
from tests.bench.household import Household
from tests.bench.served import Watch
from tests.lab import services
from tests.lab.bind import OTHER_KEY
from tests.lab.home import config_text, installed
from tests.lab.places import STALE, TLD_SERVER, WAN
from tests.lab.plan import Plan
from tests.support.daemon import Daemon
from tests.support.namespaces import Inside

ADDRESS = "185.49.141.10"
_KEY = "many."
_MOVED = "81.2.69.177"
_PACE = 0.03  # seconds between two looks at each zone
_PATIENCE = 120.0
_QUIET = 15.0  # seconds between the first publication and the flip


def measure(household: Household, zones: int, names: int) -> dict[str, Any]:
    """What the first publication and one flip took, with `names` records in each zone."""
    household.arrange(Plan())
    lab, home = household.lab, household.home
    inside = Inside(lab.topology.world)
    with contextlib.ExitStack() as stack:
        stack.callback(inside.close)
        lab.topology.world.batch(f"address add {ADDRESS}/32 dev lo")
        secret = base64.b64encode(os.urandom(32)).decode()
        server = _bind(household, zones, names, secret)
        stack.callback(server.stop)
        server.start()
        server.ready(lambda: inside.make(lambda: services.dns_answers(ADDRESS, _zone(0))))
        inside.make(lambda: _delegate(zones, lab.secrets.other_tsig))
        home.tap.take()
        last = [f"{_name(names - 1)}.{_zone(zone)}" for zone in range(zones)]
        watch = stack.enter_context(Watch(lab.topology.world, (ADDRESS,), last, eager=_PACE))
        config = _config(household, zones, names, secret)
        watch.expect(WAN)
        started = time.monotonic()
        with home.running((*installed(), "--config", str(config), "run")) as pid:
            first = _round(household, watch, inside, started, (zones, names, WAN))
            time.sleep(_QUIET)
            home.tap.take()
            watch.expect(_MOVED)
            before = processes.cpu(pid)
            moment = lab.flip(_MOVED)
            flip = _round(household, watch, inside, moment, (zones, names, _MOVED))
            time.sleep(2.0)  # for the end of the round
            flip["cpu"] = round(processes.cpu(pid).since(before), 3)
            flip["rss"] = processes.memory(pid).rss
    return {"zones": zones, "names": names, "start": first, "flip": flip}


def _round(
    household: Household,
    watch: Watch,
    inside: Inside,
    moment: float,
    wanted: tuple[int, int, str],
) -> dict[str, Any]:
    """From a moment to all zones served, the messages that it took, and how many are right."""
    zones, names, address = wanted
    watch.wait(_PATIENCE)
    served = watch.everywhere().values()
    everything = len(served) == zones
    right = inside.make(lambda: sum(_ask(zones, names, address)))
    sent = [packet for at, packet in household.home.tap.take() if at >= moment]
    return {
        "served": round(max(served) - moment, 3) if everything else None,
        "updates": sum(packet.is_dns_update for packet in sent),
        "packets": len(sent),
        "right": right,
    }


def _bind(household: Household, zones: int, names: int, secret: str) -> Daemon:
    room = household.folder / "many"
    room.mkdir()
    lines = "".join(f"{_name(number)} A {STALE}\n" for number in range(names))
    soa = "@ SOA ns1 hostmaster 1 3600 600 86400 15\n@ NS ns1\n"
    for zone in range(zones):
        text = f"$TTL 60\n{soa}ns1 A {ADDRESS}\n{lines}"
        (room / f"{_zone(zone)}.zone").write_text(text)
    declared = "".join(
        f'zone "{_zone(zone)}" {{ type primary; file "{_zone(zone)}.zone"; notify no; '
        f"allow-update {{ key {_KEY}; }}; }};\n"
        for zone in range(zones)
    )
    (room / "named.conf").write_text(
        f'key "{_KEY}" {{ algorithm hmac-sha256; secret "{secret}"; }};\ncontrols {{ }};\n'
        f'options {{ directory "{room}"; managed-keys-directory "{room}"; '
        f"listen-on {{ {ADDRESS}; }}; listen-on-v6 {{ none; }}; recursion no; "
        "dnssec-validation no; pid-file none; session-keyfile none; empty-zones-enable no; "
        f"}};\n{declared}"
    )
    config = str(room / "named.conf")
    command = household.lab.topology.world.command("named", "-g", "-n", "1", "-c", config)
    return Daemon("many-bind", household.folder, command)


def _delegate(zones: int, secret: str) -> None:
    """Let "com" refer to the one server of each zone."""
    change = dns.update.UpdateMessage("com", keyring={OTHER_KEY: dns.tsig.Key(OTHER_KEY, secret)})
    for zone in range(zones):
        change.add(f"{_zone(zone)}.", 60, "NS", f"ns1.{_zone(zone)}.")
        change.add(f"ns1.{_zone(zone)}.", 60, "A", ADDRESS)
    reply = dns.query.tcp(change, TLD_SERVER, timeout=10)
    assert reply.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(reply.rcode())


def _config(household: Household, zones: int, names: int, secret: str) -> Path:
    room = household.home.room
    account = {"server": f"{ADDRESS}:53", "key_name": _KEY, "key_secret": secret}
    every = [f"{_name(name)}.{_zone(zone)}" for zone in range(zones) for name in range(names)]
    tables = {"account.home": account, "[record]": {"name": every[0]}}
    text = config_text(room, household.lab.secrets, tables)
    rest = (f'\n[[record]]\nname = "{name}"\naccount = "home"\nttl = 60\n' for name in every[1:])
    config = room / "many.toml"
    config.write_text(text + "".join(rest))
    config.chmod(0o600)
    return config


def _ask(zones: int, names: int, address: str) -> Iterator[bool]:
    """Of every record, whether it is right."""
    for zone in range(zones):
        for name in range(names):
            query = dns.message.make_query(f"{_name(name)}.{_zone(zone)}", "A")
            reply = dns.query.udp(query, ADDRESS, timeout=5)
            yield [str(item) for rrset in reply.answer for item in rrset] == [address]


def _zone(number: int) -> str:
    return f"many{number:02}.com"


def _name(number: int) -> str:
    return f"host{number:02}"
