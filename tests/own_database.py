"""A migrated database for one module alone, for tests that fill it with more than others should meet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.engines import TEMPLATE


@contextmanager
def own_database(name: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let Django use a new database until the end, when it is dropped."""
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    before, own = str(wrapper.settings_dict["NAME"]), f"{name}_{os.getpid()}"
    with blocker.unblock(), psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(own), sql.Identifier(TEMPLATE))
        )
        _use(wrapper, own)
        try:
            yield
        finally:
            _use(wrapper, before)
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(own)))


def _use(wrapper: DatabaseWrapper, name: str) -> None:
    wrapper.close()
    wrapper.close_pool()
    wrapper.settings_dict["NAME"] = name
