"""What takes how long inside the server: run in a process of its own, with what the market's processes read.

    python -m benchmarks.inside search|words|suggestions|recommendations|orders|imports|settlement

Prints one line of JSON. Reads what the market's web processes read (the same index, the same database), without HTTP
or other requests beside it. Searches begin with an empty cache.
"""

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

SEARCHES, SEARCHES_OVER_HTTP = 2_000, 20_000
ROUNDS = 3
FOLLOWED, LOOKED_AT = 200, 30  # people who allow it, and how many products each has looked at
IMPORTED = 20_000
IMPORT_SECONDS_MAX = 600.0
LISTED_PAGES = 40


def main(work: str) -> None:
    """Measure one piece of work."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")
    import django

    django.setup()
    print(json.dumps(_WORK[work]()))


def timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Call each once and return what it took in milliseconds: p50, p95, p99, and how many there were."""
    return summed([_milliseconds(call) for call in calls])


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def summed(times: list[float]) -> dict[str, float]:
    """Return what stands for these times: p50, p95, p99, and how many there were."""
    times = sorted(times)
    shares = {f"p{share}": times[min(len(times) - 1, len(times) * share // 100)] for share in (50, 95, 99)}
    return {**shares, "count": len(times)}


def _search() -> dict[str, Any]:
    """Ask the fixed mix of queries once, 24 hits with facets each; broad facets are kept as for everybody."""
    import valkey

    from benchmarks.queries import SHARES, mix
    from jishi.config.environment import environment
    from jishi.discovery.search import queries
    from jishi.discovery.search.types import SearchWish

    def ask(text: str) -> object:
        return queries.search(SearchWish(words=text), language="zh")

    ask("QQ0000")  # the first one opens the index
    valkey.Valkey.from_url(environment().redis_url).flushdb()
    times: dict[str, list[float]] = {name: [] for name in SHARES}
    for kind, word in mix(SEARCHES):
        times[kind].append(_milliseconds(lambda word=word: ask(word)))
    every = [one for of_kind in times.values() for one in of_kind]
    return {**summed(every), "of": {kind: summed(of_kind) for kind, of_kind in times.items()}}


def _words() -> dict[str, Any]:
    from benchmarks.queries import mix

    return {"words": [word for _, word in mix(SEARCHES_OVER_HTTP)]}


def _suggestions() -> dict[str, Any]:
    from benchmarks.queries import typed
    from jishi.discovery.search import queries

    calls = [lambda text=text: queries.suggestions(text) for text in typed()]
    timed(calls[:20])
    return timed(calls * ROUNDS)


def _recommendations() -> dict[str, Any]:
    """Ask once for every place where goods are recommended, for people who have looked at thirty products each."""
    from uuid import UUID

    from jishi.discovery.behaviour import services as behaviour
    from jishi.discovery.behaviour.types import CONSENT_TEXT, BrowserEvent, BrowserKind, ConsentAnswer
    from jishi.discovery.recommendations import queries, services
    from jishi.discovery.recommendations.types import Asked, Place
    from jishi.kernel import clock
    from jishi.kernel.db import rows
    from jishi.kernel.ids import ProductId, UserId, new_id

    now = clock.now()
    # By the end of an id, which is random: from all of the catalogue, and the same ones each time.
    some = rows(
        "SELECT id FROM catalog_product WHERE status = 'live' ORDER BY right(id::text, 12) LIMIT %s",
        [FOLLOWED * LOOKED_AT],
    )
    goods = [ProductId(one) for (one,) in some]
    people: list[tuple[UUID, list[ProductId]]] = []
    for number in range(FOLLOWED):
        person = new_id()
        seen = [goods[(number * LOOKED_AT + place) % len(goods)] for place in range(LOOKED_AT)]
        views = [BrowserEvent(event_id=new_id(), kind=BrowserKind.VIEW, product_id=one) for one in seen]
        behaviour.answer(
            person_id=person, wish=ConsentAnswer(allowed=True, text_version=CONSENT_TEXT), now=now
        )
        behaviour.record(person_id=person, events=views, now=now)
        people.append((person, seen))
    services.retrain(now=now)

    def ask(place: Place, person: UUID, seen: Sequence[ProductId]) -> object:
        return queries.recommended(
            Asked(
                place=place, owner_id=person, buyer=UserId(person), language="zh", now=now,
                product_ids=() if place in (Place.HOME, Place.EMPTY) else seen[:1],
            )
        )  # fmt: skip

    ask(Place.HOME, *people[0])
    times = {
        place.value: [_milliseconds(lambda one=one, place=place: ask(place, *one)) for one in people]
        for place in Place
    }
    every = [one for of_place in times.values() for one in of_place]
    return {**summed(every), "of": {place: summed(of_place) for place, of_place in times.items()}}


def _table(category: str) -> bytes:
    """Return a table of new products, with codes that no other run has used."""
    text, mark = StringIO(), f"{time.time_ns():x}"
    table = csv.writer(text)
    table.writerow(["标题", "英文标题", "类目", "商家编码", "售价", "划线价", "重量(克)", "详情"])
    for number in range(IMPORTED):
        told = [f"陶杯 {number}", f"Cup {number}", category, f"{mark}-{number}", "19.50", "29", "300"]
        table.writerow([*told, "<p>高温烧制,容量 350 毫升。</p>" * 5])
    return text.getvalue().encode()


def _imports() -> dict[str, Any]:
    """Bring a table of products in as a merchant would: what the market's worker takes from start to end."""
    from jishi.kernel import clock
    from jishi.kernel.db import row
    from jishi.kernel.ids import MerchantId
    from jishi.offering.catalog import queries_bulk as catalog
    from jishi.offering.imports import queries, services
    from jishi.offering.imports.types import CheckWish, ColumnWish, ImportId, ImportRun, RunStatus

    found = row("SELECT id FROM merchants_merchant WHERE status = 'active' ORDER BY id LIMIT 1")
    assert found is not None
    merchant_id, now = MerchantId(found[0]), clock.now()
    category = next(
        one.id
        for one in catalog.rulebook(merchant_id).categories.values()
        if one.is_open and one.is_leaf and not any(attribute.is_required for attribute in one.attributes)
    )

    def wait(run_id: ImportId, wanted: RunStatus) -> ImportRun:
        until = time.perf_counter() + IMPORT_SECONDS_MAX
        while time.perf_counter() < until:
            run = queries.run(merchant_id, run_id)
            if run.status is wanted:
                return run
            time.sleep(0.05)
        raise SystemExit(f"bench: the import is not {wanted.value} after {IMPORT_SECONDS_MAX:.0f} s")

    made = services.upload(
        merchant_id=merchant_id, data=_table(str(category)), file_name="bench.csv", staff_id=None,
        language="zh", now=now,
    )  # fmt: skip
    columns = [ColumnWish(position=one.position, target=one.target) for one in made.columns if one.target]
    wish = CheckWish(columns=columns, for_review=False, warehouse_id=None)
    begun = time.perf_counter()
    services.check(merchant_id=merchant_id, run_id=made.run.id, wish=wish, now=now)
    wait(made.run.id, RunStatus.CHECKED)
    checked = time.perf_counter()
    services.start(merchant_id=merchant_id, run_id=made.run.id, now=now)
    done = wait(made.run.id, RunStatus.DONE)
    written = time.perf_counter()
    return {
        "products": done.created_count,
        "checking_seconds": checked - begun,
        "writing_seconds": written - checked,
    }


def _orders() -> dict[str, Any]:
    """Leaf through the longest list of orders that a merchant has: all of it, and each of its statuses."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jishi.kernel import clock
    from jishi.kernel.db import rows
    from jishi.trade.orders import queries_pages as orders
    from jishi.trade.orders.types import OrderStatus

    ((merchant_id, count),) = rows(
        "SELECT merchant_id, count(*) FROM orders_order GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    now = clock.now()
    cursors: dict[str, str | None] = {}

    def leaf(status: OrderStatus | None) -> None:
        page = orders.orders_of_merchant(
            merchant_id=merchant_id, statuses=[status] if status else [], search="",
            cursor=cursors.get(str(status)), limit=50, language="zh", now=now,
        )  # fmt: skip
        cursors[str(status)] = page.next_cursor

    views: list[OrderStatus | None] = [None, *OrderStatus]
    leaf(None)
    with CaptureQueriesContext(connection) as seen:
        leaf(None)
    counting = sum("count(" in one["sql"].lower() for one in seen.captured_queries)
    found = timed([lambda view=view: leaf(view) for _ in range(LISTED_PAGES) for view in views])
    return {**found, "orders": count, "statements": len(seen.captured_queries), "counting": counting}


def _settlement() -> dict[str, Any]:
    """Issue every statement that waits, as the nightly job does."""
    from jishi.flows import settle
    from jishi.kernel import clock
    from jishi.kernel.db import row

    waiting = row("SELECT count(*) FROM settlement_entry WHERE statement_id IS NULL")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    issued = settle.run_cycle(clock.now() + timedelta(days=1))
    seconds = time.perf_counter() - begun
    left = row("SELECT count(*) FROM settlement_entry WHERE statement_id IS NULL")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    lines = (waiting[0] if waiting else 0) - (left[0] if left else 0)
    return {"seconds": seconds, "lines": lines, "statements": len(issued), "grown_mb": grown / 1024}


_WORK: dict[str, Callable[[], dict[str, Any]]] = {
    "search": _search,
    "words": _words,
    "suggestions": _suggestions,
    "recommendations": _recommendations,
    "orders": _orders,
    "imports": _imports,
    "settlement": _settlement,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(sys.argv[1])
