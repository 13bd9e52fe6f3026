from __future__ import annotations

from agent.config.fingerprint import fingerprint
from providers.engine.wire import Secret, Text

SETTINGS: dict[str, Text | int | bool] = {"user": "me", "token": Secret("sesame"), "fast": True}


def test_it_changes_with_every_setting_the_provider_and_the_name() -> None:
    prints = [
        fingerprint("home", "duckdns", SETTINGS),
        fingerprint("home", "duckdns", {**SETTINGS, "token": Secret("Sesame")}),
        fingerprint("home", "duckdns", {**SETTINGS, "fast": False}),
        fingerprint("home", "duckdns", {**SETTINGS, "fast": 1}),
        fingerprint("home", "duckdns", {**SETTINGS, "zone": ""}),
        fingerprint("home", "dyn", SETTINGS),
        fingerprint("away", "duckdns", SETTINGS),
        fingerprint("home", "duckdns", {}),
    ]

    assert len(set(prints)) == len(prints)


def test_it_does_not_change_with_the_order_or_with_where_the_secret_came_from() -> None:
    turned = dict(reversed(SETTINGS.items()))

    assert fingerprint("home", "x", turned) == fingerprint("home", "x", SETTINGS)
    assert fingerprint("home", "x", {"token": "sesame"}) == fingerprint(
        "home", "x", {"token": Secret("sesame")}
    )


def test_it_is_the_same_in_every_process_and_shows_nothing() -> None:
    # Known answer: a change of it would lift every lock of every user once.
    known = "06f7f9847935adfbaae1f4774a96aa85bdf34fe2bcd0f137b1d9114888a46d34"
    assert fingerprint("home", "duckdns", {"token": Secret("sesame")}) == known
