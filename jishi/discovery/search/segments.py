"""Joining indexes without writing them again: what they consist of is moved together.

On disk an index is a folder of segments, `meta.json`, which names those in use, and `.managed.json`, which names the
files to remove once nobody uses them. tantivy offers no joining to Python; it keeps to these two files.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jishi.discovery.search.places import write_whole

META, MANAGED = "meta.json", ".managed.json"


def join(parts: Sequence[Path], whole: Path) -> None:
    """Make an index in the empty folder `whole` of the segments of `parts`, which have the same fields and no
    writer. The parts are of no use afterwards.
    """
    metas: list[dict[str, Any]] = [_read(part / META) for part in parts]
    managed = [META]
    for part in parts:
        files = [name for name in _read(part / MANAGED) if name != META and (part / name).exists()]
        for name in files:
            (part / name).rename(whole / name)
        managed += files
    joined = {
        **metas[0],
        "segments": [segment for meta in metas for segment in meta["segments"]],
        "opstamp": max(meta["opstamp"] for meta in metas),
    }
    write_whole(whole / MANAGED, json.dumps(managed))
    write_whole(whole / META, json.dumps(joined))


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
