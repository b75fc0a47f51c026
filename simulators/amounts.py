"""Yuan as text and minor units, on the companies' side."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

FEE_RATE = Decimal("0.006")


def minor_from_yuan(text: str) -> int:
    """Read '12.50' as 1250. Raises: ValueError for more than two decimals, or what is no positive number."""
    try:
        fen = Decimal(text) * 100
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not fen.is_finite() or fen != fen.to_integral_value() or fen <= 0:
        raise ValueError(text)
    return int(fen)


def yuan_from_minor(amount_minor: int) -> str:
    """Write 1250 as '12.50'."""
    return str((Decimal(amount_minor) / 100).quantize(Decimal("0.01")))


def fee_minor(amount_minor: int) -> int:
    """Return a channel's fee of 0.6 %, rounded half up."""
    return int((Decimal(amount_minor) * FEE_RATE).quantize(Decimal(1), ROUND_HALF_UP))
