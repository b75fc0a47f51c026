"""Find what would break a client written for an older openapi.json: `python tools/api_breaks.py [OLD] [NEW]`.

Without arguments: this checkout's document against that of the newest release tag (v*). A client sends what
the old document allowed, so nothing it sends may be refused; it reads what the old one promised, so nothing
may be missing. Additions are fine. Exit code 1 when something breaks.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
DOCUMENT = "openapi.json"
Schema = dict[str, Any]


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return one line for everything in `new` that a client of `old` would stumble over."""
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            later = new["paths"].get(path, {}).get(method)
            if later is None:
                found.append(f"{name} is gone")
                continue
            found += _broken_parameters(name, operation, later)
            found += _broken_body(name, (old, operation), (new, later))
            found += _broken_answers(name, (old, operation), (new, later))
    return found


def _broken_parameters(name: str, old: Schema, new: Schema) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in old.get("parameters", [])}
    for one in new.get("parameters", []):
        known = before.get((one["in"], one["name"]))
        if one.get("required") and not (known and known.get("required")):
            yield f"{name} now requires the {one['in']} parameter {one['name']}"


def _content(operation: Schema) -> Schema:
    for media in operation.get("content", {}).values():
        found: Schema = media.get("schema", {})
        return found
    return {}


def _broken_body(name: str, old: tuple[Schema, Schema], new: tuple[Schema, Schema]) -> Iterator[str]:
    before, after = old[1].get("requestBody"), new[1].get("requestBody")
    if after is None:
        return
    if before is None:
        if after.get("required"):
            yield f"{name} now requires a body"
        return
    yield from _differences(
        f"{name} body", (old[0], _content(before)), (new[0], _content(after)), sent=True, seen=frozenset()
    )


def _broken_answers(name: str, old: tuple[Schema, Schema], new: tuple[Schema, Schema]) -> Iterator[str]:
    for status, answer in old[1].get("responses", {}).items():
        if not status.startswith("2"):
            continue
        later = new[1].get("responses", {}).get(status)
        if later is None:
            yield f"{name} no longer answers {status}"
            continue
        yield from _differences(
            f"{name} {status}",
            (old[0], _content(answer)),
            (new[0], _content(later)),
            sent=False,
            seen=frozenset(),
        )


def _resolved(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def _without_null(document: Schema, schema: Schema) -> tuple[Schema, bool]:
    """Return a schema without its "or null", and whether it had one."""
    found = _resolved(document, schema)
    options = found.get("anyOf", [])
    others = [option for option in options if option.get("type") != "null"]
    if len(others) == 1 and len(options) > 1:
        return _resolved(document, others[0]), True
    return found, False


def _differences(
    where: str, old: tuple[Schema, Schema], new: tuple[Schema, Schema], *, sent: bool, seen: frozenset[str]
) -> Iterator[str]:
    """Compare two schemas; `sent` tells that the client writes the value, else it reads it."""
    reference = old[1].get("$ref", "")
    if reference in seen:
        return
    if reference:
        seen = seen | {reference}
    (before, was_null), (after, is_null) = _without_null(*old), _without_null(*new)
    if was_null != is_null and (was_null if sent else is_null):
        yield f"{where} {'must not be null any more' if sent else 'may now be null'}"
    if before.get("type") != after.get("type"):
        yield f"{where} was {before.get('type')}, is {after.get('type')}"
        return
    yield from _broken_choices(where, before, after, sent=sent)
    yield from _broken_properties(where, (old[0], before), (new[0], after), sent=sent, seen=seen)
    if "items" in before and "items" in after:
        yield from _differences(
            f"{where}[]", (old[0], before["items"]), (new[0], after["items"]), sent=sent, seen=seen
        )


def _broken_choices(where: str, before: Schema, after: Schema, *, sent: bool) -> Iterator[str]:
    refused = set(map(str, before.get("enum", ()))) - set(map(str, after.get("enum", ())))
    if sent and "enum" in after and refused:
        yield f"{where} no longer takes {', '.join(sorted(refused))}"


def _broken_properties(
    where: str, old: tuple[Schema, Schema], new: tuple[Schema, Schema], *, sent: bool, seen: frozenset[str]
) -> Iterator[str]:
    before, after = old[1].get("properties", {}), new[1].get("properties", {})
    must_before, must_after = set(old[1].get("required", ())), set(new[1].get("required", ()))
    for name in sorted(must_after - must_before if sent else ()):
        yield f"{where} now requires {name}"
    for name in sorted(must_before - must_after if not sent else ()):
        if name in after:
            yield f"{where}.{name} may now be missing"
    for name, schema in before.items():
        if name in after:
            yield from _differences(
                f"{where}.{name}", (old[0], schema), (new[0], after[name]), sent=sent, seen=seen
            )
        elif not sent:
            yield f"{where}.{name} is gone"


def _git(*arguments: str) -> str | None:
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def released_document() -> tuple[str, Schema] | None:
    """Return the newest release's name and document, or None before the first release that has one."""
    tag = (_git("describe", "--tags", "--abbrev=0", "--match", "v*") or "").strip()
    text = _git("show", f"{tag}:{DOCUMENT}") if tag else None
    return (tag, json.loads(text)) if text else None


def main(arguments: list[str]) -> int:
    """Print what breaks."""
    new = json.loads(
        Path(arguments[1] if len(arguments) > 1 else CHECKOUT / DOCUMENT).read_text(encoding="utf-8")
    )
    if arguments:
        name, old = arguments[0], json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    else:
        released = released_document()
        if released is None:
            print("api: there is no release yet, so there is nothing to break")
            return 0
        name, old = released
    found = breaks(old, new)
    for line in found:
        print(f"api: {line}")
    print(f"api: {len(found)} breaking changes since {name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
