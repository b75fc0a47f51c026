"""Money in integer minor units (分), one rounding rule and one way to divide.

Every division of money in Jishi goes through `round_half_up` or `split`, so parts always add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.exact import Exact

BASIS_POINTS = 10_000
AMOUNT_MAX = 2**53 - 1  # what every reader of JSON holds exactly


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency: `amount_minor` in its smallest unit (分 for CNY), `currency` as ISO 4217."""

    amount_minor: Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX, examples=[1250]), Exact]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, pieces: int) -> "Money":
        return Money(self.amount_minor * pieces, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount_minor <= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ProgrammingError(f"{self.currency} and {other.currency} do not mix")
        return other.amount_minor


def zero(currency: str) -> Money:
    """Return no money at all, of `currency`."""
    return Money(0, currency)


def total(amounts: Sequence[Money], currency: str) -> Money:
    """Add up `amounts`, all of `currency`; an empty sequence is zero."""
    return sum(amounts, zero(currency))


def round_half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator to the nearest integer, halves away from zero; denominator > 0."""
    if denominator <= 0:
        raise ProgrammingError("denominator must be positive")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def share(amount_minor: int, basis_points: int) -> int:
    """Return `basis_points` (1/10 000) of `amount_minor`, rounded half up."""
    return round_half_up(amount_minor * basis_points, BASIS_POINTS)


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide `amount_minor` in proportion to `weights` so that the parts add up exactly.

    Largest-remainder method (Hamilton): every part is the floor of its exact share, and the units left over
    go to the largest remainders, the heavier weight and then the earlier position first. Weights are ≥ 0; when
    all are zero they count as equal. A negative amount is the mirror image of the positive one.
    Raises: ProgrammingError for no weights or a negative one.
    """
    if not weights or min(weights) < 0:
        raise ProgrammingError("split needs weights, none of them negative")
    if amount_minor < 0:
        return [-part for part in split(-amount_minor, weights)]
    whole = sum(weights)
    shares = list(weights) if whole else [1] * len(weights)
    whole = whole or len(weights)
    parts = [amount_minor * weight // whole for weight in shares]
    by_remainder = sorted(
        range(len(shares)),
        key=lambda i: (-(amount_minor * shares[i] % whole), -shares[i], i),
    )
    for i in by_remainder[: amount_minor - sum(parts)]:
        parts[i] += 1
    return parts
