"""The lab's name space as BIND configurations: a root, three top-level domains, two home zones.

The delegation is real: the recursive resolver starts at the root server and is referred to the
top-level domains and then to the zones, as it would be in the world. All text, no process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.lab.plan import (
    ECHO,
    ECHO_NAMES,
    LIAR,
    LIAR_NAME,
    POWER,
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
    ZONE,
)

AGENT_KEY = "home."  # may change the home's own record, and nothing else
OTHER_KEY = "webform."  # somebody else who edits the zone
_SOA = "hostmaster.example.com. 1 3600 600 86400 15"


@dataclass(frozen=True, slots=True)
class Server:
    """One BIND: its address, its configuration, and the zone files beside it."""

    name: str
    address: str
    config: str
    files: Mapping[str, str]


def servers(folder: str, secrets: Mapping[str, str]) -> tuple[Server, ...]:
    """Every BIND of the lab. `secrets` are the TSIG secrets by key name, in base64."""
    return (
        _infrastructure(f"{folder}/root", "root", ROOT_SERVER, (".",)),
        _infrastructure(f"{folder}/tld", "tld", TLD_SERVER, ("com", "net", "test")),
        _resolver(f"{folder}/resolver"),
        _primary(f"{folder}/primary", secrets),
        _secondary(f"{folder}/secondary"),
    )


def _infrastructure(folder: str, name: str, address: str, zones: tuple[str, ...]) -> Server:
    declared = "".join(
        f'zone "{zone}" {{ type primary; file "{_file(zone)}"; notify no; }};\n' for zone in zones
    )
    return Server(
        name,
        address,
        _options(folder, address, "recursion no;") + declared,
        {_file(zone): _ZONES[zone] for zone in zones},
    )


def _resolver(folder: str) -> Server:
    options = "recursion yes; allow-recursion { any; };"
    return Server(
        "resolver",
        RESOLVER,
        _options(folder, RESOLVER, options) + 'zone "." { type hint; file "hints"; };\n',
        {"hints": f". 3600000 NS a.root.\na.root. 3600000 A {ROOT_SERVER}\n"},
    )


def _primary(folder: str, secrets: Mapping[str, str]) -> Server:
    keys = "".join(
        f'key "{name}" {{ algorithm hmac-sha256; secret "{secret}"; }};\n'
        for name, secret in secrets.items()
    )
    # BIND waits 5 s between two rounds of NOTIFY unless told otherwise.
    zone = (
        f'zone "{ZONE}" {{ type primary; file "{_file(ZONE)}"; '
        f"notify explicit; also-notify {{ {SECONDARY}; }}; notify-delay 0; "
        f"allow-transfer {{ {SECONDARY}; }}; "
        f"update-policy {{ grant {AGENT_KEY} name {RECORD} A AAAA; "
        f"grant {OTHER_KEY} zonesub ANY; }}; }};\n"
    )
    options = _options(folder, PRIMARY, "recursion no; notify-rate 1000; startup-notify-rate 1000;")
    return Server("primary", PRIMARY, keys + options + zone, {_file(ZONE): _HOME_ZONE})


def _secondary(folder: str) -> Server:
    zone = (
        f'zone "{ZONE}" {{ type secondary; primaries {{ {PRIMARY}; }}; '
        f'file "transferred"; notify no; }};\n'
    )
    return Server("secondary", SECONDARY, _options(folder, SECONDARY, "recursion no;") + zone, {})


def _options(folder: str, address: str, more: str) -> str:
    return (
        "controls { };\n"
        "options {\n"
        f'  directory "{folder}"; managed-keys-directory "{folder}";\n'
        f"  listen-on {{ {address}; }}; listen-on-v6 {{ none; }};\n"
        f"  query-source address {address}; transfer-source {address}; notify-source {address};\n"
        "  pid-file none; session-keyfile none; empty-zones-enable no; dnssec-validation no;\n"
        f"  {more}\n"
        "};\n"
    )


def _file(zone: str) -> str:
    return f"{zone.strip('.') or 'root'}.zone"


def _delegation(zone: str, *glued: tuple[str, str]) -> str:
    return "".join(f"{zone}. NS {name}.\n{name}. A {address}\n" for name, address in glued)


def _addresses(names: tuple[str, ...], addresses: tuple[str, ...]) -> str:
    return "".join(f"{name}. A {ip}\n" for name, ip in zip(names, addresses, strict=True))


_TLD = ("a.nic.test", TLD_SERVER)
_TLD_APEX = f"$TTL 3600\n@ SOA a.nic.test. {_SOA}\n@ NS a.nic.test.\n"
_ZONES = {
    ".": (
        f"$TTL 86400\n@ SOA a.root. {_SOA}\n@ NS a.root.\na.root. A {ROOT_SERVER}\n"
        + "".join(_delegation(zone, _TLD) for zone in ("com", "net", "test"))
    ),
    "com": _TLD_APEX + _delegation(ZONE, (f"ns1.{ZONE}", PRIMARY), (f"ns2.{ZONE}", SECONDARY)),
    "net": _TLD_APEX + _delegation(POWER_ZONE, (f"ns.{POWER_ZONE}", POWER)),
    "test": _TLD_APEX
    + f"a.nic A {TLD_SERVER}\n"
    + _addresses(STUN_NAMES, STUN)
    + _addresses(ECHO_NAMES, ECHO)
    + _addresses((LIAR_NAME,), (LIAR,)),
}
_HOME_ZONE = f"""$TTL 60
@ SOA ns1 {_SOA}
@ NS ns1
@ NS ns2
ns1 A {PRIMARY}
ns2 A {SECONDARY}
home A {STALE}
www CNAME home
"""
