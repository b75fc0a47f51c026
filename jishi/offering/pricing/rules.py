"""The price function of docs/algorithms/price.md: a fixed sequence of steps over one draft."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money, total, zero
from jishi.offering.pricing.types import (
    FreightCharge,
    Priced,
    PricedFreight,
    PricedLine,
    PriceLine,
    PriceStep,
    TraceStep,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWish:
    """Everything the price depends on."""

    lines: Sequence[PriceLine]
    freight: Sequence[FreightCharge]
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the steps have worked out so far; each step returns a new one and leaves its mark in the trace."""

    lines: tuple[PricedLine, ...] = ()
    freight: tuple[PricedFreight, ...] = ()
    trace: tuple[TraceStep, ...] = ()


Step = Callable[[PriceWish, Draft], Draft]


def price(lines: Sequence[PriceLine], *, freight: Sequence[FreightCharge], currency: str) -> Priced:
    """Price `lines` and the freight that carries them, all in `currency`.

    Lines come back in the order they were given; every amount is independent of it. Cost O(lines log lines).
    Raises: ProgrammingError for no pieces, a negative price or another currency.
    """
    wish = PriceWish(lines=lines, freight=freight, currency=currency)
    _check(wish)
    draft = Draft()
    for step in STEPS:
        draft = step(wish, draft)
    return Priced(
        lines=list(draft.lines),
        freight=list(draft.freight),
        discounts=[],
        total=payable(draft, currency),
        trace=list(draft.trace),
    )


def unit_prices(wish: PriceWish, draft: Draft) -> Draft:
    """Step 1: every line at its unit price."""
    lines = tuple(_at_unit_price(line) for line in wish.lines)
    trace = (
        TraceStep(
            step=PriceStep.UNIT_PRICE,
            rule_id="sku_price",
            rule_version=1,
            amount=line.amount,
            merchant_id=line.merchant_id,
            sku_id=line.sku_id,
        )
        for line in sorted(lines, key=_canonical)
    )
    return replace(draft, lines=lines, trace=(*draft.trace, *trace))


def freight_charges(wish: PriceWish, draft: Draft) -> Draft:
    """Step 6: one freight line per merchant and method, never spread over goods."""
    charges = sorted(wish.freight, key=lambda charge: (charge.merchant_id, charge.method))
    freight = tuple(
        PricedFreight(
            merchant_id=charge.merchant_id,
            method=charge.method,
            amount=charge.amount,
            payable=charge.amount,
        )
        for charge in charges
    )
    trace = (
        TraceStep(
            step=PriceStep.FREIGHT,
            rule_id=charge.rule_id,
            rule_version=charge.rule_version,
            amount=charge.amount,
            merchant_id=charge.merchant_id,
        )
        for charge in charges
    )
    return replace(draft, freight=freight, trace=(*draft.trace, *trace))


def grand_total(wish: PriceWish, draft: Draft) -> Draft:
    """Step 8: the sum, written down so that the trace proves itself."""
    amount = payable(draft, wish.currency)
    step = TraceStep(step=PriceStep.TOTAL, rule_id="total", rule_version=1, amount=amount)
    return replace(draft, trace=(*draft.trace, step))


# The order is part of the promise (domain.md §4). Promotions, coupons and points join between unit prices and
# freight, or after it, as one function each: it reads what `draft` has left of the goods it covers, takes its
# discount off the lines by `split`, and appends to the trace. `PriceStep` names the places.
STEPS: tuple[Step, ...] = (unit_prices, freight_charges, grand_total)


def payable(draft: Draft, currency: str) -> Money:
    """Return Σ line payable + Σ freight payable."""
    return total([line.payable for line in draft.lines] + [part.payable for part in draft.freight], currency)


def replay(trace: Iterable[TraceStep], currency: str) -> dict[MerchantId, Money]:
    """Return what each merchant's goods and freight cost, from the trace alone.

    Raises: ProgrammingError when the steps do not add up to the total they claim.
    """
    shares: defaultdict[MerchantId, Money] = defaultdict(lambda: zero(currency))
    claimed = zero(currency)
    for step in trace:
        if step.merchant_id is None:
            claimed += step.amount
        else:
            shares[step.merchant_id] += step.amount
    if total(list(shares.values()), currency) != claimed:
        raise ProgrammingError("the price trace does not add up")
    return dict(shares)


def _at_unit_price(line: PriceLine) -> PricedLine:
    amount = line.unit_price * line.quantity
    nothing = zero(amount.currency)
    return PricedLine(
        sku_id=line.sku_id,
        merchant_id=line.merchant_id,
        warehouse_id=line.warehouse_id,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=amount,
        merchant_discount=nothing,
        platform_discount=nothing,
        points_discount=nothing,
        payable=amount,
    )


def _canonical(line: PricedLine) -> tuple[MerchantId, SkuId, WarehouseId, int]:
    return line.merchant_id, line.sku_id, line.warehouse_id, line.amount.amount_minor


def _check(wish: PriceWish) -> None:
    amounts = [line.unit_price for line in wish.lines] + [charge.amount for charge in wish.freight]
    if any(line.quantity <= 0 for line in wish.lines):
        raise ProgrammingError("a line needs at least one piece")
    if any(amount.currency != wish.currency or amount.amount_minor < 0 for amount in amounts):
        raise ProgrammingError(f"amounts to price are {wish.currency} and not negative")
