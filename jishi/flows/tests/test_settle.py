"""Statements that add up to the cent, payouts with four eyes, and what happens when a merchant owes us."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from jishi.flows import pay_out, refund, settle
from jishi.flows.tests.money import Cash, cny
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, PayoutId, StatementId, UserId, new_id
from jishi.money.ledger import queries as ledger
from jishi.money.ledger.rules import merchant_payable
from jishi.money.payments.types import PiecesToRefund, RefundReason
from jishi.money.settlement import queries, services, transactions
from jishi.money.settlement.rules import PAYOUT_MOVES, STATEMENT_MOVES, period_end
from jishi.money.settlement.services import NothingDue, PayoutMoved, SameEyes, StatementMoved
from jishi.money.settlement.types import (
    EntryKind,
    NewEntry,
    Payout,
    PayoutStatus,
    StatementRow,
    StatementStatus,
)
from jishi.trade.orders import services as order_services
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.tests.factories import WORKED_EXAMPLE, LineWish, OrderWish
from jishi.trade.orders.types import OrderAtSale

pytestmark = pytest.mark.django_db(transaction=True)
ANNE, BEN = UserId(new_id()), UserId(new_id())
DAY = timedelta(days=1)


def issued(merchant_id: MerchantId, now: datetime) -> StatementRow:
    """Run the nightly job and return the merchant's newest statement."""
    settle.run_cycle(now)
    return queries.statements(merchant_id=merchant_id, cursor=None, limit=1).items[0]


def sold(cash: Cash) -> OrderAtSale:
    """The worked example, completed: the merchant is owed 93.50."""
    (order,) = cash.paid(WORKED_EXAMPLE)
    execute("UPDATE merchants_merchant SET statement_cycle = 't1' WHERE id = %s", [order.merchant_id])
    cash.complete(order.id)
    return order


def confirmed(order: OrderAtSale, now: datetime) -> StatementRow:
    found = issued(order.merchant_id, now)
    return transactions.confirm(statement_id=found.id, merchant_id=order.merchant_id, by=ANNE, now=now)


def approved(order: OrderAtSale, now: datetime) -> Payout:
    payout = pay_out.prepare(statement_id=confirmed(order, now).id, by=ANNE, now=now)
    return pay_out.approve(payout_id=payout.id, by=BEN, now=now)


# -- statements ----------------------------------------------------------------------------------------------


def test_a_statement_lists_every_line_and_adds_up_to_the_cent(cash: Cash) -> None:
    order = sold(cash)
    found = issued(order.merchant_id, cash.now() + DAY)
    assert (found.status, found.order_count, found.opening) == (StatementStatus.ISSUED, 1, cny(0))
    assert (found.sales, found.commission, found.due) == (cny(9_800), cny(450), cny(9_350))
    whole = queries.statement(statement_id=found.id, merchant_id=order.merchant_id, cursor=None, limit=None)
    sale, freight = whole.entries
    assert (sale.kind, sale.order_line_id, sale.order_number) == (
        EntryKind.SALE,
        order.lines[0].id,
        order.number,
    )
    assert (sale.goods, sale.subsidy, sale.commission, sale.amount) == (
        cny(6_700),
        cny(2_300),
        cny(450),
        cny(8_550),
    )
    assert (freight.kind, freight.freight, freight.amount) == (EntryKind.FREIGHT, cny(800), cny(800))
    assert sum(entry.amount.amount_minor for entry in whole.entries) == found.due.amount_minor
    assert cash.broken_promises() == []


def test_a_refund_before_completion_stands_beside_its_sale(cash: Cash) -> None:
    (order,) = cash.paid(WORKED_EXAMPLE)
    execute("UPDATE merchants_merchant SET statement_cycle = 't1' WHERE id = %s", [order.merchant_id])
    ask_half(order, cash)
    cash.complete(order.id)
    found = issued(order.merchant_id, cash.now() + DAY)
    assert (found.sales, found.refunds, found.commission, found.due) == (
        cny(9_800),
        cny(-4_500),
        cny(225),
        cny(5_075),
    )
    assert cash.broken_promises() == []


def ask_half(order: OrderAtSale, cash: Cash) -> None:
    with atomic():
        order_services.lock_order_trade(order.id)
        refund.open_refund(
            order=order_at_sale(order.id),
            lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)],
            reason=RefundReason.PARTIAL,
            now=cash.now(),
        )
    cash.run_jobs()


def test_a_period_is_issued_once_and_takes_only_what_lies_before_its_end(cash: Cash) -> None:
    order = sold(cash)
    assert settle.run_cycle(cash.now()) == []  # it was sold today: t1 covers yesterday
    tomorrow = cash.now() + DAY
    assert len(settle.run_cycle(tomorrow)) == 1
    assert settle.run_cycle(tomorrow) == []
    assert [row.from_date < row.to_date for row in page(order.merchant_id)] == [True]


def page(merchant_id: MerchantId) -> list[StatementRow]:
    return queries.statements(merchant_id=merchant_id, cursor=None, limit=None).items


