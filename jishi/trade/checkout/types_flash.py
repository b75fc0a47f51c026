"""The checkout of a flash sale."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from jishi.kernel.ids import AddressId
from jishi.offering.flash.types import PerBuyer, Token
from jishi.trade.checkout.types import MerchantKey, Note
from jishi.trade.shipping.types import ShippingMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashQuoteRequest:
    """Price `quantity` pieces of a flash item; `admission` is the gate's token.

    `shipping` and `notes` map the merchant's id to a method and a note.
    """

    admission: Token
    quantity: PerBuyer = 1
    address_id: AddressId | None = None
    shipping: Annotated[dict[MerchantKey, ShippingMethod], Field(max_length=1)] = field(default_factory=dict)
    notes: Annotated[dict[MerchantKey, Note], Field(max_length=1)] = field(default_factory=dict)
