"""The charts of the first page. What is over is read once an hour, the present once a minute."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from jishi.discovery.search.models import IndexNode
from jishi.entry.console.columns import MONTHS, NOTHING, money
from jishi.entry.console.navigation import list_of
from jishi.entry.console.vocabulary import PAYMENT_STATUS
from jishi.entry.console.words import both, language
from jishi.kernel import cache
from jishi.kernel.db import row, rows
from jishi.kernel.models import DeadLetter, OutboxEntry
from jishi.kernel.tables import id_floor, milliseconds_of
from jishi.money.payments.models import Payment
from jishi.money.payments.types import ChannelName

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 30
NAMED_EVERY = 5  # days between two names below the bars
OUTCOME_DAYS = 7
TAG = "console"
PAST_SECONDS, PRESENT_SECONDS, OUTCOME_SECONDS = 3_600, 60, 300
LATE_SECONDS = 180  # an event, or an index, that nobody has looked after for so long
COUNTED_MAX = 1_000

_PLACED = """
SELECT (placed_at AT TIME ZONE 'Asia/Shanghai')::date, sum(total_minor)::bigint, count(*)
FROM orders_order WHERE id >= %(floor)s AND placed_at >= %(begin)s AND placed_at < %(end)s GROUP BY 1
"""
_PAID = """
SELECT (paid_at AT TIME ZONE 'Asia/Shanghai')::date, sum(amount_minor)::bigint, count(*)
FROM payments_capture WHERE channel = ANY(%(channels)s) AND paid_at >= %(begin)s AND paid_at < %(end)s
    AND disposition = 'applied' GROUP BY 1
