"""The OpenAPI document: completed with what all operations have in common, and written for the clients."""

import json
from pathlib import Path
from typing import Any

from jishi.entry.http.examples import example
from jishi.entry.http.problems import CONTENT_TYPE

# Any operation may be asked too fast, badly or with an old token; each documents the rest itself.
COMMON = {
    "401": "Not signed in, or not any more",
    "422": "Malformed input",
    "429": "Too fast; see Retry-After",
}
FORGED = {"403": "Not allowed; a write with a session cookie also needs the header X-CSRFToken"}
OVERSIZED = {"413": "Too large"}
SAFE = ("get", "head")
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the answers every operation may give, and the problem's media type."""
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            responses = {str(status): answer for status, answer in operation["responses"].items()}
            common = COMMON if method in SAFE else COMMON | FORGED
            common = common | OVERSIZED if "requestBody" in operation else common
            for status, description in common.items():
                responses.setdefault(
                    status, {"description": description, "content": {"application/json": {"schema": PROBLEM}}}
                )
            operation["responses"] = {
                status: _with_media_type(status, responses[status]) for status in sorted(responses)
            }
            _show(schema, operation)
            _leave_out(operation)
    _take_repeats(schema)
    return schema


def _take_repeats(schema: Any) -> None:
    """Say of sets what is true: what is named twice is taken as named once, and not refused."""
    if isinstance(schema, dict):
        if schema.get("uniqueItems") is True:
            del schema["uniqueItems"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            _take_repeats(one)


def _show(schema: dict[str, Any], operation: dict[str, Any]) -> None:
    """Give every answer that has none an example."""
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if status < "400" and content and "example" not in content:
            content["example"] = example(schema, content["schema"])


def _leave_out(operation: dict[str, Any]) -> None:
    """Say of headers that may be missing what they are: text, for no header can be null."""
    for parameter in operation.get("parameters", ()):
        options = parameter["schema"].pop("anyOf", None) if parameter["in"] == "header" else None
        if options:
            parameter["schema"] |= next(one for one in options if one != {"type": "null"})


def _with_media_type(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = answer.get("content", {}).get("application/json", {})
    if status < "400" or content.get("schema") != PROBLEM:
        return answer  # the hooks refuse in the words of who asks
    return {**answer, "content": {CONTENT_TYPE: content}}


def document() -> str:
    """Return openapi.json as committed: sorted only where Python already is, two spaces, a final newline."""
    from jishi.entry.http.api import api

    return (
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=2, default=str)
        + "\n"
    )


def write(path: Path) -> None:
    """Write the document to `path`."""
    path.write_text(document(), encoding="utf-8")
