"""Coupons at the checkout: which of those a buyer holds are offered to the price, and what became of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from jishi.kernel.ids import CouponId, SkuId
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY
from jishi.offering.coupons.types import CouponUse
from jishi.offering.pricing.types import Measure, Passed, Priced, PriceStep
from jishi.offering.pricing.types_promotions import Promotion, Tiers
from jishi.trade.checkout.types import QuoteCoupon, Wish


def chosen(held: Sequence[Promotion], wish: Wish) -> list[Promotion]:
    """Return the coupons that the price may use: all, unless the buyer chose."""
    if wish.coupons is None:
        return list(held)
    wanted = {str(one) for one in wish.coupons}
    return [coupon for coupon in held if coupon.id in wanted]


def uses(priced: Priced) -> list[CouponUse]:
    """Return what each coupon takes off, and what is paid for the goods it does so."""
    amounts: defaultdict[str, int] = defaultdict(int)
    covered: defaultdict[str, set[SkuId]] = defaultdict(set)
    for step in priced.trace:
        if step.step is PriceStep.COUPON and step.sku_id is not None:
            amounts[step.rule_id] -= step.amount.amount_minor
            covered[step.rule_id].add(step.sku_id)
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


def show_coupons(
    held: Iterable[Promotion], priced: Priced, *, all_tried: Priced | None, language: str
) -> list[QuoteCoupon]:
    """Return every coupon a buyer holds as a quote shows it: those in use first, then those that cannot be.

    `all_tried` is the price with all of them, for the reasons of those he did not choose; None when he chose none.
    """
    passed = {one.promotion_id: one for one in [*(all_tried.passed if all_tried else []), *priced.passed]}
    amounts: defaultdict[str, list[Money]] = defaultdict(list)
    for one in priced.discounts:
        amounts[one.rule_id].append(one.amount)
    best = {one.rule_id for one in all_tried.discounts} if all_tried else set()
    shown = [
        _shown(coupon, amounts[coupon.id], None if coupon.id in best else passed.get(coupon.id), language)
        for coupon in held
    ]
    return sorted(shown, key=lambda one: (one.amount is None, one.reason is not None))


def _shown(coupon: Promotion, amounts: Sequence[Money], passed: Passed | None, language: str) -> QuoteCoupon:
    is_used = bool(amounts)
    return QuoteCoupon(
        id=CouponId(UUID(coupon.id)),
        name=coupon.name.of(language),
        merchant_id=coupon.merchant_id,
        ends_at=coupon.ends_at,
        measure=coupon.effect.measure if isinstance(coupon.effect, Tiers) else Measure.AMOUNT,
        amount=total(amounts, CURRENCY) if is_used else None,
        reason=None if is_used or passed is None else passed.reason,
        missing=0 if is_used or passed is None else passed.missing,
    )
