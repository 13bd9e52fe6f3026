"""Every DNS service that is supported: an explicit list, nothing is scanned or guessed.

A provider is loaded when it is asked for by its id. All of them take 60 ms and 3 MiB, which a home
with one account need not pay.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from providers.engine.spec import Provider

_FILES = (
    *("aliyun", "azure", "bunny", "cloudflare", "cloudns", "desec", "digitalocean", "dnsimple"),
    *("dnspod", "duckdns", "dynu_api", "dynv6_api", "easydns", "external-dns", "freedns", "gandi"),
    *("godaddy", "google", "hetzner", "huawei", "infomaniak", "inwx_api", "ionos", "linode"),
    *("loopia", "luadns", "namecheap", "namecom", "namesilo", "netcup", "netlify", "njalla"),
    *("ns1", "ovh", "porkbun", "powerdns", "rfc2136", "route53", "scaleway", "technitium"),
    *("tencent", "vercel", "vultr", "webhook"),
)
"""Ids of services with a file of their own, which holds the provider under its id in capitals."""

_FAMILIES = ("dyndns2", "tellers")
"""Files that hold many services each, a row for each, in a tuple named after the file."""


def by_id(name: str) -> Provider | None:
    """The provider that configurations call `name`; None for an unknown one.

    Behind `lexicon:` are those of dns-lexicon. Raises NotOffered for one that cannot be had.
    """
    bridge, _, module = name.partition(":")
    if bridge == "lexicon":
        return _bridged(module)
    return _one(name) if name in _FILES else _of_families().get(name)


@cache
def everything() -> tuple[Provider, ...]:
    """All providers in the order of their ids; those of dns-lexicon are not among them."""
    found = (*map(_one, _FILES), *_of_families().values())
    return tuple(sorted(found, key=lambda provider: provider.id))


def ids() -> tuple[str, ...]:
    """The ids of all of them."""
    return tuple(provider.id for provider in everything())


def _one(name: str) -> Provider:
    word = name.replace("-", "_")
    provider = getattr(import_module(f"providers.{word}"), word.upper())
    assert isinstance(provider, Provider)
    return provider


@cache
def _of_families() -> dict[str, Provider]:
    rows = (getattr(import_module(f"providers.{file}"), file.upper()) for file in _FAMILIES)
    return {provider.id: provider for family in rows for provider in family}


@cache
def _bridged(module: str) -> Provider:
    """The same value every time, made for those who have such an account."""
    from providers.engine.lexicon_offer import offer  # noqa: PLC0415  asks a process for 0.3 s
    from providers.lexicon import bridge  # noqa: PLC0415

    found = offer(module)
    return bridge(module, fields=found.fields, either=found.either, about=found.about)
