"""Reads of pre-sales. Prices and pictures are the catalogue's, pieces inventory's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, OrderId, PresaleId, ProductId, SkuId, UserId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.inventory import queries_buckets as buckets
from jishi.offering.presale import rules
from jishi.offering.presale.types import (
    MerchantPresale,
    OrderPresale,
    Presale,
    PresaleTerms,
    ProductPresales,
)
from jishi.offering.pricing.rules import Offer, PromotionIndex

SHOWN_AHEAD = timedelta(days=7)
_TERMS = (
    "p.price_minor, p.deposit_minor, p.worth_minor, p.currency, p.deposit_from_at, p.deposit_until_at, "
    "p.balance_from_at, p.balance_until_at, p.ship_by_at, p.per_buyer_max, p.returns_deposit"
)
_PRESALE = (
    "SELECT p.id, p.product_id, p.sku_id, p.merchant_id, p.quota, p.opened_at, p.closed_at, p.stopped_at, "
    f"p.made_at, {_TERMS} FROM presale p"
)


class PresaleOver(Conflict):
    """The pre-sale takes no deposits at this moment."""

    code = "presale_over"
    message = Text(zh="预售未开始或已结束", en="The pre-sale has not begun, or is over")


def of_product(product_id: ProductId, *, language: str, now: datetime) -> ProductPresales:
    """Return the pre-sales of a product that take deposits or will within a week, the first to end first."""
    found = rows(
        f"{_PRESALE} WHERE p.product_id = %s AND p.closed_at IS NULL AND p.stopped_at IS NULL "
        "AND p.deposit_until_at > %s AND p.deposit_from_at < %s ORDER BY p.deposit_until_at, p.id",
        [product_id, now, now + SHOWN_AHEAD],
    )
    return ProductPresales(now=now, presales=_shown(found, language=language, now=now))


def one(presale_id: PresaleId, *, language: str, now: datetime) -> Presale:
    """Return a pre-sale. Raises: NotFound."""
    shown = _shown(rows(f"{_PRESALE} WHERE p.id = %s", [presale_id]), language=language, now=now)
    if not shown:
        raise NotFound
    return shown[0]


def of_merchant(
    merchant_id: MerchantId,
    *,
    language: str,
    now: datetime,
    before: PresaleId | None = None,
    limit: int = 50,
    presale_id: PresaleId | None = None,
) -> list[MerchantPresale]:
    """Return a merchant's pre-sales, the newest first, those made before one when it is named."""
    found = rows(
        f"{_PRESALE} WHERE p.merchant_id = %(merchant)s AND (%(before)s::uuid IS NULL OR p.id < %(before)s) "
        "AND (%(id)s::uuid IS NULL OR p.id = %(id)s) ORDER BY p.id DESC LIMIT %(limit)s",
        {"merchant": merchant_id, "before": before, "id": presale_id, "limit": limit},
    )
    skus = catalog.skus_for_sale([SkuId(one[2]) for one in found])
    left, ordered = _left(found), _taken([one[0] for one in found])
    return [
        MerchantPresale(
            id=PresaleId(presale),
            product_id=product_id,
            sku_id=sku_id,
            title=skus[sku_id].title.of(language),
            choice_name=skus[sku_id].choice_name.of(language),
            image=skus[sku_id].image,
            usual_price=skus[sku_id].price,
            terms=(terms := terms_from(written)),
            quota=quota,
            left=left[presale],
            ordered=ordered.get(presale, 0),
            stage=rules.stage(terms, now, is_stopped=stopped_at is not None, left=left[presale]),
            made_at=made_at,
            stopped_at=stopped_at,
        )
        for presale, product_id, sku_id, _, quota, _, _, stopped_at, made_at, *written in found
    ]


def terms_of(presale_id: PresaleId) -> tuple[MerchantId, SkuId, PresaleTerms]:
    """Return who sells what, and how. Raises: NotFound."""
    found = row(f"{_PRESALE} WHERE p.id = %s", [presale_id])
    if found is None:
        raise NotFound
    return MerchantId(found[3]), SkuId(found[2]), terms_from(found[9:])


def running(presale_id: PresaleId, *, now: datetime) -> tuple[SkuId, PresaleTerms]:
    """Return what a pre-sale that takes deposits sells. Raises: NotFound, PresaleOver (409)."""
    found = row(f"{_PRESALE} WHERE p.id = %s", [presale_id])
    if found is None:
        raise NotFound
    terms = terms_from(found[9:])
    is_open = found[5] is not None and found[6] is None and found[7] is None
    if not (is_open and terms.deposit_from_at <= now < terms.deposit_until_at):
        raise PresaleOver
    return SkuId(found[2]), terms


