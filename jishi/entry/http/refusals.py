"""What is refused before an operation sees it: problems for programs, pages for people."""

import errno
import sys

import psycopg
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from jishi.entry.console.faults import fault
from jishi.entry.http import pages
from jishi.entry.http.problems import problem
from jishi.kernel.errors import Invalid, NotFound, ShopError, TooLarge
from jishi.kernel.words import Text

API = "/api/v1/"
CONSOLE = "/admin/"
OUTAGES = ("08", "53", "57", "58")  # classes of SQLSTATE: no connection, no resources, being stopped, no disk


class MethodNotAllowed(ShopError):
    """No such operation on what is there; the header Allow names those there are."""

    code = "method_not_allowed"
    status = 405
    message = Text(zh="不支持这种请求方法", en="This method is not supported here")


class UnknownHost(ShopError):
    """The request names a host that is not this market's: nobody who reads our addresses is sent there."""

    code = "unknown_host"
    status = 400
    message = Text(zh="这个域名不属于本站", en="This host is not ours")


class Unforeseen(ShopError):
    """Ours, not the client's; the log has the rest."""

    code = "unforeseen"
    status = 500


class Away(ShopError):
    """A part of ours does not answer just now; nothing was done, or the same request finds what was."""

    code = "away"
    status = 503
    message = Text(zh="系统正在恢复,请稍后再试", en="We are recovering; please try again in a moment")


class NoSpace(ShopError):
    """The disk is full; nothing was kept of the request."""

    code = "no_space"
    status = 503
    message = Text(
        zh="存储空间已满,请求没有保存,请稍后再试",
        en="Storage is full: nothing was saved; please try again later",
    )


def unforeseen(error: BaseException | None) -> ShopError:
    """Return what a client is told of a fault that is ours: whether trying again later may help."""
    cause = error.__cause__ if error and error.__cause__ else error
    if isinstance(cause, psycopg.errors.DiskFull):
        return NoSpace()
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace()
    return Away() if _is_outage(cause) else Unforeseen()


def _is_outage(cause: BaseException | None) -> bool:
    """Tell whether the database was away. A deadlock or a lock not given in time is a fault, not an outage."""
    if isinstance(cause, psycopg.InterfaceError):
        return True
    state = getattr(cause, "sqlstate", None)
    return isinstance(cause, psycopg.OperationalError) and (state is None or state[:2] in OUTAGES)


def unreadable(error: Exception, *, field: str) -> ShopError:
    """Return what a client is told whose request could not be read; `field` names the part of it."""
    if isinstance(error, DisallowedHost):
        return UnknownHost()
    if isinstance(error, RequestDataTooBig):
        return TooLarge(bytes_max=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return Invalid(field=field)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400."""
    if request.path.startswith(API):
        return problem(request, unreadable(exception, field="request"))
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler of 404."""
    if request.path.startswith(API):
        return problem(request, NotFound())
    # The back office's own page is for those who work there.
    is_for_staff = _is_console(request) and getattr(getattr(request, "user", None), "is_staff", False)
    return fault(request, 404) if is_for_staff else pages.not_found(request, exception)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 403."""
    if _is_console(request):
        return fault(request, 403)
    return defaults.permission_denied(request, exception)


def _is_console(request: HttpRequest) -> bool:
    return request.path.startswith(CONSOLE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of 500."""
    if request.path.startswith(API):
        return problem(request, unforeseen(sys.exception()))
    return pages.server_error(request)


def not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Answer the 405 of the API, which comes without words, as a problem."""
    answer = problem(request, MethodNotAllowed())
    for name, value in refused.headers.items():  # what guards every answer was put on the one without words
        if name != "Content-Length":
            answer.headers.setdefault(name, value)
    return answer
