"""What a market needs, asked part by part where no process has to die for it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from jishi.entry.http import readiness
from jishi.kernel import clock

MARGIN_MB = 1_024
GROWTH_BYTES = 3 * 2**30


def test_a_full_disk_is_told_of_before_it_is_full_and_room_again_as_well(
    settings: Settings, tmp_path: Path
) -> None:
    """The limit is set just below what is free, then something grows on that disk."""
    free_mb = readiness.free_bytes(tmp_path) // 2**20
    settings.ENV = replace(
        settings.ENV, home=tmp_path, media_root=tmp_path, disk_free_mb_min=free_mb - MARGIN_MB
    )
    assert readiness._disk() == ""
    grown = tmp_path / "something-large"
    with grown.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, GROWTH_BYTES)
    assert "MB left for home" in readiness._disk()
    grown.unlink()
    assert readiness._disk() == ""


@pytest.mark.django_db(transaction=True)
def test_each_part_says_what_is_wrong_with_it_and_nothing_else_does(
    settings: Settings, tmp_path: Path
) -> None:
    settings.ENV = replace(settings.ENV, home=tmp_path, media_root=tmp_path, disk_free_mb_min=0)
    assert readiness.parts(now=clock.now()) == {
        "postgresql": "",
        "migrations": "",
        "valkey": "",
        "worker": "no job worker is alive",
        "index": "there is no index yet",
        "disk": "",
    }
