"""Jobs: enqueued with their transaction, run with their types, now or at their hour."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.drain import drain
from jishi.kernel.errors import NotFound, ProgrammingError
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.jobs import Retry, discover, dismiss_dead_letter, retry_dead_letter
from jishi.kernel.jobs import job as make_job
from jishi.kernel.jobs.context import JobContext
from jishi.kernel.jobs.dead_letters import bury
from jishi.kernel.jobs.registry import JOBS, add_to_registry
from jishi.kernel.money import Money
from jishi.kernel.outbox import subscribe
from jishi.kernel.tests.samples import Moved, Trouble, rolled_back, sample_job, steps

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PRICE = Money(1250, "CNY")


def test_a_job_is_a_function_too_and_needs_its_arguments() -> None:
    with pytest.raises(ProgrammingError, match=r"missing \['price', 'step'\], unknown \['colour'\]"):
        sample_job.defer(thing_id=OrderId(new_id()), colour="red")
    with pytest.raises(ProgrammingError, match="two jobs"):
        add_to_registry(sample_job)
    with pytest.raises(ProgrammingError, match="longer"):
        make_job(name="x" * 129)(lambda: None)


@pytest.fixture(autouse=True)
def _nobody_listens() -> None:
    subscribe({Moved: ()})


@given(st.integers(min_value=1, max_value=60))
def test_a_rest_doubles_up_to_the_longest(failures: int) -> None:
    retry = Retry(first=timedelta(seconds=2), longest=timedelta(minutes=5))
    exact = min(2 * 2 ** (failures - 1), 300)
    assert exact <= retry.delay(failures).total_seconds() <= exact * 1.2


@pytest.mark.django_db(transaction=True)
def test_a_job_comes_back_with_its_types_and_the_time() -> None:
    thing = OrderId(new_id())
    with atomic():
        sample_job.defer(thing_id=thing, step=3, price=PRICE, word="typed")
    assert drain(now=NOW) == 1
    found = row("SELECT action, subject_id, recorded_at FROM kernel_audit_entry")
    assert found == ("job typed 1250", thing, NOW)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_rolled_back_transaction_never_was() -> None:
    rolled_back(lambda: sample_job.defer(thing_id=OrderId(new_id()), step=1, price=PRICE))
    rolled_back(lambda: sample_job.defer(thing_id=OrderId(new_id()), step=2, price=PRICE, at=NOW))
    assert drain(now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_job_waits_for_its_hour() -> None:
    with atomic():
        for step, minutes in ((1, 30), (2, 10), (3, 20)):
            sample_job.defer(
                at=NOW + timedelta(minutes=minutes), thing_id=OrderId(new_id()), step=step, price=PRICE
            )
    assert drain(now=NOW + timedelta(minutes=9)) == 0
    assert drain(now=NOW + timedelta(minutes=25)) == 2
    assert steps("job none 1250") == [2, 3]
    assert drain(now=NOW + timedelta(minutes=30)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_jobs_are_one_statement_and_keep_their_order() -> None:
    thing = OrderId(new_id())
    with atomic():
        sample_job.defer_many([{"thing_id": thing, "step": step, "price": PRICE} for step in range(20)])
        sample_job.defer_many([])
    locks = rows("SELECT DISTINCT lock FROM procrastinate_jobs")
    assert locks == [(f"thing:{thing}",)]
    assert drain() == 20
    assert steps("job none 1250") == list(range(20))


def a_dead_letter() -> None:
    context = JobContext(job_id=77, name=sample_job.name, lock="thing:x", attempt=10, read_clock=lambda: NOW)
    arguments = sample_job.call_with({"thing_id": OrderId(new_id()), "step": 5, "price": PRICE}).arguments
    try:
        raise Trouble("somebody at someone@example.com, 13800138000")
    except Trouble as error:
        bury(context, arguments, error)
        bury(context, arguments, error)


@pytest.mark.django_db(transaction=True)
def test_a_dead_letter_can_be_retried_once() -> None:
    a_dead_letter()
    found = rows("SELECT id, name, attempts, error, died_at FROM kernel_dead_letter")
    assert len(found) == 1
    letter_id, name, attempts, error, died_at = found[0]
    assert (name, attempts, died_at) == ("tests.sample", 10, NOW)
    assert "Trouble: somebody at [mail], [phone]" in error
    retry_dead_letter(letter_id, now=NOW)
    with pytest.raises(NotFound):
        retry_dead_letter(letter_id, now=NOW)
    assert drain() == 1
    assert steps("job none 1250") == [5]


@pytest.mark.django_db(transaction=True)
def test_a_dead_letter_can_be_dismissed() -> None:
    a_dead_letter()
    found = row("SELECT id FROM kernel_dead_letter")
    assert found
    dismiss_dead_letter(found[0], now=NOW)
    with pytest.raises(NotFound):
        retry_dead_letter(found[0], now=NOW)
    assert drain() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_of_another_release_fails_loudly() -> None:
    execute("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'gone', '{}')")
    with pytest.raises(ProgrammingError, match="gone"):
        drain()


def test_workers_find_every_tasks_module() -> None:
    discover()
    assert {"kernel.tasks.make_partitions", "kernel.tasks.purge"} <= JOBS.keys()
    assert JOBS["kernel.tasks.purge"].cron == "15 19 * * *"


@pytest.mark.django_db(transaction=True)
def test_procrastinate_adds_no_triggers_to_an_insert() -> None:
    """A release that brings them back, under new names, would make commits wait for each other again."""
    found = rows(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'procrastinate_jobs'::regclass AND NOT tgisinternal "
        "AND tgenabled <> 'D' ORDER BY 1"
    )
    assert [name for (name,) in found] == [
        "procrastinate_jobs_notify_queue_job_aborted_v1",
        "procrastinate_trigger_abort_requested_events_v1",
        "procrastinate_trigger_delete_jobs_v1",
    ]
