"""Statements without the sales that lead to them: enough for whoever only lists them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from jishi.kernel.ids import MerchantId, StatementId
from jishi.money.settlement.models import Entry, Statement


def make_statement(
    merchant_id: MerchantId, *, status: str = "issued", since: date, sales_minor: int = 10_000
) -> StatementId:
    """Write a week's statement of `sales_minor` and a commission of 5.00."""
    made = Statement.objects.create(
        merchant_id=merchant_id,
        from_date=since,
        to_date=since + timedelta(days=7),
        status=status,
        currency="CNY",
        opening_minor=0,
        sales_minor=sales_minor,
        refunds_minor=0,
        commission_minor=500,
        adjustments_minor=0,
        due_minor=sales_minor - 500,
        order_count=1,
    )
    return StatementId(made.id)


def make_entries(merchant_id: MerchantId, statement_id: StatementId, amounts: Sequence[int]) -> None:
    """Put adjustments of these amounts (minor units) on a statement, one after the other."""
    for amount_minor in amounts:
        Entry.objects.create(
            merchant_id=merchant_id,
            statement_id=statement_id,
            kind="adjustment",
            goods_minor=amount_minor,
            freight_minor=0,
            subsidy_minor=0,
            commission_minor=0,
            amount_minor=amount_minor,
            currency="CNY",
            happened_at=datetime(2026, 11, 24, tzinfo=UTC),
        )
