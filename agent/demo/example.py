"""The project's own example configuration, with the pretend home's endpoints filled in.

`config.toml` beside this file is the one at the root of the project, so that an installed package
has it too (a test holds the two equal).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).with_name("config.toml")

_TABLE = re.compile(r"#?\[+(?P<name>[^\]]+)\]+\s*")
_SETTING = re.compile(r"#?(?P<key>\w+) = .*")

Value = str | bool | tuple[str, ...]


def fill_in(text: str, values: Mapping[str, Value]) -> str:
    """Set values in the text of a configuration, by "table.key"; everything else stays.

    A setting that is commented out (`#key = …`) is switched on. Each stands on one line. Raises
    LookupError naming the settings that the text does not have.
    """
    table, missing, lines = "", dict(values), []
    for line in text.splitlines():
        if heading := _TABLE.fullmatch(line):
            table = heading["name"]
        elif setting := _SETTING.fullmatch(line):
            name = f"{table}.{setting['key']}"
            if name in missing:
                lines.append(f"{setting['key']} = {_toml(missing.pop(name))}")
                continue
        lines.append(line)
    if missing:
        raise LookupError(f"the example has no {', '.join(missing)}")
    return "\n".join(lines) + "\n"


def _toml(value: Value) -> str:
    """A value as TOML; for these types JSON is the same."""
    return json.dumps(value, ensure_ascii=False)
