"""Prices in words: rules by their names, and why others were not applied."""

from collections.abc import Sequence

from jishi.kernel.ids import MerchantId
from jishi.offering.pricing.rules import Offer
from jishi.offering.pricing.types import Next, NotApplied, Priced
from jishi.offering.promotions.rules_words import gain, sentence, why_not
from jishi.trade.checkout.types_explained import Explained, Hint, PassedRule

# What has not begun or is over takes part in no price: nobody wonders why it is missing.
_UNSAID = frozenset({NotApplied.NOT_YET, NotApplied.OVER})


def explained(priced: Priced, offer: Offer, language: str) -> Explained:
    """Return the names of the trace's promotions and those not applied with their reasons, each once."""
    known = offer.index.by_id
    named = {one.rule_id: one.name.of(language) for one in priced.discounts}
    named |= {
        step.rule_id: known[step.rule_id].name.of(language) for step in priced.trace if step.rule_id in known
    }
    passed = {one.promotion_id: one for one in priced.passed if one.reason not in _UNSAID}
    return Explained(
        rules=named,
        passed=[
            PassedRule(
                rule_id=rule_id,
                name=f"{known[rule_id].name.of(language)} · {sentence(known[rule_id], language)}",
                reason=one.reason,
                why=why_not(one.reason, language),
            )
            for rule_id, one in passed.items()
            if rule_id in known and rule_id not in named
        ],
        hints={
            owner: hints(nexts_of(priced.nexts, owner), offer, language)
            for owner in {one.merchant_id for one in priced.nexts}
        },
    )


def nexts_of(nexts: Sequence[Next], merchant_id: MerchantId | None) -> list[Next]:
    """Return what is missing for the discounts of one merchant, or (None) for those across merchants."""
    return [one for one in nexts if one.merchant_id == merchant_id]


def hints(nexts: Sequence[Next], offer: Offer | None, language: str) -> list[Hint]:
    """Return what is missing for the next discounts, and what each brings."""
    known = offer.index.by_id if offer else {}
    return [
        Hint(
            promotion_id=one.promotion_id,
            name=one.name.of(language),
            measure=one.measure,
            missing=one.missing,
            off=one.off,
            gain=gain(known.get(one.promotion_id), one.off, language),
        )
        for one in nexts
    ]
