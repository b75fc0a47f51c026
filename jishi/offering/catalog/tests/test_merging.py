"""Merging and splitting: whatever operators do, every address leads somewhere and all can be undone."""

import itertools
import threading

import pytest
from django.db import connections

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import row, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SharedProductId, new_id
from jishi.offering.catalog import queries_offers, services, services_merge, services_offers
from jishi.offering.catalog.models_offers import SharedMove
from jishi.offering.catalog.services_merge import DifferentCategory, MergedAlready, OnlyOffer, UndoneAlready
from jishi.offering.catalog.services_offers import NotShared, OfferedAlready, StillShared
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_category,
    make_product,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.tests.factories_offers import OPERATOR, make_offers, make_shared_category, shared
from jishi.offering.catalog.types_offers import CategoryMode

pytestmark = pytest.mark.django_db


def merge(kept: SharedProductId, gone: SharedProductId) -> None:
    services_merge.merge(kept=kept, gone=gone, reason="同款", actor=OPERATOR, now=NOW)


def last_move() -> SharedMove:
    return SharedMove.objects.order_by("-id")[0]


def test_what_goes_live_where_products_are_shared_is_a_shared_product() -> None:
    own, common = make_product(), make_product(category_id=make_shared_category())
    assert queries_offers.shared_of(own.id) is None
    assert product_detail(common.id, language="zh").shared_id == shared(common.id)
    assert product_detail(common.id, language="zh").shared is None  # nobody else sells it


def test_a_category_is_as_the_nearest_one_upwards_says() -> None:
    root = make_category()
    middle = make_category(parent_id=root)
    leaf = make_category(parent_id=middle)
    assert queries_offers.mode_of(leaf) is CategoryMode.OWN
    there = make_product(category_id=leaf)
    services_offers.set_mode(category_id=root, mode=CategoryMode.SHARED, actor=OPERATOR, now=NOW)
    assert queries_offers.mode_of(leaf) is queries_offers.modes()[leaf] is CategoryMode.SHARED
    assert queries_offers.shared_of(there.id) is not None  # what was on sale is shared from now on
    services_offers.set_mode(category_id=middle, mode=CategoryMode.OWN, actor=OPERATOR, now=NOW)
    assert queries_offers.mode_of(leaf) is queries_offers.modes()[leaf] is CategoryMode.OWN
    with pytest.raises(NotFound):
        services_offers.set_mode(category_id=new_id(), mode=CategoryMode.OWN, actor=OPERATOR, now=NOW)


def test_a_category_with_offers_of_several_merchants_stays_shared() -> None:
    first, _ = make_offers()
    with pytest.raises(StillShared):
        services_offers.set_mode(
            category_id=first.category_id, mode=CategoryMode.INHERITED, actor=OPERATOR, now=NOW
        )
    assert queries_offers.mode_of(first.category_id) is CategoryMode.SHARED


def test_a_page_shows_what_the_others_offer() -> None:
    dear, cheap = make_offers([10_000, 9_000])
    page = product_detail(dear.id, language="zh")
    assert page.id == dear.id and page.shared is not None
    assert (page.shared.merchants, page.shared.price_from.amount_minor) == (2, 9_000)
    assert {one.product_id for one in page.shared.offers} == {dear.id, cheap.id}
    assert [
        sku.id for one in page.shared.offers if one.product_id == cheap.id for sku in one.skus
    ] == cheap.sku_ids


def test_addresses_lead_on_through_any_chain_in_one_step() -> None:
    category = make_shared_category()
    products = [make_product(category_id=category) for _ in range(4)]
    ids = [shared(one.id) for one in products]
    for gone, kept in itertools.pairwise(ids):
        merge(kept, gone)
    assert {queries_offers.led_to(one).shared_id for one in ids} == {ids[-1]}
    assert {shared(one.id) for one in products} == {ids[-1]}
    assert product_detail(ProductId(ids[0]), language="zh").shared_id == ids[-1]


def test_a_merge_undone_is_as_if_it_had_never_been() -> None:
    category = make_shared_category()
    products = [make_product(category_id=category) for _ in range(3)]
    a, b, c = (shared(one.id) for one in products)
    merge(b, a)
    first = last_move()
    merge(c, b)
    with pytest.raises(UndoneAlready):  # the later one first
        services_merge.undo(move_id=first.id, actor=OPERATOR, now=NOW)
    services_merge.undo(move_id=last_move().id, actor=OPERATOR, now=NOW)
    assert [shared(one.id) for one in products] == [b, b, c]
    assert queries_offers.led_to(a).shared_id == b
    services_merge.undo(move_id=first.id, actor=OPERATOR, now=NOW)
    assert [shared(one.id) for one in products] == [a, b, c]
    assert queries_offers.led_to(a).shared_id == a
    with pytest.raises(UndoneAlready):
        services_merge.undo(move_id=first.id, actor=OPERATOR, now=NOW)


