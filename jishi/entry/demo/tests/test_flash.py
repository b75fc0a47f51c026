"""The demo always has a flash sale that runs."""

import pytest

from jishi.entry.demo import flash
from jishi.flows.tests.shopping import NOW, make_goods
from jishi.offering.flash import queries, services
from jishi.offering.flash.types import FlashStage

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_session_has_offers_once_and_the_running_one_sells() -> None:
    for _ in range(4):
        make_goods(10_000, stock=200)
    made = flash.plan(now=NOW)
    assert made > 0
    assert flash.plan(now=NOW) == 0
    services.preheat(now=NOW)
    board = queries.board(session_id=None, language="zh", now=NOW)
    assert board.sessions[0].stage is FlashStage.RUNNING
    assert {(one.stage, one.left) for one in board.items} == {(FlashStage.RUNNING, flash.QUOTA)}
    assert all(one.price.amount_minor < one.usual_price.amount_minor for one in board.items)
