"""What `upnpc -s` says here, reduced to JSON: run inside the home.

The real tool runs; only its prose is read. `igd` is its verdict on the devices it found:
"valid", "not_connected", "doubtful" (it asks back "Is it an IGD ?"), or "none".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

_VERDICTS = {
    "Found valid IGD": "valid",
    "Found an IGD with a reserved IP address": "reserved_address",
    "Found a (not connected?) IGD": "not_connected",
    "UPnP device found. Is it an IGD ?": "doubtful",
    "Found device (igd ?)": "doubtful",
}


def reduced(said: str) -> dict[str, str]:
    """Its verdict, and the state and the address that it passes on, as they stand."""
    return {
        "igd": next((verdict for words, verdict in _VERDICTS.items() if words in said), "none"),
        "status": _field(said, r"^Status : (\w*),"),
        "external_ip": _field(said, r"^ExternalIPAddress = (.*)$"),
        "failure": _field(said, r"^(.*failed.*|No IGD.*|No valid.*)$"),
    }


def _field(said: str, pattern: str) -> str:
    found = re.search(pattern, said, re.MULTILINE)
    return found[1].strip() if found else ""


if __name__ == "__main__":
    done = subprocess.run(
        ["upnpc", "-s"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    sys.stdout.write(json.dumps(reduced(done.stdout + done.stderr)))
