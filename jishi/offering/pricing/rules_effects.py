"""What each kind of rule takes off the goods it covers: whole minor units, line by line, never more than is left.

Cost O(lines log lines) whatever the quantities: pieces are counted by line, never one by one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from jishi.kernel.ids import SkuId
from jishi.kernel.money import BASIS_POINTS, share, split
from jishi.offering.pricing.types import Measure, Off
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    FreightOff,
    Gift,
    LowerPrice,
    PieceOff,
    Tier,
    Tiers,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A line as a rule sees it: its pieces, and what the earlier steps left of it in minor units."""

    sku_id: SkuId
    quantity: int
    left_minor: int

    def worth(self, pieces: int) -> int:
        """What so many of its pieces are worth, rounded down."""
        return self.left_minor * pieces // self.quantity


def savings(effect: Effect, lines: Sequence[Covered]) -> list[int]:
    """Return what a rule takes off each line; all zero when its threshold is not reached."""
    match effect:
        case PieceOff():
            return [_off_each(effect.off, line) for line in lines]
        case EveryPieces():
            return _every_pieces(effect, lines)
        case Tiers():
            return _spread(_tiers_off(effect, lines), [line.left_minor for line in lines])
        case Bundle():
            return _bundle(effect, lines)
        case LowerPrice() | FreightOff() | Gift():
            # A price, not a discount: the first step takes it; the sixth lowers freight; a gift is a line of its own.
            return [0] * len(lines)


def freight_off(effect: Effect, lines: Sequence[Covered], freight_minor: int) -> int:
    """Return what a rule takes off the freight of the lines it covers; nothing below its threshold."""
    if not isinstance(effect, FreightOff) or _measured(effect.measure, lines) < effect.threshold:
        return 0
    return _off(effect.off, freight_minor)


def freight_missing(effect: Effect, lines: Sequence[Covered]) -> int:
    """Return what is missing, in its measure, until a rule lowers freight; 0 when its threshold is reached."""
    if not isinstance(effect, FreightOff):
        return 0
    return max(effect.threshold - _measured(effect.measure, lines), 0)


def next_tier(effect: Effect, lines: Sequence[Covered]) -> tuple[int, Tier] | None:
    """Return how much is missing for the next tier, in its measure, and that tier; None when there is none.

    A set of pieces that is begun is a tier too: of the pieces that fill it.
    """
    if isinstance(effect, EveryPieces):
        return _next_set(effect, lines)
    if isinstance(effect, Gift):
        return _next_gift(effect, lines)
    if not isinstance(effect, Tiers):
        return None
    reached = _measured(effect.measure, lines)
    if effect.is_each:
        tier = effect.tiers[0]
        times = reached // tier.threshold
        if effect.times_max is not None and times >= effect.times_max:
            return None
        return tier.threshold * (times + 1) - reached, tier
    later = [tier for tier in effect.tiers if tier.threshold > reached]
    if not later:
        return None
    tier = min(later, key=lambda tier: tier.threshold)
    return tier.threshold - reached, tier


def gift_times(effect: Gift, lines: Sequence[Covered]) -> int:
    """Return how many times the covered goods earn the gifts."""
    times = _measured(effect.measure, lines) // effect.threshold
    return min(times, effect.times_max or times) if effect.is_each else min(times, 1)


def gifts_given(effect: Gift, times: int, gifts: Sequence[Covered]) -> list[int]:
    """Return what is taken off each line of gifts: its whole worth where its pieces are earned together with those
    before it, else nothing. Of gifts to choose from, only the first named one that is there.
    """
    there = {line.sku_id for line in gifts}
    left = {part.sku_id: part.pieces * times for part in effect.gifts if part.sku_id in there}
    if effect.is_chosen:
        left = dict(list(left.items())[:1])
    found = []
    for line in gifts:
        is_earned = line.quantity <= left.get(line.sku_id, 0)
        found.append(line.left_minor if is_earned else 0)
        if is_earned:
            left[line.sku_id] -= line.quantity
    return found


def _next_gift(effect: Gift, lines: Sequence[Covered]) -> tuple[int, Tier] | None:
    times = gift_times(effect, lines)
    if times >= (effect.times_max or times + 1 if effect.is_each else 1):
        return None
    missing = effect.threshold * (times + 1) - _measured(effect.measure, lines)
    return missing, Tier(threshold=effect.threshold, off=Off(basis_points=BASIS_POINTS))


def _next_set(effect: EveryPieces, lines: Sequence[Covered]) -> tuple[int, Tier] | None:
    pieces: Counter[SkuId | None] = Counter()
    for line in lines:
        pieces[line.sku_id if effect.is_same_sku else None] += line.quantity
    begun = [effect.every - count % effect.every for count in pieces.values() if count % effect.every]
    if not begun:
        return None
    return min(begun), Tier(threshold=effect.every, off=Off(basis_points=effect.basis_points))


