"""The page of a sale event: for everybody once it runs, before with a preview's address only, listed for crawlers."""

import pytest
from django.test import Client

from jishi.entry.http.rendering.tests.test_pages import front_end
from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.clock import now
from jishi.offering.events import services
from jishi.offering.events.tests.factories import make_entry, make_event
from jishi.offering.events.types import EntryStatus

__all__ = ["front_end"]  # a fixture

pytestmark = pytest.mark.django_db


def test_it_is_seen_once_it_runs_and_before_by_whoever_has_the_preview(client: Client) -> None:
    staff = make_platform_staff(PlatformRole.OPERATIONS)
    event = make_event(slug="double-12", now=now())
    make_entry(event, status=EntryStatus.ACCEPTED, now=now())
    assert client.get("/event/double-12").status_code == 404
    assert client.get("/api/v1/store/events/double-12").status_code == 404
    early = client.get(services.preview_path("double-12", now=now()))
    assert early.status_code == 200
    assert early.headers["Cache-Control"] == "private, no-store"
    assert 'content="noindex' in early.content.decode()

    services.start(event_id=event, staff_id=staff, now=now())
    page = client.get("/en/event/double-12").content.decode()
    assert "<title>Winter sale" in page
    assert 'content="noindex' not in page
    shown = client.get("/api/v1/store/events/double-12").json()
    assert len(shown["products"]) == 1
    assert "/event/double-12" in client.get("/sitemap-pages.xml").content.decode()


def test_an_address_of_no_event_is_not_found(client: Client) -> None:
    assert client.get("/event/nothing").status_code == 404
    assert client.get("/api/v1/store/events/Not%20One").status_code == 422
