"""A market is lost with its disk and comes back from its backup, as it was at a chosen second."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.rows import scalar_row

from benchmarks.rows import Row
from jishi.entry.cli import places, postgres
from tests.chaos import books
from tests.chaos.shopping import Bought, Journal, Shopper
from tests.engines import wait_until
from tests.market import Market, market_environment, start_seeded_market

REFUSED = 2
RESTORE_SECONDS_MAX = 60.0
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for the markets of these tests; the run's own folder goes with the run, whatever happens."""
    folder = Path(os.environ["JISHI_TEST_RUN"]) / "backup"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_a_lost_market_is_back_as_it_was_at_a_chosen_second(
    folder: Path, figures: Callable[[Row], None]
) -> None:
    backups = folder / "backups"
    market = start_seeded_market(folder / "old", {"JISHI_BACKUPS": str(backups)})
    try:
        market.wait_ready()
        _wait_for_the_archive(market)
        buyer = Buyer(market)
        early = buyer.buys()
        _run(market, "backup")
        former = buyer.buys()
        moment = _next_second()
        later = buyer.buys()
        _wait_until_archived(market)
        pictures = _tree(market.configuration.media_root)
    finally:
        market.stop(signal.SIGKILL)

    assert _refusal(market, "backup") == f"the market in {market.home} does not run: `jishi up` starts it"
    assert "already holds a database" in _refusal(market, "restore")
    place = _place_of_another(folder / "new", market)
    before = (moment - timedelta(days=1)).isoformat()
    assert "the oldest backup was finished at" in _refusal(place, "restore", "--at", before)
    after = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert _refusal(place, "restore", "--at", after) == "--at lies in the future"
    assert "keys that this market does not have (blind_index:k1, encryption:k1)" in _refusal(place, "restore")
    assert "there is no backup in" in _refusal(place, "restore", "--from", str(folder))

    shutil.copytree(market.home / "secrets", place.home / "secrets", dirs_exist_ok=True)
    newer = folder / "newer"
    newer.mkdir()
    (newer / "lost.png").symlink_to(newer / "nowhere")
    said = _refusal(place, "restore", "--media", str(newer))
    assert "the restore failed at" in said
    assert said.endswith(f"No such file or directory: '{newer / 'lost.png'}'")
    began = time.monotonic()
    _run(place, "restore", "--at", moment.isoformat())  # what failed left nothing behind
    restored = time.monotonic() - began
    shutil.copytree(market.home / "simulators", place.home / "simulators", dirs_exist_ok=True)
    place.restart()
    try:
        place.wait_ready()
        _wait_for_the_archive(place)
        known = buyer.knows(place, early, former, later)
        figures(Row(work="restore to a second: purchases before it", measured=sum(known[:2]), unit="kept",
                    measured_min=2, measured_max=2))  # fmt: skip
        figures(Row(work="restore to a second: purchases after it", measured=known[2], unit="kept",
                    measured_min=0, measured_max=0))  # fmt: skip
        figures(Row(work="restore of the demo market", measured=restored, unit="s",
                    measured_max=RESTORE_SECONDS_MAX))  # fmt: skip
        assert _tree(place.configuration.media_root) == pictures
        assert pictures
        assert "all invariants hold" in _run(place, "check-invariants")
        Buyer(place).buys()
        _assert_a_new_life_is_archived(place, backups)
    finally:
        place.stop()
        place.remove()
        market.remove()


def _assert_a_new_life_is_archived(market: Market, backups: Path) -> None:
    """The restored market's own backups stand beside the old one's; only its own are forgotten in turn."""
    theirs = set(backups.glob("*/*/backup.json"))
    _run(market, "backup")
    said = _run(market, "backup", "--keep", "1")
    (kept,) = set(backups.glob("*/*/backup.json")) - theirs
    (old,) = {note.parent.parent for note in theirs}
    assert theirs < set(backups.glob("*/*/backup.json"))
    assert f"{old} is of another market, or of before a restore" in said
    assert any((kept.parent.parent / "wal").iterdir())
    figures = httpx.get(f"http://127.0.0.1:{market.configuration.ports.web}/metrics", trust_env=False).text
    assert 'jishi_log_reader_up{reader="jishi_archive"} 1.0' in figures


class Buyer:
    """Somebody who buys one thing at a time and asks for it again later."""

    def __init__(self, market: Market) -> None:
        (self.buyer,) = books.new_buyers(market, 1)
        self.shopper = Shopper(market.url, self.buyer, books.rich_goods(market), Journal())

    def buys(self) -> Bought:
        """Buy, and return once it is paid."""
        return self.shopper.buy_once()

    def knows(self, market: Market, *purchases: Bought) -> list[bool]:
        """Ask another market for purchases; the buyer's sign-in of the old one still holds."""
        with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30) as http:
            answers = [
                http.get(
                    f"/trades/{one.trade['id']}", headers={"X-Session-Token": self.buyer["session_token"]}
                )
                for one in purchases
            ]
        assert {one.status_code for one in answers} <= {httpx.codes.OK, httpx.codes.NOT_FOUND}
        assert {one.json()["payment"]["status"] for one in answers if one.is_success} <= {"paid"}
        return [one.is_success for one in answers]


def _next_second() -> datetime:
    """Return a whole second that has passed, after all that was done before the call."""
    moment = datetime.now(UTC).replace(microsecond=0) + SECOND
    wait_until(lambda: datetime.now(UTC) > moment, what="the next second")
    return moment


def _wait_for_the_archive(market: Market) -> None:
    """Return once the log is written to the backups: nothing else of a market waits for it."""
    wait_until(lambda: bool(market.processes().get("archive", {}).get("ready")), what="the archive")


def _wait_until_archived(market: Market) -> None:
    """Return once the log of all that was done before the call is written to the backups."""
    place = places.postgres_place(market.home)
    with psycopg.connect(
        postgres.address(place, market.configuration.ports.postgres), autocommit=True, row_factory=scalar_row
    ) as server:
        position = server.execute("SELECT pg_current_wal_lsn()").fetchone()
        wait_until(
            lambda: bool(
                server.execute(
                    "SELECT bool_or(write_lsn >= %s) FROM pg_stat_replication", [position]
                ).fetchone()
            ),
            what="the archive",
        )


def _place_of_another(home: Path, old: Market) -> Market:
    """Return a market that is not there yet: another folder and port, the same backups."""
    environment, port = market_environment(
        home, {"JISHI_BACKUPS": old.environment["JISHI_BACKUPS"], "JISHI_DEMO": "1"}
    )
    return replace(old, home=home, port=port, environment=environment, killed={})


def _run(market: Market, *arguments: str) -> str:
    done = market.command(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _refusal(market: Market, *arguments: str) -> str:
    done = market.command(*arguments)
    assert done.returncode == REFUSED, done.stdout + done.stderr
    return done.stderr.removeprefix("jishi: ").strip()


def _tree(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}
