"""docs/algorithms/ledger.md is true: each row of its tables is what the rules book."""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.money.ledger import rules
from jishi.money.ledger.types import Journal, Sides

PAGE = Path(__file__).resolve().parents[4] / "docs" / "algorithms" / "ledger.md"
AT = datetime(2026, 11, 23, tzinfo=UTC)
ID = UUID(int=1)
MERCHANT = MerchantId(UUID(int=2))


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def sides(paid: int, points: int, subsidy: int, commission: int) -> Sides:
    return Sides(paid=cny(paid), points=cny(points), subsidy=cny(subsidy), commission=cny(commission))


WHOLE, HALF = sides(7_500, 300, 2_000, 450), sides(3_350, 150, 1_000, 225)
PAYOUT = {"payout_id": ID, "attempt": 1, "amount": cny(9_350), "at": AT}

BOOKED: dict[str, Journal] = {
    "payment captured": rules.captured(part_id=ID, order_id=ID, channel="alipay", sides=WHOLE, at=AT),
    "order completed": rules.completed(order_id=ID, merchant_id=MERCHANT, sides=WHOLE, at=AT),
    "half refunded after completion": rules.refunded_from_merchant(
        refund_id=ID, order_id=ID, channel="alipay", merchant_id=MERCHANT, sides=HALF, at=AT
    ),
    "half refunded before completion": rules.refunded_from_escrow(
        refund_id=ID, order_id=ID, channel="alipay", sides=HALF, at=AT
    ),
    "completed after the half went back": rules.completed(
        order_id=ID, merchant_id=MERCHANT, sides=WHOLE - HALF, at=AT
    ),
    "captured without a channel": rules.captured(
        part_id=ID, order_id=ID, channel=None, sides=sides(0, 300, 0, 0), at=AT
    ),
    "late payment": rules.late_payment(
        capture_id=ID, payment_id=ID, channel="alipay", amount=cny(7_500), at=AT
    ),
    "late payment revives its order": rules.late_payment_revived(part_id=ID, order_id=ID, sides=WHOLE, at=AT),
    "second capture": rules.second_capture(
        capture_id=ID, payment_id=ID, channel="alipay", amount=cny(7_500), at=AT
    ),
    "suspense refunded": rules.suspense_refunded(
        refund_id=ID, payment_id=ID, channel="alipay", amount=cny(7_500), at=AT
    ),
    "channel settles": rules.channel_settled(
        bill_id=ID, channel="alipay", amount=cny(7_500), fee=cny(45), at=AT
    ),
    "subsidy funded": rules.subsidy_funded(funding_id=ID, amount=cny(100_000), at=AT),
    "payout started": rules.payout_started(merchant_id=MERCHANT, **PAYOUT),  # type: ignore[arg-type]
    "payout paid": rules.payout_paid(**PAYOUT),  # type: ignore[arg-type]
    "payout failed": rules.payout_failed(merchant_id=MERCHANT, **PAYOUT),  # type: ignore[arg-type]
    "payout returned": rules.payout_returned(merchant_id=MERCHANT, **PAYOUT),  # type: ignore[arg-type]
    "merchant granted an amount": rules.adjusted(
        adjustment_id=ID, merchant_id=MERCHANT, amount=cny(500), at=AT
    ),
    "merchant charged an amount": rules.adjusted(
        adjustment_id=ID, merchant_id=MERCHANT, amount=cny(-500), at=AT
    ),
}


def written() -> dict[str, list[tuple[str, int]]]:
    """The page's rows: event → its postings in the order they are written, debits first."""
    found: dict[str, list[tuple[str, int]]] = {}
    is_book = False
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if cells == ["event", "debit", "credit"]:
            is_book = True
        elif not text.startswith("|"):
            is_book = False
        elif is_book and set(cells[0]) != {"-"}:
            event, debit, credit = cells
            found[event] = sorted(amounts(debit, 1) + amounts(credit, -1))
    return found


def amounts(cell: str, sign: int) -> list[tuple[str, int]]:
    found = re.findall(r"([a-z_]+(?::[a-z]+)?) (\d+)\.(\d\d)", cell)
    return [
        (
            name.replace(":m", f":{MERCHANT}") if name.endswith(":m") else name,
            sign * (int(yuan) * 100 + int(fen)),
        )
        for name, yuan, fen in found
    ]


def test_the_page_and_the_rules_know_the_same_events() -> None:
    assert set(written()) == set(BOOKED)


@pytest.mark.parametrize("event", BOOKED)
def test_the_row_is_what_is_booked(event: str) -> None:
    booked = sorted((one.account, one.amount.amount_minor) for one in BOOKED[event].postings)
    assert booked == written()[event]
    assert rules.imbalance(BOOKED[event].postings) == {}
