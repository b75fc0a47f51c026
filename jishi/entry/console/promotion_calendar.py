"""The calendar: the platform's promotions of a month, each as a bar over its days, with what it has spent."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from jishi.entry.console.base import Desk
from jishi.entry.console.columns import MONTHS, instant, money
from jishi.entry.console.page import address, label
from jishi.entry.console.promotion_text import EFFECT_KIND, PROMOTION_STATUS, kind_of
from jishi.entry.console.words import both, language
from jishi.kernel import clock
from jishi.offering.promotions import queries_platform
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.queries_desk import CALENDAR_MAX, CHINA
from jishi.offering.promotions.types import PromotionCard

MONTH = "month"  # of the page's address
TITLE = both("促销日历", "Calendar of promotions")
WORDS = {
    "before": both("上月", "Month before"),
    "after": both("下月", "Month after"),
    "list": both("返回列表", "Back to the list"),
    "none": both("这个月没有平台促销", "The platform has no promotions in this month"),
    "most": both(f"只显示最先开始的 {CALENDAR_MAX} 个", f"The first {CALENDAR_MAX} to start are shown"),
}
WEEK = 7
_FORM = "%Y-%m"


def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show a month; the present one without `month`, or when what stands there is none."""
    first = _month(request.GET.get(MONTH, ""))
    found = queries_platform.in_month(first)
    before = (first - timedelta(days=1)).replace(day=1)
    shown = {
        **desk.admin_site.each_context(request),
        "opts": desk.model._meta,
        "title": TITLE,
        "words": WORDS,
        "month": _name(first),
        "before": "?" + urlencode({MONTH: before.strftime(_FORM)}),
        "after": "?" + urlencode({MONTH: queries_platform.month_after(first).strftime(_FORM)}),
        "list": reverse("admin:offering_promotionrow_changelist"),
        "days": _days(first),
        "scale": range(1, _days(first) + 1, WEEK),
        "rest": _days(first) % WEEK,
        "today": _today(first),
        "rows": [_row(one, first) for one in found],
        "is_cut": len(found) == CALENDAR_MAX,
    }
    return TemplateResponse(request, "console/promotion_calendar.html", shown)


def _month(typed: str) -> date:
    try:
        return datetime.strptime(typed, _FORM).date()  # noqa: DTZ007 - a month, not an instant
    except ValueError:
        return timezone.localtime(clock.now()).date().replace(day=1)


def _name(first: date) -> str:
    return (
        f"{first.year} 年 {first.month} 月"
        if language() == "zh"
        else f"{MONTHS[first.month - 1]} {first.year}"
    )


def _days(first: date) -> int:
    return monthrange(first.year, first.month)[1]


def _today(first: date) -> int | None:
    """Return today's place in the month, None in another month."""
    today = timezone.localtime(clock.now()).date()
    return today.day - 1 if today.replace(day=1) == first else None


def _row(one: PromotionCard, first: date) -> dict[str, Any]:
    begin, length = _bar(one.wish.starts_at, one.wish.ends_at, first)
    span = f"{instant(one.wish.starts_at)} – {instant(one.wish.ends_at)}"
    return {
        "name": one.wish.name.of(language()),
        "address": address(PromotionRow, one.id),
        "status": label(PROMOTION_STATUS, one.status),
        "colour": PROMOTION_STATUS.colour(one.status) or "plain",
        "kind": EFFECT_KIND.name(kind_of(one.wish.effect)),
        "span": span,
        "begin": f"{begin:.2f}",
        "length": f"{length:.2f}",
        "spent": money(one.spent_minor),
        "spent_minor": one.spent_minor,
        "budget": money(one.wish.budget_minor) if one.wish.budget_minor else "",
        "budget_minor": one.wish.budget_minor,
    }


def _bar(starts_at: datetime, ends_at: datetime, first: date) -> tuple[float, float]:
    """Return where in the month a time begins and how long it lasts there, in days; a sliver at the least."""
    zero = datetime.combine(first, time.min, tzinfo=CHINA)
    most = float(_days(first))
    begin = max((starts_at - zero) / timedelta(days=1), 0.0)
    end = min((ends_at - zero) / timedelta(days=1), most)
    length = max(end - begin, 0.25)
    return min(begin, most - length), length
