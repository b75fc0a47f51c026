"""The routes of the API, found by their first two parts: a request is not compared with all of them in turn."""

from collections.abc import Sequence
from typing import Any

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

PARTS = 2  # few routes share as much as `store/trades`


class Routes(URLResolver):
    """Django's own resolver, which asks only those routes that can match."""

    def __init__(
        self, prefix: str, routes: Sequence[URLPattern | URLResolver], *, app_name: str, namespace: str
    ) -> None:
        names: dict[str, Any] = {"app_name": app_name, "namespace": namespace}
        super().__init__(RoutePattern(prefix), routes, **names)
        self._prefix = prefix
        starts = [(_start(str(route.pattern)), route) for route in routes]
        self._by_start = {
            wanted: URLResolver(
                RoutePattern(prefix), [one for start, one in starts if _may_match(start, wanted)], **names
            )
            for wanted, _ in starts
        }

    def resolve(self, path: Any) -> ResolverMatch:
        """Return the route of a path. Raises: Resolver404."""
        known = self._by_start.get(_start(str(path).removeprefix(self._prefix)))
        return known.resolve(path) if known else super().resolve(path)


def _start(route: str) -> tuple[str, ...]:
    return tuple(route.split("/", PARTS)[:PARTS])


def _may_match(start: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Say whether a route can match a path that begins so: where it takes a parameter, it can."""
    return any("<" in part for part in start) or start == wanted
