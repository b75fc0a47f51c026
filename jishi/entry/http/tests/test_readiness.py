"""What a market needs, asked part by part where no process has to die for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from jishi.entry.http import readiness
from jishi.kernel import clock


def test_a_full_disk_is_told_of_before_it_is_full(settings: Settings, tmp_path: Path) -> None:
    free_mb = readiness.free_bytes(tmp_path) // 2**20
    for limit_mb, is_told in ((free_mb // 2, False), (free_mb * 2, True)):
        settings.ENV = replace(settings.ENV, home=tmp_path, media_root=tmp_path, disk_free_mb_min=limit_mb)
        assert ("MB left for home" in readiness._disk()) is is_told


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
