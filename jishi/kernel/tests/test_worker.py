"""Workers as real processes: they retry, bury, keep order, outlive an outage, and replace the dead."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.tests.samples import Moved, steps, stuck, weary
from jishi.kernel.tests.threads import until

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TAKEN_OVER_SECONDS_MAX = 10.0
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give a function that starts a worker on this test's database and returns when it is at work."""
    children: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        before = workers()
        url = urlsplit(os.environ["DATABASE_URL"])
        child = subprocess.Popen(
            [sys.executable, "-m", "jishi.kernel.tests.worker_process"],
            env={
                **os.environ,
                "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
            },
        )
        children.append(child)
        until(lambda: workers() > before)
        return child

    yield start_one
    for child in children:
        child.kill()
        child.wait()


def workers() -> int:
    found = row("SELECT count(*) FROM procrastinate_workers")
    assert found
    return int(found[0])


def jobs_left() -> int:
    """Count the jobs of a test that are not done; those that fall due by the clock meanwhile are not its own."""
    found = row(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name NOT LIKE 'kernel.%%' "
        "AND id NOT IN (SELECT job_id FROM procrastinate_periodic_defers WHERE job_id IS NOT NULL)"
    )
    assert found
    return int(found[0])


def commit(thing: OrderId, *wanted: int) -> None:
    with atomic():
        publish(*(Moved(occurred_at=NOW, thing_id=thing, step=step) for step in wanted))


def test_events_of_each_aggregate_are_handled_once_and_in_order(start: Start) -> None:
    start()
    start()
    things = [OrderId(new_id()) for _ in range(5)]
    for step in range(8):
        for thing in things:
            commit(thing, step)
    until(lambda: len(steps("inside")) + len(steps("outside")) + len(steps("stubborn")) == 120)
    for thing in things:
        for action in ("inside", "outside", "stubborn"):
            found = rows(
                "SELECT (data->>'step')::int FROM kernel_audit_entry WHERE subject_id = %s AND action = %s "
                "ORDER BY id",
                [thing, action],
            )
            assert [step for (step,) in found] == list(range(8))
    until(lambda: jobs_left() == 0)


def test_a_failing_job_is_tried_as_often_as_it_says_and_then_becomes_a_dead_letter(start: Start) -> None:
    start()
    weary.defer(step=4)
    until(lambda: row("SELECT 1 FROM kernel_dead_letter") is not None)
    until(lambda: jobs_left() == 0)
    assert steps("weary") == [4, 4, 4]
    found = row("SELECT name, attempts, arguments, outcome, error FROM kernel_dead_letter")
    assert found
    assert found[:4] == ("tests.weary", 3, '{"step": 4}', "waiting")
    assert "Trouble: step 4, call [phone]" in found[4]


def test_what_follows_a_failing_event_of_its_aggregate_waits_for_it(start: Start) -> None:
    """Steps 1, 13 (fails, dies) and 2 of one thing: 2 comes after the end of 13; others do not wait."""
    thing, other = OrderId(new_id()), OrderId(new_id())
    commit(thing, 1, 13, 2)
    commit(other, 5)
    start()
    until(lambda: len(steps("stubborn")) == 3)
    letters = rows("SELECT name, arguments->'body'->>'step' FROM kernel_dead_letter")
    assert letters == [("on:kernel.tests.samples.stubborn", "13")]
    of_thing = rows(
        "SELECT (data->>'step')::int FROM kernel_audit_entry WHERE action = 'stubborn' AND subject_id = %s "
        "ORDER BY id",
        [thing],
    )
    assert of_thing == [(1,), (2,)]
    # The handler with the patient default is still busy with 13, and lets 2 wait.
    assert sorted(steps("inside")) == [1, 5]


def test_the_jobs_of_a_killed_worker_are_taken_up_within_ten_seconds(start: Start) -> None:
    start()
    start()
    thing = OrderId(new_id())
    stuck.defer(thing_id=thing)
    until(lambda: row("SELECT 1 FROM kernel_audit_entry WHERE subject_id = %s", [thing]) is not None)
    found = row("SELECT action FROM kernel_audit_entry WHERE subject_id = %s", [thing])
    assert found
    os.kill(int(found[0].removeprefix("stuck ")), signal.SIGKILL)
    seconds = until(lambda: steps("unstuck") == [2], seconds=30)
    assert seconds < TAKEN_OVER_SECONDS_MAX
    until(lambda: jobs_left() == 0)


def test_a_worker_survives_the_loss_of_its_connections(start: Start) -> None:
    ours = [pid for (pid,) in rows("SELECT pid FROM pg_stat_activity")]
    child = start()
    cut = execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> ALL(%s)",
        [ours],
    )
    assert cut > 2
    thing = OrderId(new_id())
    commit(thing, 1)
    until(lambda: sorted(steps("inside") + steps("outside")) == [1, 1])
    assert child.poll() is None


def test_periodic_jobs_run_by_the_clock_once_for_all_workers(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICK", "1")
    start()
    start()
    until(lambda: len(steps("tick")) >= 10)
    found = row(
        "SELECT count(*), extract(epoch FROM max(recorded_at) - min(recorded_at)) FROM kernel_audit_entry "
        "WHERE action = 'tick'"
    )
    assert found is not None
    ticks, seconds = found
    # Two workers that both ran every tick would have twice as many; the first may have waited for the start.
    assert ticks <= seconds + 3


def test_a_worker_told_to_stop_finishes_what_it_runs(start: Start) -> None:
    child = start()
    thing = OrderId(new_id())
    commit(thing, *range(30))
    until(lambda: len(steps("inside")) > 2)
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0
    assert row("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == (0,)
    assert workers() == 0


def test_the_last_attempt_that_killed_its_worker_becomes_a_dead_letter() -> None:
    from jishi.kernel.jobs import stalled

    stuck.defer(thing_id=OrderId(new_id()))
    execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 9")
    assert stalled.sweep(stalled.Running()) == 1
    found = row("SELECT name, attempts, error FROM kernel_dead_letter")
    assert found
    assert found[:2] == ("tests.stuck", 10)
    assert "WorkerDied" in found[2]
    assert jobs_left() == 0
