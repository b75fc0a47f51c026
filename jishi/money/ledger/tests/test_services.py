"""Booking on a real PostgreSQL: once per key, never out of balance, never changed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from jishi.kernel.db import execute, rows
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId, new_id
from jishi.kernel.money import Money
from jishi.kernel.tables import make_coming_partitions
from jishi.money.ledger import queries, rules, services
from jishi.money.ledger.types import Journal, JournalKind, Posting, Sides

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, tzinfo=UTC)
REFUSED = r"append-only|permission denied|must be owner"


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def purchase(order_id: UUID | None = None, paid: int = 7500) -> Journal:
    order = order_id or new_id()
    sides = Sides(paid=cny(paid), points=cny(300), subsidy=cny(2000), commission=cny(450))
    return rules.captured(part_id=order, order_id=order, channel="alipay", sides=sides, at=AT)


def test_a_journal_is_booked_and_read_back() -> None:
    journal = purchase()
    assert services.post(journal)
    assert queries.journals_of(journal.reference_id) == [journal]
    assert queries.balance("order_escrow") == cny(7800)
    assert queries.balance("channel_clearing:alipay") == cny(7500)
    assert queries.balance("points_liability") == cny(-300)


def test_booking_a_key_twice_books_it_once() -> None:
    journal = purchase()
    assert services.post(journal)
    assert not services.post(journal)
    assert queries.balance("order_escrow") == cny(7800)


def test_a_key_never_stands_for_two_bookings() -> None:
    order = new_id()
    services.post(purchase(order))
    with pytest.raises(services.KeyTaken):
        services.post(purchase(order, paid=7501))
    with pytest.raises(services.KeyTaken):
        services.post_all([purchase(order), purchase(order)])


def test_many_journals_take_one_statement_and_a_repetition_two() -> None:
    journals = [purchase() for _ in range(20)]
    with CaptureQueriesContext(connection) as opening:
        assert services.post(purchase())
    with CaptureQueriesContext(connection) as first:
        assert services.post_all(journals) == 20
    with CaptureQueriesContext(connection) as second:
        assert services.post_all([*journals, purchase()]) == 1
    assert [len(one) for one in (opening, first, second)] == [3, 1, 2]


def test_an_unbalanced_journal_is_refused_before_the_database() -> None:
    crooked = Journal(
        kind=JournalKind.ADJUSTMENT,
        key="crooked",
        reference_id=new_id(),
        postings=(Posting("bank", cny(100)), Posting("equity", cny(-99))),
        at=AT,
    )
    with pytest.raises(services.Unbalanced):
        services.post(crooked)


def booked() -> UUID:
    """Book a purchase and return the id of its journal."""
    journal = purchase()
    services.post(journal)
    ((journal_id,),) = rows("SELECT id FROM ledger_journal WHERE key = %s", [journal.key])
    return UUID(str(journal_id))


def add_to_journals(*wishes: tuple[UUID, int, str]) -> None:
    """Post amounts to journals that are there, with one statement."""
    with transaction.atomic():
        execute(
            "INSERT INTO ledger_posting (id, journal_id, account_id, amount_minor, currency) "
            "SELECT wish.id, wish.journal_id, (SELECT min(id) FROM ledger_account), wish.amount, wish.currency "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[]) "
            "AS wish(id, journal_id, amount, currency)",
            [[new_id() for _ in wishes], *(list(column) for column in zip(*wishes, strict=True))],
        )


def test_the_database_refuses_a_posting_that_breaks_a_balanced_journal() -> None:
    journal = booked()
    with pytest.raises(IntegrityError, match=f"journal {journal} does not sum to zero"):
        add_to_journals((journal, 1, "CNY"))


def test_the_database_refuses_currencies_that_only_cancel_each_other_out() -> None:
    journal = booked()
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        add_to_journals((journal, 5, "USD"), (journal, -5, "EUR"))


def test_a_statement_balances_every_journal_by_itself() -> None:
    """What it adds to one cannot make up for what another lacks."""
    first, second = booked(), booked()
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        add_to_journals((first, 5, "CNY"), (second, -5, "CNY"))
    add_to_journals((first, 5, "CNY"), (second, 7, "CNY"), (first, -5, "CNY"), (second, -7, "CNY"))
    assert queries.unbalanced_journals() == []


@pytest.mark.parametrize("table", ["ledger_account", "ledger_journal", "ledger_posting", "payments_callback"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_booked_is_ever_changed(table: str, change: str) -> None:
    services.post(purchase())
    if table == "payments_callback":
        execute(
            "INSERT INTO payments_callback (id, received_at, channel, outcome, reason, body_digest) "
            "VALUES (%s, %s, 'alipay', 'forged', '', '')",
            [new_id(), AT],
        )
    before = rows(f"SELECT count(*) FROM {table}")
    assert before[0][0] > 0
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        execute(change.format(table))
    assert rows(f"SELECT count(*) FROM {table}") == before


def test_the_partitions_refuse_too() -> None:
    services.post(purchase())
    for (partition,) in rows(
        "SELECT relid::regclass::text FROM pg_partition_tree('ledger_posting') WHERE isleaf"
    ):
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            execute(f"TRUNCATE {partition}")


def test_postings_land_in_the_partition_of_their_month() -> None:
    services.post(purchase())
    assert rows("SELECT DISTINCT tableoid::regclass::text ~ '_y[0-9]{4}m[0-9]{2}$' FROM ledger_posting") == [
        (True,)
    ]


@pytest.mark.django_db(transaction=True)
def test_booking_belongs_into_a_transaction() -> None:
    with pytest.raises(ProgrammingError):
        services.post(purchase())


def test_a_trial_balance_lists_every_account_and_balances() -> None:
    merchant = MerchantId(new_id())
    order = new_id()
    sides = Sides(paid=cny(7500), points=cny(300), subsidy=cny(2000), commission=cny(450))
    services.post_all(
        [
            rules.captured(part_id=order, order_id=order, channel="wechat", sides=sides, at=AT),
            rules.completed(order_id=order, merchant_id=merchant, sides=sides, at=AT),
        ]
    )
    assert queries.imbalance() == {}
    assert queries.unbalanced_journals() == []
    found = {line.account: line.balance.amount_minor for line in queries.trial_balance()}
    assert found == {
        "channel_clearing:wechat": 7500,
        "commission_revenue": 450,
        f"merchant_payable:{merchant}": 9350,
        "order_escrow": 0,
        "points_liability": -300,
        "promotion_expense": 2000,
    }
    assert [line.account for line in queries.balances("merchant_payable:")] == [
        f"merchant_payable:{merchant}"
    ]


# -- another owner -------------------------------------------------------------------------------------------


def test_the_connected_role_does_not_own_the_ledger() -> None:
    assert queries.belongs_to_another_role()


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_journal DISABLE TRIGGER append_only",
        "DROP TRIGGER balanced ON ledger_posting",
        "ALTER TABLE ledger_posting DETACH PARTITION ledger_posting_rest",
        "TRUNCATE ledger_posting_rest",
        "INSERT INTO ledger_posting_rest SELECT * FROM ledger_posting",
        "SET ROLE jishi_ledger_keeper",
    ],
)
def test_the_connected_role_can_not_take_the_guards_away(attack: str) -> None:
    with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
        execute(attack)


def test_the_coming_months_are_opened_by_the_owners_own_function() -> None:
    later = datetime(2031, 12, 31, 23, 0, tzinfo=UTC)
    services.open_months(now=later, months=2)
    services.open_months(now=later, months=2)
    names = {
        name for (name,) in rows("SELECT relid::regclass::text FROM pg_partition_tree('ledger_posting')")
    }
    assert {f"ledger_posting_y{month}" for month in ("2031m12", "2032m01", "2032m02")} <= names
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"), transaction.atomic():
        execute("TRUNCATE ledger_posting_y2032m01")


def test_the_owners_function_opens_nothing_but_months_of_the_ledger() -> None:
    with pytest.raises(DatabaseError, match="is no month of the ledger"), transaction.atomic():
        execute("SELECT ledger_open_month('ledger_posting; DROP', %s, %s)", [new_id(), new_id()])


def test_the_nightly_job_of_other_tables_passes_the_ledger_by() -> None:
    make_coming_partitions(now=AT, months=24)
    found = rows("SELECT count(*) FROM pg_partition_tree('payments_callback')")
    assert found[0][0] >= 24
