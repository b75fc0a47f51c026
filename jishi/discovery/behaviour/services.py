"""Keeping behaviour of those who allow it, and what they say about that.

One lock per person orders reports, answers and erasures: what was on its way when somebody said no is not kept.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from jishi.discovery.behaviour import queries, recent
from jishi.discovery.behaviour.types import (
    DAY_SECONDS,
    BehaviourEvent,
    BehaviourKind,
    BrowserEvent,
    ConsentAnswer,
)
from jishi.kernel.cache import Away
from jishi.kernel.crypto.blind_index import blind_index
from jishi.kernel.db import atomic, execute, lock, require_transaction, row, rows
from jishi.kernel.errors import Invalid, ShopError
from jishi.kernel.ids import OrderId, ProductId, UserId, VisitorId, new_id
from jishi.kernel.tables import drop_past_partitions, id_floor
from jishi.kernel.words import Text

KEPT = timedelta(days=396)  # 13 months
LATE_MAX = timedelta(seconds=DAY_SECONDS)
# A report may come again a day later, of what was a day old when it came first.
REPEATED_WITHIN = 2 * LATE_MAX
WORDS_PURPOSE = "behaviour.words"
_ALLOWED = "(SELECT allowed FROM behaviour_consent WHERE person_id = %(person)s ORDER BY id DESC LIMIT 1)"
_KEEP = f"""
INSERT INTO behaviour_event
    (id, person_id, event_id, kind, product_id, placement, model, arm, position, words_hash, dwell_seconds)
SELECT new.id, %(person)s, new.event_id, new.kind, new.product_id, new.placement, new.model, new.arm,
    new.position, new.words_hash, new.dwell_seconds
FROM unnest(%(ids)s::uuid[], %(event_ids)s::uuid[], %(kinds)s::text[], %(products)s::uuid[],
        %(placements)s::text[], %(models)s::text[], %(arms)s::text[], %(positions)s::int[], %(words)s::bytea[],
        %(dwells)s::int[])
    AS new (id, event_id, kind, product_id, placement, model, arm, position, words_hash, dwell_seconds)
WHERE {_ALLOWED} AND NOT EXISTS (
    SELECT 1 FROM behaviour_event old
    WHERE old.person_id = %(person)s AND old.event_id = new.event_id AND old.id >= %(earliest)s)
RETURNING event_id
"""


class BehaviourAway(ShopError):
    """What somebody did last cannot be reached; nothing was erased."""

    code = "behaviour_away"
    status = 503
    message = Text(
        zh="行为数据暂时无法清除,请稍后再试", en="The data cannot be erased at the moment; please try again"
    )


def record(*, person_id: UUID, events: Sequence[BrowserEvent], now: datetime) -> None:
    """Keep what somebody's browser reports, if he allows it; each event counts once.

    One statement for who does not allow it, three otherwise.
    Raises: Invalid for an event that lacks its product or its words.
    """
    wanted = [_event(one, number, now) for number, one in enumerate(events)]
    if wanted and queries.is_personalised(person_id):
        with atomic():
            _keep(person_id, wanted, now)


def note_favourite(*, buyer: UserId, product_id: ProductId, now: datetime) -> None:
    """Keep that a buyer liked a product, if he allows it; once a day."""
    liked = BehaviourEvent(
        event_id=uuid5(product_id, f"favourite {now:%Y-%m-%d}"),
        kind=BehaviourKind.FAVOURITE,
        at=now,
        product_id=product_id,
    )
    if queries.is_personalised(buyer):
        with atomic():
            _keep(buyer, [liked], now)


def note_bought(
    *, buyer: UserId, order_id: OrderId, product_ids: Iterable[ProductId], at: datetime, now: datetime
) -> None:
    """Keep what a buyer paid for, if he allows it: once for each product of an order.

    Raises: ProgrammingError outside a transaction.
    """
    require_transaction("note_bought")
    bought = [
        BehaviourEvent(
            event_id=uuid5(order_id, str(product_id)), kind=BehaviourKind.BUY, at=at, product_id=product_id
        )
        for product_id in sorted(set(product_ids))
    ]
    if bought and queries.is_personalised(buyer):
        _keep(buyer, bought, now)


def answer(*, person_id: UUID, wish: ConsentAnswer, now: datetime) -> None:
    """Write down what somebody says to being asked. A no holds for his former visitor ids too, and ends what
    Valkey remembers.

    Saying the same again is written down again: it may be about other words.
    Raises: BehaviourAway (503) for a no while Valkey is away; then nothing was said.
    """
    with atomic():
        everybody = [person_id] if wish.allowed else queries.ids_of(person_id)
        _lock(everybody)
        for one in everybody:
            _say(one, allowed=wish.allowed, text_version=wish.text_version, at=now)
        if not wish.allowed:
            _forget_recent(everybody)


def erase(*, person_id: UUID) -> int:
    """Delete all events of somebody, those of his former visitor ids too; return how many there were.

    What he said about consent stays: it is the proof that he was asked.
    Raises: BehaviourAway (503); then nothing was erased.
    """
    with atomic():
        everybody = queries.ids_of(person_id)
        _lock(everybody)
        erased = execute("DELETE FROM behaviour_event WHERE person_id = ANY(%s)", [everybody])
        _forget_recent(everybody)
    return erased


def merge(*, visitor: VisitorId, buyer: UserId, now: datetime) -> None:
    """Give a visitor's events to the buyer he turned out to be, if both said yes; else forget them.

    An account that said nothing takes over what was said on this device. Safe to call again.
    """
    if not _has_spoken(visitor):
        return
    with atomic():
        _lock([visitor, buyer])
        if not _has_spoken(buyer):
            _take_over_consent(visitor, buyer, now)
        execute(
            "INSERT INTO behaviour_visitor (buyer_id, visitor_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [buyer, visitor],
        )
        both = queries.is_personalised(visitor) and queries.is_personalised(buyer)
        if both:
            _move(visitor, buyer)
        else:
            execute("DELETE FROM behaviour_event WHERE person_id = %s", [visitor])
    _move_recent(visitor, buyer, both=both)


def drop_old(*, now: datetime) -> int:
    """Drop the months that ended more than `KEPT` ago; return how many."""
    with atomic():
        return drop_past_partitions("behaviour_event", before=now - KEPT)


def normal_words(words: str) -> str:
    """Return what two searches for the same have in common: width, case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def _event(told: BrowserEvent, number: int, now: datetime) -> BehaviourEvent:
    """Return what is kept of a report: on our clock, without words. Raises: Invalid."""
    kind = BehaviourKind(told.kind)
    if (told.product_id is None) != (kind is BehaviourKind.SEARCH):
        raise Invalid(field=f"events.{number}.product_id")
    words = normal_words(told.words) if told.words and kind is BehaviourKind.SEARCH else ""
    return BehaviourEvent(
        event_id=told.event_id,
        kind=kind,
        at=now - min(timedelta(milliseconds=told.age_ms), LATE_MAX),
        product_id=told.product_id,
        placement=told.placement,
        model=told.model,
        arm=told.arm,
        position=told.position,
        words_hash=blind_index(words, WORDS_PURPOSE) if words else None,
        dwell_seconds=told.dwell_seconds if kind is BehaviourKind.DWELL else None,
    )


