"""The price function of docs/algorithms/price.md: a fixed sequence of steps over one draft."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money, total, zero
from jishi.offering.pricing.rules_coupons import coupons
from jishi.offering.pricing.rules_draft import Draft, Offer, PriceWish, canonical
from jishi.offering.pricing.rules_promotions import (
    eligible,
    item_promotions,
    lowest_prices,
    platform_promotions,
    store_promotions,
)
from jishi.offering.pricing.types import (
    FreightCharge,
    Priced,
    PricedFreight,
    PricedLine,
    PriceLine,
    PriceStep,
    TraceStep,
)

Step = Callable[[PriceWish, Draft], None]


def price(
    lines: Sequence[PriceLine],
    *,
    freight: Sequence[FreightCharge],
    currency: str,
    offer: Offer | None = None,
) -> Priced:
    """Price `lines` and the freight that carries them, all in `currency`, with the promotions of `offer`.

    Lines come back in the order they were given; every amount is independent of it. Cost O(lines log lines + rules
    that cover a line). Raises: ProgrammingError for no pieces, a negative price or another currency.
    """
    _check(lines, freight, currency)
    order = sorted(range(len(lines)), key=lambda place: canonical(lines[place]))
    sorted_lines = [lines[place] for place in order]
    rules, passed = eligible(offer, sorted_lines) if offer else ({}, [])
    wish = PriceWish(lines=sorted_lines, freight=freight, currency=currency, rules=rules)
    draft = Draft(passed=passed)
    for step in STEPS:
        step(wish, draft)
    given = dict(zip(order, draft.lines, strict=True))
    return Priced(
        lines=[given[place] for place in range(len(lines))],
        freight=draft.freight,
        discounts=draft.discounts,
        total=payable(draft, currency),
        trace=draft.trace,
        passed=draft.passed,
        nexts=draft.nexts,
    )


def unit_prices(wish: PriceWish, draft: Draft) -> None:
    """Step 1: every line at the lowest price per piece that is legal."""
    best = lowest_prices(wish, draft)
    for place, line in enumerate(wish.lines):
        rule, price_minor = best.get(place, (None, line.unit_price.amount_minor))
        priced = _at(line, Money(price_minor, wish.currency))
        draft.lines.append(priced)
        draft.trace.append(
            TraceStep(
                step=PriceStep.UNIT_PRICE,
                rule_id=rule.id if rule else "sku_price",
                rule_version=rule.version if rule else 1,
                amount=priced.amount,
                merchant_id=line.merchant_id,
                sku_id=line.sku_id,
            )
        )


def freight_charges(wish: PriceWish, draft: Draft) -> None:
    """Step 6: one freight line per merchant and method, never spread over goods."""
    for charge in sorted(wish.freight, key=lambda charge: (charge.merchant_id, charge.method)):
        draft.freight.append(
            PricedFreight(
                merchant_id=charge.merchant_id,
                method=charge.method,
                amount=charge.amount,
                payable=charge.amount,
            )
        )
        draft.trace.append(
            TraceStep(
                step=PriceStep.FREIGHT,
                rule_id=charge.rule_id,
                rule_version=charge.rule_version,
                amount=charge.amount,
                merchant_id=charge.merchant_id,
            )
        )


def grand_total(wish: PriceWish, draft: Draft) -> None:
    """Step 8: the sum, written down so that the trace proves itself."""
    amount = payable(draft, wish.currency)
    draft.trace.append(TraceStep(step=PriceStep.TOTAL, rule_id="total", rule_version=1, amount=amount))


# The order is part of the promise (domain.md §4). Points join after freight, as one function.
STEPS: tuple[Step, ...] = (
    unit_prices,
    item_promotions,
    store_promotions,
    platform_promotions,
    coupons,
    freight_charges,
    grand_total,
)


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


def _at(line: PriceLine, unit_price: Money) -> PricedLine:
    amount = unit_price * line.quantity
    nothing = zero(amount.currency)
    return PricedLine(
        sku_id=line.sku_id,
        merchant_id=line.merchant_id,
        warehouse_id=line.warehouse_id,
        quantity=line.quantity,
        unit_price=unit_price,
        amount=amount,
        merchant_discount=nothing,
        platform_discount=nothing,
        points_discount=nothing,
        payable=amount,
    )


def _check(lines: Sequence[PriceLine], freight: Sequence[FreightCharge], currency: str) -> None:
    amounts = [line.unit_price for line in lines] + [charge.amount for charge in freight]
    if any(line.quantity <= 0 for line in lines):
        raise ProgrammingError("a line needs at least one piece")
    if any(amount.currency != currency or amount.amount_minor < 0 for amount in amounts):
        raise ProgrammingError(f"amounts to price are {currency} and not negative")
