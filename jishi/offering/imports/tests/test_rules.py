"""Whatever a table holds, each of its rows is in one product, and each product says yes or why not."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.kernel.ids import CategoryId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.types_bulk import CategoryRule, Rulebook
from jishi.offering.catalog.types_facts import TierWish
from jishi.offering.imports import rules, rules_tiers, rules_wish
from jishi.offering.imports.types import ColumnWish, Complaint, Group, Layout, Pictures, Sheet

HEADS = ["编号", "标题", "类目", "编码", "售价", "库存", "颜色"]
TARGETS = ["product_key", "title_zh", "category", "code", "price", "stock", rules.OWN_AXIS]
CATEGORY = CategoryRule(
    id=CategoryId(new_id()),
    path=[Text("杯子", "Cups")],
    is_open=True,
    is_leaf=True,
    in_force={},
    attributes=[],
    names={},
    choices={},
)
NAMES = rules_wish.lookups(
    Rulebook(categories={CATEGORY.id: CATEGORY}, brands={}, closed_brands=frozenset(), words={}),
    Pictures(found={}, problems={}, sources={}),
)
CELLS = st.sampled_from(["", "A", "B", "杯子", "1", "2.50", "-1", "=1", "1e9", "红", "x" * 200])


def layout() -> Layout:
    columns = [ColumnWish(position=place, target=target) for place, target in enumerate(TARGETS)]
    return rules.layout_of(HEADS, columns, {})


@settings(deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(HEADS)), min_size=1, max_size=30))
def test_every_row_is_in_one_product_and_every_product_is_taken_or_refused(
    body: list[tuple[str, ...]],
) -> None:
    sheet = Sheet(heads=HEADS, lines=[2 + n for n in range(len(body))], rows=[list(row) for row in body])
    groups = rules.groups_of(sheet, layout())
    assert sorted(place for group in groups for place in group.places) == list(range(len(body)))
    codes = [code for group in groups for code in group.codes]
    assert len(set(codes)) == len(codes)
    for group in groups:
        made, complaints = outcome(group, sheet)
        if made is None:
            assert complaints and complaints.keys() <= set(group.places)
            assert all(one.reason.zh and one.reason.en for found in complaints.values() for one in found)
        else:
            assert [sku.code for sku in made.wish.skus] == group.codes
            assert len(group.codes) == len(group.places)


def outcome(group: Group, sheet: Sheet) -> tuple[rules_wish.Assembled | None, Mapping[int, list[Complaint]]]:
    try:
        return rules_wish.assembled(group, sheet, layout(), NAMES, None), {}
    except rules_wish.Refused as refused:
        return None, refused.complaints


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 50))
def test_chunks_follow_each_other_and_leave_nothing_out(sizes: list[int], most: int) -> None:
    groups = [Group(places=list(range(size)), codes=[]) for size in sizes]
    done: list[Group] = []
    while len(done) < len(groups):
        chunk = list(rules.chunks_of(groups, len(done), most))
        assert chunk
        done += chunk
    assert done == groups


@pytest.mark.parametrize(
    ("heads", "meant"),
    [
        (
            ["商品名称", "类目路径", "SKU编码", "售价(元)", "数量"],
            ["title_zh", "category", "code", "price", "stock"],
        ),
        (["Handle", "Title", "Variant SKU", "Variant Price"], ["product_key", "title_zh", "code", "price"]),
        (["*标题:", "PRICE", "price", "?"], ["title_zh", "price", None, None]),
        (["颜色", "材质"], ["axis:colour", "attribute:material"]),
    ],
)
def test_columns_are_known_by_what_people_call_them(heads: list[str], meant: list[str | None]) -> None:
    named = {"axis:colour": Text("颜色", "Colour"), "attribute:material": Text("材质", "Material")}
    assert rules.proposed(heads, named) == meant


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_heads_are_understood(language: str) -> None:
    heads = [name.of(language) for name in rules.PLAIN.values()]
    assert rules.proposed(heads, {}) == list(rules.PLAIN)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("129", 12_900),
        ("129.5", 12_950),
        ("¥1,299.05", 129_905),
        ("0.01", 1),
        ("1.234", None),
        ("-1", None),
        ("1e3", None),
    ],
)
def test_prices_are_decimal_text_in_yuan(text: str, minor: int | None) -> None:
    row = ["", "杯", "杯子", "C", text, "", ""]
    sheet = Sheet(heads=HEADS, lines=[2], rows=[row])
    (group,) = rules.groups_of(sheet, layout())
    if minor is None:
        with pytest.raises(rules_wish.Refused):
            rules_wish.assembled(group, sheet, layout(), NAMES, None)
    else:
        assert rules_wish.assembled(group, sheet, layout(), NAMES, None).wish.skus[0].price_minor == minor


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("", []),
        ("10:95", [(10, 9_500)]),
        ("2: ¥9.5; 50：0.01", [(2, 950), (50, 1)]),
        ("10:95.00 | 50:90.00;", [(10, 9_500), (50, 9_000)]),
        ("10", None),
        ("10:9.999", None),
        ("ten:9", None),
        ("10:-1", None),
    ],
)
def test_wholesale_steps_are_pieces_and_prices(cell: str, steps: list[tuple[int, int]] | None) -> None:
    heads, targets = [*HEADS, "批发价"], [*TARGETS, "tiers"]
    columns = [ColumnWish(position=place, target=target) for place, target in enumerate(targets)]
    layout = rules.layout_of(heads, columns, {})
    sheet = Sheet(heads=heads, lines=[2], rows=[["", "杯", "杯子", "C", "100", "", "", cell]])
    (group,) = rules.groups_of(sheet, layout)
    if steps is None:
        with pytest.raises(rules_wish.Refused) as refused:
            rules_wish.assembled(group, sheet, layout, NAMES, None)
        assert refused.value.complaints == {0: [Complaint("tiers", rules_tiers.STEPS)]}
        return
    (sku,) = rules_wish.assembled(group, sheet, layout, NAMES, None).wish.skus
    assert [(one.from_pieces, one.price_minor) for one in sku.tiers] == steps


@given(st.lists(st.tuples(st.integers(2, 9_999), st.integers(1, 10**10)), max_size=5))
def test_a_cell_of_steps_reads_as_it_was_told(steps: list[tuple[int, int]]) -> None:
    wanted = [TierWish(from_pieces=pieces, price_minor=price) for pieces, price in steps]

    class OneCell:
        def cell(self, place: int, target: str) -> str:
            return rules_tiers.told(wanted)

        def refuse(self, place: int, target: str | None, reason: Text) -> None:
            raise AssertionError(reason)

    assert rules_tiers.tiers_of(OneCell(), 0) == wanted
