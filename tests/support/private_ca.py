"""A certificate for loopback that only those trust who are told to."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.tools import need


@dataclass(frozen=True, slots=True)
class PrivateCa:
    """One certificate for localhost and 127.0.0.1 that vouches for itself."""

    certificate: Path
    key: Path

    @classmethod
    def make(cls, folder: Path) -> PrivateCa:
        """Write certificate and key into `folder`."""
        made = cls(certificate=folder / "ca.pem", key=folder / "ca.key")
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        subprocess.run(
            [
                *(need("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
                *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"),
                *("-addext", names, "-keyout", str(made.key), "-out", str(made.certificate)),
            ],
            check=True,
            capture_output=True,
        )
        return made

    def server(self) -> ssl.SSLContext:
        """For those who are localhost."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        """For those who trust it, and nobody else."""
        return ssl.create_default_context(cafile=str(self.certificate))
