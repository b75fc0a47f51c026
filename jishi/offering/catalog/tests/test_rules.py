"""What a product must be, and what may follow what."""

from dataclasses import replace

import pytest

from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CategoryId, MediaId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import rules
from jishi.offering.catalog.rules import LISTING_MOVES, MoveNotAllowed
from jishi.offering.catalog.types import (
    AttributeKind,
    AxisValueWish,
    CategoryAttribute,
    ListingStatus,
    ProductWish,
    SaleAxisWish,
    SkuWish,
)

AXIS = SaleAxisWish(
    code="colour",
    name=Text("颜色", "Colour"),
    values=[
        AxisValueWish(code="red", name=Text("红", "Red")),
        AxisValueWish(code="blue", name=Text("蓝", "Blue")),
    ],
)
RED = SkuWish(code="A-RED", choice={"colour": "red"}, price_minor=1_000)
BLUE = SkuWish(code="A-BLUE", choice={"colour": "blue"}, price_minor=1_200, list_price_minor=1_500)
WISH = ProductWish(
    title=Text("杯子", "Cup"),
    subtitle=Text("", ""),
    description=Text("<p>好</p>", ""),
    category_id=CategoryId(new_id()),
    brand_id=None,
    media_ids=[MediaId(new_id())],
    axes=[AXIS],
    skus=[RED, BLUE],
    attributes={"material": "steel"},
)


def attribute(**changes: object) -> CategoryAttribute:
    plain = CategoryAttribute(
        code="material",
        name="材质",
        kind=AttributeKind.CHOICE,
        is_required=True,
        is_filterable=True,
        is_sale_axis=False,
        choices=["钢"],
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_every_state_has_a_way_to_the_shelf() -> None:
    for start in ListingStatus:
        reached, left = {start}, [start]
        while left:
            for move in LISTING_MOVES[left.pop()]:
                if move not in reached:
                    reached.add(move)
                    left.append(move)
        assert ListingStatus.LIVE in reached, start


@pytest.mark.parametrize("status", list(ListingStatus))
def test_only_named_moves_are_allowed(status: ListingStatus) -> None:
    for to in ListingStatus:
        if to in LISTING_MOVES[status]:
            rules.require_move(status, to)
        else:
            with pytest.raises(MoveNotAllowed):
                rules.require_move(status, to)


def test_a_good_wish_passes() -> None:
    rules.check_shape(WISH)
    rules.check_complete(WISH, [attribute()], is_leaf=True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": Text(" ", "Cup")}, "wish.title.zh"),
        ({"title": Text("杯" * 121, "")}, "wish.title.zh"),
        ({"title": Text("杯\0子", "")}, "wish"),
        ({"title": Text("杯\ud83d", "")}, "wish"),
        ({"media_ids": [MediaId(WISH.media_ids[0])] * 2}, "wish.media_ids"),
        ({"per_buyer_limit": 0}, "wish.per_buyer_limit"),
        ({"attributes": {"a" * 41: "x"}}, "wish.attributes"),
        ({"axes": [AXIS, AXIS]}, "wish.axes"),
        ({"axes": [replace(AXIS, values=[])]}, "wish.axes.0"),
        ({"axes": [replace(AXIS, values=[AXIS.values[0]] * 2)]}, "wish.axes.0"),
        ({"skus": [RED, replace(BLUE, choice={})]}, "wish.skus.1.choice"),
        ({"skus": [RED, replace(BLUE, choice={"colour": "green"})]}, "wish.skus.1.choice"),
        ({"skus": [replace(RED, price_minor=0)]}, "wish.skus.0.price_minor"),
        ({"skus": [replace(BLUE, list_price_minor=1_199)]}, "wish.skus.0.list_price_minor"),
        ({"skus": [replace(RED, code=" ")]}, "wish.skus.0.code"),
        ({"skus": [replace(RED, weight_grams=-1)]}, "wish.skus.0.weight_grams"),
        ({"skus": [RED, replace(RED, code="B")]}, "wish.skus"),
        ({"skus": [RED, replace(BLUE, code=RED.code)]}, "wish.skus"),
    ],
)
def test_a_wish_that_cannot_be_kept_names_what_is_wrong(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_shape(replace(WISH, **change))  # type: ignore[arg-type]
    assert refused.value.data["field"] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"media_ids": []}, "wish.media_ids"),
        ({"skus": [], "axes": []}, "wish.skus"),
        ({"attributes": {}}, "wish.attributes.material"),
    ],
)
def test_a_draft_may_lack_what_a_listing_may_not(change: dict[str, object], field: str) -> None:
    wish = replace(WISH, **change)  # type: ignore[arg-type]
    rules.check_shape(wish)
    with pytest.raises(Invalid) as refused:
        rules.check_complete(wish, [attribute()], is_leaf=True)
    assert refused.value.data["field"] == field


