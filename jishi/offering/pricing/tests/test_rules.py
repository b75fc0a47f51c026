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
from jishi.offering.pricing.types import FreightCharge, Priced, PriceLine, PriceStep

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
