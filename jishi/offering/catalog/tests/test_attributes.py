"""Definitions of attributes change: history is kept, what is live is not touched, merchants learn what to mend."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CategoryId, ProductId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_attributes, queries_merchant, services, services_attributes
from jishi.offering.catalog.models import Attribute
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_attribute,
    make_category,
    make_product,
    product_detail,
)
from jishi.offering.catalog.types_attributes import MisfitReason

OPERATOR = UserId(new_id())
STEEL_AND_TIN = [("steel", "钢", "Steel"), ("tin", "锡", "Tin")]

pytestmark = pytest.mark.django_db


def change(category: CategoryId, code: str, **columns: Any) -> None:
    """Change a definition, or (without columns) take it away."""
    with atomic():
        before = services_attributes.definitions_to_change(category)
        found = Attribute.objects.filter(category_id=category, code=code)
        if columns:
            found.update(**columns)
        else:
            found.delete()
        services_attributes.note_changes(category, before, changed_by=OPERATOR, now=NOW)


def shown(product: MadeProduct, language: str = "zh") -> dict[str, str]:
    return {one.name: one.value for one in product_detail(product.id, language=language).facts}


def definitions_of(product_id: ProductId) -> dict[str, int]:
    (found,) = rows(
        "SELECT d.key, d.value::int FROM catalog_version v, jsonb_each_text(v.definitions) d WHERE v.product_id = %s",
        [product_id],
    )
    return {found[0]: found[1]}


@pytest.fixture
def kettles() -> CategoryId:
    """A category below another one that asks for the material."""
    kitchen = make_category("厨房")
    make_attribute(kitchen, "material", choices=STEEL_AND_TIN)
    return kitchen


def test_every_change_is_written_down_once_with_who_and_what(kettles: CategoryId) -> None:
    change(kettles, "material", name_zh="材质", is_required=True)
    change(kettles, "material", name_zh="材质")  # the same again is no change
    change(kettles, "material")
    removed, changed = queries_attributes.history(kettles)
    assert (changed.number, removed.number) == (2, 3)
    assert changed.before is not None and changed.after is not None and removed.after is None
    assert (changed.before["zh"], changed.after["zh"]) == ("属性material", "材质")
    assert (changed.before["is_required"], changed.after["is_required"]) == (False, True)
    assert changed.changed_by_id == OPERATOR
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        execute("UPDATE catalog_attribute_version SET number = 9")


def test_a_version_remembers_the_definitions_it_was_checked_with(kettles: CategoryId) -> None:
    first = make_product(category_id=kettles, attributes={"material": "tin"})
    change(kettles, "material", name_zh="材质")
    second = make_product(category_id=kettles, attributes={"material": "tin"})
    attribute = row("SELECT id::text FROM catalog_attribute WHERE code = 'material'")
    assert attribute is not None
    assert definitions_of(first.id) == {attribute[0]: 1}
    assert definitions_of(second.id) == {attribute[0]: 2}


def test_what_is_live_is_read_as_before_and_the_merchant_learns_what_to_mend(kettles: CategoryId) -> None:
    merchant = make_merchant()
    product = make_product(merchant_id=merchant, category_id=kettles, attributes={"material": "tin"})
    change(kettles, "material", choices=[{"code": "steel", "zh": "钢", "en": "Steel"}])
    assert shown(product)["属性material"] == "锡"
    assert shown(product, "en")["Attribute material"] == "Tin"

    found = queries_merchant.product_for_merchant(merchant, product.id)
    (misfit,) = found.misfits
    assert (misfit.code, misfit.value, misfit.reason) == ("material", Text("锡", "Tin"), MisfitReason.VALUE)
    assert found.wish.attributes == {"material": "tin"}
    with pytest.raises(Invalid) as refused:
        save(product, found.wish)
    assert refused.value.data["fields"] == ["wish.attributes.material"]
    saved = save(product, replace(found.wish, attributes={"material": "steel"}))
    assert saved.misfits == []
    assert shown(product)["属性material"] == "锡"  # until the next version is approved


def save(product: MadeProduct, wish: Any) -> Any:
    return services.save_product(
        merchant_id=product.merchant_id, product_id=product.id, wish=wish, staff_id=None, now=NOW
    )


def test_an_attribute_that_is_taken_away_stays_on_the_page_and_is_named_with_all_others(
    kettles: CategoryId,
) -> None:
    make_attribute(kettles, "volume", kind="number")
    values = {"material": "tin", "volume": "600"}
    product = make_product(category_id=kettles, attributes=values)
    change(kettles, "material")
    change(kettles, "volume", kind="flag")
    assert (shown(product)["属性material"], shown(product)["属性volume"]) == ("锡", "600")
    found = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    assert [(one.code, one.reason) for one in found.misfits] == [
        ("volume", MisfitReason.VALUE),
        ("material", MisfitReason.REMOVED),
    ]
    with pytest.raises(Invalid) as refused:
        save(product, found.wish)
    assert set(refused.value.data["fields"]) == {"wish.attributes.material", "wish.attributes.volume"}


def test_a_draft_that_no_longer_fits_is_not_handed_in(kettles: CategoryId) -> None:
    product = make_product(category_id=kettles, attributes={"material": "tin"}, is_live=False)
    change(kettles, "material", choices=[{"code": "steel", "zh": "钢", "en": "Steel"}])
    with pytest.raises(Invalid) as refused:
        services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    assert refused.value.data["field"] == "wish.attributes.material"


def test_a_name_is_mended_everywhere_at_once(kettles: CategoryId) -> None:
    product = make_product(category_id=kettles, attributes={"material": "tin"})
    change(kettles, "material", name_zh="材质")
    assert shown(product)["材质"] == "锡"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("choice", ["steel"], ["tin"]),
        ("choices", ["steel"], ["tin", "steel,tin"]),
        ("number", ["1", "-1.5", ".5", "7."], ["steel", "1.2.3", "."]),
        ("flag", ["true", "false"], ["yes"]),
        ("date", ["2026-02-28"], ["2026-02-30", "28.2.2026"]),
        ("colour", ["#aabbcc"], ["#abc", "red"]),
        ("text", ["anything"], []),
    ],
)
def test_operators_are_told_the_number_that_the_rules_would_count(
    kettles: CategoryId, kind: str, good: list[str], bad: list[str]
) -> None:
    leaf = make_category(parent_id=kettles)
    make_attribute(kettles, "value", kind="text")
    for value in [*good, *bad, ""]:
        make_product(category_id=leaf, attributes={"value": value} if value else {})
    choices = [{"code": "steel", "zh": "钢", "en": "Steel"}]
    change(kettles, "value", kind=kind, choices=choices if kind.startswith("choice") else [])
    assert queries_attributes.misfit_counts(kettles) == ({"value": len(bad)} if bad else {})
    change(kettles, "value", is_required=True)
    assert queries_attributes.misfit_counts(kettles) == {"value": len(bad) + 1}
    change(kettles, "value")
    assert queries_attributes.misfit_counts(kettles) == {"value": len(good) + len(bad)}


def test_a_definition_below_takes_the_place_of_the_one_above(kettles: CategoryId) -> None:
    leaf = make_category(parent_id=kettles)
    make_attribute(leaf, "material", kind="text")
    make_product(category_id=leaf, attributes={"material": "tin"})
    change(kettles, "material", choices=[{"code": "steel", "zh": "钢", "en": "Steel"}])
    assert queries_attributes.misfit_counts(kettles) == {}
