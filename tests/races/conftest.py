"""One market for all races over HTTP; every group ends with the check of all promises."""

from collections.abc import Iterator

import pytest

from tests.market import Market
from tests.races.people import Town, open_town


@pytest.fixture(scope="module")
def town(market: Market) -> Iterator[Town]:
    """Give the running market with somebody in it who sells."""
    found = open_town(market)
    yield found
    found.control.close()