def is_rising(effect: Tiers) -> bool:
    """Tell whether a tier further up never takes less off, whatever is left: no threshold punishes who passes it."""
    tiers = sorted(effect.tiers, key=lambda tier: tier.threshold)
    return all(
        lower.off.amount_minor <= upper.off.amount_minor
        and lower.off.basis_points <= upper.off.basis_points
        and (
            upper.off.cap_minor is None
            or (lower.off.cap_minor or upper.off.cap_minor + 1) <= upper.off.cap_minor
        )
        for lower, upper in pairwise(tiers)
    )


def _off(off: Off, base_minor: int) -> int:
    wanted = off.amount_minor + share(base_minor, off.basis_points)
    if off.cap_minor is not None:
        wanted = min(wanted, off.cap_minor)
    return min(wanted, base_minor)


def _off_each(off: Off, line: Covered) -> int:
    # The piece has a price that people see, so it is the piece's price that is rounded.
    return min(_off(off, line.worth(1)) * line.quantity, line.left_minor)


def _every_pieces(effect: EveryPieces, lines: Sequence[Covered]) -> list[int]:
    found = [0] * len(lines)
    for group in _groups(effect, lines):
        for number, amount in zip(group, _one_group(effect, [lines[i] for i in group]), strict=True):
            found[number] = amount
    return found


def _groups(effect: EveryPieces, lines: Sequence[Covered]) -> list[list[int]]:
    """Return the lines counted together, the dearest piece first."""
    numbers = _from_the_dearest(range(len(lines)), lines)
    if not effect.is_same_sku:
        return [numbers]
    by_sku = sorted(numbers, key=lambda i: lines[i].sku_id)
    return [list(group) for _, group in groupby(by_sku, key=lambda i: lines[i].sku_id)]


def _one_group(effect: EveryPieces, lines: Sequence[Covered]) -> list[int]:
    ends = list(accumulate(line.quantity for line in lines))
    in_sets = ends[-1] // effect.every * effect.every if ends else 0
    saved, worth = 0, []
    for line, last in zip(lines, ends, strict=True):
        begin, end = min(last - line.quantity, in_sets), min(last, in_sets)
        reduced = _reduced_before(effect, end) - _reduced_before(effect, begin)
        saved += share(line.worth(1), effect.basis_points) * reduced
        worth.append(line.worth(end - begin))
    return _spread(saved, worth)


def _reduced_before(effect: EveryPieces, place: int) -> int:
    """Return how many of the first `place` pieces are reduced ones."""
    sets, rest = divmod(place, effect.every)
    return sets * effect.reduced + max(rest - (effect.every - effect.reduced), 0)


def _measured(measure: Measure, lines: Sequence[Covered]) -> int:
    if measure is Measure.AMOUNT:
        return sum(line.left_minor for line in lines)
    return sum(line.quantity for line in lines)


def _tiers_off(effect: Tiers, lines: Sequence[Covered]) -> int:
    reached, base = _measured(effect.measure, lines), sum(line.left_minor for line in lines)
    met = [tier for tier in effect.tiers if tier.threshold <= reached]
    if not met:
        return 0
    tier = max(met, key=lambda tier: tier.threshold)
    if not effect.is_each:
        return _off(tier.off, base)
    times = reached // tier.threshold
    times = times if effect.times_max is None else min(times, effect.times_max)
    return min(tier.off.amount_minor * times, base)


def _bundle(effect: Bundle, lines: Sequence[Covered]) -> list[int]:
    parts = [_dearest_first(part, lines) for part in effect.parts]
    held = [sum(lines[i].quantity for i in numbers) for numbers in parts]
    sets_max = min(count // part.pieces for count, part in zip(held, effect.parts, strict=True))

    def worth(sets: int) -> list[int]:
        found = [0] * len(lines)
        for part, numbers in zip(effect.parts, parts, strict=True):
            wanted = part.pieces * sets
            for number in numbers:
                taken = min(wanted, lines[number].quantity)
                found[number] += lines[number].worth(taken)
                wanted -= taken
        return found

    # The dearest pieces come first, so each further set is worth no more than the one before: count those that pay.
    low, high = 0, sets_max
    while low < high:
        middle = (low + high + 1) // 2
        if sum(worth(middle)) - sum(worth(middle - 1)) > effect.price_minor:
            low = middle
        else:
            high = middle - 1
    worths = worth(low)
    return _spread(max(sum(worths) - effect.price_minor * low, 0), worths)


def _dearest_first(part: BundlePart, lines: Sequence[Covered]) -> list[int]:
    return _from_the_dearest([i for i, line in enumerate(lines) if line.sku_id in part.sku_ids], lines)


def _from_the_dearest(numbers: Iterable[int], lines: Sequence[Covered]) -> list[int]:
    return sorted(numbers, key=lambda i: (-lines[i].worth(1), lines[i].sku_id, i))


def _spread(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide a discount over the lines by what they are worth, none getting more than that."""
    amount_minor = min(amount_minor, sum(weights))
    return split(amount_minor, weights) if amount_minor else [0] * len(weights)
