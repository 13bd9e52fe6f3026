"""The pages of `diagnose --explain`: one for each code, true to the rules and to the command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.resources import files
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, NoReturn

import pytest

from agent import cli, collector
from agent.config.load import Loaded
from agent.decide.exit_status import Exit
from agent.diagnosis import menus
from agent.diagnosis.codes import CODES
from agent.diagnosis.conclude import conclude
from agent.diagnosis.document import as_json
from agent.diagnosis.evidence import AccountExam
from agent.diagnosis.finding import Finding
from agent.diagnosis.rules import accounts, dns, ipv6, verdict
from agent.diagnosis.sections.all import sections
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.observation import Address, Family
from discovery.signals.view import EVERY_SIGNAL
from providers.engine.outcome import Cause, Refused
from tests.agent.config.fakes import read as read_config
from tests.support.evidence import account, full_home, plain_home
from tests.support.findings_index import RENEWAL, Page, flat, read, render
from tests.support.rule_calls import told_in_rules
from tests.support.sightings import OTHER, PUBLIC
from tests.support.typed import typed

ROOT = Path(__file__).parents[3]
INDEX = ROOT / "docs" / "findings.md"
PAGES = {code: read(code) for code in sorted(CODES)}

every_page = pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))


# ---- one plan for all ----------------------------------------------------------------------------


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    found = {file.name for file in files("agent.diagnosis").joinpath("pages").iterdir()}
    assert found == {f"{code}.txt" for code in CODES}


@every_page
def test_a_page_fits_a_screen(page: Page) -> None:
    lines = page.text.splitlines()
    assert 20 <= len(lines) <= 45
    assert max(map(len, lines)) <= 79
    assert page.text.isascii(), "a console of any code page must be able to show it"
    assert page.text == page.text.rstrip() + "\n"
    assert not [line for line in lines if line != line.rstrip() or "\t" in line]
    assert "\n\n\n" not in page.text


@every_page
def test_a_title_is_one_phrase_and_the_meaning_two_to_five_sentences(page: Page) -> None:
    assert not page.title.endswith((".", "!", "?"))
    assert 2 <= len(re.findall(r"[.?]\)?(?: |$)", page.sections["What it means"])) <= 5


@every_page
def test_a_page_is_not_a_person(page: Page) -> None:
    assert not re.findall(r"\b(?:I|[Ww]e|[Oo]urs?|us|[Mm]y)\b", page.text)


@every_page
def test_steps_are_counted(page: Page) -> None:
    numbers = [int(number) for number in re.findall(r"^  (\d)\. ", page.text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) != 1


def test_titles_tell_the_pages_apart() -> None:
    assert len({page.title for page in PAGES.values()}) == len(PAGES)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda text: text.replace("See also:", "See too:"), "the sections"),
        (lambda text: text.replace("For engineers", "What it means"), "the sections"),
        (lambda text: text.replace("cgnat - ", "cgnat: "), "the first line"),
        (lambda text: text.replace("Severity:", "Weight:"), "no severity"),
    ],
)
def test_a_page_without_the_plan_is_refused(
    damage: Callable[[str], str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "pages").mkdir()
    damaged = damage(PAGES["cgnat"].text)
    (tmp_path / "pages" / "cgnat.txt").write_text(damaged, encoding="utf-8")
    monkeypatch.setattr("tests.support.findings_index.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=complaint):
        read("cgnat")


# ---- what a page speaks of exists ----------------------------------------------------------------


def keys() -> dict[str, set[str]]:
    """The keys of each table of the configuration, as its page lists them."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = defaultdict(set)
    for part in text.split("\n## `")[1:]:
        table, _, rest = part.partition("`")
        found[table] |= set(re.findall(r"^\| `(\w+)` \|", rest, re.MULTILINE))
    return found


KEYS = keys()
TABLE = r"(\[\[?[\w.]+\]\]?)"


@every_page
def test_related_codes_exist(page: Page) -> None:
    assert 2 <= len(page.related) <= 5
    assert len(set(page.related)) == len(page.related)
    assert set(page.related) <= CODES - {page.code}


