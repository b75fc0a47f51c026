"""On a coupon template's page: what became of its coupons day by day, and one by one without their holders."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.entry.console.columns import NOTHING, money, short
from jishi.entry.console.page import Section, Table, amount, label, moment
from jishi.entry.console.promotion_forms import FUNDER
from jishi.entry.console.words import Vocabulary, Word, both
from jishi.kernel import clock
from jishi.kernel.ids import CouponTemplateId
from jishi.offering.coupons import queries_platform
from jishi.offering.coupons.types import CouponDay, CouponStatus
from jishi.offering.coupons.types_platform import GivenCoupon

GIVEN = both("已发", "Given")
USED = both("已用", "Used")
COST = both("优惠金额", "Taken off")
REVENUE = both("带来销售", "Sales")
STOCK = both("已发 / 总量", "Given / in all")
STANDING = Vocabulary(
    both("状态", "Status"),
    {
        "held": Word("未使用", "Held", "info"),
        "locked": Word("待付款", "In an unpaid order", "warning"),
        "used": Word("已使用", "Used", "success"),
        "expired": Word("已过期", "Expired"),
    },
)
ORIGIN = Vocabulary(
    both("来源", "By"),
    {
        "claim": Word("领取", "Claimed"),
        "code": Word("兑换码", "A code"),
        "sign_up": Word("注册", "A new account"),
        "order": Word("订单", "An order"),
        "event": Word("活动", "An event"),
    },
)


def stock(row: Any) -> SafeString | str:
    """Return how many coupons were given, of how many as a bar."""
    if row.stock is None:
        return f"{row.given_count:,}"
    return format_html(
        '<span class="jishi-amount">{} / {}</span> <progress max="{}" value="{}" aria-label="{}"></progress>',
        f"{row.given_count:,}", f"{row.stock:,}", row.stock, row.given_count, STOCK,
    )  # fmt: skip


def borne(template_id: CouponTemplateId) -> str:
    """Return who bears what, in a line for people."""
    found = queries_platform.costs(template_id)
    return ", ".join(f"{FUNDER.name(one.funder)} {money(one.amount_minor)}" for one in found) or NOTHING


def days(found: list[CouponDay]) -> Section:
    """Return the days on which something happened, the latest first."""
    return Table(
        both("近 31 天", "The last 31 days"),
        (both("日期", "Day"), GIVEN, USED, COST, REVENUE),
        [
            (
                one.day.isoformat(),
                one.given_count,
                one.used_count,
                amount(money(one.discount_minor)),
                amount(money(one.revenue_minor)),
            )
            for one in reversed(found)
            if one.given_count or one.used_count
        ],
    )


def coupons(template_id: CouponTemplateId) -> Section:
    """Return the coupons given last; who holds them is nobody's business here."""
    return Table(
        both("最近发出的券", "Coupons given last"),
        (both("券", "Coupon"), ORIGIN.title, both("版本", "Version"), STANDING.title, both("发放时间", "Given"),
         both("有效至", "Good until"), both("使用时间", "Used"), COST, REVENUE),
        [
            (
                short(one.id),
                ORIGIN.name(one.origin),
                f"#{one.version}",
                label(STANDING, _standing(one)),
                moment(one.given_at),
                moment(one.valid_until),
                moment(one.used_at),
                amount(money(one.amount_minor)) if one.amount_minor else NOTHING,
                amount(money(one.revenue_minor)) if one.amount_minor else NOTHING,
            )
            for one in queries_platform.given(template_id)
        ],
        note=both("只显示券的去向,不显示持有人。", "Where each went, never who holds it."),
    )  # fmt: skip


def _standing(one: GivenCoupon) -> str:
    is_over = one.status is CouponStatus.HELD and one.valid_until <= clock.now()
    return "expired" if is_over else one.status.value
