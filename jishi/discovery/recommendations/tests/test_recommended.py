"""What is recommended, to whom, and above all what is not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.behaviour.types import ConsentAnswer
from jishi.discovery.recommendations import queries, rules, services
from jishi.discovery.recommendations.models import ListRow, RefusalRow, VersionRow
from jishi.discovery.recommendations.tests.factories import NOW, make_goods, make_person, make_version
from jishi.discovery.recommendations.training import Trained
from jishi.discovery.recommendations.types import (
    Asked,
    ListKind,
    Place,
    Reason,
    Recommendations,
    TrainedList,
)
from jishi.flows import best_offer
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import ProductId, UserId, VisitorId, new_id
from jishi.kernel.pagination import Cursor
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import MadeProduct, make_category, make_product
from jishi.offering.catalog.tests.factories_offers import make_offers
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_paid_trade

pytestmark = pytest.mark.django_db(transaction=True)

BASE = "/api/v1/store"


def ask(
    place: Place,
    *beside: MadeProduct,
    owner: UUID | None = None,
    buyer: UserId | None = None,
    language: str = "zh",
    **more: Any,
) -> Recommendations:
    asked = Asked(
        place=place,
        owner_id=buyer or owner or new_id(),
        buyer=buyer,
        product_ids=[one.id for one in beside],
        language=language,
        now=NOW,
    )
    return queries.recommended(asked, **more)


def ids(found: Recommendations) -> list[ProductId]:
    return [one.product.id for one in found.items]


def ids_of(goods: Sequence[MadeProduct]) -> list[ProductId]:
    return [one.id for one in goods]


# -- places -----------------------------------------------------------------------------------------------------


def test_beside_a_product_stands_what_is_bought_with_it_and_what_is_like_it() -> None:
    tent, stove, lamp, other_tent = make_goods(4)
    version = make_version(
        {
            (ListKind.TOGETHER, tent.id): [stove],
            (ListKind.ALSO, tent.id): [lamp, stove],
            (ListKind.SIMILAR, tent.id): [other_tent],
        }
    )
    found = ask(Place.TOGETHER, tent)
    assert [(one.product.id, one.reason) for one in found.items] == [
        (stove.id, Reason.TOGETHER),
        (lamp.id, Reason.ALSO),
    ]
    assert (found.model, found.items[0].why, found.next_cursor) == (version.name, "很多人一起买", None)
    similar = ask(Place.SIMILAR, tent, language="en")
    assert similar.next_cursor is None
    assert (ids(similar), similar.items[0].why) == ([other_tent.id], "Similar to it")


def test_several_offers_of_one_thing_are_one_card_and_none_where_one_of_them_is_not_wanted() -> None:
    offers = make_offers((30_000, 10_000, 20_000))
    (tent,), buyer = make_goods(), make_buyer()
    best_offer.choose_all(now=NOW)
    make_version({(ListKind.ALSO, tent.id): [offers[0], offers[2]], (ListKind.SIMILAR, tent.id): [offers[2]]})
    assert ids(ask(Place.TOGETHER, tent)) == ids(ask(Place.SIMILAR, tent)) == [offers[1].id]
    services.refuse(owner_id=buyer, product_id=offers[0].id, now=NOW)
    assert ids(ask(Place.TOGETHER, tent, buyer=buyer)) == []


def test_the_cart_says_with_which_of_its_goods_something_goes() -> None:
    (tent,) = make_goods(title=Text("双人自动速开防雨帐篷露营装备", "Tent for two"))
    kettle, stove, cup = make_goods(3)
    make_version({(ListKind.TOGETHER, tent.id): [stove, kettle], (ListKind.ALSO, kettle.id): [cup]})
    found = ask(Place.CART, tent, kettle)
    assert ids(found) == [stove.id, cup.id]  # not what is in it already
    assert found.items[0].why == "很多人和「双人自动速开防雨帐篷露营装备」一起买"


def test_without_a_training_what_sells_best_is_shown_and_home_goes_on_with_all_the_rest() -> None:
    goods = make_goods(3)
    for place in (Place.HOME, Place.EMPTY, Place.CART, Place.PAID):
        found = ask(place)
        assert sorted(ids(found)) == sorted(ids_of(goods))
        assert {one.reason for one in found.items} == {Reason.POPULAR}
        assert found.model == ""
    assert ids(ask(Place.SIMILAR, goods[0])) == []


def test_home_never_ends_before_everything_was_shown_and_shows_nothing_twice() -> None:
    goods = make_goods(23)
    make_version({(ListKind.POPULAR, None): goods[:9], (ListKind.FRESH, None): goods[9:12]})
    owner, seen, cursor = new_id(), list[ProductId](), None
    while True:
        found = ask(Place.HOME, owner=owner, cursor=cursor, limit=4)
        seen += ids(found)
        cursor = found.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(ids_of(goods)) == set(seen)


MADE_UP = ["x", "W10", *(Cursor(value, new_id()).encode() for value in ("12x", "-1", "99999"))]


@pytest.mark.parametrize("value", MADE_UP, ids=range(len(MADE_UP)))
def test_a_made_up_cursor_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        ask(Place.HOME, cursor=value)


# -- whom -------------------------------------------------------------------------------------------------------


def test_what_somebody_looked_at_leads_to_what_goes_with_it() -> None:
    tent, stove, cup, teapot = make_goods(4)
    make_version(
        {
            (ListKind.ALSO, tent.id): [stove],
            (ListKind.ALSO, teapot.id): [cup],
            (ListKind.POPULAR, None): [teapot],
        }
    )
    camper = make_person(tent.id)
    found = ask(Place.HOME, owner=camper)
    assert found.is_personal
    assert [(one.product.id, one.reason) for one in found.items] == [
        (stove.id, Reason.YOURS),
        (teapot.id, Reason.POPULAR),
    ]
    assert "你看过的" in found.items[0].why
    assert [one.reason for one in ask(Place.HOME).items] == [Reason.POPULAR]


def test_where_few_have_done_anything_what_is_alike_comes_first() -> None:
    tent, stove, bivouac = make_goods(3)
    person = make_person(tent.id)

    def serve(trust: float) -> list[ProductId]:
        also = TrainedList(kind=ListKind.ALSO, subject_id=tent.id, ranked=[(stove.id, 0.9)], trust=trust)
        alike = TrainedList(kind=ListKind.SIMILAR, subject_id=tent.id, ranked=[(bivouac.id, 0.4)])
        services.serve(Trained([also, alike], {}, {}), now=NOW)
        return ids(ask(Place.HOME, owner=person))

    assert serve(rules.trust(2)) == [bivouac.id, stove.id]
    assert serve(rules.trust(200)) == [stove.id, bivouac.id]


def test_the_switch_really_turns_it_off() -> None:
    tent, stove, teapot = make_goods(3)
    make_version({(ListKind.ALSO, tent.id): [stove], (ListKind.POPULAR, None): [teapot]})
    person = make_person(tent.id)
    assert stove.id in ids(ask(Place.HOME, owner=person))
    behaviour.answer(person_id=person, wish=ConsentAnswer(allowed=False), now=NOW)
    for place in (Place.HOME, Place.EMPTY, Place.PAID):
        found = ask(place, owner=person)
        assert not found.is_personal
        assert Reason.YOURS not in {one.reason for one in found.items}
        assert stove.id not in ids(found)


def test_something_new_is_tried_the_same_all_day_for_one_and_another_for_another() -> None:
    popular, fresh = make_goods(12), make_goods(8)
    make_version({(ListKind.POPULAR, None): popular, (ListKind.FRESH, None): fresh})
    people = [new_id() for _ in range(6)]
    shown = [ids(ask(Place.HOME, owner=one, limit=13)) for one in people]
    assert shown == [ids(ask(Place.HOME, owner=one, limit=13)) for one in people]
    tried = [set(one) & set(ids_of(fresh)) for one in shown]
    assert all(len(one) == 1 for one in tried)
    assert len({frozenset(one) for one in tried}) > 1
    assert all(one[0] in ids_of(popular) for one in shown)


# -- what is never shown ------------------------------------------------------------------------------------------


def test_nothing_is_shown_that_cannot_be_bought() -> None:
    (tent,) = make_goods()
    on_sale, taken_down = make_goods(2)
    sold_out = make_product(merchant_id=on_sale.merchant_id, category_id=on_sale.category_id)
    catalog.take_off_shelf(
        merchant_id=taken_down.merchant_id, product_id=taken_down.id, staff_id=None, now=NOW
    )
    everything = [taken_down, sold_out, on_sale]
    make_version(
        {
            (ListKind.TOGETHER, tent.id): everything,
            (ListKind.SIMILAR, tent.id): everything,
            (ListKind.POPULAR, None): everything,
            (ListKind.FRESH, None): everything,
        }
    )
    for place in Place:
        shown = ids(ask(place, tent, limit=48))
        assert taken_down.id not in shown
        assert sold_out.id not in shown
        assert on_sale.id in shown


def test_what_was_just_bought_is_not_offered_again_but_in_a_month() -> None:
    rice, beans = make_goods(2)
    make_version({(ListKind.POPULAR, None): [rice, beans]})
    fresh_buyer, old_buyer = make_buyer(), make_buyer()
    wish = [OrderWish(lines=[LineWish(product_id=rice.id)])]
    make_paid_trade(wish, buyer=fresh_buyer, now=NOW - timedelta(days=1))
    make_paid_trade(wish, buyer=old_buyer, now=NOW - timedelta(days=40))
    assert ids(ask(Place.HOME, buyer=fresh_buyer)) == [beans.id]
    assert ids(ask(Place.HOME, buyer=old_buyer)) == [rice.id, beans.id]


def test_no_merchant_and_no_category_fills_the_first_screen() -> None:
    merchant, category = make_merchant(), make_category()
    many = make_goods(5, merchant_id=merchant)
    alike = make_goods(5, category_id=category)
    others = make_goods(3)
    make_version({(ListKind.POPULAR, None): [*many, *alike, *others]})
    shown = ids(ask(Place.HOME, limit=7))
    assert len(set(shown) & set(ids_of(many))) == 2
    assert len(set(shown) & set(ids_of(alike))) == 2
    assert set(ids_of(others)) <= set(shown)
    assert len(ids(ask(Place.HOME, limit=48))) == 13  # spread, not dropped


def test_not_interested_holds_at_once_for_its_owner_alone_and_can_be_taken_back() -> None:
    tent, stove, lamp = make_goods(3)
    make_version({(ListKind.TOGETHER, tent.id): [stove, lamp], (ListKind.POPULAR, None): [stove, lamp]})
    owner = new_id()
    for _ in range(2):
        services.refuse(owner_id=owner, product_id=stove.id, now=NOW)
    assert ids(ask(Place.TOGETHER, tent, owner=owner)) == [lamp.id]
    assert stove.id not in ids(ask(Place.HOME, owner=owner, limit=48))
    assert stove.id in ids(ask(Place.HOME, limit=48))
    services.allow(owner_id=owner, product_id=stove.id)
    services.allow(owner_id=owner, product_id=stove.id)
    assert ids(ask(Place.TOGETHER, tent, owner=owner)) == [stove.id, lamp.id]
    with pytest.raises(NotFound):
        services.refuse(owner_id=owner, product_id=ProductId(new_id()), now=NOW)


def test_what_a_visitor_refused_comes_along_and_old_refusals_are_forgotten() -> None:
    stove, lamp = make_goods(2)
    visitor, buyer = VisitorId(new_id()), make_buyer()
    services.refuse(owner_id=visitor, product_id=stove.id, now=NOW)
    services.refuse(owner_id=buyer, product_id=lamp.id, now=NOW - timedelta(days=400))
    for _ in range(2):
        services.merge_refusals(visitor=visitor, buyer=buyer)
    owned = RefusalRow.objects.values_list("owner_id", "product_id")
    assert set(owned) == {(buyer, stove.id), (buyer, lamp.id)}
    assert services.forget_old_refusals(now=NOW) == 1
    assert list(owned.all()) == [(buyer, stove.id)]


# -- versions, cost, HTTP ------------------------------------------------------------------------------------------


def test_a_new_version_serves_at_once_and_only_the_one_before_is_kept() -> None:
    tent, stove, lamp = make_goods(3)
    first, second, third = (
        make_version({(ListKind.SIMILAR, tent.id): [one]}, now=NOW + timedelta(days=day))
        for day, one in enumerate((stove, stove, lamp))
    )
    assert ids(ask(Place.SIMILAR, tent)) == [lamp.id]
    assert list(VersionRow.objects.order_by("trained_at").values_list("id", "is_serving")) == [
        (second.id, False),
        (third.id, True),
    ]
    assert not ListRow.objects.filter(version_id=first.id).exists()


def test_a_page_costs_the_same_however_much_there_is(django_assert_max_num_queries: Any) -> None:
    buyer = make_buyer()
    for count in (10, 20):
        goods = make_goods(count)
        make_version({(ListKind.POPULAR, None): goods, (ListKind.FRESH, None): goods})
        with django_assert_max_num_queries(7):
            assert len(ids(ask(Place.HOME, buyer=buyer, limit=count))) == count


def refuse(client: Client, product_id: UUID) -> int:
    url = f"{BASE}/recommendations/not-interested"
    body = {"product_id": str(product_id)}
    return client.post(url, body, content_type="application/json").status_code


def test_over_http_a_visitor_refuses_for_himself(client: Client) -> None:
    tent, stove, lamp = make_goods(3)
    make_version({(ListKind.TOGETHER, tent.id): [stove, lamp]})
    url = f"{BASE}/recommendations?place=together&product_id={tent.id}"
    answer = client.get(url, headers={"Accept-Language": "en"})
    assert [one["why"] for one in answer.json()["items"]] == ["Often bought together"] * 2
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert refuse(client, stove.id) == 204
    assert [one["product"]["id"] for one in client.get(url).json()["items"]] == [str(lamp.id)]
    buyer = {"X-Session-Token": session_token(make_buyer())}
    assert len(client.get(url, headers=buyer).json()["items"]) == 2
    assert client.delete(f"{BASE}/recommendations/not-interested/{stove.id}").status_code == 204
    assert len(client.get(url).json()["items"]) == 2


@pytest.mark.parametrize(
    "query", ["", "place=cellar", "place=home&cursor=x", "place=home&limit=0", "place=cart&product_id=x"]
)
def test_a_malformed_question_is_422(client: Client, query: str) -> None:
    assert client.get(f"{BASE}/recommendations?{query}").status_code == 422


def test_what_is_not_on_sale_cannot_be_refused(client: Client) -> None:
    assert refuse(client, new_id()) == 404


def test_erasing_what_one_did_forgets_what_one_refused_on_former_devices_too(client: Client) -> None:
    (stove,) = make_goods()
    buyer, visitor = make_buyer(), VisitorId(new_id())
    for who in (visitor, buyer):
        behaviour.answer(person_id=who, wish=ConsentAnswer(allowed=True), now=NOW)
    behaviour.merge(visitor=visitor, buyer=buyer, now=NOW)
    stranger = new_id()
    for owner in (visitor, buyer, stranger):
        services.refuse(owner_id=owner, product_id=stove.id, now=NOW)
    for _ in range(2):
        answer = client.delete(f"{BASE}/behaviour", headers={"X-Session-Token": session_token(buyer)})
        assert answer.status_code == 204
    assert set(RefusalRow.objects.values_list("owner_id", flat=True)) == {stranger}