def test_what_a_merchant_owes_is_carried_on_and_netted(cash: Cash) -> None:
    order = sold(cash)
    now = cash.now() + DAY
    payout = approved(order, now)
    pay_out.mark_paid(payout_id=payout.id, bank_reference="ICBC-1", by=ANNE, now=now)
    ask_half(order, cash)
    execute("UPDATE settlement_entry SET happened_at = %s WHERE kind = 'refund'", [now])
    owing = issued(order.merchant_id, now + DAY)
    assert (owing.opening, owing.refunds, owing.commission, owing.due) == (
        cny(0),
        cny(-4_500),
        cny(-225),
        cny(-4_275),
    )
    assert ledger.balance(merchant_payable(order.merchant_id)) == cny(-4_275)
    transactions.confirm(statement_id=owing.id, merchant_id=order.merchant_id, by=ANNE, now=now)
    with pytest.raises(NothingDue):
        pay_out.prepare(statement_id=owing.id, by=ANNE, now=now)
    settle.adjust(merchant_id=order.merchant_id, amount=cny(5_000), reason="补偿", by=ANNE, now=now + DAY)
    netted = issued(order.merchant_id, now + 2 * DAY)
    assert (netted.opening, netted.adjustments, netted.due) == (cny(-4_275), cny(5_000), cny(725))
    assert netted.from_date == owing.to_date
    done = queries.statement_row(statement_id=owing.id, merchant_id=order.merchant_id)
    assert done.status is StatementStatus.PAID
    assert cash.broken_promises() == []


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [("t1", date(2026, 11, 25)), ("weekly", date(2026, 11, 23)), ("monthly", date(2026, 11, 1))],
)
def test_periods_end_at_midnight_in_china(cycle: str, expected: date) -> None:
    # 17:00 UTC on Tuesday is 01:00 on Wednesday in Shanghai.
    assert period_end(cycle, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)) == expected


def test_a_dispute_keeps_the_money_until_it_is_answered(cash: Cash) -> None:
    order = sold(cash)
    now = cash.now() + DAY
    found = issued(order.merchant_id, now)
    transactions.dispute(
        statement_id=found.id, merchant_id=order.merchant_id, by=ANNE, reason="少算一单", now=now
    )
    with pytest.raises(StatementMoved):
        transactions.confirm(statement_id=found.id, merchant_id=order.merchant_id, by=ANNE, now=now)
    with pytest.raises(StatementMoved):
        pay_out.prepare(statement_id=found.id, by=ANNE, now=now)
    settle.answer_dispute(statement_id=found.id, answer="已核对", by=BEN, now=now)
    assert confirm_again(order, found, now).status is StatementStatus.CONFIRMED


def confirm_again(order: OrderAtSale, found: StatementRow, now: datetime) -> StatementRow:
    return transactions.confirm(statement_id=found.id, merchant_id=order.merchant_id, by=ANNE, now=now)


def test_a_neighbour_finds_nothing(cash: Cash) -> None:
    order = sold(cash)
    found = issued(order.merchant_id, cash.now() + DAY)
    neighbour = make_merchant()
    assert page(neighbour) == []
    with pytest.raises(NotFound):
        queries.statement(statement_id=found.id, merchant_id=neighbour, cursor=None, limit=None)
    with pytest.raises(NotFound):
        transactions.confirm(statement_id=found.id, merchant_id=neighbour, by=ANNE, now=cash.now())


def test_many_lines_are_settled_by_few_statements_and_read_in_pages(cash: Cash) -> None:
    merchants = [make_merchant() for _ in range(3)]
    execute("UPDATE merchants_merchant SET statement_cycle = 't1'")
    with atomic():
        for merchant_id in merchants:
            services.add_entries([line(merchant_id, 100 + number) for number in range(500)], now=cash.now())
    with CaptureQueriesContext(connection) as counted:
        assert len(settle.run_cycle(cash.now() + DAY)) == 3
    assert len(counted) <= 8
    (row,) = page(merchants[0])
    assert (row.due, row.order_count) == (cny(sum(100 + number for number in range(500))), 500)
    seen, cursor = 0, None
    while True:
        part = queries.entries_of(statement_id=row.id, cursor=cursor, limit=90)
        seen += len(part.items)
        if (cursor := part.next_cursor) is None:
            break
    assert seen == 500


def line(merchant_id: MerchantId, goods: int) -> NewEntry:
    return NewEntry(
        merchant_id=merchant_id,
        kind=EntryKind.SALE,
        order_id=OrderId(new_id()),
        order_number="261124000000000",
        order_line_id=OrderLineId(new_id()),
        goods=cny(goods),
        freight=cny(0),
        subsidy=cny(0),
        commission=cny(0),
        merchant_discount=cny(0),
    )


