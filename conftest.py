"""Every test runs on a real PostgreSQL and a real Valkey; see tests/engines.py for how they come and go.

The engines are up and Django is set up before any other conftest is read, so that those may import models.
`JISHI_TEST_PURE=1 pytest …` leaves both out: the fast loop for rules, which know neither.
"""

import os
from collections.abc import Iterator

import django
import pytest
import valkey
from pytest_django import DjangoDbBlocker

from tests import engines

PURE = os.environ.get("JISHI_TEST_PURE") == "1"
# One set of simulators a worker, whichever modules use it: their keys take longer to make than most tests.
pytest_plugins = ("tests.figures", *(() if PURE else ("simulators.testing", "jishi.flows.tests.money")))
if not PURE:
    engines.start_or_join()
    django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the slow tests whatever talks to a channel or a carrier over HTTP."""
    for item in items:
        if "simulators_server" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Give each worker a copy of the migrated template; the run's server takes it along at the end."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    from tests import pristine

    connection = connections["default"]
    assert isinstance(connection, DatabaseWrapper)
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = engines.worker_database()
        pristine.install()


@pytest.fixture(scope="session")
def valkey_connection() -> Iterator[valkey.Valkey]:
    """Give a connection to this worker's own Valkey database."""
    from jishi.config.environment import environment

    connection = valkey.Valkey.from_url(environment().redis_url)
    yield connection
    connection.close()  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True)
def _no_known_promotions() -> None:
    """Start every test without the promotions that the process learnt in another, which were rolled back."""
    if not PURE:
        from jishi.offering.promotions import queries

        queries.forget()


@pytest.fixture(autouse=True)
def _empty_valkey(request: pytest.FixtureRequest) -> None:
    """Start every test with an empty Valkey database: limits and caches of one test never reach the next."""
    if not PURE:
        connection: valkey.Valkey = request.getfixturevalue("valkey_connection")
        connection.flushdb()
