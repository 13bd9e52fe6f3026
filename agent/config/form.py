"""What a setting may look like: a sentence for people and a function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.config.problem import shown

T_co = TypeVar("T_co", covariant=True)

_LONGEST_MISSPELT = 40  # nobody means a word by much more than its length


class Misfit(ValueError):
    """A value is not what its form expects. `hint` says what to do, where that is known."""

    def __init__(self, hint: str = "") -> None:
        """Carry the hint; empty: the form's own expectation says it all."""
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[T_co]):
    """One kind of value.

    `expected` completes "expected …". `read` turns what `tomllib` gave into the value, or raises
    `Misfit`. `show` is how a value that does not fit may be shown.
    """

    expected: str
    read: Callable[[object], T_co]
    show: Callable[[object], str] = shown


def near(word: str, words: Iterable[str]) -> str:
    """The one of `words` that was probably meant by `word`; empty: none is near."""
    if len(word) > _LONGEST_MISSPELT:
        return ""
    plain = {_plain(candidate): candidate for candidate in words}
    if _plain(word) in plain:
        return plain[_plain(word)]
    from difflib import get_close_matches  # noqa: PLC0415 - needed only where a mistake was made

    found = get_close_matches(_plain(word), plain, n=1)
    return plain[found[0]] if found else ""


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The hint with the near miss; empty where there is none."""
    meant = near(word, words)
    return f'did you mean "{meant}"?' if meant else ""


def either(words: Iterable[str]) -> str:
    """Alternatives for a sentence: `"a", "b" or "c"`."""
    *first, last = [f'"{word}"' for word in words]
    return f"{', '.join(first)} or {last}" if first else last


def words_of(value: object) -> str:
    """The text of a value. Raises Misfit where it is not one line of text."""
    if not isinstance(value, str):
        raise Misfit("put it in quotes" if isinstance(value, int | float) else "")
    if not value.strip() or not value.isprintable():
        raise Misfit
    return value.strip()


text: Form[str] = Form(expected="one line of text", read=words_of)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        word = value.lower() if isinstance(value, str) else ""
        raise Misfit(f"write {word} without quotes" if word in {"true", "false"} else "")
    return value


flag: Form[bool] = Form(expected="true or false", read=_flag)


def whole(low: int, high: int) -> Form[int]:
    """A whole number within bounds, both included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            number = isinstance(value, str) and value.isdecimal()
            raise Misfit("write the number without quotes" if number else "")
        return value

    return Form(expected=f"a whole number from {low} to {high}", read=read)


def choice(*words: str) -> Form[str]:
    """One of a few words."""

    def read(value: object) -> str:
        if value not in words:
            raise Misfit(did_you_mean(value, words) if isinstance(value, str) else "")
        return str(value)

    return Form(expected=either(words), read=read)


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_")
