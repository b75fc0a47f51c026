"""Filling a new generation with all products on sale: here, or in a large market on up to four processors.

A process of each processor writes what looks like a generation of its own, of its range of the products. In the end
their segments lie in one folder.
"""

import multiprocessing
import shutil
import threading
from collections.abc import Sequence
from itertools import pairwise
from multiprocessing import connection as pipes
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import cast

import tantivy
from django.db import connection

from jishi.discovery.ranking import queries as ranking
from jishi.discovery.search import part, schema, segments, supply, vocabulary
from jishi.discovery.search.vocabulary import Vocabulary
from jishi.discovery.search.words import Segmenter
from jishi.kernel.ids import ProductId
from jishi.kernel.processors import processors
from jishi.offering.catalog import queries_index as catalog

BATCH_MAX = 1_000
HEAP_BYTES = 256_000_000  # of each process: what fills it becomes one segment
PARTED_FROM = 20_000  # products: starting processes costs as much as indexing some thousands
PROCESSES_MAX = 4
LOOK_UP_SECONDS = 0.5


class Stopped(Exception):
    """Building was broken off because the process shall end; what was written is of no use."""


def fill(generation: Path, segmenter: Segmenter, stop: threading.Event) -> None:
    """Index all products on sale, and keep their names beside the index. Raises: Stopped soon after `stop` is set."""
    processes = min(processors(), PROCESSES_MAX)
    count, last_ids = catalog.live_products_cut(processes)
    if processes == 1 or count < PARTED_FROM:
        write(generation, segmenter, stop=stop)
        return
    parts = [generation / f"part-{number}" for number in range(processes)]
    _write_all(generation, parts, last_ids, stop)
    _join(parts, generation)


def write(
    folder: Path,
    segmenter: Segmenter,
    after: ProductId | None = None,
    until: ProductId | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Index the products on sale that come after one id, up to another, and keep their names beside them.

    Ends with the process that waits for it: nobody would use what is written then. Raises: Stopped.
    """
    (folder / "products").mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema.schema(), path=str(folder / "products"))
    writer, names = index.writer(HEAP_BYTES, 1), Vocabulary()
    waiting = multiprocessing.parent_process()
    while product_ids := catalog.live_product_ids(after=after, until=until, limit=BATCH_MAX):
        documents = catalog.index_documents(product_ids)
        names.learn(documents)
        qualities, supplies = ranking.factors(product_ids), supply.of(documents)
        for document in schema.documents(documents, segmenter, qualities, supplies):
            writer.add_document(document)
        after = product_ids[-1]
        if waiting and not waiting.is_alive():
            raise SystemExit("the indexer is gone")
        if stop and stop.is_set():
            raise Stopped
    writer.commit()
    writer.wait_merging_threads()
    names.save(folder)


def _write_all(
    generation: Path, parts: Sequence[Path], last_ids: Sequence[ProductId], stop: threading.Event
) -> None:
    """Let a process write each part. Raises: RuntimeError as soon as one fails, Stopped; the others are ended."""
    spawn, database = multiprocessing.get_context("spawn"), str(connection.settings_dict["NAME"])
    ranges = pairwise([None, *last_ids, None])
    processes = [
        spawn.Process(target=part.write, args=(generation, folder, database, *one), daemon=True)
        for folder, one in zip(parts, ranges, strict=True)
    ]
    try:
        for process in processes:
            process.start()
        _wait(processes, stop)
    finally:
        for process in processes:
            if process.pid:
                process.kill()
                process.join()


def _wait(processes: Sequence[SpawnProcess], stop: threading.Event) -> None:
    running = {process.sentinel: process for process in processes}
    while running:
        if stop.is_set():
            raise Stopped
        for sentinel in pipes.wait(list(running), LOOK_UP_SECONDS):
            process = running.pop(cast(int, sentinel))
            process.join()
            if process.exitcode:
                raise RuntimeError(f"a process that writes a part of the index ended: {process.exitcode}")


def _join(parts: Sequence[Path], generation: Path) -> None:
    segments.join([one / "products" for one in parts], generation / "products")
    names = Vocabulary()
    for one in parts:
        names.add(vocabulary.load(one))
    names.save(generation)
    for one in parts:
        shutil.rmtree(one)
