"""A price as a given buyer would see it at a given instant, with everything that led to it; drafts count too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, PromotionId, SkuId, new_id
from jishi.kernel.money import Money, total, zero
from jishi.kernel.words import CURRENCY
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import Offer, PromotionIndex, price
from jishi.offering.pricing.types import Priced, PricedLine
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions import queries, rules
from jishi.offering.promotions.rules_trial import PIECES_MAX, price_line
from jishi.offering.promotions.types import PromotionStatus, PromotionWish
from jishi.offering.promotions.types_check import (
    AppliedRule,
    NextStep,
    PreviewBuyer,
    PreviewedLine,
    PreviewedRule,
    PreviewLine,
    PreviewPassed,
    PricePreview,
    PricePreviewRequest,
)

RULES_MAX = 500
# An owner's own whatever their status but the end; of others only what is live.
_RULES = """
SELECT id, version, merchant_id, status, wish::text FROM promotions_promotion
WHERE status <> %(ended)s AND ends_at > %(at)s AND starts_at <= %(at)s
  AND (merchant_id IS NOT DISTINCT FROM %(owner)s
       OR (status = %(live)s AND (merchant_id IS NULL OR merchant_id = ANY(%(merchants)s::uuid[]))))
ORDER BY id DESC LIMIT %(at_most)s
"""


def preview(
    merchant_id: MerchantId | None, request: PricePreviewRequest, *, language: str, now: datetime
) -> PricePreview:
    """Price goods of an owner (None: of anybody) with his promotions, drafts and paused ones too, and what is live of
    the platform. Writes nothing. Raises: NotFound for goods of others, Invalid (`at`, `lines`).
    """
    at = request.at or now
    if at.tzinfo is None:
        raise Invalid(field="at")
    pieces = _pieces(request.lines)
    skus = catalog.skus_for_sale(list(pieces))
    if len(skus) < len(pieces) or (
        merchant_id and {sku.merchant_id for sku in skus.values()} != {merchant_id}
    ):
        raise NotFound
    found = _rules(merchant_id, skus.values(), request.wish, at)
    priced = price(
        [price_line(skus[sku_id], quantity) for sku_id, quantity in pieces.items()],
        freight=[],
        currency=CURRENCY,
        offer=Offer(index=PromotionIndex(rule for rule, _ in found), buyer=_buyer(request.buyer), at=at),
    )
    names = {
        rule.id: PreviewedRule(rule_id=rule.id, name=rule.name.of(language), status=status)
        for rule, status in found
    }
    return _shown(priced, skus, names, at=at, language=language)


def _pieces(lines: Sequence[PreviewLine]) -> dict[SkuId, int]:
    pieces: defaultdict[SkuId, int] = defaultdict(int)
    for line in lines:
        pieces[line.sku_id] += line.quantity
    if max(pieces.values()) > PIECES_MAX:
        raise Invalid(field="lines")
    return pieces


def _buyer(kind: PreviewBuyer) -> Buyer:
    return Buyer(level=kind.level, segments=kind.segments, is_new=kind.is_new, channel=kind.channel)


def _rules(
    merchant_id: MerchantId | None, skus: Iterable[SkuForSale], wish: PromotionWish | None, at: datetime
) -> list[tuple[Promotion, PromotionStatus | None]]:
    kept = rows(
        _RULES,
        {
            "ended": PromotionStatus.ENDED.value,
            "live": PromotionStatus.LIVE.value,
            "at": at,
            "owner": merchant_id,
            "merchants": list({sku.merchant_id for sku in skus}),
            "at_most": RULES_MAX,
        },
    )
    found: list[tuple[Promotion, PromotionStatus | None]] = [
        (
            rules.promotion_of(one, version, owner, queries.read_wish(stored), CURRENCY),
            PromotionStatus(status),
        )
        for one, version, owner, status, stored in kept
    ]
    if wish is not None:
        rules.require_sound(wish, merchant_id)
        found.append((rules.promotion_of(PromotionId(new_id()), 1, merchant_id, wish, CURRENCY), None))
    return found


def _shown(
    priced: Priced,
    skus: dict[SkuId, SkuForSale],
    names: dict[str, PreviewedRule],
    *,
    at: datetime,
    language: str,
) -> PricePreview:
    goods = total([line.amount for line in priced.lines], CURRENCY)
    taken: defaultdict[str, Money] = defaultdict(lambda: zero(CURRENCY))
    for one in priced.discounts:
        taken[one.rule_id] += one.amount
    return PricePreview(
        at=at,
        lines=[_line(line, skus[line.sku_id], language) for line in priced.lines],
        goods_amount=goods,
        discount_amount=goods - priced.total,
        total=priced.total,
        applied=[AppliedRule(rule=names[one], amount=amount) for one, amount in taken.items()],
        passed=[
            PreviewPassed(rule=names[one.promotion_id], reason=one.reason, missing=one.missing)
            for one in priced.passed
        ],
        nexts=[
            NextStep(rule=names[one.promotion_id], measure=one.measure, missing=one.missing, off=one.off)
            for one in priced.nexts
        ],
        trace=priced.trace,
        rules=list(names.values()),
    )


def _line(line: PricedLine, sku: SkuForSale, language: str) -> PreviewedLine:
    return PreviewedLine(
        sku_id=line.sku_id,
        title=sku.title.of(language),
        choice_name=sku.choice_name.of(language),
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        discount=line.amount - line.payable,
        payable=line.payable,
    )
