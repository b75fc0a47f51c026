"""Folders that are kept between runs, and copied into each."""

import os
import shutil
import subprocess
from pathlib import Path

CACHES_KEPT = 8


def save(data: Path, target: Path) -> None:
    """Keep the cluster in `data` as `target`, whole or not at all."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    copy_folder(data, draft)
    (draft / "postmaster.pid").unlink(missing_ok=True)
    draft.rename(target)


def copy_folder(source: Path, target: Path) -> None:
    """Copy what a folder holds, with owners and modes."""
    target.mkdir(exist_ok=True)
    subprocess.run(
        ["cp", "-a", f"{source}/.", str(target)], check=True, stdin=subprocess.DEVNULL, capture_output=True
    )


def empty(folder: Path) -> None:
    """Remove what is in a folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def forget_old_caches(cache: Path) -> None:
    """Remove all but the newest of what is kept under keys."""
    folders = [path for path in cache.iterdir() if path.is_dir() and len(path.name) == 24]
    for path in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[CACHES_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
