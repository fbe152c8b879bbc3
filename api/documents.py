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
            status: _answer(text, next(remaining) if it else None)
            for status, (text, it) in told.items()
        }
        operation["responses"] = {**found, **_refusals(refusal)}
    document["components"]["schemas"].update(components)
    return document


def _answer(text: str, schema: Any) -> dict[str, Any]:
    if schema is None:
        return {"description": text}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _refusals(schema: Any) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": it, "content": content} for status, it in REFUSALS.items()}
