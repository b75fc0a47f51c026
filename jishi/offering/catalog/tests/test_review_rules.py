"""What listing review finds and what it lets through: rules, by properties."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import BrandId, CategoryId, MediaId, SkuId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import rules_review
from jishi.offering.catalog.rules_changes import TEXT_SHOWN_MAX, changes
from jishi.offering.catalog.rules_review import HARMLESS, NewPrice, price_findings, verdict, word_findings
from jishi.offering.catalog.rules_words import words_in
from jishi.offering.catalog.tests.test_rules import BLUE, RED, WISH
from jishi.offering.catalog.types import Cause, ProductWish, SkuWish
from jishi.offering.catalog.types_facts import ProductFacts, TierWish
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.catalog.types_review import Check, Finding, Part, Severity

CHINESE = st.text("微信加号刷单高仿手机壳好", min_size=1, max_size=6)
_IDS = [SkuId(new_id()), SkuId(new_id())]
BETWEEN = st.text(" .-·*、\u200b\t", max_size=3)


# -- words -----------------------------------------------------------------------------------------


@given(words=st.sets(CHINESE, max_size=30), text=st.text("微信加号刷单高仿手机壳好", max_size=60))
def test_exactly_the_words_that_stand_in_a_text_are_found(words: set[str], text: str) -> None:
    assert set(words_in(text, words)) == {word for word in words if word in text}


@given(word=CHINESE, between=st.lists(BETWEEN, min_size=6, max_size=6))
def test_nothing_between_the_letters_hides_a_word(word: str, between: list[str]) -> None:
    hidden = "".join(letter + gap for letter, gap in zip(word, between, strict=False))
    assert words_in(f"全新{hidden}包邮", [word]) == [word]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("加微信", "加微信"),
        ("加 微·信", "加微信"),
        ("加微\u200b信", "加微信"),
        ("最高級", "最高级"),
        ("最高级", "最高級"),
        ("VIAGRA", "viagra"),
        ("v i a g r a now", "Viagra"),
        ("买viagra吧", "viagra"),
        ("QQ12345", "ＱＱ１２３４５"),
    ],
)
def test_words_are_found_in_every_dress(text: str, word: str) -> None:
    assert words_in(text, [word]) == [word]


@pytest.mark.parametrize(
    ("text", "word"), [("first class", "ass"), ("as signs", "ass"), ("classic", "class")]
)
def test_a_latin_word_counts_between_its_borders_only(text: str, word: str) -> None:
    assert words_in(text, [word]) == []


def test_words_are_looked_for_in_every_text_and_not_in_markup() -> None:
    wish = replace(
        WISH,
        description=Text("<p>高<b>仿</b>&amp;新</p><p class='best'>x</p>", ""),
        attributes={"author": "刷单王"},
    )
    found = word_findings(wish, {"高仿": Severity.LOOK, "刷单": Severity.BLOCK, "best": Severity.LOOK})
    assert [(one.part, one.of, one.severity) for one in found] == [
        (Part.ATTRIBUTE, "author", Severity.BLOCK),
        (Part.DESCRIPTION, "zh", Severity.LOOK),
    ]


# -- what a version changes ------------------------------------------------------------------------


def priced(**prices: int) -> ProductWish:
    skus = [SkuWish(code=code, choice={"colour": code}, price_minor=price) for code, price in prices.items()]
    return replace(WISH, skus=skus)


def test_nothing_changed_is_no_change() -> None:
    assert changes(WISH, WISH) == []


@given(before=st.integers(1, 10**9), after=st.integers(1, 10**9))
def test_a_price_is_harmless_within_a_fifth_either_way(before: int, after: int) -> None:
    asked = verdict(changes(priced(a=before), priced(a=after)), [], is_trusted=True)
    assert asked == ([] if abs(after - before) * 5 <= before else [Cause.PRICES])


def test_every_part_of_a_product_is_seen() -> None:
    one, two, three = (MediaId(new_id()) for _ in range(3))
    before = replace(WISH, media_ids=[one, two])
    axis = WISH.axes[0]
    touched = {
        Part.TITLE: replace(before, title=Text("碗", "Cup")),
        Part.SUBTITLE: replace(before, subtitle=Text("新", "")),
        Part.DESCRIPTION: replace(before, description=Text("<p>坏</p>", "")),
        Part.CATEGORY: replace(before, category_id=CategoryId(new_id())),
        Part.BRAND: replace(before, brand_id=BrandId(new_id())),
        Part.PICTURES: replace(before, media_ids=[one, three]),
        Part.PICTURE_ORDER: replace(before, media_ids=[two, one]),
        Part.FILM: replace(before, video_id=three),
        Part.AXIS: replace(before, axes=[replace(axis, name=Text("色", "Colour"))]),
        Part.ATTRIBUTE: replace(before, attributes={"material": "wood"}),
        Part.SKU: replace(before, skus=[RED]),
        Part.SKU_CODE: replace(before, skus=[RED, replace(BLUE, code="B")]),
        Part.PRICE: replace(before, skus=[RED, replace(BLUE, price_minor=1_201)]),
        Part.LIST_PRICE: replace(before, skus=[RED, replace(BLUE, list_price_minor=None)]),
        Part.WEIGHT: replace(before, skus=[RED, replace(BLUE, weight_grams=9)]),
        Part.VOLUME: replace(before, skus=[RED, replace(BLUE, volume_cm3=9)]),
        Part.FREIGHT: replace(before, freight_template_id="t"),
        Part.BUYER_LIMIT: replace(before, per_buyer_limit=2),
        Part.KIND: replace(before, kind=ProductKind.SERVICE, voucher_days=30),
        Part.UNIT: replace(before, facts=ProductFacts(unit="pair")),
        Part.ORIGIN: replace(before, facts=ProductFacts(origin="CN-31")),
        Part.WARRANTY: replace(before, facts=ProductFacts(warranty_months=12)),
        Part.TAGS: replace(before, facts=ProductFacts(tags=["新品"])),
        Part.GTIN: replace(before, skus=[RED, replace(BLUE, gtin="4006381333931")]),
        Part.MODEL: replace(before, skus=[RED, replace(BLUE, model="M-1")]),
        Part.TIERS: replace(
            before, skus=[RED, replace(BLUE, tiers=[TierWish(from_pieces=3, price_minor=1)])]
        ),
    }
    assert set(touched) == set(Part) == set(rules_review.CAUSES)
    for part, after in touched.items():
        old, new = (replace(wish, skus=_numbered(wish.skus)) for wish in (before, after))
        assert {one.part for one in changes(old, new)} == {part}, part


def _numbered(skus: list[SkuWish]) -> list[SkuWish]:
    return [replace(sku, id=known) for sku, known in zip(skus, _IDS, strict=False)]


def test_a_new_variant_and_one_that_goes_wait() -> None:
    found = changes(priced(a=100), priced(b=100))
    assert [(one.part, one.of, one.before, one.after) for one in found] == [
        (Part.SKU, "b", "", "b"),
        (Part.SKU, "a", "a", ""),
    ]
    assert verdict(found, [], is_trusted=True) == [Cause.VARIANTS]


def test_long_texts_are_cut_to_where_they_differ() -> None:
    before = replace(WISH, description=Text("好" * 5_000 + "旧" + "尾" * 500, ""))
    after = replace(WISH, description=Text("好" * 5_000 + "新" + "尾" * 500, ""))
    (one,) = changes(before, after)
    assert "旧" in one.before and "新" in one.after
    assert len(one.before) <= TEXT_SHOWN_MAX + 2


# -- who may go on sale without a person -----------------------------------------------------------

FOUND = Finding(check=Check.PRICES, severity=Severity.LOOK, part=Part.PRICE, text=Text("贵", "dear"))


def test_a_new_product_always_waits() -> None:
    assert verdict(None, [], is_trusted=True) == [Cause.NEW_PRODUCT]
    assert verdict(None, [FOUND], is_trusted=False) == [Cause.NEW_PRODUCT, Cause.FINDINGS]


@given(parts=st.sets(st.sampled_from(Part)), is_trusted=st.booleans(), has_findings=st.booleans())
def test_nothing_goes_live_by_itself_but_what_the_table_names(
    parts: set[Part], is_trusted: bool, has_findings: bool
) -> None:
    made = [replace(one, part=part) for part in parts for one in changes(priced(a=100), priced(a=101))]
    waits = verdict(made, [FOUND] if has_findings else [], is_trusted=is_trusted)
    if not waits:
        assert is_trusted and not has_findings and parts <= set(HARMLESS)


def test_a_list_price_may_fall_and_not_rise() -> None:
    dear, cheap = (replace(WISH, skus=[replace(RED, list_price_minor=price)]) for price in (3_000, 2_000))
    none = replace(WISH, skus=[RED])
    assert [
        verdict(changes(one, other), [], is_trusted=True) for one, other in pairwise([dear, cheap, none])
    ] == [[], []]
    assert verdict(changes(none, cheap), [], is_trusted=True) == [Cause.PRICES]


# -- prices ----------------------------------------------------------------------------------------


@given(price=st.integers(1, 10**8), lowest=st.integers(1, 10**8), more=st.integers(0, 10**8))
def test_a_swing_is_twice_the_lowest_or_half_the_highest(price: int, lowest: int, more: int) -> None:
    new = NewPrice(code="a", price_minor=price, lowest_minor=lowest, highest_minor=lowest + more)
    is_far = price >= 2 * lowest or 2 * price <= lowest + more
    assert bool(price_findings([new], None)) is is_far


@given(price=st.integers(1, 10**8), median=st.integers(1, 10**8))
def test_far_off_the_median_is_found_either_way(price: int, median: int) -> None:
    found = price_findings([NewPrice(code="a", price_minor=price)], median)
    is_far = price >= 10 * median or median >= 10 * price
    is_alarm = price >= 50 * median or median >= 50 * price
    assert [one.severity for one in found] == (
        [Severity.ALARM if is_alarm else Severity.LOOK] if is_far else []
    )
