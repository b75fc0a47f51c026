"""What a cart shows and what a checkout comes to: pure functions of what was read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jishi.identity.accounts.types import Address, Recipient
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.types import Allocation, Shortage
from jishi.offering.pricing.rules import (
    Earned,
    Offer,
    goods_prices,
    pieces_of,
    replay,
    unit_price,
    uses,
    with_freight,
)
from jishi.offering.pricing.types import (
    NotApplied,
    Passed,
    Priced,
    PricedLine,
    PriceLine,
    gift_of,
)
from jishi.trade.checkout import rules_coupons, rules_lines
from jishi.trade.checkout.rules_explained import hints, nexts_of
from jishi.trade.checkout.rules_gifts import candidates
from jishi.trade.checkout.rules_gifts import offers as gift_offers
from jishi.trade.checkout.rules_replay import inputs_of
from jishi.trade.checkout.types import (
    Calculation,
    Cart,
    CartGroup,
    CartLine,
    LineProblem,
    SoldLine,
    SoldOrder,
    StoredLine,
    Wish,
)
from jishi.trade.checkout.types_gifts import Gifts
from jishi.trade.shipping.rules import no_freight, offers
from jishi.trade.shipping.types import Freight, FreightTemplate, ShippingMethod

AVAILABLE_SHOWN_MAX = 99
GiftsOf = Callable[[Sequence[Earned], Mapping[SkuId, int]], Gifts]


class NotForSale(Conflict):
    """Some goods are off the shelf, or their merchant is; `sku_ids` names them."""

    code = "not_for_sale"
    message = Text(zh="部分商品已下架", en="Some goods are no longer for sale")


class AreaNotServed(Conflict):
    """A merchant does not send some of the goods to the address; `merchant_id` and `sku_ids` say which."""

    code = "area_not_served"
    message = Text(zh="部分商品不支持配送到该地区", en="Some goods cannot be sent to this area")


class MethodNotOffered(Conflict):
    """A merchant does not offer the wanted method for these goods and area; `offered` lists what he does."""

    code = "method_not_offered"
    message = Text(zh="该商家不支持所选的配送方式", en="This merchant does not offer that way of shipping")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Everything a price depends on, read at one instant."""

    wish: Wish
    skus: Mapping[SkuId, SkuForSale]
    allocations: Sequence[Allocation]
    templates: Mapping[MerchantId, Sequence[FreightTemplate]]
    address: Address | None
    offer: Offer
    gifts: Gifts = field(default_factory=Gifts)


# -- the cart -----------------------------------------------------------------------------------------------


def show_cart(
    lines: Sequence[StoredLine],
    skus: Mapping[SkuId, SkuForSale],
    available: Mapping[SkuId, int],
    cards: Mapping[MerchantId, MerchantCard],
    language: str,
    offer: Offer | None = None,
    gifts_of: GiftsOf = lambda _earned, _bought: Gifts(),
) -> Cart:
    """Return a cart by merchant, with live totals of what is selected and can be bought.

    A SKU that no longer exists cannot be shown at all and is left out. `gifts_of` reads what is earned.
    """
    known = [line for line in lines if line.sku_id in skus]
    shown = {line.id: _cart_line(line, skus[line.sku_id], available, language) for line in known}
    selected = [line for line in shown.values() if line.is_selected and not _is_invalid(line)]
    wanted = [rules_lines.cart_line(skus[line.sku_id], line) for line in selected]
    goods = goods_prices(wanted, currency=CURRENCY, offer=offer)
    gifts = gifts_of(goods.draft.earned, pieces_of(wanted))
    if gifts.earned:
        goods = goods_prices([*wanted, *candidates(gifts)], currency=CURRENCY, offer=offer)
    shown |= {
        line.id: replace(line, price=priced.unit_price, amount=priced.amount)
        for line, priced in zip(selected, goods.lines, strict=False)  # gifts come last
    }
    valid = [line for line in shown.values() if not _is_invalid(line)]
    groups: dict[MerchantId, list[CartLine]] = {}
    for line in valid:
        groups.setdefault(skus[line.sku_id].merchant_id, []).append(line)
    amount = total([line.amount for line in goods.lines], CURRENCY)
    payable = total([line.payable for line in goods.lines], CURRENCY)
    return Cart(
        groups=[
            CartGroup(
                merchant=cards[merchant_id],
                lines=group,
                selected_amount=_sum_of([line for line in group if line.is_selected]),
                discounts=[
                    one.shown(language) for one in goods.draft.discounts if one.merchant_id == merchant_id
                ],
                hints=hints(nexts_of(goods.draft.nexts, merchant_id), offer, language),
                gifts=gift_offers(gifts, goods.lines, merchant_id, language),
            )
            for merchant_id, group in groups.items()
        ],
        invalid_lines=[line for line in shown.values() if _is_invalid(line)],
        piece_count=sum(line.quantity for line in shown.values()),
        selected_count=sum(line.quantity for line in selected),
        hints=hints(nexts_of(goods.draft.nexts, None), offer, language),
        goods_amount=amount,
        discount_amount=amount - payable,
        total=payable,
    )


