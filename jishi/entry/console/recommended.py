"""How recommendations do, by place, version and arm, and the experiments that the arms are of."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from jishi.discovery.behaviour.types_shown import Shown
from jishi.discovery.recommendations import queries_measured, services_measured
from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.recommendations.types_measured import Figures, Interval, Measured, MeasuredDay
from jishi.entry.console.asking import DANGER, Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.catalogue import EditedDesk
from jishi.entry.console.columns import NOTHING, instant_column, money, title_of, titled
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.page import Fact
from jishi.entry.console.roles import OPERATIONS
from jishi.entry.console.words import Vocabulary, Word, both
from jishi.kernel import clock
from jishi.kernel.ids import ProductId

DAYS = 28
BAR_WIDTH, CHART_HEIGHT = 10, 60
PLACE = Vocabulary(
    both("位置", "Place"),
    {
        "home": Word("首页", "Home page"),
        "product": Word("商品页", "Product page"),
        "cart": Word("购物车", "Cart"),
        "paid": Word("支付后", "After paying"),
        "empty": Word("没有结果时", "Nothing found"),
    },
)
VERSION, ARM = both("模型版本", "Version"), both("实验组", "Arm")
SHOWN, CLICKED = both("曝光", "Shown"), both("点击率", "Click rate")
ADDED, EARNED = both("加购率", "Add rate"), both("每千次曝光成交", "Revenue per 1,000 shown")
WORDS = {
    "sums": both(f"近 {DAYS} 天", f"The last {DAYS} days"),
    "note": both(
        "括号内为 95% 置信区间。成交:点击后 24 小时内同一人付款的同一商品,算给最后一次点击。",
        "In brackets the 95 % interval. Revenue: the same product, paid for by the same person within 24 hours of "
        "a click; the last click counts.",
    ),
    "chart": both("每日点击率", "Click rate by day"),
    "none": both("还没有数据,每天凌晨统计前一天。", "Nothing yet: each night measures the day before."),
    "heads": (PLACE.title, VERSION, ARM, SHOWN, CLICKED, ADDED, EARNED),
}


def percent(found: Interval | None) -> str:
    """Return a rate with its interval."""
    if found is None:
        return NOTHING
    return f"{found.value:.2%} ({found.low:.2%} – {found.high:.2%})"


def per_thousand(found: Interval | None) -> str:
    """Return what a thousand impressions bring, with its interval."""
    if found is None:
        return NOTHING
    value, low, high = (money(round(1_000 * one)) for one in (found.value, found.low, found.high))
    return f"{value} ({low} – {high})"


def _names(shown: Shown) -> tuple[str, str, str]:
    return PLACE.name(shown.placement), shown.model or NOTHING, shown.arm or NOTHING


def _figures(measured: Measured) -> tuple[str, str, str, str]:
    found = queries_measured.figures(measured)
    return (
        f"{measured.impressions:,}",
        percent(found.clicks),
        percent(found.adds),
        per_thousand(found.revenue_minor),
    )


def _bars(days: list[MeasuredDay]) -> list[dict[str, object]]:
    """Return the bars of the chart, one a day, the highest as high as the chart."""
    rates = [(one, queries_measured.figures(one.measured).clicks) for one in days]
    most = max((rate.value for _, rate in rates if rate), default=0.0) or 1.0
    return [
        {
            "x": BAR_WIDTH * place,
            "y": round(CHART_HEIGHT * (1 - (rate.value if rate else 0.0) / most), 1),
            "height": round(CHART_HEIGHT * (rate.value if rate else 0.0) / most, 1),
            "title": f"{one.day:%m-%d} · {percent(rate)} · {SHOWN} {one.measured.impressions:,}",
        }
        for place, (one, rate) in enumerate(rates)
    ]


@register(DailyRow, both("推荐效果", "recommendations of a day"), both("推荐效果", "Recommendations"))
class RecommendedDesk(Desk):
    """The sums of the last weeks above, the days below."""

    roles = (OPERATIONS,)
    has_trail = False
    list_display = ("on", "place", "version", "under", "shown", "clicked", "added", "earned")
    list_filter = (choice_filter("placement", PLACE),)
    list_before_template = "console/recommended.html"
    ordering = ("-day", "placement", "model", "arm")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list below the sums."""
        since = (clock.now().astimezone(services_measured.CHINA) - timedelta(days=DAYS)).date()
        lines = [
            (*_names(one.shown), *_figures(one.measured)) for one in queries_measured.by_shown(since=since)
        ]
        bars = _bars(queries_measured.by_day(since=since))
        told = {
            "lines": lines,
            "bars": bars,
            "bar_width": BAR_WIDTH - 3,
            "chart": f"0 0 {BAR_WIDTH * DAYS} {CHART_HEIGHT}",
        }
        context = (extra_context or {}) | told | {"words": WORDS}
        return cast(HttpResponse, super().changelist_view(request, context))

    @titled(both("日期", "Day"))
    def on(self, row: DailyRow) -> str:
        return f"{row.day:%Y-%m-%d}"

    @titled(PLACE.title)
    def place(self, row: DailyRow) -> str:
        return PLACE.name(row.placement)

    @titled(VERSION)
    def version(self, row: DailyRow) -> str:
        return row.model or NOTHING

    @titled(ARM)
    def under(self, row: DailyRow) -> str:
        return row.arm or NOTHING

    @titled(SHOWN)
    def shown(self, row: DailyRow) -> str:
        return f"{row.impressions:,}"

    @titled(CLICKED)
    def clicked(self, row: DailyRow) -> str:
        return percent(_figures_of(row).clicks)

    @titled(ADDED)
    def added(self, row: DailyRow) -> str:
        return percent(_figures_of(row).adds)

    @titled(EARNED)
    def earned(self, row: DailyRow) -> str:
        return per_thousand(_figures_of(row).revenue_minor)

    def name_of(self, row: DailyRow) -> str:
        return f"{self.on(row)} · {self.place(row)}"

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        names = (SHOWN, CLICKED, ADDED, EARNED)
        return [
            Fact(both("日期", "Day"), self.on(row)),
            Fact(PLACE.title, self.place(row)),
            Fact(VERSION, self.version(row)),
            Fact(ARM, self.under(row)),
            *(Fact(name, text) for name, text in zip(names, _figures(_of(row)), strict=True)),
            Fact(both("点击", "Clicks"), f"{row.clicks:,}"),
            Fact(both("加购", "Adds"), f"{row.adds:,}"),
            Fact(both("成交商品", "Products paid for"), f"{row.orders:,}"),
            Fact(both("成交额", "Revenue"), money(row.revenue_minor)),
        ]


