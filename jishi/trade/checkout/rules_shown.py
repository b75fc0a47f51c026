"""A calculation as people see it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import AddressId, MerchantId, QuoteId
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY
from jishi.offering.pricing.types import PricedLine, gift_of
from jishi.trade.checkout.rules_gifts import offers as gift_offers
from jishi.trade.checkout.types import (
    Calculation,
    Quote,
    QuoteFreight,
    QuoteLine,
    QuoteOrder,
    SoldLine,
    SoldOrder,
)
from jishi.trade.checkout.types_explained import Explained
from jishi.trade.shipping.rules import option


def show_quote(
    calculation: Calculation,
    cards: Mapping[MerchantId, MerchantCard],
    *,
    quote_id: QuoteId,
    address_id: AddressId | None,
    language: str,
    quoted_at: datetime,
    expires_at: datetime,
    explained: Explained,
) -> Quote:
    """Return a calculation as people see it."""
    orders = [
        replace(
            _quote_order(order, cards[order.merchant_id], explained, language),
            gifts=gift_offers(calculation.gifts, calculation.priced.lines, order.merchant_id, language),
        )
        for order in calculation.orders
    ]
    return Quote(
        id=quote_id,
        address_id=address_id,
        orders=orders,
        goods_amount=total([order.goods_amount for order in orders], CURRENCY),
        freight_amount=total([order.freight.payable for order in orders], CURRENCY),
        discount_amount=total([order.discount_amount for order in orders], CURRENCY),
        total=calculation.priced.total,
        trace=calculation.priced.trace,
        used_up=[name.of(language) for name in calculation.used_up],
        quoted_at=quoted_at,
        expires_at=expires_at,
        rules=explained.rules,
        passed=explained.passed,
        hints=explained.hints.get(None, []),
        needs_address=calculation.needs_address,
    )


def _quote_order(order: SoldOrder, card: MerchantCard, explained: Explained, language: str) -> QuoteOrder:
    lines = [_quote_line(line, language) for line in order.lines]
    return QuoteOrder(
        merchant=card,
        lines=lines,
        freight=QuoteFreight(
            method=order.freight.method, amount=order.freight.amount, payable=order.freight_payable
        ),
        shipping_options=[option(offer, language=language) for offer in order.offers],
        discounts=[one.shown(language) for one in order.discounts],
        goods_amount=total([line.amount for line in lines], CURRENCY),
        discount_amount=total([line.discount for line in lines], CURRENCY),
        total=order.total,
        hints=explained.hints.get(order.merchant_id, []),
    )


def _quote_line(line: SoldLine, language: str) -> QuoteLine:
    priced, sku = line.priced, line.sku
    return QuoteLine(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        warehouse_id=priced.warehouse_id,
        title=sku.title.of(language),
        choice_name=sku.choice_name.of(language),
        image=sku.image,
        unit_price=priced.unit_price,
        quantity=priced.quantity,
        amount=priced.amount,
        discount=_discount(priced),
        payable=priced.payable,
        is_gift=bool(gift_of(priced)),
    )


def _discount(line: PricedLine) -> Money:
    return line.merchant_discount + line.platform_discount + line.points_discount
