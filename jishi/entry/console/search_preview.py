"""On a set of rules' page: what a search would show under them, beside what it shows now, and why."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.discovery.search import queries_desk as search
from jishi.discovery.search.types import SearchResult
from jishi.discovery.search.types_desk import Explained
from jishi.discovery.steering import queries as steering
from jishi.discovery.steering.models import RuleSet
from jishi.discovery.steering.types import Rules
from jishi.entry.console.base import uuid_in
from jishi.entry.console.page import Block, Section, Table, link
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.kernel import clock
from jishi.kernel.errors import ShopError
from jishi.kernel.ids import ProductId
from jishi.offering.catalog.models import Product

QUERY, PRODUCT = "query", "product"  # of the page's address
WORDS_MAX = 100
WORDS = {
    "words_title": both("搜索词", "Search"),
    "try_title": both("试一试", "Try"),
    "why_title": both("为什么?", "Why?"),
    "none_title": both("什么都没有", "Nothing is shown"),
    "leads_title": both("跳转到", "Leads to"),
    "meant_title": both("您是不是要找", "Did you mean"),
}
PART = Vocabulary(
    both("质量", "Quality"),
    {
        "velocity": Word("近期销量", "Sold lately"),
        "conversion": Word("转化率", "Lookers who buy"),
        "rating": Word("评分", "Rating"),
        "returns": Word("退货率", "Returns"),
        "completeness": Word("资料完整度", "Complete listing"),
    },
)
FIELD = Vocabulary(
    both("字段", "Field"),
    {
        "title": Word("标题", "Title"),
        "brand": Word("品牌", "Brand"),
        "labels": Word("类目、属性、店铺", "Category, attributes, store"),
        "body": Word("详情", "Description"),
        "pinyin": Word("拼音", "Pinyin"),
        "initials": Word("拼音首字母", "Initials"),
        "grams": Word("标题中连写", "Together in the title"),
    },
)


def sections(request: HttpRequest, row: RuleSet) -> list[Section]:
    """Return the preview of a typed search, and why one product stands where it stands."""
    typed = " ".join(request.GET.get(QUERY, "").split())[:WORDS_MAX]
    now = clock.now()
    rules, live = steering.rules_of(row.pk, now=now), steering.live_rules(now=now)
    try:
        lists = _lists(typed, rules, live) if typed else []
        why = _why(request, typed, rules) if typed else []
    except ShopError as refused:
        return [_block(typed, [], refused.detail(language()))]
    return [_block(typed, lists), *why]


def _lists(typed: str, rules: Rules, live: Rules) -> list[dict[str, Any]]:
    shown = [(both("现在线上", "Live now"), live)]
    if rules.number != live.number:
        shown.append((both(f"用第 {rules.number} 版", f"With set {rules.number}"), rules))
    found = [(title, search.preview(typed, one, language=language())) for title, one in shown]
    before = [card.id for card in found[0][1].items]
    return [{"title": title, "found": one, "items": _items(typed, one, before)} for title, one in found]


def _items(typed: str, found: SearchResult, before: list[ProductId]) -> list[dict[str, Any]]:
    return [
        {
            "title": card.title,
            "store": card.merchant.name,
            "move": _move(place, before.index(card.id) if card.id in before else None),
            "why": "?" + urlencode({QUERY: typed, PRODUCT: str(card.id)}) + "#why",
        }
        for place, card in enumerate(found.items)
    ]


def _move(place: int, before: int | None) -> str:
    if before is None:
        return str(both("新", "new"))
    return "" if before == place else f"{'↑' if before > place else '↓'} {abs(before - place)}"


def _block(typed: str, lists: list[dict[str, Any]], problem: str = "") -> Block:
    html = render_to_string(
        "console/search_preview.html",
        {"typed": typed, "lists": lists, "problem": problem, "name": QUERY, "most": WORDS_MAX, **WORDS},
    )
    return Block(both("预览", "Preview"), SafeString(html))


def _why(request: HttpRequest, typed: str, rules: Rules) -> list[Section]:
    product_id = uuid_in(request.GET.get(PRODUCT, ""))
    if product_id is None:
        return []
    told = search.explain(typed, ProductId(product_id), rules, language=language())
    name = format_html('<span id="why">{}</span>', link(request, Product, product_id, told.title))
    return [
        Table(
            both(f"为什么在这里 · {told.title}", f"Why it stands there · {told.title}"),
            (both("部分", "Part"), both("数值", "Value")),
            [(both("商品", "Product"), name), *_parts(told)],
            note=both(
                "得分 = 文字 × 规则 × 质量 × 有无货;随后在商家之间保持公平。",
                "Score = words × rules × quality × stock; then fairness between merchants.",
            ),
        ),
        Table(
            both("文字得分", "Score of the words"),
            (both("词", "Word"), FIELD.title, both("得分", "Score")),
            [(one.word, FIELD.name(one.field), f"{one.score:.3f}") for one in told.words],
            note=both(
                "每个词取得分最高的字段,其余各加十分之一;各词相加。",
                "Of each word the best field counts, a tenth of the others is added; words add up.",
            ),
            empty=both("没有找到", "It is not found"),
        ),
    ]


def _parts(told: Explained) -> list[tuple[object, object]]:
    boosts = "; ".join(f"{'、'.join(one.words)} × {one.factor:g}" for one in told.boosts)
    quality = [
        (f"{PART.title} · {PART.name(one.name)}", f"× {one.factor:.3f} ({one.score:+.2f})")
        for one in told.quality.parts
    ]
    met = both("全部词都有", "It has all words") if told.is_whole else both("替代结果", "It stands in")
    return [
        (both("是否符合", "Met"), met if told.is_found else both("没有找到", "It is not found")),
        (both("文字得分", "Words"), f"{told.text_score:.3f}"),
        (both("规则权重", "Rules"), f"× {told.boosted:.2f}" + (f" ({boosts})" if boosts else "")),
        *quality,
        (both("质量合计", "Quality in all"), f"× {told.quality.factor:.3f}"),
        (both("有无货", "Stock"), f"× {told.stock_factor:g}"),
        (both("总分", "Score"), f"{told.score:.3f}"),
        (both("按得分的名次", "Place by score"), _place(told.place_unmoved)),
        (both("公平调整后的名次", "Place after fairness"), _place(told.place)),
    ]


def _place(place: int | None) -> str:
    return str(place) if place else str(both("前 120 名之外", "not among the first 120"))
