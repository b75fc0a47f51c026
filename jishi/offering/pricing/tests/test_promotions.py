"""What promotions take off: known cases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.offering.pricing.rules import price
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import (
    MERCHANTS,
    NOW,
    SHARED,
    left,
    line,
    off,
    priced,
    reasons,
    rule,
    sku,
    spend,
)
from jishi.offering.pricing.types import Measure, NotApplied, PriceStep
from jishi.offering.pricing.types_promotions import (
    Audience,
    Bundle,
    BundlePart,
    Buyer,
    EveryPieces,
    LowerPrice,
    Mark,
    PieceOff,
    Scope,
)

SECOND_HALF = EveryPieces(every=2, reduced=1, basis_points=5_000)
TWO_GET_ONE = EveryPieces(every=3, reduced=1, basis_points=10_000)


# -- each kind, by known cases ------------------------------------------------------------------------------


def test_ten_percent_off_many_pieces_is_the_price_that_people_see_times_the_pieces() -> None:
    """999 a piece less 10 % is 899, whatever the quantity."""
    assert left(priced([line(cents=999, quantity=333)], rule(PieceOff(off=off(basis_points=1_000))))) == [
        899 * 333
    ]


@pytest.mark.parametrize(
    ("pieces", "paid"), [(1, 1_000), (2, 1_500), (3, 2_500), (4, 3_000), (5, 4_000), (6_000, 4_500_000)]
)
def test_the_second_piece_at_half_price(pieces: int, paid: int) -> None:
    assert sum(left(priced([line(quantity=pieces)], rule(SECOND_HALF)))) == paid


def test_buy_two_get_one_repeats_and_the_dear_sets_come_first() -> None:
    found = priced([line(1, 1_000, 3), line(2, 300, 4)], rule(TWO_GET_ONE))
    # Sets: 1000 1000 1000 | 300 300 300; one piece is left over.
    assert sum(left(found)) == 2_000 + 900


def test_counted_by_sku_pieces_of_different_goods_make_no_set() -> None:
    by_sku = replace(TWO_GET_ONE, is_same_sku=True)
    assert left(priced([line(1, quantity=2), line(2, quantity=3)], rule(by_sku))) == [2_000, 2_000]


@pytest.mark.parametrize(
    ("cents", "saved"), [(9_999, 0), (10_000, 1_000), (19_999, 1_000), (20_000, 3_000), (90_000, 3_000)]
)
def test_the_highest_tier_that_is_reached_counts(cents: int, saved: int) -> None:
    found = priced([line(cents=cents)], rule(spend((10_000, off(1_000)), (20_000, off(3_000)))))
    assert left(found) == [cents - saved]


def test_each_full_threshold_counts_up_to_a_bound() -> None:
    each = spend((10_000, off(1_000)), is_each=True, times_max=3)
    assert left(priced([line(cents=25_000)], rule(each))) == [23_000]
    assert left(priced([line(cents=99_000)], rule(each))) == [96_000]


def test_tiers_by_pieces_and_percent_with_a_cap() -> None:
    three = spend((3, off(basis_points=2_000, cap=500)), measure=Measure.PIECES)
    assert left(priced([line(quantity=2)], rule(three))) == [2_000]
    assert left(priced([line(quantity=3)], rule(three))) == [2_500]


def test_a_discount_is_apportioned_by_the_largest_remainder() -> None:
    found = priced([line(1, 1_000), line(2, 1_000), line(3, 1_000)], rule(spend((3_000, off(1_000)))))
    assert sorted(left(found)) == [666, 667, 667]


def test_a_bundle_has_one_price_as_often_as_the_cart_holds_it() -> None:
    parts = (
        BundlePart(sku_ids=frozenset({sku(1)}), pieces=1),
        BundlePart(sku_ids=frozenset({sku(2)}), pieces=2),
    )
    found = priced([line(1, 1_000, 3), line(2, 400, 5)], rule(Bundle(parts=parts, price_minor=1_500)))
    assert sum(left(found)) == 2 * 1_500 + 1_000 + 400


def test_a_bundle_that_costs_more_than_its_parts_saves_nothing() -> None:
    parts = (BundlePart(sku_ids=frozenset({sku(1)}), pieces=1),)
    assert left(priced([line(1, 1_000, 3)], rule(Bundle(parts=parts, price_minor=1_001)))) == [3_000]


def test_everything_off_is_allowed() -> None:
    assert left(priced([line()], rule(PieceOff(off=off(basis_points=10_000))))) == [0]


def test_the_lowest_legal_price_wins_and_the_others_are_named() -> None:
    flash = rule(LowerPrice(prices={sku(1): 700}), id="flash")
    member = rule(
        LowerPrice(prices={sku(1): 800}), id="member", audience=Audience(levels=frozenset({"gold"}))
    )
    wholesale = rule(LowerPrice(prices={sku(1): 500}, from_pieces=10), id="wholesale")

    found = priced([line(quantity=2)], flash, member, wholesale)

    assert left(found) == [1_400]
    assert reasons(found) == {
        "member": NotApplied.OTHER_BUYERS,
        "wholesale": NotApplied.BELOW_THRESHOLD,
    }
    assert left(priced([line(quantity=10)], flash, member, wholesale)) == [5_000]
    gold = priced([line()], flash, member, buyer=Buyer(level="gold"))
    assert (left(gold), reasons(gold)) == ([700], {"member": NotApplied.NO_BETTER})


def test_thresholds_are_measured_on_what_earlier_steps_left() -> None:
    """A piece off brings the cart below the store's threshold, and the store's below the platform's."""
    item = rule(PieceOff(off=off(1)), id="item")
    store = rule(spend((10_000, off(500))), id="store")
    across = rule(spend((9_500, off(100))), id="across", merchant_id=None)

    assert left(priced([line(cents=10_000)], item, store)) == [9_999]
    assert left(priced([line(cents=10_000)], store, across)) == [9_400]
    assert left(priced([line(cents=10_000)], item, store, across)) == [9_899]


