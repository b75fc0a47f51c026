"""Looking at a promotion before it goes live: what is wrong with it, and what it would have cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, PromotionId, SkuId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_costs, queries_covered, queries_prices
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.inventory import queries as inventory
from jishi.offering.pricing.rules import is_rising
from jishi.offering.pricing.types_promotions import Gift, GiftPart, Promotion, Tiers
from jishi.offering.promotions import queries, rules
from jishi.offering.promotions.rules_lint import Subject, lint
from jishi.offering.promotions.rules_simulation import daily_discount, simulate
from jishi.offering.promotions.rules_trial import covers
from jishi.offering.promotions.rules_worst import Worst, worst_prices
from jishi.offering.promotions.types import PromotionStatus, PromotionWish
from jishi.offering.promotions.types_check import (
    CheckedSku,
    CheckRequest,
    Finding,
    GiftFacts,
    Limits,
    NamedPromotion,
    NamedSku,
    PastCarts,
    PromotionCheck,
    ShownFinding,
    SkuFacts,
)

SKUS_MAX = 100
OTHERS_MAX = 50
_OTHERS = """
SELECT id, version, merchant_id, wish::text FROM promotions_promotion
WHERE status = %(live)s AND ends_at > %(begin)s AND starts_at < %(end)s AND id <> %(self)s
  AND (merchant_id IS NULL OR merchant_id = ANY(%(merchants)s::uuid[]))
