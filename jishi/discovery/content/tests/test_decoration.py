"""How stores are decorated: drafts, what is published, and who sees what."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jishi.discovery.content import queries_decoration as queries
from jishi.discovery.content import services_decoration as decoration
from jishi.discovery.content.services_decoration import DecorationChanged
from jishi.discovery.content.types_decoration import (
    VERSIONS_KEPT,
    Block,
    BlockKind,
    LinkedPicture,
    ProductRule,
)
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock, hot
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId, StoreCategoryId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import services, services_store_categories
from jishi.offering.catalog.tests.factories import make_category, make_product
from jishi.offering.catalog.tests.test_services_bulk import make_film
from jishi.offering.catalog.types_store_categories import StoreCategoryWish
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db
NOW = clock.now()
NOTHING = Text("", "")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    hot.forget()


@pytest.fixture
def merchant() -> MerchantId:
    """A merchant whose store is not decorated."""
    return make_merchant()


def notice(words: str = "春节照常发货") -> Block:
    return Block(kind=BlockKind.NOTICE, title=NOTHING, text=Text(words, ""))


def goods(*product_ids: ProductId) -> Block:
    return Block(
        kind=BlockKind.CHOSEN_PRODUCTS, title=Text("推荐", ""), text=NOTHING, product_ids=list(product_ids)
    )


def ruled(rule: ProductRule, store_category_id: StoreCategoryId | None = None) -> Block:
    return Block(
        kind=BlockKind.RULED_PRODUCTS,
        title=Text("新品", "New"),
        text=NOTHING,
        rule=rule,
        store_category_id=store_category_id,
    )


def banners(merchant: MerchantId, count: int = 1, **link: Any) -> Block:
    pictures = [
        LinkedPicture(media_id=make_asset(merchant), alt=Text("图", ""), **link) for _ in range(count)
    ]
    return Block(kind=BlockKind.BANNERS, title=NOTHING, text=NOTHING, pictures=pictures)


def make_shelf(merchant: MerchantId, *product_ids: ProductId) -> StoreCategoryId:
    made = services_store_categories.make(
        merchant_id=merchant, wish=StoreCategoryWish(name=Text("茶", "Tea")), staff_id=None, now=NOW
    )
    services_store_categories.put_in(
        merchant_id=merchant, store_category_id=made, product_ids=product_ids, staff_id=None, now=NOW
    )
    return made


def draft(merchant: MerchantId, *blocks: Block) -> None:
    version = queries.decoration(merchant).version
    decoration.save_draft(merchant_id=merchant, blocks=blocks, version=version, staff_id=None, now=NOW)


def publish(merchant: MerchantId, *blocks: Block) -> None:
    draft(merchant, *blocks)
    version = queries.decoration(merchant).version
    decoration.publish(merchant_id=merchant, version=version, staff_id=None, now=NOW)


def shown(merchant: MerchantId) -> list[tuple[str, list[str]]]:
    return [
        (block.kind.value, [card.title for card in block.products])
        for block in queries.front(merchant, language="zh").blocks
    ]


def test_buyers_see_what_was_published_and_no_draft(merchant: MerchantId) -> None:
    draft(merchant, notice())
    assert shown(merchant) == []
    publish(merchant, notice())
    draft(merchant, notice(), notice("新的"))
    assert shown(merchant) == [("notice", [])]
    publish(merchant)
    assert shown(merchant) == []


def test_rows_of_products_are_chosen_or_fill_themselves(merchant: MerchantId) -> None:
    category = make_category()
    tea, pot = (
        make_product(merchant_id=merchant, category_id=category, title=Text(name, ""), now=at)
        for name, at in (("茶", NOW - timedelta(days=2)), ("壶", NOW - timedelta(days=1)))
    )
    shelf = make_shelf(merchant, tea.id)
    publish(
        merchant, goods(tea.id, pot.id), ruled(ProductRule.NEWEST), ruled(ProductRule.STORE_CATEGORY, shelf)
    )
    assert shown(merchant) == [
        ("chosen_products", ["茶", "壶"]),
        ("ruled_products", ["壶", "茶"]),
        ("ruled_products", ["茶"]),
    ]
    assert (
        queries.front(merchant, language="en").blocks[2].link == f"/store/{merchant}?f=store_category:{shelf}"
    )


def test_what_is_gone_is_left_out(merchant: MerchantId) -> None:
    tea = make_product(merchant_id=merchant)
    shelf = make_shelf(merchant, tea.id)
    publish(merchant, notice(), goods(tea.id), ruled(ProductRule.STORE_CATEGORY, shelf))
    services.take_off_shelf(merchant_id=merchant, product_id=tea.id, staff_id=None, now=NOW)
    assert shown(merchant) == [("notice", [])]


def test_pictures_lead_to_a_product_a_store_category_or_nowhere(merchant: MerchantId) -> None:
    tea = make_product(merchant_id=merchant)
    shelf = make_shelf(merchant, tea.id)
    publish(
        merchant,
        banners(merchant, product_id=tea.id),
        banners(merchant, store_category_id=shelf),
        replace(banners(merchant, 2), kind=BlockKind.TWO_PICTURES),
        replace(banners(merchant), kind=BlockKind.PICTURE_TEXT, title=Text("手作", "By hand")),
    )
    links = [[one.link for one in block.pictures] for block in queries.front(merchant, language="zh").blocks]
    assert links == [[f"/p/{tea.id}"], [f"/store/{merchant}?f=store_category:{shelf}"], [None, None], [None]]


@pytest.mark.parametrize(
    "block",
    [
        notice(""),
        notice("长" * 501),
        notice("半\x00个"),
        goods(),
        replace(goods(ProductId(new_id())), product_ids=[ProductId(new_id())] * 2),
        replace(goods(*(ProductId(new_id()) for _ in range(13)))),
        replace(notice(), rule=ProductRule.NEWEST),
        ruled(ProductRule.STORE_CATEGORY),
        replace(ruled(ProductRule.NEWEST), rule=None),
        Block(kind=BlockKind.BANNERS, title=NOTHING, text=NOTHING),
        Block(kind=BlockKind.BANNERS, title=Text("题", ""), text=NOTHING),
        goods(ProductId(new_id())),
    ],
)
def test_a_block_that_cannot_be_is_refused(merchant: MerchantId, block: Block) -> None:
    with pytest.raises(Invalid) as refused:
        draft(merchant, notice(), block)
    assert str(refused.value.data["field"]).startswith("blocks.1.")


def test_one_merchant_shows_nothing_of_another(merchant: MerchantId) -> None:
    other = make_merchant()
    theirs = make_product(merchant_id=other)
    shelf = make_shelf(other, theirs.id)
    film = LinkedPicture(media_id=make_film(merchant), alt=NOTHING)
    for block in (
        goods(theirs.id),
        banners(other),
        banners(merchant, product_id=theirs.id),
        banners(merchant, store_category_id=shelf),
        ruled(ProductRule.STORE_CATEGORY, shelf),
        Block(kind=BlockKind.BANNERS, title=NOTHING, text=NOTHING, pictures=[film]),
    ):
        with pytest.raises(Invalid):
            draft(merchant, block)
    publish(other, notice("别人的"))
    assert shown(merchant) == []


def test_a_colleague_is_not_overwritten(merchant: MerchantId) -> None:
    draft(merchant, notice())
    who: Any = {"merchant_id": merchant, "version": 0, "staff_id": None, "now": NOW}
    with pytest.raises(DecorationChanged):
        decoration.save_draft(blocks=[], **who)
    with pytest.raises(DecorationChanged):
        decoration.publish(**who)
    with pytest.raises(DecorationChanged):
        decoration.restore(number=1, **who)


def test_the_last_versions_are_kept_and_come_back_as_a_draft(merchant: MerchantId) -> None:
    for number in range(VERSIONS_KEPT + 2):
        publish(merchant, notice(f"第{number + 1}版"))
    known = queries.versions(merchant)
    assert [one.number for one in known] == list(range(VERSIONS_KEPT + 2, 2, -1))
    assert [one.number for one in known if one.is_live] == [VERSIONS_KEPT + 2]

    def restore(number: int) -> None:
        version = queries.decoration(merchant).version
        decoration.restore(merchant_id=merchant, number=number, version=version, staff_id=None, now=NOW)

    with pytest.raises(NotFound):
        restore(1)
    restore(3)
    assert queries.decoration(merchant).blocks == [notice("第3版")]
    assert not queries.decoration(merchant).is_published
    assert queries.front(merchant, language="zh").blocks[0].text == f"第{VERSIONS_KEPT + 2}版"


def test_publishing_refuses_what_is_gone_since(merchant: MerchantId) -> None:
    shelf = make_shelf(merchant, make_product(merchant_id=merchant).id)
    draft(merchant, ruled(ProductRule.STORE_CATEGORY, shelf))
    services_store_categories.remove(merchant_id=merchant, store_category_id=shelf, staff_id=None, now=NOW)
    with pytest.raises(Invalid) as refused:
        decoration.publish(merchant_id=merchant, version=1, staff_id=None, now=NOW)
    assert refused.value.data["field"] == "blocks.0.store_category_id"


def test_a_preview_opens_one_store_for_a_while(merchant: MerchantId) -> None:
    found = decoration.preview_address(merchant_id=merchant, now=NOW)
    token = found.path.partition("preview=")[2]
    last = NOW + timedelta(seconds=found.seconds - 1)
    assert decoration.is_preview(token, merchant_id=merchant, now=last)
    assert not decoration.is_preview(token, merchant_id=merchant, now=last + timedelta(seconds=1))
    assert not decoration.is_preview(token, merchant_id=make_merchant(), now=NOW)
    for wrong in ("", "x", token[:-1], token.replace(str(merchant), str(new_id()))):
        assert not decoration.is_preview(wrong, merchant_id=merchant, now=NOW)


# -- over HTTP -------------------------------------------------------------------------------------


def call(method: str, path: str, who: UserId | None = None, body: object = None) -> Any:
    headers = {"X-Session-Token": session_token(who)} if who else {}
    data = json.dumps(body) if body is not None else ""
    return Client().generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)


@pytest.mark.django_db(transaction=True)
def test_an_operator_decorates_the_store() -> None:
    owner = make_buyer()
    merchant = make_merchant(owner=owner)
    staff = make_staff(merchant, role=StaffRole.OPERATOR)
    picture = str(make_asset(merchant))
    empty = {"zh": "", "en": ""}
    block = {
        "kind": "banners",
        "title": empty,
        "text": empty,
        "pictures": [{"media_id": picture, "alt": empty}],
    }
    saved = call("PUT", "/merchant/decoration", staff, {"blocks": [block], "version": 0})
    assert saved.status_code == 200, saved.content
    assert (saved.json()["version"], list(saved.json()["pictures"])) == (1, [picture])
    assert call("GET", f"/store/stores/{merchant}/front").json() == {"blocks": []}
    published = call("POST", "/merchant/decoration/publish", staff, {"version": 1}).json()
    assert published["is_published"]
    hot.forget()
    (shown_block,) = call("GET", f"/store/stores/{merchant}/front").json()["blocks"]
    assert shown_block["pictures"][0]["image"]["src"]
    versions = call("GET", "/merchant/decoration/versions", staff).json()["items"]
    assert [one["number"] for one in versions] == [1]
    again = call("POST", "/merchant/decoration/versions/1/restore", staff, {"version": published["version"]})
    assert again.status_code == 200
    late = call("PUT", "/merchant/decoration", staff, {"blocks": [], "version": 0})
    assert (late.status_code, late.json()["code"]) == (409, "decoration_changed")
    many = call("PUT", "/merchant/decoration", staff, {"blocks": [block] * 21, "version": 0})
    assert many.status_code == 422


def test_only_owner_and_operator_see_a_draft() -> None:
    merchant = make_merchant()
    for role in (StaffRole.WAREHOUSE, StaffRole.SERVICE, StaffRole.FINANCE, StaffRole.CASHIER):
        staff = make_staff(merchant, role=role)
        assert call("GET", "/merchant/decoration", staff).status_code == 403
        assert call("GET", "/merchant/decoration/preview", staff).status_code == 403
    assert call("GET", "/merchant/decoration").status_code == 401


def test_a_store_that_is_not_there_has_no_front() -> None:
    assert call("GET", f"/store/stores/{new_id()}/front").status_code == 404
