"""A report that can be shown to strangers: `diagnose --redact`.

Whatever could tell whose home it is gets a word in brackets: `[your-IPv4]`, `[IPv4-2]`, `[zone-1]`.
Words, and not addresses of the documentation range, because a reader who takes those for real ones
would look for the fault in them, and because a report may name real ones of that range. The words
are numbered, not computed from what they stand for: a hash of an IPv4 address is undone by trying
all of them. They hold no character that HTML, JSON or a URL would have to escape, and are about as
wide as what they replace; columns behind them are moved back to where they were.

Equal things get equal words, different things different ones, in all that one `Redactor` is given.
Private IPv4 addresses, ports, models of routers and the servers that everybody uses stay readable:
they carry the diagnosis and tell of nobody (`agent.diagnosis.redaction.literals.tells_of_a_home`).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.redaction.literals import (
    IPV6_PART,
    addresses_in,
    canonical,
    kind_of,
    read_ipv4,
    tells_of_a_home,
)
from agent.diagnosis.redaction.markup import parts_of
from agent.diagnosis.redaction.personal import personal, strings
from agent.diagnosis.redaction.sought import decoded, pattern, plain_spelling
from discovery.observation import Address
from providers.engine.redact import redact

_RUN = re.compile(r"[^\s\"'<>]+")
# The path at a server of one's own may be a key; what ends the sentence is none of it.
_OWN_PATH = re.compile(r"(\[(?:server|name|zone)-\d+\](?::\d+)?)/[^\s\"'<>(),;]*[^\s\"'<>(),;:.]")
_LEAST_GAP = 2

# Where a document has nothing but a name: there even an everyday word is struck out.
_ACCOUNT_KEYS = frozenset({"accounts.name", "dns.account", "findings.subject"})
_ROUTER_KEYS = frozenset({"igds.name"})


class Redactor:
    """Masks whatever is told of one examination. See the module's text."""

    def __init__(self, evidence: Evidence) -> None:
        """Number what the evidence holds, in its own order, so that every form has equal words."""
        self._personal = personal(evidence)
        self._words: dict[tuple[str, str], str] = {}
        self._count: Counter[str] = Counter()
        self._pattern = pattern(self._personal)
        for address in self._personal.home:
            home = canonical(address)
            if tells_of_a_home(home):
                self._words[kind_of(home), str(home)] = f"[your-IPv{home.version}]"
        for text in strings(evidence):
            self.text(text)

    def text(self, text: str) -> str:
        """The same finished text, masked: a screen, an HTML page, a sentence."""
        return "".join(self._mask(part.text, words=part.prose) for part in parts_of(text))

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        """The same JSON document, masked; `redacted` says that it is."""
        return {"redacted": True, **self._part(document, "")}

    def _part(self, value: Any, where: str) -> Any:
        """One value of the document. `where` is its key behind the one above it."""
        match value:
            case dict():
                above = where.rpartition(".")[2]
                return {
                    self._mask(key, words=False): self._part(part, f"{above}.{key}")
                    for key, part in value.items()
                }
            case list():
                return [self._part(part, where) for part in value]
            case str() if where in _ACCOUNT_KEYS and value in self._personal.accounts:
                return self._word("account", value)
            case str():
                # A bare word may be one of the interface ("info"), whatever an account is called.
                return self._mask(value, words=" " in value or where in _ROUTER_KEYS)
            case _:
                return value

    def _mask(self, text: str, *, words: bool) -> str:
        text = redact(text, self._personal.secrets)
        text = _RUN.sub(lambda run: self._decoded(run[0]) if "%" in run[0] else run[0], text)
        return _OWN_PATH.sub(r"\1/...", self._replace(text, words=words))

    def _decoded(self, run: str) -> str:
        """A percent-encoded run, decoded only where that brings something to light."""
        plain, before = run, ""
        while plain != before:  # it may have been encoded twice
            before, plain = plain, decoded(plain)
        return run if self._replace(plain, words=True) == plain else plain

    def _replace(self, text: str, *, words: bool) -> str:
        drift = 0  # how far the rest of the line has been moved to the right

        def one(found: re.Match[str]) -> str:
            nonlocal drift
            kind, old = found.lastgroup or "", found[0]
            if kind == "line":
                drift = 0
                return old
            if kind == "gap":
                new = " " * max(_LEAST_GAP, len(old) - drift)
                drift -= len(old) - len(new)
                return new
            if kind == "word" and not words:
                return old
            new = self._masked(kind, old)
            drift += len(new) - len(old)
            return new

        return self._pattern.sub(one, text)

    def _masked(self, kind: str, old: str) -> str:
        match kind:
            case "ipv6":
                return self._masked_run(old)
            case "ipv4":
                return self._address(read_ipv4(old), old)
            case "dashed":
                known = self._words.get(("IPv4", str(read_ipv4(old))))
                return known or old
            case "word":
                return self._word(self._kind_of_word(old), old)
            case "name":
                return self._name(old)
            case _:
                return self._word(kind, old)

    def _masked_run(self, run: str) -> str:
        """A run of hexadecimal groups: every address in it, then what is left of others."""
        parts, last = [], 0
        for found in addresses_in(run):
            parts.append(IPV6_PART.sub(self._masked_part, run[last : found.start]))
            parts.append(self._address(found.address, run[found.start : found.end]))
            last = found.end
        parts.append(IPV6_PART.sub(self._masked_part, run[last:]))
        return "".join(parts)

    def _masked_part(self, found: re.Match[str]) -> str:
        return self._word("IPv6-part", found[0])

    def _address(self, address: Address, spelled: str) -> str:
        address = canonical(address)
        return self._word(kind_of(address), str(address)) if tells_of_a_home(address) else spelled

    def _name(self, name: str) -> str:
        plain = name.lower()
        if "@" in plain:
            return self._word("mail", plain)
        if plain in self._personal.zones and plain not in self._personal.hosts:
            return self._word("zone", plain)
        ours = any(f".{plain}".endswith(f".{zone}") for zone in self._personal.zones)
        return self._word("name" if ours else "server", plain)

    def _kind_of_word(self, spelled: str) -> str:
        plain = plain_spelling(spelled)
        kinds = (kind for kind, word in self._personal.words if plain_spelling(word) == plain)
        return next(kinds, "word")

    def _word(self, kind: str, thing: str) -> str:
        """The word that stands for a thing; the first time it is met, a new one."""
        key = kind, plain_spelling(thing)
        if key not in self._words:
            self._count[kind] += 1
            self._words[key] = f"[{kind}-{self._count[kind]}]"
        return self._words[key]
