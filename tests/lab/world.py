"""The servers of the world, running: started once, asked and edited by every case."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.update

from tests.lab import bind, records, services
from tests.lab.authority import tls_server
from tests.lab.doh import Doh
from tests.lab.echo import ECHO_LIES, Echo
from tests.lab.home import Secrets
from tests.lab.places import (
    CLOUDFLARE_DOH,
    CLOUDFLARE_DOH6,
    CLOUDFLARE_DOH_NAME,
    DOH_NAME,
    ECHO,
    ECHO6,
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
    STUN6,
    TLD_SERVER,
    ZONE,
)
from tests.lab.plan import Plan
from tests.lab.served import Served
from tests.lab.stun_lies import STUN_LIES, StunLiar
from tests.lab.whoami import Whoami
from tests.lab.writes import Write, read_writes
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Inside, Namespace

_HOUR = 3600.0
_ZONE_OF = {
    "root": (ROOT_SERVER, "."),
    "tld": (TLD_SERVER, "com"),
    "primary": (PRIMARY, ZONE),
    "secondary": (SECONDARY, ZONE),
    "pdns": (POWER, POWER_ZONE),
    "resolver": (RESOLVER, ZONE),
}


class World:
    """BIND, PowerDNS, coturn, the echo, DoH and whoami services, and the liars: one namespace."""

    def __init__(self, namespace: Namespace, folder: Path, secrets: Secrets) -> None:
        self.echo, self.liar, self._doh = Echo(), Echo(), Doh()
        self._namespace, self._folder, self._secrets = namespace, folder, secrets
        self._inside = Inside(namespace)
        self._case_from = 0  # where its part of the primary's log begins
        self._whoami, self._stun_liar = Whoami(), StunLiar()
        certificate = tls_server(folder, (*ECHO_NAMES, LIAR_NAME, DOH_NAME, CLOUDFLARE_DOH_NAME))
        self.ca_file = certificate.ca_file
        keys = {bind.AGENT_KEY: secrets.tsig, bind.OTHER_KEY: secrets.other_tsig}
        self.daemons: dict[str, Daemon] = {
            **services.bind(namespace, folder, keys, certificate.server_file),
            "pdns": services.power(namespace, folder, secrets.power),
            "coturn": services.coturn(namespace, folder),
        }
        for address in (*ECHO, *ECHO6):
            self._inside.call(self.echo.serve(address, certificate.context))
        self._inside.call(self.liar.serve(LIAR, certificate.context))
        for address in (CLOUDFLARE_DOH, CLOUDFLARE_DOH6):
            self._inside.call(self._doh.serve(address, certificate.context))
        self._inside.call(self._stun_liar.serve(LIAR))
        self._inside.call(self._whoami.start())

    def start(self) -> None:
        """Start every server side by side, and wait until each answers."""
        for daemon in self.daemons.values():
            daemon.start()
        for name in _ZONE_OF:
            self._await(name)
        for address in (*STUN, *STUN6):
            probe = partial(services.stun_answers, address)
            self.daemons["coturn"].ready(partial(self._inside.make, probe))

    def arrange(self, before: Plan, plan: Plan) -> None:
        """Let the home zone's name servers run or not, and the liars lie, as planned."""
        self._run("primary", up=plan.primary_up)
        if before.secondary_lags and not plan.secondary_lags:
            self._run("secondary", up=False)
        self._run("secondary", up=plan.secondary_up)
        self._stun_liar.lie = STUN_LIES[plan.stun_lie]
        for service in (self.echo, self.liar, self._doh):
            service.ahead = _HOUR if plan.clock_off else 0.0
        if plan.echo_lie != before.echo_lie:  # a case may have put words of its own into its mouth
            self.liar.answer = ECHO_LIES[plan.echo_lie]

    def zone_servers(self) -> list[str]:
        """The addresses of the home zone's name servers that run."""
        names = ("primary", "secondary")
        return [_ZONE_OF[name][0] for name in names if self.daemons[name].running]

    def ask(self, server: str, name: str) -> list[str]:
        """The A records of `name` at one server, sorted."""
        query = dns.message.make_query(name, "A")
        reply = self._inside.make(lambda: dns.query.tcp(query, server, timeout=5))
        return sorted(str(item) for rrset in reply.answer for item in rrset)

    def watch(self, name: str, rtype: str) -> Served:
        """Watch an RRset at the servers that have it."""
        servers = self.zone_servers() if name.endswith(ZONE) else [POWER]
        return Served(self._namespace, servers, name, rtype)

    def begin(self) -> None:
        """From now on, a case is under way: what it has the home write is of interest."""
        self._case_from = len(self.daemons["primary"].log)

    def writes(self) -> tuple[Write, ...]:
        """What the primary accepted from the home since the case began."""
        return read_writes(self.daemons["primary"].log[self._case_from :])

    def write_zone(self, plan: Plan) -> None:
        """Make the home's zone and its delegation say what the plan has."""
        secret = self._secrets.other_tsig
        self._edit(TLD_SERVER, records.delegation_change(plan, secret))
        self._edit(PRIMARY, records.zone_change(plan, secret))
        self._await_followers(plan)

    def set_record(self, name: str, addresses: tuple[str, ...], plan: Plan) -> None:
        """Give a name other A records."""
        self._edit(PRIMARY, records.address_change(name, addresses, self._secrets.other_tsig))
        self._await_followers(plan)

    def forget(self) -> None:
        """Empty the resolver's cache of what earlier cases had it learn."""
        config = str(self._folder / "resolver" / "rndc.conf")
        self._namespace.run("rndc", "-c", config, "flush")

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
        self._inside.call(self._doh.close())
        self._inside.call(self._stun_liar.close())
        self._inside.call(self._whoami.close())
        self._inside.close()

    def _edit(self, server: str, change: dns.update.UpdateMessage) -> None:
        reply = self._inside.make(lambda: dns.query.tcp(change, server, timeout=5))
        assert reply.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(reply.rcode())

    def _await_followers(self, plan: Plan) -> None:
        """Wait until every server of the home's zone shows its newest version."""
        if not plan.secondary_lags:
            until(
                lambda: len({self._serial(server) for server in self.zone_servers()}) == 1,
                "the name servers have different versions of the zone",
            )

    def _serial(self, server: str) -> str:
        query = dns.message.make_query(ZONE, "SOA")
        reply = self._inside.make(lambda: dns.query.udp(query, server, timeout=5))
        return reply.answer[0].to_text()

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
