from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.config.secrets import LONGEST, NoSecret, SecretFile, read_secret

posix = pytest.mark.skipif(os.name != "posix", reason="needs mode bits and pipes")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"sesame", "sesame"),
        (b"sesame\n", "sesame"),
        (b"sesame\r\n\r\n", "sesame"),
        (b" sesame \n", " sesame "),
        (b"\xef\xbb\xbfsesame\r\n", "sesame"),
        (b"-----BEGIN\nsesame\n-----END\n", "-----BEGIN\nsesame\n-----END"),
        (b"s" * LONGEST, "s" * LONGEST),
    ],
    ids=lambda value: repr(value)[:25],
)
def test_a_secret_is_read_without_what_editors_add(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o600)
    secret = read_secret(path)

    assert isinstance(secret, SecretFile)
    assert secret.text == text
    assert secret.mode in (0o600, None)
    assert "sesame" not in repr(secret)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"\n\n", "an empty file"),
        (b"  \n", "an empty file"),
        (b"s" * (LONGEST + 1), "more than 64 KiB"),
        (b"\xff\xfes\0e\0", "bytes that are not UTF-8"),
    ],
    ids=lambda value: repr(value)[:25],
)
def test_what_is_no_secret_is_told(tmp_path: Path, data: bytes, found: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    result = read_secret(path)

    assert isinstance(result, NoSecret)
    assert result.found == found


def test_a_folder_a_missing_file_and_an_impossible_name_are_told(tmp_path: Path) -> None:
    for path, found in (
        (tmp_path, "a folder"),
        (tmp_path / "none", "no file of that name"),
        (tmp_path / ("x" * 5000), "one that cannot be read"),
        (Path("a\0b"), "one that cannot be read"),
    ):
        result = read_secret(path)
        assert isinstance(result, NoSecret)
        assert result.found == found


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "key"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)  # root may read everything

    assert read_secret(path) == NoSecret(
        found="one that may not be read", hint="give it to the user that upstun runs as"
    )


@posix
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    result = read_secret(tmp_path / "pipe")

    assert isinstance(result, NoSecret)
    assert result.found == "a pipe or a device"


@posix
def test_the_mode_is_of_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sesame")
    (tmp_path / "key").chmod(0o644)
    (tmp_path / "link").symlink_to("key")

    assert read_secret(tmp_path / "link") == SecretFile(text="sesame", mode=0o644)


def test_on_windows_the_mode_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("sesame")
    path = tmp_path / "key"
    monkeypatch.setattr("agent.config.secrets.os.name", "nt")

    assert read_secret(path) == SecretFile(text="sesame", mode=None)
