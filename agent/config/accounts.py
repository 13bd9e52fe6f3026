"""`[account.NAME]`: which DNS service, and the settings that it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from agent.config import credential
from agent.config.domain import zone_name
from agent.config.fingerprint import fingerprint
from agent.config.form import Form, choice, did_you_mean, flag, text, whole
from agent.config.inputs import Inputs
from agent.config.network import endpoint, url
from agent.config.problem import clipped
from agent.config.table import Table
from agent.values import Account
from providers.engine.other_names import meant_by
from providers.engine.spec import Field, NotOffered, Provider
from providers.engine.wire import Text

COMMON = ("provider", "zone", "endpoint", "allow_http", "ca_file")
"""The keys that every account has, whatever its provider."""

_NAME = re.compile(r"[\w.-]{1,64}")
_DNS_PORT = 53

Settings = dict[str, Text | int | bool]


def read_accounts(
    tables: Mapping[str, Table], inputs: Inputs, *, readable: bool
) -> Mapping[str, Account | None]:
    """All accounts by name; None for one whose provider is not known.

    `readable` is `[agent] allow_readable_secrets`.
    """
    return {
        name: _account(name, table, inputs, readable=readable) for name, table in tables.items()
    }


def _account(name: str, table: Table, inputs: Inputs, *, readable: bool) -> Account | None:
    if not _NAME.fullmatch(name):
        expected = "a name of letters, digits, hyphens, dots and underscores"
        table.complain(None, expected, "other characters, or more than 64", "rename it")
    provider = _provider(table, inputs)
    if provider is None:
        return None
    settings = _common(table, provider, inputs)
    for field in provider.fields:
        value = _field(table, field, provider, inputs, readable=readable)
        if value is not None:
            settings[field.key] = value
    _who(table, provider)
    table.finish()
    return Account(
        name=name,
        provider=provider,
        settings=settings,
        fingerprint=fingerprint(name, provider.id, settings),
    )


def _provider(table: Table, inputs: Inputs) -> Provider | None:
    hint = "run: upstun providers"
    written = table.need("provider", text, "the id of a DNS service", hint)
    if written is None:
        return None
    try:
        provider = inputs.find(written)
    except NotOffered as reason:
        expected = "a DNS service that can be had here"
        table.complain("provider", expected, f'"{clipped(written)}"', str(reason))
        return None
    if provider is None:
        ids = inputs.ids()
        known = meant_by(written, ids)
        guess = f'here it is called "{known}".' if known else did_you_mean(written, ids)
        all_of_them = "upstun providers lists all"
        table.complain(
            "provider",
            "the id of a DNS service",
            f'"{clipped(written)}"',
            f"{guess} {all_of_them}" if guess else all_of_them,
        )
    return provider


def _common(table: Table, provider: Provider, inputs: Inputs) -> Settings:
    """The settings of every account, except where the provider has its own under that name."""
    own = {field.key for field in provider.fields}
    settings: Settings = {}
    if "allow_http" not in own and table.get("allow_http", flag, False):
        settings["allow_http"] = True
    if "endpoint" not in own:
        cleartext = settings.get("allow_http") is True
        if address := table.get("endpoint", url(cleartext=cleartext), ""):
            settings["endpoint"] = address
    if "zone" not in own and (zone := table.get("zone", zone_name, "")):
        settings["zone"] = zone
    if "ca_file" not in own and (written := table.get("ca_file", text, "")):
        path = inputs.path(written)
        settings["ca_file"] = str(path)
        if not inputs.is_file(path):
            table.complain("ca_file", "a file of CA certificates", "no file of that name")
    return settings


def _field(
    table: Table, field: Field, provider: Provider, inputs: Inputs, *, readable: bool
) -> Text | int | bool | None:
    required = field.required and field.default is None
    why = f"a value for {provider.id} ({field.help.rstrip('.')})"
    if field.secret:
        return credential.take(
            table, field.key, inputs, why=why, required=required, readable=readable
        )
    form = _form(field, cleartext=table.raw("allow_http") is True)
    if required:
        return table.need(field.key, form, why, f"add {field.key}")
    return table.get(field.key, form, field.default)


def _who(table: Table, provider: Provider) -> None:
    """Note where no way to say who one is was given in full. A wrong one has been noted already."""
    lacks = {way: _lacking(table, provider, way) for way in provider.either}
    if not lacks or [] in lacks.values():
        return
    begun = [missing for way, missing in lacks.items() if len(missing) < len(way)]
    if not begun:
        wanted = ", or ".join(" and ".join(way) for way in provider.either)
        hint = f"upstun providers {provider.id} explains them"
        table.missing(None, f"one of {provider.id}'s ways to sign in: {wanted}", hint)
        return
    for key in min(begun, key=len):
        (field,) = (field for field in provider.fields if field.key == key)
        table.missing(key, f"a value for {provider.id} ({field.help.rstrip('.')})", f"add {key}")


def _lacking(table: Table, provider: Provider, way: Collection[str]) -> list[str]:
    secret = {field.key for field in provider.fields if field.secret}
    spellings = {key: credential.ways(key) if key in secret else (key,) for key in way}
    return [key for key in way if not any(spelling in table for spelling in spellings[key])]


def _form(field: Field, *, cleartext: bool) -> Form[str | int | bool]:
    if field.choices:
        return choice(*field.choices)
    match field.kind:
        case "text":
            return zone_name if field.key == "zone" else text
        case "integer":
            return whole(0, (1 << 31) - 1)
        case "flag":
            return flag
        case "url":
            return url(cleartext=cleartext)
        case "endpoint":
            return endpoint(_DNS_PORT)
