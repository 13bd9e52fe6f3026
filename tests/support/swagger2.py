"""Turning a Swagger 2.0 description into an OpenAPI 3.0 one: as much of it as DNS vendors use."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
_METHODS = ("get", "put", "post", "delete", "patch")
_PLACES = {"#/definitions/": "#/components/schemas/", "#/responses/": "#/components/responses/"}


def upgraded(document: Json) -> Json:
    """The same API in OpenAPI 3.0. Whoever signs in does so with a bearer token."""
    document = _moved(document)
    scheme, *_ = document["schemes"]
    bearer = {"type": "http", "scheme": "bearer"}
    responses = document.get("responses", {}).items()
    return {
        "openapi": "3.0.3",
        "info": document["info"],
        "servers": [{"url": f"{scheme}://{document['host']}{document['basePath']}"}],
        "security": document["security"],
        "paths": {path: _path(item) for path, item in document["paths"].items()},
        "components": {
            "schemas": document["definitions"],
            "responses": {name: _response(response) for name, response in responses},
            "securitySchemes": dict.fromkeys(document["securityDefinitions"], bearer),
        },
    }


def _moved(value: Any) -> Any:
    """The same with every reference to its new place."""
    match value:
        case dict():
            return {key: _moved(part) for key, part in value.items()}
        case list():
            return [_moved(part) for part in value]
        case str():
            for old, new in _PLACES.items():
                value = value.replace(old, new)
            return value
        case _:
            return value


def _path(item: Json) -> Json:
    shared = {"parameters": [_parameter(part) for part in item.get("parameters", ())]}
    return shared | {method: _operation(item[method]) for method in _METHODS if method in item}


def _operation(operation: Json) -> Json:
    parameters = operation.get("parameters", ())
    responses = operation["responses"].items()
    new = {
        "operationId": operation["operationId"],
        "parameters": [_parameter(part) for part in parameters if part["in"] != "body"],
        "responses": {status: _response(response) for status, response in responses},
    }
    for part in parameters:
        if part["in"] == "body":
            new["requestBody"] = {"required": part["required"], **_content(part["schema"])}
    return new


def _parameter(parameter: Json) -> Json:
    about = {key: parameter[key] for key in ("name", "in", "required")}
    return {**about, "schema": {"type": parameter["type"]}}


def _response(response: Json) -> Json:
    if "$ref" in response:
        return response
    content = _content(response["schema"]) if "schema" in response else {}
    return {"description": response["description"], **content}


def _content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}
