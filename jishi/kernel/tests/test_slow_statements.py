"""Slow SQL is written down with what it belongs to and how PostgreSQL goes about it, never with its values."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from jishi.kernel import logging as jishi_logging
from jishi.kernel import slow_statements, trace
from jishi.kernel.db import rows
from jishi.kernel.models import DeadLetter
from jishi.kernel.slow_statements import normalised, numbered
from tests.engines import wait_until

SECRET = "欧阳慕白渊 13987654321"
SLEEP = "SELECT pg_sleep(%s), %s::text, 'a literal 13987654321'"


class Lines:
    """What was written to the log so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def called(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of one event."""
        found = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [line for line in found if line["event"] == event]

    def __str__(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def lines(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Give the lines that are written, with a limit of 50 ms."""
    settings.ENV = replace(settings.ENV, slow_statement_ms=50)
    slow_statements._limit_ms.cache_clear()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    found = Lines()
    monkeypatch.setattr(sys, "stderr", found.stream)
    jishi_logging.configure("INFO")
    yield found
    root.handlers[:], root.level = handlers, level
    slow_statements._limit_ms.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_slow_statement_is_told_with_its_work_its_text_and_its_plan_without_values(lines: Lines) -> None:
    with trace.Span("POST api/v1/slow", trace.WEB) as span:
        rows(SLEEP, [0.06, SECRET])
        rows("SELECT 1")
    assert (span.statements, span.sql_seconds > 0.06) == (2, True)
    (line,) = lines.called("slow_statement")
    assert line["what"] == "POST api/v1/slow"
    assert line["trace_id"] == span.trace_id
    assert line["sql"] == "SELECT pg_sleep(%s), %s::text, ?"
    assert float(str(line["milliseconds"])) >= 60
    wait_until(lambda: bool(lines.called("slow_statement_plan")), what="the plan", seconds_max=10)
    (plan,) = lines.called("slow_statement_plan")
    assert (plan["statement"], plan["trace_id"]) == (line["statement"], span.trace_id)
    assert "Result" in str(plan["plan"])
    assert "13987654321" not in str(lines)
    assert "欧阳" not in str(lines)


@pytest.mark.django_db(transaction=True)
def test_a_plan_is_asked_for_once_in_a_while_and_the_orm_is_watched_too(lines: Lines) -> None:
    for _ in range(3):
        list(DeadLetter.objects.extra(where=["pg_sleep(0.06) IS NOT NULL OR name = %s"], params=[SECRET])[:1])
        rows("SELECT pg_sleep(%s) FROM generate_series(1, 3)", [0.02])
    assert len(lines.called("slow_statement")) >= 3
    wait_until(lambda: bool(lines.called("slow_statement_plan")), what="a plan", seconds_max=10)
    told = [line["statement"] for line in lines.called("slow_statement_plan")]
    assert len(told) == len(set(told))
    assert SECRET not in str(lines)


@pytest.mark.django_db(transaction=True)
def test_a_statement_without_a_plan_says_why(lines: Lines) -> None:
    rows("SELECT pg_sleep(0.06), %s + %s", [1, 2])  # of which types, nobody can tell
    wait_until(lambda: bool(lines.called("slow_statement_without_plan")), what="its line", seconds_max=10)
    assert lines.called("slow_statement_without_plan")[0]["error"] == "AmbiguousFunction"
    assert connection.connection is None or not connection.needs_rollback


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT  *\n FROM t WHERE a = 'it''s me' AND b = %s", "SELECT * FROM t WHERE a = ? AND b = %s"),
        ("WHERE a IN (%s, %s, %s)", "WHERE a IN (%s, …)"),
    ],
)
def test_texts_are_normalised(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = %s AND b LIKE '%%x' AND c = %s", "a = $1 AND b LIKE '%x' AND c = $2"),
        ("a = %(one)s AND b = %(two)s OR c = %(one)s", "a = $1 AND b = $2 OR c = $1"),
    ],
)
def test_placeholders_are_numbered(text: str, expected: str) -> None:
    assert numbered(text) == expected
