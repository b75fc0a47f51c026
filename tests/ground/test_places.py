"""Root's PostgreSQL lives beside its market where its own user can reach that, and elsewhere where not."""

import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jishi.entry.cli import places
from jishi.entry.cli.places import EngineProblem, PostgresPlace

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Give a folder whose name leaves room for a socket's: pytest's own are too deep under xdist."""
    with tempfile.TemporaryDirectory(prefix="jp") as folder:
        yield Path(folder)


@pytest.fixture
def engines(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for engines, and let root's rules be tried by whoever runs the tests."""
    folder = short_path / "engines-home"
    folder.mkdir(mode=0o755)
    # A stand-in for the copied programs: these tests start no server.
    programs = places._programs(folder)
    programs.mkdir(parents=True)
    me = places.Owner(name="me", uid=NOBODY.pw_uid, gid=NOBODY.pw_gid)
    monkeypatch.setenv(places.ROOT_FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *_: None)
    monkeypatch.setattr(places, "system_user", lambda: me)
    return folder


@pytest.fixture
def home(engines: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a market's folder whose parents everybody may pass."""
    folder = engines.parent / "home"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr(places, "_may_pass", _only_look_at(folder))
    return folder


def _only_look_at(folder: Path) -> object:
    """Judge one folder by its mode and let the others pass: pytest's own parents are closed."""
    number = folder.stat().st_ino

    def may_pass(found: os.stat_result, owner: places.Owner) -> bool:
        return found.st_ino != number or bool(found.st_mode & 0o001)

    return may_pass


def place_of(home: Path) -> PostgresPlace:
    """Ask for a place."""
    return places.postgres_place(home)


def test_an_open_folder_keeps_its_data_beside_the_market(home: Path) -> None:
    assert place_of(home).data == home / "postgres" / "data"
    assert not (home / places.PLACE_NOTE).exists()


def test_a_closed_folder_stays_closed_and_its_data_goes_elsewhere(home: Path, engines: Path) -> None:
    home.chmod(0o700)
    first = place_of(home)
    assert first.data.is_relative_to(engines / "markets")
    assert home.stat().st_mode & 0o777 == 0o700
    assert place_of(home) == first
    home.chmod(0o755)
    assert place_of(home) == first, "data that lives elsewhere is not left behind"


def test_a_new_market_in_an_old_folder_never_meets_old_data(home: Path) -> None:
    home.chmod(0o700)
    first = place_of(home)
    (home / places.PLACE_NOTE).unlink()
    assert place_of(home).data != first.data


def test_data_that_cannot_be_reached_any_more_is_not_replaced_by_an_empty_market(home: Path) -> None:
    (place_of(home).data / "PG_VERSION").write_text("18\n")
    home.chmod(0o700)
    with pytest.raises(EngineProblem, match="can no longer reach"):
        place_of(home)


def test_a_cluster_is_run_by_the_user_that_made_it(home: Path) -> None:
    data = place_of(home).data
    (data / "PG_VERSION").write_text("18\n")
    owner = place_of(home).owner
    assert owner
    assert owner.uid == data.stat().st_uid
