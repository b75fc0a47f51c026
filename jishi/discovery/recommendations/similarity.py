"""What is like what, by words and facts: for products that nobody has done anything with yet.

TF-IDF with cosine (G. Salton, C. Buckley, Term-Weighting Approaches in Automatic Text Retrieval, 1988), times how
close the prices are.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from jishi.discovery.recommendations import blending
from jishi.discovery.recommendations.blending import Neighbours
from jishi.discovery.recommendations.types import Goods

NEIGHBOURS = 24
BLOCK = 128
_RUNS = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


def terms(text: str) -> list[str]:
    """Return a text's words: of Latin script as they are, of Chinese each two neighbouring characters."""
    found: list[str] = []
    for run in _RUNS.findall(text.lower()):
        if run[0] < "\u4e00":
            found.append(run)
        else:
            found += [run[place : place + 2] for place in range(max(len(run) - 1, 1))]
    return found


def neighbours(goods: Sequence[Goods], *, keep: int = NEIGHBOURS) -> Iterator[Neighbours]:
    """Yield for each product the places of those most like it, the best first."""
    weights = _tf_idf([one.words for one in goods])
    logs = np.log(np.array([max(one.price_minor, 1) for one in goods], dtype=np.float64))
    for start in range(0, len(goods), BLOCK):
        block = (weights[start : start + BLOCK] @ weights.T).toarray()
        block /= 1.0 + np.abs(logs[start : start + BLOCK, None] - logs[None, :])
        for row in range(block.shape[0]):
            block[row, start + row] = -np.inf
            yield blending.best(block[row], keep)


def _tf_idf(documents: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Return documents × terms, each row of length 1."""
    column: dict[str, int] = {}
    rows, columns = [], []
    for row, words in enumerate(documents):
        for word in words:
            rows.append(row)
            columns.append(column.setdefault(word, len(column)))
    counts = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(documents), len(column)))
    counts.data = 1.0 + np.log(counts.data)
    present = np.bincount(counts.indices, minlength=len(column))
    counts = (counts @ sparse.diags(np.log1p(len(documents) / np.maximum(present, 1)))).tocsr()
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return (sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ counts).tocsr()
