"""A large market prices a large cart in a few milliseconds."""

from collections.abc import Callable

from benchmarks import prices
from benchmarks.rows import Row


def test_a_cart_of_20_lines_among_5000_promotions(figures: Callable[[Row], None]) -> None:
    for row in prices.rows():
        figures(row)
