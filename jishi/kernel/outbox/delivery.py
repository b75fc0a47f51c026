"""Giving one event to one handler: once, and never an old one after a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jishi.kernel.db import atomic, execute, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one handler."""

    handler: str
    event_id: UUID
    aggregate_id: UUID
    sequence: int


def run_inside(delivery: Delivery, call: Callable[[], None], *, latest_only: bool) -> None:
    """Run the handler in one transaction with the proof that it ran: its effect is there exactly once."""
    with atomic():
        if _note_handled(delivery) and not (latest_only and not _note_seen(delivery)):
            call()


def run_outside(delivery: Delivery, call: Callable[[], None], *, latest_only: bool) -> None:
    """Run the handler without a transaction, at least once: a crash before the proof repeats it."""
    if _was_handled(delivery) or (latest_only and _saw_newer(delivery)):
        return
    call()
    with atomic():
        _note_handled(delivery)
        if latest_only:
            _note_seen(delivery)


def _note_handled(delivery: Delivery) -> bool:
    """Write the proof; False when it was there. A second worker waits here until the first has committed."""
    return bool(
        execute(
            "INSERT INTO kernel_handled (handler, event_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [delivery.handler, delivery.event_id],
        )
    )


def _note_seen(delivery: Delivery) -> bool:
    """Move the aggregate's mark forward; False when it already stands at a newer event."""
    return bool(
        execute(
            "INSERT INTO kernel_seen AS seen (handler, aggregate_id, sequence) VALUES (%s, %s, %s) "
            "ON CONFLICT (handler, aggregate_id) DO UPDATE SET sequence = excluded.sequence "
            "WHERE seen.sequence < excluded.sequence",
            [delivery.handler, delivery.aggregate_id, delivery.sequence],
        )
    )


def _was_handled(delivery: Delivery) -> bool:
    found = row(
        "SELECT 1 FROM kernel_handled WHERE handler = %s AND event_id = %s",
        [delivery.handler, delivery.event_id],
    )
    return found is not None


def _saw_newer(delivery: Delivery) -> bool:
    found = row(
        "SELECT sequence FROM kernel_seen WHERE handler = %s AND aggregate_id = %s",
        [delivery.handler, delivery.aggregate_id],
    )
    return found is not None and found[0] > delivery.sequence
