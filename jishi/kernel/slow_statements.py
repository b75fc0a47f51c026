"""SQL that takes too long, written down with the route or job it belongs to and, now and then, with its plan.

Values are never part of it: the text is the one with placeholders, and the plan is the generic one, which
PostgreSQL makes without any. Its own `auto_explain` would show them: plans of single runs quote what was asked for.
"""

import contextlib
import hashlib
import queue
import re
import threading
import time
from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import Any

import psycopg
import structlog
from django.conf import settings

from jishi.kernel import metrics, trace
from jishi.kernel.logging import process_name

log = structlog.get_logger(__name__)

TEXT_LENGTH_MAX = 2_000
PLAN_EVERY_SECONDS = 600.0  # for each statement
PLANS_WAITING_MAX = 8
PLANNED_MAX = 1_000
PLAN_MS_MAX = 2_000
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_LIST = re.compile(r"\((?:%s, )+%s\)")
_PLACEHOLDER = re.compile(r"%(?:(%)|s|\((\w+)\)s)")
_EXPLAINABLE = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


def timed(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement (Django's execute wrapper), add its time to the span at hand, note it when slow."""
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - began
        span = trace.current()
        if span is not None:
            span.statements += 1
            span.sql_seconds += seconds
        if seconds * 1000 >= _limit_ms() > 0:
            _note(str(sql), seconds, span, context["connection"].get_connection_params)


def normalised(sql: str) -> str:
    """Return the text of a statement without literals, in one line, lists of placeholders shortened."""
    return _LIST.sub("(%s, …)", _LITERAL.sub("?", " ".join(sql.split())))[:TEXT_LENGTH_MAX]


def numbered(sql: str) -> str:
    """Return the text with PostgreSQL's own placeholders ($1, $2 …) instead of the client's."""
    named: dict[str, int] = {}
    count = 0

    def number(found: re.Match[str]) -> str:
        nonlocal count
        percent, name = found.groups()
        if percent:
            return "%"
        if name is None or name not in named:
            count += 1
            if name is None:
                return f"${count}"
            named[name] = count
        return f"${named[name]}"

    return _PLACEHOLDER.sub(number, sql)


@cache
def _limit_ms() -> int:
    return int(settings.ENV.slow_statement_ms)


def _note(
    sql: str, seconds: float, span: trace.Span | None, parameters: Callable[[], dict[str, Any]]
) -> None:
    text = normalised(sql)
    fingerprint = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    told: dict[str, Any] = {"statement": fingerprint, "what": span.what if span else None}
    metrics.SLOW_STATEMENTS.labels(process=process_name()).inc()
    log.warning("slow_statement", **told, milliseconds=round(seconds * 1000, 1), sql=text)
    if _EXPLAINABLE.match(sql):
        _planner().want(fingerprint, sql, told, parameters)


class _Planner:
    """Asks for plans on a connection of its own, in a thread of its own: nobody waits for it."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, dict[str, Any], dict[str, Any]]] = queue.Queue(
            PLANS_WAITING_MAX
        )
        self._asked_at: dict[str, float] = {}
        threading.Thread(target=self._work, name="plans of slow statements", daemon=True).start()

    def want(
        self, fingerprint: str, sql: str, told: dict[str, Any], parameters: Callable[[], dict[str, Any]]
    ) -> None:
        """Ask for the plan of a statement, unless it was asked for a while ago or too many wait."""
        moment = time.monotonic()
        if moment - self._asked_at.get(fingerprint, float("-inf")) < PLAN_EVERY_SECONDS:
            return
        if len(self._asked_at) >= PLANNED_MAX:
            self._asked_at.clear()
        span = trace.current()
        told = told | ({"trace_id": span.trace_id} if span else {})
        with contextlib.suppress(queue.Full):  # its next slow run asks again
            self._waiting.put_nowait((sql, told, parameters()))
            self._asked_at[fingerprint] = moment

    def _work(self) -> None:
        while True:
            sql, told, parameters = self._waiting.get()
            try:
                log.warning("slow_statement_plan", **told, plan=plan_of(sql, parameters))
            except (
                psycopg.Error
            ) as error:  # a type it cannot know without values; a server that is going down
                log.warning("slow_statement_without_plan", **told, error=type(error).__name__)


def plan_of(sql: str, parameters: dict[str, Any]) -> list[str]:
    """Return the lines of the generic plan, without literals. Raises: psycopg.Error."""
    own = {**parameters, "cursor_factory": psycopg.Cursor, "autocommit": True}
    with psycopg.connect(**own) as connection:
        connection.execute(f"SET statement_timeout = {PLAN_MS_MAX}")
        found = connection.execute(f"EXPLAIN (GENERIC_PLAN) {numbered(sql)}".encode()).fetchall()
    return [_LITERAL.sub("?", line) for (line,) in found]


@cache
def _planner() -> _Planner:
    return _Planner()
