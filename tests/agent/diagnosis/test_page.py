"""The page: valid, self-contained, readable in every scheme, and safe against any stranger."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.diagnosis.conclude import conclude
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Answer, Diagnosis, Finding
from agent.diagnosis.page import html
from agent.diagnosis.redact import Redactor
from tests.support.evidence import full_home, healthy
from tests.support.sightings import PUBLIC
from tests.support.troubled_homes import HOMES, hostile_home

VOID = {"meta", "path", "rect"}
ALLOWED = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "http-equiv", "content", "name"},
    "title": {"id"},
    "style": set(),
    "body": set(),
    "main": set(),
    "section": set(),
    "figure": set(),
    "figcaption": set(),
    "h1": set(),
    "h2": set(),
    "h3": set(),
    "p": {"class"},
    "dl": {"class"},
    "dt": {"class"},
    "dd": set(),
    "ol": set(),
    "li": {"class"},
    "span": {"class"},
    "strong": set(),
    "small": set(),
    "code": set(),
    "svg": {"class", "viewbox", "role", "aria-labelledby"},
    "desc": {"id"},
    "g": {"class"},
    "path": {"class", "d"},
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "text": {"class", "x", "y", "text-anchor"},
}  # fmt: skip
"""Every tag of the page with its attributes; there is no other."""

CLASSES = re.compile(r"[a-z]+(?: [a-z]+)?")
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
LEAST_FRAME_CONTRAST = 3.0  # 1.4.11, for what is not text

each_home = pytest.mark.parametrize("name", HOMES)


class Page(HTMLParser):
    """Reads a page, and refuses what is not well formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def text(self) -> str:
        return " ".join(data for tag, data in self.texts if tag != "style")


def page_of(home: Evidence) -> str:
    return html(home, conclude(home))


def hostile_diagnosis(text: str) -> Diagnosis:
    """A conclusion that quotes a stranger wherever it has words of its own."""
    finding = Finding(
        code="alg", severity="warn", fact=text, consequence=f"{text}.", fix=f"{text}.", subject=text
    )
    answer = Answer(question="dns", title="What does DNS say?", lines=(text, text))
    return replace(healthy(finding), answers=(answer,))


def check_tags(page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag in ALLOWED, tag
        assert set(attributes) <= ALLOWED[tag], (tag, attributes)
        assert CLASSES.fullmatch(attributes.get("class") or "plain")


# ---- structure -----------------------------------------------------------------------------------


@each_home
def test_it_is_well_formed_and_has_no_tag_but_the_ones_it_needs(name: str) -> None:
    text = page_of(HOMES[name]())
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    check_tags(Page(text))


@each_home
def test_nothing_comes_from_anywhere_else_and_nothing_runs(name: str) -> None:
    text = page_of(HOMES[name]())
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "form", "base", "a"}
        assert not {"src", "href", "srcset", "style", "xlink:href"} & set(attributes)
        assert not [one for one in attributes if one.startswith("on")]
    styles = "".join(data for tag, data in page.texts if tag == "style")
    assert "url(" not in styles
    assert "@import" not in styles
    assert "default-src 'none'" in text


@each_home
def test_ids_are_unique_and_every_drawing_is_named_by_them(name: str) -> None:
    page = Page(page_of(HOMES[name]()))
    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert set(ids.values()) == {1}
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(drawings) == 2
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert set((attributes["aria-labelledby"] or "").split()) <= set(ids)
    titles = [tag for tag, attributes in page.tags if tag == "title" and "id" in attributes]
    assert len(titles) == len(drawings)


