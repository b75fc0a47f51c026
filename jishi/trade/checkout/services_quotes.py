"""Quotes: made, kept for a while, calculated again by whoever buys, and used once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from jishi.kernel.channels import Channel
from jishi.kernel.db import execute, require_transaction, row
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import ProductId, QuoteId, SkuId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.coupons import queries_held as coupons
from jishi.offering.flash import queries as flash
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.types import Shortage
from jishi.offering.presale import queries as presale
from jishi.offering.pricing.rules import Offer
from jishi.offering.pricing.types import gift_of
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions import queries as promotions
from jishi.trade.checkout import queries, queries_offers, rules, rules_coupons, rules_replay, rules_shown
from jishi.trade.checkout.queries_offers import Asked
from jishi.trade.checkout.rules import AreaNotServed, Basket, MethodNotOffered, NotForSale
from jishi.trade.checkout.rules_explained import explained
from jishi.trade.checkout.rules_gifts import given_gifts
from jishi.trade.checkout.types import (
    Calculation,
    CartLineWish,
    Quote,
    QuoteRequest,
    UsedQuote,
    Wish,
)
from jishi.trade.orders import queries as orders

__all__ = [
    "AddressNeeded",
    "AreaNotServed",
    "CartEmpty",
    "LimitReached",
    "MethodNotOffered",
    "NotForSale",
    "QuoteMoved",
    "QuoteUsed",
    "limits_of",
    "purge_quotes",
    "quote",
    "quote_wish",
    "require_within_limits",
    "use_quote",
]

LIFETIME = timedelta(minutes=15)


class CartEmpty(Conflict):
    """Nothing is selected that could be bought."""

    code = "cart_empty"
    message = Text(zh="请先选择要购买的商品", en="Select something to buy first")


class QuoteUsed(Conflict):
    """This quote was bought already; a quote buys once."""

    code = "quote_used"
    message = Text(zh="该订单已提交,请勿重复提交", en="This checkout was submitted already")


class AddressNeeded(Conflict):
    """The quote was made without an address to send the goods to."""

    code = "address_needed"
    message = Text(zh="请选择收货地址", en="Choose where to send the goods")


class QuoteMoved(Exception):
    """The price, the age or the cart is not what the buyer confirmed: undo everything, then quote `wish` again."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self.wish = wish


class LimitReached(Conflict):
    """More pieces than one buyer may have; `limits` maps product to pieces."""

    code = "limit_reached"
    message = Text(zh="超出限购数量", en="More pieces than one buyer may have")


def quote(
    *,
    owner_id: UUID,
    buyer: UserId | None,
    request: QuoteRequest,
    channel: Channel = Channel.WEB,
    language: str,
    now: datetime,
) -> Quote:
    """Price the selected lines of the cart, or the given ones, and keep the answer for 15 minutes.

    Raises: CartEmpty, NotForSale, OutOfStock, LimitReached, AreaNotServed, MethodNotOffered (409 each);
    NotFound for an address that is not the buyer's.
    """
    asked = queries_offers.asked(owner_id, has_cart=request.lines is None, channel=channel, now=now)
    pieces = asked.pieces if request.lines is None else _summed(request.lines)
    return quote_wish(
        owner_id=owner_id,
        buyer=buyer,
        wish=_wish(pieces, request, channel),
        asked=asked,
        language=language,
        now=now,
        expires_at=now + LIFETIME,
    )


def quote_wish(
    *,
    owner_id: UUID,
    buyer: UserId | None,
    wish: Wish,
    asked: Asked,
    language: str,
    now: datetime,
    expires_at: datetime,
) -> Quote:
    """Price a wish with what is offered and keep the answer until an instant. Raises: what `quote` raises."""
    # A buyer of a pre-sale is not shown coupons: none goes with it.
    held = [] if wish.presale_id else asked.held
    offer = _for_wish(asked.offer, held, wish, now)
    basket, shortages = queries.basket(wish, buyer=buyer, offer=offer)
    if wish.is_from_cart:
        basket = rules.only_buyable(basket, shortages)
    basket = queries.with_gifts(basket, owner_id=owner_id)
    calculation = _calculate(basket, shortages)
    shown = rules_shown.show_quote(
        calculation,
        queries.cards_of(basket.skus.values(), language=language),
        quote_id=QuoteId(new_id()),
        address_id=basket.address.id if basket.address else None,
        language=language,
        quoted_at=now,
        expires_at=expires_at,
        explained=explained(calculation.priced, offer, language),
    )
    coupons_shown = rules_coupons.show_coupons(held, calculation.priced, language=language)
    shown = replace(shown, coupons=coupons_shown)
    given = given_gifts(calculation.priced.lines)
    _keep(owner_id, replace(basket.wish, gifts=given), shown, calculation)
    return shown


