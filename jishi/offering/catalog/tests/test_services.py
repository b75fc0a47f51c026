"""Writing, reviewing and selling a listing."""

from dataclasses import replace

import pytest

from jishi.identity.merchants import services as merchants
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import MerchantId, ProductId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries, queries_merchant, services
from jishi.offering.catalog.rules import MoveNotAllowed
from jishi.offering.catalog.services import NothingToReview, ProductChanged, UnderReview
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_category,
    make_product,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import (
    AxisValueWish,
    ListingStatus,
    ProductForMerchant,
    ProductWish,
    SaleAxisWish,
    VersionStatus,
)
from jishi.offering.catalog.writing import SkuCodeTaken
from jishi.offering.inventory.tests.factories import make_stock
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db


def news() -> list[str]:
    return [
        name
        for (name,) in rows("SELECT name FROM kernel_outbox WHERE name LIKE 'catalog.%%' ORDER BY sequence")
    ]


def touched() -> list[ProductId]:
    return [product_id for (product_id,) in rows("SELECT product_id FROM catalog_change ORDER BY id")]


def save(merchant_id: MerchantId, product_id: ProductId, wish: ProductWish) -> ProductWish:
    saved = services.save_product(
        merchant_id=merchant_id, product_id=product_id, wish=wish, staff_id=None, now=NOW
    )
    return saved.wish


def test_from_draft_to_shelf() -> None:
    merchant, category = make_merchant(), make_category()
    saved = services.save_product(
        merchant_id=merchant, wish=wish_of(merchant, category), staff_id=None, now=NOW
    )
    assert (saved.status, saved.proposal, saved.live) == (ListingStatus.DRAFT, VersionStatus.DRAFT, None)
    with pytest.raises(NotFound):
        product_detail(saved.id, language="zh")
    submitted = services.submit(merchant_id=merchant, product_id=saved.id, staff_id=None, now=NOW)
    assert submitted.status is ListingStatus.IN_REVIEW
    services.approve(product_id=saved.id, reviewer_id=None, now=NOW)
    shown = product_detail(saved.id, language="en")
    assert (shown.title, shown.version) == (saved.wish.title.en, 3)
    assert news() == ["catalog.listing_moved", "catalog.listing_moved", "catalog.product_published"]
    assert touched() == [saved.id]


def test_what_is_live_stays_until_its_successor_is_approved() -> None:
    product = make_product(title=Text("旧", "Old"), prices_minor=[1_000])
    read = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    cheaper = replace(read.wish.skus[0], price_minor=500, list_price_minor=None)
    save(product.merchant_id, product.id, replace(read.wish, title=Text("新", "New"), skus=[cheaper]))
    services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)

    shown = product_detail(product.id, language="zh")
    assert (shown.title, shown.price_from.amount_minor) == ("旧", 1_000)
    edited = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    assert (edited.status, edited.proposal) == (ListingStatus.LIVE, VersionStatus.IN_REVIEW)
    assert (edited.wish.title.zh, edited.live and edited.live.title.zh) == ("新", "旧")

    services.reject(product_id=product.id, reason="图片不清晰", reviewer_id=None, now=NOW)
    edited = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    assert (edited.status, edited.proposal, edited.reason) == (
        ListingStatus.LIVE,
        VersionStatus.REJECTED,
        "图片不清晰",
    )
    assert product_detail(product.id, language="zh").title == "旧"

    save(product.merchant_id, product.id, edited.wish)
    put_on_sale(product.merchant_id, product.id)
    shown = product_detail(product.id, language="zh")
    assert (shown.title, shown.price_from.amount_minor) == ("新", 500)
    assert queries.skus_for_sale(product.sku_ids)[product.sku_id].price.amount_minor == 500


def test_stock_can_arrive_before_a_new_sku_is_on_sale() -> None:
    product = make_product(prices_minor=[1_000, 1_100])
    read = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    axis = read.wish.axes[0]
    third = replace(axis.values[0], code="c9", name=Text("新色", "New"))
    new_sku = replace(read.wish.skus[0], id=None, code="NEW", choice={"colour": "c9"})
    wish = save(
        product.merchant_id,
        product.id,
        replace(
            read.wish,
            axes=[replace(axis, values=[*axis.values, third])],
            skus=[read.wish.skus[0], new_sku],
        ),
    )
    made = wish.skus[1].id
    assert made is not None
    make_stock(made, 3)
    assert not queries.skus_for_sale([made])[made].is_for_sale
    assert len(product_detail(product.id, language="zh").skus) == 2
    put_on_sale(product.merchant_id, product.id)
    for_sale = queries.skus_for_sale([*product.sku_ids, made])
    assert [for_sale[sku].is_for_sale for sku in (*product.sku_ids, made)] == [True, False, True]
    detail = product_detail(product.id, language="zh")
    assert [(sku.code, sku.in_stock) for sku in detail.skus] == [
        (read.wish.skus[0].code, False),
        ("NEW", True),
    ]
    assert detail.in_stock


