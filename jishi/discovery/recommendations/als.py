"""Matrix factorisation of what people did without saying what they think of it.

Y. Hu, Y. Koren, C. Volinsky, Collaborative Filtering for Implicit Feedback Datasets (ICDM 2008): preference 1
wherever something was done, with confidence 1 + αw; people's and products' factors are solved for in turns.
"""

import numpy as np
from scipy import sparse

from jishi.discovery.recommendations.matrix import Floats

FACTORS = 48
REGULARISATION = 20.0
CONFIDENCE = 2.0  # α
ROUNDS = 8
SEED = 20_260_101
PRODUCTS_MAX = 50_000


def factors(
    weights: sparse.csr_matrix,
    *,
    size: int = FACTORS,
    regularisation: float = REGULARISATION,
    confidence: float = CONFIDENCE,
    rounds: int = ROUNDS,
) -> tuple[Floats, Floats]:
    """Return the factors of people and of products; the same matrix always gives the same."""
    start = np.random.default_rng(SEED)
    people = start.normal(0.0, 0.01, (weights.shape[0], size))
    products = start.normal(0.0, 0.01, (weights.shape[1], size))
    turned = weights.T.tocsr()
    for _ in range(rounds):
        people = _solved(weights, products, regularisation, confidence)
        products = _solved(turned, people, regularisation, confidence)
    return people, products


def unit(vectors: Floats) -> Floats:
    """Return the vectors at length 1, those of length 0 as they are: their products are cosines."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


def _solved(weights: sparse.csr_matrix, fixed: Floats, regularisation: float, confidence: float) -> Floats:
    """Solve (FᵀF + Fᵀ(C − I)F + λI) x = FᵀC p for each row; only what was done enters the middle term."""
    base = fixed.T @ fixed + regularisation * np.eye(fixed.shape[1])
    solved = np.zeros((weights.shape[0], fixed.shape[1]))
    for row in range(weights.shape[0]):
        span = slice(weights.indptr[row], weights.indptr[row + 1])
        done = fixed[weights.indices[span]]
        extra = confidence * weights.data[span]
        solved[row] = np.linalg.solve(base + (done.T * extra) @ done, done.T @ (1.0 + extra))
    return solved
