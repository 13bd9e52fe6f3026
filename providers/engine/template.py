"""Texts with placeholders, as people write them into a configuration: `{ip}`, `{fqdn}`. Pure.

A value is filled in as it is, and whoever sends the result escapes it for its place: a parameter of
the query or of a form, a string of a JSON document, a step of the path. No text is parsed again
after a value went into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from providers.engine.errand import Stop
from providers.engine.outcome import Cause, Refused
from providers.engine.secret import Secret, Text, weave

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")  # doubled braces stand for single ones


def placeholders(template: str) -> set[str]:
    """The words in braces; `{{word}}` is none, it stands for `{word}`."""
    return {found[2] for found in _PLACEHOLDER.finditer(template) if found[2]}


@dataclass(frozen=True, slots=True)
class Values:
    """What stands for each placeholder; None for an address that is not to be set.

    A parameter or a member whose whole value is such an address is left out. Anywhere else the
    errand ends, by Stop: who gets an empty address often takes the caller's own.
    """

    by_name: Mapping[str, Text | None]

    def text(self, template: str) -> Text:
        """The text with its values, a secret if one of them is."""
        parts = tuple(self._parts(template))
        if any(isinstance(part, Secret) for part in parts):
            return weave(*parts)
        return "".join(map(str, parts))

    def pairs(self, template: str) -> tuple[tuple[str, Text], ...]:
        """The parameters of a query or of a form, written as they go on the wire."""
        return tuple(
            (self._name(name), self.text(value))
            for name, value in parse_qsl(template, keep_blank_values=True)
            if not self._left_out(value)
        )

    def steps(self, path: str) -> tuple[Text, ...]:
        """The steps of a path, written as they go on the wire."""
        return tuple(self.text(unquote(step)) for step in path.split("/"))

    def document(self, template: object) -> object:
        """A JSON document, its strings and names filled."""
        match template:
            case str():
                return self.text(template)
            case dict():
                return {
                    self._name(name): self.document(part)
                    for name, part in template.items()
                    if not self._left_out(part)
                }
            case list():
                return [self.document(part) for part in template if not self._left_out(part)]
            case _:
                return template

    def _name(self, template: str) -> str:
        """The name of a parameter: it may be shown, so it cannot be a secret."""
        name = self.text(template)
        if isinstance(name, Secret):
            text = "{secret} may be a value in the template, and not the name of one"
            raise Stop(Refused(cause=Cause.REJECTED, text=text))
        return name

    def _left_out(self, template: object) -> bool:
        whole = _PLACEHOLDER.fullmatch(template) if isinstance(template, str) else None
        return bool(whole and whole[2] and self.by_name[whole[2]] is None)

    def _parts(self, template: str) -> Iterator[Text]:
        at = 0
        for found in _PLACEHOLDER.finditer(template):
            yield template[at : found.start()]
            yield f"{{{found[1]}}}" if found[1] else self._value(found[2])
            at = found.end()
        yield template[at:]

    def _value(self, name: str) -> Text:
        value = self.by_name[name]
        if value is not None:
            return value
        text = (
            f"the template needs {{{name}}} where nothing can be left out, and no such address is "
            "to be set now; give it a parameter of its own, or set silence"
        )
        raise Stop(Refused(cause=Cause.REJECTED, text=text))
