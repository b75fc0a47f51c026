"""Which rules can apply at all: found by the marks of the goods, however many rules there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from jishi.kernel.ids import MerchantId
from jishi.offering.pricing.types import NotApplied, PriceLine
from jishi.offering.pricing.types_promotions import ALL, Buyer, Mark, Promotion


class PromotionIndex:
    """Rules by merchant and mark: a cart finds those that cover its lines without looking at the others."""

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        self._found: defaultdict[tuple[MerchantId | None, Mark], list[Promotion]] = defaultdict(list)
        self.by_id: dict[str, Promotion] = {}
        self._has_limited = False
        for promotion in promotions:
            self.by_id[promotion.id] = promotion
            self._has_limited |= promotion.is_limited
            for mark in promotion.scope.marks:
                self._found[promotion.merchant_id, mark].append(promotion)

    def plus(self, promotion: Promotion) -> "PromotionIndex":
        """Return these rules and one that nobody has made as a promotion, such as a flash price; these stay as they
        are, and so does what is known by id.
        """
        one = PromotionIndex([promotion])
        joined = PromotionIndex(())
        joined.by_id, joined._has_limited = self.by_id, self._has_limited
        joined._found = defaultdict(list, self._found)
        for key, found in one._found.items():
            joined._found[key] = [*joined._found.get(key, ()), *found]
        return joined

    def limited(self, lines: Sequence[PriceLine]) -> list[Promotion]:
        """Return the rules that cover some line and can be used up."""
        if not self._has_limited:
            return []
        return [promotion for promotion, _ in self.covering(lines) if promotion.is_limited]

    def covering(self, lines: Sequence[PriceLine]) -> list[tuple[Promotion, list[int]]]:
        """Return the rules that cover some line, each with the places of the lines, ordered by id."""
        found: dict[str, tuple[Promotion, list[int]]] = {}
        for place, line in enumerate(lines):
            if line.gift_of:
                continue  # what is given away earns nothing and costs nothing
            marks = marks_of(line)
            for promotion in self._with(line.merchant_id, marks):
                if promotion.scope.covers(marks):
                    found.setdefault(promotion.id, (promotion, []))[1].append(place)
        return [found[promotion_id] for promotion_id in sorted(found)]

    def _with(self, merchant_id: MerchantId, marks: frozenset[Mark]) -> Iterable[Promotion]:
        seen: dict[str, Promotion] = {}
        for owner in (None, merchant_id):
            for mark in marks:
                for promotion in self._found.get((owner, mark), ()):
                    seen[promotion.id] = promotion
        return seen.values()


def marks_of(line: PriceLine) -> frozenset[Mark]:
    """Return all marks a line bears, those of its merchant and SKU too."""
    return line.marks | {ALL, ("merchant", str(line.merchant_id)), ("sku", str(line.sku_id))}


def obstacle(promotion: Promotion, buyer: Buyer, at: datetime, used_up: frozenset[str]) -> NotApplied | None:
    """Return why a rule is not for this buyer at this instant; `used_up` names rules whose budget or share of this
    buyer is spent. None when it is.
    """
    audience = promotion.audience
    if promotion.starts_at is not None and at < promotion.starts_at:
        return NotApplied.NOT_YET
    if promotion.ends_at is not None and at >= promotion.ends_at:
        return NotApplied.OVER
    if promotion.channels and buyer.channel not in promotion.channels:
        return NotApplied.OTHER_CHANNEL
    if (
        (audience.levels and buyer.level not in audience.levels)
        or (audience.segments and audience.segments.isdisjoint(buyer.segments))
        or (audience.is_new_only and not buyer.is_new)
    ):
        return NotApplied.OTHER_BUYERS
    return NotApplied.USED_UP if promotion.id in used_up else None
