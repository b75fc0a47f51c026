"""Events, handlers and jobs that only the kernel's tests know; their effects are audit entries."""

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from jishi.kernel import audit, live
from jishi.kernel.db import atomic, in_transaction, rows
from jishi.kernel.events import Event
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.jobs import Retry, job
from jishi.kernel.jobs.registry import JOBS
from jishi.kernel.money import Money
from jishi.kernel.network import network
from jishi.kernel.outbox import handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    name: ClassVar[str] = "tests.moved"

    thing_id: OrderId
    step: int
    price: Money = field(default_factory=lambda: Money(100, "CNY"))

    @property
    def aggregate_id(self) -> UUID:
        return self.thing_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Event):
    name: ClassVar[str] = "tests.unheard"

    thing_id: OrderId

    @property
    def aggregate_id(self) -> UUID:
        return self.thing_id


class Trouble(Exception):
    """What a test's handler fails with."""


trouble_at: set[int] = set()  # the steps at which handlers fail


def rolled_back(work: Callable[[], None]) -> None:
    """Do the work in a transaction that does not commit."""
    with contextlib.suppress(Trouble), atomic():
        work()
        raise Trouble


def note(action: str, subject_id: UUID, step: int, now: datetime) -> None:
    """Leave a trace that commits and rolls back with its transaction."""
    audit.record(
        actor=None,
        actor_kind="system",
        action=action,
        subject_kind="test",
        subject_id=subject_id,
        merchant_id=None,
        data={"step": step},
        now=now,
    )


def steps(action: str) -> list[int]:
    """Return the steps that were noted, in the order in which they were."""
    found = rows(
        "SELECT (data->>'step')::int FROM kernel_audit_entry WHERE action = %s ORDER BY id", [action]
    )
    return [step for (step,) in found]


def inside(event: Moved) -> None:
    assert in_transaction()
    note("inside", event.thing_id, event.step, event.occurred_at)
    if event.step in trouble_at:
        raise Trouble(f"step {event.step}, call 13800138000")


def told_the_time(event: Moved, *, now: datetime) -> None:
    assert event.price == Money(100, "CNY")
    note("timed", event.thing_id, event.step, now)


@handler(own_transaction=True)
def outside(event: Moved) -> None:
    with network():
        live.publish(f"order:{event.thing_id}", "moved", {"step": event.step})
    with atomic():
        note("outside", event.thing_id, event.step, event.occurred_at)


@handler(latest_only=True)
def newest(event: Moved) -> None:
    note("newest", event.thing_id, event.step, event.occurred_at)


@handler(own_transaction=True, latest_only=True)
def newest_outside(event: Moved) -> None:
    with atomic():
        note("newest outside", event.thing_id, event.step, event.occurred_at)


@handler(retry=Retry(attempts=3, first=timedelta(milliseconds=50), longest=timedelta(milliseconds=200)))
def stubborn(event: Moved) -> None:
    note("stubborn", event.thing_id, event.step, event.occurred_at)
    if event.step in trouble_at:
        raise Trouble(f"step {event.step}, call 13800138000")


def _sample_job(*, thing_id: OrderId, step: int, price: Money, now: datetime, word: str = "none") -> None:
    with atomic():
        note(f"job {word} {price.amount_minor}", thing_id, step, now)


JOBS.pop("tests.sample", None)
sample_job = job(name="tests.sample", lock="thing:{thing_id}")(_sample_job)


def _stuck(*, thing_id: OrderId, now: datetime) -> None:
    """Hang in the first worker that takes it, whose process it names; do the work in the second."""
    with atomic():
        note(f"stuck {os.getpid()}", thing_id, 1, now)
    if len(rows("SELECT 1 FROM kernel_audit_entry WHERE subject_id = %s", [thing_id])) == 1:
        threading.Event().wait(120)
    with atomic():
        note("unstuck", thing_id, 2, now)


JOBS.pop("tests.stuck", None)
stuck = job(name="tests.stuck", lock="stuck")(_stuck)


def _tick(*, now: datetime) -> None:
    with atomic():
        note("tick", new_id(), now.second, now)


JOBS.pop("tests.tick", None)
tick = job(name="tests.tick")(_tick)

_WEARY = Retry(attempts=3, first=timedelta(milliseconds=20), longest=timedelta(milliseconds=100))


def _weary(*, step: int, now: datetime) -> None:
    with atomic():
        note("weary", new_id(), step, now)
    raise Trouble(f"step {step}, call 13800138000")


JOBS.pop("tests.weary", None)
weary = job(name="tests.weary", retry=_WEARY)(_weary)
