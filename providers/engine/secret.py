"""Credentials that show themselves to nobody."""

from __future__ import annotations

import re


class Secret:
    """A credential that shows itself to nobody: `str`, `repr`, f-strings and JSON see stars.

    Only `compose.py`, `nsupdate.py` and `lexicon_call.py` (what goes out) and `redact.py` (what to
    strike out) call `reveal`. `inner` are the credentials that a woven one was made of: a service
    may echo a part of what it got.
    """

    __slots__ = ("__text", "inner")

    def __init__(self, text: str, inner: tuple[Secret, ...] = ()) -> None:
        """Wrap the credential."""
        self.__text = text
        self.inner = inner

    def reveal(self) -> str:
        """Return the credential itself."""
        return self.__text

    def __bool__(self) -> bool:
        """An empty credential is none."""
        return bool(self.__text)

    def __repr__(self) -> str:
        """Show stars."""
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Two secrets are equal when their credentials are."""
        return isinstance(other, Secret) and other.reveal() == self.__text

    def __hash__(self) -> int:
        """Hash consistently with equality."""
        return hash(("Secret", self.__text))

    def __reduce__(self) -> str:
        """Refuse to be pickled: a pickle would hold the credential in the clear."""
        raise TypeError("a Secret cannot be pickled")


Text = str | Secret
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.1


def weave(*parts: Text) -> Secret:
    """One credential out of texts and credentials: `weave("sso-key ", key, ":", secret)`."""
    woven = "".join(part.reveal() if isinstance(part, Secret) else part for part in parts)
    return Secret(woven, tuple(part for part in parts if isinstance(part, Secret)))


def header_lines(text: Secret) -> tuple[tuple[str, Secret], ...]:
    """HTTP headers out of lines `Name: value`. Raises ValueError for a line of another form."""
    lines = [line.strip() for line in text.reveal().splitlines() if line.strip()]
    named = [line.partition(":") for line in lines]
    if not all(_HEADER_NAME.fullmatch(name) and value.strip() for name, _, value in named):
        raise ValueError("a line that is not `Name: value`")
    return tuple((name, Secret(value.strip())) for name, _, value in named)
