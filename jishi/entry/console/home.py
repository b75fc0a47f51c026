"""The first page: what waits, what came in, and how the engine runs. A few short statements."""

from typing import Any, cast

from django.http import HttpRequest

from jishi.entry.console import charts
from jishi.entry.console.figures import figures
from jishi.entry.console.navigation import may_open
from jishi.entry.console.roles import roles_of
from jishi.entry.console.vocabulary import PLATFORM_ROLE
from jishi.entry.console.words import both
from jishi.kernel.http import ShopRequest
from jishi.kernel.models import DeadLetter
from jishi.money.payments.models import Payment
from jishi.trade.orders.models import Order

WORDS = {
    "greeting": both("你好", "Hello"),
    "waiting": both("待办", "To do"),
    "no_role": both("你还没有平台角色,请联系管理员。", "You have no role yet; please ask an administrator."),
    "today": both("今日", "today"),
    "yesterday": both("昨日", "yesterday"),
    "engine": both("系统运行", "The engine"),
}


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what whoever asks has to do with: to-do counts, and the charts of his jobs."""
    now = cast(ShopRequest, request).now
    sees_money = may_open(request, Payment)
    trends = [
        *([charts.placed(now)] if may_open(request, Order) else []),
        *([charts.paid_in(now)] if sees_money else []),
    ]
    return context | {
        "title": both("工作台", "Today"),
        "roles": [PLATFORM_ROLE.name(role) for role in sorted(roles_of(request))],
        "figures": figures(request, now),
        "trends": trends,
        "outcomes": charts.outcomes(now) if sees_money else None,
        "engine": charts.engine(now) if may_open(request, DeadLetter) else None,
        "words": WORDS,
    }
