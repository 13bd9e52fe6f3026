"""NameSilo: its codes, each with its meaning, and the forms in which it lists records."""

from __future__ import annotations

import asyncio

import pytest

from providers.engine.errors import Confused
from providers.engine.outcome import Changed, Unchanged
from providers.engine.wire import Request, Response, Secret
from providers.namesilo import NAMESILO
from tests.support.provider_fakes.errand import errand, job, kind
from tests.support.provider_fakes.namesilo import NameSilo

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW = "198.51.100.1", "198.51.100.2"
KEY = "5f4dcc3b5aa765d61d8327de"


@pytest.mark.parametrize(
    ("code", "cause", "words"),
    [
        (110, "credentials", "make a new one"),
        (112, "credentials", "in the main account"),
        (113, "blocked", "remove the list of allowed addresses"),
        (201, "transient", "trouble of its own"),
        (280, "rejected", "does not accept this change"),
    ],
)
@pytest.mark.parametrize("form", [int, str])
def test_each_code_has_its_meaning(code: int, cause: str, words: str, form: type) -> None:
    steps = NAMESILO.update(job(NAME, NEW, key=Secret(KEY)))
    request = next(steps)
    assert isinstance(request, Request)
    assert KEY not in repr(request)
    reply = f'{{"reply": {{"code": {form(code)!r}, "detail": "it says why"}}}}'.replace("'", '"')
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=reply.encode()))
    assert kind(end.value.value) == cause
    assert words in end.value.value.text


def test_a_code_that_nobody_documented_is_no_success() -> None:
    steps = NAMESILO.update(job(NAME, NEW, key=Secret(KEY)))
    next(steps)
    with pytest.raises(Confused, match="neither success nor an error"):
        steps.send(Response(status=200, body=b'{"reply": {"code": 999, "detail": "odd"}}'))


def test_a_single_record_comes_without_its_list() -> None:
    async def main() -> None:
        async with NameSilo(ZONE) as fake:
            fake.seed(NAME, "A", OLD)
            work = job(NAME, NEW, endpoint=fake.endpoint, **fake.settings())
            assert await errand(NAMESILO, work) == Changed()
            (record,) = fake.at(NAME)
            assert (record.content, record.id) == (NEW, "1001")  # under a new id
            assert fake.violations == []

    asyncio.run(main())


def test_an_identical_record_that_somebody_else_made_counts_as_made() -> None:
    async def main() -> None:
        async with NameSilo(ZONE) as fake:

            def somebody_else() -> None:
                fake.seed(NAME, "A", NEW)

            fake.before_write = somebody_else
            end = await errand(NAMESILO, job(NAME, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert isinstance(end, Unchanged)
            assert "identical record" in end.note

    asyncio.run(main())


def test_an_update_whose_answer_is_lost_is_not_repeated_under_an_id_that_is_gone() -> None:
    steps = NAMESILO.update(job(NAME, NEW, key=Secret(KEY)))
    next(steps)
    steps.send(Response(status=200, body=b'{"reply": {"code": 300}}'))
    row = '{"record_id": "a1", "type": "A", "host": "home.example.test", "value": "198.51.100.1"'
    listed = f'{{"reply": {{"code": 300, "resource_record": {row}, "ttl": 3600}}}}}}'
    request = steps.send(Response(status=200, body=listed.encode()))
    assert isinstance(request, Request)
    assert request.url.endswith("/dnsUpdateRecord")
    assert request.write
    assert not request.idempotent
