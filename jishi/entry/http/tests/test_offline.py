"""The page without a network, and the worker that keeps it."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from jishi.entry.http.rendering.tests.test_assets import built

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def front_end(tmp_path: Path, settings: Settings) -> Path:
    """A built front end of these tests."""
    settings.STATIC_ROOT = built(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("address", "title"), [("/offline", "网络没有连上"), ("/en/offline", "You are offline")]
)
def test_the_page_without_a_network_asks_for_nothing_but_files(
    client: Client, address: str, title: str
) -> None:
    page = client.get(address).content.decode()
    assert f'<h1 class="text-lg font-semibold">{title}</h1>' in page
    assert re.findall(r' (?:src|href)="([^"]*)"', page) == [
        "/static/storefront/icon.svg",
        "/static/storefront/assets/entry-1.css",
        "/static/storefront/assets/boot-1.js",
        "",  # the address that was wanted
    ]
    assert "noindex" in page
    assert page.index("<svg") < page.index("<h1")
    assert "style=" not in page


def test_the_worker_changes_with_what_it_keeps(
    client: Client, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    worker = client.get("/service-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    assert worker.content.endswith(b"\nwork()")
    assert client.get("/service-worker.js").content == worker.content
    folder = built(tmp_path_factory.mktemp("next"))
    manifest = folder / "storefront" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("entry-1.css", "entry-2.css"))
    settings.STATIC_ROOT = folder
    assert client.get("/service-worker.js").content != worker.content
