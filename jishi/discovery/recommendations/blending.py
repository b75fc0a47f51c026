"""The two models as one: the best neighbours of each product, which is all that is kept of the training."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from jishi.discovery.recommendations import als, ease
from jishi.discovery.recommendations.matrix import Floats

COSINE_SHARE = 0.02  # how much the cosine of the factors adds to the weights of EASE
NEIGHBOURS = 50
BLOCK = 512  # rows of scores that are looked at together

Neighbours = list[tuple[int, float]]  # columns with their scores, the best first


def neighbours(
    weights: sparse.csr_matrix, products: Floats, *, keep: int = NEIGHBOURS
) -> Iterator[Neighbours]:
    """Train EASE, blend it with the products' factors, and yield the best neighbours of each product, in the order
    of the columns.

    EASE covers the `ease.PRODUCTS_MAX` columns with the largest sums; the others are met by their factors alone.
    """
    heavy = _heaviest(weights, ease.PRODUCTS_MAX)
    learnt = ease.item_weights(weights[:, heavy])
    place = {column: row for row, column in enumerate(heavy.tolist())}
    directions = als.unit(products)
    for start in range(0, weights.shape[1], BLOCK):
        scores = COSINE_SHARE * (directions[start : start + BLOCK] @ directions.T)
        for row in range(scores.shape[0]):
            own = start + row
            if own in place:
                scores[row, heavy] += learnt[place[own]]
            scores[row, own] = -np.inf
            yield best(scores[row], keep)


def best(scores: Floats, keep: int) -> Neighbours:
    """Return the columns with the highest positive scores, the best first; equals in the order of the columns."""
    top = np.argpartition(-scores, keep)[:keep] if len(scores) > keep else np.arange(len(scores))
    ordered = sorted(top.tolist(), key=lambda column: (-scores[column], column))
    return [(column, float(scores[column])) for column in ordered if scores[column] > 0]


def as_matrix(found: Sequence[Neighbours]) -> sparse.csr_matrix:
    """Return neighbours as a sparse matrix, products × products: for measuring what is served."""
    places = [(row, column, score) for row, line in enumerate(found) for column, score in line]
    rows, columns, scores = zip(*places, strict=True) if places else ((), (), ())
    return sparse.csr_matrix((scores, (rows, columns)), shape=(len(found), len(found)))


def _heaviest(weights: sparse.csr_matrix, most: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    sums = np.asarray(weights.sum(axis=0)).ravel()
    return np.sort(np.argsort(-sums, kind="stable")[:most])
