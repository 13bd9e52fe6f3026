"""Route 53's XML: what is sent, and what is answered as plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from providers.engine.errors import Confused, excerpt, text_of
from providers.engine.rrsets import Change
from providers.engine.shape import Object, objects
from providers.engine.wire import Response

_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def xml_of(response: Response) -> Object:
    """The document of an answer: an element is an object of lists by name, or its text."""
    # Only those who speak XML pay for its parser.
    from xml.etree.ElementTree import Element, ParseError, fromstring  # noqa: PLC0415

    def plain(element: Element) -> Object | str:
        parts: Object = {}
        for child in element:
            parts.setdefault(child.tag.rpartition("}")[2], []).append(plain(child))
        return parts or element.text or ""

    text = text_of(response)
    try:
        # Without a document type there are no entities, which could swell without end.
        root = None if "<!doctype" in text.lower() else fromstring(text)  # noqa: S314
        document = "" if root is None else plain(root)
    except (ParseError, ValueError, RecursionError):
        document = ""
    if not isinstance(document, dict):
        raise Confused(f"something that is not the documented XML: {excerpt(response.body)}")
    return document


def said(row: Object, name: str) -> str:
    """The text of the one element of this name."""
    match row.get(name):
        case [str(text)]:
            return text
        case _:
            raise Confused(f"an element without its one {name}")


def rows(row: Object, holder: str, item: str) -> list[Object]:
    """The elements `item` in the one element `holder`."""
    match row.get(holder):
        case [""]:
            return []
        case [dict(inner)]:
            return objects(inner.get(item), item)
        case _:
            raise Confused(f"no list of {item}")


def name_of(row: Object) -> str:
    r"""The FQDN of a zone or an RRset without final dot; an asterisk is shown as `\052`."""
    name = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), said(row, "Name"))
    return name.rstrip(".").lower()


def is_private(zone: Object) -> bool:
    """Whether a zone is seen from within a cloud network alone."""
    match zone.get("Config"):
        case [{"PrivateZone": ["true"]}]:
            return True
        case _:
            return False


def change_batch(changes: Sequence[Change]) -> str:
    """The changes as one transaction: UPSERT sets a whole RRset, DELETE must name what is held."""
    from xml.etree.ElementTree import Element, SubElement, tostring  # noqa: PLC0415  see above

    root = Element("ChangeResourceRecordSetsRequest", xmlns=_NAMESPACE)
    listed = SubElement(SubElement(root, "ChangeBatch"), "Changes")
    for change in changes:
        old = change.old if not change.values else None
        one = SubElement(listed, "Change")
        SubElement(one, "Action").text = "DELETE" if old else "UPSERT"
        rrset = SubElement(one, "ResourceRecordSet")
        SubElement(rrset, "Name").text = f"{change.name}."
        SubElement(rrset, "Type").text = change.rtype
        SubElement(rrset, "TTL").text = str(old.ttl if old else change.ttl)
        records = SubElement(rrset, "ResourceRecords")
        for value in old.raw["values"] if old else change.texts():
            SubElement(SubElement(records, "ResourceRecord"), "Value").text = value
    return tostring(root, encoding="unicode")
