"""What every request learns before a view sees it: when, from where, in which language, and who asks."""

import ipaddress
from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import Any, cast
from uuid import UUID

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import translation

from jishi.entry.http import fast_lane
from jishi.entry.http.problems import problem
from jishi.entry.http.refusals import not_allowed
from jishi.identity.merchants import queries as merchants
from jishi.kernel import clock, metrics, trace
from jishi.kernel.channels import channel_of
from jishi.kernel.errors import NotAllowed, SignInNeeded
from jishi.kernel.http import MerchantRequest, StoreRequest
from jishi.kernel.ids import UserId, VisitorId, new_id

View = Callable[[HttpRequest], HttpResponse]
VISITOR_COOKIE = "jishi_visitor"
VISITOR_SECONDS = 180 * 24 * 3600
LANGUAGE_COOKIE = "jishi_language"  # what staff chose; read where pages are nobody else's
ADMIN = "/admin/"
API = "/api/v1/"
HOOKS = "/api/v1/hooks/"
# Pages and answers that are the same for everybody set no cookie, so that they can be cached as bytes.
PERSONAL = (
    "/api/v1/store/cart",
    "/api/v1/store/history",
    "/api/v1/store/behaviour/consent",
    "/api/v1/store/searches",
    "/api/v1/store/me",
    "/api/v1/store/recommendations",
    "/api/v1/merchant/",
)
# Who does these is known by his device from then on, signed in or not: docs/decisions/0109.
COUNTED_BY_DEVICE = (
    "/api/v1/store/coupon-offers/",
    "/api/v1/store/coupon-codes",
    "/_allauth/browser/",
)
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE")


def edge(get_response: View) -> View:
    """Set `now`, `language` and `client_ip`; count the answer; make the request a span, named in its log lines."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        asker = cast(StoreRequest, request)
        asker.now = clock.now()
        asker.language = language_of(request)
        asker.client_ip = client_ip(request)
        language = "en" if asker.language == "en" else "zh-hans"
        with (
            trace.Span(lambda: _name(request), trace.WEB) as span,
            translation.override(language),
        ):
            response = get_response(request)
            if response.status_code == 405 and request.path.startswith(API):
                response = not_allowed(request, response)
            span.attributes["http.response.status_code"] = response.status_code
        if request.path.startswith(API):
            response.headers.setdefault("Content-Language", asker.language)
        _count(request, response, perf_counter() - began)
        return response

    return middleware


def _name(request: HttpRequest) -> str:
    return " ".join(_kind(request))


def _kind(request: HttpRequest) -> tuple[str, str]:
    # Names that a client makes up must not become figures of their own.
    method = request.method if request.method in METHODS else "other"
    return method, request.resolver_match.route if request.resolver_match else "none"


def _count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    method, route = _kind(request)
    request.META[fast_lane.ROUTE] = route
    metrics.request_answered(method, route, response.status_code, seconds)


def asker(get_response: View) -> View:
    """Set `buyer`, `visitor`, `owner_id`, `channel` and `memberships`; check CSRF where a cookie gives authority."""

    def middleware(request: HttpRequest) -> HttpResponse:
        store = cast(StoreRequest, request)
        token = request.headers.get("X-Session-Token")
        if token and request.path.startswith(API):
            if not _signed_in_by_token(request, token):
                return problem(request, SignInNeeded())
        elif (refused := _forged(request)) is not None:
            return refused
        known = _visitor(request)
        store.visitor = known or VisitorId(new_id())
        store.buyer = (
            UserId(cast(UUID, request.user.pk))
            if request.path.startswith(API) and _has_user(request)
            else None
        )
        store.owner_id = store.buyer or store.visitor
        store.channel = channel_of(
            has_token=bool(token),
            mobile_hint=request.headers.get("Sec-CH-UA-Mobile"),
            user_agent=request.headers.get("User-Agent", ""),
        )
        cast(MerchantRequest, request).memberships = lambda: merchants.memberships(
            UserId(cast(UUID, request.user.pk))
        )
        if request.method == "GET" and request.path.startswith(PERSONAL):
            get_token(request)
        response = get_response(request)
        if known is None and _keeps_something(request, response, store.buyer):
            _remember_visitor(response, store.visitor)
        return response

    return middleware


def client_ip(request: HttpRequest) -> str:
    """Return the address of the real client: the last one in X-Forwarded-For that is not a proxy of ours."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _is_trusted(address):
        address = hops.pop()
    return address


def network_of(address: str) -> str:
    """Return what limits count as one client: the address, of IPv6 the /64 that every connection has whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


@cache
def _trusted() -> tuple[Any, ...]:
    return tuple(ipaddress.ip_network(network) for network in settings.ENV.trusted_proxies)


def _is_trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _trusted())


def language_of(request: HttpRequest) -> str:
    """Return the language somebody asks for: by the address, or as the browser says."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE) if request.path.startswith(ADMIN) else None
    named = request.GET.get("language") if request.META.get("QUERY_STRING") else None
    asked = named or chosen or request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return "en" if asked.lower().startswith("en") else "zh"


def _has_user(request: HttpRequest) -> bool:
    has_credentials = settings.SESSION_COOKIE_NAME in request.COOKIES or "X-Session-Token" in request.headers
    return has_credentials and request.user.is_authenticated


def _signed_in_by_token(request: HttpRequest, token: str) -> bool:
    found = authenticate_by_x_session_token(token)
    if not found:
        return False
    request.user, request.session = found
    return True


def _forged(request: HttpRequest) -> HttpResponse | None:
    """Refuse a write that a foreign page may have made with our visitor's cookies."""
    if request.method in SAFE or not request.path.startswith(API) or request.path.startswith(HOOKS):
        return None
    if not {settings.SESSION_COOKIE_NAME, VISITOR_COOKIE} & request.COOKIES.keys():
        return None
    check = CsrfViewMiddleware(_nothing)
    cast(Any, request).csrf_processing_done = False
    check.process_request(request)
    return (
        problem(request, NotAllowed(reason="csrf")) if check.process_view(request, _nothing, (), {}) else None
    )


def _nothing(_: HttpRequest) -> HttpResponse:
    """Stand where the check wants a view to guard."""
    return HttpResponse()


def _visitor(request: HttpRequest) -> VisitorId | None:
    value = request.get_signed_cookie(VISITOR_COOKIE, default=None, max_age=VISITOR_SECONDS)
    return VisitorId(UUID(value)) if value else None


def _keeps_something(request: HttpRequest, response: HttpResponse, buyer: UserId | None) -> bool:
    if request.method != "POST" or response.status_code >= 300:
        return False
    return request.path.startswith(COUNTED_BY_DEVICE) or (buyer is None and request.path.startswith(PERSONAL))


def _remember_visitor(response: HttpResponse, visitor: VisitorId) -> None:
    response.set_signed_cookie(
        VISITOR_COOKIE,
        str(visitor),
        max_age=VISITOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
