"""The demo's sale event is a real one: enrolled in, accepted, running, with everything a page can have."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from jishi.entry.demo import sale_event
from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.db import rows
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.events.queries import event_page

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_the_event_runs_with_what_the_stores_enrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [make_product() for _ in range(2)]
    of = {str(one.merchant_id): {"code": one.id} for one in made}
    monkeypatch.setattr(sale_event, "product_ids", lambda store, _: of[str(store.merchant_id)])
    staff, coupon = make_platform_staff(PlatformRole.ADMINISTRATOR), make_template()
    merchants: list[Any] = [SimpleNamespace(code=code, name=Text("店", "Store"), products=[]) for code in of]
    stores: dict[str, Any] = {
        str(one.merchant_id): SimpleNamespace(merchant_id=one.merchant_id, owner_id=staff) for one in made
    }

    for _ in range(2):
        sale_event.ensure(staff, merchants, stores, now=NOW)

    page = event_page(sale_event.SLUG, language="en", now=NOW)
    assert {one.id for one in page.products} == {one.id for one in made}
    assert [one.id for one in page.coupons] == [coupon]
    assert page.banner is not None and page.has_flash and len(page.rows) == 2
    assert rows("SELECT count(*) FROM events_event") == [(1,)]
