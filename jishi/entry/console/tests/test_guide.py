"""The help of the back office: everybody reads what concerns his roles."""

import re
from pathlib import Path

import msgspec
import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from jishi.entry.console.roles import EVERYBODY
from jishi.entry.console.tests.conftest import Hire

pytestmark = pytest.mark.django_db

GUIDE = Path(django_settings.BASE_DIR) / "docs" / "guide"
SECTIONS = ["basics", *EVERYBODY, "system"]
SEEN = {
    "operations": {"basics", "operations", "system"},
    "finance": {"basics", "finance"},
    "service": {"basics", "service"},
    "risk": {"basics", "risk"},
    "administrator": set(SECTIONS),
}


@pytest.fixture(autouse=True)
def built(tmp_path: Path, settings: Settings) -> None:
    """What the front end's build leaves behind."""
    folder = tmp_path / "storefront" / "guide"
    folder.mkdir(parents=True)
    for locale, word in (("zh", "关于"), ("en", "About")):
        sections = [{"id": one, "title": f"{word} {one}", "html": f"<p>{word}</p>"} for one in SECTIONS]
        guide = {"title": "", "intro": f"{word}.", "sections": sections}
        (folder / f"operator.{locale}.json").write_bytes(msgspec.json.encode(guide))
    settings.STATIC_ROOT = tmp_path


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_guide_has_a_section_for_every_role(locale: str) -> None:
    text = (GUIDE / locale / "operator.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^## .+ \{#([a-z-]+)\}$", text, re.MULTILINE)) == sorted(SECTIONS)


@pytest.mark.parametrize(("role", "seen"), SEEN.items())
def test_everybody_reads_what_concerns_him(hire: Hire, role: str, seen: set[str]) -> None:
    colleague = hire(role)
    shown = colleague.client.get("/admin/help/").content.decode()
    assert {one for one in SECTIONS if f'<section id="{one}"' in shown} == seen
    assert "<p>关于</p>" in shown
    assert 'href="/admin/help/"' in colleague.client.get("/admin/").content.decode()


def test_the_help_is_in_the_readers_language(hire: Hire) -> None:
    assert "About finance" in hire("finance", language="en").client.get("/admin/help/").content.decode()


def test_without_a_build_the_help_says_so(hire: Hire, settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = settings.BASE_DIR = tmp_path / "nothing"
    answer = hire("finance").client.get("/admin/help/")
    assert answer.status_code == 200
    assert "尚未构建" in answer.content.decode()


def test_strangers_are_sent_to_the_door(client: Client) -> None:
    answer = client.get("/admin/help/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
