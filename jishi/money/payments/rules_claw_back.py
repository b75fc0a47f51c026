"""How much of a lost discount a refund can withhold, and where what is due of each side comes from. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from jishi.kernel.money import round_half_up, split
from jishi.money.payments.types import Clawed


def capped(clawed: Sequence[Clawed], most: int) -> tuple[Clawed, ...]:
    """Return what can be withheld of `most`: all of it, or everything in proportion."""
    wanted = [one for one in clawed if one.amount]
    if not wanted:
        return ()
    amounts = split(min(most, sum(one.amount for one in wanted)), [one.amount for one in wanted])
    return tuple(
        replace(one, amount=amount, platform=round_half_up(one.platform * amount, one.amount))
        for one, amount in zip(wanted, amounts, strict=True)
        if amount
    )


def spread(amount: int, due: Sequence[int], left: Sequence[int]) -> list[int]:
    """Divide what one side gives back over the lines by what each of them is due, never more than it has left.

    Nothing is taken back from a line that gave too much already: the others give less.
    """
    weights = [max(0, min(one, most)) for one, most in zip(due, left, strict=True)]
    wanted = max(0, min(amount, sum(weights)))
    return split(wanted, weights) if wanted else [0] * len(weights)
