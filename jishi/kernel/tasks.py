"""The kernel's own jobs: coming partitions and purges. Times are UTC: 19:00 is 3 in China."""

from datetime import datetime, timedelta

from jishi.kernel.db import atomic, execute
from jishi.kernel.jobs import job, periodic
from jishi.kernel.tables import drop_empty_partitions, id_floor, make_coming_partitions

OUTBOX_KEPT = timedelta(days=3)
PROOFS_KEPT = timedelta(days=30)  # longer than any event can still be on its way
KEYS_KEPT = timedelta(days=30)
CLOSED_LETTERS_KEPT = timedelta(days=90)
PURGE_BATCH = 10_000


@periodic("5 19 * * *")
@job(lock="kernel.partitions")
def make_partitions(*, now: datetime) -> None:
    """Make the coming months' partitions of all append-only tables."""
    with atomic():
        make_coming_partitions(now=now)


@periodic("15 19 * * *")
@job(lock="kernel.purge")
def purge(*, now: datetime) -> None:
    """Forget what nobody can need any more: dispatched events, proofs, keys, closed dead letters."""
    _delete_in_batches(
        "kernel_outbox", "id", "id < %s AND dispatched_at IS NOT NULL", id_floor(now - OUTBOX_KEPT)
    )
    _delete_in_batches("kernel_handled", "(handler, event_id)", "event_id < %s", id_floor(now - PROOFS_KEPT))
    _delete_in_batches("kernel_idempotency_key", "(owner_id, key)", "created_at < %s", now - KEYS_KEPT)
    _delete_in_batches("kernel_dead_letter", "id", "closed_at < %s", now - CLOSED_LETTERS_KEPT)
    with atomic():
        drop_empty_partitions("kernel_outbox", before=now - OUTBOX_KEPT)


def _delete_in_batches(table: str, key: str, condition: str, bound: object) -> None:
    """Delete in short statements, so that no lock is held for long."""
    statement = (
        f"DELETE FROM {table} WHERE {key} IN "
        f"(SELECT {key.strip('()')} FROM {table} WHERE {condition} LIMIT {PURGE_BATCH})"
    )
    while execute(statement, [bound]) == PURGE_BATCH:
        pass
