"""The first page: what waits, and what came in. Two statements, each of them short."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Model
from django.http import HttpRequest

from jishi.entry.console.columns import MONTHS, money
from jishi.entry.console.navigation import list_of, may_open
from jishi.entry.console.roles import roles_of
from jishi.entry.console.vocabulary import PLATFORM_ROLE
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel import cache
from jishi.kernel.db import row, rows
from jishi.kernel.http import ShopRequest
from jishi.kernel.models import DeadLetter
from jishi.kernel.tables import id_floor
from jishi.money.payments.models import Break, Callback, Payment, Refund
from jishi.money.payments.types import ChannelName
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog.models import ProductVersion
from jishi.trade.orders.models import Order

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 14
COUNTED_MAX = 1_000  # beyond that nobody counts: there is enough to do
TREND_SECONDS = 60
TAG = "console"

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
    "kernel_dead_letter WHERE closed_at IS NULL",
)
_COUNTS = [f"(SELECT count(*) FROM (SELECT FROM {one} LIMIT {COUNTED_MAX}) waiting)" for one in _SETS]
_WAITING = f"SELECT {', '.join(_COUNTS)}"
_TREND = """
SELECT (paid_at AT TIME ZONE 'Asia/Shanghai')::date, sum(amount_minor)::bigint, count(*)
FROM payments_capture WHERE channel = ANY(%s) AND paid_at >= %s AND disposition = 'applied' GROUP BY 1
"""


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
        DeadLetter,
        both("失败任务", "Dead letters"),
        both("等待处理", "waiting"),
        "report",
        is_alarm=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day, in minor units."""

    day: date
    amount_minor: int
    count: int


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the first page's figures, those that whoever asks has to do with."""
    now = cast(ShopRequest, request).now
    sees_money = may_open(request, Payment)
    return context | {
        "title": both("工作台", "Today"),
        "roles": [PLATFORM_ROLE.name(role) for role in sorted(roles_of(request))],
        "figures": _figures(request, now),
        "trend": _trend(now) if sees_money else None,
        "words": WORDS,
    }


WORDS = {
    "greeting": both("你好", "Hello"),
    "waiting": both("待办", "To do"),
    "nothing": both("没有待办事项", "Nothing waits for you"),
    "no_role": both("你还没有平台角色,请联系管理员。", "You have no role yet; please ask an administrator."),
    "paid_today": both("今日收款", "Paid today"),
    "payments": both("笔", "payments"),
    "yesterday": both("昨日", "yesterday"),
    "last_days": both(f"近 {DAYS} 天收款", f"Paid in {DAYS} days"),
    "day": both("日期", "Day"),
    "amount": both("金额", "Amount"),
}


def _figures(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    seen = [may_open(request, figure.model) for figure in FIGURES]
    if not any(seen):
        return []
    counts = row(_WAITING, [id_floor(now - timedelta(days=1))]) or ()
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


def _trend(now: datetime) -> dict[str, Any]:
    """Return what came in day by day, at most a minute old."""
    kept = cache.cached(TAG, "trend", seconds=TREND_SECONDS, make=lambda: msgspec.json.encode(_days(now)))
    days = msgspec.json.decode(kept, type=list[Day])
    most = max((one.amount_minor for one in days), default=0) or 1
    return {
        "today": money(days[-1].amount_minor),
        "today_count": days[-1].count,
        "yesterday": money(days[-2].amount_minor),
        "total": money(sum(one.amount_minor for one in days)),
        "days": [
            {
                "name": _day_name(one.day),
                "amount": money(one.amount_minor),
                "count": one.count,
                "height": round(100 * one.amount_minor / most),
            }
            for one in days
        ],
    }


def _days(now: datetime) -> list[Day]:
    today = now.astimezone(CHINA).date()
    first = today - timedelta(days=DAYS - 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=CHINA)
    found = {day: (amount, count) for day, amount, count in rows(_TREND, [[*ChannelName], begin])}
    every = (first + timedelta(days=step) for step in range(DAYS))
    return [Day(day, *found.get(day, (0, 0))) for day in every]


def _day_name(day: date) -> str:
    return f"{day.month}/{day.day}" if language() == "zh" else f"{day.day} {MONTHS[day.month - 1]}"
