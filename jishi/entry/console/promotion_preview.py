"""On a promotion's page: what goods would cost a given buyer at a given instant with it, and why."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from jishi.entry.console.columns import NOTHING, instant, money
from jishi.entry.console.page import Block, Section, Table, amount, label, link
from jishi.entry.console.promotion_text import PROMOTION_STATUS, off_said
from jishi.entry.console.search_rule_forms import MOMENT
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.kernel.errors import Invalid, ShopError
from jishi.kernel.ids import PromotionId, SkuId
from jishi.kernel.money import Money
from jishi.offering.pricing.types import Measure
from jishi.offering.promotions import queries_check
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.queries_preview import preview
from jishi.offering.promotions.types_check import (
    CheckRequest,
    PreviewBuyer,
    PreviewedRule,
    PreviewLine,
    PricePreview,
    PricePreviewRequest,
)

LINES_MAX, PIECES_MAX, LEVEL_MAX, TYPED_MAX = 50, 9_999, 40, 4_000
SUGGESTED = 2
_LINE = re.compile(r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:\s+(\d{1,4}))?\s*", re.IGNORECASE)
TITLE = both("价格预览", "A price with it")
WORDS = {
    "goods_title": both("商品:每行“规格编号 件数”", "Goods: “SKU pieces” a line"),
    "level_title": both("会员等级", "Level"),
    "new_title": both("新客", "New customer"),
    "at_title": both("下单时间", "Placed at"),
    "try_title": both("试算", "Try"),
}
REASON = Vocabulary(
    both("原因", "Why"),
    {
        "not_yet": Word("未开始", "Not yet"),
        "over": Word("已结束", "Over"),
        "other_buyers": Word("人群不符", "For other buyers"),
        "other_channel": Word("渠道不符", "For another channel"),
        "used_up": Word("已用完", "Used up"),
        "below_threshold": Word("未达门槛", "Below its threshold"),
        "not_combined": Word("不可叠加", "Not beside another"),
        "no_better": Word("没有更优惠", "Not better"),
        "nothing_covered": Word("没有可用商品", "Covers nothing that is left"),
    },
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says."""

    skus: str
    level: str
    is_new: bool
    at: str


def sections(request: HttpRequest, row: Any, now: datetime) -> list[Section]:
    """Return the form, and the price of what it names."""
    typed = _typed(request.GET) if "skus" in request.GET else _suggested(row, now)
    if not typed.skus.strip():
        return [_form(typed)]
    try:
        asked = PricePreviewRequest(
            lines=_lines(typed.skus),
            buyer=PreviewBuyer(level=typed.level, is_new=typed.is_new),
            at=_instant(typed.at),
        )
        found = preview(row.merchant_id, asked, language=language(), now=now)
    except ShopError as refused:
        return [_form(typed, refused.detail(language()))]
    return [_form(typed), _goods(found), _rules(request, found)]


def _typed(given: QueryDict) -> Typed:
    return Typed(
        skus=given.get("skus", "")[:TYPED_MAX],
        level="".join(one for one in given.get("level", "") if one.isprintable())[:LEVEL_MAX],
        is_new=given.get("new") == "on",
        at=given.get("at", ""),
    )


def _suggested(row: Any, now: datetime) -> Typed:
    """Begin with one piece each of what sells best among the goods, at an instant of the promotion's time."""
    asked = queries_check.asked(row.merchant_id, CheckRequest(promotion_id=PromotionId(row.pk)))
    skus, _ = queries_check.covered_goods(row.merchant_id, asked.promotion)
    at = min(max(now, row.starts_at), row.ends_at - timedelta(minutes=1))
    return Typed(
        skus="\n".join(f"{one} 1" for one in skus[:SUGGESTED]),
        level="",
        is_new=asked.wish.audience.is_new_only,
        at=timezone.localtime(at).strftime(MOMENT),
    )


