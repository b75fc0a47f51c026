"""What is wrong, or may be wrong, with a promotion before it goes live: docs/decisions/0088.

Every price named here comes from the price function, on carts made up for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from jishi.kernel.ids import SkuId
from jishi.kernel.money import BASIS_POINTS, Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import PromotionIndex, is_rising
from jishi.offering.pricing.types import Measure
from jishi.offering.pricing.types_promotions import Gift, Promotion, Tier, Tiers
from jishi.offering.promotions.rules_overlap import Overlap, overlap
from jishi.offering.promotions.rules_trial import buyer_for, outcome, price_line, trial_carts
from jishi.offering.promotions.rules_worst import Worst
from jishi.offering.promotions.types_check import Finding, FindingCode, GiftFacts, Limits, Severity, SkuFacts

NAMED_MAX = 10
MINOR = 100
RANK = {Severity.BLOCKS: 0, Severity.WARNS: 1, Severity.NOTES: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A promotion to look at (`candidate`) with all that its findings depend on.

    `others` are live, of its owner, the platform or the merchants of the goods; `worst` comes from `worst_prices`;
    `daily_minor` is what it would have taken off a day (None: not known); `spent_minor` what it took off already.
    """

    candidate: Promotion
    others: Sequence[Promotion]
    facts: Sequence[SkuFacts]
    worst: Mapping[SkuId, Worst]
    limits: Limits
    now: datetime
    budget_minor: int | None = None
    spent_minor: int = 0
    daily_minor: int | None = None
    gifts: Sequence[GiftFacts] = ()


def lint(subject: Subject) -> list[Finding]:
    """Return all findings, those that block first; else in a fixed order."""
    found = [one for check in CHECKS for one in check(subject)]
    return sorted(found, key=lambda one: RANK[one.severity])


def _scope(subject: Subject) -> Iterator[Finding]:
    skus = [one.sku for one in subject.facts]
    if not skus:
        yield _blocks(
            FindingCode.EMPTY_SCOPE,
            "活动没有覆盖任何商品,不能上线",
            "The promotion covers no goods and cannot go live",
        )
    gone = [sku for sku in skus if not sku.is_for_sale]
    if gone:
        yield _warns(
            FindingCode.OFF_SHELF,
            f"覆盖的 {len(skus)} 个规格中有 {len(gone)} 个不在售",
            f"{len(gone)} of the {len(skus)} SKUs it covers are not for sale",
            gone,
        )


