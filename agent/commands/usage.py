"""What the command says to a mistyped command line: one sentence, with a near miss where one is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from agent.config.form import near
from agent.config.problem import clipped
from agent.decide.exit_status import Exit

_MOST_LINES = 1_000_000
_PORT = 6  # longer than any port's number


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence and whose status is ours."""

    def error(self, message: str) -> NoReturn:
        """Complain and end."""
        see = " See" if message.endswith("?") else "; see"
        print(f"upstun: {message}{see}: {self.prog} --help", file=sys.stderr)
        raise SystemExit(int(Exit.USAGE))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a word that is not on the list, as argparse's hook of this name does."""
        if action.choices is None or value in action.choices:
            return
        known, word = list(map(str, action.choices)), clipped(str(value))
        if action.option_strings:
            self.error(f'{action.option_strings[0]} knows no "{word}"{_hint(word, known)}')
        if word.startswith("-"):  # argparse takes -4 for a number
            self.error(f"{word} belongs behind a command, as in: upstun ip {word}")
        self.error(f'no command is called "{word}"{_hint(word, known)}')

    def refuse(self, rest: Sequence[str]) -> NoReturn:
        """Complain about the first of the words that nobody understood."""
        word = clipped(rest[0].partition("=")[0])  # behind the = may stand a secret
        _, space, command = self.prog.rpartition(" ")
        if not space:
            self.error(f"a command is missing before {word}")
        if not word.startswith("-"):
            self.error(f'"{word}" is too much behind {command}')
        if word in self._option_string_actions:
            self.error(f"{word} belongs behind the command, as in: upstun {command} {word}")
        self.error(f"{command} has no option {word}{_hint(word, self._option_string_actions)}")


def count(text: str) -> int:
    """A number of lines."""
    if not (text.isdecimal() and 0 < len(text) < len(str(_MOST_LINES)) + 1 and int(text) > 0):
        found = clipped(text)
        raise argparse.ArgumentTypeError(f'expected a whole number from 1 on, found "{found}"')
    return int(text)


def file_name(text: str) -> str:
    """The name of a file. An empty one is a shell variable that is not set, and no default."""
    if not text:
        raise argparse.ArgumentTypeError("expected the name of a file, found an empty one")
    return text


def port(text: str) -> tuple[str, int]:
    """A port with its protocol; "51820/udp" is understood as well."""
    parts = text.lower().replace(":", "/").split("/")
    numbers = [part for part in parts if part.isascii() and part.isdecimal() and len(part) < _PORT]
    words = [part for part in parts if part in ("udp", "tcp")]
    if len(parts) != 2 or len(numbers) != 1 or len(words) != 1 or not 0 < int(numbers[0]) < 1 << 16:  # noqa: PLR2004 - a pair, and 16 bits
        raise argparse.ArgumentTypeError(f'expected udp/N or tcp/N, found "{clipped(text)}"')
    return words[0], int(numbers[0])


def _hint(word: str, known: Iterable[str]) -> str:
    bare = {one.lstrip("-"): one for one in known if one != "-h"}  # all options look alike with --
    if meant := near(word.lstrip("-"), bare):
        return f'; did you mean "{bare[meant]}"?'
    return f"; there are: {', '.join(bare.values())}"
