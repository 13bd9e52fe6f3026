"""The demo in words, for someone who has never heard of NAT. Pure: happenings in, text out.

Plain ASCII in 80 columns, and the same on a terminal and in a pipe.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from agent.demo.tale import (
    Checked,
    Flip,
    Happening,
    LineUp,
    Noticed,
    Published,
    Quiet,
    Served,
    Stalled,
    Tale,
    flips,
    problem,
)
from discovery.observation import Source

_WIDTH = 80
_MARGIN = " " * 10
_WHO: Mapping[Source, str] = {
    "upnp": "the router",
    "natpmp": "the router",
    "stun": "STUN",
    "http": "a web page outside",
    "interface": "this computer",
}
_TITLE = "upstun demo: a pretend home inside this computer"
_ROUTER_MISSING = """\
(miniupnpc is not installed here, so only the outside is asked, not the router.)

"""
_HEADINGS = ("address", "noticed", "published", "served", "checked")
_COLUMNS = "  {:<17}{:>10}{:>12}{:>10}{:>10}"


def opening(*, router: bool) -> str:
    """What the reader is about to see. `router`: a router can be asked on this computer."""
    return f"""\
{_TITLE}
{"=" * len(_TITLE)}

A home has one public address, and its internet provider changes it at will. A
name such as home.example.com must follow, or visitors knock at a stranger's
door. Keeping the name right is what upstun is for.

upstun itself is real here; its surroundings are pretended: a home router (asked
by UPnP), two servers outside that tell callers where they call from (STUN), and
a DNS provider with two name servers, of which the second copies the first a
moment later. All of them live on 127.0.0.1: nothing leaves this computer, and
nothing on it is changed.

{"" if router else _ROUTER_MISSING}"""


def tell(happening: Happening) -> str:
    """One happening, with its line break."""
    match happening:
        case LineUp(before=None):
            what = f"The line comes up as {happening.address}. The name does not exist yet."
            return f"{happening.at:6.2f} s  {what}\n"
        case LineUp():
            what = f"{happening.before} is now {happening.address}."
            return f"\n{happening.at:6.2f} s  The line drops and comes back: {what}\n"
        case Noticed():
            return _moment("noticed", happening.after, _agreement(happening.sources))
        case Published():
            return _moment("published", happening.after, "the DNS provider has taken it")
        case Served():
            servers = f"{happening.agreeing} of {happening.asked}"
            return _moment("served", happening.after, f"by {servers} name servers")
        case Checked(right=True):
            return f"{_MARGIN}checked: each name server, asked directly, answers with it\n"
        case Checked():
            answers = " and ".join(", ".join(sorted(one)) or "nothing" for one in happening.answers)
            return f"{_MARGIN}checked: asked directly, they answer {answers}\n"
        case Quiet():
            what = "One more look: all is right, so the provider is left alone."
            return f"\n{happening.at:6.2f} s  {what}\n"
        case Stalled():
            return f"{_MARGIN}... and nothing more for {happening.waited:g} s\n"


def ending(tale: Tale, *, example: str) -> str:
    """The summary, and what to do next. `example` is where the example configuration lies."""
    told = flips(tale.happenings)
    table = "\n".join(("", _COLUMNS.format(*_HEADINGS), *map(_row, told), "", "")) if told else ""
    if wrong := problem(tale):
        return f"{table}{_wrapped(f'The demo failed: {wrong}')}\n"
    moral = _wrapped(
        "Every address was published, and every name server answers with it. upstun looked "
        f"{tale.rounds} times and called the DNS provider {tale.calls} times: once to create the "
        "name, and once for each change. Here it looks every second; in a real home it is every "
        "5 minutes by default."
    )
    return f"""\
{table}{moral}

For your own home:
  1. upstun ip      shows your public address and who says so; needs no settings
  2. upstun check   explains every mistake in ./config.toml, which begins as a
                    copy of {example}
  3. upstun once    sets the name right and proves it; upstun run keeps it so
"""


def _moment(what: str, after: float, how: str) -> str:
    return f"{_MARGIN}{what:<9} after {_ms(after):>8}  {how}\n"


def _agreement(sources: tuple[Source, ...]) -> str:
    """Who named the address: the first one, and who bears it out."""
    who = tuple(dict.fromkeys(_WHO[source] for source in sources))
    first, *rest = who or ("nobody",)
    return f"{first} says so" + (f", and {' and '.join(rest)} agrees" if rest else "")


def _row(flip: Flip) -> str:
    moments = (flip.noticed, flip.published, flip.served)
    shown = ("-" if moment is None else _ms(moment) for moment in moments)
    return _COLUMNS.format(str(flip.address), *shown, "yes" if flip.verified else "no")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False)
