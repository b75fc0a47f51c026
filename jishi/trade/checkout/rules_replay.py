"""A price that can be worked out again for ever: from kept inputs, with nothing else."""

from collections.abc import Sequence

import msgspec
from pydantic import TypeAdapter

from jishi.offering.pricing.rules import Offer, PromotionIndex, price
from jishi.offering.pricing.types import FreightCharge, Priced, PriceLine
from jishi.trade.checkout.types_replay import PriceInputs

_INPUTS = TypeAdapter(PriceInputs)


def inputs_of(
    lines: Sequence[PriceLine], freight: Sequence[FreightCharge], *, currency: str, offer: Offer
) -> PriceInputs:
    """Return what a price depends on, freed of the rules that cover none of the lines."""
    return PriceInputs(
        lines=list(lines),
        freight=list(freight),
        currency=currency,
        at=offer.at,
        buyer=offer.buyer,
        used_up=offer.used_up,
        left_minor=dict(offer.left_minor),
        promotions=[rule for rule, _ in offer.index.covering(lines)],
        coupons=list(offer.coupons),
        chosen=offer.chosen,
    )


def price_again(inputs: PriceInputs) -> Priced:
    """Return the price that the inputs give."""
    offer = Offer(
        index=PromotionIndex(inputs.promotions),
        buyer=inputs.buyer,
        at=inputs.at,
        used_up=inputs.used_up,
        left_minor=inputs.left_minor,
        coupons=inputs.coupons,
        chosen=inputs.chosen,
    )
    return price(
        inputs.lines,
        freight=inputs.freight,
        currency=inputs.currency,
        offer=offer,
        points_minor=inputs.points_minor,
    )


def written(inputs: PriceInputs) -> str:
    """Return inputs as JSON."""
    return _INPUTS.dump_json(inputs).decode()


def read(stored: str) -> PriceInputs:
    """Return inputs from their JSON."""
    return _INPUTS.validate_json(stored)


def as_bytes(priced: Priced) -> bytes:
    """Return a price as the bytes that are kept of it: two equal prices are the same bytes."""
    return msgspec.json.encode(priced)
