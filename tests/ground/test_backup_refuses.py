"""What `jishi backup` and `jishi restore` refuse: in one message that says what to do, before anything is written."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jishi.entry.cli import archive
from jishi.entry.cli.archive import Backup
from jishi.entry.cli.backup import forget
from jishi.entry.cli.places import EngineProblem
from jishi.entry.cli.restore import choose
from tests.engines import CHECKOUT
from tests.market import jishi_program, market_environment

PROBLEM = 2
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def refusal(home: Path, *arguments: str, **variables: str) -> str:
    """Run a command that must refuse, and return what it says."""
    environment, _ = market_environment(home, {"JISHI_DEMO": "1", **variables})
    done = subprocess.run(
        [*jishi_program(), *arguments],
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == PROBLEM, done.stdout + done.stderr
    return done.stderr.removeprefix("jishi: ")


def test_without_a_folder(tmp_path: Path) -> None:
    assert "set JISHI_BACKUPS, or say --to FOLDER" in refusal(tmp_path / "home", "backup")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not a folder" in refusal(tmp_path / "home", "backup", "--to", str(tmp_path / "file"))


def test_a_market_that_does_not_run(tmp_path: Path) -> None:
    said = refusal(tmp_path / "home", "backup", "--to", str(tmp_path / "backups"))
    assert said == f"the market in {tmp_path / 'home'} does not run: `jishi up` starts it\n"
    assert not (tmp_path / "backups").exists()


def test_keeping_no_backup(tmp_path: Path) -> None:
    said = refusal(tmp_path / "home", "backup", "--to", str(tmp_path / "backups"), "--keep", "0")
    assert said == "--keep must be at least 1\n"


@pytest.mark.parametrize("command", [["backup", "--to"], ["restore", "--from"]])
def test_a_database_that_is_not_ours(tmp_path: Path, command: list[str]) -> None:
    said = refusal(
        tmp_path / "home",
        *command,
        str(tmp_path / "backups"),
        DATABASE_URL="postgresql://a:b@db.example/shop",
    )
    assert "the database is not ours" in said
    assert "pg_basebackup" in said
    assert str(tmp_path / "home" / "media") in said


def test_an_instant_without_an_offset(tmp_path: Path) -> None:
    said = refusal(tmp_path / "home", "restore", "--from", str(tmp_path), "--at", "2026-11-30T09:30:00")
    assert "argument --at: invalid instant value" in said


def test_a_note_that_cannot_be_read_is_named_and_stands_in_nobodys_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, torn = tmp_path / "life" / "20261130T110000Z", tmp_path / "life" / "20261130T120000Z"
    for folder in (good, torn):
        folder.mkdir(parents=True)
        archive.write_note(_backup(folder, NOON))
    (torn / archive.NOTE).write_text("")
    assert choose(tmp_path, None).folder == good
    forget(tmp_path, keep=1, life="life")
    assert good.is_dir()
    assert torn.is_dir()
    assert f"passed over: {torn / archive.NOTE} cannot be read" in capsys.readouterr().err


def test_a_draft_does_not_count_though_its_note_is_written(tmp_path: Path) -> None:
    good, draft = tmp_path / "life" / "20261130T110000Z", tmp_path / "life" / ".20261130T120000Z"
    for number, folder in enumerate((good, draft)):
        folder.mkdir(parents=True)
        archive.write_note(_backup(folder, NOON + timedelta(hours=number)))
    for folder in (tmp_path, tmp_path / "life"):
        assert [backup.folder for backup in archive.backups_in(folder)] == [good]


def test_the_newest_backup_that_was_finished_by_then_is_chosen(tmp_path: Path) -> None:
    for hours in range(3):
        folder = tmp_path / "life" / f"{hours}"
        folder.mkdir(parents=True)
        archive.write_note(_backup(folder, NOON - timedelta(days=30) + timedelta(hours=hours)))
    first = NOON - timedelta(days=30)
    assert choose(tmp_path, first + timedelta(hours=1, minutes=59)).folder.name == "1"
    assert choose(tmp_path, first + timedelta(hours=1)).folder.name == "1"
    assert choose(tmp_path, None).folder.name == "2"
    with pytest.raises(EngineProblem, match="the oldest backup was finished at"):
        choose(tmp_path, first - timedelta(seconds=1))


def test_one_of_several_markets_is_not_chosen_by_chance(tmp_path: Path) -> None:
    for name in ("one", "other"):
        folder = tmp_path / name / "20261130T120000Z"
        folder.mkdir(parents=True)
        archive.write_note(_backup(folder, NOON))
    with pytest.raises(EngineProblem, match=r"name one:\n(?s:.*)one(?s:.*)other"):
        choose(tmp_path, None)
    assert choose(tmp_path / "other", None).life.name == "other"


def test_the_backups_of_another_market_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mine", "other"):
        for hour in ("12", "13"):
            folder = tmp_path / name / f"20261130T{hour}0000Z"
            folder.mkdir(parents=True)
            archive.write_note(_backup(folder, NOON + timedelta(hours=int(hour))))
    forget(tmp_path, keep=1, life="mine")
    left = sorted(str(note.parent.relative_to(tmp_path)) for note in tmp_path.glob(f"*/*/{archive.NOTE}"))
    assert left == ["mine/20261130T130000Z", "other/20261130T120000Z", "other/20261130T130000Z"]
    assert "other is of another market" in capsys.readouterr().out


def test_log_that_no_backup_needs_is_forgotten(tmp_path: Path) -> None:
    manifest = tmp_path / "backup_manifest"
    manifest.write_text(
        json.dumps({"WAL-Ranges": [{"Timeline": 2, "Start-LSN": "1/2A000028", "End-LSN": "1/2B0"}]})
    )
    first = archive.first_log_file(manifest)
    assert first == "00000002000000010000002A"
    log = tmp_path / "wal"
    log.mkdir()
    kept = ("00000002.history", first, "00000002000000010000002B", "00000002000000010000002C.partial")
    for name in (*kept, "000000020000000100000029", "0000000200000000000000FF"):
        (log / name).touch()
    archive.forget_log_before(log, [_backup(tmp_path, NOON, first)])
    assert sorted(path.name for path in log.iterdir()) == sorted(kept)


def _backup(folder: Path, finished_at: datetime, first_log: str = "") -> Backup:
    return Backup(folder=folder, finished_at=finished_at, first_log=first_log, keys=(), is_seeded=False)
