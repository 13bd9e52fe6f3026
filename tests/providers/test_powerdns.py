"""PowerDNS through its API, against the real server; requests checked by its own description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import pytest

from providers.engine.drive import drive, read_back
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.sender import Sender
from providers.engine.wire import Held, Job, RRset, RType, Secret
from providers.powerdns import POWERDNS
from tests.support.gremlin import Gremlin
from tests.support.openapi import Description, Exchange, description
from tests.support.pdns import Pdns
from tests.support.tools import need_vendor

ZONE = "example.test"
OLD, NEW = "192.0.2.1", "192.0.2.2"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pdns]:
    with Pdns(tmp_path_factory.mktemp("pdns")) as started:
        yield started.start(ZONE, f"sub.{ZONE}")


def rrset(name: str, *values: str, ttl: int | None = None, rtype: RType = "A") -> RRset:
    values_ = frozenset(map(ip_address, values))
    return RRset(name=f"{name}.{ZONE}", rtype=rtype, values=values_, ttl=ttl)


def job_for(endpoint: str, server: Pdns, one: RRset) -> Job:
    settings: dict[str, str | Secret] = {"endpoint": endpoint, "api_key": Secret(server.api_key)}
    return Job(zone=ZONE, rrsets=(one,), settings=settings)


def run(
    server: Pdns, *rrsets: RRset, zone: str = ZONE, verify: bool = False, **settings: str
) -> tuple[Outcome, list[Exchange]]:
    """Do one errand; what went over the wire comes back too, checked by the description."""

    async def main() -> tuple[Outcome, list[Exchange]]:
        sender = Sender()
        try:
            async with Gremlin(("127.0.0.1", server.port)) as wire:
                job = Job(
                    zone=zone,
                    rrsets=rrsets,
                    settings={
                        "endpoint": f"http://127.0.0.1:{wire.port}",
                        "api_key": Secret(settings.pop("api_key", server.api_key)),
                        **settings,
                    },
                )
                assert POWERDNS.verify is not None
                steps = POWERDNS.verify(job) if verify else POWERDNS.update(job)
                outcome = await drive(steps, sender, pauses=())
                return outcome, [exchange_of(request) for request in wire.requests]
        finally:
            await sender.aclose()

    outcome, exchanges = asyncio.run(main())
    described = words()
    if described is not None:
        for exchange in exchanges:
            assert described.violations(exchange) == []
    return outcome, exchanges


def words() -> Description | None:
    return description("powerdns.json", "http://127.0.0.1")


def exchange_of(request: bytes) -> Exchange:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    url = urlsplit(target)
    headers = dict(field.split(": ", 1) for field in fields)
    return Exchange(method, url.path, dict(parse_qsl(url.query)), headers, body)


def methods(exchanges: list[Exchange]) -> list[str]:
    return [exchange.method for exchange in exchanges]


def test_the_servers_own_description_checks_every_request_of_these_tests(server: Pdns) -> None:
    need_vendor("powerdns.json")
    described = words()
    assert described is not None
    _, exchanges = run(server, rrset("described", NEW))
    patch = exchanges[-1]
    wrong = json.loads(patch.body)
    wrong["rrsets"][0]["ttl"] = "60"
    spoilt = Exchange("PATCH", patch.path, {}, patch.headers, json.dumps(wrong).encode())
    assert described.violations(spoilt) != []


# ---- RRsets -------------------------------------------------------------------------------------


def test_several_names_and_families_are_one_transaction(server: Pdns) -> None:
    server.seed(f"one.{ZONE}", "A", OLD, "192.0.2.9")
    outcome, exchanges = run(
        server,
        rrset("one", NEW),
        rrset("one", "2001:db8::1", rtype="AAAA"),
        rrset("two", NEW, "192.0.2.3"),
    )
    assert outcome == Changed()
    assert methods(exchanges) == ["GET"] * 6 + ["PATCH"]
    assert server.served(f"one.{ZONE}", "A") == {NEW}
    assert server.served(f"one.{ZONE}", "AAAA") == {"2001:db8::1"}
    assert server.served(f"two.{ZONE}", "A") == {NEW, "192.0.2.3"}


def test_one_family_leaves_the_other_alone(server: Pdns) -> None:
    name = f"apart.{ZONE}"
    server.seed(name, "A", OLD)
    server.seed(name, "AAAA", "2001:db8::1")
    assert run(server, rrset("apart", NEW))[0] == Changed()
    assert (server.served(name, "A"), server.served(name, "AAAA")) == ({NEW}, {"2001:db8::1"})
    assert run(server, rrset("apart", "2001:db8::2", rtype="AAAA"))[0] == Changed()
    assert (server.served(name, "A"), server.served(name, "AAAA")) == ({NEW}, {"2001:db8::2"})


def test_what_is_right_already_is_not_written(server: Pdns) -> None:
    server.seed(f"right.{ZONE}", "AAAA", "2001:db8::1", ttl=300)
    six = rrset("right", "2001:db8::1", rtype="AAAA")
    outcome, exchanges = run(server, six)
    assert outcome == Unchanged()
    assert methods(exchanges) == ["GET", "GET"]


def test_a_ttl_is_kept_unless_another_is_wanted(server: Pdns) -> None:
    def ttl() -> int:
        found = server.rrset(f"ttl.{ZONE}", "A")
        assert found is not None
        return int(found["ttl"])

    server.seed(f"ttl.{ZONE}", "A", OLD, ttl=300)
    run(server, rrset("ttl", NEW))
    assert ttl() == 300
    assert run(server, rrset("ttl", NEW, ttl=120))[0] == Changed()
    assert ttl() == 120
    run(server, rrset("fresh", NEW))
    fresh = server.rrset(f"fresh.{ZONE}", "A")
    assert fresh is not None
    assert fresh["ttl"] == 60


def test_disabled_records_and_comments_stay(server: Pdns) -> None:
    comment = {"content": "the cellar", "account": "me", "modified_at": 1}
    records = [{"content": OLD, "disabled": False}, {"content": "192.0.2.77", "disabled": True}]
    server.seed(f"off.{ZONE}", "A", records=records, comments=[comment])
    assert run(server, rrset("off", NEW))[0] == Changed()
    after = server.rrset(f"off.{ZONE}", "A")
    assert after is not None
    assert {(row["content"], row["disabled"]) for row in after["records"]} == {
        (NEW, False),
        ("192.0.2.77", True),
    }
    assert [one["content"] for one in after["comments"]] == ["the cellar"]


def test_what_is_switched_off_at_other_names_stays_there(server: Pdns) -> None:
    off = [{"content": "192.0.2.77", "disabled": True}]
    server.seed(f"a.star.{ZONE}", "A", records=off)
    server.seed(f"*.star.{ZONE}", "A", OLD)
    assert run(server, rrset("*.star", NEW))[0] == Changed()
    after = server.rrset(f"*.star.{ZONE}", "A")
    assert after is not None
    assert [row["content"] for row in after["records"]] == [NEW]


def test_among_many_names_disabled_records_stay_too(server: Pdns) -> None:
    server.seed(f"off2.{ZONE}", "A", records=[{"content": "192.0.2.77", "disabled": True}])
    run(server, rrset("off2", NEW), *(rrset(f"crowd{number}", NEW) for number in range(20)))
    after = server.rrset(f"off2.{ZONE}", "A")
    assert after is not None
    assert {row["content"] for row in after["records"]} == {NEW, "192.0.2.77"}


def test_a_disabled_record_with_the_wanted_value_is_enabled(server: Pdns) -> None:
    server.seed(f"on.{ZONE}", "A", records=[{"content": NEW, "disabled": True}])
    assert run(server, rrset("on", NEW))[0] == Changed()
    assert server.served(f"on.{ZONE}", "A") == {NEW}


def test_no_values_remove_the_rrset(server: Pdns) -> None:
    server.seed(f"gone.{ZONE}", "A", OLD)
    assert run(server, rrset("gone"))[0] == Changed()
    assert server.rrset(f"gone.{ZONE}", "A") is None
    assert run(server, rrset("gone"))[0] == Unchanged()


def test_many_names_are_read_by_one_call(server: Pdns) -> None:
    names = [f"many{number}" for number in range(60)]
    outcome, exchanges = run(server, *(rrset(name, NEW) for name in names))
    assert outcome == Changed()
    assert methods(exchanges) == ["GET", "GET", "PATCH"]
    assert server.served(f"many59.{ZONE}", "A") == {NEW}


def test_an_alias_is_named_and_holds_up_nobody_else(server: Pdns) -> None:
    server.seed(f"alias.{ZONE}", "CNAME", f"one.{ZONE}.")
    outcome, _ = run(server, rrset("alias", NEW), rrset("beside", NEW))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert f"alias.{ZONE}" in outcome.text
    assert server.held(f"alias.{ZONE}", "A") == set()
    assert server.held(f"beside.{ZONE}", "A") == {NEW}


# ---- zones, keys, addresses ---------------------------------------------------------------------


def test_without_a_known_zone_the_longest_one_is_found(server: Pdns) -> None:
    outcome, _ = run(server, rrset("www.sub", NEW), zone="")
    assert outcome == Changed()
    held = server.api("GET", f"/zones/sub.{ZONE}.")["rrsets"]
    assert f"www.sub.{ZONE}." in {one["name"] for one in held}


def test_an_unknown_zone_is_not_found(server: Pdns) -> None:
    stranger = RRset(name="a.other.test", rtype="A", values=frozenset({ip_address(NEW)}))
    for zone in ("other.test", ""):
        outcome, _ = run(server, stranger, zone=zone)
        assert isinstance(outcome, Refused)
        assert outcome.cause is Cause.NOT_FOUND
        assert "a.other.test" in outcome.text


def test_a_name_outside_its_zone_is_refused_before_anything_is_written(server: Pdns) -> None:
    stranger = RRset(name="a.other.test", rtype="A", values=frozenset({ip_address(NEW)}))
    outcome, exchanges = run(server, stranger)
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert "PATCH" not in methods(exchanges)


def test_a_secondary_server_is_told_apart(server: Pdns) -> None:
    zone = {"name": "slave.test.", "kind": "Slave", "masters": ["192.0.2.53"], "nameservers": []}
    server.api("POST", "/zones", zone)
    one = RRset(name="a.slave.test", rtype="A", values=frozenset({ip_address(NEW)}))
    outcome, _ = run(server, one, zone="slave.test")
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert "secondary" in outcome.text


@pytest.mark.parametrize("verify", [False, True])
def test_a_wrong_key_is_a_matter_of_credentials(server: Pdns, verify: bool) -> None:
    outcome, _ = run(server, rrset("one", NEW), verify=verify, api_key="wrong-key")
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.CREDENTIALS
    assert "wrong-key" not in repr(outcome)


def test_a_wrong_server_id_is_not_found(server: Pdns) -> None:
    outcome, _ = run(server, rrset("one", NEW), server_id="elsewhere")
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.NOT_FOUND


def test_the_key_is_proved_without_a_write(server: Pdns) -> None:
    outcome, exchanges = run(server, rrset("one", NEW), verify=True)
    assert outcome == Unchanged()
    assert methods(exchanges) == ["GET"]


@pytest.mark.parametrize("tail", ["/", "/api/v1", "/api/v1/"])
def test_the_endpoint_may_end_in_the_path_of_the_api(server: Pdns, tail: str) -> None:
    async def main() -> Outcome:
        sender = Sender()
        try:
            job = job_for(server.endpoint + tail, server, rrset("tail", NEW))
            return await drive(POWERDNS.update(job), sender, pauses=())
        finally:
            await sender.aclose()

    assert isinstance(asyncio.run(main()), Changed | Unchanged)


def test_what_the_server_holds_can_be_read(server: Pdns) -> None:
    records = [{"content": OLD, "disabled": False}, {"content": "192.0.2.77", "disabled": True}]
    server.seed(f"read.{ZONE}", "A", records=records)

    async def main(one: RRset) -> Held | Refused:
        sender = Sender()
        try:
            assert POWERDNS.read is not None
            job = job_for(server.endpoint, server, one)
            return await read_back(POWERDNS.read(job), sender, pauses=())
        finally:
            await sender.aclose()

    assert asyncio.run(main(rrset("read"))) == Held(values=frozenset({ip_address(OLD)}))
    assert asyncio.run(main(rrset("nothing"))) == Held(values=frozenset())
