"""A home, its router and an Internet, to run the installed command in.

    with Lab() as lab:
        lab.arrange(Plan(upnp=False, natpmp=False), tmp_path)
        lab.config(discovery={"confirm": "always"})
        ran = lab.upstun("once", "--json")
        assert ran.status == 0
        assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}

The servers are started once. `arrange` gives a case its router and its faults, puts the zones
back to the stale address, and takes well under a second.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.update

from tests.lab import services, zones
from tests.lab.authority import tls_server
from tests.lab.echo import Echo, truth
from tests.lab.fake_igd import CHARACTERS, Character, FakeRouter
from tests.lab.plan import (
    ECHO,
    ECHO_NAMES,
    LIAR,
    LIAR_NAME,
    POWER,
    POWER_RECORD,
    POWER_ZONE,
    PRIMARY,
    RECORD,
    RESOLVER,
    ROOT_SERVER,
    SECONDARY,
    STALE,
    STUN,
    STUN_NAMES,
    TLD_SERVER,
    WAN,
    ZONE,
    Plan,
)
from tests.lab.topology import Topology
from tests.lab.wire import Packet, Wire
from tests.support.calm import assert_calm
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Inside, sweep
from tests.support.tools import find, need, need_root

_PROJECT = Path(__file__).parents[2]
TOOLS = ("ip", "nft", "sysctl", "named", "turnserver", "pdns_server", "miniupnpd")


class Ran(NamedTuple):
    """How a command in the home ended, and every packet that left the home meanwhile."""

    status: int
    stdout: str
    stderr: str
    left: tuple[Packet, ...]

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.stdout)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made anew for every lab; no output of any command may contain one."""

    tsig: str
    other_tsig: str
    power: str

    @classmethod
    def make(cls) -> Self:
        return cls(
            tsig=base64.b64encode(os.urandom(32)).decode(),
            other_tsig=base64.b64encode(os.urandom(32)).decode(),
            power=secrets.token_hex(16),
        )


