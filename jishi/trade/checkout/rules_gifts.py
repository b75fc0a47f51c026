"""Which gifts come with a purchase: earned by the price function, as far as there is stock, as the buyer chooses.

A gift never stands in the way: what is not there is not given.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import Earned
from jishi.offering.pricing.types import PricedLine, PriceLine, gift_of
from jishi.offering.pricing.types_promotions import Gift, GiftPart
from jishi.trade.checkout.types_gifts import GiftOffer, GiftOption, Gifts, GivenGift, Pool

Taken = tuple[SkuId, WarehouseId, int]
NOWHERE = WarehouseId(UUID(int=0))  # a cart is priced before it is known where from


def parts_of(earned: Earned) -> Sequence[GiftPart]:
    """Return what a rule gives each time."""
    return earned.rule.effect.gifts if isinstance(earned.rule.effect, Gift) else ()


def is_chosen(earned: Earned) -> bool:
    """Tell whether the buyer chooses one of the gifts."""
    return isinstance(earned.rule.effect, Gift) and earned.rule.effect.is_chosen


def gift_skus(earned: Iterable[Earned]) -> list[SkuId]:
    """Return the SKUs that may be given, each once."""
    return list(dict.fromkeys(part.sku_id for one in earned for part in parts_of(one)))


def beside(pool: Pool, taken: Iterable[Taken]) -> Pool:
    """Return what is left of stock beside the pieces that are bought."""
    bought = Counter[tuple[SkuId, WarehouseId]]()
    for sku_id, warehouse_id, pieces in taken:
        bought[sku_id, warehouse_id] += pieces
    return {
        sku_id: [(warehouse_id, left - bought[sku_id, warehouse_id]) for warehouse_id, left in shelves]
        for sku_id, shelves in pool.items()
    }


def candidates(gifts: Gifts) -> list[PriceLine]:
    """Return the lines that may be given, rule by rule: as many pieces as are earned and there."""
    left = {sku_id: list(shelves) for sku_id, shelves in gifts.pool.items()}
    return [
        line
        for one in gifts.earned
        for part in _picked(gifts, one, left)
        for line in _lines(one, gifts.skus[part.sku_id], part.pieces * one.times, left[part.sku_id])
    ]


def _picked(
    gifts: Gifts, one: Earned, left: Mapping[SkuId, Sequence[tuple[WarehouseId, int]]]
) -> list[GiftPart]:
    """Return what a rule gives of what is there; of several to choose from the first, unless the buyer has chosen."""
    there = [part for part in parts_of(one) if _is_there(gifts.skus.get(part.sku_id), one, left)]
    if not is_chosen(one):
        return there
    choice = gifts.choices.get(one.rule.id)
    if choice not in {part.sku_id for part in parts_of(one)}:
        return there[:1]
    return [part for part in there if part.sku_id == choice]


def _is_there(
    sku: SkuForSale | None, one: Earned, left: Mapping[SkuId, Sequence[tuple[WarehouseId, int]]]
) -> bool:
    return (
        sku is not None
        and sku.is_for_sale
        and sku.merchant_id == one.rule.merchant_id
        and any(pieces > 0 for _, pieces in left.get(sku.sku_id, ()))
    )


def _lines(
    one: Earned, sku: SkuForSale, wanted: int, shelves: list[tuple[WarehouseId, int]]
) -> list[PriceLine]:
    found = []
    for number, (warehouse_id, left) in enumerate(shelves):
        pieces = min(wanted, left)
        if pieces > 0:
            found.append(
                PriceLine(
                    sku_id=sku.sku_id,
                    merchant_id=sku.merchant_id,
                    warehouse_id=warehouse_id,
                    quantity=pieces,
                    unit_price=sku.price,
                    gift_of=one.rule.id,
                )
            )
            shelves[number] = warehouse_id, left - pieces
            wanted -= pieces
    return found


def offers(
    gifts: Gifts, lines: Sequence[PricedLine], merchant_id: MerchantId, language: str
) -> list[GiftOffer]:
    """Return what a merchant's promotions give with the goods; `lines` are those that were priced."""
    given = _given(lines)
    return [
        GiftOffer(
            promotion_id=one.rule.id,
            name=one.rule.name.of(language),
            is_chosen=is_chosen(one),
            options=[
                _option(gifts, one, part, given[one.rule.id, part.sku_id], language)
                for part in parts_of(one)
                if part.sku_id in gifts.skus
            ],
        )
        for one in gifts.earned
        if one.rule.merchant_id == merchant_id
    ]


def _option(gifts: Gifts, one: Earned, part: GiftPart, given: int, language: str) -> GiftOption:
    sku = gifts.skus[part.sku_id]
    return GiftOption(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        title=sku.title.of(language),
        choice_name=sku.choice_name.of(language),
        image=sku.image,
        price=sku.price,
        pieces=part.pieces * one.times,
        given=given,
        is_there=_is_there(sku, one, gifts.pool),
    )


def given_gifts(lines: Sequence[PricedLine]) -> list[GivenGift]:
    """Return what a price gives away, in a fixed order."""
    return [
        GivenGift(promotion_id=rule_id, sku_id=sku_id, pieces=pieces)
        for (rule_id, sku_id), pieces in sorted(_given(lines).items())
    ]


def _given(lines: Sequence[PricedLine]) -> Counter[tuple[str, SkuId]]:
    found = Counter[tuple[str, SkuId]]()
    for line in lines:
        if gift_of(line):
            found[gift_of(line), line.sku_id] += line.quantity
    return found
