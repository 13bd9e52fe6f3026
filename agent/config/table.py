"""A cursor over one table of the file: takes settings out, one by one, and notes what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from agent.config.form import Form, Misfit, did_you_mean
from agent.config.lines import Path
from agent.config.problem import Problem, clipped, kind

T = TypeVar("T")
D = TypeVar("D")

_BARE_KEY = re.compile("[A-Za-z0-9_-]+")


class Report:
    """Everything that is to be said about one file, collected while it is read."""

    def __init__(self, file: str, lines: Mapping[Path, int]) -> None:
        """`lines` tells where paths stand, as far as that is known."""
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.finished: list[Table] = []

    def note_unknown_keys(self) -> None:
        """Note every key that nobody asked for in the tables that are finished.

        The hint is the nearest of the known keys, or the table in which the key belongs. What the
        key is set to is not shown: it may be a secret under a misspelt name.
        """
        homes: dict[str, str] = {}
        for table in self.finished:
            for key in table.asked:
                homes.setdefault(key, table.pattern)
        for table in self.finished:
            for key in table.unknown():
                home = f"it belongs in {homes[key]}" if homes.get(key) else ""
                table.complain(key, "", "unknown key", did_you_mean(key, table.asked) or home)

    def in_order(self) -> tuple[Problem, ...]:
        """The problems as they stand in the file; those without a line come last."""
        end = max(self.lines.values(), default=0) + 1
        return tuple(sorted(self.problems, key=lambda problem: problem.line or end))


class Table:
    """One table: who it is, what it holds, and which keys were asked for."""

    def __init__(
        self,
        report: Report,
        data: Mapping[str, object],
        path: Path = (),
        *,
        title: str = "",
        pattern: str = "",
    ) -> None:
        """`title` is this table as it stands in the file, `pattern` stands for all of its kind."""
        self.report = report
        self.path = path
        self.title = title
        self.pattern = pattern or title
        self.asked: list[str] = []
        self._data = data

    def __contains__(self, key: str) -> bool:
        """Whether the file sets this key."""
        return key in self._data

    def raw(self, key: str) -> object:
        """What the file says, unjudged; None where it says nothing."""
        return self._data.get(key)

    def get(self, key: str, form: Form[T], default: D) -> T | D:
        """The setting, or the default where it is missing or wrong (which is then noted)."""
        self.asked.append(key)
        return self._read((key,), self._data[key], form, default) if key in self else default

    def need(self, key: str, form: Form[T], why: str, hint: str = "") -> T | None:
        """The setting, or None where it is missing or wrong (which is then noted).

        `why` completes "expected …" for a missing one.
        """
        if key not in self:
            self.missing(key, why, hint)
        return self.get(key, form, None)

    def many(self, key: str, form: Form[T], default: tuple[T, ...]) -> tuple[T, ...]:
        """A list in which nothing stands twice. Elements that are wrong are noted and left out."""
        self.asked.append(key)
        if key not in self:
            return default
        items = self._data[key]
        if not isinstance(items, list):
            self.complain(key, f"a list, each {form.expected}", form.show(items), "write it in [ ]")
            return default
        values: list[T] = []
        for position, item in enumerate(items):
            value = self._read((key, position), item, form, None)
            if value in values:
                self.complain(key, "each only once", f"{form.show(item)} again", at=position)
            elif value is not None:
                values.append(value)
        return tuple(values)

    def table(self, key: str) -> Table:
        """The table of this name inside this one; an empty one where it is missing or wrong."""
        title = _header((*self.path, key))
        return self._inner(key, self.raw(key), title) or Table(
            self.report, {}, (*self.path, key), title=title
        )

    def named(self, key: str) -> Mapping[str, Table]:
        """The tables `[key.NAME]` by name."""
        self.asked.append(key)
        if key not in self:
            return {}
        value = self._data[key]
        if not isinstance(value, dict):
            self.complain(key, f"a table [{key}.NAME]", kind(value))
            return {}
        outer = Table(self.report, value, (*self.path, key), title=_header((*self.path, key)))
        inner = {
            name: outer._inner(name, data, _header((*outer.path, name)), f"[{key}.NAME]")
            for name, data in value.items()
        }
        return {name: table for name, table in inner.items() if table is not None}

    def listed(self, key: str) -> tuple[Table, ...]:
        """The tables `[[key]]` in their order. A `name` inside is shown in the title."""
        self.asked.append(key)
        if key not in self:
            return ()
        items = self._data[key]
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            found = f"[{key}]" if isinstance(items, dict) else kind(items)
            self.complain(key, f"[[{key}]] in double brackets", found)
            return ()
        return tuple(
            Table(
                self.report,
                item,
                (*self.path, key, number),
                title=_element(key, number + 1, item),
                pattern=f"[[{key}]]",
            )
            for number, item in enumerate(items)
        )

    def missing(self, key: str | None, why: str, hint: str = "") -> None:
        """Note that a key is not there, or several; `why` completes "expected …"."""
        self.complain(key, why, "nothing", hint)

    def complain(
        self, key: str | None, expected: str, found: str, hint: str = "", *, at: int | None = None
    ) -> None:
        """Note a mistake at a key of this table, or at one element of the list that it holds.

        Without a key it is the table itself that is wrong.
        """
        self.report.problems.append(self._problem(key, expected, found, hint, at))

    def warn(self, key: str, expected: str, found: str, hint: str = "") -> None:
        """Note what is allowed and still worth saying."""
        self.report.warnings.append(self._problem(key, expected, found, hint, None))

    def finish(self) -> None:
        """Say that all of this table's keys have been asked for; any other is a mistake."""
        self.report.finished.append(self)

    def unknown(self) -> tuple[str, ...]:
        """The keys that are set and were not asked for."""
        return tuple(key for key in self._data if key not in self.asked)

    def _read(self, where: Path, value: object, form: Form[T], default: D) -> T | D:
        try:
            return form.read(value)
        except Misfit as misfit:
            key, *rest = where
            position = int(rest[0]) if rest else None
            self.complain(str(key), form.expected, form.show(value), misfit.hint, at=position)
            return default

    def _inner(self, key: str, data: object, title: str, pattern: str = "") -> Table | None:
        self.asked.append(key)
        if isinstance(data, dict):
            return Table(self.report, data, (*self.path, key), title=title, pattern=pattern)
        if data is not None:
            self.complain(key, f"a table {pattern or title}", kind(data))
        return None

    def _problem(
        self, key: str | None, expected: str, found: str, hint: str, at: int | None
    ) -> Problem:
        if key is None or key not in self:  # a missing key is missed where its table begins
            place = self.path
        else:
            place = (*self.path, key) if at is None else (*self.path, key, at)
        return Problem(
            file=self.report.file,
            line=self.report.lines.get(place),
            table=self.title,
            key="" if key is None else _quoted(key),
            expected=expected,
            found=found,
            hint=hint,
        )


def _header(path: Path) -> str:
    return f"[{'.'.join(_quoted(str(key)) for key in path)}]"


def _element(key: str, number: int, item: Mapping[str, object]) -> str:
    name = item.get("name")
    known = f" ({clipped(name)})" if isinstance(name, str) and name else ""
    return f"[[{key}]] {number}{known}"


def _quoted(key: str) -> str:
    return clipped(key) if _BARE_KEY.fullmatch(key) else f'"{clipped(key)}"'
