"""The one process of a machine that writes its index: builds it when there is none, then follows the
catalogue.

What it has followed is noted after each commit, so that after a crash some products are indexed once more and
none is missed. A second indexer on the same machine waits for the first to go away.
"""

import contextlib
import fcntl
import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import psycopg
import structlog
import tantivy
from django.db import close_old_connections
from procrastinate.contrib.django.utils import connector_params

from jishi.discovery.ranking import queries as ranking
from jishi.discovery.search import (
    building,
    nodes,
    places,
    schema,
    steering_file,
    suggesting,
    supply,
    vocabulary,
    words,
)
from jishi.discovery.search.places import Place, State
from jishi.discovery.search.vocabulary import Vocabulary
from jishi.discovery.search.words import Segmenter
from jishi.kernel import clock
from jishi.offering.catalog import queries_index as catalog
from jishi.offering.catalog.services import CHANGES_CHANNEL

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
REST_SECONDS_MAX = 5.0
HEAP_BYTES = 64_000_000
RETENTION = timedelta(days=6)  # one day less than the catalogue keeps its changes
SUGGEST_EVERY = timedelta(seconds=30)
SUGGEST_SHARE_MAX = 0.05  # of the indexer's time: a large market's phrases take a while to gather
NEW_NAMES_SHARE = 0.1  # so many names that the dictionary lacks: cut everything anew
NEW_NAMES_MIN = 5


@dataclass(slots=True)
class Open:
    """The generation being written, with everything needed to write to it."""

    folder: Path
    index: tantivy.Index
    writer: tantivy.IndexWriter
    segmenter: Segmenter
    names: Vocabulary
    state: State
    suggest_at: datetime | None = None  # not before
    has_news: bool = True


def run(*, stop: threading.Event | None = None) -> None:
    """Keep this machine's index up to date until `stop` is set, or SIGTERM or SIGINT comes."""
    stop = stop or _stop_on_signals()
    place = places.place()
    place.root.mkdir(parents=True, exist_ok=True)
    with _alone(place, stop):
        rest_seconds = 0.1
        while not stop.is_set():
            try:
                _follow(place, stop)
                return
            except building.Stopped:
                return
            except Exception as error:
                # Whatever it was (PostgreSQL restarting, a full disk): the index on disk is whole, so start
                # over.
                log.error("indexer_failed", error=type(error).__name__, exc_info=error)
                stop.wait(rest_seconds)
                rest_seconds = min(rest_seconds * 2, REST_SECONDS_MAX)
            finally:
                close_old_connections()


def catch_up(place: Place | None = None) -> None:
    """Build or follow until nothing is left, here and now: for tests, seeding and the command line.

    Raises: RuntimeError while an indexer process holds the index.
    """
    place = place or places.place()
    place.root.mkdir(parents=True, exist_ok=True)
    with _lock(place) as is_free:
        if not is_free:
            raise RuntimeError("an indexer process is at work on this index")
        steering_file.Follower(place.root).follow(now=clock.now())
        stop = threading.Event()
        at = _opened(place, stop)
        try:
            while (step := _step(at)) is not None and not step:
                pass
            if step is None:
                at = _rebuilt(place, at, stop)
            _suggest(at)
        finally:
            _close(at)


