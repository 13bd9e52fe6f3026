"""`upstun providers [ID]`: which DNS services are supported, and which settings each takes."""

from __future__ import annotations

import argparse
import textwrap
from difflib import get_close_matches

from agent.commands.common import Refusal, complain, print_json
from agent.config.problem import shown
from agent.decide.exit_status import Exit
from providers.catalogue import CATALOGUE, by_id
from providers.engine.spec import Field, Provider

_WIDTH = 80


def run(arguments: argparse.Namespace) -> int:
    """Print all services, or one with its settings."""
    if arguments.id is None:
        chosen: tuple[Provider, ...] = CATALOGUE
    elif (one := by_id(arguments.id)) is not None:
        chosen = (one,)
    else:
        near = get_close_matches(arguments.id, [provider.id for provider in CATALOGUE], 1)
        hint = f'did you mean "{near[0]}"?' if near else "see all: upstun providers"
        refusal = Refusal(f"no service is called {shown(arguments.id)}; {hint}")
        return complain(refusal, as_json=arguments.json)
    if arguments.json:
        print_json({"schema": "upstun.providers/1", "providers": list(map(_document, chosen))})
    elif arguments.id is None:
        for provider in chosen:
            print(f"{provider.id:<14} {provider.title}")
    else:
        _print(chosen[0])
    return Exit.HEALTHY


def _print(provider: Provider) -> None:
    print(f"{provider.title}\n{provider.docs}\n")
    print(f'[account.NAME]\nprovider = "{provider.id}"')
    for field in provider.fields:
        print(f"\n{field.key}{_nature(field)}")
        print(textwrap.indent(textwrap.fill(field.help, _WIDTH - 4), "    "))
    for note in provider.notes:
        print("\n" + textwrap.fill(note, _WIDTH))


def _nature(field: Field) -> str:
    parts = [] if field.required else ["optional"]
    if field.secret:
        parts.append(f"secret: {field.key}, {field.key}_file or {field.key}_env")
    if field.choices:
        parts.append("one of " + ", ".join(field.choices))
    if field.default is not None:
        parts.append(f"default {field.default}")
    return f"  ({'; '.join(parts)})" if parts else ""


def _document(provider: Provider) -> dict[str, object]:
    return {
        "id": provider.id,
        "title": provider.title,
        "docs": provider.docs,
        "families": list(provider.families),
        "settings": [
            {
                "key": field.key,
                "help": field.help,
                "secret": field.secret,
                "required": field.required,
                "choices": list(field.choices),
                "default": field.default,
            }
            for field in provider.fields
        ],
        "notes": list(provider.notes),
    }
