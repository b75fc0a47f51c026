"""Every budget at ten thousand, a hundred thousand and a million products, in markets made for it."""

from collections.abc import Callable

import pytest

from benchmarks import run
from benchmarks.rows import Row


@pytest.mark.proof
def test_every_budget_is_kept_at_every_size(figures: Callable[[Row], None]) -> None:
    missed = []
    for row in run.at_sizes(run.options_of(["--products", "10000,100000,1000000"])):
        try:
            figures(row)
        except AssertionError as miss:  # the others are wanted too
            missed.append(str(miss))
    assert missed == []