def _follow(place: Place, stop: threading.Event) -> None:
    with psycopg.connect(**connector_params(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANGES_CHANNEL}")
        steering = steering_file.Follower(place.root)
        steering.follow(now=clock.now())
        at = _opened(place, stop)
        try:
            while not stop.is_set():
                steering.follow(now=clock.now())
                step = _step(at)
                if step is None or nodes.is_rebuild_wanted() or _needs_new_dictionary(at):
                    at = _rebuilt(place, at, stop)
                if at.has_news and (at.suggest_at is None or clock.now() > at.suggest_at):
                    _suggest(at)
                if step is not False:
                    close_old_connections()
                    list(listener.notifies(timeout=POLL_SECONDS, stop_after=1))
        finally:
            _close(at)


def _opened(place: Place, stop: threading.Event) -> Open:
    """Open the current generation, or build one when there is none that fits."""
    folder = place.current()
    state = places.read_state(folder) if folder else None
    if folder is None or state is None or not _is_usable(state):
        return _build(place, stop)
    try:
        return _open(folder, state, words.segmenter(vocabulary.load_dictionary(folder)))
    except ValueError as error:  # tantivy's, of files that a power cut left half written
        log.error("index_unreadable", exc_info=error)
        return _build(place, stop)


def _open(folder: Path, state: State, segmenter: Segmenter) -> Open:
    index = tantivy.Index.open(str(folder / "products"))
    return Open(
        folder=folder,
        index=index,
        writer=index.writer(HEAP_BYTES, 1),
        segmenter=segmenter,
        names=vocabulary.load(folder),
        state=state,
    )


def _is_usable(state: State) -> bool:
    followed_at = datetime.fromisoformat(state.followed_at)
    return state.version == schema.VERSION and clock.now() - followed_at < RETENTION


def _build(place: Place, stop: threading.Event) -> Open:
    """Make a new generation from all products on sale, and put it in the place of the current one."""
    started_at = clock.now()
    cursor = catalog.present_cursor()
    folder = place.new_generation()
    dictionary = catalog.names_to_keep_whole()
    vocabulary.save_dictionary(folder, dictionary)
    segmenter = words.segmenter(dictionary)
    building.fill(folder, segmenter, stop)
    places.write_whole(folder / "sounds.json", json.dumps(words.sounds(), ensure_ascii=False))
    state = State(cursor=cursor, followed_at=started_at.isoformat(), version=schema.VERSION)
    at = _open(folder, state, segmenter)
    try:
        _suggest(at)
        places.write_state(folder, at.state)
        place.make_current(folder)
        count = at.index.searcher().num_docs
        nodes.tell(product_count=count, built_at=started_at, now=clock.now())
    except BaseException:
        _close(at)
        raise
    log.info("index_built", products=count, seconds=round((clock.now() - started_at).total_seconds(), 1))
    return at


def _rebuilt(place: Place, at: Open, stop: threading.Event) -> Open:
    log.info("index_rebuilding")
    _close(at)
    return _build(place, stop)


def _step(at: Open) -> bool | None:
    """Take in one batch of changes; say whether that was all, None when the index has to be built anew."""
    changes = catalog.changes_after(at.state.cursor, building.BATCH_MAX)
    if changes is None:
        return None
    if changes.product_ids:
        documents = catalog.index_documents(changes.product_ids)
        for product_id in changes.product_ids:
            at.writer.delete_documents_by_term("id", str(product_id))
        qualities, supplies = ranking.factors(changes.product_ids), supply.of(documents)
        for document in schema.documents(documents, at.segmenter, qualities, supplies):
            at.writer.add_document(document)
        at.writer.commit()
        at.has_news = True
        if at.names.learn(documents):
            at.names.save(at.folder)
    now = clock.now()
    if changes.product_ids or now - datetime.fromisoformat(at.state.followed_at) > timedelta(minutes=1):
        at.state = replace(at.state, cursor=changes.cursor, followed_at=now.isoformat())
        places.write_state(at.folder, at.state)
        at.index.reload()
        nodes.tell(product_count=at.index.searcher().num_docs, now=now)
    return changes.is_all


def _needs_new_dictionary(at: Open) -> bool:
    names = {words.plain(name) for name in at.names.names() if len(name) > 1}
    unknown = names - set(at.segmenter.names)
    return len(unknown) >= max(NEW_NAMES_MIN, NEW_NAMES_SHARE * len(names))


def _suggest(at: Open) -> None:
    begun = clock.now()
    at.index.reload()
    suggesting.write(at.folder, at.index.searcher(), at.names)
    now = clock.now()
    at.suggest_at, at.has_news = now + max(SUGGEST_EVERY, (now - begun) / SUGGEST_SHARE_MAX), False


def _close(at: Open) -> None:
    with contextlib.suppress(ValueError):  # closed already by a failed commit
        at.writer.rollback()
        at.writer.wait_merging_threads()


# -- one indexer per machine -----------------------------------------------------------------------


@contextlib.contextmanager
def _alone(place: Place, stop: threading.Event) -> Iterator[None]:
    """Hold the machine's lock, waiting for another indexer to let go of it."""
    is_told = False
    while not stop.is_set():
        with _lock(place) as is_free:
            if is_free:
                yield
                return
        if not is_told:
            log.info("indexer_waits", reason="another indexer is at work on this machine")
            is_told = True
        stop.wait(POLL_SECONDS)


@contextlib.contextmanager
def _lock(place: Place) -> Iterator[bool]:
    with (place.root / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop
