"""Whether this process lives, whether it can serve, and its figures."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jishi.kernel import cache
from jishi.kernel import metrics as figures


def healthz(_: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_: HttpRequest) -> HttpResponse:
    """Answer 200 when PostgreSQL, the migrations and Valkey are there, else 503 with what is missing."""
    found = {"postgresql": _database(), "valkey": _valkey()}
    return JsonResponse(found, status=200 if all(value == "ok" for value in found.values()) else 503)


def metrics(_: HttpRequest) -> HttpResponse:
    """Answer the figures of all processes of this node in Prometheus' text format."""
    return HttpResponse(figures.render(), content_type=figures.CONTENT_TYPE)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # noqa: BLE001 - a probe reports whatever is wrong, it never fails itself
        return type(error).__name__
    return f"{len(waiting)} migrations to run" if waiting else "ok"


def _valkey() -> str:
    try:
        cache.client().ping()
    except Exception as error:  # noqa: BLE001 - as above
        return type(error).__name__
    return "ok"
