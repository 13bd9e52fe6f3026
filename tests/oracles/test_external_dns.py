"""Kubernetes' own client at the same API server: it makes the same calls, and ends alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from kubernetes.client import (
    ApiClient,
    ApiException,
    Configuration,
    CustomObjectsApi,
    V1DeleteOptions,
    V1Preconditions,
)

from providers.external_dns import EXTERNAL_DNS
from tests.support.provider_fakes.external_dns import Kubernetes
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
WHERE = ("externaldns.k8s.io", "v1alpha1", "default", "dnsendpoints")
Act = Callable[[Any], object]


def endpoint(*targets: str) -> dict[str, object]:
    return {"dnsName": NAME, "recordType": "A", "recordTTL": 300, "targets": list(targets)}


def create(api: Any) -> object:
    kind = {"apiVersion": "externaldns.k8s.io/v1alpha1", "kind": "DNSEndpoint"}
    body = {**kind, "metadata": {"name": NAME}, "spec": {"endpoints": [endpoint(NEW)]}}
    return api.create_namespaced_custom_object(*WHERE, body)


def change(api: Any) -> object:
    body = api.get_namespaced_custom_object(*WHERE, NAME)
    body["spec"]["endpoints"] = [endpoint(NEW, OTHER)]
    return api.replace_namespaced_custom_object(*WHERE, NAME, body)


def delete(api: Any) -> object:
    held = api.get_namespaced_custom_object(*WHERE, NAME)
    only = V1Preconditions(resource_version=held["metadata"]["resourceVersion"])
    return api.delete_namespaced_custom_object(
        *WHERE, NAME, body=V1DeleteOptions(preconditions=only)
    )


def by_client(seed: Callable[[Kubernetes], object], act: Act) -> Kubernetes:
    async def story() -> Kubernetes:
        async with Kubernetes(ZONE) as fake:
            seed(fake)
            await asyncio.to_thread(work, fake)
            return fake

    def work(fake: Kubernetes) -> None:
        how = Configuration(
            host=fake.endpoint, api_key={"authorization": f"Bearer {Kubernetes.token}"}
        )
        how.proxy = None
        with ApiClient(how) as client:
            declared = "application/json"  # which it leaves to the server to guess
            client.set_default_header("Content-Type", declared)
            act(CustomObjectsApi(client))

    return asyncio.run(story())


def written(fake: Kubernetes) -> list[tuple[str, str, object]]:
    return [(how, path, json.loads(body)) for how, path, body in fake.heard if how != "GET"]


@pytest.mark.oracle("external-dns", "kubernetes, the project's own client")
@pytest.mark.parametrize(
    ("before", "wanted", "act"),
    [((), (NEW,), create), ((OLD,), (NEW, OTHER), change), ((OLD,), (), delete)],
    ids=["create", "change", "delete"],
)
def test_kubernetes_own_client_does_the_same(
    before: tuple[str, ...], wanted: tuple[str, ...], act: Act
) -> None:
    def seed(fake: Kubernetes) -> None:
        fake.seed(NAME, "A", *before, ttl=300)

    _, ours = brought(EXTERNAL_DNS, Kubernetes, *wanted, before=seed, ttl=300)
    theirs = by_client(seed, act)
    assert theirs.violations == []
    assert written(ours) == written(theirs) != []
    assert ours.resources == theirs.resources


@pytest.mark.oracle("external-dns", "kubernetes, the project's own client")
def test_kubernetes_own_client_reads_what_the_fake_answers() -> None:
    def look(api: Any) -> None:
        held = api.get_namespaced_custom_object(*WHERE, NAME)
        assert held["spec"]["endpoints"][0]["targets"] == [OLD]
        with pytest.raises(ApiException) as absent:
            api.get_namespaced_custom_object(*WHERE, "gone")
        assert (absent.value.status, json.loads(absent.value.body or "")["reason"]) == (
            404,
            "NotFound",
        )

    by_client(lambda fake: fake.seed(NAME, "A", OLD), look)