def _figures_of(row: DailyRow) -> Figures:
    return queries_measured.figures(_of(row))


def _of(row: DailyRow) -> Measured:
    return Measured(
        impressions=row.impressions,
        clicks=row.clicks,
        adds=row.adds,
        orders=row.orders,
        revenue_minor=row.revenue_minor,
        revenue_squares=int(row.revenue_squares),
    )


# -- experiments ----------------------------------------------------------------------------------------------


class ExperimentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is tried in arm b; arm a is as it is."""

    name = forms.SlugField(
        label=title_of("name"),
        max_length=30,
        widget=UnfoldAdminTextInputWidget,
        help_text=both("字母、数字与连字符", "Letters, digits and hyphens"),
    )
    share_percent = forms.IntegerField(
        label=title_of("share_percent"),
        min_value=1,
        max_value=99,
        initial=50,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    explored_every = forms.IntegerField(
        label=title_of("explored_every"),
        min_value=2,
        max_value=50,
        initial=10,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    uses_previous = forms.BooleanField(
        label=title_of("uses_previous"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = ExperimentRow
        fields = ("name", "share_percent", "explored_every", "uses_previous")

    def clean(self) -> dict[str, Any]:
        """Refuse a second one while one runs. Raises: ValidationError."""
        if ExperimentRow.objects.filter(is_running=True).exists():
            raise ValidationError(str(both("已有实验在进行,请先结束它", "One is running; end it first")))
        return super().clean() or {}


@register(ExperimentRow, both("推荐实验", "experiment"), both("推荐实验", "Experiments"))
class ExperimentDesk(EditedDesk):
    """Two ways of recommending beside each other. What differs stays as it was begun; it can only be ended."""

    roles = (OPERATIONS,)
    list_display = ("name", "share", "running", "started", "ended")
    ordering = ("-started_at",)
    form = ExperimentForm
    fields = ("name", "share_percent", "explored_every", "uses_previous")
    actions_detail = ("end",)

    started = instant_column("started_at")
    ended = instant_column("ended_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def products_of(self, row: Any) -> list[ProductId]:
        return []  # buyers see another order of goods, and no other goods

    def name_of(self, row: ExperimentRow) -> str:
        return row.name

    @titled(title_of("share_percent"))
    def share(self, row: ExperimentRow) -> str:
        return f"{row.share_percent} %"

    @titled(both("状态", "Status"))
    def running(self, row: ExperimentRow) -> str:
        return str(both("进行中", "Running") if row.is_running else both("已结束", "Ended"))

    @asks(
        name=both("结束实验", "End it"),
        question=both("所有人都将使用 A 组的推荐。", "Everybody gets what arm a gets."),
        done=both("实验已结束", "It has ended"),
        icon="stop_circle",
        roles=(OPERATIONS,),
        when=lambda row: row.is_running,
        variant=DANGER,
    )
    def end(self, asked: Asked) -> None:
        """End the experiment."""
        services_measured.end(experiment_id=asked.row_id, now=asked.now)
