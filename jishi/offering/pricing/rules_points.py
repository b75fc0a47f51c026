"""Step 7: points, a discount on goods that the platform pays; never on freight."""

from collections.abc import Sequence
from dataclasses import replace

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.money import BASIS_POINTS, Money, split
from jishi.offering.pricing.rules_draft import canonical
from jishi.offering.pricing.types import Funder, FunderShare, PricedLine, PriceStep, TraceStep

BY_PLATFORM = FunderShare(funder=Funder.PLATFORM, basis_points=BASIS_POINTS)


def points(lines: Sequence[PricedLine], worth_minor: int) -> tuple[list[PricedLine], list[TraceStep]]:
    """Take points worth so many minor units off the goods, as far as something is left of them.

    By largest remainder over what is left of each line; lines come back in the order they were given.
    Raises: ProgrammingError when they are worth less than nothing.
    """
    if worth_minor < 0:
        raise ProgrammingError("points are worth something")
    left = sum(line.payable.amount_minor for line in lines)
    used = min(worth_minor, left)
    if not used:
        return list(lines), []
    places = sorted(range(len(lines)), key=lambda i: (canonical(lines[i]), lines[i].payable.amount_minor))
    found, trace = list(lines), []
    for place, part in zip(places, split(used, [lines[i].payable.amount_minor for i in places]), strict=True):
        if part:
            found[place] = _less(lines[place], part)
            trace.append(_step(lines[place], part))
    return found, trace


def _less(line: PricedLine, amount_minor: int) -> PricedLine:
    amount = Money(amount_minor, line.payable.currency)
    return replace(line, points_discount=line.points_discount + amount, payable=line.payable - amount)


def _step(line: PricedLine, amount_minor: int) -> TraceStep:
    return TraceStep(
        step=PriceStep.POINTS,
        rule_id="points",
        rule_version=1,
        amount=Money(-amount_minor, line.payable.currency),
        merchant_id=line.merchant_id,
        sku_id=line.sku_id,
        funders=[BY_PLATFORM],
    )
