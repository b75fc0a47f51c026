"""Reads of carts, and everything a price depends on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from jishi.identity.accounts import queries as accounts
from jishi.identity.accounts.types import Address
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.channels import Channel
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CartLineId, MerchantId, SkuId, UserId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory import queries_buckets as buckets
from jishi.offering.inventory.types import Allocated, Shortage
from jishi.offering.pricing.rules import Offer
from jishi.offering.promotions import queries_uses
from jishi.trade.checkout import queries_gifts, queries_offers, rules, rules_lines
from jishi.trade.checkout.rules import Basket
from jishi.trade.checkout.types import Cart, StoredLine, Wish
from jishi.trade.shipping import queries as shipping


def cart(owner_id: UUID, *, channel: Channel = Channel.WEB, language: str, now: datetime) -> Cart:
    """Return the cart of a visitor or buyer with live totals, the newest line first; four statements."""
    lines = lines_of(owner_id)
    offer = queries_offers.offer(owner_id, channel=channel, now=now) if lines else None
    return shown(lines, owner_id=owner_id, language=language, offer=offer)


def shown(lines: Sequence[StoredLine], *, owner_id: UUID, language: str, offer: Offer | None) -> Cart:
    """Return the given lines as a cart; two statements, none for an empty one, and one more when a promotion that
    covers some of it can be used up.
    """
    sku_ids = [line.sku_id for line in lines]
    skus = catalog.skus_for_sale(sku_ids) if lines else {}
    available = inventory.availability(sku_ids) if lines else {}
    if offer and lines:
        offer = queries_uses.with_limits(offer, rules_lines.any_lines(skus), buyer=UserId(owner_id))
    cards = cards_of(skus.values(), language=language)
    gifts_of = partial(queries_gifts.of_cart, owner_id=owner_id)
    return rules.show_cart(lines, skus, available, cards, language, offer, gifts_of)


def with_gifts(basket: Basket, *, owner_id: UUID) -> Basket:
    """Return a basket that knows the gifts its goods earn; three statements, none where they earn nothing.

    A flash sale gives none: its pieces come from stock that was set aside for it alone.
    """
    if basket.wish.flash_item_id or basket.wish.presale_id:
        return basket
    taken = [(part.sku_id, part.warehouse_id, part.quantity) for part in basket.allocations]
    earned = rules.earned_gifts(basket)
    return replace(basket, gifts=queries_gifts.of_basket(earned, taken, owner_id=owner_id))


def cards_of(skus: Iterable[SkuForSale], *, language: str) -> dict[MerchantId, MerchantCard]:
    """Return the cards of the merchants of SKUs, which were read with them."""
    return {
        sku.merchant_id: merchants.card(
            sku.merchant_id, sku.merchant_name.zh, sku.merchant_name.en, sku.merchant_logo, language=language
        )
        for sku in skus
    }


def lines_of(owner_id: UUID) -> list[StoredLine]:
    """Return the lines of a cart, the newest first."""
    return stored(
        rows(
            "SELECT id, sku_id, quantity, is_selected FROM checkout_cart_line WHERE owner_id = %s "
            "ORDER BY id DESC",
            [owner_id],
        )
    )


def stored(found: Sequence[tuple[Any, ...]]) -> list[StoredLine]:
    """Turn rows of (id, SKU, quantity, selected) into lines."""
    return [
        StoredLine(id=CartLineId(line_id), sku_id=SkuId(sku_id), quantity=quantity, is_selected=is_selected)
        for line_id, sku_id, quantity, is_selected in found
    ]


def basket(wish: Wish, *, buyer: UserId | None, offer: Offer) -> tuple[Basket, list[Shortage]]:
    """Read what the price of a wish depends on, and which of its SKUs are short; at most four statements, and one
    more when a promotion that covers some of it can be used up.

    Raises: NotFound for an address that is not the buyer's.
    """
    address = _address(wish, buyer)
    skus = catalog.skus_for_sale([sku_id for sku_id, _ in wish.pieces])
    wanted = [(sku_id, pieces) for sku_id, pieces in wish.pieces if sku_id in skus]
    allocated = _allocated(wish, wanted, address.area_code if address else None)
    sellers: set[MerchantId] = {sku.merchant_id for sku in skus.values()}
    read = Basket(
        wish=wish,
        skus=skus,
        allocations=allocated.allocations,
        templates=shipping.templates_of(sorted(sellers)),
        address=address,
        offer=queries_uses.with_limits(offer, rules_lines.any_lines(skus), buyer=buyer),
    )
    return read, allocated.shortages


def _allocated(wish: Wish, wanted: Sequence[tuple[SkuId, int]], area_code: str | None) -> Allocated:
    activity_id = wish.flash_item_id or wish.presale_id
    if activity_id:
        return buckets.allocate_from(activity_id, wanted, area_code=area_code)
    return inventory.allocate(wanted, area_code=area_code)


def _address(wish: Wish, buyer: UserId | None) -> Address | None:
    if wish.address_id is None:
        return None
    if buyer is None:
        raise NotFound
    return accounts.address(buyer=buyer, address_id=wish.address_id)
