"""On a promotion's page, each when it is asked for: the check before it is live, a price with it, what came of it."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from jishi.entry.console import promotion_preview
from jishi.entry.console.columns import NOTHING, money, percent
from jishi.entry.console.page import Block, Section, Table, amount, label, link, merchant_names
from jishi.entry.console.promotion_forms import FUNDER
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.flows.check_promotion import check_promotion
from jishi.identity.merchants.models import Merchant
from jishi.insight.analytics.queries_market import market_results
from jishi.kernel.errors import ShopError
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import PromotionId
from jishi.kernel.money import Money
from jishi.offering.catalog.models import Product
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.types_check import (
    CheckedSku,
    CheckRequest,
    FunderAmount,
    PromotionCheck,
    ShownFinding,
    Simulation,
)
from jishi.trade.orders.types_promotions import MarketSales, SoldByMerchant

LOOK = "look"  # of the page's address
MERCHANTS_SHOWN, GOODS_SHOWN, NAMED = 100, 20, 5
LOOKS = Vocabulary(
    both("查看", "Look at"),
    {
        "check": Word("检查与试算", "Check and simulate"),
        "price": Word("价格预览", "A price with it"),
        "results": Word("活动效果", "What came of it"),
    },
)
SEVERITY = Vocabulary(
    both("结论", "Verdict"),
    {
        "blocks": Word("不能上线", "Cannot go live", "danger"),
        "warns": Word("请确认", "Think again", "warning"),
        "notes": Word("提示", "Good to know", "info"),
    },
)
RESULTS = both("活动效果", "What came of it")


def sections(request: HttpRequest, row: Any, looks: Sequence[str] = tuple(LOOKS.words)) -> list[Section]:
    """Return the choice of what to look at of a promotion, and what was chosen."""
    chosen = request.GET.get(LOOK, "")
    chosen = chosen if chosen in looks else ""
    now = cast(ShopRequest, request).now
    try:
        shown = _chosen(request, row, chosen, now)
    except ShopError as refused:
        shown = [Table(LOOKS.name(chosen), (), (), empty=refused.detail(language()))]
    return [_choices(looks, chosen), *shown]


def _chosen(request: HttpRequest, row: Any, chosen: str, now: datetime) -> list[Section]:
    if chosen == "check":
        asked = CheckRequest(promotion_id=PromotionId(row.pk))
        found = check_promotion(merchant_id=row.merchant_id, request=asked, language=language(), now=now)
        return _check(request, found)
    if chosen == "price":
        return promotion_preview.sections(request, row, now)
    if chosen == "results":
        return results(request, row.pk, now)
    return []


def _choices(looks: Sequence[str], chosen: str) -> Section:
    choices = [
        {
            "name": LOOKS.name(one),
            "address": "?" + urlencode({LOOK: one}),
            "is_chosen": one == chosen,
        }
        for one in looks
    ]
    html = render_to_string("console/looks.html", {"title": LOOKS.title, "choices": choices})
    return Block(LOOKS.title, SafeString(html))


# -- the check ----------------------------------------------------------------------------------------------


def _check(request: HttpRequest, found: PromotionCheck) -> list[Section]:
    return [
        Table(
            both("检查结果", "What the check found"),
            (SEVERITY.title, both("说明", "What"), both("涉及商品", "Goods"), both("涉及活动", "Promotions")),
            [_finding(request, one) for one in found.findings],
            note=both(
                f"覆盖 {found.skus_covered} 个规格,检查了销量最高的 {found.skus_checked} 个。",
                f"It covers {found.skus_covered} SKUs; the {found.skus_checked} that sell best were looked at.",
            ),
            empty=both("没有发现问题,可以上线。", "Nothing was found: it can go live."),
        ),
        _simulation(found.simulation),
        _touched(request, found.simulation),
        _goods(request, found.goods),
    ]


def _finding(request: HttpRequest, one: ShownFinding) -> tuple[object, ...]:
    goods = [f"{sku.title} {sku.choice_name}".strip() for sku in one.goods]
    others = [(link(request, PromotionRow, other.id, other.name),) for other in one.promotions]
    return (
        label(SEVERITY, one.severity),
        one.message,
        _named(goods) or NOTHING,
        format_html_join(", ", "{}", others) if others else NOTHING,
    )


def _named(goods: Sequence[str]) -> str:
    more = len(goods) - NAMED
    rest = [str(both(f"等 {len(goods)} 个", f"and {more} more"))] if more > 0 else []
    return ", ".join([*goods[:NAMED], *rest])


def _simulation(found: Simulation) -> Table:
    more = found.breakeven_basis_points
    lines: list[tuple[object, object]] = [
        (both("订单", "Orders"), f"{found.orders_sampled:,} / {found.orders_found:,}"),
        (both("用到活动的订单", "Orders that get it"), f"{found.orders_touched:,}"),
        (both("没有活动的销售额", "Sales without it"), _amount(found.revenue_before)),
        (both("有活动的销售额", "Sales with it"), _amount(found.revenue_after)),
        (both("共优惠", "Taken off"), _amount(found.discount)),
        (both("平均每单优惠", "Off an order, on average"), _amount(found.average_discount)),
        *(
            (f"{both('承担', 'Borne by')} · {FUNDER.name(one.funder)}", _amount(one.amount))
            for one in found.by_funder
        ),
        (
            both("订单需要多多少才不亏", "More orders needed to bring as much"),
            both("无法弥补", "No number would") if more is None else percent(more),
        ),
        (
            both("低于成本的订单", "Orders below cost"),
            f"{found.orders_below_cost:,} / {found.orders_with_costs:,}",
        ),
    ]
    note = str(
        both(
            f"用近 {found.days} 天的订单按今天的价格试算,假设需求不变。",
            f"The orders of the last {found.days} days at today's prices, at the same demand.",
        )
    )
    bound = both(
        " 按每位买家都符合人群计算,是上限。", " Every buyer counts as one it is for: an upper bound."
    )
    return Table(
        both("损失试算", "What it would have cost"),
        (both("项目", "What"), both("数值", "Value")),
        lines,
        note=note + (str(bound) if found.is_upper_bound else ""),
    )


def _touched(request: HttpRequest, found: Simulation) -> Table:
    return Table(
        both("优惠最多的商品", "Products with the largest discounts"),
        (both("商品", "Product"), both("订单", "Orders"), both("优惠", "Taken off")),
        [
            (link(request, Product, one.product_id, one.title), one.orders, _amount(one.discount))
            for one in found.products
        ],
    )


def _goods(request: HttpRequest, goods: Sequence[CheckedSku]) -> Table:
    deepest = sorted(goods, key=lambda one: (_depth(one), str(one.sku_id)))[:GOODS_SHOWN]
    return Table(
        both("到手价最低的商品", "Goods that are reduced most"),
        (both("商品", "Product"), both("规格", "Choice"), both("售价", "Price"),
         both("30 天最低", "Lowest of 30 days"), both("成本", "Cost"),
         both("叠加后最低", "The least with all of it")),
        [
            (
                link(request, Product, one.product_id, one.title),
                one.choice_name or NOTHING,
                _amount(one.price),
                _amount(one.lowest),
                _amount(one.cost),
                _amount(one.worst),
            )
            for one in deepest
        ],
    )  # fmt: skip


def _depth(one: CheckedSku) -> Fraction:
    """Return which part of its price a piece comes to at the least."""
    return Fraction(one.worst.amount_minor, one.price.amount_minor or 1)


# -- results ------------------------------------------------------------------------------------------------


def results(request: HttpRequest, promotion_id: object, now: datetime) -> list[Section]:
    """Return what was sold with a promotion, and what each merchant and funder bore of it."""
    found = market_results(PromotionId(promotion_id), now=now)  # type: ignore[arg-type]
    if found is None:
        note = both(
            "特价不留下优惠金额:订单只记录实际成交价。",
            "Prices of its own leave no discount behind: an order keeps the price that was paid.",
        )
        return [Table(RESULTS, (), (), empty=note)]
    return [_whole(found.whole), _by_merchant(request, found)]


def _whole(sold: SoldByMerchant) -> Table:
    return Table(
        RESULTS,
        (both("项目", "What"), both("数值", "Value")),
        [
            (both("已付款订单", "Paid orders"), f"{sold.orders:,}"),
            (both("买家", "Buyers"), f"{sold.buyers:,}"),
            (both("销售额", "Sales"), _amount(sold.sales)),
            (both("共优惠", "Taken off"), _amount(sold.discount)),
            *(
                (f"{both('承担', 'Borne by')} · {FUNDER.name(one.funder)}", _amount(one.amount))
                for one in sold.by_funder
            ),
        ],
        note=both("截至现在,退款不扣减。", "Until now; refunds are not taken off."),
    )


def _by_merchant(request: HttpRequest, found: MarketSales) -> Table:
    shown = found.merchants[:MERCHANTS_SHOWN]
    stores = merchant_names((one.merchant_id for one in shown), language())
    return Table(
        both("按店铺", "By store"),
        (both("店铺", "Store"), both("订单", "Orders"), both("买家", "Buyers"), both("销售额", "Sales"),
         both("优惠", "Taken off"), *(FUNDER.name(one) for one in FUNDER.words)),
        [
            (
                link(request, Merchant, one.merchant_id, stores.get(cast(Any, one.merchant_id), NOTHING)),
                f"{one.orders:,}",
                f"{one.buyers:,}",
                _amount(one.sales),
                _amount(one.discount),
                *_borne(one.by_funder),
            )
            for one in shown
        ],
        note=_left_out(len(found.merchants) - len(shown)),
    )  # fmt: skip


def _left_out(count: int) -> str:
    return str(both(f"另有 {count} 家店铺优惠更少。", f"{count} more stores with less.")) if count > 0 else ""


def _borne(parts: Sequence[FunderAmount]) -> list[object]:
    known = {one.funder.value: one.amount for one in parts}
    return [_amount(known.get(one)) for one in FUNDER.words]


def _amount(value: Money | None) -> object:
    return NOTHING if value is None else amount(money(value.amount_minor, value.currency))
