"""Wholesale steps from the merchant's wish to the buyer's order: pieces of one SKU count together."""

from dataclasses import replace

import pytest

from jishi.flows.tests.shopping import NOW, make_shopper
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.money import Money
from jishi.offering.catalog import rules_changes, services
from jishi.offering.catalog.tests.factories import (
    MadeProduct,
    make_category,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types_facts import TierWish
from jishi.offering.catalog.types_review import Part
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.offering.pricing.types import PriceTier
from jishi.trade.checkout import queries
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db
TIERS = [TierWish(from_pieces=3, price_minor=1_800), TierWish(from_pieces=10, price_minor=1_500)]


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def make_wholesale(tiers: list[TierWish] = TIERS, *, stock: int = 60) -> MadeProduct:
    """Put a product of ¥20.00 with wholesale steps on sale."""
    merchant, category = make_merchant(), make_category()
    wish = wish_of(merchant, category, prices_minor=[2_000])
    wish = replace(wish, skus=[replace(wish.skus[0], tiers=tiers)])
    saved = services.save_product(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)
    put_on_sale(merchant, saved.id, now=NOW)
    skus = [sku.id for sku in saved.wish.skus if sku.id]
    make_stock(skus[0], stock)
    return MadeProduct(id=saved.id, merchant_id=merchant, category_id=category, sku_ids=skus)


@pytest.mark.parametrize(
    "steps",
    [
        [(1, 1_900)],  # one piece is no step
        [(3, 2_000)],  # not below the single price
        [(3, 1_800), (3, 1_700)],
        [(3, 1_800), (10, 1_800)],
        [(10, 1_500), (3, 1_800)],
        [(3, 0)],
        [(3, -5)],
        [(10_000, 1)],
        [(n, 2_000 - n) for n in range(2, 8)],  # six
    ],
)
def test_steps_that_cannot_be_are_refused(steps: list[tuple[int, int]]) -> None:
    with pytest.raises(Invalid) as refused:
        make_wholesale([TierWish(from_pieces=n, price_minor=p) for n, p in steps])
    assert refused.value.data["field"] == "wish.skus.0.tiers"


def test_the_page_shows_the_steps_and_the_history_tells_of_them() -> None:
    product = make_wholesale()
    (sku,) = product_detail(product.id, language="zh", now=NOW).skus
    assert sku.price == cny(2_000)
    assert sku.tiers == [
        PriceTier(from_pieces=3, price=cny(1_800)),
        PriceTier(from_pieces=10, price=cny(1_500)),
    ]
    before = wish_of(product.merchant_id, product.category_id)
    after = replace(before, skus=[replace(before.skus[0], tiers=TIERS)])
    (change,) = rules_changes.changes(before, after)
    assert (change.part, change.after) == (Part.TIERS, "≥ 3: ¥18.00, ≥ 10: ¥15.00")


def test_the_history_of_prices_is_of_single_pieces() -> None:
    product = make_wholesale()
    assert rows("SELECT price_minor FROM catalog_price WHERE sku_id = %s", [product.sku_id]) == [(2_000,)]


def test_a_cart_shows_what_each_of_so_many_costs() -> None:
    product, shopper = make_wholesale(), make_shopper()
    shopper.put(product.sku_id, 2)
    (line,) = queries.cart(shopper.buyer, language="zh", now=NOW).groups[0].lines
    assert (line.price, line.amount, line.single_price) == (cny(2_000), cny(4_000), cny(2_000))
    shopper.put(product.sku_id, 1)
    cart = queries.cart(shopper.buyer, language="zh", now=NOW)
    (line,) = cart.groups[0].lines
    assert (line.price, line.amount, line.single_price) == (cny(1_800), cny(5_400), cny(2_000))
    assert cart.total == cny(5_400)
    assert [tier.from_pieces for tier in line.tiers] == [3, 10]


def test_pieces_from_two_warehouses_are_one_step_in_quote_and_order() -> None:
    product, shopper = make_wholesale(stock=6), make_shopper()
    make_stock(product.sku_id, 6, warehouse_id=make_warehouse(product.merchant_id))
    quote = shopper.quote((product.sku_id, 11))
    assert sorted(line.quantity for line in quote.orders[0].lines) == [5, 6]
    assert {line.unit_price for line in quote.orders[0].lines} == {cny(1_500)}
    assert quote.goods_amount == cny(16_500)
    unit = [step for step in quote.trace if step.step == "unit_price"]
    assert {step.rule_id for step in unit} == {"wholesale_10"}
    assert [one.rule_id for one in unit[0].not_applied] == ["wholesale_3", "sku_price"]
    shopper.place(quote)
    assert {price for (price,) in rows("SELECT unit_price_minor FROM orders_order_line")} == {1_500}
    assert sum(paid for (paid,) in rows("SELECT payable_minor FROM orders_order_line")) == 16_500


def test_free_freight_is_measured_on_what_the_goods_cost() -> None:
    product, shopper = make_wholesale(), make_shopper()
    make_template(product.merchant_id, make_rate(first_minor=800, next_minor=0, free_from_minor=6_000))
    assert shopper.quote((product.sku_id, 3)).freight_amount == cny(800)  # 54.00, not 60.00
    assert shopper.quote((product.sku_id, 4)).freight_amount == cny(0)
