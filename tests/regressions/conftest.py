"""What the cases share."""

import shutil
from collections.abc import Iterator

import pytest

from jishi.discovery.search import places, reading
from jishi.kernel import hot


@pytest.fixture
def no_index(db: None) -> Iterator[None]:
    """Begin without a search index, and leave none behind."""
    yield
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()
    hot.forget()
