"""What falls due by the clock is queued as every other job is: under its lock."""

import asyncio
from datetime import datetime

import procrastinate
from procrastinate.periodic import PeriodicDeferrer
from procrastinate.testing import InMemoryConnector

from jishi.kernel import worker
from jishi.kernel.jobs import job, periodic
from jishi.kernel.jobs.registry import JOBS, Job, discover


def locks_of(jobs: list[Job[..., None]]) -> dict[str, str | None]:
    """Let each job fall due once; return the locks that they were queued under."""
    connector = InMemoryConnector()
    app = procrastinate.App(connector=connector)
    for one in jobs:
        worker._register(app, one)  # what a worker does when it starts

    async def fall_due() -> None:
        async with app.open_async():
            registry = app.periodic_registry
            due = [(task, 1_764_547_200) for task in registry.periodic_tasks.values()]
            await PeriodicDeferrer(registry=registry).defer_jobs(due)

    asyncio.run(fall_due())
    return {row["task_name"]: row["lock"] for row in connector.jobs.values()}


def test_a_job_that_falls_due_takes_its_lock() -> None:
    @periodic("* * * * *")
    @job(name="test.fill_shelves", lock="shelves")
    def fill_shelves(*, now: datetime) -> None:
        del now

    @periodic("* * * * *")
    @job(name="test.look_around")
    def look_around() -> None: ...

    try:
        assert locks_of([fill_shelves, look_around]) == {
            "test.fill_shelves": "shelves",
            "test.look_around": None,
        }
    finally:
        del JOBS["test.fill_shelves"], JOBS["test.look_around"]


def test_our_jobs_that_must_not_meet_each_other_do_not() -> None:
    """A minute's job that takes longer than a minute would otherwise meet its next run, or another of its lock."""
    discover()
    found = locks_of([one for one in JOBS.values() if one.cron])

    assert found["flows.payment_tasks.settle_daily"] == "flows.settle_daily"
    assert found["flows.payment_tasks.poll_payments"] == "flows.poll_payments"
    assert found["offering.flash.follow_sessions"] == found["entry.demo.plan_flash_sales"] == "flash.sessions"