# -- scope, audience, stacking ------------------------------------------------------------------------------


def test_scope_with_exclusions() -> None:
    books = Scope(
        marks=frozenset({("category", "books")}),
        excluded=frozenset({("brand", "dear"), ("sku", str(sku(3)))}),
    )
    half = rule(PieceOff(off=off(basis_points=5_000)), scope=books)
    found = priced(
        [
            line(1, marks={("category", "books")}),
            line(2, marks={("category", "books"), ("brand", "dear")}),
            line(3, marks={("category", "books")}),
            line(4, marks={("category", "toys")}),
            line(5, merchant=1, marks={("category", "books")}),
        ],
        half,
    )
    assert left(found) == [500, 1_000, 1_000, 1_000, 1_000]


@pytest.mark.parametrize(
    ("also", "reason"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, NotApplied.NOT_YET),
        ({"ends_at": NOW}, NotApplied.OVER),
        ({"channels": frozenset({"live"})}, NotApplied.OTHER_CHANNEL),
        ({"audience": Audience(is_new_only=True)}, NotApplied.OTHER_BUYERS),
        ({"audience": Audience(segments=frozenset({"students"}))}, NotApplied.OTHER_BUYERS),
    ],
)
def test_why_a_rule_is_not_for_this_buyer_now(also: dict[str, object], reason: NotApplied) -> None:
    found = priced([line()], rule(PieceOff(off=off(100)), **also))
    assert (left(found), reasons(found)) == ([1_000], {"rule": reason})


def test_a_rule_begins_at_its_instant_and_ends_before_the_other() -> None:
    now = rule(PieceOff(off=off(100)), starts_at=NOW, ends_at=NOW + timedelta(seconds=1))
    assert left(priced([line()], now)) == [900]