def _cart_line(line: StoredLine, sku: SkuForSale, available: Mapping[SkuId, int], language: str) -> CartLine:
    left = available.get(line.sku_id, 0)
    price_each = unit_price(sku.price, sku.tiers, line.quantity)
    return CartLine(
        id=line.id,
        sku_id=line.sku_id,
        product_id=sku.product_id,
        title=sku.title.of(language),
        choice_name=sku.choice_name.of(language),
        image=sku.image,
        price=price_each,
        quantity=line.quantity,
        amount=price_each * line.quantity,
        available=max(min(left, AVAILABLE_SHOWN_MAX), 0),
        is_selected=line.is_selected,
        problem=line_problem(line.quantity, left, is_for_sale=sku.is_for_sale),
        single_price=sku.price,
        tiers=sku.tiers,
    )


def line_problem(quantity: int, available: int, *, is_for_sale: bool) -> LineProblem | None:
    """Return why a line cannot be bought as it stands."""
    if not is_for_sale:
        return LineProblem.NOT_FOR_SALE
    if available <= 0:
        return LineProblem.SOLD_OUT
    return LineProblem.SHORT if available < quantity else None


def _is_invalid(line: CartLine) -> bool:
    return line.problem in {LineProblem.NOT_FOR_SALE, LineProblem.SOLD_OUT}


def _sum_of(lines: Sequence[CartLine]) -> Money:
    return total([line.amount for line in lines], CURRENCY)


# -- the checkout -------------------------------------------------------------------------------------------


def only_buyable(basket: Basket, shortages: Sequence[Shortage]) -> Basket:
    """Leave out what the cart shows apart: what is off the shelf or sold out."""
    sold_out = {shortage.sku_id for shortage in shortages if shortage.available <= 0}
    pieces = [
        (sku_id, quantity)
        for sku_id, quantity in basket.wish.pieces
        if _is_for_sale(basket, sku_id) and sku_id not in sold_out
    ]
    kept = {sku_id for sku_id, _ in pieces}
    return replace(
        basket,
        wish=replace(basket.wish, pieces=pieces),
        allocations=[part for part in basket.allocations if part.sku_id in kept],
    )


def require_for_sale(basket: Basket) -> None:
    """Check that everything wanted can be bought. Raises: NotForSale (409)."""
    gone = [str(sku_id) for sku_id, _ in basket.wish.pieces if not _is_for_sale(basket, sku_id)]
    if gone:
        raise NotForSale(sku_ids=gone)


def calculate(basket: Basket) -> Calculation:
    """Price a basket: one order per merchant, in the order in which the wish first names each.

    Everything in it is for sale and allocated. Raises: AreaNotServed, MethodNotOffered (409 each).
    """
    sellers = _merchants(basket)
    lines = [*_bought_lines(basket), *candidates(basket.gifts)]
    goods = goods_prices(lines, currency=CURRENCY, offer=basket.offer)
    offered = {merchant_id: _offers(basket, goods.lines, merchant_id) for merchant_id in sellers}
    chosen = {merchant_id: _chosen(basket, merchant_id, found) for merchant_id, found in offered.items()}
    charges = [rules_lines.charge(merchant_id, freight) for merchant_id, freight in chosen.items()]
    priced = with_freight(goods, charges)
    shares = replay(priced.trace, CURRENCY)
    return Calculation(
        orders=[
            SoldOrder(
                merchant_id=merchant_id,
                lines=_sold_lines(basket, priced, merchant_id),
                freight=freight,
                freight_payable=_freight_payable(priced, merchant_id),
                offers=list(offered[merchant_id].values()),
                note=basket.wish.notes.get(str(merchant_id), ""),
                discounts=[one for one in priced.discounts if one.merchant_id == merchant_id],
                freight_discounts=rules_coupons.freight_discounts(
                    priced, basket.offer.coupons, merchant_id=merchant_id
                ),
                total=shares[merchant_id],
            )
            for merchant_id, freight in chosen.items()
        ],
        gifts=basket.gifts,
        priced=priced,
        inputs=inputs_of(lines, charges, currency=CURRENCY, offer=basket.offer),
        uses=uses(priced.trace, priced.lines, basket.offer.index),
        used_up=_used_up(priced.passed, basket.offer),
        recipient=_recipient(basket.address) if basket.address and _travels(basket, goods.lines) else None,
        needs_address=_travels(basket, goods.lines),
    )


