"""Route 53 by AWS's own client: at the same fake, and at moto's server, which upstun speaks to too.

botocore is made from AWS's service model: what it sends and reads is what the model says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import canonicalize

import botocore.session  # type: ignore[import-untyped]  # of another project
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # likewise
from moto.server import ThreadedMotoServer

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.sender import Sender
from providers.route53 import ROUTE53
from tests.support.provider_fakes.route53 import Route53
from tests.support.scripted import NAME, ZONE, brought, job

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"


def client(endpoint: str) -> Any:
    return botocore.session.get_session().create_client(
        "route53",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=Route53.access_key,
        aws_secret_access_key=Route53.secret_key,
    )


def sent(action: str, *values: str, name: str = NAME) -> dict[str, object]:
    records = [{"Value": value} for value in values]
    rrset = {"Name": f"{name}.", "Type": "A", "TTL": 300, "ResourceRecords": records}
    return {"Changes": [{"Action": action, "ResourceRecordSet": rrset}]}


@pytest.mark.oracle("route53", "botocore, AWS's own client")
@pytest.mark.parametrize(
    ("before", "wanted", "name"),
    [((), (NEW,), NAME), ((OLD,), (NEW, OTHER), NAME), ((OLD,), (), NAME), ((), (NEW,), ZONE)],
    ids=["create", "change", "delete", "apex"],
)
def test_awss_own_client_sends_the_same(
    before: tuple[str, ...], wanted: tuple[str, ...], name: str
) -> None:
    def seed(fake: Route53) -> None:
        fake.seed(name, "A", *before, ttl=300)

    async def by_botocore() -> Route53:
        async with Route53(ZONE) as fake:
            seed(fake)
            batch = sent("UPSERT", *wanted, name=name) if wanted else sent("DELETE", OLD, name=name)
            await asyncio.to_thread(work, fake, batch)
            return fake

    def work(fake: Route53, batch: dict[str, object]) -> None:
        aws = client(fake.endpoint.removesuffix(fake.base))
        (zone,) = aws.list_hosted_zones_by_name(DNSName=f"{ZONE}.", MaxItems="10")["HostedZones"]
        aws.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=batch)

    end, ours = brought(ROUTE53, Route53, *wanted, name=name, before=seed, ttl=300)
    theirs = asyncio.run(by_botocore())
    assert end == Changed()
    assert theirs.violations == []
    assert written(ours) == written(theirs)
    assert ours.held(name, "A") == theirs.held(name, "A") == sorted(wanted)


def written(fake: Route53) -> list[tuple[str, str]]:
    """The writes, in the one canonical form of their XML."""
    return [
        (path, canonicalize(body.decode())) for method, path, body in fake.heard if method == "POST"
    ]


@pytest.mark.oracle("route53", "botocore, AWS's own client")
def test_awss_own_client_reads_what_the_fake_answers() -> None:
    async def story() -> None:
        async with Route53("before.test", ZONE, "later.test") as fake:
            fake.seed(f"*.{ZONE}", "A", OLD, ttl=77)
            fake.seed(NAME, "A", NEW, OTHER)
            await asyncio.to_thread(look, fake)
            assert fake.violations == []

    def look(fake: Route53) -> None:
        aws = client(fake.endpoint.removesuffix(fake.base))
        ((number, _),) = [one for one in fake.zones.items() if one[1] == ZONE]
        assert aws.get_hosted_zone(Id=number)["HostedZone"]["Name"] == f"{ZONE}."
        zones = aws.list_hosted_zones_by_name(DNSName="example.a.", MaxItems="10")["HostedZones"]
        assert [zone["Name"] for zone in zones] == ["before.test.", f"{ZONE}.", "later.test."]
        listed = aws.list_resource_record_sets(
            HostedZoneId=number, StartRecordName=f"*.{ZONE}.", StartRecordType="A", MaxItems="1"
        )
        (rrset,) = listed["ResourceRecordSets"]
        assert (rrset["Name"], rrset["TTL"]) == (f"\\052.{ZONE}.", 77)
        assert rrset["ResourceRecords"] == [{"Value": OLD}]
        for batch, said in (
            (sent("DELETE", NEW), "do not match the current values"),
            (sent("DELETE", NEW, name=f"gone.{ZONE}"), "but it was not found"),
        ):
            with pytest.raises(aws.exceptions.InvalidChangeBatch, match=said):
                aws.change_resource_record_sets(HostedZoneId=number, ChangeBatch=batch)
        with pytest.raises(aws.exceptions.NoSuchHostedZone):
            aws.get_hosted_zone(Id="ZNONE")
        stranger = botocore.session.get_session().create_client(
            "route53",
            region_name="us-east-1",
            endpoint_url=fake.endpoint.removesuffix(fake.base),
            aws_access_key_id=Route53.access_key,
            aws_secret_access_key="of-quite-another-key",
        )
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            stranger.get_hosted_zone(Id=number)

    asyncio.run(story())


# ---- moto: a server of AWS's APIs, made by others ------------------------------------------------


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def at_moto(endpoint: str, *wanted: str, **how: Any) -> Outcome:
    async def main() -> Outcome:
        sender = Sender(moment=moment)
        try:
            settings = {**Route53(ZONE).settings(), "endpoint": f"{endpoint}/2013-04-01"}
            work = job(*wanted, settings=settings | how.pop("settings", {}), **how)
            return await drive(ROUTE53.update(work), sender, title="Route 53", pauses=())
        finally:
            await sender.aclose()

    return asyncio.run(main())


def held(aws: Any, zone: str) -> set[tuple[str, int, tuple[str, ...]]]:
    return {
        (
            rrset["Name"].replace("\\052", "*").rstrip("."),
            rrset["TTL"],
            tuple(sorted(record["Value"] for record in rrset["ResourceRecords"])),
        )
        for rrset in aws.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        if rrset["Type"] == "A"
    }


@pytest.mark.oracle("route53", "moto, a server of AWS's APIs")
def test_at_a_server_made_by_others_the_zone_becomes_right(moto: str) -> None:
    aws = client(moto)
    zone = aws.create_hosted_zone(Name=f"{ZONE}.", CallerReference="1")["HostedZone"]["Id"]
    aws.create_hosted_zone(Name="exampler.test.", CallerReference="2")
    steps: list[tuple[str, tuple[str, ...], object]] = [
        (NAME, (OLD,), Changed()),
        (NAME, (OLD,), Unchanged()),
        (NAME, (NEW, OTHER), Changed()),
        (f"*.{ZONE}", (NEW,), Changed()),
        (f"*.{ZONE}", (NEW,), Unchanged()),
        (ZONE, (NEW,), Changed()),
        (f"a.{ZONE}", (), Unchanged()),
        (NAME, (), Changed()),
    ]
    for name, wanted, end in steps:
        assert at_moto(moto, *wanted, name=name, ttl=60) == end
    assert held(aws, zone) == {(f"*.{ZONE}", 60, (NEW,)), (ZONE, 60, (NEW,))}


@pytest.mark.oracle("route53", "moto, a server of AWS's APIs")
def test_a_server_made_by_others_has_no_such_zone(moto: str) -> None:
    end = at_moto(moto, NEW, settings={"zone_id": "ZNONE"})
    assert isinstance(end, Refused)
    assert (end.cause, "zone_id" in end.text) == (Cause.NOT_FOUND, True)


@pytest.mark.oracle("route53", "AWS's service model")
def test_the_errors_that_are_told_apart_are_in_awss_service_model() -> None:
    model = botocore.session.get_session().get_service_model("route53")
    documented = {shape.name for shape in model.error_shapes}
    assert {"NoSuchHostedZone", "InvalidChangeBatch", "PriorRequestNotComplete"} <= documented
