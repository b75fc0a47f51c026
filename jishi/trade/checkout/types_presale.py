"""The checkout of a pre-sale."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from jishi.kernel.ids import AddressId
from jishi.kernel.money import Money
from jishi.offering.presale.types import PresalePieces, PresaleTerms
from jishi.trade.checkout.types import MerchantKey, Note, Quote
from jishi.trade.shipping.types import ShippingMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleQuoteRequest:
    """Price `quantity` pieces of a pre-sale. `shipping` and `notes` map the merchant's id to a method and a note."""

    quantity: PresalePieces = 1
    address_id: AddressId | None = None
    shipping: Annotated[dict[MerchantKey, ShippingMethod], Field(max_length=1)] = field(default_factory=dict)
    notes: Annotated[dict[MerchantKey, Note], Field(max_length=1)] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleQuote:
    """A quote that is paid in two: deposit + balance = the quote's total; the freight is in the balance."""

    quote: Quote
    deposit: Money
    balance: Money
    terms: PresaleTerms
