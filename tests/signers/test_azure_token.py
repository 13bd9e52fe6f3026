"""Microsoft Entra's client_credentials grant, against azure-identity."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
import responses
from azure.identity import ClientSecretCredential
from requests import PreparedRequest

from providers.engine.secret import Secret, Text
from providers.signers.azure_token import token_form

LOGIN = "https://login.microsoftonline.com"
LETTERS = "aZ09-_.~*'()+/=&%@:,;!$\\\"äé😀"


@pytest.mark.oracle("azure", "azure-identity's token requests, 1,000 random ones")
def test_a_thousand_random_forms_are_those_of_azure_identity() -> None:
    dice = Random(6)
    for _ in range(1000):
        tenant, client = (str(UUID(int=dice.getrandbits(128))) for _ in range(2))
        secret, resource = ("".join(dice.choices(LETTERS, k=40)) for _ in range(2))
        scope = f"https://{resource}/.default"
        ours = token_form(client, Secret(secret), scope)
        theirs = asked_by_azure_identity(tenant, client, secret, scope)
        extra = {"client_info": "1"}  # asks who signed in, where a person did
        assert {name: laid_open(value) for name, value in ours} | extra == theirs


def asked_by_azure_identity(tenant: str, client: str, secret: str, scope: str) -> dict[str, str]:
    forms = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        forms.append(dict(parse_qsl(str(request.body), keep_blank_values=True)))
        token = {"token_type": "Bearer", "expires_in": 3599, "access_token": "t"}
        return 200, {}, json.dumps(token)

    discovery = {
        "issuer": f"{LOGIN}/{tenant}/v2.0",
        "token_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/token",
        "authorization_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/authorize",
    }
    with responses.RequestsMock() as web:
        web.get(f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration", json=discovery)
        web.add_callback("POST", f"{LOGIN}/{tenant}/oauth2/v2.0/token", callback=answer)
        with ClientSecretCredential(tenant, client, secret) as credential:
            credential.get_token(scope)
    (form,) = forms
    return form


def laid_open(value: Text) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def test_the_secret_stays_hidden() -> None:
    form = token_form("app", Secret("hush-hush"), "https://management.azure.com/.default")
    assert "hush" not in repr(form)