"""
_OUTCOMES = "SELECT status, count(*) FROM payments_payment WHERE id >= %s GROUP BY 1"
_ENGINE = f"""
SELECT (SELECT count(*) FROM (SELECT FROM kernel_outbox WHERE dispatched_at IS NULL LIMIT {COUNTED_MAX}) waiting),
       (SELECT id FROM kernel_outbox WHERE dispatched_at IS NULL ORDER BY sequence LIMIT 1),
       (SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo' LIMIT {COUNTED_MAX}) waiting),
       (SELECT count(*) FROM (SELECT FROM kernel_dead_letter WHERE closed_at IS NULL LIMIT {COUNTED_MAX}) dead),
       (SELECT min(followed_at) FROM search_node)
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day, in minor units."""

    day: date
    amount_minor: int
    count: int


def placed(now: datetime) -> dict[str, Any]:
    """Return the orders of the last days."""
    return _trend(_PLACED, "placed", both(f"近 {DAYS} 天订单", f"Orders placed in {DAYS} days"), now)


def paid_in(now: datetime) -> dict[str, Any]:
    """Return the money of the last days."""
    return _trend(_PAID, "paid", both(f"近 {DAYS} 天收款", f"Paid in {DAYS} days"), now)


def _trend(query: str, name: str, title: str, now: datetime) -> dict[str, Any]:
    days = _days(query, name, now)
    most = max(one.amount_minor for one in days) or 1
    return {
        "title": title,
        "total": money(sum(one.amount_minor for one in days)),
        "count": sum(one.count for one in days),
        "today": money(days[-1].amount_minor),
        "today_count": days[-1].count,
        "yesterday": money(days[-2].amount_minor),
        "days": [
            {
                "name": _day_name(one.day),
                "is_named": (DAYS - 1 - place) % NAMED_EVERY == 0,
                "amount": money(one.amount_minor),
                "count": one.count,
                "height": round(100 * one.amount_minor / most),
            }
            for place, one in enumerate(days)
        ],
    }


def _days(query: str, name: str, now: datetime) -> list[Day]:
    today = now.astimezone(CHINA).date()
    first = today - timedelta(days=DAYS - 1)
    found = [
        *_kept(query, f"{name}:{today}", PAST_SECONDS, first, today),
        *_kept(query, f"{name}:present", PRESENT_SECONDS, today, today + timedelta(days=1)),
    ]
    by_day = {one.day: one for one in found}
    every = (first + timedelta(days=step) for step in range(DAYS))
    return [by_day.get(day, Day(day, 0, 0)) for day in every]


def _kept(query: str, name: str, seconds: int, begin: date, end: date) -> list[Day]:
    def read() -> bytes:
        bounds = {
            "channels": [*ChannelName],
            "floor": id_floor(_midnight(begin)),
            "begin": _midnight(begin),
            "end": _midnight(end),
        }
        return msgspec.json.encode([Day(*found) for found in rows(query, bounds)])

    kept = cache.cached(TAG, name, seconds=seconds, make=read)
    return msgspec.json.decode(kept, type=list[Day])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)


def _day_name(day: date) -> str:
    return f"{day.month}/{day.day}" if language() == "zh" else f"{day.day} {MONTHS[day.month - 1]}"


def outcomes(now: datetime) -> dict[str, Any]:
    """Return what became of the payments of the last days, each outcome with its list."""
    floor = id_floor(now - timedelta(days=OUTCOME_DAYS))
    kept = cache.cached(
        TAG,
        "outcomes",
        seconds=OUTCOME_SECONDS,
        make=lambda: msgspec.json.encode(dict(rows(_OUTCOMES, [floor]))),
    )
    counts = msgspec.json.decode(kept, type=dict[str, int])
    total = sum(counts.values()) or 1
    return {
        "title": both(f"近 {OUTCOME_DAYS} 天支付结果", f"Payments of {OUTCOME_DAYS} days by outcome"),
        "bars": [
            {
                "name": PAYMENT_STATUS.name(status),
                "colour": PAYMENT_STATUS.colour(status) or "plain",
                "count": counts.get(status, 0),
                "share": f"{100 * counts.get(status, 0) / total:.0f} %",
                "width": round(100 * counts.get(status, 0) / total),
                "link": list_of(Payment, f"status={status}"),
            }
            for status in PAYMENT_STATUS.words
        ],
    }


def engine(now: datetime) -> list[dict[str, Any]]:
    """Return how the engine runs: queues, what died, how fresh search is; one statement."""
    events, oldest, jobs, dead, followed_at = row(_ENGINE) or (0, None, 0, 0, None)
    event_age = max(0.0, now.timestamp() - milliseconds_of(oldest) / 1_000) if oldest else 0.0
    index_age = max(0.0, (now - followed_at).total_seconds()) if followed_at else None
    return [
        _tile(
            both("待派发事件", "Events waiting"),
            _count(events),
            OutboxEntry,
            is_late=event_age > LATE_SECONDS,
        ),
        _tile(
            both("最久等待", "Longest wait"), _age(event_age), OutboxEntry, is_late=event_age > LATE_SECONDS
        ),
        _tile(both("排队任务", "Jobs in the queue"), _count(jobs), None, is_late=jobs >= COUNTED_MAX),
        _tile(both("失败任务", "Dead letters"), _count(dead), DeadLetter, is_late=dead > 0),
        _tile(
            both("索引最久未更新", "Search index followed"),
            NOTHING if index_age is None else _age(index_age),
            IndexNode,
            is_late=index_age is None or index_age > LATE_SECONDS,
        ),
    ]


def _tile(title: str, value: str, model: Any, *, is_late: bool) -> dict[str, Any]:
    return {"title": title, "value": value, "link": list_of(model) if model else "", "is_late": is_late}


def _count(found: int) -> str:
    return f"{COUNTED_MAX - 1}+" if found >= COUNTED_MAX else str(found)


def _age(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} {both('秒', 's')}"
    if seconds < 3_600:
        return f"{seconds / 60:.0f} {both('分钟', 'min')}"
    return f"{seconds / 3_600:.0f} {both('小时', 'h')}"
