"""A flash sale on real threads: exactly the quota is sold, also when Valkey goes away in the middle of it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count

import pytest

from jishi.flows import invariants
from jishi.flows.tests.shopping import NOW, Shopper, make_goods, make_shopper, stock_of
from jishi.kernel.cache import Away, reaching
from jishi.kernel.ids import FlashItemId
from jishi.offering.flash import queries
from jishi.offering.flash import services_gate as gate
from jishi.offering.flash.tests.factories import make_running
from jishi.offering.flash.tests.proving import proof
from jishi.offering.flash.types import AdmissionWish
from jishi.trade.checkout.services_flash import flash_quote
from jishi.trade.checkout.types_flash import FlashQuoteRequest
from tests.races.rushing import rush

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

QUOTA = 5
BUYERS = 36


def buy(item: FlashItemId, shopper: Shopper) -> str:
    """Go from the gate to the order; return how far one came."""
    asked = gate.challenge(item, shopper.buyer, now=NOW)
    wish = AdmissionWish(challenge=asked.challenge, nonce=proof(asked))
    said = gate.enter(item_id=item, buyer=shopper.buyer, wish=wish, now=NOW + timedelta(seconds=1))
    if said.token is None:
        return said.state
    request = FlashQuoteRequest(admission=said.token, address_id=shopper.address)
    shopper.place(flash_quote(item_id=item, buyer=shopper.buyer, request=request, language="zh", now=NOW))
    return "bought"


def _after(asked_max: int) -> Callable[[str], object]:
    numbers = count(1)

    def dying(part: str) -> object:
        if next(numbers) > asked_max:
            raise Away
        return reaching(part)

    return dying


@pytest.mark.parametrize("asked_max", [None, 0, 3], ids=["valkey lives", "valkey is away", "valkey dies"])
def test_exactly_the_quota_is_sold(asked_max: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    goods = make_goods(10_000, stock=20)
    item = make_running(goods, quota=QUOTA)
    monkeypatch.setattr(gate, "reaching", reaching if asked_max is None else _after(asked_max))
    sold = 0
    for _ in range(6):  # whoever is told to queue comes again
        outcomes = rush([partial(buy, item, make_shopper()) for _ in range(BUYERS // 6)])
        sold += outcomes.results.count("bought")
        assert set(outcomes.results) <= {"bought", "queued", "sold_out"}
        assert set(outcomes.refused) <= {"out_of_stock"}
    assert sold == QUOTA
    assert (stock_of(goods.sku_id), queries.left(item)) == ((20, QUOTA), 0)
    assert invariants.check() == []