def use_quote(*, buyer: UserId, quote_id: QuoteId, expected_total: Money, now: datetime) -> UsedQuote:
    """Mark a kept quote as bought, take its pieces out of the cart, and calculate it again.

    In the caller's transaction, which whatever is raised must undo. The cart is held until its end.
    Raises: NotFound, QuoteUsed, AddressNeeded (409 each), what `quote` raises, and QuoteMoved when the total is no
    longer the expected one, the quote is too old, the cart does not hold what was quoted from it, or other gifts come
    with it.
    """
    require_transaction("buying a quote")
    found = row(_USE, {"owner": buyer, "buyer": buyer, "now": now, "quote": quote_id})
    if found is None:
        raise NotFound
    wish_json, expires_at, used_at, taken_count, edition, is_new, held_json = found
    if used_at is not None:
        raise QuoteUsed
    wish = msgspec.json.decode(wish_json, type=Wish)
    offered = promotions.offer(edition, Buyer(is_new=is_new, channel=wish.channel), now=now)
    offer = _for_wish(offered, coupons.held(held_json), wish, now)
    basket, shortages = queries.basket(wish, buyer=buyer, offer=offer)
    calculation = _calculate(queries.with_gifts(basket, owner_id=buyer), shortages)
    if calculation.needs_address and calculation.recipient is None:
        raise AddressNeeded
    is_in_cart = taken_count == (len(wish.pieces) if wish.is_from_cart else 0)
    is_same = calculation.priced.total == expected_total
    is_same = is_same and given_gifts(calculation.priced.lines) == wish.gifts
    if expires_at <= now or not is_in_cart or not is_same:
        raise QuoteMoved(wish)
    return UsedQuote(
        quote_id=quote_id,
        recipient=calculation.recipient,
        calculation=calculation,
        wish=wish,
        coupons=rules_coupons.uses(calculation.priced, offer.coupons),
    )


def _for_wish(offer: Offer, held: Sequence[Promotion], wish: Wish, now: datetime) -> Offer:
    if held:
        offer = replace(offer, coupons=held, chosen=rules_coupons.chosen(wish))
    if wish.presale_id:
        return presale.with_presale(offer, wish.presale_id, now=now)
    return flash.with_flash(offer, wish.flash_item_id, now=now) if wish.flash_item_id else offer


def limits_of(calculation: Calculation) -> dict[ProductId, int]:
    """Return the products of which one buyer may have only so many pieces, whatever the SKU."""
    return {
        line.sku.product_id: line.sku.per_buyer_limit
        for order in calculation.orders
        for line in order.lines
        if line.sku.per_buyer_limit is not None and not gift_of(line.priced)
    }


def require_within_limits(calculation: Calculation, bought: Mapping[ProductId, int]) -> None:
    """Check what is wanted and was bought before against the limits per buyer. Raises: LimitReached (409)."""
    pieces = Counter(bought)
    for order in calculation.orders:
        for line in order.lines:
            pieces[line.sku.product_id] += 0 if gift_of(line.priced) else line.priced.quantity
    limits = limits_of(calculation)
    over = {str(product_id): limit for product_id, limit in limits.items() if pieces[product_id] > limit}
    if over:
        raise LimitReached(limits=over)


def purge_quotes(*, expired_before: datetime) -> int:
    """Remove quotes that expired before an instant and were not bought; return how many."""
    return execute("DELETE FROM checkout_quote WHERE expires_at < %s AND used_at IS NULL", [expired_before])


