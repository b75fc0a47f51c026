"""Reading behaviour: what models learn from, what somebody did last, what he said, what is kept of him."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from jishi.discovery.behaviour import recent
from jishi.discovery.behaviour.models import ConsentRow, EventRow
from jishi.discovery.behaviour.types import (
    CONSENT_TEXT,
    BehaviourKind,
    Consent,
    Interaction,
    Kept,
    KindCount,
    ProductCounts,
)
from jishi.kernel.db import row, rows
from jishi.kernel.ids import ProductId
from jishi.kernel.tables import id_floor, milliseconds_of

STREAMED_AT_ONCE = 5_000


def interactions(*, since: datetime, until: datetime) -> Iterator[Interaction]:
    """Stream what people did with products in [since, until), the oldest first, through a server-side cursor.

    Who has said no since is left out, though his events stay until he erases them.
    """
    latest = ConsentRow.objects.order_by("person_id", "-id").distinct("person_id").values("id")
    refused = ConsentRow.objects.filter(id__in=latest, allowed=False).values("person_id")
    found = (
        EventRow.objects.filter(id__gte=id_floor(since), id__lt=id_floor(until), product_id__isnull=False)
        .exclude(person_id__in=refused)
        .order_by("id")
        .values_list("id", "person_id", "product_id", "kind")
    )
    streamed = cast("Iterator[tuple[UUID, UUID, UUID, str]]", found.iterator(chunk_size=STREAMED_AT_ONCE))
    for made, person_id, product_id, kind in streamed:
        yield Interaction(
            person_id=person_id,
            product_id=ProductId(product_id),
            kind=BehaviourKind(kind),
            at=_instant(milliseconds_of(made)),
        )


def product_counts(*, since: datetime, until: datetime) -> Iterator[ProductCounts]:
    """Count what was done with each product in [since, until), in no order: one statement."""
    found = rows(
        "SELECT product_id, "
        "count(*) FILTER (WHERE kind = 'impression'), count(*) FILTER (WHERE kind = 'view'), "
        "count(*) FILTER (WHERE kind = 'click'), count(*) FILTER (WHERE kind = 'add'), "
        "count(*) FILTER (WHERE kind = 'buy') "
        "FROM behaviour_event WHERE id >= %s AND id < %s AND product_id IS NOT NULL GROUP BY product_id",
        [id_floor(since), id_floor(until)],
    )
    for product_id, impressions, views, clicks, adds, buys in found:
        yield ProductCounts(
            product_id=ProductId(product_id),
            impressions=impressions,
            views=views,
            clicks=clicks,
            adds=adds,
            buys=buys,
        )


def recent_products(person_id: UUID, *, limit: int) -> list[tuple[ProductId, BehaviourKind, datetime]]:
    """Return what somebody did last with products, the latest first; a product may come once for each kind.

    From Valkey; [] while it is away, and for who never said yes. What was merely shown is not among it.
    """
    return recent.latest(person_id, limit=limit)


def is_personalised(person_id: UUID) -> bool:
    """Tell whether somebody's behaviour may be used for him; no for who was never asked. One statement."""
    found = _last_word(person_id)
    return bool(found and found[0])


def consent(person_id: UUID, *, signal: bool) -> Consent:
    """Return what somebody said last. `signal`: his browser asks not to be followed. One statement."""
    found = _last_word(person_id)
    return Consent(
        allowed=found[0] if found else None,
        said_at=found[1] if found else None,
        signal=signal,
        text_version=CONSENT_TEXT,
    )


def ids_of(person_id: UUID) -> list[UUID]:
    """Return somebody's id and those of the visitors whom he turned out to be: one statement."""
    found = rows("SELECT visitor_id FROM behaviour_visitor WHERE buyer_id = %s", [person_id])
    return [person_id, *(visitor for (visitor,) in found)]


def kept(person_id: UUID) -> Kept:
    """Count what is kept of somebody, under his former visitor ids too. One statement."""
    found = rows(
        "SELECT kind, count(*), min(id::text), max(id::text) FROM behaviour_event "
        "WHERE person_id = %(person)s OR person_id IN "
        "(SELECT visitor_id FROM behaviour_visitor WHERE buyer_id = %(person)s) "
        "GROUP BY kind ORDER BY 2 DESC, 1",
        {"person": person_id},
    )
    return Kept(
        total=sum(count for _, count, _, _ in found),
        kinds=[KindCount(kind=BehaviourKind(kind), count=count) for kind, count, _, _ in found],
        first_at=_instant(milliseconds_of(UUID(min(first for _, _, first, _ in found)))) if found else None,
        last_at=_instant(milliseconds_of(UUID(max(last for _, _, _, last in found)))) if found else None,
    )


def _last_word(person_id: UUID) -> tuple[bool, datetime] | None:
    found = row(
        "SELECT allowed, said_at FROM behaviour_consent WHERE person_id = %s ORDER BY id DESC LIMIT 1",
        [person_id],
    )
    return (found[0], found[1]) if found else None


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