def test_codes_may_move_between_the_skus_of_a_product() -> None:
    product = make_product(prices_minor=[1_000, 1_100])
    read = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    one, two = read.wish.skus
    save(
        product.merchant_id,
        product.id,
        replace(read.wish, skus=[replace(one, code=two.code), replace(two, code=one.code)]),
    )
    put_on_sale(product.merchant_id, product.id)
    detail = product_detail(product.id, language="zh")
    assert [sku.code for sku in detail.skus] == [two.code, one.code]


def test_a_code_belongs_to_one_product_of_a_merchant() -> None:
    product = make_product()
    taken = queries_merchant.product_for_merchant(product.merchant_id, product.id).wish.skus[0].code
    wish = wish_of(product.merchant_id, product.category_id)
    with pytest.raises(SkuCodeTaken) as refused:
        services.save_product(
            merchant_id=product.merchant_id,
            wish=replace(wish, skus=[replace(wish.skus[0], code=taken)]),
            staff_id=None,
            now=NOW,
        )
    assert refused.value.data["codes"] == [taken]
    neighbour = make_merchant()
    wish = wish_of(neighbour, product.category_id)
    services.save_product(
        merchant_id=neighbour,
        wish=replace(wish, skus=[replace(wish.skus[0], code=taken)]),
        staff_id=None,
        now=NOW,
    )


def test_the_later_of_two_editors_is_told() -> None:
    product = make_product()
    read = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    save(product.merchant_id, product.id, replace(read.wish, title=Text("同事的", "Theirs")))
    with pytest.raises(ProductChanged):
        services.save_product(
            merchant_id=product.merchant_id,
            product_id=product.id,
            wish=read.wish,
            version=read.version,
            staff_id=None,
            now=NOW,
        )