def test_products_lie_in_leaves() -> None:
    with pytest.raises(Invalid):
        rules.check_complete(WISH, [], is_leaf=False)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (AttributeKind.CHOICE, "钢", "steel"),
        (AttributeKind.CHOICE, "Steel", "steel"),
        (AttributeKind.CHOICE, "steel", "steel"),
        (AttributeKind.NUMBER, " 12.5 ", "12.5"),
        (AttributeKind.NUMBER, "-3", "-3"),
        (AttributeKind.FLAG, "true", "true"),
        (AttributeKind.TEXT, " 手工 ", "手工"),
        (AttributeKind.NUMBER, "", ""),
        (AttributeKind.CHOICES, "steel", "steel"),
        (AttributeKind.CHOICES, "Steel、木, 钢", "wood,steel"),  # as they stand in the list, each once
        (AttributeKind.DATE, "2024-02-29", "2024-02-29"),
        (AttributeKind.COLOUR, "#1E8E6E", "#1e8e6e"),
    ],
)
def test_attribute_values_are_kept_in_one_form(kind: AttributeKind, value: str, kept: str) -> None:
    codes = {"木": "wood", "wood": "wood", "钢": "steel", "Steel": "steel", "steel": "steel"}
    assert rules.normal_value(attribute(kind=kind), value, codes) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AttributeKind.CHOICE, "wood"),
        (AttributeKind.NUMBER, "1e5"),
        (AttributeKind.NUMBER, "１２"),  # full-width digits
        (AttributeKind.NUMBER, "1.2.3"),
        (AttributeKind.FLAG, "yes"),
        (AttributeKind.CHOICES, "steel"),
        (AttributeKind.DATE, "2025-02-29"),
        (AttributeKind.DATE, "20250201"),
        (AttributeKind.DATE, "２０２５-02-01"),
        (AttributeKind.COLOUR, "red"),
        (AttributeKind.COLOUR, "#1e8e6"),
    ],
)
def test_values_of_another_kind_are_refused(kind: AttributeKind, value: str) -> None:
    with pytest.raises(Invalid):
        rules.normal_value(attribute(kind=kind), value, {})


def test_a_choice_is_named_in_the_order_of_the_axes() -> None:
    size = replace(AXIS, code="size", values=[AxisValueWish(code="l", name=Text("大", "Large"))])
    assert rules.choice_name([AXIS, size], {"size": "l", "colour": "blue"}) == Text("蓝 / 大", "Blue / Large")
    assert rules.choice_name([], {}) == Text("", "")


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>好<script>alert(1)</script></p>", "<p>好</p>"),
        ('<p onclick="x()">好</p>', "<p>好</p>"),
        ('<a href="javascript:x()">好</a>', '<a rel="nofollow noopener">好</a>'),
        ('<img src="https://evil.example/x.png" alt="好">', '<img alt="好">'),
        ('<img src="/media/ab/cd/480.webp" alt="好">', '<img src="/media/ab/cd/480.webp" alt="好">'),
        ('<p style="position:fixed">好</p>', "<p>好</p>"),
        ("<iframe src=/></iframe><form><input></form>好", "好"),
        ("<svg><animate onbegin=alert(1)>", ""),
        ('<a href="jav&#x09;ascript:x()">好</a>', '<a rel="nofollow noopener">好</a>'),
        ('<a href="data:text/html,<script>x()</script>">好</a>', '<a rel="nofollow noopener">好</a>'),
        ('<a href="http://evil.example">好</a>', '<a rel="nofollow noopener">好</a>'),
        ('<a href="/p/1" target="_top">好</a>', '<a href="/p/1" rel="nofollow noopener">好</a>'),
        ('<img src="/media/../evil.webp" onerror="x()">', "<img>"),
        ('<img src="/media/%2e%2e/evil.webp">', "<img>"),
        ('<img src="/media//evil.example/x.webp">', "<img>"),
        ("<math><mi//xlink:href='data:x,<script>x()</script>'>", ""),
        ("<!--><script>x()</script>-->好", "--&gt;好"),
        ("<style>@import 'https://evil.example'</style>好", "好"),
        (
            "<table><tr><td colspan=2 style=x>好</table>",
            '<table><tbody><tr><td colspan="2">好</td></tr></tbody></table>',
        ),
        ("<h1>大</h1><h2>小</h2><ul><li>一", "大<h2>小</h2><ul><li>一</li></ul>"),
    ],
)
def test_nothing_that_runs_stays_in_a_description(html: str, clean: str) -> None:
    assert rules.clean_html(html, media_url="/media/") == clean
