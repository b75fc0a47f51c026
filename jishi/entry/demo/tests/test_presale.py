"""The demo always sells something ahead."""

import pytest

from jishi.entry.demo import presale
from jishi.flows.tests.shopping import NOW, make_goods
from jishi.offering.presale import queries
from jishi.offering.presale.types import PresaleStage

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_product_takes_deposits_and_a_second_call_changes_nothing() -> None:
    make_goods(50, stock=200)
    goods = make_goods(20_000, stock=200)
    made = presale.plan(now=NOW)
    assert made is not None
    assert presale.plan(now=NOW) is None
    (shown,) = queries.of_product(goods.id, language="en", now=NOW).presales
    assert (shown.id, shown.stage, shown.left) == (made, PresaleStage.DEPOSIT, presale.QUOTA)
    assert shown.terms.total.amount_minor == 20_000 - 2_000