def _bought_lines(basket: Basket) -> list[PriceLine]:
    return [
        rules_lines.sold_line(basket.skus[part.sku_id], part)
        for merchant_id in _merchants(basket)
        for part in _parts(basket, merchant_id)
    ]


def earned_gifts(basket: Basket) -> list[Earned]:
    """Return the rules whose gifts the goods of a basket earn; what is not known or sent by nobody earns nothing."""
    known = [piece for piece in basket.wish.pieces if piece[0] in basket.skus]
    lines = _bought_lines(replace(basket, wish=replace(basket.wish, pieces=known)))
    return goods_prices(lines, currency=CURRENCY, offer=basket.offer).draft.earned


def _travels(basket: Basket, lines: Sequence[PricedLine]) -> bool:
    return any(_sku_of(basket, line).kind is ProductKind.PHYSICAL for line in lines)


def _sku_of(basket: Basket, line: PricedLine) -> SkuForSale:
    return basket.gifts.skus[line.sku_id] if gift_of(line) else basket.skus[line.sku_id]


def _freight_payable(priced: Priced, merchant_id: MerchantId) -> Money:
    return total([one.payable for one in priced.freight if one.merchant_id == merchant_id], CURRENCY)


def _used_up(passed: Sequence[Passed], offer: Offer) -> list[Text]:
    rules = [offer.index.by_id.get(one.promotion_id) for one in passed if one.reason is NotApplied.USED_UP]
    return [rule.name for rule in rules if rule]


def _is_for_sale(basket: Basket, sku_id: SkuId) -> bool:
    return sku_id in basket.skus and basket.skus[sku_id].is_for_sale


def _merchants(basket: Basket) -> list[MerchantId]:
    return list(dict.fromkeys(basket.skus[sku_id].merchant_id for sku_id, _ in basket.wish.pieces))


def _parts(basket: Basket, merchant_id: MerchantId) -> list[Allocation]:
    """Return where a merchant's pieces come from, in the order of the wish."""
    place = {sku_id: index for index, (sku_id, _) in enumerate(basket.wish.pieces)}
    mine = [part for part in basket.allocations if basket.skus[part.sku_id].merchant_id == merchant_id]
    return sorted(mine, key=lambda part: (place[part.sku_id], part.warehouse_id))


def _offers(
    basket: Basket, lines: Sequence[PricedLine], merchant_id: MerchantId
) -> dict[ShippingMethod, Freight]:
    """Return what carries a merchant's goods; thresholds are measured on what the discounts left of those that
    travel. Codes and vouchers alone need no carrying.
    """
    travelling = [
        line
        for line in lines
        if line.merchant_id == merchant_id and _sku_of(basket, line).kind is ProductKind.PHYSICAL
    ]
    # A gift comes along and costs no freight, unless nothing else travels.
    carried = [line for line in travelling if not gift_of(line)] or travelling
    goods = [rules_lines.goods(_sku_of(basket, line), line) for line in carried]
    if not goods:
        return {ShippingMethod.VIRTUAL: no_freight(CURRENCY)}
    found = offers(
        goods,
        basket.templates[merchant_id],
        area_code=basket.address.area_code if basket.address else None,
        currency=CURRENCY,
    )
    if not found:
        raise AreaNotServed(merchant_id=str(merchant_id), sku_ids=[str(one.sku_id) for one in goods])
    return found


def _chosen(basket: Basket, merchant_id: MerchantId, offered: Mapping[ShippingMethod, Freight]) -> Freight:
    wanted = basket.wish.shipping.get(str(merchant_id))
    if wanted is None:
        return next(iter(offered.values()))
    if wanted not in offered:
        raise MethodNotOffered(merchant_id=str(merchant_id), offered=[str(method) for method in offered])
    return offered[wanted]


def _sold_lines(basket: Basket, priced: Priced, merchant_id: MerchantId) -> list[SoldLine]:
    return [
        SoldLine(sku=_sku_of(basket, line), priced=line)
        for line in priced.lines
        if line.merchant_id == merchant_id
    ]


def _recipient(address: Address) -> Recipient:
    return Recipient(
        recipient=address.recipient,
        phone=address.phone,
        area_code=address.area_code,
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
        postcode=address.postcode,
    )
