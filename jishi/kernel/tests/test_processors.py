"""How many processors a process counts on."""

import os
from pathlib import Path

import pytest

from jishi.kernel.processors import processors


@pytest.fixture(autouse=True)
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with eight processors for us."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("quota", "counted"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("900000 50000", 8)],
)
def test_a_quota_bounds_them(tmp_path: Path, quota: str, counted: int) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(quota + "\n")
    assert processors(file) == counted


def test_without_a_quota_all_of_them_count(tmp_path: Path) -> None:
    assert processors(tmp_path / "missing") == 8
