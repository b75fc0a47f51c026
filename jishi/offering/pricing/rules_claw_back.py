"""What becomes of a discount when goods come back: docs/algorithms/refund.md."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jishi.kernel.ids import MerchantId
from jishi.kernel.money import round_half_up, split
from jishi.offering.pricing.rules_draft import Draft, Taken
from jishi.offering.pricing.rules_effects import Covered, gift_times, savings
from jishi.offering.pricing.types import Funder, FunderShare, Priced, PricedLine
from jishi.offering.pricing.types_claw_back import ClawBack, ClawBackLine
from jishi.offering.pricing.types_promotions import Bundle, EveryPieces, Gift, Refunding, Tiers

WITH_THRESHOLD = (
    Tiers | EveryPieces | Bundle | Gift
)  # the others measure each piece by itself: nothing to fall short of


def claw_backs(draft: Draft, order: Sequence[int]) -> list[ClawBack]:
    """Return what to freeze of the applied rules that claw back, each measured as its step saw the goods.

    `order` says at which place each line of the draft was given.
    """
    return [
        _frozen(taken, draft, order)
        for taken in draft.taken
        if taken.rule.refunding is Refunding.CLAW_BACK and isinstance(taken.rule.effect, WITH_THRESHOLD)
    ]


def _frozen(taken: Taken, draft: Draft, order: Sequence[int]) -> ClawBack:
    rule = taken.rule
    earlier = [one for one in draft.taken if one.turn < taken.turn]
    return ClawBack(
        rule_id=rule.id,
        rule_version=rule.version,
        name=rule.name,
        effect=rule.effect,
        funders=rule.funders,
        lines=tuple(
            _line(order[place], amount, draft.lines[place], sum(one.amounts.get(place, 0) for one in earlier))
            for place, amount in taken.amounts.items()
        ),
    )


def _line(place: int, amount: int, line: PricedLine, taken_before: int) -> ClawBackLine:
    return ClawBackLine(
        place=place,
        sku_id=line.sku_id,
        quantity=line.quantity,
        left_minor=line.amount.amount_minor - taken_before,
        taken_minor=amount,
    )


def claw_backs_of(priced: Priced, merchant_id: MerchantId) -> list[ClawBack]:
    """Return what to freeze with one merchant's order: places are those among his lines, None for the others'."""
    own = [place for place, line in enumerate(priced.lines) if line.merchant_id == merchant_id]
    place_of = {place: number for number, place in enumerate(own)}
    moved = [
        replace(
            rule,
            lines=tuple(
                replace(line, place=None if line.place is None else place_of.get(line.place))
                for line in rule.lines
            ),
        )
        for rule in priced.claw_backs
    ]
    return [rule for rule in moved if any(line.place is not None and line.taken_minor for line in rule.lines)]


def clawed_back(rule: ClawBack, kept: Mapping[int, int]) -> list[int]:
    """Return how much dearer the kept pieces of each line of a rule become, in the order of its lines.

    `kept` maps the place of a line to its pieces that stay; lines of other orders stay whole. The rule takes off the
    kept pieces what it would have taken had they been bought alone, never more than they carry. Differences of up to
    one minor unit a line are rounding, not a threshold that is missed. A gift that is kept and no longer earned costs
    what it was worth.
    """
    if isinstance(rule.effect, Gift):
        return _gifts_clawed_back(rule, rule.effect, kept)
    pieces = [line.quantity if line.place is None else kept[line.place] for line in rule.lines]
    carried = [
        _kept_part(line.taken_minor, line, stay) for line, stay in zip(rule.lines, pieces, strict=True)
    ]
    covered = [
        Covered(sku_id=line.sku_id, quantity=stay, left_minor=_kept_part(line.left_minor, line, stay))
        for line, stay in zip(rule.lines, pieces, strict=True)
        if stay
    ]
    dearer = sum(carried) - sum(savings(rule.effect, covered))
    return split(dearer, carried) if dearer > len(rule.lines) else [0] * len(carried)


def _gifts_clawed_back(rule: ClawBack, effect: Gift, kept: Mapping[int, int]) -> list[int]:
    """Return what the gifts that are kept and not earned are worth. A rule takes off its gifts alone, so what it took
    something off is a gift, and the others are what earned it.
    """
    pieces = [line.quantity if line.place is None else kept[line.place] for line in rule.lines]
    earning = [
        Covered(sku_id=line.sku_id, quantity=stay, left_minor=_kept_part(line.left_minor, line, stay))
        for line, stay in zip(rule.lines, pieces, strict=True)
        if stay and not line.taken_minor
    ]
    times = gift_times(effect, earning)
    left = {part.sku_id: part.pieces * times for part in effect.gifts}
    found = []
    for line, stay in zip(rule.lines, pieces, strict=True):
        earned = min(stay, left.get(line.sku_id, 0)) if line.taken_minor else stay
        if line.taken_minor:
            left[line.sku_id] -= earned
        found.append(line.taken_minor * (stay - earned) // line.quantity)
    return found


def _kept_part(amount_minor: int, line: ClawBackLine, stay: int) -> int:
    return amount_minor - round_half_up(amount_minor * (line.quantity - stay), line.quantity)


def platform_part(amount_minor: int, funders: Sequence[FunderShare]) -> int:
    """Return what the platform pays of a discount; the rest is the merchant's to bear."""
    parts = split(amount_minor, [share.basis_points for share in funders])
    funded = zip(parts, funders, strict=True)
    return sum(part for part, share in funded if share.funder is Funder.PLATFORM)
