"""The kernel's nightly jobs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from jishi.kernel import tasks
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import new_id
from jishi.kernel.tables import id_floor

NOW = datetime.now(UTC)


def id_of(days_ago: float) -> UUID:
    return UUID(int=id_floor(NOW - timedelta(days=days_ago)).int + new_id().int % 2**62)


@pytest.mark.django_db(transaction=True)
def test_the_purge_forgets_what_is_old_and_done_only() -> None:
    for days, dispatched in ((1, True), (5, True), (5, False)):
        execute(
            "INSERT INTO kernel_outbox (id, name, aggregate_id, body, dispatched_at) "
            "VALUES (%s, %s, %s, '{}', %s)",
            [id_of(days), f"{days} {dispatched}", new_id(), NOW if dispatched else None],
        )
    for days in (1, 40):
        execute("INSERT INTO kernel_handled (handler, event_id) VALUES (%s, %s)", [str(days), id_of(days)])
        execute(
            "INSERT INTO kernel_idempotency_key (owner_id, key, request_hash, created_at) "
            "VALUES (%s, %s, '', %s)",
            [new_id(), str(days), NOW - timedelta(days=days)],
        )
    tasks.purge(now=NOW)
    assert rows("SELECT name FROM kernel_outbox ORDER BY 1") == [("1 True",), ("5 False",)]
    assert rows("SELECT handler FROM kernel_handled") == [("1",)]
    assert rows("SELECT key FROM kernel_idempotency_key") == [("1",)]


@pytest.mark.django_db(transaction=True)
def test_the_months_ahead_have_their_partitions() -> None:
    tasks.make_partitions(now=NOW)
    for months in range(4):
        year, month = divmod(NOW.year * 12 + NOW.month - 1 + months, 12)
        name = f"kernel_outbox_y{year}m{month + 1:02}"
        assert rows("SELECT to_regclass(%s) IS NOT NULL", [name]) == [(True,)]
