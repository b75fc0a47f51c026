"""The index as a web process sees it: opened once, followed by looking at two files now and then."""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from jishi.discovery.search import places, schema, steered, steering_file, vocabulary, words
from jishi.discovery.search.vocabulary import Vocabulary
from jishi.discovery.search.words import Segmenter
from jishi.kernel.errors import ShopError
from jishi.kernel.words import Text

LOOK_SECONDS = 0.1


class SearchWarmingUp(ShopError):
    """This machine's index is being built; lists by category work meanwhile."""

    code = "search_warming_up"
    status = 503
    message = Text(zh="搜索正在准备中,请稍后再试", en="Search is warming up; please try again in a moment")


@dataclass(slots=True)
class Opened:
    """One generation, open for reading. `stamps` are what its files looked like when they were last read."""

    folder: Path
    products: tantivy.Index
    suggestions: tantivy.Index
    segmenter: Segmenter
    names: Vocabulary
    sounds: dict[str, str]
    rules: steered.Ready
    rules_stamp: int = 0
    stamps: tuple[int, ...] = ()
    looked_at: float = field(default=0.0)


_opened: dict[Path, Opened] = {}
_lock = threading.Lock()


def opened() -> Opened:
    """Return the current generation, fresh to within `LOOK_SECONDS`. Raises: SearchWarmingUp (503)."""
    root = places.place().root
    found = _opened.get(root)
    moment = time.monotonic()
    if found is not None and moment - found.looked_at < LOOK_SECONDS:
        return found
    with _lock:
        return _look(root, moment)


def forget() -> None:
    """Close what this process has open; the next search looks anew."""
    with _lock:
        _opened.clear()


def _look(root: Path, moment: float) -> Opened:
    folder = places.Place(root).current()
    if folder is None:
        raise SearchWarmingUp
    found = _opened.get(root)
    try:
        if found is None or found.folder != folder:
            found = _opened[root] = _open(folder)
        elif (stamps := _stamps(folder)) != found.stamps:
            found.products.reload()
            found.suggestions.reload()
            found.names = vocabulary.load(folder)
            found.stamps = stamps
        if (stamp := steering_file.stamp(root)) != found.rules_stamp:
            found.rules, found.rules_stamp = steered.ready(steering_file.read(root)), stamp
    except (OSError, ValueError) as error:
        # The generation went away while we were looking; the next request finds its successor.
        _opened.pop(root, None)
        raise SearchWarmingUp from error
    found.looked_at = moment
    return found


def _open(folder: Path) -> Opened:
    stamps = _stamps(folder)
    products = tantivy.Index.open(str(folder / "products"))
    suggestions = tantivy.Index.open(str(folder / "suggestions"))
    for index in (products, suggestions):
        index.config_reader("manual")
        index.reload()
    state = places.read_state(folder)
    if state is None or state.version != schema.VERSION:
        raise ValueError("an index of another version")
    return Opened(
        folder=folder,
        products=products,
        suggestions=suggestions,
        segmenter=words.segmenter(vocabulary.load_dictionary(folder)),
        names=vocabulary.load(folder),
        sounds=json.loads((folder / "sounds.json").read_text(encoding="utf-8")),
        rules=steered.Ready(),
        stamps=stamps,
    )


def _stamps(folder: Path) -> tuple[int, ...]:
    files = (
        folder / "products" / "meta.json",
        folder / "suggestions" / "meta.json",
        folder / vocabulary.FILE,
    )
    return tuple(file.stat().st_mtime_ns for file in files)