def with_presale(offer: Offer, presale_id: PresaleId, *, now: datetime) -> Offer:
    """Return the offer of a running pre-sale alone: neither coupons nor other promotions go with it, so that deposit
    and balance are what the terms say. Raises: NotFound, PresaleOver (409).
    """
    running(presale_id, now=now)
    merchant_id, sku_id, terms = terms_of(presale_id)
    promotion = rules.promotion(presale_id, merchant_id=merchant_id, sku_id=sku_id, terms=terms)
    return replace(
        offer, index=PromotionIndex(()).plus(promotion), coupons=(), used_up=frozenset(), left_minor={}
    )


def claims(presale_id: PresaleId, buyer: UserId) -> tuple[int, dict[OrderId, int]]:
    """Return a buyer's share of a pre-sale in pieces, and the orders he placed for it with their pieces."""
    found = rows(
        "SELECT p.per_buyer_max, c.order_id, c.quantity FROM presale p LEFT JOIN presale_claim c "
        "ON c.presale_id = p.id AND c.buyer_id = %s WHERE p.id = %s",
        [buyer, presale_id],
    )
    orders = {OrderId(order_id): quantity for _, order_id, quantity in found if order_id is not None}
    return (int(found[0][0]) if found else 0), orders


def of_order(order_id: OrderId, *, buyer: UserId, now: datetime) -> OrderPresale:
    """Return the terms that a buyer's order was placed under. Raises: NotFound, also when it is not his."""
    found = row(
        f"SELECT c.presale_id, c.quantity, p.stopped_at IS NOT NULL, {_TERMS} FROM presale_claim c "
        "JOIN presale p ON p.id = c.presale_id WHERE c.order_id = %s AND c.buyer_id = %s",
        [order_id, buyer],
    )
    if found is None:
        raise NotFound
    presale_id, quantity, is_stopped, *written = found
    terms = terms_from(written)
    return OrderPresale(
        order_id=order_id,
        presale_id=PresaleId(presale_id),
        quantity=quantity,
        terms=terms,
        stage=rules.stage(terms, now, is_stopped=is_stopped, left=1),
        now=now,
    )


def terms_from(found: Sequence[Any]) -> PresaleTerms:
    """Build the terms from the columns of a pre-sale."""
    price, deposit, worth, currency, *times, per_buyer_max, returns_deposit = found
    total = price - (worth - deposit)
    deposit_from_at, deposit_until_at, balance_from_at, balance_until_at, ship_by_at = times
    return PresaleTerms(
        price=Money(price, currency),
        deposit=Money(deposit, currency),
        worth=Money(worth, currency),
        balance=Money(total - deposit, currency),
        total=Money(total, currency),
        deposit_from_at=deposit_from_at,
        deposit_until_at=deposit_until_at,
        balance_from_at=balance_from_at,
        balance_until_at=balance_until_at,
        ship_by_at=ship_by_at,
        per_buyer_max=per_buyer_max,
        returns_deposit=returns_deposit,
    )


def _shown(found: Sequence[tuple[Any, ...]], *, language: str, now: datetime) -> list[Presale]:
    skus = catalog.skus_for_sale([SkuId(one[2]) for one in found]) if found else {}
    left = _left(found)
    return [
        Presale(
            id=PresaleId(presale_id),
            product_id=product_id,
            sku_id=sku_id,
            title=skus[sku_id].title.of(language),
            choice_name=skus[sku_id].choice_name.of(language),
            image=skus[sku_id].image,
            terms=(terms := terms_from(written)),
            left=left[presale_id],
            stage=rules.stage(terms, now, is_stopped=stopped_at is not None, left=left[presale_id]),
        )
        for presale_id, product_id, sku_id, _, _, _, _, stopped_at, _, *written in found
        if skus[sku_id].is_for_sale
    ]


def _left(found: Sequence[tuple[Any, ...]]) -> Mapping[UUID, int]:
    """Return the pieces left of each; before they are set aside, all that will be."""
    left = buckets.left_of([one[0] for one in found]) if found else {}
    return {one[0]: left.get(one[0], 0) if one[5] is not None else int(one[4]) for one in found}


def _taken(presale_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return the pieces set aside of each that are neither left nor went back."""
    return dict(
        rows(
            'SELECT p.id, p.cut - p.unsold - coalesce((SELECT sum(b."left") FROM inventory_bucket b '
            "WHERE b.activity_id = p.id), 0)::int FROM presale p WHERE p.id = ANY(%s::uuid[])",
            [list(presale_ids)],
        )
    )
