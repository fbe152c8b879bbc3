"""What programs may do, for their authors: a page of ours, and the OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from api import doors, v1

REFERENCE = "#/components/schemas/"
HEADER = "Authorization: Bearer lobby_…"


async def openapi(request: HttpRequest) -> HttpResponse:
    """The document, for everybody: it says nothing of this installation."""
    return doors.answer(request, v1.document())


@cache_control(private=True, no_cache=True)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page."""
    document = v1.document()
    standard = f"OpenAPI {document['openapi']}"
    context = {"groups": _groups(document), "standard": standard, "header": HEADER}
    return render(request, "api/docs.html", context)


def _groups(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations by their tags."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "head":  # as get: the page says so once
                continue
            shown = {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "fields": list(_fields(document, operation)),
                "answers": list(_answers(operation)),
            }
            groups.setdefault(operation["tags"][0], []).append(shown)
    return groups


def _fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a request may have: in its address, then in its body."""
    for it in operation.get("parameters", []):
        yield _field(it["name"], it["in"], it["schema"], is_required=it["required"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema, place = _resolved(document, content["schema"]), "body"
        if schema.get("type") == "array":
            schema, place = _resolved(document, schema["items"]), "each of the body"
        required = schema.get("required", [])
        for name, found in schema["properties"].items():
            yield _field(name, place, found, is_required=name in required)


def _field(name: str, place: str, schema: Any, *, is_required: bool) -> dict[str, Any]:
    told = [place, _type(schema), *(["required"] if is_required else [])]
    return {"name": name, "told": ", ".join(told)}


def _type(schema: Mapping[str, Any]) -> str:
    """A type in few words."""
    if options := schema.get("anyOf"):
        return " or ".join(_type(it) for it in options if it.get("type") != "null")
    if values := schema.get("enum"):
        return " or ".join(map(str, values))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(schema.get("format") or schema.get("type") or "object")


def _answers(operation: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for status, it in operation["responses"].items():
        if status.isdecimal() and int(status) < 300:
            contents: list[Any] = list(it.get("content", {}).values())
            name = contents[0]["schema"].get("$ref", "").removeprefix(REFERENCE) if contents else ""
            yield {
                "status": status,
                "told": f"{it['description']}: {name}" if name else it["description"],
            }


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    return document["components"]["schemas"][name] if name else schema
