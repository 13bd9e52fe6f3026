from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from agent.config.document import LONGEST, is_file, parse, read_text, readable_by_all
from agent.config.problem import Problem

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits are judged on POSIX only")


def told(result: object) -> str:
    assert isinstance(result, Problem), result
    return str(result)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfea\0", "found UTF-16 text; save it as UTF-8"),
        (b"a = 1\nb = '\xe9'\n", "found bytes that are not UTF-8; save it as UTF-8"),
        (b"#" * (LONGEST + 1), "found more than 1 MiB; this is some other file"),
    ],
)
def test_what_is_no_configuration_is_told_in_one_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)

    assert told(read_text(path)).endswith(f": expected a configuration file in UTF-8, {sentence}")


def test_the_line_with_the_wrong_bytes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"a = 1\nb = '\xe9'\n")

    assert told(read_text(path)).startswith(f"{path}:2: ")


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(50 << 20)

    assert "more than 1 MiB" in told(read_text(path))


def test_a_folder_a_missing_file_and_an_impossible_name_are_told(tmp_path: Path) -> None:
    assert "found a folder; name the file inside it" in told(read_text(tmp_path))
    assert "found no file of that name" in told(read_text(tmp_path / "none"))
    assert "cannot be read" in told(read_text(tmp_path / ("x" * 5000)))
    assert "cannot be read" in told(read_text(Path("a\0b")))


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything

    assert "found one that may not be read" in told(read_text(tmp_path / "config.toml"))
    assert "found a folder" in told(read_text(tmp_path))  # Windows answers like this to a folder


def test_text_comes_back_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("a = 'ö'\r\n".encode())

    assert read_text(path) == "a = 'ö'\r\n"
    assert is_file(path)
    assert not is_file(tmp_path)
    assert not is_file(tmp_path / ("x" * 5000))
    assert not is_file(Path("a\0b"))


@posix
def test_who_may_read_the_file_is_known(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch()
    for mode, answer in ((0o600, False), (0o640, False), (0o644, True)):
        path.chmod(mode)
        assert readable_by_all(path) is answer
    assert not readable_by_all(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t"])
def test_an_empty_file_is_told(text: str) -> None:
    assert told(parse(text, "x")).startswith("x: expected settings, found an empty file")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = " + "[" * 50_000, "brackets inside brackets, too deep to follow"),
        ("a = " + "9" * 5000, "a number of thousands of digits"),
        ('a = "\x07"', "a control character"),
        ("a = 'x\ny'", "a line break or control character in text"),
        ('a = """x', "text that is not closed"),
        ("a = {b = 1", "a list or table that is not closed"),
        ("a = {}\n[a]", "the same table opened twice"),
        ("a.b = 1\n[a.c]\n[a]\nb = 2", "the same table opened twice"),
        ("[a", "a heading that is not closed"),
        ("\ud800", "neither a key nor a heading"),
    ],
    ids=lambda text: repr(text)[:25],
)
def test_what_is_no_toml_is_told_in_plain_words(text: str, found: str) -> None:
    problem = parse(text, "x")

    assert isinstance(problem, Problem)
    assert problem.found.partition(" (line")[0] == found


def test_words_of_a_newer_tomllib_still_make_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise ValueError("Something about 'sesame' (at line 7, column 2)")

    monkeypatch.setattr("agent.config.document.tomllib.loads", fail)

    assert told(parse("a = 1", "x")) == (
        "x:7: expected TOML, found something that is not TOML (line 7, column 2);"
        ' write key = "value", one to a line'
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a device file of Linux")
def test_an_endless_device_is_not_read_to_its_end() -> None:
    assert "more than 1 MiB" in told(read_text(Path("/dev/zero")))
