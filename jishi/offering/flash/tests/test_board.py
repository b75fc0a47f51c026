"""The board that everybody asks for is made once a second."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.flash import queries
from jishi.offering.flash.tests.factories import NOW, make_running

pytestmark = pytest.mark.django_db


def test_the_second_who_asks_costs_no_statement_and_sees_the_same() -> None:
    make_running(make_product())
    first = queries.board_kept(session_id=None, language="zh", now=NOW)
    with CaptureQueriesContext(connection) as asked:
        second = queries.board_kept(session_id=None, language="zh", now=NOW + timedelta(milliseconds=500))
    assert len(asked) == 0
    assert second == first
    english = queries.board_kept(session_id=None, language="en", now=NOW)
    assert english.items[0].id == first.items[0].id


def test_each_session_has_its_own_board() -> None:
    make_running(make_product())
    whole = queries.board_kept(session_id=None, language="zh", now=NOW)
    assert whole.session_id
    named = queries.board_kept(session_id=whole.session_id, language="zh", now=NOW)
    assert named.items == whole.items
