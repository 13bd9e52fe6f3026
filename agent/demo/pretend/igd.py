"""A home router as UPnP shows it: an Internet Gateway Device with one WANIPConnection:1.

Source: UPnP Forum, "WANIPConnection:1 Service Template", 2001, and "UPnP Device Architecture 1.0"
(description §2, control §3). Port mappings and events are left out: nobody in this home asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from xml.sax.saxutils import escape

from agent.demo.pretend.line import Line
from agent.demo.pretend.web import Asked, Page

DESCRIPTION = "/rootDesc.xml"
_CONTROL = "/control/WANIPConn1"
_SCPD = "/WANIPConn1.xml"
_SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
_DEVICE = "urn:schemas-upnp-org:device"
_INVALID_ACTION = 401  # UPnP Device Architecture 1.0 §3.2.2, table of error codes

_ACTIONS: Mapping[str, Callable[[Line], Mapping[str, str]]] = {
    "GetExternalIPAddress": lambda line: {"NewExternalIPAddress": str(line.address)},
    "GetStatusInfo": lambda line: {
        "NewConnectionStatus": "Connected",
        "NewLastConnectionError": "ERROR_NONE",
        "NewUptime": str(line.uptime),
    },
    "GetConnectionTypeInfo": lambda _line: {
        "NewConnectionType": "IP_Routed",
        "NewPossibleConnectionTypes": "IP_Routed",
    },
    "GetNATRSIPStatus": lambda _line: {"NewRSIPAvailable": "0", "NewNATEnabled": "1"},
}


class Router:
    """The device; its description lies at `DESCRIPTION`. `asked` counts reads of its address."""

    def __init__(self, line: Line) -> None:
        """Sit at the home's end of `line`."""
        self._line = line
        self.asked = 0

    def answer(self, asked: Asked) -> Page:
        """Answer one HTTP request."""
        match asked.method, asked.path:
            case "GET", path if path == DESCRIPTION:
                return Page(text=_description())
            case "GET", path if path == _SCPD:
                return Page(text=_scpd(self._line))
            case "POST", path if path == _CONTROL:
                return self._act(asked.headers.get("soapaction", ""))
            case _:
                return Page(status=HTTPStatus.NOT_FOUND)

    def _act(self, soap_action: str) -> Page:
        service, _, name = soap_action.strip('"').partition("#")
        action = _ACTIONS.get(name) if service == _SERVICE else None
        if action is None:
            return Page(status=HTTPStatus.INTERNAL_SERVER_ERROR, text=_fault())
        self.asked += name == "GetExternalIPAddress"
        values = "".join(_element(key, value) for key, value in action(self._line).items())
        return Page(
            text=_envelope(f'<u:{name}Response xmlns:u="{_SERVICE}">{values}</u:{name}Response>')
        )


def _fault() -> str:
    error = f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{_INVALID_ACTION}'
    return _envelope(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        f"{error}</errorCode><errorDescription>Invalid Action</errorDescription></UPnPError>"
        "</detail></s:Fault>"
    )


def _envelope(body: str) -> str:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


def _description() -> str:
    service = (
        f"<service><serviceType>{_SERVICE}</serviceType>"
        "<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>"
        f"<SCPDURL>{_SCPD}</SCPDURL><controlURL>{_CONTROL}</controlURL>"
        "<eventSubURL></eventSubURL></service>"
    )
    inner = _device("WANConnectionDevice", f"<serviceList>{service}</serviceList>")
    middle = _device("WANDevice", f"<deviceList>{inner}</deviceList>")
    outer = _device("InternetGatewayDevice", f"<deviceList>{middle}</deviceList>")
    return (
        '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">'
        f"<specVersion><major>1</major><minor>0</minor></specVersion>{outer}</root>"
    )


def _device(kind: str, children: str) -> str:
    # A device inside another must not share its UDN (UPnP Device Architecture 1.0 §2.1).
    return (
        f"<device><deviceType>{_DEVICE}:{kind}:1</deviceType>"
        f"<friendlyName>Pretend {kind}</friendlyName><manufacturer>upstun demo</manufacturer>"
        f"<modelName>Pretend router</modelName><UDN>uuid:upstun-demo-{kind}</UDN>"
        f"{children}</device>"
    )


def _scpd(line: Line) -> str:
    """Describe the service: what may be asked, and the type of each answer."""
    answers = {name: tuple(action(line)) for name, action in _ACTIONS.items()}
    actions = "".join(
        f"<action><name>{name}</name><argumentList>{''.join(map(_argument, keys))}"
        "</argumentList></action>"
        for name, keys in answers.items()
    )
    variables = "".join(
        f'<stateVariable sendEvents="no">{_element("name", _variable(key))}'
        f"{_element('dataType', _TYPES.get(key, 'string'))}</stateVariable>"
        for keys in answers.values()
        for key in keys
    )
    return (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0">'
        "<specVersion><major>1</major><minor>0</minor></specVersion>"
        f"<actionList>{actions}</actionList>"
        f"<serviceStateTable>{variables}</serviceStateTable></scpd>"
    )


_TYPES = {"NewUptime": "ui4", "NewRSIPAvailable": "boolean", "NewNATEnabled": "boolean"}


def _argument(key: str) -> str:
    related = _element("relatedStateVariable", _variable(key))
    return f"<argument>{_element('name', key)}<direction>out</direction>{related}</argument>"


def _variable(key: str) -> str:
    return key.removeprefix("New")


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"
