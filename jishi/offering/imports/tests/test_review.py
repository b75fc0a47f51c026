"""Tables sent to review are reviewed as one by one."""

import pytest

from jishi.kernel.db import rows
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog import services as catalogue
from jishi.offering.catalog.models_review import SensitiveWord
from jishi.offering.catalog.tests.factories import (
    make_brand,
    make_product,
)
from jishi.offering.catalog.types import Cause, ListingStatus
from jishi.offering.catalog.types_review import Severity
from jishi.offering.imports.tests.factories import (
    HEADS,
    NOW,
    bring_in,
    counts,
    cup,
    make_shop,
    product_of,
    refused,
    skus_of,
    table,
)
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db


def test_what_is_sent_to_review_must_be_complete_and_then_waits_there() -> None:
    shop = make_shop()
    picture = make_asset(shop.merchant_id)
    rows("UPDATE media_asset SET file_name = 'a.jpg' WHERE id = %s RETURNING id", [picture])
    heads = [*HEADS, "图片"]
    data = table([[*cup(1), "a.jpg"], [*cup(2), ""], [*cup(3), "b.jpg"]], heads)
    run = bring_in(shop, data, for_review=True)

    assert counts(run) == (1, 0, 0, 2)
    assert [one.column for one in refused(shop, run.id)] == ["图片", "图片"]
    product_id = product_of("CUP-1")
    made = catalog.product_for_merchant(shop.merchant_id, product_id)
    assert made.status is ListingStatus.IN_REVIEW and made.wish.media_ids == [picture]
    moved = "SELECT body ->> 'to_status' FROM kernel_outbox WHERE name LIKE '%%ListingMoved' OR name LIKE '%%moved'"
    assert ("in_review",) in rows(moved)

    assert counts(bring_in(shop, data, for_review=True)) == (0, 0, 1, 2)
    second = bring_in(shop, data.replace(b"11.50", b"12.50"), for_review=True)
    assert counts(second) == (0, 0, 0, 3)
    assert "审核中" in refused(shop, second.id)[0].reason
    catalogue.approve(product_id=product_id, reviewer_id=None, now=NOW)
    assert catalog.product_for_merchant(shop.merchant_id, product_id).status is ListingStatus.LIVE


def test_what_is_sent_to_review_is_checked_as_one_by_one() -> None:
    shop = make_shop()
    picture = make_asset(shop.merchant_id)
    rows("UPDATE media_asset SET file_name = 'a.jpg' WHERE id = %s RETURNING id", [picture])
    SensitiveWord.objects.create(text="包治百病", severity=Severity.BLOCK.value)
    make_brand("云山", needs_authorisation=True)
    heads = [*HEADS, "图片", "品牌"]
    data = table(
        [[*cup(1, 标题="包治百病的杯子"), "a.jpg", ""], [*cup(2), "a.jpg", "云山"], [*cup(3), "a.jpg", ""]],
        heads,
    )

    assert counts(bring_in(shop, data)) == (3, 0, 0, 0)  # drafts may say anything
    run = bring_in(shop, data, for_review=True)
    assert counts(run) == (0, 1, 0, 2)
    assert [(one.line, one.column) for one in refused(shop, run.id)] == [(2, "标题"), (3, "品牌")]
    assert "包治百病" in refused(shop, run.id)[0].reason
    sent = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-3"))
    assert (sent.status, sent.causes) == (ListingStatus.IN_REVIEW, [Cause.NEW_PRODUCT])


def test_a_table_of_small_changes_of_price_is_on_sale_at_once() -> None:
    shop = make_shop()
    live = make_product(merchant_id=shop.merchant_id, category_id=shop.category_id)
    code = catalog.product_for_merchant(shop.merchant_id, live.id).wish.skus[0].code
    run = bring_in(shop, table([[code, "95", ""]], ["商家编码", "售价", "英文标题"]), for_review=True)

    assert counts(run) == (0, 1, 0, 0)
    assert skus_of(shop)[code] == 9_500