ORDER BY starts_at, id LIMIT %(at_most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The promotion that a request is about, kept or being written."""

    id: PromotionId
    wish: PromotionWish
    spent_minor: int
    promotion: Promotion


def asked(merchant_id: MerchantId | None, request: CheckRequest) -> Asked:
    """Return what a request is about. Steps that fall are let through: they are a finding.

    Raises: NotFound, Invalid (`wish`: both or none named; else what `rules.require_sound` says)."""
    if (request.promotion_id is None) == (request.wish is None):
        raise Invalid(field="wish")
    kept = queries.promotion(merchant_id, request.promotion_id) if request.promotion_id else None
    wish = kept.wish if kept else request.wish
    if wish is None:
        raise Invalid(field="wish")
    rules.require_sound(_with_rising_steps(wish), merchant_id)
    promotion_id = kept.id if kept else PromotionId(new_id())
    return Asked(
        id=promotion_id,
        wish=wish,
        spent_minor=kept.spent_minor if kept else 0,
        promotion=rules.promotion_of(promotion_id, kept.version if kept else 1, merchant_id, wish, CURRENCY),
    )


def _with_rising_steps(wish: PromotionWish) -> PromotionWish:
    if isinstance(wish.effect, Tiers) and not is_rising(wish.effect):
        return replace(wish, effect=replace(wish.effect, tiers=wish.effect.tiers[:1]))
    return wish


def check(
    merchant_id: MerchantId | None,
    request: CheckRequest,
    past: PastCarts,
    *,
    limits: Limits,
    language: str,
    now: datetime,
) -> PromotionCheck:
    """Return the findings about a promotion of an owner (None: the platform), and past carts priced with it.

    Looks at the `SKUS_MAX` best sellers among the goods and the first `OTHERS_MAX` promotions beside it; bounded work
    and nothing is written. Raises: NotFound, Invalid.
    """
    subject = asked(merchant_id, request)
    candidate = subject.promotion
    covered, count = covered_goods(merchant_id, candidate)
    sold = sorted({sku_id for cart in past.carts for sku_id, _ in cart.pieces})
    gifts = candidate.effect.gifts if isinstance(candidate.effect, Gift) else ()
    known = catalog.skus_for_sale(list({*covered, *sold, *(part.sku_id for part in gifts)}))
    others = _others(merchant_id, subject, list(known.values()), now)
    costs = queries_costs.costs_of(merchant_id, list(known))
    facts = _facts([known[one] for one in covered if one in known], candidate, costs, now)
    worst = worst_prices(candidate, others, facts)
    simulation = simulate(candidate, others, past, known, costs, language=language, now=now)
    findings = lint(
        Subject(
            candidate=candidate,
            others=others,
            facts=facts,
            worst=worst,
            limits=limits,
            now=now,
            budget_minor=subject.wish.budget_minor,
            spent_minor=subject.spent_minor,
            daily_minor=daily_discount(simulation),
            gifts=_gift_facts(gifts, known),
        )
    )
    return PromotionCheck(
        name=candidate.name.of(language),
        findings=[_shown(one, known, others, merchant_id, language) for one in findings],
        simulation=simulation,
        skus_covered=count,
        skus_checked=len(facts),
        goods=_goods(facts, worst, language),
    )


def covered_goods(merchant_id: MerchantId | None, promotion: Promotion) -> tuple[list[SkuId], int]:
    """Return the best sellers among the SKUs that a promotion covers, up to `SKUS_MAX`, and how many it covers."""
    scope = promotion.scope
    return queries_covered.covered_skus(merchant_id, scope.marks, scope.excluded, at_most=SKUS_MAX)


def _facts(
    skus: Sequence[SkuForSale], candidate: Promotion, costs: dict[SkuId, int], now: datetime
) -> list[SkuFacts]:
    lowest = queries_prices.lowest_prices([sku.sku_id for sku in skus], before=now)
    return [
        SkuFacts(
            sku=sku,
            cost_minor=costs.get(sku.sku_id),
            lowest_minor=lowest[sku.sku_id].amount_minor if sku.sku_id in lowest else None,
        )
        for sku in skus
        if covers(candidate, sku)
    ]


def _gift_facts(gifts: Sequence[GiftPart], known: dict[SkuId, SkuForSale]) -> list[GiftFacts]:
    if not gifts:
        return []
    available = inventory.availability([part.sku_id for part in gifts])
    return [
        GiftFacts(sku=known[part.sku_id], pieces=part.pieces, available=available[part.sku_id])
        for part in gifts
        if part.sku_id in known
    ]


def _others(
    merchant_id: MerchantId | None, subject: Asked, skus: Sequence[SkuForSale], now: datetime
) -> list[Promotion]:
    """Return the live promotions beside one: of the platform, and of the merchants of the goods."""
    merchants = [merchant_id] if merchant_id else list({sku.merchant_id for sku in skus})
    found = rows(
        _OTHERS,
        {
            "live": PromotionStatus.LIVE.value,
            "begin": max(now, subject.wish.starts_at),
            "end": subject.wish.ends_at,
            "self": subject.id,
            "merchants": merchants,
            "at_most": OTHERS_MAX,
        },
    )
    return [
        rules.promotion_of(promotion_id, version, owner, queries.read_wish(wish), CURRENCY)
        for promotion_id, version, owner, wish in found
    ]


def _shown(
    finding: Finding,
    skus: dict[SkuId, SkuForSale],
    others: Sequence[Promotion],
    merchant_id: MerchantId | None,
    language: str,
) -> ShownFinding:
    names = {one.id: one for one in others}
    return ShownFinding(
        code=finding.code,
        severity=finding.severity,
        message=finding.text.of(language),
        goods=[
            NamedSku(
                sku_id=one,
                product_id=skus[one].product_id,
                title=skus[one].title.of(language),
                choice_name=skus[one].choice_name.of(language),
            )
            for one in finding.sku_ids
        ],
        promotions=[
            NamedPromotion(
                id=one, name=names[one].name.of(language), is_own=names[one].merchant_id == merchant_id
            )
            for one in finding.promotion_ids
        ],
    )


def _goods(facts: Sequence[SkuFacts], worst: dict[SkuId, Worst], language: str) -> list[CheckedSku]:
    return [
        CheckedSku(
            sku_id=one.sku.sku_id,
            product_id=one.sku.product_id,
            title=one.sku.title.of(language),
            choice_name=one.sku.choice_name.of(language),
            price=one.sku.price,
            lowest=None if one.lowest_minor is None else Money(one.lowest_minor, CURRENCY),
            cost=None if one.cost_minor is None else Money(one.cost_minor, CURRENCY),
            worst=Money(found.each_minor, CURRENCY)
            if (found := worst.get(one.sku.sku_id))
            else one.sku.price,
        )
        for one in facts
    ]
