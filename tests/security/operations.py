"""Every operation of the API, read from its OpenAPI document, and how to call it for somebody's things.

An operation that appears tomorrow is among them tomorrow.
"""

import json
from dataclasses import dataclass
from typing import Any

from jishi.entry.http.api import api

BASE = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; `roles` are those of the merchant's staff it admits."""

    method: str
    path: str
    spec: dict[str, Any]
    roles: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix(BASE)}"

    @property
    def path_names(self) -> list[str]:
        """The names in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def face(self) -> str:
        """Whose it is: store or merchant."""
        return self.path.removeprefix(BASE).partition("/")[0]

    @property
    def is_protected(self) -> bool:
        """Whether it asks who is there."""
        return bool(self.spec.get("security"))


def operations(prefix: str) -> list[Operation]:
    document = api.get_openapi_schema(path_prefix=BASE)
    found = [
        Operation(method.upper(), path, spec, _roles(method, path))
        for path, methods in document["paths"].items()
        if path.startswith(BASE + prefix)
        for method, spec in methods.items()
    ]
    assert found, f"the document has no operation under {prefix}"
    return found


def _roles(method: str, path: str) -> frozenset[str]:
    for prefix, router in api._routers:
        for route, view in router.path_operations.items():
            for operation in view.operations:
                full = f"{BASE}{prefix.strip('/')}/{route.lstrip('/')}"
                if _plain(full) == _plain(path) and method.upper() in operation.methods:
                    return frozenset(
                        role for auth in operation.auth_callbacks for role in getattr(auth, "roles", ())
                    )
    raise AssertionError(f"no view for {method} {path}")


def _plain(path: str) -> str:
    return "/".join("{}" if "{" in part else part for part in path.replace("//", "/").split("/"))


class Unteachable(AssertionError):
    """The operation names something that tests/security/world.py does not make yet."""


def _value(name: str, ids: dict[str, str]) -> str:
    if name not in ids:
        raise Unteachable(f"tests/security/world.py makes no {name}: add it to Victim.ids")
    return ids[name]


def address_of(operation: Operation, ids: dict[str, str]) -> str:
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", _value(name, ids))
    wanted = [
        f"{parameter['name']}={_query_value(parameter, ids)}"
        for parameter in operation.spec.get("parameters", ())
        if parameter["in"] == "query" and (parameter.get("required") or parameter["name"].endswith("_id"))
    ]
    return f"{path}?{'&'.join(wanted)}" if wanted else path


def _query_value(parameter: dict[str, Any], ids: dict[str, str]) -> str:
    if parameter["name"].endswith("_id"):
        return _value(parameter["name"], ids)
    found = parameter.get("example") or parameter["schema"].get("examples", ["x"])[0]
    return str(found)


# A file there is, so that what is asked next is whose the thing is; what is in it is nothing that anybody takes.
_FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nx\r\n--x--\r\n'


def body_of(operation: Operation, ids: dict[str, str]) -> tuple[bytes, str, set[str]]:
    """Return the example of the body with the victim's ids in it, its content type, and their names."""
    content = operation.spec.get("requestBody", {}).get("content", {})
    if not content:
        return b"", "application/json", set()
    if "application/json" not in content:
        return _FILE, f"{next(iter(content))}; boundary=x", set()
    named: set[str] = set()
    example = _with_ids(_example(operation, content["application/json"]), ids, named)
    return json.dumps(example).encode(), "application/json", named


def _example(operation: Operation, content: dict[str, Any]) -> Any:
    schema = content["schema"]
    for place in (content, schema):
        if place.get("examples"):
            examples = place["examples"]
            first = next(iter(examples.values())) if isinstance(examples, dict) else examples[0]
            return first.get("value", first) if isinstance(examples, dict) else first
        if "example" in place:
            return place["example"]
    raise AssertionError(f"{operation} has no example of its body")


def _with_ids(value: Any, ids: dict[str, str], named: set[str]) -> Any:
    if isinstance(value, list):
        return [_with_ids(one, ids, named) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _swapped(name, one, ids, named) for name, one in value.items()}


def _swapped(name: str, value: Any, ids: dict[str, str], named: set[str]) -> Any:
    single = name.removesuffix("s") if name.endswith("_ids") else name
    if value is None or not single.endswith("_id"):
        return _with_ids(value, ids, named)
    named.add(single)
    return [_value(single, ids)] if name.endswith("_ids") else _value(single, ids)
