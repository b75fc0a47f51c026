"""Traces go where the work goes: into jobs, scheduled ones too, and through the outbox."""

import timeit
from datetime import UTC, datetime, timedelta

import pytest

from jishi.kernel import metrics, trace
from jishi.kernel.db import atomic, row
from jishi.kernel.drain import drain
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.jobs import JobContext, dead_letters, queue
from jishi.kernel.jobs.registry import JOBS, ONCE, Job
from jishi.kernel.outbox import publish
from jishi.kernel.tests.samples import Moved

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
COST_SECONDS_MAX = (
    40e-6  # of a span and of counting an answer each, on a slow machine: some 3 on an ordinary one
)


def test_a_span_inside_belongs_to_the_one_around_it() -> None:
    with trace.Span("outer", trace.WEB) as outer, trace.Span("inner", trace.CALL) as inner:
        assert trace.current() is inner
        assert inner.trace_id == outer.trace_id
        assert inner.span_id != outer.span_id
        assert trace.carried() == f"00-{outer.trace_id}-{inner.span_id}-00"
    assert trace.current() is None
    assert trace.carried() is None


def test_what_another_process_wrote_is_read_and_nonsense_is_not() -> None:
    with trace.Span("outer", trace.WEB) as outer:
        found = trace.read(outer.traceparent)
    assert found is not None
    assert (found.trace_id, found.span_id, found.is_sampled) == (outer.trace_id, outer.span_id, False)
    for nonsense in (None, "", "00-1-2-01", f"01-{'a' * 32}-{'b' * 16}-01", f"00-{'A' * 32}-{'b' * 16}-01"):
        assert trace.read(nonsense) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("later", [None, timedelta(hours=1)])
def test_a_job_goes_on_with_the_trace_that_enqueued_it(
    monkeypatch: pytest.MonkeyPatch, later: timedelta | None
) -> None:
    seen: list[trace.Span | None] = []
    job = Job(lambda: seen.append(trace.current()), name="tests.traced", retry=ONCE, lock=None, priority=0)
    monkeypatch.setitem(JOBS, job.name, job)
    with trace.Span("asking", trace.WEB) as span, atomic():
        job.defer(at=NOW + later if later else None)
    drain(now=NOW + timedelta(hours=2))
    assert seen[0] is not None
    assert seen[0].trace_id == span.trace_id
    assert seen[0].what == "tests.traced"


@pytest.mark.django_db(transaction=True)
def test_an_event_keeps_the_trace_that_published_it() -> None:
    with trace.Span("publishing", trace.WEB) as span, atomic():
        publish(Moved(occurred_at=NOW, thing_id=OrderId(new_id()), step=1))
    assert row("SELECT trace FROM kernel_outbox") == (span.traceparent,)


@pytest.mark.django_db(transaction=True)
def test_a_dead_letter_keeps_the_jobs_own_arguments_only() -> None:
    context = JobContext(job_id=1, name="tests.dead", lock=None, attempt=1, read_clock=lambda: NOW)
    dead_letters.bury(context, {"number": 7, queue.TRACE: "00-x"}, ValueError())
    assert row("SELECT arguments::text FROM kernel_dead_letter") == ('{"number": 7}',)


def test_watching_costs_next_to_nothing_where_nobody_collects() -> None:
    def request() -> None:
        with trace.Span("GET products", trace.WEB):
            pass

    def answer() -> None:
        metrics.request_answered("GET", "tests/cost", 200, 0.001)

    for work in (request, answer):
        assert min(timeit.repeat(work, number=2_000, repeat=5)) / 2_000 < COST_SECONDS_MAX
