from __future__ import annotations

import pytest

from agent.config.form import Misfit, choice, did_you_mean, either, flag, near, text, whole


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("provdier", ["provider", "zone"], "provider"),
        ("tokn", ["token", "token_file"], "token"),
        ("Key-Name", ["key_name"], "key_name"),
        ("POLL", ["poll"], "poll"),
        ("xyz", ["poll"], ""),
        ("poll", [], ""),
        ("p" * 41, ["p" * 42], ""),
    ],
)
def test_a_near_miss_is_found(word: str, words: list[str], meant: str) -> None:
    assert near(word, words) == meant
    assert did_you_mean(word, words) == (f'did you mean "{meant}"?' if meant else "")


def test_alternatives_read_like_a_sentence() -> None:
    assert either(["a"]) == '"a"'
    assert either(["a", "b"]) == '"a" or "b"'
    assert either(["a", "b", "c"]) == '"a", "b" or "c"'


@pytest.mark.parametrize(
    ("form", "value", "hint"),
    [
        (text, 5, "put it in quotes"),
        (text, "", ""),
        (text, "  ", ""),
        (text, "two\nlines", ""),
        (flag, "True", "write true without quotes"),
        (flag, 1, ""),
        (whole(1, 9), "5", "write the number without quotes"),
        (whole(1, 9), 10, ""),
        (whole(1, 9), True, ""),
        (whole(1, 9), 5.0, ""),
        (choice("never", "always"), "nevr", 'did you mean "never"?'),
        (choice("never", "always"), ["never"], ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_to_do(
    form: object, value: object, hint: str
) -> None:
    with pytest.raises(Misfit) as caught:
        form.read(value)  # type: ignore[attr-defined]  # forms of several types in one table
    assert caught.value.hint == hint


def test_values_that_fit_are_taken() -> None:
    assert text.read(" words ") == "words"
    assert flag.read(False) is False
    assert [whole(1, 9).read(number) for number in (1, 9)] == [1, 9]
    assert choice("never", "always").read("always") == "always"
