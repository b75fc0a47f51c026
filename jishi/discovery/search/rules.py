"""Fairness between merchants: pure. docs/algorithms/ranking.md says what it promises."""

from collections import Counter
from collections.abc import Sequence

PER_PAGE = 24  # places that are looked at together
MOST = 8  # places of them for one merchant, while others match about as well
AS_WELL = 0.85  # of the score of what would stand there otherwise
WINDOW = 120  # the first places of a list, which this is about


def spread(sellers: Sequence[int], scores: Sequence[float]) -> list[int]:
    """Return an order of the candidates, which come best first, in which of every `PER_PAGE` places no merchant takes
    more than `MOST` while somebody else's product matches about as well.

    A permutation; what one merchant sells stays in its order, and nothing moves that need not.
    """
    if not _is_crowded(sellers):
        return list(range(len(sellers)))
    waiting, order = list(range(len(sellers))), list[int]()
    taken: Counter[int] = Counter()
    while waiting:
        if len(order) % PER_PAGE == 0:
            taken.clear()
        place = _next(waiting, sellers, scores, taken)
        taken[sellers[waiting[place]]] += 1
        order.append(waiting.pop(place))
    return order


def _is_crowded(sellers: Sequence[int]) -> bool:
    if len(set(sellers)) < 2:
        return False
    pages = (sellers[start : start + PER_PAGE] for start in range(0, len(sellers), PER_PAGE))
    return any(max(Counter(page).values()) > MOST for page in pages)


def _next(
    waiting: Sequence[int], sellers: Sequence[int], scores: Sequence[float], taken: Counter[int]
) -> int:
    """Return which of those who wait comes next: the best, or of those who match as well the first whose merchant
    has not had his share.
    """
    least = scores[waiting[0]] * AS_WELL
    for place, candidate in enumerate(waiting):
        if scores[candidate] < least:
            break
        if taken[sellers[candidate]] < MOST:
            return place
    return 0
