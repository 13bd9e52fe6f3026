"""How a Kubernetes API server is spoken to, and what a DNSEndpoint resource is made of."""

from __future__ import annotations

import re
from hashlib import sha256

from providers.engine.api import Api
from providers.engine.outcome import Cause
from providers.engine.shape import Object, member, objects, text
from providers.engine.wire import Bearer, Job

GROUP = "externaldns.k8s.io/v1alpha1"
_RIGHTS = "its role needs get, create, update and delete on dnsendpoints"
API = Api(
    title="Kubernetes",
    base="",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("Unauthorized", Cause.CREDENTIALS, "does not accept the token; make a new one"),
        ("*denied the request*", Cause.REJECTED, "has a rule against this change"),
        ("*exceeded quota*", Cause.BLOCKED, "has no quota left in this namespace; raise it"),
        ("Forbidden", Cause.CREDENTIALS, f"lets this service account not do that; {_RIGHTS}"),
        (
            "404 page not found",
            Cause.BLOCKED,
            "knows no DNSEndpoint resources; install external-dns's CRD, and let it read them",
        ),
        ("namespaces * not found", Cause.NOT_FOUND, "has no such namespace; correct namespace"),
    ),
)


def resource(name: str) -> str:
    """The resource's name for an FQDN: itself, unless Kubernetes does not take it (RFC 1123)."""
    if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", name):
        return name
    mark = sha256(name.encode()).hexdigest()[:8]  # no two names share a resource
    return f"{re.sub('[^a-z0-9.-]', 'x', name)[:240].rstrip('-.')}-{mark}"


def path_of(job: Job) -> tuple[str, ...]:
    """Where the resources of the account's namespace are."""
    return (
        "apis",
        *GROUP.split("/"),
        "namespaces",
        job.text("namespace", "default"),
        "dnsendpoints",
    )


def endpoints_of(found: Object) -> list[Object]:
    """The endpoints that a resource declares: RRsets, with what belongs to each."""
    return objects(member(found, "spec").get("endpoints", []), "endpoints")


def key_of(endpoint: Object) -> tuple[str, str]:
    """The FQDN and the type of an endpoint."""
    return text(endpoint, "dnsName").rstrip(".").lower(), text(endpoint, "recordType")
