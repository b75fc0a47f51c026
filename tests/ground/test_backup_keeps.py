"""What `jishi backup` keeps of a PostgreSQL of its own: a log without a gap, and no backup without its pictures."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import scalar_row

from jishi.config.environment import Environment, collect, load
from jishi.entry.cli import archive, backup, places, postgres
from jishi.entry.cli.children import bare_environment, spawn
from jishi.entry.cli.places import EngineProblem, PostgresPlace
from jishi.entry.cli.restore import restore_database
from tests.engines import CHECKOUT, FAST_AND_LOOSE, wait_until
from tests.market import jishi_program, market_environment

LOG_IS_AWAY = 1


@dataclass(frozen=True, slots=True)
class Server:
    """A market's PostgreSQL alone, and its folder of backups."""

    environment: dict[str, str]
    place: PostgresPlace

    @property
    def checked(self) -> Environment:
        """What the market's commands read."""
        return load(collect(self.environment))

    @property
    def backups(self) -> Path:
        """The folder that JISHI_BACKUPS names."""
        return Path(self.environment["JISHI_BACKUPS"])

    def connect(self) -> psycopg.Connection[str]:
        """Connect as superuser."""
        address = postgres.address(self.place, self.checked.ports.postgres)
        return psycopg.connect(address, autocommit=True, row_factory=scalar_row)

    @contextmanager
    def market(self, backups: Path | None) -> Iterator[None]:
        """Keep the log as a market does that runs with these JISHI_BACKUPS."""
        port = self.checked.ports.postgres
        archive.prepare(self.place, port=port, backups=backups)
        if backups is None:
            yield
            return
        command = archive.receiver(self.place, port=port, folder=archive.log_folder(self.place, backups))
        receiver = spawn(command, environment=bare_environment(), output=subprocess.DEVNULL)
        try:
            wait_until(
                lambda: archive.is_written(self.place, port) or receiver.poll() is not None,
                what="the archive",
            )
            yield
        finally:
            receiver.send_signal(signal.SIGINT)
            receiver.wait()

    def works(self) -> str:
        """Fill some files of the log, forget what nobody needs, and return the name of the last that is full."""
        with self.connect() as connection:
            for _ in range(3):
                connection.execute("SELECT pg_logical_emit_message(true, '', 'sold')")
                last = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
                connection.execute("SELECT pg_switch_wal()")
            connection.execute("CHECKPOINT")
        assert last
        return last

    def wait_until_told(self) -> None:
        """Return once the server need not keep the files of the log for its reader that are full."""
        told = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) <= %s FROM pg_replication_slots"
        with self.connect() as connection:
            wait_until(
                lambda: bool(connection.execute(told, [archive.SEGMENT_BYTES]).fetchone()),
                what="the reader of the log",
            )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(os.environ["JISHI_TEST_RUN"]) / f"backup-keeps-{os.getpid()}"
    folder.mkdir()
    environment, _ = market_environment(
        folder / "home", {"JISHI_DEMO": "1", "JISHI_BACKUPS": str(folder / "backups")}
    )
    server = Server(environment, places.postgres_place(folder / "home"))
    postgres.ensure_cluster(server.place)
    port, loose = server.checked.ports.postgres, {**FAST_AND_LOOSE, "autovacuum": "off"}
    with (folder / "postgres.log").open("ab") as log:
        child = spawn(
            postgres.command(server.place, port=port, extra=loose),
            environment=bare_environment(),
            output=log,
            owner=server.place.owner,
            death_signal=signal.SIGQUIT,
        )
    wait_until(lambda: postgres.answers(server.place, port) or child.poll() is not None, what="PostgreSQL")
    yield server
    child.send_signal(signal.SIGQUIT)
    child.wait()
    shutil.rmtree(folder)


def _wait_until_kept(server: Server, backups: Path, name: str) -> Path:
    """Return the folder of the log once it has a file."""
    log = archive.log_folder(server.place, backups)
    wait_until((log / name).is_file, what=f"{name} in the backups", seconds_max=20.0)
    return log


@pytest.mark.parametrize("elsewhere", [None, "other"], ids=["nowhere", "elsewhere"])
def test_after_a_time_in_which_the_log_went_elsewhere_a_new_one_begins(
    server: Server, tmp_path: Path, elsewhere: str | None
) -> None:
    with server.market(server.backups):
        first = _wait_until_kept(server, server.backups, server.works())
    with server.market(tmp_path / elsewhere if elsewhere else None):
        last = server.works()
        if elsewhere:
            _wait_until_kept(server, tmp_path / elsewhere, last)
            server.wait_until_told()
    with server.market(server.backups):
        second = _wait_until_kept(server, server.backups, server.works())
    assert first != second
    for log in (first, second):
        numbers = sorted(int(path.name[8:16] + path.name[22:24], 16) for path in log.iterdir())
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_log_that_waited_for_the_next_start_goes_on(server: Server) -> None:
    with server.market(server.backups):
        first = _wait_until_kept(server, server.backups, server.works())
    meanwhile = server.works()
    with server.market(server.backups):
        assert _wait_until_kept(server, server.backups, meanwhile) == first


def test_a_log_that_lost_a_file_does_not_go_on(server: Server) -> None:
    with server.market(server.backups):
        first = _wait_until_kept(server, server.backups, last := server.works())
    lost = max(path for path in first.iterdir() if path.name < last)
    lost.unlink()
    with server.market(server.backups):
        assert _wait_until_kept(server, server.backups, server.works()) != first


def test_a_backup_complains_when_nobody_writes_the_log(server: Server) -> None:
    server.checked.media_root.mkdir(exist_ok=True)
    life = server.backups / archive.life_of(server.place)
    life.mkdir(parents=True, exist_ok=True)
    (life / ".DS_Store").touch()
    done = subprocess.run(
        [*jishi_program(), "backup"],
        env=server.environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == LOG_IS_AWAY, done.stdout + done.stderr
    assert "jishi: saved in" in done.stdout
    assert f"nobody writes the log to {server.backups}" in done.stderr
    assert (life / ".DS_Store").is_file()


def test_a_backup_without_its_pictures_is_none(server: Server, tmp_path: Path) -> None:
    media = server.checked.media_root
    media.mkdir(exist_ok=True)
    media.rename(away := media.with_name("media-away"))
    try:
        with pytest.raises(EngineProblem, match=r"the backup failed: .*media"):
            backup.make(server.checked, server.place, tmp_path)
    finally:
        away.rename(media)
    assert archive.backups_in(tmp_path) == []


def test_a_restore_without_any_transaction_tells_when_the_backup_was_made(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server.checked.media_root.mkdir(exist_ok=True)
    folder = server.backups.parent
    made = backup.make(server.checked, server.place, folder / "lone")
    environment, _ = market_environment(folder / "restored", {"JISHI_DEMO": "1"})
    place = places.postgres_place(folder / "restored")
    assert restore_database(load(collect(environment)), place, made, at=None) == made.finished_at
