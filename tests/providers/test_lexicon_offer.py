"""What the installed dns-lexicon offers, and how its options become settings."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from providers.catalogue import by_id
from providers.engine import lexicon_offer
from providers.engine.lexicon_offer import offered, understood
from providers.engine.spec import Field, NotOffered

ROOT = Path(__file__).parents[2]


def fields(name: str) -> dict[str, Field]:
    provider = by_id(f"lexicon:{name}")
    assert provider is not None
    return {field.key: field for field in provider.fields}


def test_every_module_is_offered_or_it_is_said_why_not() -> None:
    names = offered()
    assert len(names) > 80
    assert {"dreamhost", "infoblox", "mythicbeasts", "powerdns", "transip"} <= {
        name for name, why_not in names.items() if not why_not
    }
    for name in ("auto", "cloudxns", "gratisdns", "linode4", "yandex", "zeit"):
        assert names[name], name


def test_listing_them_imports_none_of_them() -> None:
    code = (
        "import sys; from providers.engine.lexicon_offer import offered; assert offered();"
        "from providers.catalogue import by_id; assert by_id('lexicon:powerdns');"
        "assert not {'lexicon', 'requests', 'tldextract'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


SETTINGS: dict[str, dict[str, str]] = {
    # ! is a secret, * is needed
    "powerdns": {"auth_token": "!*", "pdns_server": "", "pdns_server_id": ""},
    "cloudflare": {"auth_username": "", "auth_token": "!*", "zone_id": ""},
    "ovh": {"auth_entrypoint": "", "auth_application_key": "!", "auth_application_secret": "!"},
    "infoblox": {"auth_user": "", "auth_psw": "!*", "ib_view": "", "ib_host": ""},
    "transip": {"auth_username": "", "auth_api_key": "!*", "auth_key_is_global": ""},
    "oci": {"auth_config_file": "", "auth_fingerprint": "", "auth_key_content": "!"},
    "wedos": {"auth_username": "", "auth_pass": "!*"},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_options_of_a_provider_are_settings(name: str) -> None:
    found = fields(name) if not offered()[name] else bare(name)
    for key, marks in SETTINGS[name].items():
        field = found[key]
        assert (field.secret, field.required) == ("!" in marks, "*" in marks), key
        assert field.help[0].isupper() or field.help[0] == "`", field.help
        assert field.help.endswith("."), field.help
        assert "--" not in field.help


def bare(name: str) -> dict[str, Field]:
    """Of one whose extra is not installed here: its parser needs none."""
    answer = lexicon_offer._asked(name)
    return {field.key: field for field in understood(answer).fields}


def test_kinds_choices_and_defaults_come_along() -> None:
    assert fields("ovh")["auth_entrypoint"].choices[:2] == ("ovh-eu", "ovh-ca")
    flag = fields("namecheap")["auth_sandbox"]
    assert (flag.kind, flag.default) == ("flag", False)
    assert fields("namecheap")["auth_client_ip"].default == "127.0.0.1"
    pause = fields("rackspace")["sleep_time"]
    assert (pause.kind, pause.default) == ("integer", 1)


def test_where_there_are_several_credentials_one_at_least_is_needed() -> None:
    provider = by_id("lexicon:ultradns")
    assert provider is not None
    assert provider.either == (("auth_token",), ("auth_password",))


def test_the_same_provider_is_the_same_value() -> None:
    assert by_id("lexicon:powerdns") is by_id("lexicon:powerdns")


HELPS = {
    "specify token for authentication": "Token for authentication.",
    "Specify token for authentication.": "Token for authentication.",
    "(optional) specify\n  the protocol": "The protocol.",
    "name. Only used if --auth-token is empty.": "Name. Only used if `auth_token` is empty.",
    "specify secret key for authenticate=": "Secret key for authenticate.",
    None: "`auth_key` of dns-lexicon.",
}


@pytest.mark.parametrize(("said", "help_"), HELPS.items())
def test_a_help_becomes_a_sentence(said: str | None, help_: str) -> None:
    option: Mapping[str, object] = {
        "key": "auth_key",
        "help": said,
        "kind": "text",
        "choices": [],
        "default": None,
    }
    (field,) = understood({"options": [option], "about": ""}).fields
    assert field.help == help_


# ---- what cannot be had --------------------------------------------------------------------------


def without_lexicon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_offer, "find_spec", lambda _: None)


def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    original = importlib.metadata.distribution

    def distribution(name: str) -> Any:
        if name in ("boto3", "zeep"):
            raise importlib.metadata.PackageNotFoundError(name)
        return original(name)

    monkeypatch.setattr(importlib.metadata, "distribution", distribution)


def with_everything(_: pytest.MonkeyPatch) -> None:
    pass


INSTALL = 'dns-lexicon is not installed; run: pip install "upstun[lexicon]"'
REASONS = [
    (without_lexicon, "mythicbeasts", INSTALL),
    (without_packages, "route53", 'it needs boto3; run: pip install "dns-lexicon[route53]"'),
    (without_packages, "gransy", 'it needs zeep; run: pip install "dns-lexicon[gransy]"'),
    (with_everything, "zeit", 'it is the old name of "lexicon:vercel"'),
    (with_everything, "mythicbeast", 'did you mean "lexicon:mythicbeasts"?'),
    (with_everything, "", "see: upstun providers lexicon"),
]


@pytest.mark.parametrize(("given", "name", "reason"), REASONS)
def test_why_a_provider_cannot_be_had(
    given: Any,
    name: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    given(monkeypatch)
    with pytest.raises(NotOffered) as refusal:
        by_id(f"lexicon:{name}")
    assert reason in str(refusal.value)

    assert main(["providers", f"lexicon:{name}"]) == 2
    assert reason in capsys.readouterr().err

    config = tmp_path / "config.toml"
    config.write_text(f'[account.mine]\nprovider = "lexicon:{name}"\n', encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 2
    said = " ".join("".join(capsys.readouterr()).split())
    assert reason in said


def test_a_module_that_breaks_when_it_is_loaded_is_told() -> None:
    with pytest.raises(NotOffered, match="cannot load it: No module named 'zeep'"):
        understood({"failed": "missing", "text": "No module named 'zeep'"})


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_offer, "command", lambda: ("/nowhere/python",))
    with pytest.raises(NotOffered, match="cannot load it: FileNotFoundError"):
        understood(lexicon_offer._asked("powerdns"))


# ---- what people see -----------------------------------------------------------------------------


def test_the_command_lists_them_and_why_not_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "lexicon"]) == 0
    offer, _, rest = capsys.readouterr().out.partition("Not offered:")
    assert "  lexicon:mythicbeasts\n" in offer
    assert "lexicon:digitalocean      upstun has its own: digitalocean" in offer
    assert "lexicon:cloudxns          CloudXNS was closed in 2021" in rest


def test_the_command_explains_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "lexicon:powerdns"]) == 0
    said = capsys.readouterr().out
    assert "auth_token  (secret: auth_token, auth_token_file or auth_token_env)" in said
    assert 'provider = "lexicon:powerdns"' in said


ACCOUNT = """
[account.mine]
provider = "lexicon:powerdns"
auth_token = "the-token-of-mine"
pdns_servr = "http://127.0.0.1:8081"
"""


def test_check_guesses_a_misspelt_setting_and_never_shows_a_secret(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(ACCOUNT, encoding="utf-8")
    config.chmod(0o600)
    assert main(["--config", str(config), "check"]) == 2
    said = " ".join("".join(capsys.readouterr()).split())
    assert "pdns_server" in said.replace("pdns_servr", "")
    assert "the-token-of-mine" not in said


def test_check_explains_a_missing_credential_in_lexicons_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[account.mine]\nprovider = "lexicon:powerdns"\n', encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 2
    said = " ".join("".join(capsys.readouterr()).split())
    assert "(Token for authentication)" in said
    assert "add auth_token, auth_token_file or auth_token_env" in said
