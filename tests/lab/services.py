"""The servers of the world: BIND five times, PowerDNS, coturn; and miniupnpd on the router."""

from __future__ import annotations

import os
import socket
import sqlite3
import struct
from collections.abc import Mapping
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from tests.lab.bind import Server, servers
from tests.lab.places import POWER, POWER_RECORD, POWER_ZONE, ROUTER, STALE, STUN, STUN6
from tests.lab.plan import Plan
from tests.support.daemon import Daemon
from tests.support.namespaces import Namespace
from tests.support.tools import absent

POWER_API = f"http://{POWER}:8081"
_POWER_SCHEMA = Path("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")


def bind(
    world: Namespace, folder: Path, secrets: Mapping[str, str], certificate: Path
) -> dict[str, Daemon]:
    """The five name servers by name, not yet started."""
    daemons = {}
    for server in servers(folder, secrets, certificate):
        room = folder / server.name
        room.mkdir()
        _write(room, server)
        command = world.command("named", "-g", "-n", "1", "-c", str(room / "named.conf"))
        daemons[server.name] = Daemon(server.name, folder, command)
    return daemons


def power(world: Namespace, folder: Path, api_key: str) -> Daemon:
    """PowerDNS with its HTTP API and one zone, not yet started."""
    if not _POWER_SCHEMA.exists():
        absent(f"needs {_POWER_SCHEMA}, which pdns-backend-sqlite3 installs")
    room = folder / "pdns"
    room.mkdir()
    database = sqlite3.connect(room / "zones.sqlite3")
    with database:
        database.executescript(_POWER_SCHEMA.read_text())
        database.execute(
            "INSERT INTO domains (id, name, type) VALUES (1, ?, 'NATIVE')", (POWER_ZONE,)
        )
        database.executemany(
            "INSERT INTO records (domain_id, name, type, content, ttl, auth) "
            "VALUES (1, ?, ?, ?, 60, 1)",
            [
                (POWER_ZONE, "SOA", f"ns.{POWER_ZONE} hostmaster.{POWER_ZONE} 1 3600 600 86400 15"),
                (POWER_ZONE, "NS", f"ns.{POWER_ZONE}"),
                (f"ns.{POWER_ZONE}", "A", POWER),
                (POWER_RECORD, "A", STALE),
            ],
        )
    database.close()
    (room / "pdns.conf").write_text(
        f"launch=gsqlite3\ngsqlite3-database={room / 'zones.sqlite3'}\n"
        f"local-address={POWER}\nsocket-dir={room}\n"
        f"api=yes\napi-key={api_key}\nwebserver=yes\nwebserver-address={POWER}\n"
        "webserver-port=8081\nwebserver-allow-from=0.0.0.0/0\n"
        "security-poll-suffix=\ncache-ttl=0\nquery-cache-ttl=0\nnegquery-cache-ttl=0\nzone-cache-refresh-interval=0\n"
    )
    command = world.command("pdns_server", f"--config-dir={room}", "--daemon=no", "--guardian=no")
    return Daemon("pdns", folder, command)


def coturn(world: Namespace, folder: Path) -> Daemon:
    """One STUN server on two addresses, over UDP and TCP (and RFC 5780 between the two)."""
    room = folder / "coturn"
    room.mkdir()
    listen = [word for address in (*STUN, *STUN6) for word in ("--listening-ip", address)]
    command = world.command(
        *("turnserver", "-n", "--stun-only", "--no-cli", "--no-tls", "--no-dtls"),
        *("--log-file", "stdout", "--pidfile", str(room / "pid"), "--userdb", str(room / "db")),
        *listen,
    )
    return Daemon("coturn", folder, command)


def miniupnpd(router: Namespace, folder: Path, plan: Plan) -> Daemon:
    """The router's UPnP, NAT-PMP and PCP service, as the plan has them; not yet started."""
    room = folder / "miniupnpd"
    room.mkdir(exist_ok=True)
    (room / "miniupnpd.conf").write_text(
        "ext_ifname=wan\nlistening_ip=lan\nhttp_port=5000\n"
        f"ipv6_disable={_yes(plan.ipv6 == 'off')}\n"
        f"enable_upnp={_yes(plan.upnp)}\nenable_natpmp={_yes(plan.natpmp)}\n"
        "secure_mode=yes\nuuid=6d696e69-7570-4e70-8d64-000000000001\nfriendly_name=Lab router\n"
        "allow 1024-65535 192.168.1.0/24 1024-65535\n"
    )
    config = str(room / "miniupnpd.conf")
    command = router.command("miniupnpd", "-d", "-f", config, "-P", str(room / "pid"))
    return Daemon("miniupnpd", folder, command)


def dns_answers(address: str, name: str) -> bool:
    """Whether a server answers for `name`; called inside the world."""
    try:
        query = dns.message.make_query(name, "SOA")
        return bool(dns.query.udp(query, address, timeout=0.5).answer)
    except (OSError, dns.exception.DNSException):
        return False


def stun_answers(address: str) -> bool:
    """Whether a server answers a bare Binding request (RFC 8489 §5)."""
    transaction = os.urandom(12)
    request = struct.pack("!HHI", 0x0001, 0, 0x2112A442) + transaction
    return _udp_reply(request, (address, 3478))[8:20] == transaction


def miniupnpd_answers(plan: Plan) -> bool:
    """Whether the router answers in the protocols that it should; called on the router."""
    if plan.natpmp and len(_udp_reply(b"\0\0", (ROUTER, 5351))) != 12:
        return False
    if plan.upnp:
        try:
            with socket.create_connection((ROUTER, 5000), timeout=0.5):
                pass
        except OSError:
            return False
    return True


def _udp_reply(request: bytes, address: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        try:
            client.connect(address)
            client.send(request)
            return client.recv(2048)
        except OSError:
            return b""


def _write(room: Path, server: Server) -> None:
    (room / "named.conf").write_text(server.config)
    for name, text in server.files.items():
        (room / name).write_text(text)


def _yes(on: bool) -> str:
    return "yes" if on else "no"
