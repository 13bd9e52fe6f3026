"""A Kubernetes API server with external-dns's DNSEndpoint resources, and nothing else.

The schema is that of the resource's definition, as external-dns publishes it
(kubernetes-sigs/external-dns, charts/external-dns/crds/dnsendpoints.externaldns.k8s.io.yaml).
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # of another project

from providers.engine.external_dns_api import resource
from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_GROUP = "externaldns.k8s.io"
_ALL = f"/apis/{_GROUP}/v1alpha1/namespaces/{{namespace}}/dnsendpoints"
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_HOST = r"[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9_])?"
_TYPES = ("A", "AAAA", "CNAME", "DNAME", "MX", "NAPTR", "NS", "PTR", "SRV", "TLSA", "TXT")
_ENDPOINT = {
    "type": "object",
    "required": ["dnsName", "recordType"],
    "additionalProperties": False,  # a server prunes them, or refuses when asked to be strict
    "properties": {
        "dnsName": {
            "type": "string",
            "minLength": 1,
            "maxLength": 254,
            "pattern": rf"^(\*\.)?({_HOST}\.)*{_HOST}\.?$",
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "providerSpecific": {
            "type": "array",
            "maxItems": 100,
            "items": {"type": "object", "required": ["name"]},
        },
        "recordTTL": {"type": "integer", "minimum": 0, "maximum": 2147483647},
        "recordType": {"enum": list(_TYPES)},
        "setIdentifier": {"type": "string", "maxLength": 255},
        "targets": {
            "type": "array",
            "maxItems": 1000,
            "items": {"type": "string", "minLength": 1, "maxLength": 4096},
        },
    },
}
_SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "required": ["apiVersion", "kind", "metadata"],
        "additionalProperties": False,
        "properties": {
            "apiVersion": {"const": f"{_GROUP}/v1alpha1"},
            "kind": {"const": "DNSEndpoint"},
            "metadata": {"type": "object", "required": ["name"]},
            "spec": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "endpoints": {"type": "array", "maxItems": 1000, "items": _ENDPOINT}
                },
            },
            "status": {"type": "object"},
        },
    }
)


def no(status: int, reason: str, message: str, kind: str = "dnsendpoints") -> No:
    details = {"name": "home", "group": _GROUP, "kind": kind}
    said = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return No(
        status, {**said, "message": message, "reason": reason, "details": details, "code": status}
    )


class Kubernetes(Vendor):
    token = "eyJhbGciOiJSUzI1NiJ9.right-token-of-mine"
    namespaces = ("default", "kube-system")
    installed = True

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.resources: dict[str, dict[str, Any]] = {}
        self._versions = itertools.count(100)

    def wrong_key(self) -> Settings:
        return {"token": Secret("eyJhbGciOiJSUzI1NiJ9.of-somebody")}

    # ---- past the API ---------------------------------------------------------------------------

    def seed(self, name: str, rtype: str, *values: str, **more: Any) -> list[Held]:
        """Make the values one endpoint of the name's own resource."""
        held = self.resources.get(resource(name), {"spec": {"endpoints": []}})
        endpoints = [one for one in held["spec"]["endpoints"] if one["recordType"] != rtype]
        if values:
            endpoint = {"dnsName": name, "recordType": rtype, "targets": list(values)}
            endpoints.append({**endpoint, "recordTTL": more.pop("ttl", 60), **more})
        if endpoints:
            self.store(resource(name), endpoints)
        else:
            self.resources.pop(resource(name), None)
        return []

    def held(self, name: str, rtype: str) -> list[str]:
        """The targets of every endpoint of this name and type, in whatever resource."""
        return sorted(
            target
            for held in self.resources.values()
            for one in held["spec"]["endpoints"]
            if (one["dnsName"], one["recordType"]) == (name, rtype)
            for target in one["targets"]
        )

    def store(self, name: str, endpoints: list[Any], **metadata: Any) -> dict[str, Any]:
        """Make this the resource, in another version than before."""
        version = {"namespace": "default", "resourceVersion": str(next(self._versions))}
        self.resources[name] = {
            "apiVersion": f"{_GROUP}/v1alpha1",
            "kind": "DNSEndpoint",
            "metadata": {**metadata, "name": name, "uid": f"uid-{name}", **version},
            "spec": {"endpoints": endpoints},
            "status": {"observedGeneration": 1},
        }
        return self.resources[name]

    # ---- the API --------------------------------------------------------------------------------

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Unauthorized", "Unauthorized")
        if not self.installed:
            raise No(404, "404 page not found\n")

    @route("GET", _ALL + "/{name}")
    def get(self, heard: Heard) -> object:
        return self._found(heard)

    @route("POST", _ALL)
    def create(self, heard: Heard) -> object:
        body, namespace = self._valid(heard), heard.steps["namespace"]
        if namespace not in self.namespaces:
            raise no(404, "NotFound", f'namespaces "{namespace}" not found', "namespaces")
        name = body["metadata"]["name"]
        self.expect("resourceVersion" not in body["metadata"], "a version of what is to be new")
        if name in self.resources:
            message = f'dnsendpoints.{_GROUP} "{name}" already exists'
            raise no(409, "AlreadyExists", message)
        return Said(201, self.store(name, body["spec"]["endpoints"]))

    @route("PUT", _ALL + "/{name}")
    def replace(self, heard: Heard) -> object:
        held, body = self._found(heard), self._valid(heard)
        metadata = body["metadata"]
        self.expect(metadata["name"] == heard.steps["name"], "the resource is renamed")
        self._same(held, metadata.get("resourceVersion"))
        kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
        return self.store(metadata["name"], body["spec"]["endpoints"], **kept)

    @route("DELETE", _ALL + "/{name}")
    def delete(self, heard: Heard) -> object:
        held, body = self._found(heard), heard.body()
        only = heard.fields("preconditions", body.take("preconditions", dict))
        self._same(held, only.take("resourceVersion"))
        del self.resources[heard.steps["name"]]
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}

    def _found(self, heard: Heard) -> dict[str, Any]:
        name = heard.steps["name"]
        if name not in self.resources or heard.steps["namespace"] != "default":
            raise no(404, "NotFound", f'dnsendpoints.{_GROUP} "{name}" not found')
        return self.resources[name]

    def _valid(self, heard: Heard) -> dict[str, Any]:
        body: dict[str, Any] = heard.document
        wrong = [f"{error.json_path}: {error.message}" for error in _SCHEMA.iter_errors(body)]
        self.violations += wrong
        name = body["metadata"]["name"]
        if not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", name) or len(name) > 253:
            wrong.append(f"metadata.name: {name}: must be a lowercase RFC 1123 subdomain")
            self.violations.append(wrong[-1])
        if wrong:
            raise no(422, "Invalid", f"DNSEndpoint is invalid: {wrong[0]}")
        for one in body["spec"]["endpoints"]:
            proper = one["recordType"] not in ("A", "AAAA") or all(
                self.address(one["recordType"], target) for target in one["targets"]
            )
            self.expect(proper and len(set(one["targets"])) == len(one["targets"]) > 0, str(one))
        return body

    def _same(self, held: dict[str, Any], version: str | None) -> None:
        self.expect(version is not None, "no version of what is to be replaced")
        if held["metadata"]["resourceVersion"] != version:
            message = "the object has been modified; please apply your changes to the latest"
            raise no(409, "Conflict", f"Operation cannot be fulfilled on dnsendpoints: {message}")
