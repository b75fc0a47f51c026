"""Coupons at the checkout: which of those a buyer holds are offered to the price, and what became of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from jishi.kernel.ids import CouponId, MerchantId, SkuId
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY
from jishi.offering.coupons.types import CouponUse
from jishi.offering.pricing.types import KeptDiscount, Measure, Passed, Priced, PriceStep
from jishi.offering.pricing.types_promotions import FreightOff, Promotion, Tiers
from jishi.trade.checkout.types import QuoteCoupon, Wish


def chosen(wish: Wish) -> frozenset[str] | None:
    """Return the coupons that the price may use; None is all of them, for the buyer did not choose."""
    return None if wish.coupons is None else frozenset(str(one) for one in wish.coupons)


def uses(priced: Priced, held: Iterable[Promotion]) -> list[CouponUse]:
    """Return what each coupon takes off, and what is paid for the goods it does so: one off freight covers all goods
    of its merchant, which travel together.
    """
    ids = {coupon.id for coupon in held}
    amounts: defaultdict[str, int] = defaultdict(int)
    covered: defaultdict[str, set[SkuId]] = defaultdict(set)
    for step in priced.trace:
        if step.step is PriceStep.COUPON and step.sku_id is not None:
            amounts[step.rule_id] -= step.amount.amount_minor
            covered[step.rule_id].add(step.sku_id)
        if step.step is PriceStep.FREIGHT and step.rule_id in ids:
            amounts[step.rule_id] -= step.amount.amount_minor
            covered[step.rule_id] |= {
                line.sku_id for line in priced.lines if line.merchant_id == step.merchant_id
            }
    return [
        CouponUse(
            coupon_id=CouponId(UUID(rule_id)),
            sku_ids=tuple(sorted(covered[rule_id])),
            amount_minor=amount,
            revenue_minor=sum(
                line.payable.amount_minor for line in priced.lines if line.sku_id in covered[rule_id]
            ),
        )
        for rule_id, amount in amounts.items()
    ]


def freight_discounts(
    priced: Priced, held: Sequence[Promotion], *, merchant_id: MerchantId
) -> list[KeptDiscount]:
    """Return what coupons take off a merchant's freight, as his order keeps it."""
    known = {coupon.id: coupon for coupon in held}
    return [
        KeptDiscount(
            rule_id=step.rule_id,
            name=known[step.rule_id].name,
            amount=-step.amount,
            merchant_id=merchant_id,
            funders=step.funders,
            is_freight=True,
        )
        for step in priced.trace
        if step.step is PriceStep.FREIGHT and step.merchant_id == merchant_id and step.rule_id in known
    ]


def show_coupons(held: Iterable[Promotion], priced: Priced, *, language: str) -> list[QuoteCoupon]:
    """Return every coupon a buyer holds as a quote shows it: those in use first, then those that cannot be."""
    passed = {one.promotion_id: one for one in priced.passed}
    amounts: defaultdict[str, list[Money]] = defaultdict(list)
    for one in priced.discounts:
        amounts[one.rule_id].append(one.amount)
    for step in priced.trace:
        if step.step is PriceStep.FREIGHT:
            amounts[step.rule_id].append(-step.amount)
    shown = [_shown(coupon, amounts[coupon.id], passed.get(coupon.id), language) for coupon in held]
    return sorted(shown, key=lambda one: (one.amount is None, one.reason is not None))


def _shown(coupon: Promotion, amounts: Sequence[Money], passed: Passed | None, language: str) -> QuoteCoupon:
    is_used, effect = bool(amounts), coupon.effect
    return QuoteCoupon(
        id=CouponId(UUID(coupon.id)),
        name=coupon.name.of(language),
        merchant_id=coupon.merchant_id,
        ends_at=coupon.ends_at,
        measure=effect.measure if isinstance(effect, Tiers | FreightOff) else Measure.AMOUNT,
        is_freight=isinstance(effect, FreightOff),
        amount=total(amounts, CURRENCY) if is_used else None,
        reason=None if is_used or passed is None else passed.reason,
        missing=0 if is_used or passed is None else passed.missing,
    )
