"""How a vendor's API is spoken to: its address, its credentials and its refusals in a value.

A provider says `yield from API.ask(job, "GET", ("domains", zone))` and goes on with the answer; a
refusal ends the errand by itself, in the words of the vendor's table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from providers.engine.errand import Asking, Stop
from providers.engine.errors import Confused, excerpt, json_of, refusal, response_of, text_of
from providers.engine.outcome import Cause, Refused
from providers.engine.waits import told_wait
from providers.engine.wire import Auth, Job, Method, Request, Response, Text

Query = tuple[tuple[str, Text], ...]
Patterns = str | tuple[str, ...]
Meaning = tuple[Patterns, Cause, str] | tuple[Patterns, Cause, str, float]
"""What a word of an error document means: the word, the cause, the sentence, seconds to wait.

The word may hold `*`, and several that mean the same stand in a tuple; letter case does not count.
It is compared with "HTTP 403" (the status), and with each short text and number of the document.
The sentence completes "The service …".
"""

_LONGEST_WORD = 500  # characters: what is longer is prose or a page, and no word of a table
_DEEPEST = 6


def _no_auth(_: Job) -> None:
    return None


def _nothing(_: Job) -> Query:
    return ()


def _never(_: Any) -> bool:
    return False


def _nowhere(_: Job) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One vendor's API. An account's `endpoint` takes the place of `base`, or another `setting`.

    `based` makes the address of other settings, a region say; empty: it is `base` all the same.
    `auth`, `headers`, `query` and `form` (joined to every query, to every form) take what is the
    account's from the job. `failed` tells a refusal that comes with a status of success, from its
    document; the first of `meanings` that fits says what a refusal means, and where none fits, the
    table of statuses does. `read` makes the document of an answer that is not the usual JSON: plain
    values, so that its words are found.
    `too_often` is added to the sentence for a call too many (429), of which no provider hears.
    `spoken` are the statuses of trouble (5xx) that mean what `meanings` say of their documents.
    """

    title: str
    base: str
    auth: Callable[[Job], Auth | None] = _no_auth
    headers: Callable[[Job], Query] = _nothing
    query: Callable[[Job], Query] = _nothing
    form: Callable[[Job], Query] = _nothing
    failed: Callable[[Any], bool] = _never
    meanings: Sequence[Meaning] = ()
    setting: str = "endpoint"
    based: Callable[[Job], str] = _nowhere
    read: Callable[[Response], Any] = json_of
    too_often: str = ""
    spoken: tuple[int, ...] = ()

    def ask(
        self,
        job: Job,
        method: Method,
        path: Sequence[str] | str,
        *,
        query: Query = (),
        json: object | None = None,
        form: Query | None = None,
        xmlrpc: tuple[str, tuple[object, ...]] | None = None,
        content: Text | None = None,
        headers: Query = (),
        write: bool | None = None,
        idempotent: bool | None = None,
        absent: bool = False,
    ) -> Asking[Any]:
        """Make one call and return its document; None for a write that was answered by nothing.

        `path` is text, or steps to be percent-encoded. Every method but GET writes, unless `write`
        says otherwise; PUT and DELETE may be repeated, unless `idempotent` does. With `absent`, a
        thing that does not exist is None instead of a refusal. Raises Stop and Confused.
        """
        if form is not None:
            form = (*form, *self.form(job))
        if write is None:
            write = method != "GET"
        reply = yield Request(
            method=method,
            url=self.url(job, path),
            query=(*query, *self.query(job)),
            headers=(*self.headers(job), *headers),
            auth=self.auth(job),
            json=json,
            form=form,
            xmlrpc=xmlrpc,
            content=content,
            write=write,
            idempotent=method in ("PUT", "DELETE") if idempotent is None else idempotent,
            too_often=self.too_often,
            spoken=self.spoken,
        )
        response = response_of(reply)
        document = _document(response, self.read, xml=xmlrpc is not None)
        refused = self.refusal(response, document)
        if refused is None:
            if document is None and not write:
                raise Confused("nothing where JSON was expected")
            return document
        if absent and refused.cause is Cause.NOT_FOUND:
            return None
        raise Stop(refused)

    def url(self, job: Job, path: Sequence[str] | str) -> str:
        """The address of a call."""
        base = (job.text(self.setting) or self.based(job) or self.base).rstrip("/")
        if isinstance(path, str):
            return base + path
        return base + "".join(f"/{quote(step, safe='@*:=,')}" for step in path)

    def refusal(self, response: Response, document: Any) -> Refused | None:
        """What the answer refuses and why; None for a success."""
        by_status = refusal(self.title, response)
        if by_status is None and not self.failed(document):
            return None
        said = excerpt(response.body)
        words = [f"http {response.status}", *(word.casefold() for word in _words(document))]
        for patterns, cause, meaning, *wait in self.meanings:
            if fits(patterns, words):
                text = f"{self.title} {meaning}{f' ({said})' if said else ''}"
                told = told_wait(response.headers) or (wait[0] if wait else None)
                return Refused(cause=cause, text=text, wait=told)
        if by_status is None:
            raise Confused(f"neither success nor an error that is known: {said}")
        return by_status


def fits(patterns: Patterns, words: Sequence[str]) -> bool:
    """Whether one of the patterns is one of these words, which are in lower case."""
    wanted = (patterns,) if isinstance(patterns, str) else patterns
    return any(fnmatchcase(word, pattern.casefold()) for pattern in wanted for word in words)


def _document(response: Response, read: Callable[[Response], Any], *, xml: bool) -> Any:
    """The document of an answer; of a refusal whatever can be read, for many come as plain text."""
    if response.status // 100 == 2:  # noqa: PLR2004  the class of success
        if not response.body.strip():
            return None
        return _xmlrpc(response) if xml else read(response)
    try:
        return read(response)
    except Confused:
        return text_of(response)[:_LONGEST_WORD]


def _xmlrpc(response: Response) -> Any:
    """The one value of an XML-RPC answer."""
    # Only those who speak XML-RPC pay for its parser.
    from xml.parsers.expat import ExpatError  # noqa: PLC0415
    from xmlrpc.client import Fault, ResponseError, loads  # noqa: PLC0415

    if b"<!DOCTYPE" in response.body[:1000].upper():  # entities could swell without end
        raise Confused(f"something that is not XML-RPC: {excerpt(response.body)}")
    try:
        ((value,), _) = loads(response.body, use_builtin_types=True)
    except Fault as fault:
        return {"faultCode": fault.faultCode, "faultString": fault.faultString}
    except (ExpatError, ResponseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Confused(f"something that is not XML-RPC: {excerpt(response.body)}") from error
    return value


def _words(document: Any, depth: int = 0) -> Iterator[str]:
    """Every short text and number of an error document."""
    match document:
        case str() if len(document) <= _LONGEST_WORD:
            yield re.sub(r"\s+", " ", document.strip())
        case bool():
            pass
        case int():
            yield str(document)
        case dict() if depth < _DEEPEST:
            for part in document.values():
                yield from _words(part, depth + 1)
        case list() if depth < _DEEPEST:
            for part in document[:10]:
                yield from _words(part, depth + 1)
        case _:
            pass
