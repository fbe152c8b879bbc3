"""The OpenAPI document. What answers look like is written once: in the types that are sent."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import msgspec
from ninja import NinjaAPI

from api import problems
from api.problems import Problem

ANSWERS = "x-answers"  # of an operation, until the document is complete
REFERENCE = "#/components/schemas/{name}"
REFUSALS = {
    "401": "No valid token",
    "403": "The token, or its member, may not do this",
    "404": "There is no such thing, for this token",
    "413": "Too large. A body that the server does not read is refused in plain text",
    "422": "Fields are wrong: `errors` names them",
    "429": "More than a rate allows: again after `Retry-After`",
    "4XX": "Refused",
    "5XX": "The server failed, or cannot answer now",
}


def answers(by_status: Mapping[int, tuple[str, Any]]) -> dict[str, Any]:
    """For an operation: what it answers, and of which type; None: without a body."""
    return {ANSWERS: {str(status): it for status, it in by_status.items()}}


def one(type: Any, told: str = "OK") -> dict[str, Any]:
    """For an operation that answers 200 with a type."""
    return answers({200: (told, type)})


def described(api: NinjaAPI) -> dict[str, Any]:
    """The document of all operations."""
    document = deepcopy(dict(api.get_openapi_schema(path_prefix="api/v1/")))
    operations = [it for methods in document["paths"].values() for it in methods.values()]
    types = [it for operation in operations for _, it in operation[ANSWERS].values() if it]
    schemas, components = msgspec.json.schema_components([Problem, *types], ref_template=REFERENCE)
    refusal, *of_types = schemas
    remaining = iter(of_types)
    for operation in operations:
        told = operation.pop(ANSWERS)
        found = {
            status: _answer(text, next(remaining) if it else None, _media_type(it))
            for status, (text, it) in told.items()
        }
        operation["responses"] = {**found, **_refusals(refusal)}
    for methods in document["paths"].values():
        if "get" in methods:
            methods["head"] = _head(methods["get"])
    document["components"]["schemas"].update(components)
    return document


def _head(get: dict[str, Any]) -> dict[str, Any]:
    """HEAD: what GET answers, without the body."""
    told = {status: {"description": it["description"]} for status, it in get["responses"].items()}
    name = f"{get['operationId']}_head"
    return {**get, "operationId": name, "summary": f"{get['summary']}: headers", "responses": told}


def _media_type(type: Any) -> str:
    return problems.MEDIA_TYPE if type is Problem else "application/json"


def _answer(text: str, schema: Any, media_type: str) -> dict[str, Any]:
    if schema is None:
        return {"description": text}
    return {"description": text, "content": {media_type: {"schema": schema}}}


def _refusals(schema: Any) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": schema}}
    refusals = {status: {"description": it, "content": content} for status, it in REFUSALS.items()}
    refusals["413"]["content"] = {**content, "text/plain": {"schema": {"type": "string"}}}
    return refusals
