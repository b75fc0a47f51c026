"""Step 5: the best legal set of a buyer's coupons, exactly, and why each of the others is not in it.

Of one owner (a merchant, or the platform) at most one coupon of each stack group counts. A merchant's coupons measure
what step 4 left, the platform's what the merchants' left: a greater merchant's coupon can cost the threshold of the
platform's. So for each choice of platform coupons the merchants' choices are kept on a front: what they save against
what they take away from each platform coupon's goods. A choice that saves no more and takes no less away is dropped,
which is exact because tiers rise (`rules_effects.is_rising`), so that a coupon never saves more when less is left.
Only where platform coupons of several groups together leave nothing of a line may a dropped choice have been better.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from jishi.kernel.ids import MerchantId
from jishi.offering.pricing.rules_draft import Draft, Eligible, PriceWish
from jishi.offering.pricing.rules_effects import Covered, next_tier, savings
from jishi.offering.pricing.rules_promotions import covered_lines, take_off
from jishi.offering.pricing.types import NotApplied, Passed, PriceStep
from jishi.offering.pricing.types_promotions import FreightOff

Set = tuple[Eligible, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Coupons of merchants: what they save, and what they take away from each platform coupon's goods."""

    coupons: Set
    saved: int
    taken: tuple[int, ...]

    def is_no_worse(self, other: "_Choice") -> bool:
        return self.saved >= other.saved and all(a <= b for a, b in zip(self.taken, other.taken, strict=True))


def coupons(wish: PriceWish, draft: Draft) -> None:
    """Step 5: take off the set that saves most; of equal ones the smallest, then the first by id.

    Where the buyer chose, that is the best set of those; of the others, each that the best set of all leaves out says
    why, and one that is in it only was not chosen.
    """
    usable, passed = _usable(wish, draft)
    lines = covered_lines(draft)
    allowed = [one for one in usable if wish.chosen is None or one.rule.id in wish.chosen]
    best = best_set(allowed, lines)
    of_all = best if len(allowed) == len(usable) else best_set(usable, lines)
    for coupon, amounts in _applied(best, lines):
        take_off(draft, coupon.rule, PriceStep.COUPON, dict(zip(coupon.places, amounts, strict=True)))
    draft.passed += passed
    used, may = {one.rule.id for one in best}, {one.rule.id for one in allowed}
    good = {one.rule.id for one in of_all}
    draft.passed += [
        Passed(promotion_id=one, reason=_reason(coupon, best if one in may else of_all))
        for one, coupon in ((coupon.rule.id, coupon) for coupon in usable)
        if one not in used and (one in may or one not in good)
    ]


def best_set(usable: Sequence[Eligible], lines: Sequence[Covered]) -> Set:
    """Return the legal set of coupons that saves most; see the module for how."""
    of_merchants, of_platform = _slots(usable)
    found = [
        choice for platform in _combinations(of_platform) for choice in _front(of_merchants, platform, lines)
    ]
    return min(found, key=lambda one: (-_saved(one, lines), len(one), [coupon.rule.id for coupon in one]))


def _usable(wish: PriceWish, draft: Draft) -> tuple[list[Eligible], list[Passed]]:
    """Return the coupons that would take something off by themselves, and why the others would not."""
    lines, usable, passed = covered_lines(draft), [], []
    for candidate in wish.rules.get(PriceStep.COUPON, ()):
        if isinstance(candidate.rule.effect, FreightOff):
            continue  # the sixth step's
        free = [place for place in candidate.places if place not in draft.held]
        coupon = Eligible(rule=candidate.rule, places=free)
        if any(savings(coupon.rule.effect, [lines[place] for place in free])):
            usable.append(coupon)
            continue
        reason = NotApplied.BELOW_THRESHOLD if free else NotApplied.NOT_COMBINED
        missing = next_tier(coupon.rule.effect, [lines[place] for place in free]) if free else None
        passed.append(
            Passed(promotion_id=coupon.rule.id, reason=reason, missing=missing[0] if missing else 0)
        )
    return usable, passed


