"""What a merchant states of his goods: in one form, shown, compared, looked through, unique where it must be."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId
from jishi.kernel.words import Text
from jishi.offering.catalog import (
    queries_facts,
    queries_index,
    rules_changes,
    rules_facts,
    rules_review,
    services,
)
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_category,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import ProductForMerchant, ProductWish
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.catalog.types_review import Part, Severity
from jishi.offering.catalog.writing import GtinTaken

GTIN, OTHER_GTIN = "6901028075763", "4006381333931"
FACTS = ProductFacts(
    unit="box",
    origin="350000",
    warranty_months=24,
    warranty_note=Text("全国联保", "Nationwide"),
    tags=["明前茶", "送礼"],
)


def stated(merchant: MerchantId, facts: ProductFacts = FACTS, **sku: Any) -> ProductWish:
    wish = wish_of(merchant, make_category())
    return replace(wish, facts=facts, skus=[replace(wish.skus[0], **sku)])


def save(merchant: MerchantId, wish: ProductWish) -> ProductForMerchant:
    return services.save_product(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)


@given(st.lists(st.text(max_size=30), max_size=20))
def test_tags_have_one_form_each_once(tags: list[str]) -> None:
    kept = rules_facts.normal_tags(tags)
    assert rules_facts.normal_tags(kept) == kept
    assert len({tag.casefold() for tag in kept}) == len(kept)
    assert all(tag == " ".join(tag.split()) and "," not in tag for tag in kept)


def test_tags_are_folded_and_cut_at_commas() -> None:
    assert rules_facts.normal_tags(["#ＵＳＢ", "usb", "  夏 季 , 送礼、新品", ""]) == [
        "USB",
        "夏 季",
        "送礼",
        "新品",
    ]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("unit", {"unit": "barrel of laughs"}),
        ("origin", {"origin": "Atlantis"}),
        ("warranty_months", {"warranty_months": 601}),
        ("warranty_months", {"warranty_months": -1}),
        ("warranty_note", {"warranty_note": Text("长" * 101, "")}),
        ("tags", {"tags": [f"标签{number}" for number in range(11)]}),
        ("tags", {"tags": ["长" * 21]}),
    ],
)
@pytest.mark.django_db
def test_facts_that_cannot_be_are_refused_by_name(field: str, wrong: dict[str, Any]) -> None:
    merchant = make_merchant()
    with pytest.raises(Invalid) as refused:
        save(merchant, stated(merchant, replace(FACTS, **wrong)))
    assert refused.value.data["field"] == f"wish.facts.{field}"


@pytest.mark.parametrize(("field", "wrong"), [("gtin", "6901028075762"), ("model", "M" * 61)])
@pytest.mark.django_db
def test_numbers_that_cannot_be_are_refused_by_name(field: str, wrong: Any) -> None:
    merchant = make_merchant()
    with pytest.raises(Invalid) as refused:
        save(merchant, stated(merchant, FACTS, **{field: wrong}))
    assert refused.value.data["field"] == f"wish.skus.0.{field}"


@pytest.mark.django_db
def test_a_product_page_shows_what_was_stated_in_both_languages() -> None:
    merchant = make_merchant()
    saved = save(merchant, stated(merchant, gtin=f" {GTIN[:6]} {GTIN[6:]}", model=" KT-600 "))
    assert (saved.wish.skus[0].gtin, saved.wish.skus[0].model) == (GTIN, "KT-600")
    put_on_sale(merchant, saved.id)

    shown = product_detail(saved.id, language="zh")
    assert [(one.name, one.value) for one in shown.facts] == [
        ("型号", "KT-600"),
        ("条码(GTIN)", GTIN),
        ("产地", "福建"),
        ("销售单位", "盒"),
        ("毛重", "500 g"),
        ("保修", "2 年；全国联保"),
    ]
    assert shown.tags == ["明前茶", "送礼"]
    assert (shown.skus[0].gtin, shown.skus[0].model) == (GTIN, "KT-600")
    english = {one.name: one.value for one in product_detail(saved.id, language="en").facts}
    assert (english["Origin"], english["Warranty"]) == ("Fujian", "2 years; Nationwide")


@pytest.mark.django_db
def test_the_index_knows_numbers_in_every_length_and_tags() -> None:
    merchant = make_merchant()
    saved = save(merchant, stated(merchant, gtin="036000291452", model="KT-600"))
    put_on_sale(merchant, saved.id)
    (document,) = queries_index.index_documents([saved.id])
    assert document.codes == ["036000291452", "0036000291452", "00036000291452", "KT-600"]
    assert document.tags == ["明前茶", "送礼"]


@pytest.mark.django_db
def test_a_merchant_has_a_gtin_once_and_another_may_have_it_too() -> None:
    merchant = make_merchant()
    first = save(merchant, stated(merchant, gtin=GTIN))
    with pytest.raises(GtinTaken) as refused:
        save(merchant, stated(merchant, gtin=f"0{GTIN}"))
    assert refused.value.data["gtins"] == [GTIN]
    neighbour = make_merchant()
    save(neighbour, stated(neighbour, gtin=GTIN))
    # Its own product keeps it, and gives it up for others.
    given_up = replace(first.wish, skus=[replace(first.wish.skus[0], gtin=OTHER_GTIN)])
    services.save_product(merchant_id=merchant, product_id=first.id, wish=given_up, staff_id=None, now=NOW)
    save(merchant, stated(merchant, gtin=GTIN))


@pytest.mark.django_db
def test_two_proposals_of_one_gtin_end_with_the_first_that_is_approved() -> None:
    merchant = make_merchant()
    products = []
    for _ in range(2):
        saved = save(merchant, stated(merchant))
        put_on_sale(merchant, saved.id)
        products.append(saved)
    for one in products:
        wish = replace(one.wish, skus=[replace(one.wish.skus[0], gtin=GTIN)])
        services.save_product(merchant_id=merchant, product_id=one.id, wish=wish, staff_id=None, now=NOW)
    put_on_sale(merchant, products[0].id)
    with pytest.raises(GtinTaken):
        put_on_sale(merchant, products[1].id)


@pytest.mark.django_db
def test_one_product_does_not_have_a_gtin_twice() -> None:
    merchant = make_merchant()
    wish = wish_of(merchant, make_category(), prices_minor=(100, 200))
    twice = replace(wish, skus=[replace(wish.skus[0], gtin=GTIN), replace(wish.skus[1], gtin=f"0{GTIN}")])
    with pytest.raises(Invalid):
        save(merchant, twice)


@pytest.mark.django_db
def test_history_tells_every_fact_that_changes() -> None:
    merchant = make_merchant()
    before = stated(merchant, gtin=GTIN, model="A")
    after = replace(before, facts=ProductFacts(), skus=[replace(before.skus[0], gtin="", model="B")])
    found = {one.part: (one.before, one.after) for one in rules_changes.changes(before, after)}
    assert found == {
        Part.UNIT: ("盒 (box)", ""),
        Part.ORIGIN: ("福建 (Fujian)", ""),
        Part.WARRANTY: ("2 年；全国联保 (2 years; Nationwide)", ""),
        Part.TAGS: ("明前茶, 送礼", ""),
        Part.GTIN: (GTIN, ""),
        Part.MODEL: ("A", "B"),
    }
    assert not any(rules_review.is_harmless(one) for one in rules_changes.changes(before, after))


@pytest.mark.django_db
def test_forbidden_words_are_found_in_facts() -> None:
    merchant = make_merchant()
    facts = replace(FACTS, tags=["最佳神药"], warranty_note=Text("神药", ""))
    found = rules_review.word_findings(stated(merchant, facts, model="神药-1"), {"神药": Severity.BLOCK})
    assert {one.part for one in found} == {Part.TAGS, Part.WARRANTY, Part.MODEL}


def test_choices_have_names_in_both_languages() -> None:
    zh, en = queries_facts.choices("zh"), queries_facts.choices("en")
    assert [one.code for one in zh.units] == [one.code for one in en.units]
    assert {one.code: one.name for one in en.origins}["440000"] == "Guangdong"
    assert len({one.name for one in zh.origins}) == len(zh.origins)
