"""How moments, durations and addresses are written in the document. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from discovery.observation import Address

_LAST = 253402300799.0  # 9999-12-31T23:59:59Z: what a four-digit year can say


def moment(at: datetime) -> str:
    """ISO 8601 in UTC, to the second: "2026-03-01T03:00:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def wall(seconds: float | None) -> str | None:
    """The same from wall seconds; None where there is no such time, or where it never comes."""
    if seconds is None or not 0 <= seconds <= _LAST:
        return None
    return moment(datetime.fromtimestamp(seconds, UTC))


def ms(seconds: float) -> float:
    """Milliseconds, to a tenth."""
    return round(seconds * 1000, 1)


def text(address: Address | None) -> str | None:
    """An address as text; None stays None."""
    return None if address is None else str(address)


def texts(addresses: frozenset[Address] | None) -> list[str] | None:
    """Addresses as text, in the order of their numbers; None (not known) stays None."""
    if addresses is None:
        return None
    return [str(one) for one in sorted(addresses, key=lambda one: (one.version, int(one)))]


def host_and_port(endpoint: str) -> tuple[str, int | None]:
    """Split "192.0.2.53:53" or "[2001:db8::53]:53"; what has no port is all host."""
    host, colon, port = endpoint.rpartition(":")
    if not colon or not port.isdecimal() or (":" in host and not host.endswith("]")):
        return endpoint, None
    return host.removeprefix("[").removesuffix("]"), int(port)
