"""Who of the platform's staff may do what: one Django group for each role."""

from typing import Any, cast

from django.http import HttpRequest

OPERATIONS, FINANCE, SERVICE, RISK = "operations", "finance", "service", "risk"
ADMINISTRATOR = "administrator"
EVERYBODY = (OPERATIONS, FINANCE, SERVICE, RISK)

_KNOWN = "_platform_roles"


def roles_of(request: HttpRequest) -> frozenset[str]:
    """Return the platform roles of whoever asks, read once a request."""
    known: frozenset[str] | None = getattr(request, _KNOWN, None)
    if known is None:
        known = _read(cast(Any, request.user))
        setattr(request, _KNOWN, known)
    return known


def _read(user: Any) -> frozenset[str]:
    if not user.is_active or not user.is_staff:
        return frozenset()
    own = {ADMINISTRATOR} if user.is_superuser else set()
    return frozenset(own | set(user.groups.values_list("name", flat=True)))


def may(request: HttpRequest, *roles: str) -> bool:
    """Tell whether whoever asks has one of `roles`, or is an administrator."""
    return bool(roles_of(request) & {ADMINISTRATOR, *roles})
