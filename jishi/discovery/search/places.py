"""Where the index lies on this machine: one folder per generation, and a small file that names the current
one.

A generation is built beside the one in use and put in its place by one rename; a reader that has it open
keeps it.
"""

import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

KEPT_GENERATIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What an index knows of itself: how far it has followed the catalogue, when, and how it was made."""

    cursor: str
    followed_at: str
    version: str


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of all generations."""

    root: Path

    @property
    def pointer(self) -> Path:
        """The file that names the current generation."""
        return self.root / "current"

    def current(self) -> Path | None:
        """Return the current generation, or None when there is none yet."""
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        folder = self.root / name
        return folder if name and folder.is_dir() else None

    def new_generation(self) -> Path:
        """Make the folder of a generation that nobody reads yet; what others that never ended have left goes."""
        self._remove_all_but({self.current()})
        folder = self.root / f"generation-{uuid.uuid4().hex[:12]}"
        (folder / "products").mkdir(parents=True)
        return folder

    def make_current(self, folder: Path) -> None:
        """Put a finished generation in the place of the current one, and remove those before."""
        before = self.current()
        write_whole(self.pointer, folder.name)
        self._remove_all_but({folder, before})

    def _remove_all_but(self, kept: set[Path | None]) -> None:
        for old in self.root.glob("generation-*"):
            if old not in kept:
                shutil.rmtree(old, ignore_errors=True)


def place() -> Place:
    """Return this market's place: under its home, apart for every database."""
    return Place(Path(settings.ENV.home) / "search" / str(connection.settings_dict["NAME"]))


def read_state(generation: Path) -> State | None:
    """Return the state of a generation, or None when it was never finished."""
    try:
        return State(**json.loads((generation / "state.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_state(generation: Path, state: State) -> None:
    """Note how far a generation has followed; after the commit it speaks of."""
    write_whole(generation / "state.json", json.dumps(asdict(state)))


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: readers see the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
