"""Training a version, and what people do not want to see."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from jishi.discovery.recommendations.models import EVERYTHING, ListRow, RefusalRow, VersionRow
from jishi.discovery.recommendations.types import TrainedList
from jishi.kernel.db import atomic, execute, lock
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import ProductId, UserId, VisitorId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog

if TYPE_CHECKING:
    from jishi.discovery.recommendations.training import Trained

REFUSALS_MAX = 1_000
REFUSALS_KEPT = timedelta(days=365)
VERSIONS_KEPT = 2
WRITTEN_AT_ONCE = 500
_REFUSED = (
    "EXISTS (SELECT 1 FROM recommendations_refusal WHERE owner_id = %(owner)s AND product_id = %(product)s)"
)


class TooManyRefusals(Conflict):
    """Nobody keeps more than so many."""

    code = "too_many_refusals"
    message = Text(
        zh="「不感兴趣」的商品已达上限", en="That is as many as can be kept of what does not interest you"
    )


def retrain(*, now: datetime) -> VersionRow:
    """Train a new version and let it serve; until it is whole, the one before serves."""
    # Only the job that trains pays for loading what it calculates with.
    from jishi.discovery.recommendations import training

    return serve(training.train(now=now), now=now)


def serve(trained: "Trained", *, now: datetime) -> VersionRow:
    """Write a training down and let it serve from the commit on; of earlier ones the last is kept."""
    with atomic():
        lock("recommendations.serve")
        VersionRow.objects.filter(is_serving=True).update(is_serving=False)
        version_id = new_id()
        made = VersionRow.objects.create(
            id=version_id,
            name=f"r{now:%Y%m%d}-{version_id.hex[-6:]}",
            trained_at=now,
            is_serving=True,
            counts=trained.counts,
            figures=trained.figures,
        )
        ListRow.objects.bulk_create(
            [_row(made, one) for one in trained.lists if one.ranked], batch_size=WRITTEN_AT_ONCE
        )
        kept = VersionRow.objects.order_by("-trained_at", "-id").values_list("id", flat=True)[:VERSIONS_KEPT]
        VersionRow.objects.exclude(id__in=list(kept)).delete()
    return made


def _row(version: VersionRow, one: TrainedList) -> ListRow:
    return ListRow(
        version_id=version.id,
        kind=one.kind,
        subject_id=one.subject_id or EVERYTHING,
        product_ids=[product_id for product_id, _ in one.ranked],
        scores=[score for _, score in one.ranked],
        trust=one.trust,
    )


def refuse(*, owner_id: UUID, product_id: ProductId, now: datetime) -> None:
    """Remember that somebody does not want to be shown a product; saying it again changes nothing.

    Raises: NotFound when it is not on sale, TooManyRefusals (409).
    """
    if not catalog.product_cards([product_id], language="zh"):
        raise NotFound
    done = execute(
        "INSERT INTO recommendations_refusal (owner_id, product_id, refused_at) "
        "SELECT %(owner)s, %(product)s, %(now)s "
        f"WHERE {_REFUSED} OR (SELECT count(*) FROM recommendations_refusal WHERE owner_id = %(owner)s) < %(most)s "
        "ON CONFLICT (owner_id, product_id) DO UPDATE SET refused_at = recommendations_refusal.refused_at",
        {"owner": owner_id, "product": product_id, "now": now, "most": REFUSALS_MAX},
    )
    if not done:
        raise TooManyRefusals(most=REFUSALS_MAX)


def allow(*, owner_id: UUID, product_id: ProductId) -> None:
    """Let somebody be shown a product again; one that he never refused is not missed."""
    RefusalRow.objects.filter(owner_id=owner_id, product_id=product_id).delete()


def merge_refusals(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring what a visitor refused to the buyer he turned out to be. Safe to call again."""
    with atomic():
        execute(
            "INSERT INTO recommendations_refusal (owner_id, product_id, refused_at) "
            "SELECT %s, product_id, refused_at FROM recommendations_refusal WHERE owner_id = %s "
            "ORDER BY refused_at DESC LIMIT %s ON CONFLICT DO NOTHING",
            [buyer, visitor, REFUSALS_MAX],
        )
        RefusalRow.objects.filter(owner_id=visitor).delete()


def forget_refusals(owner_ids: Sequence[UUID]) -> int:
    """Forget all that these owners did not want to be shown; return how much it was."""
    return RefusalRow.objects.filter(owner_id__in=owner_ids).delete()[0]


def forget_old_refusals(*, now: datetime) -> int:
    """Forget what was refused long ago; return how many."""
    return RefusalRow.objects.filter(refused_at__lt=now - REFUSALS_KEPT).delete()[0]
