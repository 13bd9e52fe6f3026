"""What holds for every provider of the catalogue, whoever wrote it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from statistics import median

import pytest

from providers.catalogue import by_id, everything
from providers.engine.spec import Provider

PROVIDERS = Path(__file__).parents[2] / "providers"
OWN_SERVERS = ("powerdns", "rfc2136")  # their owner's rules, not a vendor's
each = pytest.mark.parametrize("provider", everything(), ids=lambda provider: provider.id)


def test_the_names_that_configurations_use_are_all_there() -> None:
    assert {provider.id for provider in everything()} >= {
        "cloudflare",
        "dnsomatic",
        "duckdns",
        "dyn",
        "dyndns2",
        "dynu",
        "he",
        "noip",
        "ovh_dynhost",
        "powerdns",
        "rfc2136",
    }


def test_each_name_finds_its_provider_and_no_other_name_does() -> None:
    assert len({provider.id for provider in everything()}) == len(everything())
    for provider in everything():
        assert by_id(provider.id) is provider
    for name in ("", "No-IP", "NOIP", "noip ", "nowhere"):
        assert by_id(name) is None


@each
def test_every_setting_says_in_a_sentence_where_to_find_it(provider: Provider) -> None:
    keys = [field.key for field in provider.fields]
    assert len(set(keys)) == len(keys)
    for field in provider.fields:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.key)
        assert re.fullmatch(r"[A-Z`].{10,}\.", field.help), field.help
        assert field.default is None or not field.required
        if field.choices and field.default is not None:
            assert field.default in field.choices


@each
def test_whatever_sounds_secret_is_marked_as_secret(provider: Provider) -> None:
    for field in provider.fields:
        sounds_secret = re.search(r"password|secret|token|api_key", field.key)
        assert not sounds_secret or field.secret, field.key


@each
def test_the_vendors_page_is_cited_and_the_title_is_for_people(provider: Provider) -> None:
    assert provider.docs.startswith("https://")
    assert provider.title not in ("", provider.id)  # deSEC and bunny.net are written so
    assert provider.families


@each
def test_the_pace_is_courteous(provider: Provider) -> None:
    assert provider.pace.burst >= 1
    assert provider.pace.every >= 1
    assert provider.pace.after_error >= (5 if provider.id in OWN_SERVERS else 10)
    assert provider.pace.after_confusion >= 300


HOUSE = {"__init__", "catalogue"}
LONGER = {"cloudflare.py": 150, "dyndns2.py": 340, "tellers.py": 320}
"""Whole zones in batches, with the networks of its proxies; and two tables with a row a service."""


def test_a_provider_file_is_short() -> None:
    for path in PROVIDERS.glob("*.py"):
        lines = path.read_text("utf-8").count("\n")
        assert lines <= LONGER.get(path.name, 120), f"{path.name} has {lines} lines"


def test_half_of_the_provider_files_have_less_than_sixty_lines_of_code() -> None:
    """Lines with code on them: no blank ones, no comments, no docstrings."""
    sizes = [lines_of_code(path) for path in PROVIDERS.glob("*.py") if path.stem not in HOUSE]
    assert median(sizes) < 60, sorted(sizes)


def lines_of_code(path: Path) -> int:
    source = path.read_text("utf-8")
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            docstrings |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.OP, tokenize.STRING, tokenize.NUMBER):
            code |= set(range(token.start[0], token.end[0] + 1))
    return len(code - docstrings)


def test_a_provider_file_has_nothing_to_open_a_socket_wait_or_log_with() -> None:
    forbidden = {
        "asyncio",
        "socket",
        "time",
        "logging",
        "random",
        "aiohttp",
        "dns",
        "os",
        "pathlib",
    }
    for path in PROVIDERS.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {name.partition(".")[0] for name in names} & forbidden, path.name


def test_credentials_are_revealed_where_they_leave_or_are_struck_and_nowhere_else() -> None:
    allowed = {"compose.py", "lexicon_call.py", "nsupdate.py", "redact.py", "secret.py"}
    for path in PROVIDERS.rglob("*.py"):
        assert ".reveal()" not in path.read_text("utf-8") or path.name in allowed, path
