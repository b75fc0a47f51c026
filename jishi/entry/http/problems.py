"""Errors as people and clients see them: RFC 9457 problem+json, rendered in one place."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from jishi.kernel.errors import Invalid, ShopError, TooFast
from jishi.kernel.http import Problem

CONTENT_TYPE = "application/problem+json"


def problem(request: HttpRequest, error: ShopError) -> HttpResponse:
    """Answer `error` in the language of `request`; 429 carries Retry-After."""
    language = getattr(request, "language", "zh")
    data = dict(error.data)
    response = render(
        Problem(
            type=f"urn:jishi:problem:{error.code}",
            title=error.code.replace("_", " "),
            status=error.status,
            code=error.code,
            detail=error.detail(language),
            data=data or None,
            field=data.get("field"),
        )
    )
    if isinstance(error, TooFast):
        response.headers["Retry-After"] = str(data["retry_after_seconds"])
    return response


def render(value: Problem) -> HttpResponse:
    """Encode `value` without its empty members."""
    members = {name: getattr(value, name) for name in Problem.__dataclass_fields__}
    body = msgspec.json.encode({name: member for name, member in members.items() if member is not None})
    return HttpResponse(body, content_type=CONTENT_TYPE, status=value.status)


def malformed(request: HttpRequest, complaints: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """Answer the schema's complaints: 422 that names the first field and lists them all."""
    found = [{"field": field_of(complaint["loc"]), "message": complaint["msg"]} for complaint in complaints]
    return problem(request, Invalid(field=found[0]["field"], errors=found))


def field_of(location: Sequence[str | int]) -> str:
    """Return the dotted path of a field as the client wrote it, without our parameter's name."""
    source, *path = [str(part) for part in location]
    return ".".join(path[1:] if source == "body" and len(path) > 1 else path) or source
