"""What an event's page is made of: a picture with its address, coupons to claim, the flash sale, rows of goods."""

from uuid import uuid4

import pytest

from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CouponTemplateId, MediaId, SaleEventId
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.coupons.types import Way
from jishi.offering.events import queries, services
from jishi.offering.events.tests.factories import NOW, make_entry, make_event
from jishi.offering.events.types import EntryStatus, EventPageWish, EventShown
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db


def write(event_id: SaleEventId, wish: EventPageWish) -> None:
    staff = make_platform_staff(PlatformRole.OPERATIONS)
    services.write_page(event_id=event_id, wish=wish, staff_id=staff, now=NOW)


def running() -> SaleEventId:
    event_id = make_event(slug="year-end")
    make_entry(event_id, status=EntryStatus.ACCEPTED)
    staff = make_platform_staff(PlatformRole.OPERATIONS)
    services.start(event_id=event_id, staff_id=staff, now=NOW)
    return event_id


def shown() -> EventShown:
    return queries.event_page("year-end", language="zh", now=NOW)


def test_a_page_shows_its_picture_its_coupons_in_their_order_and_the_flash_sale() -> None:
    event_id, picture = running(), make_asset(make_merchant())
    first, second, other = make_template(), make_template(), make_template()
    wish = EventPageWish(
        banner_id=picture, banner_link="/c/phones", coupon_ids=[second, first], has_flash=True
    )
    write(event_id, wish)

    page = shown()

    assert page.banner is not None and page.banner.alt == page.name == "商品节"
    assert (page.banner_link, page.has_flash) == ("/c/phones", True)
    assert [one.id for one in page.coupons] == [second, first]
    assert other not in {one.id for one in page.coupons}


def test_a_page_that_says_nothing_of_them_has_none() -> None:
    running()
    page = shown()
    assert (page.banner, page.coupons, page.has_flash) == (None, [], False)


def test_what_is_over_gives_no_coupons() -> None:
    event_id = running()
    write(event_id, EventPageWish(coupon_ids=[make_template()], has_flash=True))
    staff = make_platform_staff(PlatformRole.OPERATIONS)
    services.end(event_id=event_id, staff_id=staff, now=NOW)
    page = shown()
    assert (page.is_over, page.coupons, page.has_flash) == (True, [], False)


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example", "//elsewhere.example", "c/phones", "/a b", "/" * 201]
)
def test_a_picture_leads_into_the_shop_only(link: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(make_event(), EventPageWish(banner_link=link))
    assert refused.value.data["field"] == "banner_link"


def test_pictures_and_coupons_that_are_not_there_are_refused() -> None:
    event_id, given = make_event(), make_template(way=Way.SIGN_UP)
    for wish, field in (
        (EventPageWish(banner_id=MediaId(uuid4())), "banner_id"),
        (EventPageWish(coupon_ids=[CouponTemplateId(uuid4())]), "coupon_ids"),
        (EventPageWish(coupon_ids=[given]), "coupon_ids"),
    ):
        with pytest.raises(Invalid) as refused:
            write(event_id, wish)
        assert refused.value.data["field"] == field