def test_the_database_refuses_a_line_or_a_statement_that_does_not_add_up(cash: Cash) -> None:
    order = sold(cash)
    issued(order.merchant_id, cash.now() + DAY)
    for crooked in (
        "UPDATE settlement_entry SET amount_minor = amount_minor + 1",
        "UPDATE settlement_statement SET due_minor = due_minor + 1",
    ):
        with pytest.raises(IntegrityError):
            execute(crooked)


def test_an_adjustment_of_nothing_is_refused(cash: Cash) -> None:
    with pytest.raises(Invalid):
        settle.adjust(merchant_id=make_merchant(), amount=cny(0), reason="", by=ANNE, now=cash.now())


# -- payouts -------------------------------------------------------------------------------------------------


def test_a_payout_needs_two_people_and_the_banks_word(cash: Cash) -> None:
    order = sold(cash)
    now = cash.now() + DAY
    statement = confirmed(order, now)
    payout = pay_out.prepare(statement_id=statement.id, by=ANNE, now=now)
    assert (payout.amount, payout.status) == (cny(9_350), PayoutStatus.PENDING)
    with pytest.raises(SameEyes):
        pay_out.approve(payout_id=payout.id, by=ANNE, now=now)
    with pytest.raises(PayoutMoved):
        pay_out.mark_paid(payout_id=payout.id, bank_reference="X", by=BEN, now=now)
    with pytest.raises(PayoutMoved):
        pay_out.prepare(statement_id=statement.id, by=BEN, now=now)
    pay_out.approve(payout_id=payout.id, by=BEN, now=now)
    assert balances(order) == (0, 9_350, 0)
    with pytest.raises(Invalid):
        pay_out.mark_paid(payout_id=payout.id, bank_reference="  ", by=ANNE, now=now)
    pay_out.mark_paid(payout_id=payout.id, bank_reference="ICBC-20261124-77", by=ANNE, now=now)
    assert balances(order) == (0, 0, 9_350)
    assert cash.books()["bank"] == -9_350
    assert queries.statement_row(statement_id=statement.id, merchant_id=None).status is StatementStatus.PAID
    assert rows("SELECT count(*) FROM kernel_audit_entry WHERE action LIKE 'payout.%%'") == [(3,)]
    assert cash.broken_promises() == []


def balances(order: OrderAtSale) -> tuple[int, int, int]:
    found = queries.balance(order.merchant_id)
    return found.owed.amount_minor, found.on_its_way.amount_minor, found.paid_out.amount_minor


def test_the_database_itself_refuses_one_pair_of_eyes(cash: Cash) -> None:
    payout = approved(sold(cash), cash.now() + DAY)
    with pytest.raises(DatabaseError):
        execute("UPDATE settlement_payout SET approved_by = prepared_by WHERE id = %s", [payout.id])


@pytest.mark.parametrize("how", ["failed", "returned", "returned after paid"])
def test_money_that_did_not_arrive_is_owed_again_and_can_be_sent_again(cash: Cash, how: str) -> None:
    order = sold(cash)
    now = cash.now() + DAY
    payout = approved(order, now)
    if how == "returned after paid":
        pay_out.mark_paid(payout_id=payout.id, bank_reference="ICBC-1", by=ANNE, now=now)
    if how == "failed":
        pay_out.mark_failed(payout_id=payout.id, reason="账号有误", by=ANNE, now=now)
    else:
        pay_out.mark_returned(payout_id=payout.id, reason="账户已销", by=ANNE, now=now)
    assert balances(order) == (9_350, 0, 0)
    assert "bank" not in cash.books()
    assert cash.broken_promises() == []
    again = pay_out.prepare(statement_id=payout.statement_id, by=BEN, now=now)
    assert (again.id, again.status, again.approved_by) == (payout.id, PayoutStatus.PENDING, None)
    pay_out.approve(payout_id=again.id, by=ANNE, now=now)
    pay_out.mark_paid(payout_id=again.id, bank_reference="ICBC-2", by=BEN, now=now)
    assert balances(order) == (0, 0, 9_350)
    assert cash.broken_promises() == []


def test_what_does_not_exist_is_not_found(cash: Cash) -> None:
    with pytest.raises(NotFound):
        pay_out.prepare(statement_id=StatementId(new_id()), by=ANNE, now=cash.now())
    with pytest.raises(NotFound):
        pay_out.approve(payout_id=PayoutId(new_id()), by=ANNE, now=cash.now())


def test_every_state_of_statements_and_payouts_has_a_way_out() -> None:
    assert all(STATEMENT_MOVES[state] for state in StatementStatus)
    assert all(PAYOUT_MOVES[state] for state in PayoutStatus)


def test_the_balance_tells_escrow_from_what_is_owed(cash: Cash) -> None:
    (order,) = cash.paid(OrderWish(lines=(LineWish(unit_price_minor=5_000),)))
    assert queries.balance(order.merchant_id).in_escrow == cny(5_000)
    cash.complete(order.id)
    found = queries.balance(order.merchant_id)
    assert (found.in_escrow, found.owed) == (cny(0), cny(4_750))
