"""Cloudflare against a fake that remembers, with every request checked by the vendor's words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address

import pytest

from providers.cloudflare import CLOUDFLARE
from providers.engine.drive import drive, read_back
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.sender import Sender
from providers.engine.wire import Held, Job, Request, Response, RRset, RType, Secret
from tests.support.provider_fakes.cloudflare import Cloudflare
from tests.support.tools import need_vendor

ZONE = "example.com"
HOME = "home.example.com"
OLD, NEW, OTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def rrset(name: str, *values: str, ttl: int | None = None, rtype: RType = "A") -> RRset:
    return RRset(name=name, rtype=rtype, values=frozenset(map(ip_address, values)), ttl=ttl)


def run(
    fake: Cloudflare,
    *rrsets: RRset,
    zone: str = ZONE,
    errands: int = 1,
    verify: bool = False,
    **settings: str,
) -> list[Outcome]:
    """Do the errand `errands` times; the fake is there for so long."""

    async def main() -> list[Outcome]:
        sender = Sender()
        try:
            async with fake:
                token = Secret(settings.pop("token", fake.token))
                job = Job(
                    zone=zone,
                    rrsets=rrsets,
                    settings={"token": token, "endpoint": fake.endpoint, **settings},
                )
                assert CLOUDFLARE.verify is not None
                do = CLOUDFLARE.verify if verify else CLOUDFLARE.update
                return [await drive(do(job), sender, pauses=()) for _ in range(errands)]
        finally:
            await sender.aclose()

    outcomes = asyncio.run(main())
    assert fake.violations == []
    return outcomes


def held_by(fake: Cloudflare, one: RRset) -> Held | Refused:
    async def main() -> Held | Refused:
        sender = Sender()
        try:
            async with fake:
                assert CLOUDFLARE.read is not None
                job = Job(
                    zone=ZONE,
                    rrsets=(one,),
                    settings={"token": Secret(fake.token), "endpoint": fake.endpoint},
                )
                return await read_back(CLOUDFLARE.read(job), sender, pauses=())
        finally:
            await sender.aclose()

    held = asyncio.run(main())
    assert fake.violations == []
    return held


@pytest.fixture
def fake() -> Cloudflare:
    return Cloudflare(ZONE, "a.example.com", "other.org")


@pytest.mark.oracle("cloudflare", "the vendor's API description")
def test_the_vendors_description_checks_every_request_of_these_tests(fake: Cloudflare) -> None:
    need_vendor("cloudflare.json")
    assert fake._description is not None

    async def main() -> None:
        sender = Sender()
        try:
            async with fake:
                bad = Job(
                    zone=ZONE,
                    rrsets=(rrset(HOME, NEW, ttl=5),),
                    settings={"token": Secret(fake.token), "endpoint": fake.endpoint},
                )
                await drive(CLOUDFLARE.update(bad), sender, pauses=())
        finally:
            await sender.aclose()

    asyncio.run(main())
    assert any("ttl" in violation for violation in fake.violations)


# ---- records ------------------------------------------------------------------------------------


def test_one_change_is_one_patch_that_keeps_proxy_tags_and_comment(fake: Cloudflare) -> None:
    more = {"proxied": True, "comment": "the cellar", "tags": ["owner:me"]}
    record = fake.seed(HOME, "A", OLD, **more)
    assert run(fake, rrset(HOME, NEW, ttl=60)) == [Changed()]
    assert len(fake.writes) == 1
    after = fake.records[record["id"]]
    assert after == record | {"content": NEW}
    assert {key: after[key] for key in more} == more


def test_a_ttl_is_sent_only_when_it_is_wanted_and_possible(fake: Cloudflare) -> None:
    record = fake.seed(HOME, "A", OLD, ttl=300)
    run(fake, rrset(HOME, NEW))
    assert fake.records[record["id"]]["ttl"] == 300
    run(fake, rrset(HOME, OLD, ttl=120))
    assert fake.records[record["id"]]["ttl"] == 120


def test_the_ttl_of_a_proxied_record_is_never_wrong(fake: Cloudflare) -> None:
    fake.seed(HOME, "A", NEW, proxied=True)
    assert run(fake, rrset(HOME, NEW, ttl=60)) == [Unchanged()]
    assert fake.writes == []


def test_a_new_record_is_not_proxied_and_has_the_wanted_ttl(fake: Cloudflare) -> None:
    assert run(fake, rrset(HOME, NEW, ttl=60)) == [Changed()]
    (record,) = fake.records.values()
    assert (record["content"], record["ttl"], record["proxied"]) == (NEW, 60, False)
    run(fake, rrset("auto.example.com", NEW))
    assert [r["ttl"] for r in fake.records.values()] == [60, 1]


def test_a_new_record_beside_a_proxied_one_does_not_show_what_that_hides(
    fake: Cloudflare,
) -> None:
    fake.seed(HOME, "A", OLD, proxied=True)
    run(fake, rrset(HOME, OLD, ttl=60), rrset(HOME, "2001:db8::1", ttl=60, rtype="AAAA"))
    (made,) = (r for r in fake.records.values() if r["type"] == "AAAA")
    assert made["proxied"] is True


def test_several_changes_are_one_batch(fake: Cloudflare) -> None:
    for stale in (OLD, OTHER, "192.0.2.4"):
        fake.seed(HOME, "A", stale)
    wanted = (
        rrset(HOME, NEW),
        rrset(HOME, "2001:db8::1", rtype="AAAA"),
        rrset("b.example.com", NEW),
    )
    assert run(fake, *wanted, errands=2) == [Changed(), Unchanged()]
    assert [call.rpartition("/")[2] for call in fake.writes] == ["batch"]
    assert fake.held(HOME, "A") == [NEW]
    assert fake.held(HOME, "AAAA") == ["2001:db8::1"]
    assert fake.held("b.example.com", "A") == [NEW]


@pytest.mark.parametrize(
    ("rtype", "new", "other", "left"),
    [("A", NEW, "AAAA", "2001:db8::1"), ("AAAA", "2001:db8::2", "A", OLD)],
)
def test_one_family_leaves_the_other_alone(
    fake: Cloudflare, rtype: RType, new: str, other: RType, left: str
) -> None:
    fake.seed(HOME, "A", OLD)
    fake.seed(HOME, "AAAA", "2001:db8::1")
    assert run(fake, rrset(HOME, new, rtype=rtype)) == [Changed()]
    assert (fake.held(HOME, rtype), fake.held(HOME, other)) == ([new], [left])


def test_a_single_surplus_record_is_deleted_by_itself(fake: Cloudflare) -> None:
    fake.seed(HOME, "A", NEW)
    fake.seed(HOME, "A", OLD)
    assert run(fake, rrset(HOME, NEW)) == [Changed()]
    assert [call.split()[0] for call in fake.writes] == ["DELETE"]
    assert fake.held(HOME, "A") == [NEW]


def test_an_address_in_another_spelling_is_the_same_address(fake: Cloudflare) -> None:
    fake.seed(HOME, "AAAA", "2001:0DB8:0:0::1")
    assert run(fake, rrset(HOME, "2001:db8::1", rtype="AAAA")) == [Unchanged()]
    assert fake.writes == []


def test_what_a_cloudflare_service_manages_is_left_alone(fake: Cloudflare) -> None:
    managed = fake.seed(HOME, "A", OLD, meta={"read_only": True})
    assert run(fake, rrset(HOME, NEW)) == [Changed()]
    assert fake.records[managed["id"]] == managed
    assert fake.held(HOME, "A") == [OLD, NEW]


def test_many_names_cost_one_listing_and_batches_of_two_hundred(fake: Cloudflare) -> None:
    names = [f"n{number}.example.com" for number in range(230)]
    for name in names:
        fake.seed(name, "A", OLD)
    wanted = tuple(rrset(name, NEW) for name in names)
    assert run(fake, *wanted) == [Changed()]
    assert len(fake.writes) == 2
    assert len(fake.calls) == 1 + 3 + 2  # the zone, three pages, two batches
    assert all(fake.held(name, "A") == [NEW] for name in names)


def test_an_alias_is_named_and_holds_up_nobody_else(fake: Cloudflare) -> None:
    fake.seed(HOME, "CNAME", "elsewhere.example.net")
    (outcome,) = run(fake, rrset(HOME, NEW), rrset("beside.example.com", NEW))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert "alias (CNAME)" in outcome.text
    assert HOME in outcome.text
    assert fake.held(HOME, "A") == []
    assert fake.held("beside.example.com", "A") == [NEW]


# ---- somebody else ------------------------------------------------------------------------------


def meanwhile(fake: Cloudflare, act: Callable[[], object]) -> None:
    def once() -> None:
        fake.before_write = lambda: None
        act()

    fake.before_write = once


def test_an_identical_record_made_meanwhile_is_as_good(fake: Cloudflare) -> None:
    meanwhile(fake, lambda: fake.seed(HOME, "A", NEW))
    (outcome,) = run(fake, rrset(HOME, NEW))
    assert isinstance(outcome, Unchanged)
    assert fake.held(HOME, "A") == [NEW]


def test_a_record_deleted_meanwhile_is_a_conflict_and_not_an_error(fake: Cloudflare) -> None:
    fake.seed(HOME, "A", OLD)
    meanwhile(fake, fake.records.clear)
    first, second = run(fake, rrset(HOME, NEW), errands=2)
    assert isinstance(first, Refused)
    assert first.cause is Cause.CONFLICT
    assert second == Changed()


def test_an_alias_made_meanwhile_is_named(fake: Cloudflare) -> None:
    meanwhile(fake, lambda: fake.seed(HOME, "CNAME", "elsewhere.example.net"))
    (outcome,) = run(fake, rrset(HOME, NEW))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert "alias" in outcome.text


# ---- zones and tokens ---------------------------------------------------------------------------


def test_without_a_known_zone_the_longest_one_of_the_account_is_found(fake: Cloudflare) -> None:
    assert run(fake, rrset("www.a.example.com", NEW), zone="") == [Changed()]
    (record,) = fake.records.values()
    assert fake.zones[record["zone"]] == "a.example.com"


def test_the_zone_is_found_among_others_where_the_filter_by_name_is_gone() -> None:
    fake = Cloudflare(*(f"z{number}.org" for number in range(70)), ZONE, "other.org")
    fake.filters_zones = False
    assert run(fake, rrset(HOME, NEW)) == [Changed()]
    (record,) = fake.records.values()
    assert fake.zones[record["zone"]] == ZONE


def test_a_zone_id_spares_the_search_and_zone_read(fake: Cloudflare) -> None:
    fake.shows_zones = False
    (zone_id,) = (id_ for id_, zone in fake.zones.items() if zone == ZONE)
    assert run(fake, rrset(HOME, NEW), zone_id=zone_id) == [Changed()]
    assert not any(call.endswith("/zones") for call in fake.calls)


def test_a_token_that_sees_no_zone_is_told_what_it_lacks(fake: Cloudflare) -> None:
    fake.shows_zones = False
    (outcome,) = run(fake, rrset(HOME, NEW))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.NOT_FOUND
    assert "Zone Read" in outcome.text
    assert "zone_id" in outcome.text


def test_the_zone_id_of_another_zone_is_noticed_by_what_was_made(fake: Cloudflare) -> None:
    (zone_id,) = (id_ for id_, zone in fake.zones.items() if zone == "other.org")
    (outcome,) = run(fake, rrset(HOME, NEW), zone_id=zone_id)
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert f"{HOME}.other.org" in outcome.text


@pytest.mark.parametrize(
    ("zone_id", "cause"), [("0" * 32, Cause.NOT_FOUND), ("../../user", Cause.NOT_FOUND)]
)
def test_an_unknown_zone_id_is_not_found(zone_id: str, cause: Cause) -> None:
    fake = Cloudflare(ZONE)
    fake._description = None  # ids of 33 characters and more are no concern of the description
    (outcome,) = run(fake, rrset(HOME, NEW), zone_id=zone_id)
    assert isinstance(outcome, Refused)
    assert outcome.cause is cause


@pytest.mark.parametrize("token", ["wrong-token", "tiny"])
def test_a_wrong_token_is_a_matter_of_credentials(fake: Cloudflare, token: str) -> None:
    for verify in (False, True):
        (outcome,) = run(fake, rrset(HOME, NEW), token=token, verify=verify)
        assert isinstance(outcome, Refused)
        assert outcome.cause is Cause.CREDENTIALS
        assert token not in repr(outcome)


@pytest.mark.parametrize("owner", ["user", "account"])
def test_a_token_is_proved_without_a_write_whoever_owns_it(fake: Cloudflare, owner: str) -> None:
    fake.owner = owner
    assert run(fake, rrset(HOME, NEW), verify=True) == [Unchanged()]
    assert fake.writes == []


def test_a_valid_token_that_cannot_see_the_zone_is_no_proof(fake: Cloudflare) -> None:
    fake.shows_zones = False
    (outcome,) = run(fake, rrset(HOME, NEW), verify=True)
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.NOT_FOUND


# ---- requests -----------------------------------------------------------------------------------


def requests_for(*records: dict[str, object]) -> list[Request]:
    """The requests that bring these records of HOME to NEW, with no service but a script."""
    token, zone_id = Secret("token"), "../zone"
    job = Job(zone=ZONE, rrsets=(rrset(HOME, NEW),), settings={"token": token, "zone_id": zone_id})
    steps = CLOUDFLARE.update(job)
    asked = []
    result: object = [{"name": HOME, "type": "A", "ttl": 1, **record} for record in records]
    with suppress(StopIteration):
        call = next(steps)
        while True:
            assert isinstance(call, Request)
            asked.append(call)
            body = json.dumps({"success": True, "result": result}).encode()
            result = {"name": HOME, "posts": []}
            call = steps.send(Response(status=200, body=body))
    return asked


def test_only_a_change_in_place_may_be_repeated_when_its_answer_is_lost() -> None:
    created, patched, mixed = (
        requests_for(),
        requests_for({"id": "1", "content": OLD}),
        requests_for({"id": "1", "content": OLD}, {"id": "2", "content": OTHER}),
    )
    assert [(r.method, r.write, r.idempotent) for r in created] == [
        ("GET", False, False),
        ("POST", True, False),
    ]
    assert [(r.method, r.write, r.idempotent) for r in patched][1:] == [("PATCH", True, True)]
    assert [(r.method, r.write, r.idempotent) for r in mixed][1:] == [("POST", True, False)]


def test_an_id_cannot_lead_out_of_its_place_in_the_address() -> None:
    _, patch = requests_for({"id": "a/b", "content": OLD})
    assert patch.url.endswith("/zones/..%2Fzone/dns_records/a%2Fb")


# ---- reading ------------------------------------------------------------------------------------


def test_a_proxied_record_shows_its_own_address_through_the_api(fake: Cloudflare) -> None:
    fake.seed(HOME, "A", OLD, proxied=True)
    fake.seed(HOME, "AAAA", "2001:db8::1")
    four = rrset(HOME)
    assert held_by(fake, four) == Held(values=frozenset({ip_address(OLD)}), proxied=True)
    six = replace(four, rtype="AAAA")
    assert held_by(fake, six) == Held(values=frozenset({ip_address("2001:db8::1")}))
    assert held_by(fake, rrset("none.example.com")) == Held(values=frozenset())


def test_the_addresses_that_stand_in_for_a_proxied_record_are_known() -> None:
    def fronted(address: str) -> bool:
        return any(ip_address(address) in network for network in CLOUDFLARE.fronts)

    assert fronted("104.21.3.4")
    assert fronted("2606:4700:3030::6815:304")
    assert not fronted("192.0.2.1")
