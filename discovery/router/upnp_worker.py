"""One conversation with one UPnP router, in a process of its own that may be killed.

miniupnpc blocks, has no time limit as a whole (a router that drips one byte a second holds it for
a minute), takes a body of any size, and writes to stderr. So it lives here alone: its parent gives
it seconds, this file gives it little memory, and neither can hurt the agent.

Usage: `upnp_worker.py LOCATION HOST [DIRECTORY]`. HOST is the only machine that may be spoken to.
DIRECTORY is where miniupnpc lies; given that, it also works under `python -I -S`, which starts
fastest. One line of JSON comes out: what the router said, or {"error": …, "text": …}.

Nothing is imported that is not needed: the whole process takes 15 to 20 ms. (`json` alone is 8.)
"""

from __future__ import annotations

import sys

_MEMORY = 128 << 20  # of address space, beyond what the interpreter has at the start
_BODY = 4 << 20  # growth that no honest description (10 kB) or answer (1 kB) causes


def main(arguments: list[str]) -> int:
    """Speak with the router and print one line; the exit status is always 0."""
    location, host, *directory = arguments
    sys.path.extend(directory)
    _limit_memory()
    sys.stdout.write(_json(converse(location, host)) + "\n")
    sys.stdout.flush()
    return 0


def converse(location: str, host: str) -> dict[str, str | int]:
    """Fetch the description, check whom it leads to, and only then ask."""
    try:
        import miniupnpc  # noqa: PLC0415 - only after the memory limit, and it may be missing
    except ImportError as missing:
        return {"error": "library", "text": str(missing)}
    before = _peak()
    # An empty minissdpdsocket: never the cache of a local minissdpd in place of the network.
    router = miniupnpc.UPnP(minissdpdsocket="")
    try:
        control = str(router.selectigd(location))
    except MemoryError:
        return {"error": "oversized"}
    except Exception as failed:  # noqa: BLE001 - miniupnpc raises bare Exception for everything
        return _failure("description", failed, before)
    if _peak() - before > _BODY:
        return {"error": "oversized"}
    # selectigd calls any description a success. Without a WAN service the control URL is the
    # bare host: a media server, a printer.
    if control.split("://", 1)[-1].partition("/")[2] == "":
        return {"error": "not_igd", "control_url": control}
    if not leads_to(control, host):
        return {"error": "foreign", "control_url": control}
    report: dict[str, str | int] = {"control_url": control, "lanaddr": str(router.lanaddr)}
    try:
        report["address"] = router.externalipaddress()
    except Exception as failed:  # noqa: BLE001 - as above; UnicodeDecodeError for junk bytes
        report.update(_failure("address", failed, before))
    try:
        report["status"], report["uptime"], report["last_error"] = router.statusinfo()
        report["connection_type"] = router.connectiontype()
    except Exception as failed:  # noqa: BLE001 - as above; the address may do without
        report["status_error"] = str(failed)
    if _peak() - before > _BODY:
        return {"error": "oversized"}
    return report


def leads_to(url: str, host: str) -> bool:
    """Whether miniupnpc would connect to `host` for this URL.

    Read as its own parseURL reads it (the host ends at the first `:` or `/`), but nothing is
    allowed besides the host and a port, so that no other reading is possible.
    """
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0]
    name, colon, port = authority.partition(":")
    return scheme == "http" and name == host and (not colon or (port.isascii() and port.isdigit()))


def _failure(stage: str, failed: Exception, before: int) -> dict[str, str | int]:
    if _peak() - before > _BODY:
        return {"error": "oversized"}
    return {"error": stage, "text": str(failed)}


def _limit_memory() -> None:
    """Bound the address space where the platform can (Linux does; macOS ignores it).

    Counted from what is mapped already: glibc may map a locale archive of 200 MB at the start.
    """
    if sys.platform == "win32":
        return
    try:
        import resource  # noqa: PLC0415 - not on Windows

        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - pathlib costs 10 ms
            mapped = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + _MEMORY, mapped + _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


def _peak() -> int:
    """The most memory ever resident, in bytes; 0 where the platform does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - as above
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) << 10
    except (OSError, ValueError):
        return 0
    return 0


def _json(values: dict[str, str | int]) -> str:
    """A flat JSON object in plain ASCII, on one line."""
    return "{" + ",".join(f"{_text(k)}:{_value(v)}" for k, v in values.items()) + "}"


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else _text(value)


def _text(text: str) -> str:
    safe = (
        c if " " <= c <= "~" and c not in '"\\' else f"\\u{min(ord(c), 0xFFFD):04x}" for c in text
    )
    return f'"{"".join(safe)}"'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