class Lab:
    """The whole world of a case. Everything it made is gone when the `with` block ends."""

    def __init__(self) -> None:
        need_root()
        for tool in TOOLS:
            need(tool)
        sweep()
        self.secrets = Secrets.make()
        self.plan = Plan()
        self.echo, self.liar = Echo(), Echo()
        self.fake: FakeRouter | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="upstun-lab-"))
        self._room = self._folder
        self._gateway: Daemon | None = None
        self._cable_in = True
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    # ---- arranging a case -----------------------------------------------------------------

    def arrange(self, plan: Plan, room: Path) -> Path:
        """Set the plan's stage; `room` is an empty folder for the case's files. Gives `room`."""
        self._room = room
        self._stop_gateway()
        self._cable_in = True
        self.echo.answer = self.liar.answer = truth
        self.topology.outer = WAN
        self.change(**asdict(Plan()))
        self.set_record(STALE)
        self._set_power_record(STALE)
        self.change(**asdict(plan))
        self._start_gateway()
        return room

    def change(self, **differences: Any) -> None:
        """Change the world in the middle of a case; the names are those of `Plan`.

        What the router itself speaks (`igd`, `upnp`, `natpmp`) needs `arrange`.
        """
        lagged = self.plan.secondary_lags
        self.plan = replace(self.plan, **differences)
        self.topology.arrange(self.plan, self.topology.outer)
        self._run_name_server("primary", up=self.plan.primary_up)
        if lagged and not self.plan.secondary_lags:
            self._run_name_server("secondary", up=False)
        self._run_name_server("secondary", up=self.plan.secondary_up)

    def flip(self, address: str) -> None:
        """Give the home another public address."""
        self.topology.flip(address)

    def cable(self, *, plugged: bool) -> None:
        """Pull the home's network cable, or plug it in."""
        self._cable_in = plugged
        self.topology.link(up=plugged)

    def set_record(self, *addresses: str, name: str = RECORD) -> None:
        """Edit the zone as somebody else with a key would, and wait until all servers show it."""
        keyring = {zones.OTHER_KEY: dns.tsig.Key(zones.OTHER_KEY, self.secrets.other_tsig)}
        change = dns.update.UpdateMessage(ZONE, keyring=keyring)
        change.delete(f"{name}.", "A")
        for address in addresses:
            change.add(f"{name}.", 60, "A", address)
        reply = self._world.make(lambda: dns.query.tcp(change, PRIMARY, timeout=5))
        assert reply.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(reply.rcode())
        wanted = sorted(addresses)
        until(
            lambda: all(self.ask(server, name) == wanted for server in self._followers()),
            f"the name servers do not agree on {name}",
        )

    def _followers(self) -> list[str]:
        """The servers that show a change of the primary at once."""
        follows = self.daemons["secondary"].running and not self.plan.secondary_lags
        return [PRIMARY, SECONDARY] if follows else [PRIMARY]

    def _set_power_record(self, address: str) -> None:
        rrset = {
            "name": f"{POWER_RECORD}.",
            "type": "A",
            "ttl": 60,
            "changetype": "REPLACE",
            "records": [{"content": address, "disabled": False}],
        }
        url = f"{services.POWER_API}/api/v1/servers/localhost/zones/{POWER_ZONE}."
        key, body = f"X-API-Key: {self.secrets.power}", json.dumps({"rrsets": [rrset]})
        self.topology.world.run("curl", "-sSf", "-X", "PATCH", "-H", key, "-d", body, url)

    # ---- looking at it --------------------------------------------------------------------

    def zone(self, name: str = RECORD) -> dict[str, list[str]]:
        """What each running authoritative server answers for `name`: its A records, sorted."""
        if name.endswith(ZONE):
            running = {PRIMARY: self.daemons["primary"], SECONDARY: self.daemons["secondary"]}
            servers = [address for address, daemon in running.items() if daemon.running]
        else:
            servers = [POWER]
        return {server: self.ask(server, name) for server in servers}

    def ask(self, server: str, name: str) -> list[str]:
        """The A records of `name` at one server, asked from the world."""
        query = dns.message.make_query(name, "A")
        reply = self._world.make(lambda: dns.query.tcp(query, server, timeout=5))
        return sorted(str(item) for rrset in reply.answer for item in rrset)

    def captured(self) -> tuple[Packet, ...]:
        """Every packet that has left the home since the last look."""
        return self._wire.take(fence=self._cable_in)

    def log(self, server: str) -> str:
        """What a server wrote, by its name."""
        return self.daemons[server].log

    # ---- the home -------------------------------------------------------------------------

    def home(self, *argv: str, env: Mapping[str, str] | None = None, timeout: float = 90) -> Ran:
        """Run a command in the home to its end; fails on a traceback or a secret in its output."""
        self.captured()
        done = subprocess.run(
            self.topology.home.command(*argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self._room,
            env=self.environment(env),
        )
        kept = (self.secrets.tsig, self.secrets.other_tsig, self.secrets.power)
        assert_calm(done.stdout, done.stderr, secrets=kept)
        return Ran(done.returncode, done.stdout, done.stderr, self.captured())

    def upstun(self, *arguments: str, timeout: float = 90) -> Ran:
        """Run the installed command in the home with the case's configuration."""
        config = ("--config", str(self.config_path))
        return self.home(*installed(), *config, *arguments, timeout=timeout)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a command in the home: its own folders, the lab's CA, no proxy."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self._room),
            "SSL_CERT_FILE": str(self._ca_file),
            "PYTHONPATH": str(_PROJECT),
            "PYTHONWARNINGS": "always::ResourceWarning",
            **(more or {}),
        }

    @property
    def config_path(self) -> Path:
        """The case's configuration file."""
        return self._room / "config.toml"

    def config(self, **tables: Mapping[str, Any]) -> None:
        """Write the case's config.toml: the plain home, with `tables` laid over it.

        A table is named with `__` for the dot (`discovery__stun`); None takes a key out.
        """
        config = default_config(self._room, self.secrets)
        for name, keys in tables.items():
            table = config.setdefault(name.replace("__", "."), {})
            table.update(keys)
        self.config_path.write_text(toml(config))
        self.config_path.chmod(0o600)

    # ---- building and taking down ---------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take everything down, whatever was built of it."""
        self._stop_gateway()
        for daemon in getattr(self, "daemons", {}).values():
            daemon.stop()
        if hasattr(self, "_world"):
            self._world.call(self.echo.close())
            self._world.call(self.liar.close())
        for part in ("_wire", "_world", "_router", "topology"):
            if hasattr(self, part):
                getattr(self, part).close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _build(self) -> None:
        self.topology = Topology()
        self.topology.arrange(self.plan)
        self._world, self._router = Inside(self.topology.world), Inside(self.topology.router)
        self._wire = Wire(self.topology.router, self.topology.home)
        keys = {zones.AGENT_KEY: self.secrets.tsig, zones.OTHER_KEY: self.secrets.other_tsig}
        self.daemons = services.bind(self.topology.world, self._folder, keys)
        self.daemons["pdns"] = services.power(self.topology.world, self._folder, self.secrets.power)
        self.daemons["coturn"] = services.coturn(self.topology.world, self._folder)
        for daemon in self.daemons.values():
            daemon.start()
        tls, self._ca_file = tls_server(self._folder, (*ECHO_NAMES, LIAR_NAME))
        for address in ECHO:
            self._world.call(self.echo.serve(address, tls))
        self._world.call(self.liar.serve(LIAR, tls))
        self._await_servers()

    def _await_servers(self) -> None:
        asked = {
            "root": (ROOT_SERVER, "."),
            "tld": (TLD_SERVER, "com"),
            "primary": (PRIMARY, ZONE),
            "secondary": (SECONDARY, ZONE),
            "pdns": (POWER, POWER_ZONE),
            "resolver": (RESOLVER, ZONE),
        }
        for name, (address, zone) in asked.items():
            self.daemons[name].ready(partial(self._dns_answers, address, zone))
        for address in STUN:
            probe = partial(services.stun_answers, address)
            self.daemons["coturn"].ready(partial(self._world.make, probe))

    def _dns_answers(self, address: str, zone: str) -> bool:
        return self._world.make(partial(services.dns_answers, address, zone))

    def _run_name_server(self, name: str, *, up: bool) -> None:
        daemon = self.daemons[name]
        if not up:
            daemon.stop()
        elif not daemon.running:
            # A secondary that starts with an old copy would keep it until its refresh timer.
            (self._folder / name / "transferred").unlink(missing_ok=True)
            daemon.start()
            address = {"primary": PRIMARY, "secondary": SECONDARY}[name]
            daemon.ready(partial(self._dns_answers, address, ZONE))

    def _start_gateway(self) -> None:
        plan = self.plan
        if plan.igd.startswith("fake:"):
            word = plan.igd.removeprefix("fake:")
            character = CHARACTERS.get(word, Character(reports=plan.router_wan))
            self.fake = FakeRouter(character)
            self._router.call(self.fake.serve())
        elif plan.igd == "miniupnpd" and (plan.upnp or plan.natpmp):
            self._gateway = services.miniupnpd(self.topology.router, self._folder, plan)
            self._gateway.start()
            self._gateway.ready(lambda: self._router.make(lambda: services.miniupnpd_answers(plan)))

    def _stop_gateway(self) -> None:
        if self._gateway is not None:
            self._gateway.stop()
            self._gateway = None
        if self.fake is not None:
            self._router.call(self.fake.close())
            self.fake = None


def installed() -> list[str]:
    """The command as a user has it: `upstun` beside this Python, else `python -m agent`."""
    script = find(str(Path(sys.executable).with_name("upstun")))
    return [script] if script else [sys.executable, "-m", "agent"]


def default_config(room: Path, secrets: Secrets) -> dict[str, dict[str, Any]]:
    """The configuration of a plain home with one record at BIND."""
    return {
        "agent": {"state": str(room / "state")},
        "discovery": {},
        "discovery.stun": {"servers": [f"stun:{name}:3478" for name in STUN_NAMES]},
        "discovery.http": {"urls": [f"https://{name}/" for name in ECHO_NAMES]},
        "dns": {"resolvers": [f"{RESOLVER}:53"]},
        "account.home": {
            "provider": "rfc2136",
            "server": f"{PRIMARY}:53",
            "key_name": zones.AGENT_KEY,
            "key_secret": secrets.tsig,
        },
        "[record]": {"name": RECORD, "account": "home", "ttl": 60},
    }


def toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Tables as TOML; JSON's strings, numbers, booleans and arrays are TOML's too."""
    return "\n".join(
        f"[{name}]\n"
        + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items() if v is not None)
        for name, keys in tables.items()
    )
