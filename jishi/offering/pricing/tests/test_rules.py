"""The promises of the price function, by properties."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money, total
from jishi.offering.pricing.rules import STEPS, price, replay
from jishi.offering.pricing.types import FreightCharge, Priced, PriceLine, PriceStep, PriceTier

MERCHANTS = [MerchantId(UUID(int=number)) for number in range(1, 4)]


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


@st.composite
def lines(draw: st.DrawFn) -> PriceLine:
    sku = draw(st.integers(1, 8))
    return PriceLine(
        sku_id=SkuId(UUID(int=sku)),
        merchant_id=MERCHANTS[sku % 3],
        warehouse_id=WarehouseId(UUID(int=draw(st.integers(1, 2)))),
        quantity=draw(st.integers(1, 9_999)),
        unit_price=cny(draw(st.integers(0, 10**9))),
    )


@st.composite
def charges(draw: st.DrawFn) -> list[FreightCharge]:
    amounts = draw(st.lists(st.integers(0, 10**5), min_size=3, max_size=3))
    return [
        FreightCharge(
            merchant_id=merchant, method="standard", rule_id="t", rule_version=1, amount=cny(amount)
        )
        for merchant, amount in zip(MERCHANTS, amounts, strict=True)
    ]


@given(st.lists(lines(), max_size=12), charges())
def test_lines_and_freight_add_up_to_the_total(wanted: list[PriceLine], freight: list[FreightCharge]) -> None:
    priced = price(wanted, freight=freight, currency="CNY")

    assert priced.total == total(
        [line.payable for line in priced.lines] + [part.payable for part in priced.freight], "CNY"
    )
    for asked, line in zip(wanted, priced.lines, strict=True):
        assert line.amount == asked.unit_price * asked.quantity
        taken = line.merchant_discount + line.platform_discount + line.points_discount
        assert line.payable == line.amount - taken
        assert line.payable.amount_minor >= 0


@given(st.lists(lines(), max_size=12), charges())
def test_the_trace_replays_to_the_same_shares(wanted: list[PriceLine], freight: list[FreightCharge]) -> None:
    priced = price(wanted, freight=freight, currency="CNY")

    shares = replay(priced.trace, "CNY")

    assert total(list(shares.values()), "CNY") == priced.total
    for merchant in MERCHANTS:
        goods = [line.payable for line in priced.lines if line.merchant_id == merchant]
        carried = [part.payable for part in priced.freight if part.merchant_id == merchant]
        assert shares[merchant] == total(goods + carried, "CNY")


@given(st.lists(lines(), max_size=12), charges(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(
    wanted: list[PriceLine], freight: list[FreightCharge], chance: random.Random
) -> None:
    shuffled, turned = list(wanted), list(freight)
    chance.shuffle(shuffled)
    chance.shuffle(turned)

    first = price(wanted, freight=freight, currency="CNY")
    second = price(shuffled, freight=turned, currency="CNY")

    assert first.total == second.total
    assert first.freight == second.freight
    assert _by_line(first) == _by_line(second)
    assert first.trace == second.trace


def _by_line(priced: Priced) -> list[tuple[SkuId, WarehouseId, int, int]]:
    return sorted(
        (line.sku_id, line.warehouse_id, line.quantity, line.payable.amount_minor) for line in priced.lines
    )


def test_the_trace_follows_the_fixed_order_of_steps() -> None:
    wanted = [_line(sku=1, cents=1_250, quantity=3), _line(sku=2, cents=990, quantity=1)]
    freight = [_charge(800)]

    priced = price(wanted, freight=freight, currency="CNY")

    order = list(PriceStep)
    places = [order.index(step.step) for step in priced.trace]
    assert places == sorted(places)
    assert [step.amount.amount_minor for step in priced.trace] == [3_750, 990, 800, 5_540]
    assert len(STEPS) == 5


def test_six_thousand_pieces_are_one_line() -> None:
    priced = price([_line(sku=1, cents=3, quantity=6_000)], freight=[], currency="CNY")

    assert len(priced.lines) == 1
    assert len(priced.trace) == 2
    assert priced.total == cny(18_000)


def test_nothing_costs_nothing() -> None:
    assert price([], freight=[], currency="CNY").total == cny(0)


@pytest.mark.parametrize(
    ("line", "charge"),
    [
        pytest.param({"quantity": 0}, 0, id="no pieces"),
        pytest.param({"cents": -1}, 0, id="a negative price"),
        pytest.param({"currency": "USD"}, 0, id="another currency"),
        pytest.param({}, -1, id="negative freight"),
    ],
)
def test_what_no_caller_may_ask(line: dict[str, object], charge: int) -> None:
    with pytest.raises(ProgrammingError):
        price([_line(**line)], freight=[_charge(charge)], currency="CNY")  # type: ignore[arg-type]


def test_a_trace_that_lies_about_its_total_is_refused() -> None:
    trace = price([_line(sku=1, cents=100)], freight=[_charge(5)], currency="CNY").trace

    with pytest.raises(ProgrammingError):
        replay(trace[1:], "CNY")


def _line(sku: int = 1, cents: int = 100, quantity: int = 1, currency: str = "CNY") -> PriceLine:
    return PriceLine(
        sku_id=SkuId(UUID(int=sku)),
        merchant_id=MERCHANTS[0],
        warehouse_id=WarehouseId(UUID(int=1)),
        quantity=quantity,
        unit_price=Money(cents, currency),
    )


def _charge(cents: int) -> FreightCharge:
    return FreightCharge(
        merchant_id=MERCHANTS[0], method="standard", rule_id="t", rule_version=1, amount=cny(cents)
    )


# -- wholesale -------------------------------------------------------------------------------------


@st.composite
def steps(draw: st.DrawFn) -> tuple[Money, list[PriceTier]]:
    """Return a single price, and steps as merchants may write them: more pieces, lower prices."""
    prices = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=6)), reverse=True)
    pieces = sorted(draw(st.sets(st.integers(2, 9_999), min_size=len(prices) - 1, max_size=len(prices) - 1)))
    tiers = [PriceTier(from_pieces=n, price=cny(p)) for n, p in zip(pieces, prices[1:], strict=True)]
    return cny(prices[0]), tiers


def line_of(
    single: Money, tiers: list[PriceTier], quantity: int, *, sku: int = 1, warehouse: int = 1
) -> PriceLine:
    return PriceLine(
        sku_id=SkuId(UUID(int=sku)),
        merchant_id=MERCHANTS[0],
        warehouse_id=WarehouseId(UUID(int=warehouse)),
        quantity=quantity,
        unit_price=single,
        tiers=tiers,
    )


def priced_alone(single: Money, tiers: list[PriceTier], quantity: int) -> Priced:
    return price([line_of(single, tiers, quantity)], freight=[], currency="CNY")


@given(steps(), st.integers(1, 9_998))
def test_a_piece_never_costs_more_for_more_of_them_nor_more_than_a_single_one(
    offered: tuple[Money, list[PriceTier]], quantity: int
) -> None:
    single, tiers = offered
    here, there = (priced_alone(single, tiers, many).lines[0].unit_price for many in (quantity, quantity + 1))
    assert there.amount_minor <= here.amount_minor <= single.amount_minor
    assert here in [single, *(tier.price for tier in tiers)]


@given(steps(), st.integers(1, 5_000), st.integers(1, 4_999))
def test_pieces_of_one_sku_count_together_whichever_warehouse_they_come_from(
    offered: tuple[Money, list[PriceTier]], first: int, second: int
) -> None:
    single, tiers = offered
    apart = price(
        [line_of(single, tiers, first), line_of(single, tiers, second, warehouse=2)],
        freight=[],
        currency="CNY",
    )
    assert apart.total == priced_alone(single, tiers, first + second).total
    assert len({line.unit_price for line in apart.lines}) == 1


@given(steps(), st.integers(1, 5_000))
def test_pieces_of_another_sku_do_not_count(offered: tuple[Money, list[PriceTier]], quantity: int) -> None:
    single, tiers = offered
    both = price(
        [line_of(single, tiers, quantity), line_of(single, tiers, 9_999, sku=2)], freight=[], currency="CNY"
    )
    assert both.lines[0].unit_price == priced_alone(single, tiers, quantity).lines[0].unit_price


def test_the_trace_names_the_price_that_applies_and_those_that_do_not() -> None:
    tiers = [PriceTier(from_pieces=n, price=cny(p)) for n, p in ((3, 1_800), (10, 1_500), (50, 1_000))]
    priced = priced_alone(cny(2_000), tiers, 12)
    (step, total_step) = priced.trace
    assert (step.rule_id, step.amount) == ("wholesale_10", cny(18_000))
    assert [(one.rule_id, one.price) for one in step.not_applied] == [
        ("wholesale_3", cny(1_800)),
        ("sku_price", cny(2_000)),
    ]
    assert total_step.amount == cny(18_000)
    assert replay(priced.trace, "CNY") == {MERCHANTS[0]: cny(18_000)}
