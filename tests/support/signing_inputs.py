"""What signers are tried with: recorded vectors, and random requests with odd things in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from providers.engine.signing import Draft, Moment
from tests.support.tools import need_vendor

TRIALS = 1000
_ODD = "aZ09-_.~ +%&=?#/\\:;,@!$'()*[]{}|^`\"<>äß漢默认😀\u00a0"
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


def vectors(scheme: str) -> list[Any]:
    """The recorded vectors of a scheme, made by the vendor's own signer."""
    document = json.loads(need_vendor("signing_vectors.json").read_text("utf-8"))
    found: list[Any] = document[scheme]["vectors"]
    return found


def at(text: str) -> datetime:
    """A time of day as the vectors write it."""
    return datetime.fromisoformat(text).astimezone(UTC)


class Chance:
    """Random parts of requests; the same in every run."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def __iter__(self) -> Iterator[Chance]:
        return (self for _ in range(TRIALS))

    def text(self, most: int = 20) -> str:
        return "".join(self._random.choices(_ODD, k=self._random.randint(0, most)))

    def word(self) -> str:
        return "".join(self._random.choices("abcXYZ019", k=self._random.randint(1, 12)))

    def key(self) -> str:
        return "".join(self._random.choices("abcXYZ019+/=", k=self._random.randint(1, 64)))

    def pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def moment(self) -> Moment:
        seconds = self._random.randrange(100 * 365 * 86400)
        nonce = f"{self._random.getrandbits(128):032x}"
        return Moment(at=_FIRST + timedelta(seconds=seconds), nonce=nonce)

    def parameters(self) -> dict[str, str]:
        """Names are words, for that is what they are; values are anything."""
        return {self.word(): self.text() for _ in range(self._random.randint(0, 6))}

    def pairs(self) -> list[tuple[str, str]]:
        """The same with odd names and with names that come twice."""
        found = [(self.text(), self.text()) for _ in range(self._random.randint(0, 4))]
        return found + [(name, self.text()) for name, _ in found if self._random.random() < 0.4]

    def body(self) -> bytes:
        """A JSON document, or nothing at all."""
        spelt = self._random.random() < 0.5
        document = json.dumps({self.text(): self.text(60)}, ensure_ascii=spelt)
        return self._random.choice((b"", document.encode()))

    def path(self) -> str:
        """A path of odd steps, percent-encoded as a provider's is."""
        steps = [self.text() for _ in range(self._random.randint(1, 4))]
        return "".join(f"/{quote(step, safe='@*:=,')}" for step in steps)


def draft(
    method: str,
    url: str,
    pairs: list[tuple[str, str]] | dict[str, str] | None = None,
    body: bytes = b"",
    **headers: str,
) -> Draft:
    """A draft as `compose` makes it: the query percent-encoded, spaces as plus signs."""
    query = urlencode(pairs or [])
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Draft(method=method, url=f"{url}?{query}" if query else url, headers=named, body=body)
