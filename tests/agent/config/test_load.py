"""A configuration is valid and means exactly this, or all of its mistakes are told at once.

`mistakes.txt` holds the mistakes: under each title a configuration, and after `=>` every message
that it leads to. `+home` in a title appends the valid account of `fakes.HOME`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.document import BYTE_ORDER_MARK
from agent.config.load import Loaded, load_file
from agent.values import Config, Discovery, Dns, Record
from discovery.echo_url import DEFAULT_URLS
from discovery.live_dns.defaults import DEFAULT_DOH, DEFAULT_PUBLIC, DEFAULT_WHOAMI
from discovery.stun_address import DEFAULT_SERVERS
from providers.engine.wire import Secret
from tests.agent.config.fakes import ENVIRON, HOME, PROVIDERS, RFC2136, mistakes, read, valid


def cases() -> list[tuple[str, str, list[str]]]:
    """Title, configuration and messages of each mistake."""
    found = []
    for block in Path(__file__).with_name("mistakes.txt").read_text("utf-8").split("## ")[1:]:
        title, *rows = block.rstrip("\n").split("\n")
        text = "".join(f"{row}\n" for row in rows if not row.startswith("=> "))
        messages = [row.removeprefix("=> ") for row in rows if row.startswith("=> ")]
        found.append((title, text + (HOME if title.endswith("+home") else ""), messages))
    return found


def warnings(loaded: Loaded) -> str:
    """The warnings as people see them, one to a line."""
    return "\n".join(str(warning) for warning in loaded.warnings)


CASES = cases()


@pytest.mark.parametrize(("title", "text", "messages"), CASES, ids=[case[0] for case in CASES])
def test_a_mistake_is_told_with_place_expectation_and_remedy(
    title: str, text: str, messages: list[str]
) -> None:
    assert mistakes(text) == messages, title


def test_the_table_of_mistakes_is_long_and_every_row_of_it_has_a_message() -> None:
    assert len(CASES) > 90
    assert all(messages for _, _, messages in CASES)
    assert not any("sesame" in message for _, _, messages in CASES for message in messages)


def test_all_mistakes_of_a_file_are_told_in_its_order() -> None:
    parts = [(text, messages) for title, text, messages in CASES if title.startswith("discovery:")]
    several = "\n".join(
        f"[[record]]\nname = 'h{n}.example.com'\naccount = 'a{n}'" for n in range(len(parts))
    )
    lines = [message.split(":")[1] for message in mistakes(several)]

    assert len(lines) == len(parts)
    assert lines == sorted(lines, key=int)


def test_what_is_not_written_has_its_default() -> None:
    loaded = valid("# nothing but prose")

    assert loaded.config == Config(
        source="config.toml",
        discovery=Discovery(
            stun_servers=DEFAULT_SERVERS, http_urls=DEFAULT_URLS, doh_whoami=DEFAULT_WHOAMI
        ),
        dns=Dns(public=DEFAULT_PUBLIC, doh=DEFAULT_DOH),
    )
    assert warnings(loaded) == (
        "config.toml: record: expected at least one [[record]], found none;"
        " add one for each name that is to follow your address"
    )


def test_everything_that_is_written_arrives() -> None:
    config = valid(
        """
        [agent]
        poll = "1h30m"
        settle = 90
        state = "state"
        log = "json"
        contact = "me@example.com"
        [discovery]
        ipv4 = ["stun"]
        ipv6 = []
        interface = "eth0"
        confirm = "always"
        unreachable = "publish"
        prefer_outside = true
        upnp.location = "http://192.168.1.1:5000/rootDesc.xml"
        stun.servers = ["stun:stun.example.com", "auto:example.com"]
        http.urls = ["http://ip.example.com"]
        http.allow_http = true
        http.doh = ["https://dns.example.com/dns-query"]
        [dns]
        authority = ["192.0.2.53", "[2001:db8::53]:5353"]
        resolvers = ["192.0.2.1:53"]
        public = ["192.0.2.2", "[2001:db8::2]"]
        doh = ["https://dns.example.com/dns-query", "http://localhost:8053/"]
        """
    ).config

    assert config == Config(
        source="config.toml",
        poll=5400.0,
        settle=90.0,
        state=str(Path("base/state")),
        log="json",
        contact="me@example.com",
        discovery=Discovery(
            ipv4=("stun",),
            ipv6=(),
            interface="eth0",
            confirm="always",
            unreachable="publish",
            prefer_outside=True,
            upnp_location="http://192.168.1.1:5000/rootDesc.xml",
            stun_servers=("stun:stun.example.com", "auto:example.com"),
            http_urls=("http://ip.example.com",),
            doh_whoami=("https://dns.example.com/dns-query",),
            allow_http=True,
        ),
        dns=Dns(
            authority=("192.0.2.53:53", "[2001:db8::53]:5353"),
            resolvers=("192.0.2.1:53",),
            public=("192.0.2.2:53", "[2001:db8::2]:53"),
            doh=("https://dns.example.com/dns-query", "http://localhost:8053/"),
        ),
    )


def test_what_a_diagnosis_alone_asks_can_be_left_out() -> None:
    config = valid("[discovery.http]\ndoh = []\n[dns]\npublic = []\ndoh = []\n").config

    assert (config.discovery.doh_whoami, config.dns.public, config.dns.doh) == ((), (), ())


def test_an_account_holds_its_settings_by_field_and_its_secrets_wrapped() -> None:
    account = valid(HOME).config.accounts["home"]

    assert account.provider is RFC2136
    assert account.settings == {
        "server": "192.0.2.53:53",
        "key_name": "home.",
        "key_secret": Secret("bWFkZSB1cA=="),
        "key_algorithm": "hmac-sha256",
        "insecure": False,
    }


def test_the_settings_that_every_account_has_are_kept_only_where_they_are_set() -> None:
    accounts = valid(
        """
        [account.plain]
        provider = "duckdns"
        token = "sesame"
        [account.rich]
        provider = "duckdns"
        token = "sesame"
        retries = 5
        endpoint = "http://api.example.com"
        allow_http = true
        zone = "Example.COM."
        ca_file = "certs/ca.pem"
        """
    ).config.accounts

    assert accounts["plain"].settings == {"token": Secret("sesame"), "retries": 3}
    assert accounts["rich"].settings == {
        "token": Secret("sesame"),
        "retries": 5,
        "endpoint": "http://api.example.com",
        "allow_http": True,
        "zone": "example.com",
        "ca_file": str(Path("base/certs/ca.pem")),
    }


@pytest.mark.parametrize(
    ("setting", "secret"),
    [
        ('token = "plain"', "plain"),
        ('token = "007"', "007"),
        ('token = " blanks stay "', " blanks stay "),
        ('token_file = "keys/tsig.key"', "dHNpZw=="),
        ('token_file = "windows.key"', "d2luZG93cw=="),
        ('token_env = "TOKEN"', "from-the-environment"),
    ],
)
def test_a_secret_comes_from_the_table_a_file_or_the_environment(setting: str, secret: str) -> None:
    loaded = valid(f'[account.home]\nprovider = "duckdns"\n{setting}\n[[record]]\n{RECORD}')

    assert loaded.config.accounts["home"].settings["token"] == Secret(secret)
    assert loaded.warnings == ()


RECORD = 'name = "home.example.com"\naccount = "home"\n'
DUCK = '[account.home]\nprovider = "duckdns"\ntoken = "sesame"\n'


def test_a_fingerprint_follows_the_settings() -> None:
    first = valid(HOME).config.accounts["home"].fingerprint

    assert valid("# moved down\n" + HOME).config.accounts["home"].fingerprint == first
    for old, new in (("home.", "away."), ("bWFk", "YmFk"), (".53", ".54"), ("t.home", "t.away")):
        (account,) = valid(HOME.replace(old, new)).config.accounts.values()
        assert account.fingerprint != first


def test_a_record_has_its_defaults() -> None:
    config = valid(f"[[record]]\n{RECORD}{HOME}").config

    assert config.records == (Record(name="home.example.com", account="home"),)


def test_a_record_says_what_it_wants() -> None:
    text = """
    [[record]]
    name = "*.Höme.example.com."
    account = "home"
    ipv4 = false
    ipv6 = "::1234"
    ttl = "5m"
    zone = "Example.com"
    verify = "api"
    [[record]]
    name = "home.example.com"
    account = "home"
    ttl = "keep"
    """
    record, kept = valid(text + HOME).config.records

    assert record == Record(
        name="*.xn--hme-sna.example.com",
        account="home",
        ipv4=False,
        ipv6="::1234",
        ttl=300,
        zone="example.com",
        verify="api",
    )
    assert kept.ttl is None


def test_one_name_may_stand_twice_for_different_families() -> None:
    text = f"[[record]]\n{RECORD}[[record]]\n{RECORD}ipv4 = false\nipv6 = true\n"

    assert len(valid(text + HOME).config.records) == 2


def test_a_record_is_in_the_zone_of_its_account_unless_it_names_its_own() -> None:
    text = f'{HOME}zone = "example.com"\n[[record]]\n{RECORD}'
    record = valid(text).config.records[0]

    assert record.zone == "example.com"
    assert valid(text + 'zone = "home.example.com"').config.records == (
        replace(record, zone="home.example.com"),
    )


def test_a_zone_that_the_service_itself_asks_for_is_a_name_too() -> None:
    config = valid(f'{HOME}zone = "Example.COM."\n[[record]]\n{RECORD}').config

    assert config.accounts["home"].settings["zone"] == "example.com"


def test_a_ttl_that_the_service_does_not_accept_is_raised() -> None:
    unsaid = valid(f"{DUCK}[[record]]\n{RECORD}")
    said = valid(f"{DUCK}[[record]]\n{RECORD}ttl = 120\n")
    enough = valid(f"{DUCK}[[record]]\n{RECORD}ttl = 600\n")

    assert [loaded.config.records[0].ttl for loaded in (unsaid, said, enough)] == [300, 300, 600]
    assert unsaid.warnings == enough.warnings == ()
    assert warnings(said) == (
        "config.toml:7: [[record]] 1 (home.example.com) ttl: expected at least 300 seconds for"
        " duckdns, found 120; 300 is used instead"
    )


def test_what_will_not_do_all_that_one_hopes_for_is_warned_about() -> None:
    said = valid(f'{DUCK}[[record]]\n{RECORD}ipv6 = true\nverify = "api"\n')

    told = warnings(said)
    assert "ipv6" not in told
    assert "duckdns cannot tell what it holds, so its word is taken once" in told


@pytest.mark.parametrize(
    ("discovery", "warning"),
    [
        ("", ""),
        ('ipv6 = ["interface", "http"]', ""),
        ('ipv6 = ["stun", "http"]', "nobody else knows which address lasts"),
        ('ipv6 = ["interface"]', "names nobody outside who could confirm a new address"),
        ('ipv6 = ["interface"]\nconfirm = "never"', ""),
    ],
)
def test_ipv6_that_nobody_could_ever_vouch_for_is_warned_about(
    discovery: str, warning: str
) -> None:
    record = f'{DUCK}[[record]]\n{RECORD}ipv6 = "::1234"\n'
    told = warnings(valid(f"[discovery]\n{discovery}\n{record}"))
    assert ('ipv6: expected false, found "::1234"' in told, warning in told) == (
        bool(warning),
        True,
    )
    without = warnings(valid(f"[discovery]\n{discovery}\n{DUCK}[[record]]\n{RECORD}"))
    assert "ipv6" not in without


def test_a_secret_file_that_the_group_can_read_is_warned_about() -> None:
    loaded = valid(DUCK.replace('token = "sesame"', 'token_file = "group.key"'))

    assert warnings(loaded).splitlines()[0] == (
        "config.toml:3: [account.home] token_file: expected a file that only you can read,"
        " found mode 0640; run: chmod 600 group.key"
    )


def test_a_secret_file_that_everybody_can_read_is_accepted_where_the_user_says_so() -> None:
    allow = "[agent]\nallow_readable_secrets = true\n"
    loaded = valid(allow + DUCK.replace('token = "sesame"', 'token_file = "open.key"'))

    assert loaded.config.accounts["home"].settings["token"] == Secret("b3Blbg==")
    assert "found mode 0644" in str(loaded.warnings[0])


def test_a_secret_in_a_configuration_that_everybody_can_read_is_warned_about() -> None:
    loaded = valid(f"{DUCK}[[record]]\n{RECORD}", exposed=True)

    assert warnings(loaded) == (
        "config.toml:3: [account.home] token: expected a configuration that only you can read, as a"
        " secret stands in it, found one that every user of this machine can read; run: chmod 600"
        " config.toml, or use token_file"
    )


def test_a_byte_order_mark_is_skipped_and_told() -> None:
    loaded = valid(f"{BYTE_ORDER_MARK}{DUCK}[[record]]\n{RECORD}")

    assert warnings(loaded) == (
        "config.toml:1: expected UTF-8 without a byte order mark,"
        " found one at the start, which was skipped; save the file without it"
    )


def test_a_file_is_read_beside_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[[record]]\n{RECORD}{DUCK.replace('token =', 'token_file =')}")
    (tmp_path / "sesame").write_text("open\n")
    (tmp_path / "sesame").chmod(0o600)
    loaded = load_file(path, environ=ENVIRON, find=PROVIDERS.get, ids=lambda: tuple(PROVIDERS))

    assert isinstance(loaded, Loaded), loaded
    assert loaded.config.accounts["home"].settings["token"] == Secret("open")
    assert loaded.config.source == str(path)


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    result = load_file(tmp_path, environ=ENVIRON, find=PROVIDERS.get, ids=lambda: tuple(PROVIDERS))

    assert isinstance(result, tuple)
    assert len(result) == 1


MARK = "5e5ame"
secrets = st.text(st.characters(codec="ascii", categories=("L", "N"))).map(lambda t: MARK + t)
places = st.sampled_from(
    [
        *(
            f"{key} = {value}"
            for key in ("token", "token_file", "token_env", "spare", "tokn", "Token", "toke_file")
            for value in ('"{}"', '["{}"]', "{{ x = '{}' }}", "{}", '"{}', "'{}\n'", '"\\{}"')
        ),
        *(
            f"{key} = '{url}'"
            for key in ("page", "endpoint")
            for url in (
                "http://x.example/{}",
                "https://u:{}@x.example",
                "http://x.example?{}",
                "{}",
            )
        ),
        'token.inner = "{}"',
        'token = "x"\ntoken_env = "{}"',
        'token = "x"\nretries = {{ token = "{}" }}',
        'token = "{}"\nretries = "many"',
        'token = "{}"\n[[record]]\nname = "x"',
        '[discovery.http]\nurls = ["https://u:{}@x.example", "http://x.example/{}"]',
        '[account]\nhome = "{}"',
        'token = """\n{}\n""" 5',
    ]
)


@settings(deadline=None, max_examples=400)
@given(places, secrets)
def test_no_message_holds_a_secret_wherever_it_sits(place: str, secret: str) -> None:
    result = read('[account.home]\nprovider = "duckdns"\n' + place.format(secret, secret))

    told = result.warnings if isinstance(result, Loaded) else result
    assert MARK not in "\n".join(str(problem) for problem in told)
    assert MARK not in repr(told)
    if isinstance(result, Loaded):
        for account in result.config.accounts.values():
            assert MARK not in repr({**account.settings, "page": "", "endpoint": ""})


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(CASES), st.integers(0, 400), st.text(max_size=3))
def test_a_damaged_file_is_told_in_whole_lines_and_never_raises(
    case: tuple[str, str, list[str]], at: int, junk: str
) -> None:
    text = case[1]
    for message in mistakes(text[:at] + junk + text[at:]):
        assert message.isprintable()
        assert message.startswith("config.toml")
