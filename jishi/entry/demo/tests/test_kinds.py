"""The demo market sells a code and a service, once."""

import pytest

from jishi.entry.demo import kinds
from jishi.entry.demo.stores import Store
from jishi.flows import invariants
from jishi.flows.tests.shopping import NOW
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory.tests.factories import make_warehouse

pytestmark = pytest.mark.django_db


def test_a_code_and_a_service_are_on_sale_and_sold_twice_by_nobody() -> None:
    owner = make_buyer()
    merchant_id = make_merchant(owner=owner)
    make_product(merchant_id=merchant_id)
    store = Store(merchant_id=merchant_id, owner_id=owner, warehouse_ids=[make_warehouse(merchant_id)])
    for _ in range(2):
        kinds.ensure(store, now=NOW)
    found = rows(
        "SELECT p.kind, p.status, p.in_stock, s.on_hand FROM catalog_product p JOIN catalog_sku k "
        "ON k.product_id = p.id JOIN inventory_stock s ON s.sku_id = k.id "
        "WHERE p.merchant_id = %s AND p.kind <> 'physical' ORDER BY p.kind",
        [merchant_id],
    )
    assert found == [("service", "live", True, kinds.PIECES), ("virtual", "live", True, kinds.CODES)]
    assert invariants.check() == []
