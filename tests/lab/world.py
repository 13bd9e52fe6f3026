"""The servers of the world, running: started once, asked and edited by every case."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.update

from tests.lab import services, zones
from tests.lab.authority import tls_server
from tests.lab.echo import Echo
from tests.lab.home import Secrets
from tests.lab.plan import (
    ECHO,
    ECHO_NAMES,
    LIAR,
    LIAR_NAME,
    POWER,
    POWER_RECORD,
    POWER_ZONE,
    PRIMARY,
    RESOLVER,
    ROOT_SERVER,
    SECONDARY,
    STUN,
    TLD_SERVER,
    ZONE,
    Plan,
)
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Inside, Namespace

_ZONE_OF = {
    "root": (ROOT_SERVER, "."),
    "tld": (TLD_SERVER, "com"),
    "primary": (PRIMARY, ZONE),
    "secondary": (SECONDARY, ZONE),
    "pdns": (POWER, POWER_ZONE),
    "resolver": (RESOLVER, ZONE),
}


class World:
    """BIND, PowerDNS, coturn and the echo services, in one namespace."""

    def __init__(self, namespace: Namespace, folder: Path, secrets: Secrets) -> None:
        self.echo, self.liar = Echo(), Echo()
        self._namespace, self._folder, self._secrets = namespace, folder, secrets
        self._inside = Inside(namespace)
        keys = {zones.AGENT_KEY: secrets.tsig, zones.OTHER_KEY: secrets.other_tsig}
        self.daemons: dict[str, Daemon] = {
            **services.bind(namespace, folder, keys),
            "pdns": services.power(namespace, folder, secrets.power),
            "coturn": services.coturn(namespace, folder),
        }
        tls, self.ca_file = tls_server(folder, (*ECHO_NAMES, LIAR_NAME))
        for address in ECHO:
            self._inside.call(self.echo.serve(address, tls))
        self._inside.call(self.liar.serve(LIAR, tls))

    def start(self) -> None:
        """Start every server side by side, and wait until each answers."""
        for daemon in self.daemons.values():
            daemon.start()
        for name in _ZONE_OF:
            self._await(name)
        for address in STUN:
            probe = partial(services.stun_answers, address)
            self.daemons["coturn"].ready(partial(self._inside.make, probe))

    def arrange(self, before: Plan, plan: Plan) -> None:
        """Let the two name servers of the home's zone run or not, as planned."""
        self._run("primary", up=plan.primary_up)
        if before.secondary_lags and not plan.secondary_lags:
            self._run("secondary", up=False)
        self._run("secondary", up=plan.secondary_up)

    def zone_servers(self) -> list[str]:
        """The addresses of the home zone's name servers that run."""
        names = ("primary", "secondary")
        return [_ZONE_OF[name][0] for name in names if self.daemons[name].running]

    def ask(self, server: str, name: str) -> list[str]:
        """The A records of `name` at one server, sorted."""
        query = dns.message.make_query(name, "A")
        reply = self._inside.make(lambda: dns.query.tcp(query, server, timeout=5))
        return sorted(str(item) for rrset in reply.answer for item in rrset)

    def set_record(self, name: str, addresses: tuple[str, ...], plan: Plan) -> None:
        """Edit the zone as somebody else with a key, and wait until it shows everywhere."""
        key = dns.tsig.Key(zones.OTHER_KEY, self._secrets.other_tsig)
        change = dns.update.UpdateMessage(ZONE, keyring={zones.OTHER_KEY: key})
        change.delete(f"{name}.", "A")
        for address in addresses:
            change.add(f"{name}.", 60, "A", address)
        reply = self._inside.make(lambda: dns.query.tcp(change, PRIMARY, timeout=5))
        assert reply.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(reply.rcode())
        followers = [PRIMARY] if plan.secondary_lags else self.zone_servers()
        until(
            lambda: all(self.ask(server, name) == sorted(addresses) for server in followers),
            f"the name servers do not agree on {name}",
        )

    def set_power_record(self, address: str) -> None:
        """Set PowerDNS's record by its API, with curl."""
        rrset = {
            "name": f"{POWER_RECORD}.",
            "type": "A",
            "ttl": 60,
            "changetype": "REPLACE",
            "records": [{"content": address, "disabled": False}],
        }
        url = f"{services.POWER_API}/api/v1/servers/localhost/zones/{POWER_ZONE}."
        key, body = f"X-API-Key: {self._secrets.power}", json.dumps({"rrsets": [rrset]})
        self._namespace.run("curl", "-sSf", "-X", "PATCH", "-H", key, "-d", body, url)

    def close(self) -> None:
        """Stop everything."""
        for daemon in self.daemons.values():
            daemon.stop()
        self._inside.call(self.echo.close())
        self._inside.call(self.liar.close())
        self._inside.close()

    def _run(self, name: str, *, up: bool) -> None:
        daemon = self.daemons[name]
        if not up:
            daemon.stop()
        elif not daemon.running:
            # A secondary that starts with an old copy would keep it until its refresh timer.
            (self._folder / name / "transferred").unlink(missing_ok=True)
            daemon.start()
            self._await(name)

    def _await(self, name: str) -> None:
        probe = partial(services.dns_answers, *_ZONE_OF[name])
        self.daemons[name].ready(partial(self._inside.make, probe))
