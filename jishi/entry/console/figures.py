"""What waits for whoever looks: one short statement for all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from jishi.entry.console.navigation import list_of, may_open
from jishi.entry.console.words import both
from jishi.identity.merchants.models import Merchant
from jishi.kernel.db import row
from jishi.kernel.models import DeadLetter
from jishi.kernel.tables import id_floor
from jishi.money.payments.models import Break, Callback, Refund
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog.models import ProductVersion
from jishi.trade.orders.models import Order
from jishi.trade.shipping.models import ForgedScan

COUNTED_MAX = 1_000  # beyond that nobody counts: there is enough to do

# Every count reads a short partial index, or stops at COUNTED_MAX; in the order of FIGURES.
_SETS = (
    "orders_order WHERE status IN ('awaiting_shipment', 'partially_shipped')",
    "payments_refund WHERE status <> 'done'",
    "payments_refund WHERE status = 'failed'",
    "catalog_version WHERE status = 'in_review'",
    "merchants_merchant WHERE status = 'in_review'",
    "settlement_payout WHERE status = 'pending'",
    "settlement_payout WHERE status = 'processing'",
    "settlement_statement WHERE status = 'disputed'",
    "payments_break WHERE closed_at IS NULL",
    "payments_callback WHERE outcome = 'forged' AND id >= %s",
    "shipping_forged_scan WHERE id >= %s",
    "kernel_dead_letter WHERE closed_at IS NULL",
)
_COUNTS = [f"(SELECT count(*) FROM (SELECT FROM {one} LIMIT {COUNTED_MAX}) waiting)" for one in _SETS]
_WAITING = f"SELECT {', '.join(_COUNTS)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the first page, with where to go about it."""

    model: type[Model]
    title: str
    hint: str
    icon: str
    query: str = ""
    is_alarm: bool = False


FIGURES = (
    Figure(
        Order,
        both("待发货订单", "Orders to ship"),
        both("含部分发货", "partially shipped ones too"),
        "local_shipping",
        "status=awaiting_shipment",
    ),
    Figure(Refund, both("处理中的退款", "Open refunds"), both("尚未到账", "not back yet"), "undo"),
    Figure(
        Refund,
        both("失败的退款", "Failed refunds"),
        both("需要重试", "to be tried again"),
        "error",
        "status=failed",
        is_alarm=True,
    ),
    Figure(
        ProductVersion,
        both("待审商品", "Listings to review"),
        both("等待最久的在前", "the oldest first"),
        "rule",
    ),
    Figure(
        Merchant,
        both("待审商家", "Merchants to review"),
        both("开店申请", "applications"),
        "storefront",
        "status=in_review",
    ),
    Figure(
        Payout,
        both("待复核打款", "Payouts to approve"),
        both("须由另一位同事", "by another colleague"),
        "how_to_reg",
        "status=pending",
    ),
    Figure(
        Payout,
        both("银行处理中", "Payouts at the bank"),
        both("等待结果", "no word yet"),
        "account_balance",
        "status=processing",
    ),
    Figure(
        Statement,
        both("有异议的结算单", "Disputed statements"),
        both("等待答复", "to be answered"),
        "gavel",
        "status=disputed",
        is_alarm=True,
    ),
    Figure(
        Break,
        both("对账差异", "Reconciliation breaks"),
        both("未处理", "open"),
        "difference",
        is_alarm=True,
    ),
    Figure(
        Callback,
        both("伪造的通知", "Forged callbacks"),
        both("24 小时内", "in 24 hours"),
        "gpp_bad",
        "outcome=forged",
        is_alarm=True,
    ),
    Figure(
        ForgedScan,
        both("被拒的物流推送", "Refused pushes"),
        both("24 小时内", "in 24 hours"),
        "wrong_location",
        is_alarm=True,
    ),
    Figure(
        DeadLetter,
        both("失败任务", "Dead letters"),
        both("等待处理", "waiting"),
        "report",
        is_alarm=True,
    ),
)


def figures(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """Return the numbers that whoever asks has to do with, each with where to go about it."""
    seen = [may_open(request, figure.model) for figure in FIGURES]
    if not any(seen):
        return []
    yesterday = id_floor(now - timedelta(days=1))
    counts = row(_WAITING, [yesterday, yesterday]) or ()
    return [
        {
            "title": figure.title,
            "hint": figure.hint,
            "icon": figure.icon,
            "link": list_of(figure.model, figure.query),
            "count": f"{COUNTED_MAX - 1}+" if count >= COUNTED_MAX else str(count),
            "is_alarm": figure.is_alarm and count > 0,
            "is_quiet": count == 0,
        }
        for figure, may, count in zip(FIGURES, seen, counts, strict=True)
        if may
    ]
