"""One description per provider: everything the rest of the house may know about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Required, TypedDict

from providers.engine.limits import Pace
from providers.engine.wire import Job, Reading, RType, Steps

Speech = Literal["http", "dns", "lexicon"]
"""What a service is told by: HTTP requests, DNS UPDATE messages, or a process with dns-lexicon."""


class NotOffered(Exception):
    """A service that is known but cannot be had here; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting of an account. `help` is a sentence for people that says where to find it.

    `sample` is a value to show in an example, where the kind alone does not make a good one.
    """

    key: str
    help: str
    secret: bool = False
    required: bool = True
    kind: Literal["text", "integer", "flag", "url", "endpoint"] = "text"  # flag: true or false
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    sample: str = ""


def secret(key: str, help: str, *, required: bool = True) -> Field:  # noqa: A002  the same word
    """A credential, with the sentence that says where to find it."""
    return Field(key=key, help=help, secret=True, required=required)


def setting(
    key: str,
    help: str,  # noqa: A002  the same word
    *,
    required: bool = True,
    default: str | None = None,
    kind: Literal["text", "url"] = "text",
    choices: tuple[str, ...] = (),
) -> Field:
    """A setting in words, and where to find them; what has a default need not be set."""
    needed = required and default is None
    return Field(key=key, help=help, required=needed, kind=kind, default=default, choices=choices)


class About(TypedDict, total=False):
    """What a provider is described by, besides its errands; the words of `Provider`."""

    id: Required[str]
    docs: Required[str]
    fields: Required[tuple[Field, ...]]
    either: tuple[tuple[str, ...], ...]
    families: tuple[RType, ...]
    pace: Pace
    side_by_side: int
    speaks: Speech
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A DNS service as a value.

    `update` is the one generator that does the errand. `read` (optional) tells what the API holds,
    for records that live DNS cannot show; `verify` (optional) proves credentials without a write.
    `batch` says how large a `Job` may be: one name, or any number of names of one zone.
    `side_by_side` is how many such jobs one account may have under way at once.
    `fronts` are networks that this service serves in a record's place when it proxies it. `either`
    are the ways to say who one is, of optional fields: at least one must be given in full.
    """

    id: str
    title: str
    docs: str  # the vendor's page that this was written from
    fields: tuple[Field, ...]
    update: Callable[[Job], Steps]
    base: str = ""  # where the service listens; empty where that is the user's to say
    read: Callable[[Job], Reading] | None = None
    verify: Callable[[Job], Steps] | None = None
    speaks: Speech = "http"
    batch: Literal["name", "zone"] = "name"
    side_by_side: int = 1
    families: tuple[RType, ...] = ("A", "AAAA")
    both_families_one_call: bool = False
    ttl_min: int | None = None
    pace: Pace = field(default_factory=Pace)
    fronts: tuple[IPv4Network | IPv6Network, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()  # limits and traps, for `upstun providers ID`
