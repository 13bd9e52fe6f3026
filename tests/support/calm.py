"""What no output may ever contain: a traceback, a leaked socket or file, or a secret."""

from __future__ import annotations

from collections.abc import Iterable

_PANIC = (
    "Traceback (most recent call last)",
    "Exception ignored in",
    "exception was never retrieved",
    "was never awaited",
    "ResourceWarning",
)


def assert_calm(stdout: str, stderr: str, *, secrets: Iterable[str] = ()) -> None:
    """Fail where a program lost its composure, or told what it must keep."""
    for name, text in (("stdout", stdout), ("stderr", stderr)):
        for sign in _PANIC:
            assert sign not in text, f"{name} holds {sign!r}:\n{text}"
        for number, secret in enumerate(secrets):
            assert secret not in text, f"{name} holds secret number {number}"