def test_splitting_out_what_was_merged_alone_restores_its_address() -> None:
    category = make_shared_category()
    one, two = make_product(category_id=category), make_product(category_id=category)
    before = shared(two.id)
    merge(shared(one.id), before)
    assert services_merge.split(product_id=two.id, reason="不同款", actor=OPERATOR, now=NOW) == before
    assert shared(two.id) == before and queries_offers.led_to(before).product_id == two.id
    with pytest.raises(OnlyOffer):
        services_merge.split(product_id=two.id, reason="不同款", actor=OPERATOR, now=NOW)


def test_one_of_several_that_came_together_gets_a_shared_product_of_its_own() -> None:
    first, second, third = make_offers([100, 200, 300])
    target = make_product(category_id=first.category_id)
    gone = shared(first.id)
    merge(shared(target.id), gone)
    made = services_merge.split(product_id=second.id, reason="不同款", actor=OPERATOR, now=NOW)
    assert made not in {gone, shared(target.id)} and shared(second.id) == made
    assert shared(first.id) == shared(third.id) == shared(target.id)
    services_merge.undo(move_id=last_move().id, actor=OPERATOR, now=NOW)
    assert shared(second.id) == shared(target.id)
    assert queries_offers.led_to(made).shared_id == shared(target.id)


def test_every_merge_and_split_is_in_the_audit_log() -> None:
    _, second = make_offers()
    services_merge.split(product_id=second.id, reason="不同款", actor=OPERATOR, now=NOW)
    noted = rows(
        "SELECT action, actor_id FROM kernel_audit_entry WHERE subject_kind = 'sharedproduct' ORDER BY id"
    )
    assert [action for action, _ in noted] == ["sharedproduct.merge"] * 2 + ["sharedproduct.undo_merge"] * 2
    assert {actor for _, actor in noted} == {OPERATOR}


def test_only_what_can_be_the_same_is_merged() -> None:
    one, other = (
        make_product(category_id=make_shared_category()),
        make_product(category_id=make_shared_category()),
    )
    with pytest.raises(DifferentCategory):
        merge(shared(one.id), shared(other.id))
    with pytest.raises(Invalid):
        merge(shared(one.id), shared(one.id))
    with pytest.raises(NotFound):
        merge(shared(one.id), SharedProductId(new_id()))
    third, fourth = (make_product(category_id=one.category_id) for _ in range(2))
    gone = shared(third.id)
    merge(shared(one.id), gone)
    merge(shared(one.id), gone)  # the same again is the same merge
    assert SharedMove.objects.count() == 1
    with pytest.raises(MergedAlready):
        merge(shared(fourth.id), gone)
    own = make_category()
    first, second = make_product(category_id=own), make_product(category_id=own)
    with pytest.raises(NotShared):
        services_merge.merge_products(kept=first.id, gone=second.id, reason="同款", actor=OPERATOR, now=NOW)


def test_a_merchant_sells_a_shared_product_too() -> None:
    there = make_product(category_id=make_shared_category())
    merchant = make_merchant()
    saved = offer(merchant, there.category_id, shared(there.id))
    assert product_detail(there.id, language="zh").shared is None  # not on sale yet
    put_on_sale(merchant, saved)
    page = product_detail(there.id, language="zh")
    assert page.shared is not None and page.shared.merchants == 2
    with pytest.raises(OfferedAlready):
        offer(merchant, there.category_id, shared(there.id))
    with pytest.raises(Invalid):
        offer(make_merchant(), make_category(), shared(there.id))
    with pytest.raises(Invalid):
        offer(make_merchant(), there.category_id, SharedProductId(new_id()))


def offer(merchant: MerchantId, category: CategoryId, shared_id: SharedProductId) -> ProductId:
    wish = wish_of(merchant, category)
    saved = services.save_product(
        merchant_id=merchant, wish=wish, shared_id=shared_id, staff_id=None, now=NOW
    )
    return saved.id


def test_what_nobody_sells_has_no_page() -> None:
    first, second = make_offers()
    address = shared(first.id)
    services.ban(product_id=first.id, reason="假货", reviewer_id=None, now=NOW)
    page = product_detail(ProductId(address), language="zh")
    assert (page.id, page.shared) == (second.id, None)
    assert shared(first.id) == address  # it stays an offer: an appeal may be granted
    services.take_off_shelf(merchant_id=second.merchant_id, product_id=second.id, staff_id=None, now=NOW)
    with pytest.raises(NotFound):
        queries_offers.led_to(address)
    with pytest.raises(NotFound):
        product_detail(ProductId(address), language="zh")


@pytest.mark.django_db(transaction=True)
def test_two_operators_merge_crosswise_at_once() -> None:
    category = make_shared_category()
    one, two = (shared(make_product(category_id=category).id) for _ in range(2))
    start, outcomes = threading.Barrier(2), []

    def work(kept: SharedProductId, gone: SharedProductId) -> None:
        start.wait()
        try:
            merge(kept, gone)
            outcomes.append("merged")
        except MergedAlready:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    assert queries_offers.led_to(one) == queries_offers.led_to(two)
    assert row("SELECT count(*) FROM catalog_shared_product WHERE merged_into_id IS NULL") == (1,)