# What was bought is kept as evidence, but for the buyer's notes, which are the order's.
# The cart is held before the quote is locked, so that two checkouts of one buyer come one after the other. Lines
# that hold exactly what is bought go, lines that hold more keep the rest; answers how many there were, and when the
# quote was used before. A line that another tab changes at this very moment is not taken: the buyer confirms again.
_USE = f"""
WITH held AS (
    INSERT INTO checkout_cart (owner_id, changed_at) VALUES (%(owner)s, %(now)s)
    ON CONFLICT (owner_id) DO UPDATE SET changed_at = excluded.changed_at RETURNING owner_id
), quote AS MATERIALIZED (
    SELECT q.id, q.owner_id, q.wish, q.expires_at, q.used_at
    FROM held JOIN checkout_quote q ON q.owner_id = held.owner_id
    WHERE q.id = %(quote)s FOR NO KEY UPDATE OF q
), used AS (
    UPDATE checkout_quote q SET used_at = %(now)s, wish = jsonb_set(q.wish, '{{notes}}', '{{}}')
    FROM quote WHERE q.id = quote.id AND quote.used_at IS NULL
), bought AS MATERIALIZED (
    SELECT quote.owner_id, (piece ->> 0)::uuid AS sku_id, (piece ->> 1)::int AS quantity
    FROM quote CROSS JOIN jsonb_array_elements(quote.wish -> 'pieces') AS piece
    WHERE quote.used_at IS NULL AND (quote.wish ->> 'is_from_cart')::boolean
), gone AS (
    DELETE FROM checkout_cart_line l USING bought
    WHERE l.owner_id = bought.owner_id AND l.sku_id = bought.sku_id AND l.quantity = bought.quantity
    RETURNING 1
), kept AS (
    UPDATE checkout_cart_line l SET quantity = l.quantity - bought.quantity FROM bought
    WHERE l.owner_id = bought.owner_id AND l.sku_id = bought.sku_id AND l.quantity > bought.quantity
    RETURNING 1
)
SELECT wish::text, expires_at, used_at,
       (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept), {promotions.EDITION}, {orders.IS_NEW},
       {coupons.HELD}
FROM quote
"""


def _wish(pieces: list[tuple[SkuId, int]], request: QuoteRequest, channel: Channel) -> Wish:
    if not pieces:
        raise CartEmpty
    return Wish(
        pieces=pieces,
        is_from_cart=request.lines is None,
        address_id=request.address_id,
        shipping=request.shipping,
        notes=request.notes,
        coupons=request.coupons,
        channel=channel,
    )


def _summed(lines: Sequence[CartLineWish]) -> list[tuple[SkuId, int]]:
    """Add up lines that share a SKU."""
    summed: dict[SkuId, int] = {}
    for line in lines:
        summed[line.sku_id] = summed.get(line.sku_id, 0) + line.quantity
    return list(summed.items())


def _calculate(basket: Basket, shortages: Sequence[Shortage]) -> Calculation:
    """Price a basket. Raises: what `quote` raises."""
    if not basket.wish.pieces:
        raise CartEmpty
    rules.require_for_sale(basket)
    wanted = {sku_id for sku_id, _ in basket.wish.pieces}
    short = [shortage for shortage in shortages if shortage.sku_id in wanted]
    if short:
        raise OutOfStock(shortages=short)
    calculation = rules.calculate(basket)
    require_within_limits(calculation, {})
    return calculation


def _keep(owner_id: UUID, wish: Wish, shown: Quote, calculation: Calculation) -> None:
    execute(
        "INSERT INTO checkout_quote (id, owner_id, wish, result, inputs, priced, total_minor, currency, "
        "quoted_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            shown.id,
            owner_id,
            msgspec.json.encode(wish).decode(),
            msgspec.json.encode(shown).decode(),
            rules_replay.written(calculation.inputs),
            rules_replay.as_bytes(calculation.priced).decode(),
            shown.total.amount_minor,
            shown.total.currency,
            shown.quoted_at,
            shown.expires_at,
        ],
    )
