"""What every answer carries against misuse, and how fast one client may write."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure as django_csrf_failure

from jishi.entry.http.middleware import network_of
from jishi.entry.http.problems import problem
from jishi.kernel import rate_limit
from jishi.kernel.errors import NotAllowed, TooFast
from jishi.kernel.http import StoreRequest

View = Callable[[HttpRequest], HttpResponse]

ADMIN = "/admin/"
API = "/api/v1/"
HOOKS = "/api/v1/hooks/"
ALLAUTH = "/_allauth/"
READS = ("GET", "HEAD", "OPTIONS")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)


def headers(get_response: View) -> View:
    """Add the headers that Django's own middleware does not: stands outside all that may refuse a request.

    The policies are built by django-csp, once: its middleware builds them anew for every answer, which costs more
    than a cached page.
    """
    shop = _policy(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    admin = _policy(settings.ADMIN_CONTENT_SECURITY_POLICY)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        add = response.headers.setdefault
        add("Content-Security-Policy", admin if request.path.startswith(ADMIN) else shop)
        add("X-Frame-Options", settings.X_FRAME_OPTIONS)
        add("Permissions-Policy", PERMISSIONS_POLICY)
        add("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith((API, ALLAUTH, ADMIN)):
            # Public answers say themselves for how long they may be kept; nothing else may be.
            add("Cache-Control", "no-store")
        return response

    return middleware


def _policy(directives: Mapping[str, Any]) -> str:
    return "; ".join(sorted(build_policy(dict(directives)).split("; ")))


def limits(get_response: View) -> View:
    """Refuse writes that come too fast: per buyer when signed in, else per real address.

    Reads are not counted: they are cached, and many buyers may share one address. What costs money or guesses
    (text messages, sign-in) has narrower limits of its own.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asker = cast(StoreRequest, request)
        try:
            _count(asker)
        except TooFast as error:
            return problem(request, error)
        return get_response(request)

    return middleware


def _count(asker: StoreRequest) -> None:
    if asker.method in READS or not asker.path.startswith((API, ALLAUTH)) or asker.path.startswith(HOOKS):
        return
    if asker.path.startswith(ALLAUTH):
        rate_limit.take("sign-in", network_of(asker.client_ip), **settings.SIGN_IN_RATE, now=asker.now)
    elif asker.buyer is not None:
        rate_limit.take("buyer", str(asker.buyer), **settings.BUYER_RATE, now=asker.now)
    else:
        rate_limit.take("visitor", network_of(asker.client_ip), **settings.VISITOR_RATE, now=asker.now)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a write without a valid CSRF token: a problem for programs, Django's page in the back office."""
    if request.path.startswith(ADMIN):
        return django_csrf_failure(request, reason=reason)
    return problem(request, NotAllowed(reason="csrf"))
