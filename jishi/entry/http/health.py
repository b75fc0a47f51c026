"""Whether this process lives, whether the market can serve, and its figures.

Operators ask this process directly, or through the edge with the token of `JISHI_METRICS_TOKEN`. Everybody else
learns whether the market is ready and nothing more.
"""

import hmac
import threading
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse

from jishi.entry.http import figures, readiness
from jishi.kernel import clock

KEPT_SECONDS = 0.3  # whoever asks, the parts are asked once in so long
_lock = threading.Lock()
_kept: tuple[float, dict[str, str]] = (float("-inf"), {})


def livez(_: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every part is there, else 503; `?exclude=worker` leaves a part out of the judgement."""
    excluded = request.GET.getlist("exclude")
    found = {part: problem for part, problem in _parts().items() if part not in excluded}
    is_ready = not any(found.values())
    said: dict[str, object] = {"status": "ready" if is_ready else "not ready"}
    if _is_operator(request):
        said["parts"] = {part: problem or "ok" for part, problem in found.items()}
    response = JsonResponse(said, status=200 if is_ready else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures of all processes of this node in Prometheus' text format; operators only."""
    if not _is_operator(request):
        return HttpResponseNotFound("not found\n", content_type="text/plain")
    return HttpResponse(figures.render(now=clock.now()), content_type=figures.CONTENT_TYPE)


def _is_operator(request: HttpRequest) -> bool:
    """Say whether somebody asks from this machine, not through any proxy, or knows the token."""
    token, given = settings.ENV.metrics_token, request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    is_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return not is_passed_on and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


def _parts() -> dict[str, str]:
    global _kept  # noqa: PLW0603 - one answer for all threads of this process
    with _lock:
        if time.monotonic() - _kept[0] > KEPT_SECONDS:
            found = readiness.parts(now=clock.now())
            _kept = (time.monotonic(), found)
        return _kept[1]
