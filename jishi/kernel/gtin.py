"""Global Trade Item Numbers, the numbers under bar codes: their check digit, and the one form they are kept in."""

import re

GTIN_LENGTHS = (8, 12, 13, 14)
_BETWEEN_DIGITS = re.compile(r"[\s-]")


def normal_gtin(text: str) -> str:
    """Return a Global Trade Item Number in its one form: digits alone, in the shortest of the four lengths.

    The lengths differ by zeros in front (GS1 General Specifications, section 3.3.2): 012345678905 and 0012345678905
    name the same goods. What is none is returned as it is, trimmed.
    """
    digits = _BETWEEN_DIGITS.sub("", text)
    if not is_gtin(digits):
        return text.strip()
    bare = digits.lstrip("0")
    return bare.zfill(next(length for length in GTIN_LENGTHS if len(bare) <= length))


def is_gtin(digits: str) -> bool:
    """Say whether these are 8, 12, 13 or 14 digits, the last of which checks the others (GS1, section 7.9.1)."""
    if len(digits) not in GTIN_LENGTHS or not digits.isascii() or not digits.isdigit() or not int(digits):
        return False
    return check_digit(digits[:-1]) == int(digits[-1])


def check_digit(digits: str) -> int:
    """Return the digit that stands behind these ones: weighed 3, 1, 3, … from the right they add up to tens."""
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -sum(weighed) % 10


def is_gtin_or_none(text: str) -> bool:
    """Say whether a text names no goods, or names them as it should."""
    return not text.strip() or is_gtin(_BETWEEN_DIGITS.sub("", text))


def gtin_forms(gtin: str) -> list[str]:
    """Return every length that people may write a number in."""
    return [gtin.zfill(length) for length in GTIN_LENGTHS if length >= len(gtin)] if gtin else []
