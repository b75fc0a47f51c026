"""The channels' own bills against our books: what differs waits in the break queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from jishi.flows import reconcile, refund
from jishi.flows.tests.money import BOTH_CHANNELS, Cash, total_of
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.money.payments.services_books import BillSettled, BookedMoney, FoundBreak
from jishi.money.payments.services_channels import BillKind, BillRow
from jishi.money.payments.types import ChannelName, RefundReason
from jishi.trade.orders import services as order_services
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import OrderAtSale

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)
CHINA = ZoneInfo("Asia/Shanghai")
CLERK = UserId(new_id())


class Day:
    """Business of today, and today's bill."""

    def __init__(self, market: Cash) -> None:
        self.cash = market

    def read(self, channel: ChannelName) -> list[FoundBreak]:
        """Read today's bill (the simulators have it at once)."""
        today = self.cash.now().astimezone(CHINA).date()
        return reconcile.run_channel(channel=channel, day=today, now=self.cash.now())

    def sell(self, channel: ChannelName) -> list[OrderAtSale]:
        """Sell two orders and refund the first."""
        orders = self.cash.paid(channel=channel)
        with atomic():
            order_services.lock_order_trade(orders[0].id)
            refund.open_refund(
                order=order_at_sale(orders[0].id), reason=RefundReason.CANCELLED, now=self.cash.now()
            )
        self.cash.run_jobs()
        # In the test's clock the refund may be some minutes ahead; the bill has it today.
        rows("UPDATE payments_refund SET done_at = %s RETURNING id", [self.cash.now()])
        return orders

    def bill(self) -> tuple[UUID, int, int, int]:
        """Return the newest bill: its id, what was captured, refunded and charged."""
        found = rows(
            "SELECT id, captured_minor, refunded_minor, fee_minor FROM payments_bill ORDER BY id DESC LIMIT 1"
        )
        bill_id, captured, refunded, fee = found[0]
        return bill_id, captured, refunded, fee


@pytest.fixture
def day(cash: Cash) -> Day:
    """One day of business that nothing else is in: the simulators forget what came before."""
    cash.control.reset()
    return Day(cash)


@each_channel
def test_a_day_that_agrees_leaves_no_break(day: Day, channel: ChannelName) -> None:
    orders = day.sell(channel)
    assert day.read(channel) == []
    _, captured, refunded, fee = day.bill()
    assert (captured, refunded) == (total_of(orders), orders[0].total.amount_minor)
    assert fee > 0
    assert day.read(channel) == []  # again: nothing new
    assert rows("SELECT count(*) FROM payments_bill") == [(1,)]


def test_a_bill_that_grows_after_its_transfer_keeps_what_was_booked(day: Day) -> None:
    day.sell(ChannelName.ALIPAY)
    day.read(ChannelName.ALIPAY)
    booked = day.bill()
    reconcile.book_transfer(bill_id=booked[0], bank_reference="CCB-9", by=CLERK, now=day.cash.now())
    trade = day.cash.place()
    day.cash.act(day.cash.start(trade.id, ChannelName.ALIPAY), mode="drop")

    found = day.read(ChannelName.ALIPAY)

    assert [one.kind for one in found] == ["missing_here"]
    assert rows("SELECT count(*) FROM payments_break WHERE bill_id = %s", [booked[0]]) == [(1,)]
    assert day.bill() == booked
    assert day.cash.broken_promises() == []


@each_channel
def test_a_payment_we_never_heard_of_is_a_break_until_the_poll_finds_it(
    day: Day, channel: ChannelName
) -> None:
    trade = day.cash.place()
    day.cash.act(day.cash.start(trade.id, channel), mode="drop")
    found = day.read(channel)
    assert found
    assert {(one.kind, one.subject) for one in found} == {("missing_here", "payment")}
    assert rows("SELECT count(*) FROM payments_break WHERE closed_at IS NULL") == [(len(found),)]
    for (break_id,) in rows("SELECT id FROM payments_break"):
        with pytest.raises(Invalid):
            reconcile.close_break(break_id=break_id, note=" ", by=CLERK, now=day.cash.now())
        reconcile.close_break(break_id=break_id, note="回调丢失,已补单", by=CLERK, now=day.cash.now())
        with pytest.raises(NotFound):
            reconcile.close_break(break_id=break_id, note="again", by=CLERK, now=day.cash.now())
    day.read(channel)
    assert rows("SELECT count(*) FROM payments_break WHERE closed_at IS NULL") == [(0,)]


def test_a_transfer_of_a_channel_is_booked_once_with_its_fee(day: Day) -> None:
    orders = day.sell(ChannelName.ALIPAY)
    day.read(ChannelName.ALIPAY)
    bill_id, captured, refunded, fee = day.bill()
    reconcile.book_transfer(bill_id=bill_id, bank_reference="CCB-9", by=CLERK, now=day.cash.now())
    with pytest.raises(BillSettled):
        reconcile.book_transfer(bill_id=bill_id, bank_reference="CCB-9", by=CLERK, now=day.cash.now())
    with pytest.raises(NotFound):
        reconcile.book_transfer(bill_id=new_id(), bank_reference="CCB-9", by=CLERK, now=day.cash.now())
    assert day.cash.books() == {
        "bank": captured - refunded - fee,
        "channel_fee_expense": fee,
        "order_escrow": orders[1].total.amount_minor,
    }
    assert day.cash.broken_promises() == []


def test_all_channels_are_read_and_a_silent_one_keeps_no_other_from_it(day: Day) -> None:
    day.sell(ChannelName.WECHAT)
    day.cash.control.fail_next("bill", count=5)
    today = day.cash.now().astimezone(CHINA).date()
    with pytest.raises(ExceptionGroup):
        reconcile.run_day(today, now=day.cash.now())
    day.cash.control.clear_faults()
    assert reconcile.run_day(today, now=day.cash.now()) == []
    assert reconcile.run_day(today - timedelta(days=9), now=day.cash.now()) == []


# -- the comparison, pure ------------------------------------------------------------------------------------


def billed(**changes: object) -> BillRow:
    line = BillRow(
        kind=BillKind.PAYMENT,
        out_trade_no="NUMBER1",
        channel_transaction_id="T1",
        amount_minor=100,
        fee_minor=1,
        currency="CNY",
        happened_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    return replace(line, **changes)  # type: ignore[arg-type]


OURS = BookedMoney(
    subject="payment", reference="T1", out_trade_no="NUMBER1", amount_minor=100, currency="CNY"
)


def test_each_difference_has_its_kind() -> None:
    assert reconcile.compare([billed()], [OURS]) == []
    assert [one.kind for one in reconcile.compare([], [OURS])] == ["missing_there"]
    assert [one.kind for one in reconcile.compare([billed()], [])] == ["missing_here"]
    (amount,) = reconcile.compare([billed(amount_minor=99)], [OURS])
    assert (amount.kind, amount.our_amount_minor, amount.their_amount_minor) == ("amount", 100, 99)
    assert [one.kind for one in reconcile.compare([billed(currency="USD")], [OURS])] == ["currency"]


def test_a_refund_is_known_by_our_number_not_by_its_payment() -> None:
    back = billed(kind=BillKind.REFUND, out_refund_no="R1")
    assert [one.subject for one in reconcile.compare([back], [])] == ["refund"]
    booked = replace(OURS, subject="refund", reference="R1")
    assert reconcile.compare([back, billed()], [booked, OURS]) == []
