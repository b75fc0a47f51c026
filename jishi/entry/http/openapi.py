"""The OpenAPI document: completed with what every operation has in common, and written to a file for the clients."""

import json
from pathlib import Path
from typing import Any

from jishi.entry.http.problems import CONTENT_TYPE

# Any operation may be asked too fast or written badly; each documents the rest itself.
COMMON = {"422": "Malformed input", "429": "Too fast; see Retry-After"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the answers every operation may give, the problem's media type and the 401 of what needs sign-in."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            responses = {str(status): answer for status, answer in operation["responses"].items()}
            common = COMMON | ({"401": "Sign in first"} if operation.get("security") else {})
            for status, description in common.items():
                responses.setdefault(
                    status, {"description": description, "content": {"application/json": {"schema": PROBLEM}}}
                )
            operation["responses"] = {
                status: _with_media_type(status, responses[status]) for status in sorted(responses)
            }
    return schema


def _with_media_type(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = answer.get("content", {})
    if status < "400" or "application/json" not in content:
        return answer
    return {**answer, "content": {CONTENT_TYPE: content["application/json"]}}


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
