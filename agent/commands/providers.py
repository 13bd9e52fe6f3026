"""`upstun providers [ID]`: which DNS services are supported, and which settings each takes."""

from __future__ import annotations

import argparse
import textwrap
from difflib import get_close_matches

from agent.commands.common import Refusal, complain, print_json
from agent.commands.service_words import GROUPS, example, facts, group, nature, ways
from agent.config.problem import shown
from agent.decide.exit_status import Exit
from providers.catalogue import by_id, everything
from providers.engine.other_names import meant_by
from providers.engine.spec import NotOffered, Provider

_WIDTH = 80


def run(arguments: argparse.Namespace) -> int:
    """Print all services, or one with its settings."""
    try:
        if arguments.id == "lexicon":
            return _print_bridged(as_json=arguments.json)
        chosen = everything() if arguments.id is None else _one(arguments.id)
    except (Refusal, NotOffered) as reason:
        return complain(Refusal(str(reason)), as_json=arguments.json)
    if arguments.json:
        print_json({"schema": "upstun.providers/1", "providers": list(map(_document, chosen))})
    elif arguments.id is None:
        _print_all(chosen)
    else:
        _print(chosen[0])
    return Exit.HEALTHY


def _one(name: str) -> tuple[Provider]:
    """The service of that id. Raises Refusal and NotOffered."""
    one = by_id(name)
    if one is None:
        raise Refusal(f"no service is called {shown(name)}; {_hint(name)}")
    return (one,)


def _hint(name: str) -> str:
    """The id that was meant, also where the service's own name was written."""
    ids = {provider.id: provider.id for provider in everything()}
    titles = {provider.title.lower(): provider.id for provider in everything()}
    if known := meant_by(name, ids):
        return f'here it is called "{known}"'
    near = get_close_matches(name.lower(), [*ids, *titles], 1)
    return f'did you mean "{(ids | titles)[near[0]]}"?' if near else "see all: upstun providers"


def _print_all(providers: tuple[Provider, ...]) -> None:
    wide = max(len(provider.id) for provider in providers)
    for word, heading in GROUPS:
        print(f"{heading}:")
        for provider in providers:
            if group(provider) == word:
                print(f"  {provider.id:<{wide}}  {provider.title}")
        print()
    print(
        f"{len(providers)} services. One of them with its settings: upstun providers ID\n"
        "Not listed? Most of the others speak the protocol of dyndns2, or take a webhook.\n"
        "Some fifty more are called through dns-lexicon: upstun providers lexicon"
    )


def _print_bridged(*, as_json: bool) -> int:
    """What dns-lexicon offers here, and why not the rest. Raises NotOffered where it is missing."""
    from providers.engine.lexicon_offer import offered  # noqa: PLC0415  loads asyncio

    names = offered()
    have = [name for name, why_not in names.items() if not why_not]
    lack = {name: why_not for name, why_not in names.items() if why_not}
    if as_json:
        print_json({"schema": "upstun.bridged/1", "offered": have, "not_offered": lack})
        return Exit.HEALTHY
    own = {provider.id for provider in everything()}
    print("Through dns-lexicon:")
    for name in have:
        print(
            f"  lexicon:{name:<18}{f'upstun has its own: {name}' if name in own else ''}".rstrip()
        )
    print("\nNot offered:")
    for name, why_not in lack.items():
        print(f"  lexicon:{name:<18}{why_not}")
    print("\nOne of them with its settings: upstun providers lexicon:NAME")
    return Exit.HEALTHY


def _print(provider: Provider) -> None:
    print(f"{provider.title}\n{provider.docs}\n")
    for fact in facts(provider):
        print(textwrap.fill(fact, _WIDTH))
    print(f"\n{example(provider)}\n")
    if told := ways(provider):
        print(f"{textwrap.fill(told, _WIDTH)}\n")
    for field in provider.fields:
        parts = nature(field)
        told = f"  ({'; '.join(parts)})" if parts else ""
        print(textwrap.fill(f"{field.key}{told}", _WIDTH, subsequent_indent="    "))
        print(textwrap.indent(textwrap.fill(field.help, _WIDTH - 4), "    "))


def _document(provider: Provider) -> dict[str, object]:
    return {
        "id": provider.id,
        "title": provider.title,
        "docs": provider.docs,
        "kind": group(provider),
        "calls": provider.base,
        "families": list(provider.families),
        "ttl_min": provider.ttl_min,
        "proved_without_writing": provider.verify is not None,
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
        "one_of": [list(way) for way in provider.either],
        "notes": list(provider.notes),
    }
