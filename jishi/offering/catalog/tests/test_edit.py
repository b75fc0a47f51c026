"""One change for many products: what is previewed is what is done, once, and each by itself."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import MerchantId, ProductId
from jishi.offering.catalog import queries_merchant, rules_edit, services, services_edit
from jishi.offering.catalog.rules_edit import AttributeMissing, OpenDraft, PriceOutOfRange
from jishi.offering.catalog.services import ProductChanged
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_attribute,
    make_category,
    make_product,
    wish_of,
)
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant, VersionStatus
from jishi.offering.catalog.types_edit import (
    EditEffect,
    EditPreview,
    EditWish,
    PriceEdit,
    PriceEnding,
    PriceWay,
    ProductEdit,
)

pytestmark = pytest.mark.django_db


def price(step: PriceWay, value: int, ending: PriceEnding = PriceEnding.ANY) -> ProductEdit:
    return ProductEdit(price=PriceEdit(step=step, value=value, ending=ending))


def seen(product: MadeProduct) -> ProductForMerchant:
    return queries_merchant.product_for_merchant(product.merchant_id, product.id)


def preview(edit: ProductEdit, *products: MadeProduct) -> list[EditPreview]:
    return services_edit.preview(
        merchant_id=products[0].merchant_id,
        product_ids=[one.id for one in products],
        edit=edit,
        language="zh",
        now=NOW,
    )


def change(
    product: MadeProduct, edit: ProductEdit, *, key: str = "edit-00000001", version: int | None = None
) -> ProductForMerchant:
    return services_edit.edit_product(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=EditWish(edit=edit, version=seen(product).version if version is None else version),
        key=key,
        staff_id=None,
        now=NOW,
    )


def prices(product: ProductForMerchant) -> list[int]:
    return [sku.price_minor for sku in product.wish.skus]


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        (10_000, PriceEdit(step=PriceWay.SET, value=4_900), 4_900),
        (10_000, PriceEdit(step=PriceWay.ADD, value=-250), 9_750),
        (9_999, PriceEdit(step=PriceWay.PERCENT, value=1_000), 10_999),
        (10_005, PriceEdit(step=PriceWay.PERCENT, value=-5_000), 5_003),
        (10_050, PriceEdit(step=PriceWay.PERCENT, value=0, ending=PriceEnding.NINETY), 10_090),
        (10_039, PriceEdit(step=PriceWay.PERCENT, value=0, ending=PriceEnding.NINETY), 9_990),
        (10_050, PriceEdit(step=PriceWay.PERCENT, value=0, ending=PriceEnding.WHOLE), 10_100),
        (10_049, PriceEdit(step=PriceWay.PERCENT, value=0, ending=PriceEnding.WHOLE), 10_000),
    ],
)
def test_prices_move_by_value_and_by_share_to_the_nearest_ending(
    before: int, edit: PriceEdit, after: int
) -> None:
    assert rules_edit.repriced(before, edit) == after


@given(st.integers(1, 10**9), st.integers(-10_000, 100_000), st.sampled_from(PriceEnding))
def test_an_ending_moves_a_price_by_half_a_unit_at_most(before: int, share: int, ending: PriceEnding) -> None:
    plain = rules_edit.repriced(before, PriceEdit(step=PriceWay.PERCENT, value=share))
    ended = rules_edit.repriced(before, PriceEdit(step=PriceWay.PERCENT, value=share, ending=ending))
    assert abs(ended - plain) <= 50
    assert ending is PriceEnding.ANY or ended % 100 == (90 if ending is PriceEnding.NINETY else 0)


def test_a_small_change_of_what_is_on_sale_is_on_sale_at_once_as_previewed() -> None:
    product = make_product(prices_minor=[10_000, 12_000])
    raise_ = price(PriceWay.PERCENT, 1_000, PriceEnding.NINETY)
    (shown,) = preview(raise_, product)
    assert shown.effect is EditEffect.AT_ONCE
    assert [(one.before.amount_minor, one.after.amount_minor) for one in shown.prices] == [
        (10_000, 10_990),
        (12_000, 13_190),
    ]
    done = change(product, raise_, version=shown.version)
    assert (prices(done), done.proposal) == ([10_990, 13_190], None)


def test_a_large_change_waits_for_review_as_previewed_and_the_old_price_stays() -> None:
    product = make_product()
    half = price(PriceWay.PERCENT, -5_000)
    assert preview(half, product)[0].effect is EditEffect.REVIEW
    done = change(product, half)
    assert (done.proposal, prices(done)) == (VersionStatus.IN_REVIEW, [5_000])
    assert done.live and [sku.price_minor for sku in done.live.skus] == [10_000]


def test_the_same_request_raises_once() -> None:
    product = make_product()
    version, raise_ = seen(product).version, price(PriceWay.ADD, 500)
    first = change(product, raise_, version=version)
    assert prices(change(product, raise_, version=version)) == prices(first) == [10_500]
    with pytest.raises(ProductChanged):
        change(product, raise_, version=version, key="edit-00000002")
    with pytest.raises(KeyReused):
        change(product, price(PriceWay.ADD, 600), version=version)


def test_a_draft_that_was_never_on_sale_stays_a_draft() -> None:
    product = make_product(is_live=False)
    edit = price(PriceWay.SET, 4_200)
    assert preview(edit, product)[0].effect is EditEffect.DRAFT
    done = change(product, edit)
    assert (done.status, done.proposal, prices(done)) == (ListingStatus.DRAFT, VersionStatus.DRAFT, [4_200])


def test_what_is_being_written_is_not_published_half_done() -> None:
    product = make_product()
    services.save_product(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=replace(seen(product).wish, per_buyer_limit=2),
        staff_id=None,
        now=NOW,
    )
    edit = price(PriceWay.ADD, 100)
    (shown,) = preview(edit, product)
    assert (shown.effect, shown.reason) == (EditEffect.REFUSED, OpenDraft.message.zh)
    with pytest.raises(OpenDraft):
        change(product, edit)


def test_no_price_becomes_nothing_and_one_refusal_stops_no_other() -> None:
    merchant = make_merchant()
    cheap = make_product(merchant_id=merchant, prices_minor=[500])
    dear = make_product(merchant_id=merchant, prices_minor=[50_000])
    less = price(PriceWay.ADD, -500)
    shown = preview(less, cheap, dear)
    assert [one.effect for one in shown] == [EditEffect.REFUSED, EditEffect.AT_ONCE]
    with pytest.raises(PriceOutOfRange):
        change(cheap, less)
    assert prices(change(dear, less, key="edit-00000002")) == [49_500]
    assert prices(seen(cheap)) == [500]


def test_a_list_price_below_the_new_price_is_dropped_and_said() -> None:
    product = make_product(prices_minor=[10_000])  # its list price is 20 000
    edit = price(PriceWay.SET, 25_000)
    assert preview(edit, product)[0].prices[0].drops_list_price
    assert change(product, edit).wish.skus[0].list_price_minor is None


def test_a_move_drops_and_names_what_the_new_category_does_not_have() -> None:
    merchant, old, new = make_merchant(), make_category(), make_category()
    for category, code in ((old, "scent"), (old, "size"), (new, "size")):
        make_attribute(category, code, kind="text")
    product = make_product(merchant_id=merchant, category_id=old, attributes={"scent": "茉莉", "size": "大"})
    edit = ProductEdit(category_id=new)
    (shown,) = preview(edit, product)
    assert (shown.effect, shown.dropped) == (EditEffect.REVIEW, ["属性scent"])
    done = change(product, edit)
    assert (done.wish.category_id, done.wish.attributes) == (new, {"size": "大"})
    assert done.proposal is VersionStatus.IN_REVIEW


def test_a_move_to_where_something_is_missing_is_refused_by_name() -> None:
    new = make_category()
    make_attribute(new, "origin", kind="text", is_required=True)
    product = make_product()
    edit = ProductEdit(category_id=new)
    (shown,) = preview(edit, product)
    assert (shown.effect, shown.reason) == (EditEffect.REFUSED, "新类目必填:属性origin")
    with pytest.raises(AttributeMissing):
        change(product, edit)
    assert seen(product).wish.category_id == product.category_id


def test_an_edit_says_one_thing_and_a_category_takes_products() -> None:
    parent = make_category()
    make_category(parent_id=parent)
    product = make_product()
    both = ProductEdit(price=PriceEdit(step=PriceWay.SET, value=100), category_id=product.category_id)
    for edit in (ProductEdit(), both, ProductEdit(category_id=parent)):
        with pytest.raises(Invalid):
            preview(edit, product)
        with pytest.raises(Invalid):
            change(product, edit)


def test_the_neighbour_neither_sees_nor_changes_anything() -> None:
    product, stranger = make_product(), MerchantId(make_merchant())
    edit = price(PriceWay.SET, 1)
    ids: list[ProductId] = [product.id]
    with pytest.raises(NotFound):
        services_edit.preview(merchant_id=stranger, product_ids=ids, edit=edit, language="zh", now=NOW)
    with pytest.raises(NotFound):
        services_edit.edit_product(
            merchant_id=stranger,
            product_id=product.id,
            wish=EditWish(edit=edit, version=1),
            key="edit-00000001",
            staff_id=None,
            now=NOW,
        )


def test_a_preview_costs_the_same_for_one_and_for_many() -> None:
    merchant, new = make_merchant(), make_category()
    products = [make_product(merchant_id=merchant) for _ in range(5)]
    counts = []
    for some in (products[:1], products):
        with CaptureQueriesContext(connection) as captured:
            preview(ProductEdit(category_id=new), *some)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6


def test_incomplete_wishes_are_refused_like_any_other() -> None:
    merchant, category = make_merchant(), make_category()
    saved = services.save_product(
        merchant_id=merchant, wish=wish_of(merchant, category), staff_id=None, now=NOW
    )
    product = MadeProduct(id=saved.id, merchant_id=merchant, category_id=category, sku_ids=[])
    with pytest.raises(PriceOutOfRange):
        change(product, price(PriceWay.SET, 10**12 + 1))
