"""The page for authors of programs, and the OpenAPI document."""

import re

import pytest
from django.test import Client

from api import v1

pytestmark = pytest.mark.django_db


def test_the_page_has_every_operation() -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    document = Client().get("/api/v1/openapi.json").json()
    paths = document["paths"].values()
    operations = [it for methods in paths for name, it in methods.items() if name != "head"]
    assert len(operations) > 15
    for it in operations:
        assert f'id="{it["operationId"]}"' in text


def test_the_page_keeps_to_our_content_security_policy() -> None:
    page = Client().get("/api/v1/docs")
    assert "script-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert re.findall(r"<script(?![^>]* src=)", text) == []
    assert re.findall(r"""(?:src|href)="(?:https?:)?//""", text) == []
    assert re.findall(r"<style|style=| on\w+=", text) == []


def test_the_document_is_openapi_3_1_and_conditional() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    again = Client().get("/api/v1/openapi.json", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_every_refusal_is_a_problem_in_the_document() -> None:
    for methods in v1.document()["paths"].values():
        for method, operation in methods.items():
            refusals = {it: told for it, told in operation["responses"].items() if it[0] in "45"}
            assert {"401", "404", "422", "429", "4XX", "5XX"} <= refusals.keys()
            for told in refusals.values():
                assert ("application/problem+json" in told.get("content", ())) != (method == "head")