def _time(subject: Subject) -> Iterator[Finding]:
    begin, end = subject.candidate.starts_at, subject.candidate.ends_at
    if begin is None or end is None:
        return
    days = -(-(end - begin) // timedelta(days=1))
    if end <= subject.now:
        yield _blocks(FindingCode.OVER, "活动时间已经结束,不能上线", "Its time is over; it cannot go live")
    elif begin < subject.now:
        yield _notes(
            FindingCode.STARTED,
            "开始时间已过,上线后立即生效",
            "Its start has passed: it counts once it is live",
        )
    if days > subject.limits.days_max:
        yield _warns(
            FindingCode.LASTS_LONG,
            f"活动持续 {days} 天,超过 {subject.limits.days_max} 天",
            f"It lasts {days} days, more than {subject.limits.days_max}",
        )


def _people(subject: Subject) -> Iterator[Finding]:
    rule, limits = subject.candidate, subject.limits
    audience = rule.audience
    for words, known in ((audience.levels, limits.levels), (audience.segments, limits.segments)):
        if words and words.isdisjoint(known):
            named = ", ".join(sorted(words))
            yield _warns(
                FindingCode.UNKNOWN_BUYERS,
                f"目前没有买家属于:{named},活动不会对任何人生效",
                f"No buyer is in: {named}. It would count for nobody",
            )
    if rule.channels and rule.channels.isdisjoint(limits.channels):
        named = ", ".join(sorted(rule.channels))
        yield _warns(
            FindingCode.UNKNOWN_CHANNEL,
            f"目前没有买家通过这些渠道下单:{named}",
            f"Nobody buys through these channels: {named}",
        )


def _steps(subject: Subject) -> Iterator[Finding]:
    effect = subject.candidate.effect
    if not isinstance(effect, Tiers):
        return
    if not is_rising(effect):
        yield _blocks(
            FindingCode.STEPS_FALL,
            "更高的门槛优惠反而更少,不能上线",
            "A higher threshold takes less off than a lower one; it cannot go live",
        )
    skus = [one.sku for one in subject.facts]
    tiers = sorted(effect.tiers, key=lambda tier: tier.threshold)
    if not skus or effect.is_each:
        return
    for lower, upper in pairwise(tiers):
        small, great = (_off_at(subject.candidate, effect, tier, skus[0]) for tier in (lower, upper))
        times = upper.threshold // lower.threshold
        if small * times > great > 0:
            yield _warns(
                FindingCode.SPLITTING_PAYS,
                f"分 {times} 单买共减 {yuan(small * times)},合成一单只减 {yuan(great)},买家会拆单",
                f"{times} small orders save {yuan(small * times)}, one large order {yuan(great)}: buyers will split",
            )


def _off_at(rule: Promotion, effect: Tiers, tier: Tier, like: SkuForSale) -> int:
    """Return what a rule takes off goods that just reach a tier, made up in the likeness of one it covers."""
    is_amount = effect.measure is Measure.AMOUNT
    price = Money(tier.threshold, CURRENCY) if is_amount else like.price
    cart = [price_line(replace(like, price=price, tiers=[]), 1 if is_amount else tier.threshold)]
    buyer = buyer_for(rule)
    if buyer is None or rule.starts_at is None:
        return 0
    priced = outcome(cart, PromotionIndex([rule]), buyer, rule.starts_at)
    return sum(line.amount.amount_minor - line.payable.amount_minor for line in priced.lines)


def _threshold(subject: Subject) -> Iterator[Finding]:
    effect = subject.candidate.effect
    if not isinstance(effect, Tiers) or not subject.facts:
        return
    lowest = min(tier.threshold for tier in effect.tiers)
    cheapest = min(one.sku.price.amount_minor for one in subject.facts)
    is_amount = effect.measure is Measure.AMOUNT
    if lowest <= (cheapest if is_amount else 1):
        yield _warns(
            FindingCode.EVERYBODY_GETS_IT,
            f"最低门槛 {yuan(lowest) if is_amount else '1 件'} 不高于最便宜的一件({yuan(cheapest)}),人人都能享受",
            f"The lowest threshold, {yuan(lowest) if is_amount else 'one piece'}, is reached by the cheapest single "
            f"piece ({yuan(cheapest)}): everybody gets it",
        )


def _nothing(subject: Subject) -> Iterator[Finding]:
    rule, skus = subject.candidate, [one.sku for one in subject.facts]
    buyer = buyer_for(rule)
    if not skus or buyer is None or rule.starts_at is None or isinstance(rule.effect, Gift):
        return  # a gift makes nothing cheaper and is not meant to
    alone = PromotionIndex([rule])
    tried = (outcome(one, alone, buyer, rule.starts_at) for one in trial_carts(skus, rule.effect))
    if not any(rule.id in one.applied for one in tried):
        yield _warns(
            FindingCode.TAKES_NOTHING,
            "按当前售价,这个活动不会让任何商品更便宜",
            "At today's prices it makes nothing cheaper",
        )


def _gifts(subject: Subject) -> Iterator[Finding]:
    effect = subject.candidate.effect
    if not isinstance(effect, Gift):
        return
    short = [one.sku for one in subject.gifts if not one.sku.is_for_sale or one.available < one.pieces]
    if short:
        yield _warns(
            FindingCode.GIFT_OUT,
            f"{len(effect.gifts)} 种赠品中有 {len(short)} 种库存不足或不在售,不会赠送",
            f"{len(short)} of the {len(effect.gifts)} gifts are out of stock or not for sale and will not be given",
            short,
        )
    worths = [one.sku.price.amount_minor * one.pieces for one in subject.gifts]
    worth = (max if effect.is_chosen else sum)(worths) if worths else 0
    least = _gift_threshold(effect, subject)
    if least is not None and worth * BASIS_POINTS > least * subject.limits.deep_basis_points:
        yield _warns(
            FindingCode.GIFT_DEAR,
            f"赠品价值 {yuan(worth)},而最少只需购买 {yuan(least)}",
            f"The gifts are worth {yuan(worth)}, and {yuan(least)} of goods earn them",
            [one.sku for one in subject.gifts],
        )


def _gift_threshold(effect: Gift, subject: Subject) -> int | None:
    """Return the least that goods can cost which earn the gifts once, in minor units; None without goods."""
    if effect.measure is Measure.AMOUNT:
        return effect.threshold
    prices = [one.sku.price.amount_minor for one in subject.facts]
    return min(prices) * effect.threshold if prices else None


def _overlaps(subject: Subject) -> Iterator[Finding]:
    skus = [one.sku for one in subject.facts]
    for other in subject.others:
        found = overlap(subject.candidate, other, skus)
        if found is not None:
            yield from _said(found)


def _said(found: Overlap) -> Iterator[Finding]:
    other, ids = found.other, (found.other.id,)
    if found.stacks and found.sku_id:
        worst, before = yuan(found.worst_minor), yuan(found.price_minor)
        yield _warns(
            FindingCode.STACKS,
            f"与“{other.name.zh}”同时生效、可以叠加,{before} 的商品每件最低 {worst}",
            f"It counts together with “{other.name.of('en')}”: a piece at {before} comes to {worst} at the least",
            sku_ids=(found.sku_id,),
            promotion_ids=ids,
        )
    elif found.has_lost and found.covers_all:
        yield _warns(
            FindingCode.NEVER_APPLIES,
            f"“{other.name.zh}”覆盖同样的商品并且总是优先,这个活动不会生效",
            f"“{other.name.of('en')}” covers the same goods and always wins: this one never counts",
            promotion_ids=ids,
        )
    elif found.has_won:
        yield _notes(
            FindingCode.PUSHES_OUT,
            f"在共同覆盖的商品上,“{other.name.zh}”将不再生效",
            f"On the goods they share “{other.name.of('en')}” no longer counts",
            promotion_ids=ids,
        )


def _prices(subject: Subject) -> Iterator[Finding]:
    known = [(one, subject.worst[one.sku.sku_id]) for one in subject.facts if one.sku.sku_id in subject.worst]
    limit = subject.limits.deep_basis_points
    yield from _about(
        FindingCode.DEEP,
        [(one.sku, worst) for one, worst in known if worst.depth_basis_points > limit],
        "优惠超过 {limit}%:{count} 个规格,其中每件最低 {worst}(售价 {price})",
        "Deeper than {limit} %: {count} SKUs, a piece at the least {worst} (price {price})",
        limit=f"{limit / 100:g}",
    )
    yield from _about(
        FindingCode.BELOW_COST,
        [
            (one.sku, worst)
            for one, worst in known
            if one.cost_minor is not None and worst.each_minor < one.cost_minor
        ],
        "低于成本:{count} 个规格,其中每件最低 {worst}(售价 {price})",
        "Below cost: {count} SKUs, a piece at the least {worst} (price {price})",
    )
    yield from _lowest(known)


def _lowest(known: Sequence[tuple[SkuFacts, Worst]]) -> Iterator[Finding]:
    dated = [(one, worst, one.lowest_minor) for one, worst in known if one.lowest_minor is not None]
    yield from _about(
        FindingCode.BELOW_LOWEST,
        [(one.sku, worst) for one, worst, lowest in dated if worst.each_minor < lowest],
        "低于近 30 天最低价:{count} 个规格,其中每件最低 {worst}(售价 {price})",
        "Below the lowest price of 30 days: {count} SKUs, a piece at the least {worst} (price {price})",
        severity=Severity.NOTES,
    )
    yield from _about(
        FindingCode.ABOVE_LOWEST,
        [
            (one.sku, replace(worst, each_minor=worst.alone_minor))
            for one, worst, lowest in dated
            if worst.alone_minor is not None
            and lowest < one.sku.price.amount_minor
            and lowest <= worst.alone_minor
        ],
        "不比近 30 天最低价便宜,不能当作优惠宣传:{count} 个规格,例如优惠价 {worst}(售价 {price})",
        "No cheaper than the lowest price of 30 days, so not to be announced as an offer: {count} SKUs, such as "
        "{worst} (price {price})",
    )


def _about(
    code: FindingCode,
    found: Sequence[tuple[SkuForSale, Worst]],
    zh: str,
    en: str,
    *,
    severity: Severity = Severity.WARNS,
    limit: str = "",
) -> Iterator[Finding]:
    """Say something of SKUs, with the one that comes to least as the example."""
    if not found:
        return
    ordered = sorted(found, key=lambda one: (one[1].each_minor - one[0].price.amount_minor, one[0].sku_id))
    sku, worst = ordered[0]
    words = {
        "count": len(found),
        "worst": yuan(worst.each_minor),
        "price": yuan(sku.price.amount_minor),
        "limit": limit,
    }
    yield Finding(
        code=code,
        severity=severity,
        text=Text(zh.format(**words), en.format(**words)),
        sku_ids=tuple(one.sku_id for one, _ in ordered[:NAMED_MAX]),
    )


def _budget(subject: Subject) -> Iterator[Finding]:
    if subject.budget_minor is None or not subject.daily_minor:
        return
    left = subject.budget_minor - subject.spent_minor
    if left < subject.daily_minor:
        hours = left * 24 // subject.daily_minor
        yield _warns(
            FindingCode.SHORT_BUDGET,
            f"按近期销量每天优惠约 {yuan(subject.daily_minor)},剩余预算 {yuan(left)} 约 {hours} 小时用完",
            f"At recent sales it takes about {yuan(subject.daily_minor)} off a day: the {yuan(left)} left of its "
            f"budget last about {hours} hours",
        )


CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    _scope, _time, _people, _steps, _threshold, _nothing, _gifts, _overlaps, _prices, _budget,
)  # fmt: skip


def yuan(minor: int) -> str:
    """Return an amount as people read it: ¥12.50."""
    return f"¥{minor // MINOR:,}.{minor % MINOR:02d}"


def _blocks(code: FindingCode, zh: str, en: str) -> Finding:
    return Finding(code=code, severity=Severity.BLOCKS, text=Text(zh, en))


def _warns(
    code: FindingCode,
    zh: str,
    en: str,
    skus: Sequence[SkuForSale] = (),
    *,
    sku_ids: tuple[SkuId, ...] = (),
    promotion_ids: tuple[str, ...] = (),
) -> Finding:
    named = sku_ids or tuple(sku.sku_id for sku in skus[:NAMED_MAX])
    return Finding(
        code=code, severity=Severity.WARNS, text=Text(zh, en), sku_ids=named, promotion_ids=promotion_ids
    )


def _notes(code: FindingCode, zh: str, en: str, *, promotion_ids: tuple[str, ...] = ()) -> Finding:
    return Finding(code=code, severity=Severity.NOTES, text=Text(zh, en), promotion_ids=promotion_ids)
