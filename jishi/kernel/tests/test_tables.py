"""Tables that only grow."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.ids import new_id
from jishi.kernel.tables import drop_empty_partitions, id_floor, make_coming_partitions

NOW = datetime.now(UTC)


def record_one() -> None:
    audit.record(
        actor=new_id(),
        actor_kind="platform",
        action="merchant.suspend",
        subject_kind="merchant",
        subject_id=new_id(),
        merchant_id=None,
        data={"reason": "test", "orders": [new_id()]},
        now=NOW,
    )


def partition_of(table: str) -> str:
    found = row(f"SELECT tableoid::regclass::text FROM {table} LIMIT 1")
    assert found
    return str(found[0])


@pytest.mark.django_db(transaction=True)
def test_an_audit_entry_lands_in_the_partition_of_its_month() -> None:
    record_one()
    assert partition_of("kernel_audit_entry") == f"kernel_audit_entry_y{NOW:%Y}m{NOW:%m}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_audit_entry SET action = 'nothing'",
        "DELETE FROM kernel_audit_entry",
        "TRUNCATE kernel_audit_entry",
        "TRUNCATE {partition}",
        "DELETE FROM {partition}",
    ],
)
def test_what_is_recorded_cannot_be_changed(statement: str) -> None:
    record_one()
    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement.format(partition=partition_of("kernel_audit_entry")))
    assert row("SELECT action FROM kernel_audit_entry") == ("merchant.suspend",)


@pytest.mark.django_db(transaction=True)
def test_coming_months_get_partitions_that_are_closed_too() -> None:
    later = NOW + timedelta(days=400)
    with atomic():
        make_coming_partitions(now=later)
        make_coming_partitions(now=later)
    far = f"kernel_audit_entry_y{later:%Y}m{later:%m}"
    execute(
        "INSERT INTO kernel_audit_entry (id, recorded_at, actor_kind, action, subject_kind, subject_id, "
        "data) VALUES (%s, now(), 'system', 'a', 'b', %s, '{}')",
        [UUID(int=id_floor(later).int + 7), new_id()],
    )
    assert partition_of("kernel_audit_entry") == far
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"TRUNCATE {far}")
    assert rows("SELECT to_regclass(%s)", [f"kernel_outbox_y{later:%Y}m{later:%m}"]) != [(None,)]
    _drop_partitions_after(NOW + timedelta(days=200))


@pytest.mark.django_db(transaction=True)
def test_only_past_and_empty_partitions_are_dropped() -> None:
    with atomic():
        make_coming_partitions(now=datetime(2001, 2, 10, tzinfo=UTC), months=1)
    execute(
        "INSERT INTO kernel_outbox (id, name, aggregate_id, body) VALUES (%s, 'old', %s, '{}')",
        [UUID(int=id_floor(datetime(2001, 2, 3, tzinfo=UTC)).int + 1), new_id()],
    )
    with atomic():
        assert drop_empty_partitions("kernel_outbox", before=datetime(2001, 4, 1, tzinfo=UTC)) == 1
        assert drop_empty_partitions("kernel_outbox", before=datetime(2001, 4, 1, tzinfo=UTC)) == 0
    execute("DELETE FROM kernel_outbox")
    with atomic():
        assert drop_empty_partitions("kernel_outbox", before=NOW) == 1
        execute("DROP TABLE kernel_audit_entry_y2001m02, kernel_audit_entry_y2001m03")


def test_an_id_sorts_between_the_floors_of_its_second() -> None:
    made = new_id()
    assert id_floor(NOW - timedelta(days=1)) < made < id_floor(NOW + timedelta(days=1))


def _drop_partitions_after(instant: datetime) -> None:
    """Leave the database as it was for the next test: partitions are no rows and survive cleaning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relid::regclass::text FROM pg_partition_tree('kernel_audit_entry') WHERE level = 1 "
            "UNION SELECT relid::regclass::text FROM pg_partition_tree('kernel_outbox') WHERE level = 1"
        )
        for (name,) in cursor.fetchall():
            if not name.endswith("_rest") and name.split("_y")[-1] > f"{instant:%Y}m{instant:%m}":
                cursor.execute(f"DROP TABLE {name}")