def test_what_is_used_up_takes_nothing_off() -> None:
    found = priced([line()], rule(PieceOff(off=off(100))), used_up=frozenset({"rule"}))
    assert (left(found), reasons(found)) == ([1_000], {"rule": NotApplied.USED_UP})


def test_of_one_group_the_priority_then_the_discount_decides() -> None:
    small, large = rule(PieceOff(off=off(100)), id="small"), rule(PieceOff(off=off(200)), id="large")
    found = priced([line()], small, large)
    assert (left(found), reasons(found)) == ([800], {"small": NotApplied.NOT_COMBINED})
    assert left(priced([line()], replace(small, priority=1), large)) == [900]


def test_rules_of_different_groups_stand_together_and_never_go_below_zero() -> None:
    one = rule(PieceOff(off=off(700)), id="one", stack_group="a")
    two = rule(PieceOff(off=off(600)), id="two", stack_group="b")
    assert left(priced([line()], one, two)) == [0]


def test_nothing_stands_beside_an_exclusive_rule() -> None:
    alone = rule(PieceOff(off=off(300)), id="alone", is_exclusive=True)
    store = rule(spend((100, off(50))), id="store")
    found = priced([line(1), line(2, merchant=1)], alone, store)
    assert left(found) == [700, 1_000]
    assert reasons(found) == {"store": NotApplied.NOT_COMBINED}

    late = rule(spend((100, off(50))), id="late", is_exclusive=True)
    item = rule(PieceOff(off=off(300)), id="item")
    assert reasons(priced([line()], item, late)) == {"late": NotApplied.NOT_COMBINED}


def test_what_is_missing_for_the_next_tier_is_said() -> None:
    tiers = rule(spend((10_000, off(1_000)), (20_000, off(3_000))))
    found = priced([line(cents=12_000)], tiers)
    assert [(one.missing, one.off.amount_minor) for one in found.nexts] == [(8_000, 3_000)]
    assert priced([line(cents=20_000)], tiers).nexts == []
    each = rule(spend((3, off(100)), measure=Measure.PIECES, is_each=True))
    assert [(one.measure, one.missing) for one in priced([line(quantity=4)], each).nexts] == [
        (Measure.PIECES, 2)
    ]


def test_every_discount_is_in_the_trace_with_who_pays() -> None:
    across = rule(spend((3_000, off(1_000))), merchant_id=None, funders=SHARED)
    found = priced([line(1, 1_000), line(2, 2_000, merchant=1)], across)

    taken = [step for step in found.trace if step.step is PriceStep.PLATFORM_PROMOTION]
    assert [(step.merchant_id, step.amount.amount_minor) for step in taken] == [
        (MERCHANTS[0], -333),
        (MERCHANTS[1], -667),
    ]
    assert all(step.funders == list(SHARED) for step in taken)
    assert [
        (one.platform_discount.amount_minor, one.merchant_discount.amount_minor) for one in found.lines
    ] == [
        (111, 222),
        (222, 445),
    ]
    assert [(one.merchant_id, one.amount.amount_minor) for one in found.discounts] == [
        (MERCHANTS[0], 333),
        (MERCHANTS[1], 667),
    ]


def test_only_rules_that_bear_on_the_cart_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [
        rule(
            PieceOff(off=off(1)),
            id=f"{number:05}",
            merchant_id=MERCHANTS[number % 3],
            scope=Scope(marks=frozenset({("product", str(number))})),
        )
        for number in range(5_000)
    ]
    looked_at: list[str] = []
    covers = Scope.covers
    index = PromotionIndex(many)

    def counted(scope: Scope, marks: frozenset[Mark]) -> bool:
        looked_at.append("")
        return covers(scope, marks)

    monkeypatch.setattr(Scope, "covers", counted)
    lines = [line(number, merchant=number % 3, marks={("product", str(number))}) for number in range(20)]

    price(lines, freight=[], currency="CNY", offer=Offer(index=index, buyer=Buyer(), at=NOW))

    assert len(looked_at) == 20
