"""The guard of the public API sees every kind of break, and no break in an addition."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tools.api_breaks import breaks, main

MONEY = {
    "type": "object",
    "required": ["amount_minor", "currency"],
    "properties": {"amount_minor": {"type": "integer"}, "currency": {"type": "string"}},
}
LINE = {
    "type": "object",
    "required": ["sku_id"],
    "properties": {
        "sku_id": {"type": "string"},
        "quantity": {"type": "integer"},
        "kind": {"type": "string", "enum": ["piece", "box"]},
    },
}
TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    },
}


def json_content(name: str) -> dict[str, Any]:
    """Return a JSON body of a named schema."""
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


@pytest.fixture
def old() -> dict[str, Any]:
    """Give a small API."""
    return {
        "paths": {
            "/lines": {
                "post": {
                    "parameters": [{"in": "header", "name": "Idempotency-Key"}],
                    "requestBody": json_content("Line"),
                    "responses": {"201": json_content("Money"), "409": {}},
                }
            },
            "/tree": {"get": {"responses": {"200": json_content("Tree")}}},
        },
        "components": {"schemas": {"Money": MONEY, "Line": LINE, "Tree": TREE}},
    }


@pytest.fixture
def new(old: dict[str, Any]) -> dict[str, Any]:
    """Give a copy of it to change."""
    return copy.deepcopy(old)


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    """Return the named schemas."""
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_the_same_document_breaks_nothing(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaks(old, new) == []


def test_additions_break_nothing(old: dict[str, Any], new: dict[str, Any]) -> None:
    new["paths"]["/more"] = {"get": {"responses": {"200": {}}}}
    new["paths"]["/lines"]["post"]["parameters"].append({"in": "query", "name": "dry", "required": False})
    schemas(new)["Money"]["properties"]["symbol"] = {"type": "string"}
    schemas(new)["Line"]["properties"]["note"] = {"type": "string"}
    schemas(new)["Line"]["properties"]["kind"]["enum"].append("pallet")
    assert breaks(old, new) == []


def test_a_lost_operation_is_seen(old: dict[str, Any], new: dict[str, Any]) -> None:
    del new["paths"]["/tree"]
    assert breaks(old, new) == ["GET /tree is gone"]


def test_a_new_duty_of_the_client_is_seen(old: dict[str, Any], new: dict[str, Any]) -> None:
    new["paths"]["/lines"]["post"]["parameters"][0]["required"] = True
    schemas(new)["Line"]["required"].append("quantity")
    schemas(new)["Line"]["properties"]["kind"]["enum"].remove("box")
    assert breaks(old, new) == [
        "POST /lines now requires the header parameter Idempotency-Key",
        "POST /lines body now requires quantity",
        "POST /lines body.kind no longer takes box",
    ]


def test_a_broken_promise_to_the_client_is_seen(old: dict[str, Any], new: dict[str, Any]) -> None:
    schemas(new)["Money"]["properties"]["amount_minor"] = {"type": "string"}
    schemas(new)["Money"]["required"].remove("currency")
    del schemas(new)["Tree"]["properties"]["children"]
    assert breaks(old, new) == [
        "POST /lines 201.currency may now be missing",
        "POST /lines 201.amount_minor was integer, is string",
        "GET /tree 200.children is gone",
    ]


def test_another_status_of_success_is_seen(old: dict[str, Any], new: dict[str, Any]) -> None:
    answers = new["paths"]["/lines"]["post"]["responses"]
    answers["200"] = answers.pop("201")
    assert breaks(old, new) == ["POST /lines no longer answers 201"]


def test_null_is_seen_on_either_side(old: dict[str, Any], new: dict[str, Any]) -> None:
    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    schemas(new)["Money"]["properties"]["currency"] = nullable
    schemas(old)["Line"]["properties"]["sku_id"] = nullable
    assert breaks(old, new) == [
        "POST /lines body.sku_id must not be null any more",
        "POST /lines 201.currency may now be null",
    ]
    assert breaks(new, old) == []


def test_the_command_fails_on_a_break_and_only_then(
    old: dict[str, Any], new: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(old))
    after.write_text(json.dumps(new))
    assert main([str(before), str(after)]) == 0
    del new["paths"]["/tree"]
    after.write_text(json.dumps(new))
    assert main([str(before), str(after)]) == 1
    assert "GET /tree is gone" in capsys.readouterr().out
