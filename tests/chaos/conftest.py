"""A market in trouble: its disk is small, its clock can be moved, its partners answer over a line that can break."""

import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulators.testing import RunningSimulators, running_simulators
from tests.bad_line import BadLine, bad_line
from tests.engines import free_port
from tests.market import Market, start_seeded_market

HOME_DISK = "512m"
DATABASE_DISK = "768m"
MEDIA_DISK = "128m"


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of its own."""

    root: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no byte on the disk while the block runs."""
        filler = self.root / "filler"
        try:
            with filler.open("wb", buffering=0) as file:
                for block in (1 << 20, 1 << 12):
                    try:
                        while True:
                            file.write(b"\0" * block)
                    except OSError:
                        continue
            yield
        finally:
            filler.unlink()


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of our processes; the database, the channels and the test keep the true time."""

    library: Path
    note: Path

    def moved(self, seconds: int) -> None:
        """Let our processes see a time so many seconds ahead, from now on."""
        with self.note.open("r+b") as file:
            file.write(struct.pack("=q", seconds))


@dataclass(frozen=True, slots=True)
class Troubled:
    """A running market and what can go wrong around it."""

    market: Market
    simulators: RunningSimulators
    line: BadLine
    clock: Clock
    home_disk: Disk
    disk: Disk
    media_disk: Disk


@pytest.fixture(scope="session")
def troubled() -> Iterator[Troubled]:
    """Start it once; each test puts right what it has broken."""
    base = Path(os.environ["JISHI_TEST_RUN"]) / "troubled"
    base.mkdir(mode=0o755)
    with ExitStack() as stack:
        home = base / "troubled-market"
        home_disk = stack.enter_context(_disk(home, HOME_DISK))
        disk = stack.enter_context(_disk(home / "postgres", DATABASE_DISK))
        media_disk = stack.enter_context(_disk(home / "media", MEDIA_DISK))
        clock = _clock(base)
        port = free_port()
        line = stack.enter_context(bad_line(target_port=port))
        market = start_seeded_market(home, _variables(clock, line))
        stack.callback(market.remove)
        stack.callback(market.stop)
        market.wait_ready()
        simulators = stack.enter_context(
            running_simulators(
                market.configuration.secrets_folder, port=port, retry_seconds=(0.5, 1.0, 2.0, 4.0)
            )
        )
        yield Troubled(market, simulators, line, clock, home_disk, disk, media_disk)


def _clock(folder: Path) -> Clock:
    library, note = folder / "moved_clock.so", folder / "clock"
    source = Path(__file__).with_name("moved_clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    note.write_bytes(struct.pack("=q", 0))
    return Clock(library, note)


def _variables(clock: Clock, line: BadLine) -> dict[str, str]:
    return {
        "JISHI_WECHAT_GATEWAY_URL": f"{line.url}/_sim/wechat",
        "JISHI_ALIPAY_GATEWAY_URL": f"{line.url}/_sim/alipay/gateway.do",
        "JISHI_DISK_FREE_MB_MIN": "8",  # the disks are small from the beginning
        "LD_PRELOAD": str(clock.library),
        "MOVED_CLOCK": str(clock.note),
    }


@contextmanager
def _disk(root: Path, size: str) -> Iterator[Disk]:
    """Mount a small disk in memory: as root, or as somebody who may become root without a password."""
    root.mkdir(mode=0o755, parents=True)
    root_only = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    options = f"size={size},mode=755,uid={os.geteuid()},gid={os.getegid()}"
    subprocess.run([*root_only, "mount", "-t", "tmpfs", "-o", options, "jishi-test", root], check=True)
    try:
        yield Disk(root)
    finally:
        subprocess.run([*root_only, "umount", "--lazy", root], check=True)
