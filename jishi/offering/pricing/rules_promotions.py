"""The steps that lower prices: which rules win, what they take off, and what each leaves in the trace.

All rules of one step measure what the steps before it left (`domain.md` §4): which of them comes first decides only
who stands back where they may not stand together, and who is cut where a line has nothing left.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.money import Money, split
from jishi.offering.pricing.rules_draft import Draft, Earned, Eligible, Offer, PriceWish, Taken
from jishi.offering.pricing.rules_effects import Covered, gift_times, gifts_given, next_tier, savings
from jishi.offering.pricing.rules_scope import PromotionIndex, obstacle
from jishi.offering.pricing.types import (
    Funder,
    Measure,
    NamedDiscount,
    Next,
    NotApplied,
    Passed,
    PricedLine,
    PriceLine,
    PriceStep,
    TraceStep,
    UnitPrice,
)
from jishi.offering.pricing.types_promotions import Gift, LowerPrice, Promotion, Tiers

ORDER = tuple(PriceStep)  # the enumeration stands in the order of the steps


def eligible(
    offer: Offer, lines: Sequence[PriceLine]
) -> tuple[dict[PriceStep, list[Eligible]], list[Passed]]:
    """Return the rules that cover something and are for this buyer now, by step, and those that are not."""
    found: defaultdict[PriceStep, list[Eligible]] = defaultdict(list)
    passed: list[Passed] = []
    held = PromotionIndex(offer.coupons).covering(lines)
    covering = [(rule.step, rule, places) for rule, places in offer.index.covering(lines)]
    covering += [(PriceStep.COUPON, rule, places) for rule, places in held]
    for step, rule, places in covering:
        reason = obstacle(rule, offer.buyer, offer.at, offer.used_up)
        if reason:
            passed.append(Passed(promotion_id=rule.id, reason=reason))
        else:
            found[step].append(Eligible(rule=rule, places=places))
    useless = {one.id for one in offer.coupons} - {rule.id for rule, _ in held}
    passed += [Passed(promotion_id=one, reason=NotApplied.NOTHING_COVERED) for one in sorted(useless)]
    return found, passed


def pieces_of(lines: Sequence[PriceLine]) -> Counter[SkuId]:
    """Count the pieces that are bought of each SKU: those of all its lines count together."""
    pieces: Counter[SkuId] = Counter()
    for line in lines:
        pieces[line.sku_id] += 0 if line.gift_of else line.quantity
    return pieces


def lowered_prices(wish: PriceWish, draft: Draft) -> dict[int, list[UnitPrice]]:
    """Return what the rules of step 1 let a piece of each line cost, where enough pieces are wanted."""
    pieces = pieces_of(wish.lines)
    found: defaultdict[int, list[UnitPrice]] = defaultdict(list)
    for candidate in wish.rules.get(PriceStep.UNIT_PRICE, ()):
        rule, effect = candidate.rule, candidate.rule.effect
        if not isinstance(effect, LowerPrice):
            continue
        is_reached = False
        for place in candidate.places:
            sku_id = wish.lines[place].sku_id
            if pieces[sku_id] >= effect.from_pieces and sku_id in effect.prices:
                price = Money(effect.prices[sku_id], rule.currency)
                found[place].append(UnitPrice(rule_id=rule.id, price=price, rule_version=rule.version))
                is_reached = True
        if not is_reached:
            draft.passed.append(Passed(promotion_id=rule.id, reason=NotApplied.BELOW_THRESHOLD))
    return found


def item_promotions(wish: PriceWish, draft: Draft) -> None:
    """Step 2: so much off each piece, second pieces, pieces that come free."""
    _lower(wish, draft, PriceStep.ITEM_PROMOTION)


def store_promotions(wish: PriceWish, draft: Draft) -> None:
    """Step 3: spend and save, bundles, each of one merchant."""
    _lower(wish, draft, PriceStep.STORE_PROMOTION)


def platform_promotions(wish: PriceWish, draft: Draft) -> None:
    """Step 4: spend and save across merchants."""
    _lower(wish, draft, PriceStep.PLATFORM_PROMOTION)


def _lower(wish: PriceWish, draft: Draft, step: PriceStep) -> None:
    before = covered_lines(draft)
    gifts = _gifts_of(wish.lines)
    taken: defaultdict[tuple[bool, str], set[int]] = defaultdict(set)
    for candidate in sorted(wish.rules.get(step, ()), key=_rank(before, gifts)):
        rule = candidate.rule
        group = isinstance(rule.effect, Gift), rule.stack_group
        blocked = draft.held | taken[group] | (draft.lowered if rule.is_exclusive else set())
        free = [place for place in candidate.places if place not in blocked]
        covered = [before[place] for place in free]
        amounts = {
            place: min(amount, draft.lines[place].payable.amount_minor)
            for place, amount in _wanted(rule, free, before, gifts).items()
        }
        draft.nexts += _next(rule, covered)
        is_earned = _note_gift(draft, rule, covered, amounts)
        if not any(amounts.values()):
            is_pushed_out = len(free) < len(candidate.places)
            draft.passed.append(_passed(rule, is_pushed_out=is_pushed_out, is_earned=is_earned))
            continue
        take_off(draft, rule, step, amounts)
        taken[group].update(free)
        draft.lowered.update(free)
        if rule.is_exclusive:
            draft.held.update(free)


def _gifts_of(lines: Sequence[PriceLine]) -> Mapping[str, list[int]]:
    """Return the places of what each rule may give."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.gift_of:
            found[line.gift_of].append(place)
    return found


