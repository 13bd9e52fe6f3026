"""The configurations of the lab's name servers that are BIND. All text, no process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.places import (
    DOH,
    GOOGLE,
    PRIMARY,
    PRIMARY6,
    RECORD,
    RESOLVER,
    ROOT_SERVER,
    SECONDARY,
    SECONDARY6,
    SIGNED_ZONE,
    TLD_SERVER,
    ZONE,
)
from tests.lab.signed import signed_zone
from tests.lab.zones import HOME_ZONE, INFRASTRUCTURE, ROOT_HINTS, TOP_LEVEL

AGENT_KEY = "home."  # may change the home's own record, and nothing else
OTHER_KEY = "webform."  # somebody else who edits the zone


@dataclass(frozen=True, slots=True)
class Server:
    """One BIND: its configuration, and the files beside it."""

    name: str
    config: str
    files: Mapping[str, str] = field(default_factory=dict)


def servers(folder: Path, secrets: Mapping[str, str], certificate: Path) -> tuple[Server, ...]:
    """Every BIND of the lab. `secrets` are the TSIG secrets by key name, in base64.

    `certificate` is a PEM file with the chain and the key of the DNS-over-HTTPS service.
    """
    signed = signed_zone()
    keys = "".join(
        f'key "{name}" {{ algorithm hmac-sha256; secret "{secret}"; }};\n'
        for name, secret in secrets.items()
    )
    return (
        _infrastructure(folder / "root", ROOT_SERVER, "", (".",)),
        _infrastructure(folder / "tld", TLD_SERVER, keys, TOP_LEVEL),
        _resolver(folder / "resolver", keys, signed.anchor, certificate),
        _primary(folder / "primary", keys, signed.zone),
        _secondary(folder / "secondary"),
    )


def _infrastructure(folder: Path, address: str, keys: str, zones: tuple[str, ...]) -> Server:
    # Whoever may edit the zone may edit its delegation too, as at a registrar.
    editable = f"allow-update {{ key {OTHER_KEY}; }};" if keys else ""
    declared = "".join(
        f'zone "{zone}" {{ type primary; file "{_file(zone)}"; notify no; {editable} }};\n'
        for zone in zones
    )
    files = {_file(zone): INFRASTRUCTURE[zone] for zone in zones}
    return Server(folder.name, keys + _options(folder, address) + declared, files)


def _resolver(folder: Path, keys: str, anchor: str, certificate: Path) -> Server:
    """The resolver behind two public addresses, and over HTTPS (RFC 8484) on a third."""
    around = (
        f'tls lab {{ cert-file "{certificate}"; key-file "{certificate}"; }};\n'
        'http lab { endpoints { "/dns-query"; }; };\n'
        f"trust-anchors {{ {anchor} }};\n"
        'zone "." { type hint; file "hints"; };\n'
    )
    options = _options(
        folder,
        RESOLVER,
        f"listen-on {{ {GOOGLE}; }}; listen-on port 443 tls lab http lab {{ {DOH}; }};",
        "recursion yes; allow-recursion { any; }; dnssec-validation yes;",
        controls=f"inet 127.0.0.1 allow {{ 127.0.0.1; }} keys {{ {OTHER_KEY}; }};",
    )
    remote = f"{keys}options {{ default-server 127.0.0.1; default-key {OTHER_KEY}; }};\n"
    files = {"hints": ROOT_HINTS, "rndc.conf": remote}
    return Server(folder.name, keys + around + options, files)


def _primary(folder: Path, keys: str, signed: str) -> Server:
    # BIND waits 5 s between two rounds of NOTIFY unless told otherwise.
    zones = (
        f'zone "{ZONE}" {{ type primary; file "{_file(ZONE)}"; '
        f"notify explicit; also-notify {{ {SECONDARY}; }}; notify-delay 0; "
        f"allow-transfer {{ {SECONDARY}; }}; "
        f"update-policy {{ grant {AGENT_KEY} name {RECORD} A AAAA; "
        f"grant {OTHER_KEY} zonesub ANY; }}; }};\n"
        f'zone "{SIGNED_ZONE}" {{ type primary; file "{_file(SIGNED_ZONE)}"; notify no; }};\n'
    )
    at_once = "notify-rate 1000; startup-notify-rate 1000;"
    options = _options(folder, PRIMARY, f"listen-on-v6 {{ {PRIMARY6}; }};", at_once)
    files = {_file(ZONE): HOME_ZONE, _file(SIGNED_ZONE): signed}
    return Server(folder.name, keys + options + zones, files)


def _secondary(folder: Path) -> Server:
    zone = (
        f'zone "{ZONE}" {{ type secondary; primaries {{ {PRIMARY}; }}; '
        f'file "transferred"; notify no; }};\n'
    )
    options = _options(
        folder, SECONDARY, f"listen-on-v6 {{ {SECONDARY6}; }};", "serial-query-rate 1000;"
    )
    return Server(folder.name, options + zone)


_QUIET = ("listen-on-v6 { none; };", "recursion no;", "dnssec-validation no;")


def _options(folder: Path, address: str, *more: str, controls: str = "") -> str:
    """A server that is authoritative only, over IPv4 only, unless `more` says otherwise."""
    said = " ".join(more)
    words = [*more, *(line for line in _QUIET if line.split()[0] not in said)]
    return (
        f"controls {{ {controls} }};\n"
        "options {\n"
        f'  directory "{folder}"; managed-keys-directory "{folder}";\n'
        f"  listen-on {{ {address}; }};\n"
        f"  query-source address {address}; transfer-source {address}; notify-source {address};\n"
        "  pid-file none; session-keyfile none; empty-zones-enable no;\n"
        f"  {' '.join(words)}\n"
        "};\n"
    )


def _file(zone: str) -> str:
    return f"{zone.strip('.') or 'root'}.zone"