@every_page
def test_words_of_the_interface_exist(page: Page) -> None:
    """A word with an underscore is a code, a key, a signal, or a cause of the DNS services."""
    known = CODES.union(*KEYS.values(), Cause, EVERY_SIGNAL)
    prose = " ".join(part for name, part in page.sections.items() if name != "For engineers")
    assert set(re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", prose)) <= known


def commands(page: Page) -> Iterator[str]:
    """Every command as it is typed: alone on its line, or in quotes."""
    for line in page.text.splitlines():
        if re.fullmatch(r" {7}[a-z]\S*(?: \S+)*", line) and ":" not in line.split()[0]:
            yield line.strip()
    yield from re.findall(r'"(upstun [^"]*)"', flat(page.text))


@every_page
def test_commands_are_understood(page: Page) -> None:
    for command in commands(page):
        words = shlex.split(command)
        assert words[0] in {"upstun", "dig", "ip", "ping", "nmcli", "timedatectl"}, command
        if words[0] == "upstun":
            cli._parse(words[1:])


@every_page
def test_options_exist(page: Page) -> None:
    text = flat(page.text)
    for option in re.findall(r"(?<!\S)--[\w-]+", text):
        assert any(option in command for command in commands(page)) or option == "--port"


@every_page
def test_settings_exist_and_are_accepted(page: Page) -> None:
    setting = re.compile(rf'\b(\w+) = ("[^"]*"|\w+) under {TABLE}')
    text = flat(page.text)
    for key, value, table in setting.findall(text):
        assert key in KEYS[table]
        assert isinstance(read_config(configuration(key, value, table)), Loaded), (key, value)
    rest = setting.sub("", text)
    assert " = " not in rest
    for key, table in re.findall(rf"\b(\w+) under {TABLE}", rest):
        assert key in KEYS[table]
    assert not re.search(TABLE, re.sub(rf"\b\w+ under {TABLE}", "", rest))


def configuration(key: str, value: str, table: str) -> str:
    """A whole configuration with one setting."""
    line = f"{key} = {value}\n"
    home = '[account.home]\nprovider = "duckdns"\ntoken = "t0ken"\n'
    name = "" if key == "name" else 'name = "home.duckdns.org"\n'
    record = f'[[record]]\naccount = "home"\n{name}'
    if table == "[[record]]":
        return home + record + line
    return f"{table}\n{line}{home}{record}"


@every_page
def test_sections_of_the_report_exist(page: Page) -> None:
    titles = {section.title for section in sections(plain_home())}
    named = re.findall(r'(?:in the section|, under) "([^"]+)"', flat(page.text))
    assert set(named) <= titles


@every_page
def test_places_in_routers_are_those_of_the_menus(page: Page) -> None:
    known = {
        menu.translate(str.maketrans("“”", '""'))
        for _, vendor in menus._MENUS
        for menu in vendor
        if menu
    }
    blocks = re.findall(r"Places to look:\n((?: {7,9}\S.*\n)+)", page.text)
    assert len(blocks) == page.text.count("Places to look")
    for block in blocks:
        for place in re.split(r"\n {7}(?=\S)", f"\n{block.rstrip()}")[1:]:
            make, _, menu = flat(place).partition(": ")
            assert menu in known, make


@every_page
def test_words_of_the_document_exist(page: Page) -> None:
    """The engineer's JSON words lead somewhere in the document of an examination."""
    _, _, named = page.sections["For engineers"].rpartition("JSON: ")
    paths = named.rstrip(".").split(", ")
    evidence = full_home()
    document = as_json(evidence, conclude(evidence))
    for path in paths:
        assert list(walked(document, path.split("."))), path


def walked(value: Any, steps: list[str]) -> Iterator[Any]:
    """Everything that a path such as `dns[].servers[].ns` leads to."""
    if not steps:
        yield value
        return
    key, listed = steps[0].removesuffix("[]"), steps[0].endswith("[]")
    if isinstance(value, dict) and key in value:
        below = value[key]
        assert isinstance(below, list) or not listed, key
        for one in below if listed else [below]:
            yield from walked(one, steps[1:])


# ---- severity and exit status --------------------------------------------------------------------

SETTLED: tuple[Code, ...] = (
    *("direct", "single_nat", "router_only", "stun_agrees", "http_agrees", "vpn_active"),
    *("multi_wan", "upstream_nat", "double_nat", "nat_1to1", "shared_ipv4"),
    *("cgnat", "cgnat_likely", "ds_lite"),  # where the user publishes all the same
)
OUT_OF_REACH: tuple[Code, ...] = ("cgnat", "cgnat_likely", "ds_lite", "double_nat")
DISPUTED: tuple[Code, ...] = ("multi_wan", "upstream_nat", "witnesses_disagree")
UNKNOWN: tuple[Code, ...] = (
    *("one_witness", "liar", "wan_down", "captive", "offline", "no_address", "nat64"),
)
UNKNOWN6: tuple[Code, ...] = (
    *("v6_unconfirmed", "v6_waiting", "v6_none", "v6_absent", "unsupported"),
)


def held(family: Family, code: Code, kind: type[Settled | OutOfReach]) -> Verdict:
    address: Address = PUBLIC if family is Family.V4 else IPv6Address("2a02:8109:9440:1::10")
    return kind(family=family, address=address, code=code, sources=(), because="It is so.")


def verdicts() -> Iterator[Verdict]:
    for code in SETTLED:
        yield held(Family.V4, code, Settled)
    for code in OUT_OF_REACH:
        yield held(Family.V4, code, OutOfReach)
    for code in DISPUTED:
        yield disputed(Family.V4, code)
    for code in UNKNOWN:
        yield Unknown(family=Family.V4, code=code, because="It is so.")
    yield held(Family.V6, "v6_direct", Settled)
    yield disputed(Family.V6, "v6_nat66_or_vpn")
    for code in UNKNOWN6:
        yield Unknown(family=Family.V6, code=code, because="It is so.")


def disputed(family: Family, code: Code) -> Verdict:
    named = (PUBLIC, OTHER)
    return Disputed(family=family, candidates=named, code=code, sources=(), because="It is so.")


def computed() -> Iterator[Finding]:
    """What the rules compute and do not write down: run with everything that can happen."""
    for one in verdicts():
        home = plain_home(verdicts={one.family: one})
        yield from verdict.of_verdict(home)
        yield from ipv6.of_verdict6(home)
    for cause in Cause:
        refused = account(proof=Refused(cause=cause, text="It says no."))
        yield from accounts.of_accounts(plain_home(accounts=(refused,)))
    for cause in (Cause.CREDENTIALS, Cause.BLOCKED, Cause.NOT_FOUND, Cause.REJECTED):
        locked: AccountExam = account(locked=cause, locked_text="It said no.")
        yield from accounts.of_accounts(plain_home(accounts=(locked,)))
    for code, meaning in dns._MEANINGS.items():
        yield Finding(code=code, severity=meaning.severity, fact="It is so.", exit=meaning.exit)


def test_severities_and_exit_statuses_are_those_of_the_rules() -> None:
    severities: dict[str, set[str]] = defaultdict(set)
    exits: dict[str, set[int]] = defaultdict(set)
    for one in told_in_rules():
        severities[one.code].add(one.severity)
        exits[one.code] |= set() if one.exit is None else {one.exit}
    for finding in computed():
        severities[finding.code].add(finding.severity)
        exits[finding.code].add(int(finding.exit))
    assert {code: set(page.severities) for code, page in PAGES.items()} == severities
    assert {code: set(page.exits) for code, page in PAGES.items()} == exits


def test_the_heaviest_comes_first() -> None:
    weight = ("error", "warn", "info")
    for page in PAGES.values():
        assert sorted(page.severities, key=weight.index) == list(page.severities), page.code


# ---- the index -----------------------------------------------------------------------------------


def test_the_index_is_that_of_the_pages() -> None:
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        INDEX.write_text(render(), encoding="utf-8")
    assert render() == INDEX.read_text(encoding="utf-8"), f"renew docs/findings.md: {RENEWAL}"


def test_the_command_that_renews_the_index_names_this_file() -> None:
    assert ROOT / RENEWAL.split()[-1] == Path(__file__)


# ---- the command ---------------------------------------------------------------------------------


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network, and a configuration that is none."""

    def forbidden(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the network was asked")

    broken = tmp_path / "config.toml"
    broken.write_text("this is no TOML", encoding="utf-8")
    monkeypatch.setenv("UPSTUN_CONFIG", str(broken))
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    monkeypatch.setattr(collector, "spare", lambda: None)  # it is for a process of its own


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_is_printed_without_network_or_configuration(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diagnose", "--explain", code]) == 0
    assert capsys.readouterr() == (PAGES[code].text, "")


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "word", ["CGNAT_LIKELY", "cgnat-likely", "Cgnat-Likely", " cgnat_likely\n"]
)
def test_a_code_may_be_typed_in_any_case_and_with_dashes(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diagnose", "--explain", word]) == 0
    assert capsys.readouterr().out == PAGES["cgnat_likely"].text


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("word", "meant"),
    [("cgant", "cgnat"), ("doublenat", "double_nat"), ("DNS-STALLED", "dns_stale")],
)
def test_a_mistyped_code_names_the_near_one(
    word: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diagnose", "--explain", word]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert (out, err) == ("", f'upstun: no finding is called "{word}"; did you mean "{meant}"?\n')


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("word", ["xyzzy", "", "../pages/cgnat", "cgnat.txt\0", "x" * 5000])
def test_a_word_that_is_nothing_lists_the_codes_or_a_near_one(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diagnose", "--explain", word]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("upstun: no finding is called ")
    assert "did you mean" in err or all(code in err for code in CODES)


def test_the_pages_come_with_the_package(tmp_path: Path) -> None:
    """Only what a wheel holds, in a folder of its own, run from another one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["setuptools"]["package-data"]
    for package in ("agent", "discovery", "providers"):
        for pattern in ("**/*.py", *data[package]):
            for file in (ROOT / package).glob(pattern):
                copy = tmp_path / "site" / file.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    ran = typed(
        *("diagnose", "--explain", "cgnat"),
        folder=tmp_path,
        environ={"PYTHONPATH": str(tmp_path / "site")},
        command=(sys.executable, "-P", "-m", "agent"),
    )
    assert ran == (0, PAGES["cgnat"].text, "")