def _wanted(
    rule: Promotion, free: Sequence[int], before: Sequence[Covered], gifts: Mapping[str, list[int]]
) -> dict[int, int]:
    """Return what a rule would take off the lines at the places it covers, and off those it gives."""
    covered = [before[place] for place in free]
    wanted = dict(zip(free, savings(rule.effect, covered), strict=True))
    if isinstance(rule.effect, Gift):
        places = gifts.get(rule.id, [])
        times = gift_times(rule.effect, covered)
        given = gifts_given(rule.effect, times, [before[place] for place in places])
        wanted |= {place: amount for place, amount in zip(places, given, strict=True) if amount}
    return wanted


def _note_gift(draft: Draft, rule: Promotion, covered: Sequence[Covered], amounts: Mapping[int, int]) -> bool:
    """Write down that a rule's gifts are earned, and which lines it gives; tell whether they are."""
    if not isinstance(rule.effect, Gift) or not (times := gift_times(rule.effect, covered)):
        return False
    given = {place for place, amount in amounts.items() if amount}
    draft.given |= given
    draft.earned.append(Earned(rule=rule, times=times, is_given=bool(given)))
    return True


def _rank(
    before: Sequence[Covered], gifts: Mapping[str, list[int]]
) -> Callable[[Eligible], tuple[int, int, str]]:
    """Order rules that compete: by priority, by what each would take off alone, by id."""

    def rank(candidate: Eligible) -> tuple[int, int, str]:
        alone = sum(_wanted(candidate.rule, candidate.places, before, gifts).values())
        return -candidate.rule.priority, -alone, candidate.rule.id

    return rank


def _passed(rule: Promotion, *, is_pushed_out: bool, is_earned: bool) -> Passed:
    reason = NotApplied.NOT_COMBINED if is_pushed_out else NotApplied.BELOW_THRESHOLD
    if is_earned:
        reason = NotApplied.NO_GIFT_LEFT
    return Passed(promotion_id=rule.id, reason=reason)


def _next(rule: Promotion, covered: Sequence[Covered]) -> list[Next]:
    if not covered:
        return []
    found = next_tier(rule.effect, covered)
    if found is None:
        return []
    missing, tier = found
    return [
        Next(
            promotion_id=rule.id,
            name=rule.name,
            merchant_id=rule.merchant_id,
            measure=rule.effect.measure if isinstance(rule.effect, Tiers | Gift) else Measure.PIECES,
            missing=missing,
            off=tier.off,
        )
    ]


def covered_lines(draft: Draft) -> list[Covered]:
    """Return the lines as rules see them, with what the steps so far left of them."""
    return [
        Covered(sku_id=line.sku_id, quantity=line.quantity, left_minor=line.payable.amount_minor)
        for line in draft.lines
    ]


def take_off(draft: Draft, rule: Promotion, step: PriceStep, amounts: Mapping[int, int]) -> None:
    """Lower the lines at these places by so many minor units, and write it down."""
    is_last = (
        step is PriceStep.COUPON and rule.merchant_id is None
    )  # they measure what the merchants' coupons left
    draft.taken.append(Taken(rule=rule, turn=(ORDER.index(step), is_last), amounts=amounts))
    for place, amount in amounts.items():
        if amount:
            line = draft.lines[place]
            draft.lines[place] = _less(line, rule, amount)
            draft.trace.append(
                TraceStep(
                    step=step,
                    rule_id=rule.id,
                    rule_version=rule.version,
                    amount=Money(-amount, rule.currency),
                    merchant_id=line.merchant_id,
                    sku_id=line.sku_id,
                    funders=list(rule.funders),
                )
            )
    by_merchant: defaultdict[MerchantId, int] = defaultdict(int)
    for place, amount in amounts.items():
        by_merchant[draft.lines[place].merchant_id] += amount
    draft.discounts += [
        NamedDiscount(
            rule_id=rule.id,
            name=rule.name,
            amount=Money(amount, rule.currency),
            merchant_id=merchant_id,
            funders=list(rule.funders),
        )
        for merchant_id, amount in by_merchant.items()
        if amount
    ]


def _less(line: PricedLine, rule: Promotion, amount_minor: int) -> PricedLine:
    """Take an amount off a line; what the platform does not pay is the merchant's to bear."""
    parts = split(amount_minor, [share.basis_points for share in rule.funders])
    funded = zip(parts, rule.funders, strict=True)
    platform = sum(part for part, share in funded if share.funder is Funder.PLATFORM)
    return replace(
        line,
        merchant_discount=line.merchant_discount + Money(amount_minor - platform, rule.currency),
        platform_discount=line.platform_discount + Money(platform, rule.currency),
        payable=line.payable - Money(amount_minor, rule.currency),
    )
