"""`[agent]`, `[discovery]` and `[dns]`: the settings that are there once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from agent.config.duration import duration
from agent.config.form import Form, choice, flag, text
from agent.config.inputs import Inputs
from agent.config.network import endpoint, stun_server, url
from agent.config.table import Table
from agent.values import Confirm, Discovery, Dns, Unreachable
from discovery.echo_url import DEFAULT_URLS
from discovery.live_dns.defaults import DEFAULT_DOH, DEFAULT_PUBLIC, DEFAULT_WHOAMI
from discovery.observation import Source
from discovery.signals.view import EVERY_SIGNAL, SignalName
from discovery.stun_address import DEFAULT_SERVERS

_ADDRESS = endpoint(53, literal=True)
_DOH = url(cleartext=False, allowable=False)  # in cleartext they would be worth no more than DNS
_POLL = duration(10, 24 * 3600)
_SETTLE = duration(1, 3600)
_CALM = duration(0, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`[agent]`; durations are seconds. `state` is empty where the platform's place is meant."""

    poll: float
    settle: float
    calm: float
    state: str
    log: Literal["text", "json"]
    contact: str
    allow_readable_secrets: bool


def read_agent(table: Table, inputs: Inputs) -> Agent:
    """Read `[agent]`."""
    state = table.get("state", text, "")
    agent = Agent(
        poll=table.get("poll", _POLL, 300.0),
        settle=table.get("settle", _SETTLE, 60.0),
        calm=table.get("calm", _CALM, 10.0),
        state=str(inputs.path(state)) if state else "",
        log=cast("Literal['text', 'json']", table.get("log", choice("text", "json"), "text")),
        contact=table.get("contact", text, ""),
        allow_readable_secrets=table.get("allow_readable_secrets", flag, False),
    )
    table.finish()
    return agent


def read_discovery(table: Table) -> Discovery:
    """Read `[discovery]` and the tables inside it."""
    standard = Discovery()
    upnp, stun, http = (table.table(name) for name in ("upnp", "stun", "http"))
    allow_http = http.get("allow_http", flag, False)
    discovery = Discovery(
        ipv4=table.many("ipv4", _source("upnp", "natpmp", "stun", "http"), standard.ipv4),
        ipv6=table.many("ipv6", _source("interface", "stun", "http"), standard.ipv6),
        interface=table.get("interface", text, ""),
        confirm=cast(
            Confirm, table.get("confirm", choice("never", "change", "always"), standard.confirm)
        ),
        unreachable=cast(
            Unreachable, table.get("unreachable", choice("hold", "publish"), standard.unreachable)
        ),
        prefer_outside=table.get("prefer_outside", flag, False),
        signals=table.many("signals", _SIGNAL, standard.signals),
        upnp_location=upnp.get("location", url(cleartext=True), ""),
        stun_servers=stun.many("servers", stun_server, DEFAULT_SERVERS),
        stun_own=stun.many("own", stun_server, ()),
        http_urls=http.many("urls", url(cleartext=allow_http), DEFAULT_URLS),
        doh_whoami=http.many("doh", _DOH, DEFAULT_WHOAMI),
        allow_http=allow_http,
    )
    for part in (table, upnp, stun, http):
        part.finish()
    return discovery


def read_dns(table: Table) -> Dns:
    """Read `[dns]`."""
    dns = Dns(
        authority=table.many("authority", _ADDRESS, ()),
        resolvers=table.many("resolvers", _ADDRESS, ()),
        public=table.many("public", _ADDRESS, DEFAULT_PUBLIC),
        doh=table.many("doh", _DOH, DEFAULT_DOH),
    )
    table.finish()
    return dns


def _source(*words: Source) -> Form[Source]:
    form = choice(*words)
    return Form(expected=form.expected, read=lambda value: cast(Source, form.read(value)))


def _signal(*words: SignalName) -> Form[SignalName]:
    form = choice(*words)
    return Form(expected=form.expected, read=lambda value: cast(SignalName, form.read(value)))


_SIGNAL = _signal(*EVERY_SIGNAL)
