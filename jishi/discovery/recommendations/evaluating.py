"""How good a model is, measured on what it has not seen: the last part of what everybody did.

Every product that training knows is a candidate (no sample of negatives), those that the person already had in
training are left out, and nDCG@10 with binary gains is averaged over the people who have something to be found.
K. Järvelin, J. Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques (2002).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
from scipy import sparse

from jishi.discovery.recommendations import als, blending, ease, matrix, rules
from jishi.discovery.recommendations.matrix import Floats, Signals

DEPTH = 10
PRODUCTS_MAX = 3_000  # scores of everybody for everything stand in memory at once
PEOPLE_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did with a product, with what weight, and whether finding it would have pleased him."""

    person: Any
    product: Any
    weight: float
    is_wanted: bool
    at: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Training data, what of it each person did last (0) and before, and what is to be found by row."""

    known: Signals
    ages: Mapping[tuple[int, int], int]
    wanted: Mapping[int, frozenset[int]]
    beyond: Mapping[int, int]  # wanted by row, but unknown to training: nobody can find these


def hold_out(
    deeds: Iterable[Deed], *, count_of: Callable[[int], int], full_weight: float, products_max: int
) -> Trial:
    """Hold out the last `count_of(n)` of the n deeds of each person, by time, and train on all before."""
    of_person: dict[Hashable, list[Deed]] = {}
    for deed in deeds:
        of_person.setdefault(deed.person, []).append(deed)
    before: list[Deed] = []
    after: list[Deed] = []
    for own in of_person.values():
        own.sort(key=lambda deed: (deed.at, deed.product))
        cut = len(own) - count_of(len(own))
        before += own[:cut]
        after += own[cut:]
    known = matrix.signals(
        ((deed.person, deed.product, deed.weight) for deed in before),
        full_weight=full_weight,
        products_max=products_max,
    )
    return _trial(known, before, after)


def _trial(known: Signals, before: Sequence[Deed], after: Sequence[Deed]) -> Trial:
    row_of = {person: row for row, person in enumerate(known.people)}
    column_of = {product: column for column, product in enumerate(known.products)}
    ages: dict[tuple[int, int], int] = {}
    passed: dict[int, int] = {}
    for deed in reversed(before):
        if deed.person in row_of and deed.product in column_of:
            row = row_of[deed.person]
            ages.setdefault((row, column_of[deed.product]), passed.get(row, 0))
            passed[row] = passed.get(row, 0) + 1
    wanted: dict[int, set[int]] = {}
    beyond: dict[int, int] = {}
    for deed in after:
        if not deed.is_wanted or deed.person not in row_of:
            continue
        row = row_of[deed.person]
        found = wanted.setdefault(row, set())
        if deed.product in column_of:
            found.add(column_of[deed.product])
        else:
            beyond[row] = beyond.get(row, 0) + 1
    return Trial(known, ages, {row: frozenset(found) for row, found in wanted.items()}, beyond)


def ndcg(trial: Trial, scores: Floats) -> float:
    """Return nDCG@10 of scores (people × products), from 0 to 1; 0 where nobody has anything to be found."""
    ranked = np.array(scores, dtype=np.float64)
    ranked[trial.known.weights.nonzero()] = -np.inf
    shares = [
        _share(np.argsort(-ranked[row], kind="stable")[:DEPTH].tolist(), wanted, trial.beyond.get(row, 0))
        for row, wanted in trial.wanted.items()
    ]
    return sum(shares) / len(shares) if shares else 0.0


def _share(shown: Sequence[int], wanted: frozenset[int], beyond: int) -> float:
    gained = sum(1 / log2(rank + 1) for rank, column in enumerate(shown, start=1) if column in wanted)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(DEPTH, len(wanted) + beyond) + 1))
    return gained / best


def measure(trial: Trial) -> dict[str, float]:
    """Return nDCG@10 of popularity, of each model alone, and of what is served: blended neighbours, cut to
    `blending.NEIGHBOURS`, summed over what somebody did with the weight that fades from the last to the first.
    """
    weights = trial.known.weights
    heavy = weights.shape[1] <= ease.PRODUCTS_MAX
    people, products = als.factors(weights)
    served = blending.as_matrix(list(blending.neighbours(weights, products)))
    return {
        "popularity": ndcg(trial, np.tile(matrix.popularity(weights), (weights.shape[0], 1))),
        **({"item_item": ndcg(trial, weights @ ease.item_weights(weights))} if heavy else {}),
        "als": ndcg(trial, people @ products.T),
        "blend": ndcg(trial, (_faded(trial) @ served).toarray()),
    }


def _faded(trial: Trial) -> sparse.csr_matrix:
    cells = trial.known.weights.tocoo()
    faded = [
        value * rules.fading(trial.ages[row, column])
        for row, column, value in zip(
            cells.row.tolist(), cells.col.tolist(), cells.data.tolist(), strict=True
        )
    ]
    return sparse.csr_matrix((faded, (cells.row, cells.col)), shape=cells.shape)