@each_home
def test_headings_go_down_one_step_at_a_time(name: str) -> None:
    levels = [
        int(tag[1]) for tag, _ in Page(page_of(HOMES[name]())).tags if tag in ("h1", "h2", "h3")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_home
def test_a_list_of_terms_holds_terms_and_their_texts_in_turn(name: str) -> None:
    tags = [tag for tag, _ in Page(page_of(HOMES[name]())).tags]
    for tag, after in pairwise(tags):
        assert tag != "dt" or after == "dd"
        assert tag != "dl" or after == "dt"


@each_home
def test_all_that_the_screen_tells_is_on_the_page(name: str) -> None:
    home = HOMES[name]()
    diagnosis = conclude(home)
    told = " ".join(Page(html(home, diagnosis)).text().split())
    for answer in diagnosis.answers:
        assert answer.title in told
        assert all(" ".join(line.split()) in told for line in answer.lines)
    for finding in diagnosis.findings:
        assert " ".join(finding.fact.split()) in told
        assert f"--explain {finding.code}" in told
    assert "9 Signs of a change" in told


def test_the_drawing_in_words_is_there_for_those_who_cannot_see_it() -> None:
    page = Page(page_of(HOMES["cgnat"]()))
    (told, same) = [data for tag, data in page.texts if tag == "desc"]
    assert "shared by many customers (CGNAT)" in told
    assert "In from the internet to the provider's NAT: blocked." in told
    assert told == same


# ---- strangers' words ----------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
@example("<script>alert(1)</script>")
@example("</title><script>alert(1)</script>")
@example("</style><img src=x onerror=alert(1)>")
@example('" onload="alert(1)')
@example("' autofocus onfocus='alert(1)")
@example("--><svg onload=alert(1)>")
@example("{{ 7 * 7 }}{% include '/etc/passwd' %}")
@example("&lt;script&gt;")
@example("\x00\x1b[31m\u202e\ud800")
def test_no_stranger_can_put_a_tag_or_an_attribute_on_the_page(text: str) -> None:
    page = Page(html(hostile_home(text), hostile_diagnosis(text)))
    check_tags(page)
    usual = Counter(tag for tag, _ in Page(html(hostile_home("x"), hostile_diagnosis("x"))).tags)
    found = Counter(tag for tag, _ in page.tags)
    for tag in set(found) - {"text", "dt", "dd", "dl", "p"}:  # an empty text has no line
        assert found[tag] == usual[tag], tag
    assert all(data.isprintable() for tag, data in page.texts if tag == "text")


def test_a_strangers_template_is_text() -> None:
    assert "{{ 7 * 7 }}" in Page(html(hostile_home("{{ 7 * 7 }}"), healthy())).text()


@pytest.mark.parametrize("code", ["\x00", "\x1b", "\u202e", "\u2066", "\ud800", "\ufffe"])
def test_no_character_is_on_the_page_that_html_forbids_or_that_turns_the_writing(
    code: str,
) -> None:
    text = html(hostile_home(f"a{code}b"), healthy())
    assert code not in text
    assert "a b" in text
    text.encode("utf-8")


def test_a_page_for_strangers_stays_a_page_and_has_no_half_of_a_name() -> None:
    """The drawing breaks names into lines: they are masked before that."""
    home = full_home()
    redactor = Redactor(home)
    masked = redactor.text(html(home, conclude(home), redactor.text))
    check_tags(Page(masked))
    assert "[your-IPv4]" in masked
    assert "[name-1] A" in masked
    for part in (str(PUBLIC), "home.e", "example.com", "nas.h", "2a02:", "9e7b:", "household"):
        assert part not in masked.partition("<body>")[2], part


# ---- colours -------------------------------------------------------------------------------------


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, by the names that the style sheet gives them."""
    text = page_of(HOMES["plain"]())
    found = re.findall(r"(@media [^{]*\{ )?:root \{([^}]*)\}", text)
    names = {
        (re.search(r"dark|print", media) or ["light"])[0]: dict(
            re.findall(r"--(\w+): (#[0-9a-f]{6})", body)
        )
        for media, body in found
    }
    assert set(names) == {"light", "dark", "print"}
    return names


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_every_colour_of_letters_can_be_read(scheme: str, ground: str) -> None:
    colours = schemes()[scheme]
    for ink in ("ink", "soft", "bad", "doubt", "good"):
        assert contrast(colours[ink], colours[ground]) >= LEAST_CONTRAST, (ink, ground)
    assert contrast(colours["line"], colours["paper"]) >= LEAST_FRAME_CONTRAST


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@each_home
def test_no_meaning_is_in_a_colour_alone(name: str) -> None:
    """Each box has its state in words; each lane has words and a form of its own."""
    text = page_of(HOMES[name]())
    groups = re.findall(r'<g class="(\w+)">(.*?)</g>', text, re.DOTALL)
    words = {"broken": "Trouble", "doubtful": "Look here", "unknown": "Not known", "sound": "Fine"}
    assert groups
    for state, body in groups:
        assert re.search(rf'<text class="word"[^>]*>{words[state]}', body), (state, body)
    style = text.partition("<style>")[2].partition("</style>")[0]
    for state in ("blocked", "narrow", "unknown"):
        assert re.search(rf"\.way\.{state}[^{{]*\{{[^}}]*dasharray", style)
    for state in ("broken", "unknown"):
        assert re.search(rf"\.{state} \.frame[^{{]*\{{[^}}]*dasharray", style)
