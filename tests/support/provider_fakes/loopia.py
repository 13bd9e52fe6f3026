"""Loopia's XML-RPC API, written from its wiki (support.loopia.se) and from recorded answers."""

from __future__ import annotations

import re
from typing import Any
from xmlrpc.client import Fault, dumps, loads

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

RECORD = {"type": str, "ttl": int, "priority": int, "rdata": str, "record_id": int}


class Loopia(Vendor):
    base = "/RPCSERV"
    least_ttl = 300
    user = "home@loopiaapi"

    def settings(self) -> Settings:
        return {"username": self.user, "password": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"password": Secret("wrong-password-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return re.search(rb"<methodName>(add|update|remove)", body) is not None

    def authorise(self, heard: Heard) -> None:
        """Nothing yet: the credentials are the first parameters."""

    @route("POST", "")
    def call(self, heard: Heard) -> object:
        self.expect("xml" in heard.headers.get("Content-Type", ""), "a body not declared as XML")
        values, method = loads(heard.raw)
        action = getattr(self, f"_{method}", None)
        if action is None:
            self.expect(False, f"{method}: no such method")
            return xml(Fault(201, "Method signature error: 42"))
        try:
            user, password, *rest = values
            if (user, password) != (self.user, self.token):
                raise No(200, "AUTH_ERROR")
            return xml(action(*rest))
        except TypeError as error:
            self.expect(False, f"{method}: {error}")
            return xml(Fault(201, "Method signature error: 42"))
        except No as no:
            said = no.said.document
            raise No(200, xml([said] if str(method).startswith("get") else said).document) from no

    def _getDomains(self) -> Any:  # noqa: N802  as the vendor calls it
        return [{"domain": zone, "paid": 1, "registered": 1} for zone in self.zones.values()]

    def _getZoneRecords(self, zone: str, subdomain: str) -> Any:  # noqa: N802  see above
        name = self._name(zone, subdomain)
        return [self._shown(record) for record in self.at(name) if record.zone == zone]

    def _addZoneRecord(self, zone: str, subdomain: str, record: Any) -> Any:  # noqa: N802  see above
        name, (rtype, content, ttl, id_) = self._name(zone, subdomain), self._said(record)
        self.expect(id_ == 0, f"a new record with the id {id_}")
        if self.at(name, "CNAME"):
            raise No(200, "BAD_INDATA")
        self.insert(zone, name, rtype, content, ttl)
        return "OK"

    def _updateZoneRecord(self, zone: str, subdomain: str, record: Any) -> Any:  # noqa: N802  see above
        rtype, content, ttl, id_ = self._said(record)
        held = self._record(zone, subdomain, id_)
        self.expect(rtype == held.rtype, f"an {held.rtype} record was to become {rtype}")
        held.content, held.ttl = content, ttl
        return "OK"

    def _removeZoneRecord(self, zone: str, subdomain: str, id_: int) -> Any:  # noqa: N802  see above
        del self.records[self._record(zone, subdomain, id_).id]
        return "OK"

    def _name(self, zone: str, subdomain: str) -> str:
        if zone not in self.zones.values():
            raise No(200, "UNKNOWN_ERROR")
        return self.absolute(zone, subdomain)

    def _record(self, zone: str, subdomain: str, id_: int) -> Held:
        self.expect(type(id_) is int, f"the id {id_!r} is no integer")
        record = self.records.get(str(id_))
        if record is None or record.name != self._name(zone, subdomain):
            raise No(200, "BAD_INDATA")
        return record

    def _said(self, record: Any) -> tuple[str, str, int, int]:
        kinds = {key: type(value) for key, value in record.items()}
        self.expect(kinds == RECORD, f"record_obj is {kinds}")
        rtype, content, ttl = record["type"], record["rdata"], record["ttl"]
        if not self.address(rtype, content) or ttl < self.least_ttl:
            self.expect(False, f"{rtype} {content} with TTL {ttl}")
            raise No(200, "BAD_INDATA")
        return rtype, content, ttl, record["record_id"]

    def _shown(self, record: Held) -> dict[str, object]:
        shown = {"type": record.rtype, "ttl": record.ttl, "priority": 0, "rdata": record.content}
        return {**shown, "record_id": int(record.id)}


def xml(value: Any) -> Said:
    """The answer as a document; a status stands between line breaks, as the real one's does."""
    document = dumps(value if isinstance(value, Fault) else (value,), methodresponse=True)
    if isinstance(value, str):
        document = document.replace(value, f"\n  {value}\n")
    return Said(200, document.encode(), {"Content_Type": "text/xml"})
