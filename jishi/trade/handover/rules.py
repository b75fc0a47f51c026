"""What a voucher is at an instant, and how its number is written. Pure."""

from datetime import datetime

from jishi.trade.handover.types import VoucherState


def state_of(
    *, redeemed_at: datetime | None, void_at: datetime | None, expires_at: datetime, now: datetime
) -> VoucherState:
    """Return a voucher's state at an instant."""
    if redeemed_at is not None:
        return VoucherState.USED
    if void_at is not None:
        return VoucherState.VOID
    return VoucherState.EXPIRED if expires_at <= now else VoucherState.UNUSED


def digits_of(text: str) -> str:
    """Return a voucher's number as it is kept, of what somebody typed."""
    return "".join(one for one in text if one.isdigit())
