"""What every test of the kernel leaves as it was: the subscriptions, and the troubles of the samples."""

import os
from collections.abc import Iterator

import pytest

PURE = os.environ.get("JISHI_TEST_PURE") == "1"


@pytest.fixture(autouse=True)
def _the_shops_own_subscriptions_come_back() -> Iterator[None]:
    if PURE:
        yield
        return
    from jishi.kernel.jobs.registry import JOBS
    from jishi.kernel.outbox.handlers import EVENT_TYPES, HANDLERS
    from jishi.kernel.tests import samples

    tables: list[dict[str, object]] = [JOBS, EVENT_TYPES, HANDLERS]  # type: ignore[list-item]
    saved = [dict(table) for table in tables]
    samples.trouble_at.clear()
    yield
    for table, before in zip(tables, saved, strict=True):
        table.clear()
        table.update(before)
