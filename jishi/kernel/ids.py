"""Identifiers: UUIDv7 for machines (time-ordered: indexes grow at one end), short checked numbers for people."""

from datetime import date
from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

UserId = NewType("UserId", UUID)
AddressId = NewType("AddressId", UUID)
MerchantId = NewType("MerchantId", UUID)
CategoryId = NewType("CategoryId", UUID)
BrandId = NewType("BrandId", UUID)
StoreCategoryId = NewType("StoreCategoryId", UUID)
ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
PromotionId = NewType("PromotionId", UUID)
CouponTemplateId = NewType("CouponTemplateId", UUID)
CouponId = NewType("CouponId", UUID)
FlashSessionId = NewType("FlashSessionId", UUID)
FlashItemId = NewType("FlashItemId", UUID)
PresaleId = NewType("PresaleId", UUID)
SaleEventId = NewType("SaleEventId", UUID)
SharedProductId = NewType("SharedProductId", UUID)
MediaId = NewType("MediaId", UUID)
WarehouseId = NewType("WarehouseId", UUID)
CartLineId = NewType("CartLineId", UUID)
QuoteId = NewType("QuoteId", UUID)
TradeId = NewType("TradeId", UUID)
OrderId = NewType("OrderId", UUID)
OrderLineId = NewType("OrderLineId", UUID)
ParcelId = NewType("ParcelId", UUID)
PaymentId = NewType("PaymentId", UUID)
PaymentPartId = NewType("PaymentPartId", UUID)
RefundId = NewType("RefundId", UUID)
JournalId = NewType("JournalId", UUID)
StatementId = NewType("StatementId", UUID)
PayoutId = NewType("PayoutId", UUID)
VisitorId = NewType("VisitorId", UUID)
ReviewId = NewType("ReviewId", UUID)
EventId = NewType("EventId", UUID)

_NUMBER_SPACE = 10**8
_SCATTER = 48_271_567  # coprime to 10**8, so that consecutive sequence values do not tell the day's sales


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return uuid7()


def order_number(sequence: int, on: date) -> str:
    """Return the number people read: yymmdd, eight scattered digits of `sequence`, one Luhn check digit.

    Unique for 10**8 consecutive sequence values of a day.
    """
    body = f"{on:%y%m%d}{sequence * _SCATTER % _NUMBER_SPACE:08d}"
    return body + str(luhn_digit(body))


def luhn_digit(digits: str) -> int:
    """Return the Luhn check digit (ISO/IEC 7812-1, annex B) to append to `digits`."""
    doubled = (int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10
