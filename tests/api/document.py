"""Our OpenAPI with one example id for each kind of thing, which tests replace by ids that are there."""

import copy
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from jishi.entry.http.api import api

BASE = "/api/v1/"


def placeholder(name: str) -> str:
    """Return the example id of `name`, such as "order_id"."""
    return str(uuid5(NAMESPACE_OID, name))


def placeholders(ids: dict[str, str]) -> dict[str, str]:
    """Map each example id to the one that is there."""
    return {placeholder(name): one for name, one in ids.items()}


def document() -> dict[str, Any]:
    """Return our OpenAPI."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=BASE)
    return found


def teachable_document() -> dict[str, Any]:
    """Return our OpenAPI, every id in its examples named after what it identifies."""
    found = copy.deepcopy(document())
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"].endswith("_id"):
                    parameter["example"] = placeholder(parameter["name"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = _named(content["schema"])
                if "example" in content:
                    content["example"] = _named(content["example"])
    return found


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _name(name, one) for name, one in value.items()}


def _name(name: str, value: Any) -> Any:
    if isinstance(value, str) and name.endswith("_id"):
        return placeholder(name)
    if isinstance(value, list) and name.endswith("_ids"):
        return [placeholder(name.removesuffix("s"))]
    return _named(value)
