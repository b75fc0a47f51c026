"""Lock-out after failed sign-ins: django-axes with counters that many processes can raise at once."""

from typing import Any, cast

from axes.handlers.cache import AxesCacheHandler
from axes.helpers import get_client_cache_keys
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from jishi.entry.http.middleware import network_of
from jishi.entry.http.problems import problem
from jishi.kernel.cache import Away, reaching
from jishi.kernel.errors import TooFast
from jishi.kernel.http import ShopRequest
from jishi.kernel.words import Text

ADMIN = "/admin/"
_ACCOUNT = "jishi_lockout_account"


class LockedOut(TooFast):
    """Too many failed sign-ins for this account from this address."""

    code = "locked_out"
    message = Text(
        zh="登录失败次数过多,请在 {retry_after_seconds} 秒后再试",
        en="Too many failed sign-ins; try again in {retry_after_seconds} s",
    )


class Handler(AxesCacheHandler):  # type: ignore[misc]
    """axes' cache handler on Valkey's own INCR: Django's cache counts by reading and writing back."""

    def __init__(self) -> None:
        self.cache = Counters()


class Counters:
    """The part of a cache that axes needs. Without Valkey nobody is locked out."""

    def get(self, key: str, default: int = 0) -> int:
        """Return a count."""
        try:
            with reaching("lockout") as server:
                found: Any = server.get(_place(key))
        except Away:
            return default
        return int(found) if found is not None else default

    def add(self, key: str, value: int, timeout: int | None) -> bool:
        """Start a count, unless there is one."""
        try:
            with reaching("lockout") as server:
                return bool(server.set(_place(key), value, nx=True, ex=timeout))
        except Away:
            return True

    def incr(self, key: str, delta: int = 1) -> int:
        """Raise a count and return it."""
        try:
            with reaching("lockout") as server:
                return int(cast(Any, server.incrby(_place(key), delta)))
        except Away:
            return delta

    def touch(self, key: str, timeout: int) -> None:
        """Let a count live for `timeout` seconds from now."""
        try:
            with reaching("lockout") as server:
                server.expire(_place(key), timeout)
        except Away:
            return

    def delete(self, key: str) -> int:
        """Forget a count."""
        try:
            with reaching("lockout") as server:
                return int(cast(Any, server.delete(_place(key))))
        except Away:
            return 0

    def seconds_left(self, key: str) -> int:
        """Return how long a count will live."""
        try:
            with reaching("lockout") as server:
                return int(cast(Any, server.ttl(_place(key))))
        except Away:
            return 0


def _place(key: str) -> str:
    return f"lockout:{key}"


def address_of(request: HttpRequest) -> str:
    """Return the real client, for axes."""
    return network_of(cast(ShopRequest, request).client_ip)


def account_key(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Return what an account's failures are counted under: a keyed hash of the login that was typed.

    After a successful sign-in axes asks again, knowing only the user: the login is remembered on the request.
    """
    given = credentials or {}
    typed = given.get("email") or given.get("phone") or given.get("username") or ""
    if not typed or getattr(request, _ACCOUNT, None):
        return getattr(request, _ACCOUNT, None)
    key = salted_hmac("jishi.lockout", str(typed).strip().lower(), algorithm="sha256").hexdigest()
    setattr(request, _ACCOUNT, key)
    return key


def locked_out(
    request: HttpRequest, _: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer somebody who is locked out: 429 with the time that is left."""
    counters = Counters()
    waits = [counters.seconds_left(key) for key in get_client_cache_keys(request, credentials)]
    longest = int(settings.AXES_COOLOFF_TIME.total_seconds())
    error = LockedOut(retry_after_seconds=max([1, *waits]) if any(wait > 0 for wait in waits) else longest)
    if not request.path.startswith(ADMIN):
        return problem(request, error)
    answer = HttpResponse(
        error.detail(cast(ShopRequest, request).language), status=429, content_type="text/plain"
    )
    answer.headers["Retry-After"] = str(error.data["retry_after_seconds"])
    return answer
