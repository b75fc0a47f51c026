"""The routes of the API are found by their first parts, and are those that Django finds by comparing all."""

import re

import pytest
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RoutePattern

from jishi.entry.http.api import api
from jishi.entry.http.urls import api_app, api_namespace, api_routes, urlpatterns

PREFIX = "api/v1/"
UUID = "0190c5a4-7d3e-7c1a-9f5e-3b2a1c0d4e5f"
KNOWN = sorted(path.removeprefix("/") for path in api.get_openapi_schema()["paths"])
UNKNOWN = [
    "store",
    "store/",
    "store/nowhere",
    "store/products/",
    "store/trades/x/y/z",
    "merchant/nowhere/1",
    "x/y",
]
(OURS,) = (one for one in urlpatterns if isinstance(one, URLResolver) and str(one.pattern) == PREFIX)
DJANGOS = URLResolver(RoutePattern(PREFIX), api_routes, app_name=api_app, namespace=api_namespace)


@pytest.mark.parametrize("value", [UUID, "7", "a-word", "products", "me"])
def test_every_path_leads_where_django_leads_it(value: str) -> None:
    assert len(KNOWN) > 50
    paths = [re.sub(r"\{\w+\}", value, path) for path in KNOWN]
    different = [path for path in paths if _found(OURS, path) != _found(DJANGOS, path)]
    assert different == []
    if value == UUID:
        assert [path for path in paths if _found(OURS, path) is None] == []


@pytest.mark.parametrize("path", [f"{PREFIX}{rest}" for rest in UNKNOWN] + ["", "api/v2/store/me"])
def test_an_unknown_path_is_unknown_to_both(path: str) -> None:
    assert _found(OURS, path) == _found(DJANGOS, path) is None


def _found(resolver: URLResolver, path: str) -> object:
    try:
        match = resolver.resolve(path)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.view_name, match.route
