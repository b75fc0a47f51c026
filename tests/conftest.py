"""What the tests of the whole house share: a running market."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.market import Market, running_market

BROWSER_FOLDERS = ("journeys",)
# All but architecture.
SLOW_FOLDERS = ("api", "chaos", "ground", "observing", "races", "regressions", "security", "wire")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a market, a browser or its time, so that the fast loop can leave it out."""
    for item in items:
        if "market" in getattr(item, "fixturenames", ()):
            item.add_marker("market")
        if Path(item.path).parent.name in BROWSER_FOLDERS:
            item.add_marker("browser")
        if Path(item.path).parent.name in SLOW_FOLDERS:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def market() -> Iterator[Market]:
    """Start the whole market once; a test that kills something of it calls `wait_ready` in the end."""
    with running_market(Path(os.environ["JISHI_TEST_RUN"]) / "market") as found:
        yield found
