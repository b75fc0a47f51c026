"""Flash sales in the back office: figures that add up, decisions that merchants read, too late when it is over."""

from datetime import timedelta

import pytest

from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.conftest import Hire, action_address
from jishi.entry.console.tests.factories_marketing import make_flash_item, make_flash_session, offers_of
from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.clock import now
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import FlashItemId, FlashSessionId, new_id
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.flash import services
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.flash.queries_figures import figures
from jishi.offering.flash.tests.factories import make_application
from jishi.offering.flash.types import FlashFigures, FlashStatus

pytestmark = pytest.mark.django_db


def test_the_queue_shows_both_prices_and_the_reason_is_kept(hire: Hire) -> None:
    somebody, row = hire("operations"), make_flash_item()
    shown = somebody.open(FlashItemRow).content.decode()
    assert "¥100.00" in shown and "¥1.00" in shown
    somebody.act(row, "reject", reason="价格不够低")
    assert all_rows(FlashItemRow).get(pk=row.pk).reason == "价格不够低"
    assert "价格不够低" in somebody.page(row).content.decode()
    assert str(row.pk) not in somebody.open(FlashItemRow).content.decode()


def test_all_that_wait_are_decided_once_and_the_decided_stay(hire: Hire) -> None:
    starts_at = now() + timedelta(days=1)
    first, _, _ = (make_application(make_product(), starts_at=starts_at) for _ in range(3))
    session = FlashSessionRow.objects.get()
    services.reject(item_id=first, reason="缺货", staff_id=None, now=now())
    somebody = hire("operations")
    for _ in range(2):
        somebody.act(session, "accept_all")
    assert offers_of(session) == "rejected accepted accepted"
    assert figures([session.id]) == {session.id: FlashFigures(accepted_count=2, quota=10, left=10)}


def test_a_session_that_is_over_accepts_nothing_and_can_be_cleared(hire: Hire) -> None:
    session, somebody = make_flash_session(), hire("operations")
    FlashSessionRow.objects.filter(id=session.id).update(
        starts_at=now() - timedelta(hours=2), ends_at=now() - timedelta(hours=1)
    )
    somebody.act(session, "accept_all")
    assert offers_of(session) == "applied"
    somebody.act(session, "reject_all", reason="已结束")
    assert offers_of(session) == "rejected"


def test_a_rejection_needs_a_reason_and_a_session() -> None:
    session, staff = make_flash_session(), make_platform_staff(PlatformRole.OPERATIONS)
    with pytest.raises(Invalid):
        services.decide_all(
            session_id=FlashSessionId(session.id), to=FlashStatus.REJECTED, staff_id=staff, now=now()
        )
    with pytest.raises(NotFound):
        services.decide_all(
            session_id=FlashSessionId(new_id()), to=FlashStatus.ACCEPTED, staff_id=staff, now=now()
        )
    assert offers_of(session) == "applied"


def test_what_was_set_aside_is_left_until_it_is_sold() -> None:
    row = make_flash_item()
    services.accept(item_id=FlashItemId(row.pk), staff_id=None, now=now())
    services.preheat(now=row.session.starts_at)
    nothing_in_stock = figures([row.session_id])[row.session_id]
    assert (nothing_in_stock.quota, nothing_in_stock.sold, nothing_in_stock.left) == (5, 0, 0)


def test_all_at_once_is_offered_where_something_waits(hire: Hire) -> None:
    session, somebody = make_flash_session(), hire("operations")
    assert action_address(session, "accept_all") in somebody.page(session).content.decode()
    somebody.act(session, "accept_all")
    page = somebody.page(session).content.decode()
    assert action_address(session, "accept_all") not in page
    assert action_address(session, "reject_all") not in page
