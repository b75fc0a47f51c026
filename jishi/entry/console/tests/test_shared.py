"""Duplicates in the back office: found, compared, merged and undone."""

import pytest

from jishi.entry.console.tests.conftest import Hire
from jishi.entry.console.tests.factories import make_shared_row
from jishi.kernel.ids import ProductId, SharedProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_duplicates, queries_offers
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.tests.factories import make_brand, make_product
from jishi.offering.catalog.tests.factories_offers import make_shared_category, shared

pytestmark = pytest.mark.django_db


def test_what_is_called_the_same_by_the_same_brand_may_be_the_same() -> None:
    category, brand = make_shared_category(), make_brand("声阔")
    titles = [Text("声阔 头戴式耳机 H2", ""), Text("声阔头戴式耳机-h2", ""), Text("声阔 头戴式耳机 H3", "")]
    one, same, _ = (
        make_product(category_id=category, brand=brand, title=title, attributes={}) for title in titles
    )
    other_brand = make_product(category_id=category, brand=make_brand("山野"), title=titles[0])
    elsewhere = make_product(category_id=make_shared_category(), brand=brand, title=titles[0])
    found = queries_duplicates.duplicates(shared(one.id))
    named = [twin.second for twin in found if "title" in twin.reasons]
    assert named == [shared(same.id)]
    assert {shared(other_brand.id), shared(elsewhere.id)}.isdisjoint(named)


def test_duplicates_are_filtered_compared_and_merged_by_address(hire: Hire) -> None:
    category = make_shared_category()
    title = Text("声阔 头戴式耳机 H2", "Soundwide H2")
    first, second = (make_product(category_id=category, title=title) for _ in range(2))
    alone = make_product(category_id=category)
    somebody = hire("operations")
    row = SharedProduct.objects.get(id=shared(first.id))
    twins = somebody.client.get("/admin/offering/sharedproduct/?twins=yes").content.decode()
    assert str(row.id) in twins and str(shared(second.id)) in twins and str(shared(alone.id)) not in twins
    assert str(shared(second.id)) in somebody.page(row).content.decode()

    gone = shared(second.id)
    assert somebody.act(row, "merge_in", other=f"https://shop.example/p/{second.id}", reason="同款") == [
        "已合并"
    ]
    assert queries_offers.led_to(gone).shared_id == row.id
    assert queries_offers.offers_of(SharedProductId(row.id)) == sorted([first.id, second.id])
    assert somebody.act(row, "undo_last")[-1] == "已撤销"
    assert shared(second.id) == gone


def test_what_is_no_address_is_refused(hire: Hire) -> None:
    row = make_shared_row()
    said = hire("operations").act(row, "merge_in", other="耳机", reason="同款")
    assert said != ["已合并"]
    assert queries_offers.led_to(row.id).product_id in {
        ProductId(one) for one in queries_offers.offers_of(SharedProductId(row.id))
    }
