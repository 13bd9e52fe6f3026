"""The long tail: any provider of dns-lexicon, as `lexicon:NAME`."""

from __future__ import annotations

from providers.engine.kit import Api, Field, Pace, Provider, Records
from providers.engine.lexicon_records import Module


def bridge(
    name: str, *, fields: tuple[Field, ...], either: tuple[tuple[str, ...], ...], about: str
) -> Provider:
    """The provider that lexicon calls `name`, as every other one; `about` are lexicon's words."""
    module = Module(name, frozenset(field.key for field in fields))
    return Records(
        api=Api(title=module.title, base=""),
        zone=module.zone,
        rows=module.rows,
        write_all=module.write,
        alters=False,
    ).provider(
        id=module.title,
        docs="https://dns-lexicon.readthedocs.io/en/latest/configuration_reference.html",
        fields=fields,
        either=either,
        pace=Pace(every=10.0, burst=10),  # of unknown services, each change of some ten requests
        speaks="lexicon",
        notes=(
            *((about,) if about else ()),
            "This service is called by dns-lexicon, an extra of upstun, in a process of its own.",
            "A new record is made first and the old one deleted then: there are both for a moment.",
            "The TTL of a record that is right otherwise stays as it is.",
            "dns-lexicon does not say which settings belong together; its page may.",
            "dns-lexicon does not tell which records are switched off or managed by the service.",
        ),
    )
