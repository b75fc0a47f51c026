"""A start skips what the last one prepared, and nothing else."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django import Settings

from jishi.config.environment import Environment, environment
from jishi.entry.cli import prepared
from jishi.entry.cli.places import PostgresPlace
from jishi.entry.cli.prepare import OLD_FILES_KEPT_SECONDS, collect_static


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a small checkout."""
    for folder in prepared.SOURCES:
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "jishi" / "0001_initial.py").write_text("first")
    monkeypatch.setattr(prepared, "CHECKOUT", tmp_path)
    return tmp_path


@pytest.fixture
def market(checkout: Path) -> Environment:
    """Give a market's configuration, its results in place."""
    home = checkout / "var"
    checked = replace(environment(), home=home, static_root=home / "static", media_root=home / "media")
    for folder in (home / "run", checked.static_root, checked.media_root):
        folder.mkdir(parents=True)
    (home / "run" / "addresses.txt").touch()
    return checked


@pytest.fixture
def place(checkout: Path) -> PostgresPlace:
    """Give a cluster's folder."""
    data = checkout / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("18")
    return PostgresPlace(binaries=data, data=data, sockets=data, log=data, owner=None)


def is_skipped(market: Environment, place: PostgresPlace | None) -> bool:
    """Tell whether a start would skip the preparation."""
    return prepared.is_same(market, prepared.state(market, place))


def test_a_first_start_prepares_and_a_second_does_not(market: Environment, place: PostgresPlace) -> None:
    assert not is_skipped(market, place)
    prepared.remember(market, prepared.state(market, place))
    assert is_skipped(market, place)


@pytest.mark.parametrize("name", ["jishi/0002_more.py", "web/dist/app.js", "requirements/base.txt"])
def test_new_code_is_prepared(market: Environment, place: PostgresPlace, checkout: Path, name: str) -> None:
    prepared.remember(market, prepared.state(market, place))
    (checkout / name).write_text("new")
    assert not is_skipped(market, place)


def test_changed_code_is_prepared(market: Environment, place: PostgresPlace, checkout: Path) -> None:
    prepared.remember(market, prepared.state(market, place))
    os.utime(checkout / "jishi" / "0001_initial.py", ns=(1, 1))
    assert not is_skipped(market, place)


def test_another_database_or_address_is_prepared(market: Environment, place: PostgresPlace) -> None:
    prepared.remember(market, prepared.state(market, place))
    assert not is_skipped(replace(market, public_url="https://shop.example"), place)
    assert not is_skipped(replace(market, demo=not market.demo), place)
    (place.data / "PG_VERSION").unlink()
    (place.data / "PG_VERSION").write_text("18")
    assert not is_skipped(market, place)


def test_a_lost_result_is_made_again(market: Environment, place: PostgresPlace) -> None:
    prepared.remember(market, prepared.state(market, place))
    market.static_root.rmdir()
    assert not is_skipped(market, place)


def test_an_outside_database_is_prepared_at_every_start(market: Environment) -> None:
    prepared.remember(market, prepared.state(market, None))
    assert not is_skipped(market, None)


def test_files_of_the_last_release_stay_for_a_while(tmp_path: Path) -> None:
    checked = replace(environment(), static_root=tmp_path)
    _collect(checked)
    current = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert any(path.parent.parent != tmp_path for path in current)  # of the front end too, below a prefix
    last, older = tmp_path / "storefront" / "last.js", tmp_path / "storefront" / "older.js"
    last.touch()
    older.touch()
    (tmp_path / ".collected").unlink()
    before = time.time() - OLD_FILES_KEPT_SECONDS - 60
    for path in {*current, older} - {tmp_path / ".collected"}:
        os.utime(path, (before, before))
    _collect(checked)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == current | {last}


def test_a_file_that_changed_under_its_name_is_copied_in_every_release(
    tmp_path: Path, settings: Settings
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    settings.STATICFILES_DIRS = [sources]
    checked = replace(environment(), static_root=tmp_path / "root")
    for release in ("1", "2", "3"):
        (sources / "console.css").write_text(release)
        os.utime(sources / "console.css", (1, int(release)))  # as old as it was packed
        _collect(checked)
        assert (checked.static_root / "console.css").read_text() == release


def _collect(checked: Environment) -> None:
    with override_settings(STATIC_ROOT=str(checked.static_root)):
        collect_static(checked)