def _keep(person_id: UUID, events: Sequence[BehaviourEvent], now: datetime) -> None:
    """Insert what is new, unless the person has said no by now, and remember it in Valkey."""
    once = {one.event_id: one for one in events}
    _lock([person_id])
    kept = {
        event_id
        for (event_id,) in rows(
            _KEEP,
            {
                "person": person_id,
                "earliest": id_floor(min(now - REPEATED_WITHIN, *(one.at for one in once.values()))),
                "ids": [_id_at(one.at) for one in once.values()],
                "event_ids": list(once),
                "kinds": [one.kind.value for one in once.values()],
                "products": [one.product_id for one in once.values()],
                "placements": [one.placement.value if one.placement else "" for one in once.values()],
                "models": [one.model for one in once.values()],
                "arms": [one.arm for one in once.values()],
                "positions": [one.position for one in once.values()],
                "words": [one.words_hash for one in once.values()],
                "dwells": [one.dwell_seconds for one in once.values()],
            },
        )
    }
    recent.remember(person_id, [one for one in once.values() if one.event_id in kept])


def _id_at(at: datetime) -> UUID:
    """Return a UUIDv7 of an instant that need not be now: it decides the month that a row lies in."""
    rest = (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)
    return UUID(int=id_floor(at).int | rest)


def _lock(person_ids: Iterable[UUID]) -> None:
    for person_id in sorted(person_ids):  # always in this order, so that two never wait for each other
        lock(f"behaviour {person_id}")


def _has_spoken(person_id: UUID) -> bool:
    return row("SELECT 1 FROM behaviour_consent WHERE person_id = %s LIMIT 1", [person_id]) is not None


def _say(person_id: UUID, *, allowed: bool, text_version: str, at: datetime) -> None:
    execute(
        "INSERT INTO behaviour_consent (id, person_id, allowed, text_version, said_at) VALUES (%s, %s, %s, %s, %s)",
        [new_id(), person_id, allowed, text_version, at],
    )


def _take_over_consent(visitor: VisitorId, buyer: UserId, now: datetime) -> None:
    """Write the visitor's last word down as the buyer's: said when it was said, known of him from now."""
    execute(
        "INSERT INTO behaviour_consent (id, person_id, allowed, text_version, said_at) "
        "SELECT %s, %s, allowed, text_version, LEAST(said_at, %s) FROM behaviour_consent "
        "WHERE person_id = %s ORDER BY id DESC LIMIT 1",
        [new_id(), buyer, now, visitor],
    )


def _move(visitor: VisitorId, buyer: UserId) -> None:
    """Rename the visitor's events, but for those that the buyer has already."""
    execute(
        "DELETE FROM behaviour_event v WHERE person_id = %(visitor)s AND EXISTS "
        "(SELECT 1 FROM behaviour_event b WHERE b.person_id = %(buyer)s AND b.event_id = v.event_id)",
        {"visitor": visitor, "buyer": buyer},
    )
    execute("UPDATE behaviour_event SET person_id = %s WHERE person_id = %s", [buyer, visitor])


def _move_recent(visitor: VisitorId, buyer: UserId, *, both: bool) -> None:
    """Do in Valkey what was done in the table; while it is away, the moment is simply known less well."""
    try:
        if both:
            recent.merge(visitor=visitor, buyer=buyer)
        else:
            recent.forget([visitor])
    except Away:
        return


def _forget_recent(person_ids: Sequence[UUID]) -> None:
    try:
        recent.forget(person_ids)
    except Away:
        raise BehaviourAway from None
