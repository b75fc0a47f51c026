"""The price function of docs/algorithms/price.md: a fixed sequence of steps over one draft."""

from collections import Counter, defaultdict
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
    PriceTier,
    TraceStep,
    UnitPrice,
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
    """Step 1: every line at the lowest unit price that all pieces of its SKU together are allowed."""
    pieces: Counter[SkuId] = Counter()
    for line in wish.lines:
        pieces[line.sku_id] += line.quantity
    legal = [unit_prices_of(line.unit_price, line.tiers, pieces[line.sku_id]) for line in wish.lines]
    priced = [
        (_at_unit_price(line, prices[0].price), prices)
        for line, prices in zip(wish.lines, legal, strict=True)
    ]
    trace = (
        TraceStep(
            step=PriceStep.UNIT_PRICE,
            rule_id=prices[0].rule_id,
            rule_version=1,
            amount=line.amount,
            merchant_id=line.merchant_id,
            sku_id=line.sku_id,
            not_applied=prices[1:],
        )
        for line, prices in sorted(priced, key=lambda pair: _canonical(pair[0]))
    )
    return replace(draft, lines=tuple(line for line, _ in priced), trace=(*draft.trace, *trace))


def unit_prices_of(single: Money, tiers: Sequence[PriceTier], pieces: int) -> list[UnitPrice]:
    """Return what one of so many pieces of a SKU may cost, the lowest first, which applies; then what does not."""
    wholesale = [
        UnitPrice(rule_id=f"wholesale_{tier.from_pieces}", price=tier.price)
        for tier in tiers
        if tier.from_pieces <= pieces
    ]
    found = [UnitPrice(rule_id="sku_price", price=single), *wholesale]
    return sorted(found, key=lambda one: one.price.amount_minor)


def unit_price(single: Money, tiers: Sequence[PriceTier], pieces: int) -> Money:
    """Return what one of so many pieces of a SKU costs."""
    return unit_prices_of(single, tiers, pieces)[0].price


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


def _at_unit_price(line: PriceLine, unit: Money) -> PricedLine:
    amount = unit * line.quantity
    nothing = zero(amount.currency)
    return PricedLine(
        sku_id=line.sku_id,
        merchant_id=line.merchant_id,
        warehouse_id=line.warehouse_id,
        quantity=line.quantity,
        unit_price=unit,
        amount=amount,
        merchant_discount=nothing,
        platform_discount=nothing,
        points_discount=nothing,
        payable=amount,
    )


def _canonical(line: PricedLine) -> tuple[MerchantId, SkuId, WarehouseId, int]:
    return line.merchant_id, line.sku_id, line.warehouse_id, line.amount.amount_minor


def _check(wish: PriceWish) -> None:
    tiers = [tier for line in wish.lines for tier in line.tiers]
    amounts = [
        *(line.unit_price for line in wish.lines),
        *(tier.price for tier in tiers),
        *(charge.amount for charge in wish.freight),
    ]
    if any(line.quantity <= 0 for line in wish.lines):
        raise ProgrammingError("a line needs at least one piece")
    if any(amount.currency != wish.currency or amount.amount_minor < 0 for amount in amounts):
        raise ProgrammingError(f"amounts to price are {wish.currency} and not negative")
