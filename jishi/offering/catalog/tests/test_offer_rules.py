"""The best of several offers: what must hold whatever the prices are."""

from dataclasses import replace
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import ProductId
from jishi.offering.catalog.rules_offers import best_delivery, cost, ranked
from jishi.offering.catalog.types_offers import Candidate, Delivery

deliveries = st.builds(
    Delivery,
    freight_minor=st.integers(0, 5_000),
    days_min=st.integers(0, 2),
    days_max=st.integers(2, 9),
)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    reviews = draw(st.integers(0, 2_000))
    return Candidate(
        product_id=ProductId(UUID(int=draw(st.integers(1, 2**64)))),
        price_minor=draw(st.integers(1, 10_000_000)),
        in_stock=draw(st.booleans()),
        deliveries=draw(st.lists(deliveries, max_size=3)),
        stars_sum=draw(st.integers(reviews, 5 * reviews)),
        review_count=reviews,
    )


several = st.lists(candidates(), min_size=1, max_size=6, unique_by=lambda one: one.product_id)


def order(*offers: Candidate) -> list[ProductId]:
    return [one.product_id for one in ranked(offers)]


def offer(number: int, price_minor: int, **more: object) -> Candidate:
    usual = {"in_stock": True, "deliveries": [Delivery(freight_minor=0, days_min=2, days_max=4)]}
    return Candidate(product_id=ProductId(UUID(int=number)), price_minor=price_minor, **{**usual, **more})  # type: ignore[arg-type]


@given(several, st.randoms())
def test_the_order_of_the_question_does_not_matter(offers: list[Candidate], random: Random) -> None:
    shuffled = list(offers)
    random.shuffle(shuffled)
    assert ranked(shuffled) == ranked(offers)
    assert sorted(order(*offers)) == sorted(one.product_id for one in offers)


@given(candidates(), st.integers(1, 10_000), st.integers(1, 2**64))
def test_of_two_that_are_else_equal_the_cheaper_wins(one: Candidate, more: int, number: int) -> None:
    other_id = ProductId(UUID(int=number + 2**64))
    dearer = replace(one, product_id=other_id, price_minor=one.price_minor + more)
    assert order(dearer, one)[0] == one.product_id


@given(several, st.integers(0, 5), st.integers(1, 1_000_000))
def test_who_lowers_his_price_never_loses_places(offers: list[Candidate], which: int, less: int) -> None:
    chosen = offers[which % len(offers)]
    lowered = replace(chosen, price_minor=max(1, chosen.price_minor - less))
    before = order(*offers).index(chosen.product_id)
    after = order(*(lowered if one is chosen else one for one in offers)).index(chosen.product_id)
    assert after <= before


@given(several, st.integers(0, 5), deliveries)
def test_another_way_of_sending_never_loses_places(
    offers: list[Candidate], which: int, way: Delivery
) -> None:
    chosen = offers[which % len(offers)]
    better = replace(chosen, deliveries=[*chosen.deliveries, way])
    before = order(*offers).index(chosen.product_id)
    assert order(*(better if one is chosen else one for one in offers)).index(chosen.product_id) <= before


@given(candidates())
def test_one_more_review_of_five_stars_never_makes_dearer(one: Candidate) -> None:
    praised = replace(one, stars_sum=one.stars_sum + 5, review_count=one.review_count + 1)
    assert cost(praised, best_delivery(praised)) <= cost(one, best_delivery(one))


@given(several)
def test_what_can_be_had_stands_before_what_cannot(offers: list[Candidate]) -> None:
    stock = {one.product_id: one.in_stock for one in offers}
    flags = [stock[product_id] for product_id in order(*offers)]
    assert flags == sorted(flags, reverse=True)


def test_examples_of_the_page() -> None:
    free, dear = (
        Delivery(freight_minor=0, days_min=2, days_max=4),
        Delivery(freight_minor=800, days_min=2, days_max=4),
    )
    # Freight counts: 99.00 with 8.00 of freight costs more than 105.00 without.
    assert order(offer(1, 9_900, deliveries=[dear]), offer(2, 10_500, deliveries=[free]))[0].int == 2
    # Three days sooner are worth 3 %: 103.00 tomorrow stands before 101.00 in four days.
    soon = Delivery(freight_minor=0, days_min=1, days_max=1)
    assert order(offer(1, 10_100), offer(2, 10_300, deliveries=[soon]))[0].int == 2
    # One review of five stars is hardly more than none; two hundred are worth 4 %.
    assert order(offer(1, 10_000), offer(2, 10_100, stars_sum=5, review_count=1))[0].int == 1
    assert order(offer(1, 10_000), offer(2, 10_400, stars_sum=1_000, review_count=200))[0].int == 2
    # What is not sent there, or not in stock, stands behind whatever it costs.
    assert order(offer(1, 100, deliveries=[]), offer(2, 9_900))[0].int == 2
    assert order(offer(1, 100, in_stock=False), offer(2, 9_900))[0].int == 2
    # Equal in everything: the older product, whose id is lower.
    assert order(offer(2, 9_900), offer(1, 9_900)) == [ProductId(UUID(int=1)), ProductId(UUID(int=2))]
