"""Gifts with a purchase: earned by the goods, worth nothing to the buyer's bill, and funded to the cent."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.offering.pricing.rules import PromotionIndex, clawed_back, replay, uses
from jishi.offering.pricing.tests.offers import MERCHANTS, line, off, priced, reasons, rule, sku
from jishi.offering.pricing.types import Measure, NotApplied, PricedGift, PriceLine
from jishi.offering.pricing.types_promotions import Gift, GiftPart, PieceOff, Promotion, Refunding

TEA, CUP, SPOON = sku(1), sku(2), sku(3)
EAST, WEST = WarehouseId(UUID(int=1)), WarehouseId(UUID(int=2))


def gift(threshold: int = 2, *, measure: Measure = Measure.PIECES, pieces: int = 1, **also: object) -> Gift:
    gifts = (GiftPart(sku_id=CUP, pieces=pieces),)
    return Gift(**{"measure": measure, "threshold": threshold, "gifts": gifts, **also})  # type: ignore[arg-type]


def bought(pieces: int, cents: int = 5_000, number: int = 1) -> PriceLine:
    return line(number, cents, pieces)


def free(
    of: Promotion, pieces: int = 1, sku_id: SkuId = CUP, cents: int = 1_900, at: WarehouseId = EAST
) -> PriceLine:
    return replace(line(2, cents, pieces), sku_id=sku_id, gift_of=of.id, warehouse_id=at)


def pieces_given(lines: Sequence[PriceLine], *rules: Promotion) -> int:
    return sum(one.quantity for one in priced(list(lines), *rules).lines if isinstance(one, PricedGift))


def test_a_gift_is_a_line_that_costs_nothing_and_its_worth_is_the_merchants_discount() -> None:
    one = rule(gift())
    found = priced([bought(2), free(one)], one)

    tea, cup = found.lines
    assert (tea.payable.amount_minor, cup.payable.amount_minor) == (10_000, 0)
    assert (cup.amount, cup.merchant_discount) == (Money(1_900, "CNY"), Money(1_900, "CNY"))
    assert isinstance(cup, PricedGift)
    assert cup.gift_of == one.id
    assert [(one.rule_id, one.amount.amount_minor) for one in found.discounts] == [(one.id, 1_900)]
    assert replay(found.trace, "CNY") == {MERCHANTS[0]: found.total}
    assert [use.amount_minor for use in uses(found.trace, found.lines, PromotionIndex([one]))] == [1_900]


def test_what_is_not_earned_is_no_part_of_the_price() -> None:
    one = rule(gift())
    found = priced([bought(1), free(one)], one)

    assert [line.sku_id for line in found.lines] == [TEA]
    assert found.total == Money(5_000, "CNY")
    assert reasons(found) == {one.id: NotApplied.BELOW_THRESHOLD}
    assert [(one.missing, one.measure) for one in found.nexts] == [(1, Measure.PIECES)]


def test_earned_with_none_left_says_so_and_costs_what_it_costs() -> None:
    one = rule(gift())
    found = priced([bought(2)], one)

    assert found.total == Money(10_000, "CNY")
    assert reasons(found) == {one.id: NotApplied.NO_GIFT_LEFT}


@pytest.mark.parametrize(
    ("effect", "pieces", "wanted"),
    [
        (gift(2, pieces=2), 5, 2),
        (gift(2, pieces=2, is_each=True), 5, 4),
        (gift(2, is_each=True, times_max=1), 9, 1),
        (gift(10_000, measure=Measure.AMOUNT, is_each=True), 5, 2),
        (gift(10_001, measure=Measure.AMOUNT), 2, 0),
    ],
)
def test_as_many_as_are_earned(effect: Gift, pieces: int, wanted: int) -> None:
    one = rule(effect)
    single = [free(one, at=EAST) for _ in range(12)]

    assert pieces_given([bought(pieces), *single], one) == wanted


def test_of_gifts_to_choose_from_only_one_is_given() -> None:
    one = rule(gift(gifts=(GiftPart(sku_id=CUP), GiftPart(sku_id=SPOON)), is_chosen=True))

    found = priced([bought(2), free(one, sku_id=SPOON), free(one)], one)

    assert [line.sku_id for line in found.lines] == [TEA, CUP]


def test_a_gift_stands_beside_a_discount_and_earns_no_other_gift() -> None:
    """The gift measures what its step found: the discount of the same step lowers no threshold."""
    less = rule(PieceOff(off=off(4_000)), id="less")
    first = rule(gift(10_000, measure=Measure.AMOUNT), id="first")
    from_three = rule(gift(3), id="three", stack_group="b")

    found = priced([bought(2), free(first), free(from_three)], less, first, from_three)

    assert found.total == Money(2_000, "CNY")
    assert [one.gift_of for one in found.lines if isinstance(one, PricedGift)] == [first.id]


def test_an_exclusive_gift_stands_alone_and_of_two_of_a_group_the_dearer_comes() -> None:
    less = rule(PieceOff(off=off(400)), id="less")
    alone = rule(gift(), id="alone", is_exclusive=True, priority=1)
    assert priced([bought(2), free(alone)], less, alone).total == Money(10_000, "CNY")

    cheap, dear = rule(gift(), id="cheap"), rule(gift(gifts=(GiftPart(sku_id=SPOON),)), id="dear")
    found = priced([bought(2), free(cheap), free(dear, sku_id=SPOON, cents=2_900)], cheap, dear)
    assert [line.sku_id for line in found.lines] == [TEA, SPOON]


def test_the_same_sku_bought_and_given_keeps_its_prices_apart() -> None:
    one = rule(gift(2))
    found = priced([bought(2, 1_900, 2), free(one)], one)

    assert [line.payable.amount_minor for line in found.lines] == [3_800, 0]


def test_a_budget_that_does_not_last_gives_nothing() -> None:
    one = rule(gift(), budget_minor=1_000)
    found = priced([bought(2), free(one)], one, left_minor={one.id: 1_899})

    assert [line.sku_id for line in found.lines] == [TEA]
    assert reasons(found) == {one.id: NotApplied.USED_UP}


def test_the_order_of_the_lines_changes_nothing() -> None:
    one = rule(gift(2, pieces=2, gifts=(GiftPart(sku_id=CUP, pieces=2), GiftPart(sku_id=SPOON))))
    lines = [bought(1), bought(1, 700, 3), free(one, at=EAST), free(one, at=WEST), free(one, sku_id=SPOON)]

    found = [priced(list(order), one) for order in permutations(lines)]

    assert len({str(each.trace) for each in found}) == 1
    assert {len(each.lines) for each in found} == {5}


@given(
    pieces=st.integers(1, 12), threshold=st.integers(1, 6), each=st.booleans(), back=st.integers(0, 12),
    cups_back=st.integers(0, 12),
)  # fmt: skip
def test_what_is_clawed_back_is_the_worth_of_what_counting_says_is_kept_unearned(
    pieces: int, threshold: int, each: bool, back: int, cups_back: int
) -> None:
    one = rule(gift(threshold, is_each=each), refunding=Refunding.CLAW_BACK)
    times = pieces // threshold if each else min(pieces // threshold, 1)
    lines = [bought(pieces), *([free(one, times)] if times else [])]
    found = priced(lines, one)
    assert len(found.claw_backs) == (1 if times else 0)
    if not times:
        return
    kept = {0: max(pieces - back, 0), 1: max(times - cups_back, 0)}
    still = kept[0] // threshold if each else min(kept[0] // threshold, 1)

    assert sum(clawed_back(found.claw_backs[0], kept)) == max(kept[1] - still, 0) * 1_900
