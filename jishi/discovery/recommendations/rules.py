"""What recommending decides: how much a deed says, how lists are mixed, and what may stand beside what."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random
from typing import TypeVar

One = TypeVar("One")

FADING_HALF = 20  # products back in what somebody did, a deed says half as much
AGE_HALF_DAYS = 30.0  # so old, a deed says half as much about its product
FULL_WEIGHT = 5.0  # of a purchase: with it, everything is said


def fading(position: int) -> float:
    """Return how much the product says that somebody touched `position` products ago (0: the last one)."""
    return float(0.5 ** (position / FADING_HALF))


def ageing(age_days: float) -> float:
    """Return how much a deed of so many days ago says for training."""
    return float(0.5 ** (max(age_days, 0.0) / AGE_HALF_DAYS))


def spread(ranked: Iterable[One], *groups: Callable[[One], Hashable], most: int) -> list[One]:
    """Return the ranked with at most `most` of each group in any run as long as the groups need, without losing one.

    What is over a group's measure is not dropped but stands behind, where its group has room again.
    """
    rest, shown = list(ranked), []
    while rest:
        counts: dict[tuple[int, Hashable], int] = {}
        behind = []
        for one in rest:
            keys = [(number, group(one)) for number, group in enumerate(groups)]
            if any(counts.get(key, 0) >= most for key in keys):
                behind.append(one)
                continue
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
            shown.append(one)
        rest = behind
    return shown


def explored(ranked: Sequence[One], fresh: Sequence[One], *, every: int, seed: str) -> list[One]:
    """Return the ranked with one of the fresh in each run of `every` places, drawn and placed by the seed.

    The same seed gives the same list. What is ranked already is not drawn.
    """
    dice = Random(seed)
    known = set(ranked)
    drawn = [one for one in fresh if one not in known]
    dice.shuffle(drawn)
    shown: list[One] = []
    for start in range(0, len(ranked), every - 1):
        run = list(ranked[start : start + every - 1])
        if drawn and len(run) == every - 1:
            run.insert(dice.randrange(1, every), drawn.pop())
        shown += run
    return shown
