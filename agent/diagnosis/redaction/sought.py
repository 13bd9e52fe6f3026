"""What is looked for in a text, as one pattern, and the spellings that a name may have. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from agent.diagnosis.redaction.literals import IPV4, IPV4_DASHED, IPV6_RUN, MAC, REVERSE, UUID
from agent.diagnosis.redaction.personal import Personal

_ENCODED = re.compile(r"%([2-7][0-9a-f])", re.IGNORECASE)  # ASCII, as far as it is printed


def decoded(run: str) -> str:
    """Undo one layer of percent-encoding; of what is no UTF-8, ASCII alone ("fe80::1%ed0")."""
    try:
        return unquote(run, errors="strict")
    except UnicodeDecodeError:
        return _ENCODED.sub(lambda code: chr(int(code[1], 16)), run)


def plain_spelling(spelled: str) -> str:
    """One spelling for all: what HTML, JSON, upper case and a broken line make of a name."""
    return " ".join(html.unescape(spelled).replace('\\"', '"').lower().split())


def pattern(known: Personal) -> re.Pattern[str]:
    """Everything to look for, in one pass: what one mask leaves, no other may find again.

    Repetitions are bounded as names are (RFC 1035 §2.3.4, RFC 5321 §4.5.3.1.1): a device may have
    sent a text that is made to keep an unbounded one busy.
    """
    names = _any([*known.zones, *known.servers])
    words = _any(form for _, word in known.words for form in _forms(word))
    accounts = _any(known.accounts)
    groups = {
        "line": r"\n",
        "gap": r" {2,}",
        "UUID": UUID,
        "name": rf"(?<![\w-])(?:[\w.+-]{{1,64}}@)?(?:[\w-]{{1,63}}\.){{0,126}}(?:{names})(?![\w-])",
        "id": rf"(?<![0-9a-z])(?:{_any(known.ids)})(?![0-9a-z])",
        "MAC": MAC,
        "reverse": REVERSE,
        "account": rf"(?:(?<=account )|(?<=account\.)|(?<=unlock ))(?:{accounts})(?![\w-])",
        "word": rf"(?<![\w-])(?:{words})(?![\w-])",
        "ipv6": IPV6_RUN,
        "ipv4": IPV4,
        "dashed": IPV4_DASHED,
    }
    return re.compile("|".join(f"(?P<{name}>{one})" for name, one in groups.items()), re.IGNORECASE)


def _any(things: Iterable[str]) -> str:
    """An alternation, the longest first; one that matches nothing where there are none."""
    longest_first = sorted(set(things), key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest_first) or r"(?!)"


def _forms(word: str) -> tuple[str, ...]:
    """A name as HTML, JSON and URLs have it."""
    return word, html.escape(word), json.dumps(word)[1:-1], quote(word)
