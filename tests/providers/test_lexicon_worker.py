"""What ended a conversation, by what was seen first of all and not by what a provider says."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import urllib3

from providers.engine.lexicon_worker import Watch, _loss, _pin_suffix

HOST = "dns.example"


class AuthenticationError(Exception):
    """As lexicon's, which is known by its name: lexicon itself is imported by nobody here."""


class ProviderNotAvailableError(Exception):
    """The same."""


def watch(status: int = 0, *, lost: str = "", strange: bool = False, built: bool = True) -> Watch:
    made = Watch("somewhere", allow_http=False)
    made._last = {"status": status}
    made._lost, made._strange, made.built = lost, strange, built
    return made


LOGIN = AuthenticationError("No domain found")
HTTP_ERROR = requests.HTTPError(
    "401 Client Error: Unauthorized for url: https://dns.example/?key=s"
)
CASES: dict[str, tuple[Watch, Exception, str]] = {
    # What was seen wins over what the provider makes of it.
    "a login, for the line broke": (watch(lost="no connection"), LOGIN, "lost"),
    "a login, for it was too often": (watch(429), LOGIN, "http"),
    "a login, for the service is down": (watch(503), LOGIN, "http"),
    "a login, for it was led away": (watch(302, strange=True), LOGIN, "http"),
    # Otherwise the provider knows best.
    "a login, denied": (watch(401), LOGIN, "login"),
    "a login, by the answer": (watch(200), LOGIN, "login"),
    "a status": (watch(401), HTTP_ERROR, "http"),
    "a status, in other words": (watch(404), Exception("Record not found"), "http"),
    "an extra that is missing": (watch(), ProviderNotAvailableError("zeep"), "missing"),
    # Before anything was asked, it must be the settings.
    "no address": (watch(), requests.exceptions.MissingSchema("no scheme"), "settings"),
    "a setting that is missing": (watch(built=False), Exception("need a server"), "settings"),
    "a stumble before the first call": (watch(), TypeError("None + str"), "settings"),
    # Not everything goes by HTTP.
    "a socket": (watch(), ConnectionRefusedError(111, "refused"), "lost"),
    "a time limit": (watch(), type("Timeout", (Exception,), {})("10 s"), "lost"),
    # The answer was not what lexicon expects.
    "a stumble": (watch(200), KeyError("rrsets"), "confused"),
    "an opinion": (watch(200), Exception("Result: 17"), "confused"),
    "an opinion without words": (watch(200), Exception(), "confused"),
}


@pytest.mark.parametrize(("seen", "error", "failed"), CASES.values(), ids=CASES)
def test_what_ended_it(seen: Watch, error: Exception, failed: str) -> None:
    told = seen.failure(error)
    assert told["failed"] == failed
    assert failed == "http" or told["text"]
    assert "key=s" not in repr(told)


def refused(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(_POOL, "/", reason))


_POOL: Any = None
_CONNECTION: Any = None
LOSSES: dict[str, tuple[Exception, bool, str]] = {
    "nobody there": (
        refused(urllib3.exceptions.NewConnectionError(_CONNECTION, "refused")),
        False,
        f"no connection to {HOST}:8081",
    ),
    "no such name": (
        refused(urllib3.exceptions.NameResolutionError(HOST, _CONNECTION, OSError())),  # type: ignore[arg-type]  # a gaierror
        False,
        f"the name {HOST} does not resolve now",
    ),
    "too slow": (requests.ConnectTimeout("slow"), False, f"no connection to {HOST}:8081"),
    "a stranger": (
        requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"),
        False,
        f"the certificate of {HOST}:8081 is not valid",
    ),
    "no TLS": (
        requests.exceptions.SSLError("WRONG_VERSION_NUMBER"),
        True,
        f"{HOST}:8081 does not speak TLS as expected",
    ),
    "half an answer": (
        requests.exceptions.ChunkedEncodingError("broken"),
        True,
        f"{HOST}:8081 broke off before its answer was whole",
    ),
    "no reason": (
        requests.ConnectionError(),
        True,
        f"{HOST}:8081 broke off before its answer was whole",
    ),
}


@pytest.mark.parametrize(("error", "sent", "text"), LOSSES.values(), ids=LOSSES)
def test_a_loss_says_whether_the_request_may_have_arrived(
    error: Exception, sent: bool, text: str
) -> None:
    assert _loss(error, f"{HOST}:8081") == (sent, text)


@pytest.mark.parametrize(
    ("zone", "domain", "suffix"),
    [
        ("example.co.uk", "example", "co.uk"),
        ("example.test", "example", "test"),
        ("lan", "lan", ""),
    ],
)
def test_a_zone_is_cut_without_a_list_of_suffixes(
    zone: str, domain: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tldextract

    monkeypatch.setattr(tldextract, "extract", tldextract.extract)  # both are put back then
    monkeypatch.setattr(tldextract, "TLDExtract", tldextract.TLDExtract)
    _pin_suffix()
    for cut in (tldextract.extract(zone), tldextract.TLDExtract(cache_dir=None)(zone)):
        assert (cut.domain, cut.suffix) == (domain, suffix)
