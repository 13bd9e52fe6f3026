"""Microsoft Entra's grant for applications: nothing is signed, the secret itself is the proof.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#first-case-access-token-request-with-a-shared-secret
"""

from __future__ import annotations

from providers.engine.secret import Text


def token_form(client_id: str, client_secret: Text, scope: str) -> tuple[tuple[str, Text], ...]:
    """The form of the token request. `scope` is the resource's address and `/.default`."""
    return (
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("scope", scope),
    )
