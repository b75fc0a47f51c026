"""Sale events in the back office: begun from a draft promotion, refused where they cannot be."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from jishi.entry.console.search_rule_forms import MOMENT
from jishi.entry.console.tests.conftest import Hire, list_address
from jishi.entry.console.tests.factories_marketing import make_event_row
from jishi.kernel.clock import now
from jishi.offering.events.models import SaleEvent
from jishi.offering.events.tests.factories import make_terms
from jishi.offering.events.types import EntryStatus

pytestmark = pytest.mark.django_db


def answers(promotion: UUID) -> dict[str, str]:
    local = timezone.localtime(now())
    return {
        "slug": "double-12",
        "name_zh": "双十二",
        "name_en": "Double twelve",
        "promotion": str(promotion),
        "enrol_from": local.strftime(MOMENT),
        "enrol_until": (local + timedelta(days=1)).strftime(MOMENT),
        "categories": "",
        "products_max": "5",
    }


def test_an_event_is_begun_from_a_draft_promotion(hire: Hire) -> None:
    somebody, promotion = hire("operations"), make_terms(now=now())
    new = f"{list_address(SaleEvent)}add/"
    assert "跨店满减" in somebody.client.get(new).content.decode()
    assert somebody.client.post(new, answers(promotion)).status_code == 302
    row = SaleEvent.objects.get(slug="double-12")
    page = somebody.page(row).content.decode()
    assert "商家 40 %" in page and "/event/double-12?preview=" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "双十二"},
        {"enrol_until": "2020-01-01T00:00"},
        {"enrol_from": ""},
        {"promotion": str(UUID(int=1))},
    ],
)
def test_what_cannot_be_an_event_is_refused_at_its_field(hire: Hire, wrong: dict[str, str]) -> None:
    given = answers(make_terms(now=now())) | wrong
    answer = hire("operations").client.post(f"{list_address(SaleEvent)}add/", given)
    assert answer.status_code == 200
    assert not SaleEvent.objects.exists()


def test_a_page_of_rows_without_products_is_refused(hire: Hire) -> None:
    row = make_event_row(entries=EntryStatus.APPLIED)
    from_desk = hire("operations").client.post(
        f"/admin/offering/saleevent/{row.pk}/write_page/",
        {"_form_submitted": "on", "text_zh": "", "text_en": "", "rows": "只有标题"},
    )
    assert from_desk.status_code == 200
    assert "填写有误" in from_desk.content.decode()
