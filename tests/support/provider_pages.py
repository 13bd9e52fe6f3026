"""The page about the supported services and the table of the README, made of the catalogue."""

from __future__ import annotations

from agent.commands.service_words import GROUPS, example, facts, group, nature, ways
from agent.config.accounts import COMMON
from providers.engine.spec import Field, Provider

RENEWAL = "UPSTUN_GOLDEN=write pytest tests/agent/test_provider_pages.py"
"""The command that writes both anew."""

BEGIN, END = "<!-- services: made by tests -->", "<!-- services: end -->"

_HEAD = """\
# Supported DNS services

{count} services, each with its settings. `upstun providers ID` prints the same, and `upstun check`
explains every setting that is missing or misspelt. What proves that each of them works is in
[proofs.md](proofs.md).

This page is made from the descriptions in `providers/`; do not edit it. To renew it:

```
{renewal}
```

Every account may also have: {common}; see [configuration.md](configuration.md).
A secret `X` is given as `X`, `X_file` (a file that holds it) or `X_env` (a variable that does).
"""


def page(providers: tuple[Provider, ...]) -> str:
    """docs/providers.md."""
    common = ", ".join(f"`{key}`" for key in COMMON if key != "provider")
    parts = [_HEAD.format(count=len(providers), renewal=RENEWAL, common=common)]
    for word, heading in GROUPS:
        chosen = [provider for provider in providers if group(provider) == word]
        links = " · ".join(f"[{provider.id}](#{provider.id})" for provider in chosen)
        parts.append(f"## {heading}\n\n{links}\n")
        parts += map(section, chosen)
    return "\n".join(parts)


def section(provider: Provider) -> str:
    """One service."""
    rows = "\n".join(map(_row, provider.fields))
    points = "\n".join(f"- {fact}" for fact in facts(provider))
    told = f"\n{ways(provider)}\n" if provider.either else ""
    return f"""\
### {provider.id}

[{provider.title}]({provider.docs})

{points}

```toml
{example(provider)}
```

| setting | meaning |
|---|---|
{rows}
{told}"""


def table(providers: tuple[Provider, ...]) -> str:
    """The README's table: which services there are, and under which names."""
    lines = [BEGIN, "", "| what | services |", "|---|---|"]
    for word, heading in GROUPS:
        names = [f"{one.title} (`{one.id}`)" for one in providers if group(one) == word]
        lines.append(f"| {heading.partition(':')[0]} | {', '.join(names)} |")
    return "\n".join([*lines, "", END])


def _row(field: Field) -> str:
    extra = "; ".join(part for part in nature(field) if not part.startswith("secret"))
    kind = f" ({extra})" if extra else ""
    secret = " (secret)" if field.secret else ""
    return f"| `{field.key}`{secret} | {_cell(field.help)}{kind} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
