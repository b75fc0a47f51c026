"""What people did with products, as a sparse matrix: the only thing that the models are trained on."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """Weights of 0 < w ≤ 1 by person (rows) and product (columns); `people` and `products` name them."""

    people: list[Hashable]
    products: list[Any]
    weights: sparse.csr_matrix


def signals(
    found: Iterable[tuple[Hashable, Any, float]], *, full_weight: float, products_max: int
) -> Signals:
    """Gather (person, product, weight) into a matrix: weights of one pair add up, and `full_weight` counts as 1.

    Only the `products_max` products with the largest sums are kept, so that memory has a bound whatever is sold.
    Products and people stand in the order of their names: the same data always make the same matrix.
    """
    sums: dict[tuple[Any, Any], float] = {}
    for person, product, weight in found:
        sums[person, product] = sums.get((person, product), 0.0) + weight
    totals: dict[Any, float] = {}
    for (_, product), weight in sums.items():
        totals[product] = totals.get(product, 0.0) + min(weight, full_weight)
    kept = sorted(sorted(totals, key=lambda one: (-totals[one], one))[:products_max])
    column = {product: place for place, product in enumerate(kept)}
    people = sorted({person for person, product in sums if product in column})
    line = {person: place for place, person in enumerate(people)}
    cells = sorted(
        (line[person], column[product], min(weight / full_weight, 1.0))
        for (person, product), weight in sums.items()
        if product in column
    )
    values = np.array([weight for *_, weight in cells], dtype=np.float64)
    places = ([row for row, *_ in cells], [place for _, place, _ in cells])
    return Signals(people, kept, sparse.csr_matrix((values, places), shape=(len(people), len(kept))))


def popularity(weights: sparse.csr_matrix) -> Floats:
    """Return how much everybody together did with each product: the sums of the columns."""
    return np.asarray(weights.sum(axis=0), dtype=np.float64).ravel()
