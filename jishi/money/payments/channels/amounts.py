"""Amounts on the wire: minor units here, yuan with two decimals there. No float anywhere."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_YUAN = re.compile(r"(?P<sign>-?)(?P<yuan>[0-9]{1,12})(?:\.(?P<fraction>[0-9]{1,2}))?")


def yuan_of(amount_minor: int) -> str:
    """Write minor units as yuan with exactly two decimals: 1250 → '12.50'."""
    sign = "-" if amount_minor < 0 else ""
    yuan, fen = divmod(abs(amount_minor), 100)
    return f"{sign}{yuan}.{fen:02d}"


def minor_of(yuan: str) -> int:
    """Read yuan with up to two decimals as minor units: '12.5' → 1250.

    Raises: ValueError for anything that is not such a number, a third decimal included.
    """
    match = _YUAN.fullmatch(yuan)
    if match is None:
        raise ValueError(f"{yuan!r} is not an amount in yuan")
    amount_minor = int(match["yuan"]) * 100 + int((match["fraction"] or "0").ljust(2, "0"))
    return -amount_minor if match["sign"] else amount_minor


def fee_minor_of(yuan: str) -> int:
    """Read a fee, which bills write with up to five decimals, rounded half up to minor units.

    Raises: ValueError.
    """
    try:
        return int((Decimal(yuan or "0") * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation as error:
        raise ValueError(f"{yuan!r} is not a fee in yuan") from error
