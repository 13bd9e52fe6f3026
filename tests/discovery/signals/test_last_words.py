from __future__ import annotations

from ipaddress import ip_address

import pytest

from discovery.signals.last_words import LastWords

# Who says what, in turn; a capital letter where it is news.
STORIES = {
    "nothing ever changes": "a1 b1 c1 a1 b1 c1",
    "a change is news once, and not once for each witness": "a1 b1 c1 A2 b2 c2 a2 b2",
    "and so is the next change": "a1 b1 A2 b2 A3 b3 A1 b1 a1",
    "one witness alone": "a1 a1 A2 a2 A1 a1",
    "two lines: the second witness is news when it is first heard, and never again": (
        "a1 B2 a1 b2 a1 b2 a1 b2"
    ),
    "two lines, and one of them changes": "a1 B2 a1 b2 A3 b2 a3 b2 a3",
    "two lines, and one of them fails over to the other": "a1 B2 a1 b2 A2 b2 a2",
    "two that agreed go apart for ever": "a1 b1 a1 B2 A1 b2 a1 b2 a1",
    "the address flips back before everybody was asked": "a1 b1 c1 A2 B1 c1 A1 b1 c1",
    "a new witness after a change": "a1 A2 c2 a2 c2",
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_what_is_news(story: str) -> None:
    last_words = LastWords()
    for number, word in enumerate(story.split()):
        witness, address = word[0].lower(), ip_address(f"81.2.69.{word[1]}")
        assert last_words.hear(witness, address) == word[0].isupper(), f"word {number}: {word}"
