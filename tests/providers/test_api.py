"""How an API's refusals are read, and what its requests look like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.engine.api import Api
from providers.engine.errand import Stop
from providers.engine.errors import Confused
from providers.engine.outcome import Cause
from providers.engine.wire import Bearer, Job, Request, Response, Secret

API = Api(
    title="Sample",
    base="https://api.test/v1/",
    auth=lambda job: Bearer(token=job.secret("token")),
    headers=lambda _: (("X-Kind", "dns"),),
    form=lambda job: (("key", job.secret("token")),),
    failed=lambda document: isinstance(document, dict) and document.get("ok") is False,
    meanings=(
        ("no_such_zone", Cause.NOT_FOUND, "has no such zone"),
        ("*not opted in*", Cause.BLOCKED, "waits for a switch to be set"),
        (("4711", "bad_*"), Cause.REJECTED, "does not take it"),
        ("banned", Cause.RATE_LIMITED, "has banned this account for an hour", 3600.0),
        ("HTTP 403", Cause.BLOCKED, "needs another plan"),
    ),
)
JOB = Job(zone="", rrsets=(), settings={"token": Secret("hush")})


def ask(reply: Response, **how: Any) -> Any:
    """What comes of one call that is answered so: the document, or the refusal."""
    method, path = how.pop("method", "GET"), how.pop("path", ("zones",))
    steps = API.ask(JOB, method, path, **how)
    next(steps)
    try:
        steps.send(reply)
    except StopIteration as end:
        return end.value
    except Stop as stop:
        return stop.refused
    raise AssertionError("one call, one answer")


def said(status: int, document: object) -> Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Response(status=status, body=body)


@pytest.mark.parametrize(
    ("status", "document", "cause", "words"),
    [
        (400, {"code": "no_such_zone"}, Cause.NOT_FOUND, "Sample has no such zone"),
        (200, {"ok": False, "code": "NO_SUCH_ZONE"}, Cause.NOT_FOUND, "has no such zone"),
        (400, {"errors": [{"code": 4711, "id": 1}]}, Cause.REJECTED, "Sample does not take it"),
        (400, {"code": "BAD_NAME"}, Cause.REJECTED, "Sample does not take it"),
        (
            400,
            {"message": "Domain is NOT   opted\nin to the API."},
            Cause.BLOCKED,
            "waits for a switch to be set (Domain is NOT opted in to the API.)",
        ),
        (403, {"message": "no"}, Cause.BLOCKED, "Sample needs another plan (no)"),
        (403, b"<html>no</html>", Cause.BLOCKED, "Sample needs another plan"),
        (404, b"", Cause.NOT_FOUND, "does not know this zone or record"),
        (400, b"plain words", Cause.REJECTED, "plain words"),
        (401, {"note": "no_such_zone is no word of its own here"}, Cause.CREDENTIALS, "401"),
    ],
)
def test_the_first_meaning_that_fits_says_what_a_refusal_is_and_else_the_status(
    status: int, document: object, cause: Cause, words: str
) -> None:
    refused = ask(said(status, document))
    assert refused.cause is cause
    assert words in refused.text


def test_a_refusal_with_a_status_of_success_and_no_known_word_is_confusing() -> None:
    with pytest.raises(Confused, match="neither success nor an error that is known: so there"):
        ask(said(200, {"ok": False, "message": "so there"}))


def test_a_ban_has_an_end_which_the_service_may_tell_better() -> None:
    assert ask(said(400, {"code": "banned"})).wait == 3600
    told = Response(status=400, headers={"retry-after": "60"}, body=b'{"code": "banned"}')
    assert ask(told).wait == 60


def test_a_thing_that_may_be_absent_is_none_and_other_refusals_stay() -> None:
    assert ask(said(404, {"message": "no"}), absent=True) is None
    assert ask(said(200, {"ok": False, "code": "no_such_zone"}), absent=True) is None
    assert ask(said(401, {}), absent=True).cause is Cause.CREDENTIALS


@pytest.mark.parametrize("body", [b"", b"  ", b"null"])
def test_a_question_must_be_answered_and_a_write_need_not_be(body: bytes) -> None:
    with pytest.raises(Confused, match="nothing where JSON was expected"):
        ask(Response(status=200, body=body))
    assert ask(Response(status=200, body=body), method="PUT", json={}) is None


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"{", b"\xff\xfe"])
def test_an_answer_to_a_write_that_is_not_json_is_no_success(body: bytes) -> None:
    with pytest.raises(Confused):
        ask(Response(status=200, body=body), method="PUT", json={})


@pytest.mark.parametrize(
    ("method", "how", "write", "idempotent"),
    [
        ("GET", {}, False, False),
        ("POST", {}, True, False),
        ("PATCH", {}, True, False),
        ("PUT", {}, True, True),
        ("DELETE", {}, True, True),
        ("POST", {"write": False}, False, False),
        ("GET", {"write": True}, True, False),
        ("POST", {"idempotent": True}, True, True),
    ],
)
def test_what_may_be_repeated_follows_from_the_method(
    method: str, how: dict[str, bool], write: bool, idempotent: bool
) -> None:
    steps = API.ask(JOB, method, "/zones", **how)  # type: ignore[arg-type]  # rows of a table
    request = next(steps)
    assert isinstance(request, Request)
    assert (request.write, request.idempotent) == (write, idempotent)


def test_the_address_is_the_accounts_endpoint_or_the_base_with_quoted_steps() -> None:
    steps = ("zones", "a b/c", "@", "*.x")
    assert API.url(JOB, steps) == "https://api.test/v1/zones/a%20b%2Fc/@/*.x"
    there = Job(zone="", rrsets=(), settings={"endpoint": "http://127.0.0.1:1/x/"})
    assert API.url(there, "/zones") == "http://127.0.0.1:1/x/zones"


def test_credentials_go_where_the_api_wants_them_and_are_shown_nowhere() -> None:
    request = next(API.ask(JOB, "POST", "/zones", form=(("a", "b"),)))
    assert isinstance(request, Request)
    assert request.form == (("a", "b"), ("key", Secret("hush")))
    assert request.auth == Bearer(token=Secret("hush"))
    assert request.headers == (("X-Kind", "dns"),)
    assert "hush" not in repr(request)


XML = b"""<?xml version='1.0'?><methodResponse><params><param><value><array><data>
<value><string>OK</string></value></data></array></value></param></params></methodResponse>"""
FAULT = b"""<?xml version='1.0'?><methodResponse><fault><value><struct><member>
<name>faultCode</name><value><int>4711</int></value></member><member><name>faultString</name><value><string>no</string>
</value></member></struct></value></fault></methodResponse>"""


def test_xml_rpc_is_read_like_json() -> None:
    assert ask(Response(status=200, body=XML), method="POST", xmlrpc=("list", ())) == ["OK"]
    document = ask(Response(status=200, body=FAULT), method="POST", xmlrpc=("list", ()))
    assert document == {"faultCode": 4711, "faultString": "no"}


@pytest.mark.parametrize(
    "body",
    [
        b"<methodResponse/>",
        b"<html>",
        b"not xml",
        XML[:120],
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + XML,
        XML.replace(b"<string>OK</string>", b"<int>many</int>"),
    ],
)
def test_what_is_no_xml_rpc_confuses(body: bytes) -> None:
    with pytest.raises(Confused, match="not XML-RPC"):
        ask(Response(status=200, body=body), method="POST", xmlrpc=("list", ()))
