"""Promotions as buyers see them: of a product with the price it comes to, on cards, and each on a page of its own.

What is in force is kept in the process; an answer is kept for half a second, so that a promotion shows and goes at
once. docs/decisions/0089.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.identity.merchants import queries as merchants
from jishi.kernel import hot
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import BrandId, CategoryId, ProductId, PromotionId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_goods
from jishi.offering.catalog.types_goods import Goods, GoodsPrice
from jishi.offering.catalog.types_kinds import KINDS, ProductKind
from jishi.offering.pricing.rules import Offer, PromotionIndex, goods_prices, obstacle
from jishi.offering.pricing.types import Next, NotApplied, PriceLine
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions import queries, rules_words
from jishi.offering.promotions.types_shown import (
    LABELS_MAX,
    MissingForNext,
    PriceAfter,
    ProductLabels,
    ProductPromotions,
    PromotionDetail,
    ShownPromotion,
)

TAG = "promotions"
PRODUCTS_MAX = 60  # named by one promotion and shown on its page; cards that are labelled at once
_ANYBODY = Buyer()
_NOWHERE = WarehouseId(UUID(int=0))  # a price by itself is sent from nowhere yet


def of_product_answer(product_id: ProductId, *, quantity: int, language: str, now: datetime) -> hot.Answer:
    """Return `of_product` as JSON, kept in this process for a moment. Raises: NotFound."""
    name = f"product|{product_id}|{quantity}|{language}"
    return hot.answer_here(
        TAG,
        name,
        now=now,
        make=lambda: msgspec.json.encode(
            of_product(product_id, quantity=quantity, language=language, now=now)
        ),
    )


def of_product(product_id: ProductId, *, quantity: int, language: str, now: datetime) -> ProductPromotions:
    """Return the promotions that run for a product, those of other buyers with whom they are for, and what so many
    pieces of each of its SKUs come to for anybody: one statement. Raises: NotFound when it is not on sale.
    """
    goods = queries_goods.on_sale([product_id]).get(product_id)
    if goods is None:
        raise NotFound
    index = _index(now)
    shown = _running(index, goods, now, besides=(NotApplied.OTHER_BUYERS,))
    offer = Offer(index=index, buyer=_ANYBODY, at=now)
    return ProductPromotions(
        product_id=product_id,
        quantity=quantity,
        items=[_shown(one, language) for one in shown],
        prices=[_price(goods, sku, quantity, offer, language) for sku in goods.skus],
    )


def labels(product_ids: Sequence[ProductId], *, language: str, now: datetime) -> list[ProductLabels]:
    """Return the labels of those products that have any, in one statement: what travels in no parcel, then what runs
    for everybody.
    """
    index = _index(now)
    if not product_ids:
        return []
    found = queries_goods.on_sale(product_ids)
    labelled = {
        product_id: _labels(goods, _running(index, goods, now), language)
        for product_id, goods in found.items()
    }
    return [
        ProductLabels(product_id=product_id, labels=labelled[product_id])
        for product_id in product_ids
        if labelled.get(product_id)
    ]


def promotion_page(promotion_id: PromotionId, *, language: str, now: datetime) -> PromotionDetail:
    """Return a running promotion with what it covers, in four statements at most. Raises: NotFound."""
    promotion = _index(now).by_id.get(str(promotion_id))
    if promotion is None or obstacle(promotion, _ANYBODY, now, frozenset()) not in (
        None,
        NotApplied.OTHER_BUYERS,
    ):
        raise NotFound
    owner = promotion.merchant_id
    return PromotionDetail(
        promotion=_shown(promotion, language),
        merchant=merchants.cards([owner], language=language)[owner] if owner else None,
        products=catalog.product_cards(_named(promotion), language=language),
        categories=queries_goods.crumbs(
            [CategoryId(UUID(one)) for one in _ids(promotion, "category")], language=language
        ),
        brand_ids=[BrandId(UUID(one)) for one in _ids(promotion, "brand")],
    )


def _index(now: datetime) -> PromotionIndex:
    number: int = hot.part(TAG, "edition", now=now, make=queries.edition).value
    return queries.in_force(number)


def _named(promotion: Promotion) -> list[ProductId]:
    """Return the products that a promotion names itself or by their SKUs, as many as its page shows."""
    named = [ProductId(UUID(one)) for one in _ids(promotion, "product")]
    skus = [SkuId(UUID(one)) for one in _ids(promotion, "sku")]
    if skus:
        named += queries_goods.products_of(skus)
    excluded = {one for kind, one in promotion.scope.excluded if kind == "product"}
    return [one for one in named if str(one) not in excluded][:PRODUCTS_MAX]


def _ids(promotion: Promotion, kind: str) -> list[str]:
    return sorted(one for mark, one in promotion.scope.marks if mark == kind)


def _running(
    index: PromotionIndex, goods: Goods, now: datetime, besides: Iterable[NotApplied] = ()
) -> list[Promotion]:
    """Return what covers a product now, the one that wins where they compete first, then what ends first."""
    covering = [promotion for promotion, _ in index.covering([_line(goods, sku, 1) for sku in goods.skus])]
    fit = {None, *besides}
    found = [one for one in covering if obstacle(one, _ANYBODY, now, frozenset()) in fit]
    return sorted(found, key=lambda one: (-one.priority, str(one.ends_at), one.id))


def _labels(goods: Goods, running: Sequence[Promotion], language: str) -> list[str]:
    kind = [] if goods.kind is ProductKind.PHYSICAL else [KINDS[goods.kind].of(language)]
    said = dict.fromkeys(rules_words.label(one, language) for one in running)
    return [*kind, *said][:LABELS_MAX]


def _shown(promotion: Promotion, language: str) -> ShownPromotion:
    return ShownPromotion(
        id=PromotionId(UUID(promotion.id)),
        name=promotion.name.of(language),
        label=rules_words.label(promotion, language),
        sentence=rules_words.sentence(promotion, language),
        audience=rules_words.for_whom(promotion.audience, language),
        merchant_id=promotion.merchant_id,
        ends_at=promotion.ends_at,
    )


def _price(goods: Goods, sku: GoodsPrice, quantity: int, offer: Offer, language: str) -> PriceAfter:
    priced = goods_prices([_line(goods, sku, quantity)], currency=CURRENCY, offer=offer)
    (line,) = priced.lines
    payable = line.payable.amount_minor
    return PriceAfter(
        sku_id=sku.sku_id,
        before=sku.price * quantity,
        payable=line.payable,
        each=Money(-(-payable // quantity), line.payable.currency),
        trace=priced.draft.trace,
        nexts=[_missing(one, offer, language) for one in priced.draft.nexts],
    )


def _missing(one: Next, offer: Offer, language: str) -> MissingForNext:
    return MissingForNext(
        promotion_id=PromotionId(UUID(one.promotion_id)),
        name=one.name.of(language),
        measure=one.measure,
        missing=one.missing,
        gain=rules_words.gain(offer.index.by_id.get(one.promotion_id), one.off, language),
    )


def _line(goods: Goods, sku: GoodsPrice, quantity: int) -> PriceLine:
    return PriceLine(
        sku_id=sku.sku_id,
        merchant_id=goods.merchant_id,
        warehouse_id=_NOWHERE,
        quantity=quantity,
        unit_price=sku.price,
        marks=goods.marks,
        tiers=sku.tiers,
    )