def _lines(typed: str) -> list[PreviewLine]:
    """Return the lines of a cart. Raises: Invalid for one that names no SKU, no piece, or for too many."""
    found = [_LINE.fullmatch(one.strip()) for one in typed.splitlines() if one.strip()]
    if len(found) > LINES_MAX:
        raise Invalid(field="skus")
    return [_line(one) for one in found]


def _line(found: re.Match[str] | None) -> PreviewLine:
    pieces = int(found[2] or 1) if found else 0
    if found is None or not 1 <= pieces <= PIECES_MAX:
        raise Invalid(field="skus")
    return PreviewLine(sku_id=SkuId(UUID(found[1])), quantity=pieces)


def _instant(typed: str) -> datetime | None:
    """Return the instant in China time that was typed, None for now. Raises: Invalid."""
    if not typed:
        return None
    try:
        return timezone.make_aware(datetime.strptime(typed, MOMENT))  # noqa: DTZ007 - made aware here
    except ValueError as wrong:
        raise Invalid(field="at") from wrong


def _form(typed: Typed, problem: str = "") -> Section:
    html = render_to_string("console/price_preview.html", {"typed": typed, "problem": problem, **WORDS})
    return Block(TITLE, SafeString(html))


def _goods(found: PricePreview) -> Table:
    return Table(
        both("商品价格", "Goods"),
        (both("商品", "Product"), both("规格", "Choice"), both("数量", "Pieces"), both("单价", "Price"),
         both("金额", "Amount"), both("优惠", "Taken off"), both("应付", "Payable")),
        [
            *(
                (one.title, one.choice_name or NOTHING, one.quantity, _amount(one.unit_price), _amount(one.amount),
                 _amount(one.discount), _amount(one.payable))
                for one in found.lines
            ),
            (both("合计", "In all"), NOTHING, sum(one.quantity for one in found.lines), NOTHING,
             _amount(found.goods_amount), _amount(found.discount_amount), _amount(found.total)),
        ],
        note=both(
            f"{instant(found.at)} 下单,未含运费、优惠券和积分;草稿和暂停的活动按上线计算。",
            f"Placed at {instant(found.at)}, before freight, coupons, points; drafts and paused ones count as live.",
        ),
    )  # fmt: skip


def _rules(request: HttpRequest, found: PricePreview) -> Table:
    applied = [
        (
            _name(request, one.rule),
            _status(one.rule),
            _why(found, one.rule, str(both("已用上", "Applied"))),
            amount(money(-one.amount.amount_minor, one.amount.currency)),
        )
        for one in found.applied
    ]
    passed = [
        (_name(request, one.rule), _status(one.rule), _why(found, one.rule, REASON.name(one.reason)), NOTHING)
        for one in found.passed
    ]
    return Table(
        both("活动", "Promotions"),
        (both("活动", "Promotion"), PROMOTION_STATUS.title, REASON.title, both("金额", "Amount")),
        [*applied, *passed],
    )


def _name(request: HttpRequest, rule: PreviewedRule) -> object:
    return link(request, PromotionRow, rule.rule_id, rule.name)


def _status(rule: PreviewedRule) -> object:
    return label(PROMOTION_STATUS, rule.status)


def _why(found: PricePreview, rule: PreviewedRule, why: str) -> str:
    """Return why a promotion does what it does, and what is missing for its next step."""
    step = next((one for one in found.nexts if one.rule.rule_id == rule.rule_id), None)
    if step is None:
        return why
    by_amount = step.measure is Measure.AMOUNT
    left = money(step.missing)
    zh = left if by_amount else f"{step.missing} 件"
    en = f"{left} more" if by_amount else f"{step.missing} more {'piece' if step.missing == 1 else 'pieces'}"
    less = off_said(step.off)
    return f"{why} · {both(f'再买 {zh} 减 {less}', f'{less} off for {en}')}"


def _amount(value: Money) -> object:
    return amount(money(value.amount_minor, value.currency))
