"""The living page of the design system is for developers."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    """A built living page, in a demo."""
    page = tmp_path / "ui" / "index.html"
    page.parent.mkdir()
    page.write_text("<!doctype html><title>Jishi UI</title>", encoding="utf-8")
    settings.STATIC_ROOT = tmp_path
    settings.ENV = replace(settings.ENV, demo=True)
    return page


def test_a_developer_sees_it(client: Client, built: Path) -> None:
    answer = client.get("/ui")
    assert (answer.status_code, answer.content) == (200, built.read_bytes())


def test_a_real_market_has_none(client: Client, built: Path, settings: Settings) -> None:
    settings.ENV = replace(settings.ENV, demo=False)
    assert client.get("/ui").status_code != 200


def test_without_its_build_there_is_none(client: Client, built: Path) -> None:
    built.unlink()
    assert client.get("/ui").status_code != 200
