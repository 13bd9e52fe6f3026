"""The calls of Cloudflare's API: its envelope, its pages, its error codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from providers.engine.errand import Asking, Stop
from providers.engine.errors import Confused, excerpt, json_object, refusal, response_of
from providers.engine.outcome import Cause, Refused
from providers.engine.shape import Object, member, number, objects, text
from providers.engine.wire import Bearer, Job, Request
from providers.engine.zones import candidates, strangers

_BASE = "https://api.cloudflare.com/client/v4"
_ASKED_ONE_BY_ONE = 3  # names; for more of them the whole zone is listed

Shown = dict[str, list[Object]]
"""The records that the API showed, by name: zones have thousands."""

_DENIED = (Cause.CREDENTIALS, "does not accept the token, or the token lacks Zone DNS Edit")
_NO_ZONE = (Cause.NOT_FOUND, "does not know this zone; check zone_id")
_ALIAS = (Cause.REJECTED, "holds an alias (CNAME) at this name; delete it there first")
_TWIN = (Cause.CONFLICT, "got an identical record from somebody else meanwhile")
_GONE = (Cause.CONFLICT, "no longer has the record; somebody else deleted it meanwhile")
_CODES = (
    dict.fromkeys((1000, 6003, 6111, 9103, 9106, 9107, 9109, 10000, 10001), _DENIED)
    | dict.fromkeys((1001, 7000, 7003), _NO_ZONE)
    | dict.fromkeys((81053, 81054), _ALIAS)
    | dict.fromkeys((81057, 81058), _TWIN)
    | {81044: _GONE, 971: (Cause.RATE_LIMITED, "was called too often")}
)

Word = Literal["deletes", "patches", "posts"]  # as a batch calls them, in its order
Operation = tuple[Word, str, Object]  # with the record's id (none for a post) and the body
_METHODS: dict[Word, Literal["DELETE", "PATCH", "POST"]] = {
    "deletes": "DELETE",
    "patches": "PATCH",
    "posts": "POST",
}


def zone_of(job: Job) -> Asking[str]:
    """The id of the zone: from the settings, or found by name, from the longest parent on."""
    if job.text("zone_id"):
        return job.text("zone_id")
    for name in candidates(job):
        zones = yield from _listed(job, "/zones", (("name", name),), per_page=50)
        ids = [text(zone, "id") for zone in zones if name_of(zone) == name]
        if ids and (refused := strangers(job, name)):
            raise Stop(refused)
        if ids:
            return ids[0]
    what = f"Cloudflare shows this token no zone for {job.rrsets[0].name}; give it Zone Read"
    raise Stop(Refused(cause=Cause.NOT_FOUND, text=f"{what} there, or set zone_id"))


def records_of(job: Job, zone: str) -> Asking[Shown]:
    """Every record, of any type, at the names of the job; possibly others too."""
    names = sorted({rrset.name for rrset in job.rrsets})
    questions = [(("name.exact", name),) for name in names]
    held: Shown = {}
    for question in questions if len(names) <= _ASKED_ONE_BY_ONE else [()]:
        for row in (yield from _listed(job, _records(zone), question, per_page=100)):
            if text(row, "type"):
                held.setdefault(name_of(row), []).append(row)
    return held


def write(job: Job, zone: str, todo: Sequence[Operation]) -> Asking[None]:
    """One operation by itself, or several in one transaction."""
    repeatable = all(word == "patches" for word, _, _ in todo)
    if len(todo) == 1:
        ((word, record, body),) = todo
        path = _records(zone) + (f"/{quote(record, safe='')}" if record else "")
        done = yield from call(job, _METHODS[word], path, json=body, idempotent=repeatable)
        made: object = [done.get("result")] if word == "posts" else []
    else:
        batch: Object = {word: [] for word in _METHODS}
        for word, record, body in todo:
            batch[word].append({"id": record} | body if record else body)
        path = f"{_records(zone)}/batch"
        done = yield from call(job, "POST", path, json=batch, idempotent=repeatable)
        made = member(done, "result").get("posts") if batch["posts"] else []
    names = {name_of(row) for row in objects(made, "records")}
    strange = names - {rrset.name for rrset in job.rrsets}
    if strange:  # to a name outside the zone, Cloudflare appends the zone's
        what = f"zone_id is of another zone: Cloudflare made {min(strange)}"
        text_ = f"{what}; delete that there, and correct zone_id"
        raise Stop(Refused(cause=Cause.REJECTED, text=text_))


def _listed(
    job: Job, path: str, question: tuple[tuple[str, str], ...], *, per_page: int
) -> Asking[list[Object]]:
    """Every page of a list."""
    rows: list[Object] = []
    page = 1
    while True:
        query = (*question, ("per_page", str(per_page)), ("page", str(page)))
        answer = yield from call(job, "GET", path, query=query)
        found = objects(answer.get("result"), "results")
        rows += found
        said = answer.get("result_info")
        size = number(said, "per_page") if isinstance(said, dict) else per_page
        if len(found) < max(size, 1):
            return rows
        page += 1


def call(
    job: Job,
    method: Literal["GET", "POST", "PATCH", "DELETE"],
    path: str,
    *,
    query: tuple[tuple[str, str], ...] = (),
    json: object | None = None,
    idempotent: bool = False,
) -> Asking[Object]:
    """One call and its envelope; ends the errand when Cloudflare says no."""
    reply = yield Request(
        method=method,
        url=(job.text("endpoint") or _BASE).rstrip("/") + path,
        query=query,
        auth=Bearer(token=job.secret("token")),
        json=json,
        write=method != "GET",
        idempotent=idempotent,
    )
    response = response_of(reply)
    answer = json_object(response)
    refused = refusal("Cloudflare", response)
    if refused is None and answer.get("success") is True:
        return answer
    for error in objects(answer.get("errors") or [], "errors"):
        code = error.get("code")
        if isinstance(code, int) and code in _CODES:
            cause, meaning = _CODES[code]
            said = f"error {code}: {excerpt(response.body)}"
            raise Stop(Refused(cause=cause, text=f"Cloudflare {meaning} ({said})"))
    if refused is None:
        raise Confused(f"neither success nor an error that is known: {excerpt(response.body)}")
    raise Stop(refused)


def _records(zone: str) -> str:
    return f"/zones/{quote(zone, safe='')}/dns_records"


def name_of(row: Object) -> str:
    """A row's name in A-labels: Cloudflare has shown internationalised names in both forms."""
    try:
        return text(row, "name").lower().encode("idna").decode()
    except UnicodeError:
        return text(row, "name")
