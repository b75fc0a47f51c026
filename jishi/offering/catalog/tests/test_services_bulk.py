"""A whole assortment comes on the shelf at once, as it would one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MediaId, MerchantId, new_id
from jishi.offering.catalog import queries_merchant, services
from jishi.offering.catalog.services_bulk import Introduced, Listing, introduce
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_attribute,
    make_category,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import ListingStatus, ProductWish
from jishi.offering.catalog.writing import SkuCodeTaken
from jishi.offering.media import services as media

pytestmark = pytest.mark.django_db


def put(merchant_id: MerchantId, *wishes: ProductWish) -> list[Introduced]:
    return introduce(
        merchant_id=merchant_id,
        listings=[
            Listing(wish=wish, at=NOW - timedelta(days=place)) for place, wish in enumerate(wishes, start=1)
        ],
        staff_id=None,
        reviewer_id=None,
        now=NOW,
    )


def make_film(merchant_id: MerchantId) -> MediaId:
    film = media.Film(media.VIDEO_TYPE, b"film", 480, 480)
    return media.keep_video(merchant_id=merchant_id, film=film, file_name="a.mp4", staff_id=None, now=NOW)


def test_what_is_brought_at_once_stands_as_if_it_had_been_reviewed() -> None:
    merchant, category = make_merchant(), make_category()
    wish, other = wish_of(merchant, category, prices_minor=(10_000, 12_000)), wish_of(merchant, category)
    saved = services.save_product(
        merchant_id=merchant, wish=wish_of(merchant, category), staff_id=None, now=NOW
    )
    services.submit(merchant_id=merchant, product_id=saved.id, staff_id=None, now=NOW)
    services.approve(product_id=saved.id, reviewer_id=None, now=NOW)
    one_by_one = rows("SELECT name, body -> 'from_status' FROM kernel_outbox WHERE name LIKE 'catalog.%%'")

    first, second = put(merchant, wish, other)

    shown = product_detail(first.product_id, language="zh")
    assert [sku.id for sku in shown.skus] == [first.sku_ids[sku.code] for sku in wish.skus]
    assert (shown.price_from.amount_minor, shown.price_to.amount_minor) == (10_000, 12_000)
    kept = queries_merchant.product_for_merchant(merchant, second.product_id)
    assert (kept.status, kept.proposal) == (ListingStatus.LIVE, None)
    assert kept.wish == replace(other, skus=[replace(other.skus[0], id=second.sku_ids[other.skus[0].code])])
    told = rows("SELECT name, body -> 'from_status' FROM kernel_outbox WHERE name LIKE 'catalog.%%'")
    assert len(told) == 3 * len(one_by_one)
    touched = {one for (one,) in rows("SELECT product_id FROM catalog_change")}
    assert {first.product_id, second.product_id} <= touched


def test_more_products_cost_no_more_statements() -> None:
    merchant, category = make_merchant(), make_category()

    def cost(count: int) -> int:
        wishes = [wish_of(merchant, category) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            put(merchant, *wishes)
        return len(asked)

    assert cost(10) == cost(20)


def test_all_come_or_none() -> None:
    merchant, category = make_merchant(), make_category()
    good = wish_of(merchant, category)
    make_attribute(category, "size", choices=[("s", "小", "S")], is_required=True)
    sized = replace(good, attributes={"size": "s"})
    before = rows("SELECT count(*) FROM catalog_product")

    with pytest.raises(Invalid):
        put(merchant, sized, wish_of(merchant, category))
    with pytest.raises(SkuCodeTaken):
        put(merchant, sized, sized)
    with pytest.raises(Invalid):
        put(merchant, replace(sized, media_ids=[MediaId(new_id())]))
    assert rows("SELECT count(*) FROM catalog_product") == before


def test_a_film_is_shown_beside_the_pictures() -> None:
    merchant, category = make_merchant(), make_category()
    wish = replace(wish_of(merchant, category), video_id=make_film(merchant))

    (made,) = put(merchant, wish)

    shown = product_detail(made.product_id, language="zh")
    assert len(shown.images) == len(wish.media_ids)
    assert shown.video is not None
    assert (shown.video.type, shown.video.width) == ("video/mp4", 480)
    assert shown.video.src.endswith("/video.mp4")
    kept = queries_merchant.product_for_merchant(merchant, made.product_id).wish
    assert kept.video_id == wish.video_id
    # It outlives a merchant's next edit.
    services.save_product(merchant_id=merchant, product_id=made.product_id, wish=kept, staff_id=None, now=NOW)
    put_on_sale(merchant, made.product_id)
    assert product_detail(made.product_id, language="zh").video == shown.video


def test_a_film_is_no_picture_and_a_picture_no_film() -> None:
    merchant, category = make_merchant(), make_category()
    wish, film = wish_of(merchant, category), make_film(merchant)

    with pytest.raises(Invalid):
        put(merchant, replace(wish, media_ids=[film]))
    with pytest.raises(Invalid):
        put(merchant, replace(wish, video_id=wish.media_ids[0]))
    with pytest.raises(Invalid):
        put(merchant, replace(wish, video_id=make_film(make_merchant())))
