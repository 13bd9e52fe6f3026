"""One secret, given in one of three ways: `X`, `X_file` or `X_env`. It is never shown."""

from __future__ import annotations

import shlex

from agent.config.form import Form, Misfit, text
from agent.config.inputs import Inputs
from agent.config.problem import kind
from agent.config.secrets import NoSecret, SecretFile
from agent.config.table import Table
from providers.engine.wire import Secret

_OTHERS = 0o006  # may read it, or put another one in its place
_GROUP = 0o060


def _secret_text(value: object) -> str:
    """A secret is text, never guessed into a number: an all-digit token keeps its zeros."""
    if not isinstance(value, str):
        raise Misfit("put it in quotes" if isinstance(value, int | float) else "")
    if not value.strip():
        raise Misfit
    return value


_SECRET: Form[str] = Form(expected="text (its value is not shown)", read=_secret_text, show=kind)
_HIDDEN: Form[str] = Form(expected=text.expected, read=text.read, show=kind)


def ways(key: str) -> tuple[str, str, str]:
    """The three keys under which a secret may be given."""
    return key, f"{key}_file", f"{key}_env"


def take(
    table: Table, key: str, inputs: Inputs, *, why: str, required: bool, readable: bool
) -> Secret | None:
    """The secret, or None where it is missing or wrong (which is then noted).

    `why` completes "expected …" for a missing one. `readable`: a file that everybody may read is
    accepted with a warning instead of being refused.
    """
    plain, file, env = ways(key)
    table.asked += ways(key)
    given = [way for way in ways(key) if way in table]
    if not given:
        if required:
            table.missing(key, why, f"add {plain}, {file} or {env}")
        return None
    if len(given) > 1:
        expected = f"only one of {plain}, {file} and {env}"
        table.complain(given[1], expected, f"{given[0]} as well", "delete all but one")
        return None
    if given == [plain]:
        return _from_table(table, plain, inputs)
    if given == [file]:
        return _from_file(table, file, inputs, readable=readable)
    return _from_environment(table, env, inputs)


def _from_table(table: Table, key: str, inputs: Inputs) -> Secret | None:
    value = table.get(key, _SECRET, None)
    if value is not None and inputs.exposed:
        table.warn(
            key,
            "a configuration that only you can read, as a secret stands in it",
            "one that every user of this machine can read",
            f"run: chmod 600 {shlex.quote(table.report.file)}, or use {key}_file",
        )
    return None if value is None else Secret(value)


def _from_file(table: Table, key: str, inputs: Inputs, *, readable: bool) -> Secret | None:
    written = table.get(key, _HIDDEN, None)
    if written is None:
        return None
    match inputs.read_secret(inputs.path(written)):
        case NoSecret(found=found, hint=hint):
            table.complain(key, "a file with the secret in it", found, hint)
            return None
        case SecretFile(text=secret, mode=mode):
            bits = mode or 0
            expected = "a file that only you can read"
            found = f"mode {bits:04o}"
            remedy = f"run: chmod 600 {shlex.quote(written)}"
            if bits & _OTHERS and not readable:
                table.complain(key, expected, found, remedy)
                return None
            if bits & (_OTHERS | _GROUP):
                table.warn(key, expected, found, remedy)
            return Secret(secret)


def _from_environment(table: Table, key: str, inputs: Inputs) -> Secret | None:
    """The name is not shown: people put the secret itself there."""
    name = table.get(key, _HIDDEN, None)
    if name is None:
        return None
    value = inputs.environ.get(name)
    if value is None or not value.strip():
        found = "one that is not set" if value is None else "one that is empty"
        hint = "set it where upstun is started; the secret itself does not go here"
        table.complain(key, "the name of an environment variable", found, hint)
        return None
    return Secret(value)
