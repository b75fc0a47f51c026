"""Each test of search starts without an index."""

import shutil
from collections.abc import Iterator

import pytest

from jishi.discovery.search import places, reading
from jishi.kernel import hot


@pytest.fixture(autouse=True)
def _no_index(db: None) -> Iterator[None]:
    yield
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()
    hot.forget()
