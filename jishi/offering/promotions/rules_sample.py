"""What an effect would do to sample goods, worked out by the price function itself."""

from datetime import UTC, datetime
from uuid import UUID

from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.pricing.rules import Offer, PromotionIndex, price
from jishi.offering.pricing.types import PriceLine
from jishi.offering.pricing.types_promotions import Bundle, Buyer, Effect, LowerPrice, Promotion
from jishi.offering.promotions.rules import BY_MERCHANT, is_sound
from jishi.offering.promotions.types_desk import Sample, SampleWish

_SOMEBODY = MerchantId(UUID(int=1))
_SOMEWHERE = WarehouseId(UUID(int=1))
_SOMETHING = SkuId(UUID(int=1))
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # a sample has no schedule


def sample(wish: SampleWish) -> Sample:
    """Return what the goods cost without the effect and with it. Raises: Invalid (`effect`)."""
    if not is_sound(wish.effect):
        raise Invalid(field="effect")
    lines = [
        PriceLine(
            sku_id=sku_id,
            merchant_id=_SOMEBODY,
            warehouse_id=_SOMEWHERE,
            quantity=pieces,
            unit_price=Money(wish.price_minor, CURRENCY),
        )
        for sku_id, pieces in _goods(wish.effect, wish.pieces)
    ]
    offer = Offer(index=PromotionIndex([_rule(wish.effect)]), buyer=Buyer(), at=_ANY_TIME)
    return Sample(
        pieces=sum(line.quantity for line in lines),
        before=total([line.unit_price * line.quantity for line in lines], CURRENCY),
        after=price(lines, freight=[], currency=CURRENCY, offer=offer).total,
    )


def _goods(effect: Effect, pieces: int) -> list[tuple[SkuId, int]]:
    match effect:
        case LowerPrice():
            return [(min(effect.prices), pieces)]
        case Bundle():
            return [(min(part.sku_ids), part.pieces) for part in effect.parts]
        case _:
            return [(_SOMETHING, pieces)]


def _rule(effect: Effect) -> Promotion:
    return Promotion(
        id="sample",
        version=1,
        name=Text("", ""),
        effect=effect,
        funders=BY_MERCHANT,
        currency=CURRENCY,
        merchant_id=_SOMEBODY,
    )