def _slots(usable: Iterable[Eligible]) -> tuple[dict[MerchantId, list[list[Eligible]]], list[list[Eligible]]]:
    """Return the coupons that exclude each other together: of each merchant, and of the platform."""
    found: defaultdict[tuple[MerchantId | None, str], list[Eligible]] = defaultdict(list)
    for coupon in usable:
        found[coupon.rule.merchant_id, coupon.rule.stack_group].append(coupon)
    of_merchants: defaultdict[MerchantId, list[list[Eligible]]] = defaultdict(list)
    of_platform = []
    for (merchant_id, _), slot in sorted(found.items(), key=lambda item: (str(item[0][0]), item[0][1])):
        if merchant_id is None:
            of_platform.append(slot)
        else:
            of_merchants[merchant_id].append(slot)
    return of_merchants, of_platform


def _combinations(slots: Sequence[Sequence[Eligible]]) -> Iterator[Set]:
    for one in product(*[[None, *slot] for slot in slots]):
        yield tuple(coupon for coupon in one if coupon)


def _front(
    of_merchants: Mapping[MerchantId, Sequence[Sequence[Eligible]]], platform: Set, lines: Sequence[Covered]
) -> list[Set]:
    """Return the choices of merchants' coupons worth trying beside those of the platform, each with them."""
    front = [_Choice(coupons=(), saved=0, taken=(0,) * len(platform))]
    for slots in of_merchants.values():
        options = [_choice(one, platform, lines) for one in _combinations(slots)]
        front = _undominated(
            _Choice(
                coupons=first.coupons + second.coupons,
                saved=first.saved + second.saved,
                taken=tuple(a + b for a, b in zip(first.taken, second.taken, strict=True)),
            )
            for first in front
            for second in options
        )
    return [one.coupons + platform for one in front]


def _choice(merchant: Set, platform: Set, lines: Sequence[Covered]) -> _Choice:
    lost: defaultdict[int, int] = defaultdict(int)
    for coupon, amounts in _applied(merchant, lines):
        for place, amount in zip(coupon.places, amounts, strict=True):
            lost[place] += amount
    return _Choice(
        coupons=merchant,
        saved=sum(lost.values()),
        taken=tuple(sum(lost[place] for place in one.places) for one in platform),
    )


def _undominated(choices: Iterable[_Choice]) -> list[_Choice]:
    kept: list[_Choice] = []
    for one in sorted(choices, key=lambda one: (-one.saved, one.taken, len(one.coupons))):
        if not any(other.is_no_worse(one) for other in kept):
            kept.append(one)
    return kept


def _saved(chosen: Set, lines: Sequence[Covered]) -> int:
    return sum(sum(amounts) for _, amounts in _applied(chosen, lines))


def _applied(chosen: Set, lines: Sequence[Covered]) -> Iterator[tuple[Eligible, list[int]]]:
    """Yield what each coupon takes off its lines: the merchants' first, those of the platform on what they left."""
    left = [line.left_minor for line in lines]
    for of_platform in (False, True):
        before = list(left)
        for coupon in chosen:
            if (coupon.rule.merchant_id is None) is not of_platform:
                continue
            covered = [
                Covered(sku_id=lines[place].sku_id, quantity=lines[place].quantity, left_minor=before[place])
                for place in coupon.places
            ]
            wanted = savings(coupon.rule.effect, covered)
            amounts = [min(amount, left[place]) for place, amount in zip(coupon.places, wanted, strict=True)]
            for place, amount in zip(coupon.places, amounts, strict=True):
                left[place] -= amount
            yield coupon, amounts


def _reason(coupon: Eligible, best: Set) -> NotApplied:
    rivals = [
        one
        for one in best
        if (one.rule.merchant_id, one.rule.stack_group) == (coupon.rule.merchant_id, coupon.rule.stack_group)
    ]
    return NotApplied.NO_BETTER if rivals else NotApplied.NOT_COMBINED
