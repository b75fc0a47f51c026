"""Whether this process lives, whether it can serve, and its figures."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from jishi.kernel import cache


def healthz(_: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_: HttpRequest) -> HttpResponse:
    """Answer 200 when PostgreSQL, the migrations and Valkey are there, else 503 with what is missing."""
    found = {"postgresql": _database(), "valkey": _valkey()}
    return JsonResponse(found, status=200 if all(value == "ok" for value in found.values()) else 503)


def metrics(_: HttpRequest) -> HttpResponse:
    """Answer this process's figures in Prometheus' text format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


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
