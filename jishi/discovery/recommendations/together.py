"""What is bought together: pairs of the same checkout, against how often each of the two is bought at all.

The cosine of two products over the buyers: B. Sarwar et al., Item-Based Collaborative Filtering (WWW 2001).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import sqrt
from uuid import UUID

from jishi.kernel.ids import ProductId

BUYERS_MIN = 2  # one person's basket is nobody else's business
BASKET_MAX = 30  # who buys more in one checkout stocks a shop; its pairs say little
NEIGHBOURS = 24


def pairs(
    bought: Iterable[tuple[UUID, list[ProductId]]],
) -> Iterator[tuple[ProductId, list[tuple[ProductId, float]]]]:
    """Yield each product with what at least `BUYERS_MIN` people bought with it, the best first."""
    buyers: set[tuple[UUID, ProductId]] = set()
    together: set[tuple[UUID, ProductId, ProductId]] = set()
    for buyer, basket in bought:
        kept = sorted(set(basket))
        buyers.update((buyer, one) for one in kept)
        if len(kept) <= BASKET_MAX:
            together.update((buyer, *pair) for pair in combinations(kept, 2))
    alone = Counter(one for _, one in buyers)
    counts = Counter((one, other) for _, one, other in together)
    found: dict[ProductId, list[tuple[ProductId, float]]] = {}
    for (one, other), people in counts.items():
        if people >= BUYERS_MIN:
            score = people / sqrt(alone[one] * alone[other])
            found.setdefault(one, []).append((other, score))
            found.setdefault(other, []).append((one, score))
    for one, others in sorted(found.items()):
        yield one, sorted(others, key=lambda pair: (-pair[1], pair[0]))[:NEIGHBOURS]
