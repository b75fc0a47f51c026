"""What promotions take off: known cases, and properties against counting piece by piece."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money, round_half_up, total
from jishi.offering.pricing.rules import price, replay
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_effects import Covered, savings
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.types import (
    Funder,
    FunderShare,
    Measure,
    NotApplied,
    Off,
    Priced,
    PriceLine,
    PriceStep,
)
from jishi.offering.pricing.types_promotions import (
    Audience,
    Bundle,
    BundlePart,
    Buyer,
    Effect,
    EveryPieces,
    LowerPrice,
    Mark,
    PieceOff,
    Promotion,
    Scope,
    Tier,
    Tiers,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MERCHANTS = [MerchantId(UUID(int=number)) for number in range(1, 4)]
BY_MERCHANT = (FunderShare(funder=Funder.MERCHANT, basis_points=10_000),)
SHARED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=3_333),
    FunderShare(funder=Funder.MERCHANT, basis_points=6_667),
)


def sku(number: int) -> SkuId:
    return SkuId(UUID(int=number))


def line(
    number: int = 1,
    cents: int = 1_000,
    quantity: int = 1,
    *,
    merchant: int = 0,
    marks: set[Mark] | None = None,
) -> PriceLine:
    return PriceLine(
        sku_id=sku(number),
        merchant_id=MERCHANTS[merchant],
        warehouse_id=WarehouseId(UUID(int=1)),
        quantity=quantity,
        unit_price=Money(cents, "CNY"),
        marks=frozenset(marks or ()),
    )


def rule(effect: Effect, **also: object) -> Promotion:
    fields: dict[str, object] = {
        "id": "rule",
        "version": 1,
        "name": "",
        "effect": effect,
        "funders": BY_MERCHANT,
        "currency": "CNY",
        "merchant_id": MERCHANTS[0],
    }
    return Promotion(**{**fields, **also})  # type: ignore[arg-type]


def priced(lines: list[PriceLine], *rules: Promotion, buyer: Buyer | None = None, **also: object) -> Priced:
    offer = Offer(index=PromotionIndex(rules), buyer=buyer or Buyer(), at=NOW)
    return price(lines, freight=[], currency="CNY", offer=replace(offer, **also))  # type: ignore[arg-type]


def left(found: Priced) -> list[int]:
    return [one.payable.amount_minor for one in found.lines]


def reasons(found: Priced) -> dict[str, NotApplied]:
    return {one.promotion_id: one.reason for one in found.passed}


def off(cents: int = 0, basis_points: int = 0, cap: int | None = None) -> Off:
    return Off(amount_minor=cents, basis_points=basis_points, cap_minor=cap)


def spend(*tiers: tuple[int, Off], measure: Measure = Measure.AMOUNT, **also: object) -> Tiers:
    return Tiers(
        measure=measure,
        tiers=tuple(Tier(threshold=threshold, off=one) for threshold, one in tiers),
        **also,  # type: ignore[arg-type]
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
    assert found.discounts[0].amount == Money(1_000, "CNY")


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
    monkeypatch.setattr(Scope, "covers", lambda self, marks: looked_at.append("") or covers(self, marks))
    lines = [line(number, merchant=number % 3, marks={("product", str(number))}) for number in range(20)]

    price(lines, freight=[], currency="CNY", offer=Offer(index=index, buyer=Buyer(), at=NOW))

    assert len(looked_at) == 20


# -- promises, for any cart and any rules -------------------------------------------------------------------

TAGS = ("red", "blue", "green")
offs = st.builds(off, st.integers(0, 5_000), st.integers(0, 10_000), st.none() | st.integers(0, 3_000))
percents = st.integers(0, 10_000)


@st.composite
def tiers(draw: st.DrawFn) -> Tiers:
    measure = draw(st.sampled_from(Measure))
    most = 30_000 if measure is Measure.AMOUNT else 12
    thresholds = sorted(draw(st.sets(st.integers(1, most), min_size=1, max_size=3)))
    is_each = draw(st.booleans())
    found = [(threshold, draw(offs)) for threshold in thresholds]
    return spend(*(found[:1] if is_each else found), measure=measure, is_each=is_each)


@st.composite
def pieces(draw: st.DrawFn) -> EveryPieces:
    every = draw(st.integers(2, 4))
    return EveryPieces(
        every=every,
        reduced=draw(st.integers(1, every - 1)),
        basis_points=draw(percents),
        is_same_sku=draw(st.booleans()),
    )


bundles = st.builds(
    lambda first, second, cents: Bundle(
        parts=(
            BundlePart(sku_ids=frozenset({sku(1), sku(2)}), pieces=first),
            BundlePart(sku_ids=frozenset({sku(3)}), pieces=second),
        ),
        price_minor=cents,
    ),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 10_000),
)
prices = st.builds(
    lambda cents, from_pieces: LowerPrice(prices={sku(1): cents, sku(4): cents}, from_pieces=from_pieces),
    st.integers(0, 5_000),
    st.integers(1, 5),
)
effects = st.one_of(tiers(), pieces(), bundles, prices, st.builds(lambda one: PieceOff(off=one), offs))


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    made = draw(st.lists(effects, max_size=6))
    return [
        rule(
            effect,
            id=f"rule-{number}",
            merchant_id=draw(st.sampled_from([*MERCHANTS, None])),
            funders=draw(st.sampled_from([BY_MERCHANT, SHARED])),
            priority=draw(st.integers(0, 2)),
            stack_group=draw(st.sampled_from(["", "a"])),
            is_exclusive=draw(st.booleans()) and draw(st.booleans()),
            scope=draw(
                st.sampled_from(
                    [
                        Scope(),
                        Scope(marks=frozenset({("tag", "red"), ("tag", "blue")})),
                        Scope(excluded=frozenset({("tag", "green")})),
                    ]
                )
            ),
        )
        for number, effect in enumerate(made)
    ]


@st.composite
def carts(draw: st.DrawFn) -> list[PriceLine]:
    return [
        line(
            number,
            draw(st.integers(0, 9_999)),
            draw(st.integers(1, 7)),
            merchant=number % 3,
            marks={("tag", draw(st.sampled_from(TAGS)))},
        )
        for number in draw(st.lists(st.integers(1, 5), max_size=7))
    ]


@given(carts(), promotions())
def test_the_parts_add_up_whatever_is_offered(lines: list[PriceLine], rules: list[Promotion]) -> None:
    found = priced(lines, *rules)

    assert found.total == total([one.payable for one in found.lines], "CNY")
    for asked, one in zip(lines, found.lines, strict=True):
        assert (
            0
            <= one.payable.amount_minor
            <= one.amount.amount_minor
            <= (asked.unit_price * asked.quantity).amount_minor
        )
        assert one.payable == one.amount - one.merchant_discount - one.platform_discount
    shares = replay(found.trace, "CNY")
    for merchant in MERCHANTS:
        mine = [one.payable for one in found.lines if one.merchant_id == merchant]
        assert shares.get(merchant, Money(0, "CNY")) == total(mine, "CNY")
    said = total([one.amount for one in found.discounts], "CNY")
    assert said == total([one.amount - one.payable for one in found.lines], "CNY")


@given(carts(), promotions(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_rules_changes_nothing(
    lines: list[PriceLine], rules: list[Promotion], chance: random.Random
) -> None:
    turned, mixed = list(range(len(lines))), list(rules)
    chance.shuffle(turned)
    chance.shuffle(mixed)

    first, second = priced(lines, *rules), priced([lines[place] for place in turned], *mixed)

    assert (first.trace, first.passed, first.nexts) == (second.trace, second.passed, second.nexts)
    assert sorted(left(first)) == sorted(left(second))


@given(carts(), promotions())
def test_every_rule_that_covers_something_is_used_or_says_why_not(
    lines: list[PriceLine], rules: list[Promotion]
) -> None:
    found = priced(lines, *rules)
    covering = {one.id for one, _ in PromotionIndex(rules).covering(lines)}
    used = {step.rule_id for step in found.trace} & covering

    assert used | set(reasons(found)) == covering
    assert not used & set(reasons(found))


def one_by_one(lines: list[Covered], sku_ids: set[SkuId] | frozenset[SkuId] | None = None) -> list[int]:
    """Return what each piece of these SKUs is worth, the dearest first."""
    counted = [one for one in lines if sku_ids is None or one.sku_id in sku_ids]
    return sorted((one.worth(1) for one in counted for _ in range(one.quantity)), reverse=True)


covered_lines = st.lists(
    st.builds(
        lambda number, cents, quantity: Covered(
            sku_id=sku(number), quantity=quantity, left_minor=cents * quantity
        ),
        st.integers(1, 4),
        st.integers(0, 999),
        st.integers(1, 6),
    ),
    max_size=5,
)


@given(pieces(), covered_lines)
def test_every_pieces_is_what_counting_piece_by_piece_gives(
    effect: EveryPieces, lines: list[Covered]
) -> None:
    groups = [{one.sku_id} for one in lines] if effect.is_same_sku else [None]
    expected = 0
    for group in {str(group): group for group in groups}.values():
        found = one_by_one(lines, group)
        expected += sum(
            round_half_up(cents * effect.basis_points, 10_000)
            for place, cents in enumerate(found[: len(found) // effect.every * effect.every])
            if place % effect.every >= effect.every - effect.reduced
        )
    assert sum(savings(effect, lines)) == expected


@given(bundles, covered_lines)
def test_a_bundle_is_what_the_best_number_of_sets_gives(effect: Bundle, lines: list[Covered]) -> None:
    dearest = [one_by_one(lines, part.sku_ids) for part in effect.parts]
    sets_max = min(len(found) // part.pieces for found, part in zip(dearest, effect.parts, strict=True))
    best = max(
        sum(sum(found[: part.pieces * sets]) for found, part in zip(dearest, effect.parts, strict=True))
        - effect.price_minor * sets
        for sets in range(sets_max + 1)
    )
    assert sum(savings(effect, lines)) == best


@given(effects, covered_lines)
def test_no_line_loses_more_than_it_is_worth(effect: Effect, lines: list[Covered]) -> None:
    found = savings(effect, lines)
    assert all(0 <= amount <= one.left_minor for amount, one in zip(found, lines, strict=True))
