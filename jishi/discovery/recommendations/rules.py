"""What recommending decides: how much a deed says, how lists are mixed, and what may stand beside what."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random
from typing import TypeVar

from jishi.discovery.behaviour.types import BehaviourKind

One = TypeVar("One")

FADING_HALF = 20  # products back in what somebody did, a deed says half as much
AGE_HALF_DAYS = 30.0  # so old, a deed says half as much about its product
ALIKE_MIN = 0.3  # of the score of what is most like a product: what is less like it is not called similar
CONTENT_SHARE = 0.3
TRUST_HALF = 20.0  # people who have to do with a product until half of what they say of it is believed
FULL_WEIGHT = 5.0  # of a purchase: with it, everything is said
# How much a deed says; what is not named says nothing.
WEIGHTS = {
    BehaviourKind.VIEW: 1.0,
    BehaviourKind.CLICK: 1.0,
    BehaviourKind.ADD: 3.0,
    BehaviourKind.FAVOURITE: 3.0,
    BehaviourKind.BUY: FULL_WEIGHT,
}


def fading(position: int) -> float:
    """Return how much the product says that somebody touched `position` products ago (0: the last one)."""
    return float(0.5 ** (position / FADING_HALF))


def trust(evidence: float) -> float:
    """Return how far what people did with a product is believed, from 0 to 1.

    `evidence`: the product's sum over people, of whom each counts 1 at most.
    """
    return evidence / (evidence + TRUST_HALF)


def ageing(age_days: float) -> float:
    """Return how much a deed of so many days ago says for training."""
    return float(0.5 ** (max(age_days, 0.0) / AGE_HALF_DAYS))


def alike(score: float, *, best: float, trust: float) -> float:
    """Return how much it says that a product is like one that somebody touched; `best` is the most alike's score.

    Beside people who are believed, a little by how alike the two are; without them, by the place among all alike.
    """
    part = score / best
    return trust * CONTENT_SHARE * score + (1.0 - trust) * (part if part >= ALIKE_MIN else 0.0)


def spread(ranked: Iterable[One], *groups: Callable[[One], Hashable], most: int) -> list[One]:
    """Return the ranked in rounds that take at most `most` of each group, so that none fills the first screens.

    Nothing is lost: what is over the measure of a round stands in a later one.
    """
    rest, shown = list(ranked), list[One]()
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


def drawn(found: Sequence[One], *, count: int, seed: str) -> list[One]:
    """Return up to `count` of the found, drawn by the seed: the same seed draws the same."""
    return Random(seed).sample(list(found), min(count, len(found)))


def explored(ranked: Sequence[One], fresh: Sequence[One], *, every: int, seed: str) -> list[One]:
    """Return the ranked with one of the fresh in each whole run of `every` places, but never in the first.

    The seed says where: the same one gives the same list.
    """
    dice, left = Random(seed), list(fresh)
    shown: list[One] = []
    for start in range(0, len(ranked), every - 1):
        run = list(ranked[start : start + every - 1])
        if left and len(run) == every - 1:
            run.insert(dice.randrange(1, every), left.pop(0))
        shown += run
    return shown
