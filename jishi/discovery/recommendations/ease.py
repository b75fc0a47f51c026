"""EASE: what goes with what, learnt in one step.

H. Steck, Embarrassingly Shallow Autoencoders for Sparse Data (WWW 2019): B minimises ‖X − XB‖² + λ‖B‖² with a zero
diagonal, and has the closed form B = −P / diag(P) off the diagonal, with P = (XᵀX + λI)⁻¹.
"""

import numpy as np
from scipy import sparse

from jishi.discovery.recommendations.matrix import Floats

REGULARISATION = 7.0  # λ as a multiple of the mean of the diagonal of XᵀX, so that it fits any size
PRODUCTS_MAX = 4_000  # three matrices of products × products × 8 bytes: 400 MB


def item_weights(weights: sparse.csr_matrix, *, regularisation: float | None = None) -> Floats:
    """Return B (products × products): row i says how much having i speaks for each other product.

    `regularisation` is λ itself.
    """
    gram = (weights.T @ weights).toarray().astype(np.float64)
    mean = float(np.mean(np.diag(gram))) if len(gram) else 0.0
    gram[np.diag_indices_from(gram)] += REGULARISATION * mean if regularisation is None else regularisation
    inverse = np.linalg.inv(gram)
    # The Gram matrix is symmetric: dividing the columns by the diagonal is the formula as it is printed.
    learnt: Floats = -inverse / np.diag(inverse)
    np.fill_diagonal(learnt, 0.0)
    return learnt
