"""What a UPnP device description says (UPnP Device Architecture 1.1, §2.3). Pure.

Cut by hand, in one pass: routers' XML is often broken, and a document with entities or a hundred
thousand open tags shall cost nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from discovery.router.igd import printable

WAN_CONNECTIONS = ("WANIPConnection", "WANPPPConnection")
_URN = "urn:schemas-upnp-org:service:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of a description, with its control URL made absolute."""

    kind: str
    control_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who a device says it is, fit to be shown; each is empty where it does not say."""

    name: str = ""  # friendlyName
    vendor: str = ""  # manufacturer
    model: str = ""  # modelName


def services(description: str, location: str, names: tuple[str, ...]) -> list[Service]:
    """The services of these names, whatever their version, in the order of the description."""
    base = element(description, "URLBase") or location
    scheme, _, rest = base.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}"
    wanted = re.compile(rf"{_URN}(?:{'|'.join(names)}):[0-9]{{1,2}}")
    found = []
    for block in description.split("<service>")[1:]:
        kind = element(block, "serviceType")
        control = element(block, "controlURL")
        if control and wanted.fullmatch(kind):
            absolute = control if "://" in control else f"{origin}/{control.lstrip('/')}"
            found.append(Service(kind=kind, control_url=absolute))
    return found


def facts(description: str) -> Facts:
    """The names of the root device, which stand before those of the devices inside it."""
    return Facts(
        name=words(description, "friendlyName"),
        vendor=words(description, "manufacturer"),
        model=words(description, "modelName"),
    )


def words(text: str, name: str) -> str:
    """The text of the first such element as people may see it: unescaped, printable, short."""
    import html  # noqa: PLC0415 - half a MiB of names, for an examination alone

    return printable(html.unescape(element(text, name)))


def element(text: str, name: str) -> str:
    """The text of the first such element, without a prefix of its name; empty if there is none.

    Attributes are skipped: Windows and some old routers put a data type into each
    (`<NewUptime dt:dt="ui4">`).
    """
    found = re.search(rf"<{name}(?:\s[^<>]*)?>([^<]*)</{name}>", text)
    return found[1].strip() if found else ""


def number(text: str, most: int) -> int | None:
    """A decimal number from 0 to `most`; None for anything else."""
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return None
    value = int(text)
    return value if value <= most else None


def truth(text: str) -> bool | None:
    """A boolean in one of the spellings of UPnP; None for anything else."""
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
        text.lower()
    )