def test_a_version_in_review_is_not_changed_under_the_reviewer() -> None:
    product = make_product(is_live=False)
    merchant = product.merchant_id
    services.submit(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    with pytest.raises(UnderReview):
        save(merchant, product.id, wish_of(merchant, product.category_id))
    with pytest.raises(UnderReview):
        services.submit(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)


def test_nothing_is_approved_that_was_not_submitted() -> None:
    product = make_product(is_live=False)
    with pytest.raises(NothingToReview):
        services.approve(product_id=product.id, reviewer_id=None, now=NOW)
    with pytest.raises(NothingToReview):
        services.reject(product_id=product.id, reason="x", reviewer_id=None, now=NOW)


def test_a_rejected_draft_is_corrected_and_approved() -> None:
    product = make_product(is_live=False)
    merchant = product.merchant_id
    services.submit(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    with pytest.raises(Invalid):
        services.reject(product_id=product.id, reason=" ", reviewer_id=None, now=NOW)
    services.reject(product_id=product.id, reason="缺少产地", reviewer_id=None, now=NOW)
    edited = queries_merchant.product_for_merchant(merchant, product.id)
    assert (edited.status, edited.reason) == (ListingStatus.REJECTED, "缺少产地")
    save(merchant, product.id, edited.wish)
    assert queries_merchant.product_for_merchant(merchant, product.id).status is ListingStatus.DRAFT
    put_on_sale(merchant, product.id)
    product_detail(product.id, language="zh")


def test_off_the_shelf_and_on_again() -> None:
    product = make_product()
    merchant = product.merchant_id
    off = services.take_off_shelf(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    assert off.status is ListingStatus.OFF_SHELF
    assert not queries.skus_for_sale(product.sku_ids)[product.sku_id].is_for_sale
    with pytest.raises(NotFound):
        product_detail(product.id, language="zh")
    with pytest.raises(MoveNotAllowed):
        services.take_off_shelf(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    services.put_on_shelf(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    product_detail(product.id, language="zh")


def test_a_draft_does_not_get_on_the_shelf_without_review() -> None:
    product = make_product(is_live=False)
    with pytest.raises(MoveNotAllowed):
        services.put_on_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)


def test_a_banned_product_comes_back_only_through_review() -> None:
    product = make_product()
    merchant = product.merchant_id
    services.ban(product_id=product.id, reason="侵权", reviewer_id=None, now=NOW)
    with pytest.raises(NotFound):
        product_detail(product.id, language="zh")
    with pytest.raises(MoveNotAllowed):
        services.put_on_shelf(merchant_id=merchant, product_id=product.id, staff_id=None, now=NOW)
    with pytest.raises(MoveNotAllowed):
        save(merchant, product.id, wish_of(merchant, product.category_id))
    services.reopen(product_id=product.id, reviewer_id=None, now=NOW)
    put_on_sale(merchant, product.id)
    product_detail(product.id, language="zh")


def test_a_neighbour_reaches_nothing() -> None:
    product, neighbour = make_product(), make_merchant()
    wish = wish_of(neighbour, product.category_id)
    with pytest.raises(NotFound):
        save(neighbour, product.id, wish)
    with pytest.raises(NotFound):
        queries_merchant.product_for_merchant(neighbour, product.id)
    with pytest.raises(NotFound):
        services.submit(merchant_id=neighbour, product_id=product.id, staff_id=None, now=NOW)
    with pytest.raises(NotFound):
        services.take_off_shelf(merchant_id=neighbour, product_id=product.id, staff_id=None, now=NOW)
    foreign_picture = replace(wish, media_ids=[make_asset(product.merchant_id)])
    with pytest.raises(Invalid):
        services.save_product(merchant_id=neighbour, wish=foreign_picture, staff_id=None, now=NOW)
    foreign_sku = replace(wish, skus=[replace(wish.skus[0], id=product.sku_id)])
    with pytest.raises(NotFound):
        services.save_product(merchant_id=neighbour, wish=foreign_sku, staff_id=None, now=NOW)


def test_counts_what_was_sold_and_never_below_zero() -> None:
    one, other = make_product(), make_product()
    with atomic():
        services.count_sold([(one.id, 3), (other.id, 1), (one.id, 2)], now=NOW)
    cards = queries.product_cards([one.id, other.id], language="zh")
    assert [card.sold_count for card in cards] == [5, 1]
    with atomic():
        services.count_sold([(one.id, -7)], now=NOW)
    assert queries.product_cards([one.id], language="zh")[0].sold_count == 0


def test_saving_does_not_undo_what_was_counted_meanwhile() -> None:
    product = make_product()
    make_stock(product.sku_id, 2)
    with atomic():
        services.count_sold([(product.id, 9)], now=NOW)
    services.take_off_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    services.put_on_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    (card,) = queries.product_cards([product.id], language="zh")
    assert (card.sold_count, card.in_stock) == (9, True)


def test_a_suspended_merchants_goods_are_not_for_sale() -> None:
    product = make_product()
    admin = UserId(new_id())
    merchants.suspend(merchant_id=product.merchant_id, actor=admin, reason="检查", now=NOW)
    assert not queries.skus_for_sale(product.sku_ids)[product.sku_id].is_for_sale
    assert queries.products(language="zh").items == []
    assert queries.product_cards([product.id], language="zh") == []
    with pytest.raises(NotFound):
        product_detail(product.id, language="zh")
    with atomic():
        services.touch_merchant(product.merchant_id, now=NOW)
    assert touched()[-1] == product.id


def test_a_new_product_is_made_once_by_its_key() -> None:
    merchant, category = make_merchant(), make_category()
    wish = wish_of(merchant, category)

    def make(wished: ProductWish) -> ProductId:
        return services.save_product(
            merchant_id=merchant, wish=wished, key="draft-00000001", staff_id=None, now=NOW
        ).id

    assert make(wish) == make(wish)
    assert rows("SELECT count(*) FROM catalog_product WHERE merchant_id = %s", [merchant]) == [(1,)]
    with pytest.raises(KeyReused):
        make(replace(wish, title=Text("另一个", "Another")))


def test_a_save_whose_answer_was_lost_is_no_lost_update() -> None:
    merchant, category = make_merchant(), make_category()
    first = services.save_product(
        merchant_id=merchant, wish=wish_of(merchant, category), staff_id=None, now=NOW
    )
    new = replace(first.wish.skus[0], id=None, code="SECOND", choice={"size": "l"})
    axes = [
        SaleAxisWish(
            code="size",
            name=Text("尺码", "Size"),
            values=[AxisValueWish(code=code, name=Text(code, code)) for code in ("m", "l")],
        )
    ]
    old = replace(first.wish.skus[0], choice={"size": "m"})
    wish = replace(first.wish, title=Text(" 新 ", "New"), axes=axes, skus=[old, new])

    def again(wished: ProductWish) -> ProductForMerchant:
        return services.save_product(
            merchant_id=merchant,
            product_id=first.id,
            wish=wished,
            version=first.version,
            staff_id=None,
            now=NOW,
        )

    assert again(wish) == again(wish)
    with pytest.raises(ProductChanged):
        again(replace(wish, title=Text("又一个", "Other")))
