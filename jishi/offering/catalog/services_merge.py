"""Merging and splitting shared products; both can be undone, and every address leads on for ever.

Whoever changes what several products are offers of locks the shared products in order of id, then the products.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel import audit
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import ProductId, SharedProductId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_offers
from jishi.offering.catalog.changes import forget_on_commit, touch
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.models_offers import SharedMove, SharedProduct
from jishi.offering.catalog.queries import product_tag
from jishi.offering.catalog.services_offers import ensure_shared, require_shared
from jishi.offering.catalog.types_offers import MoveKind
from jishi.offering.catalog.versions import checked_reason


class DifferentCategory(Conflict):
    """Only what stands in the same category can be the same thing."""

    code = "different_category"
    message = Text(zh="只能合并同一类目的商品", en="Only products of the same category can be merged")


class MergedAlready(Conflict):
    """One of them leads to another shared product by now."""

    code = "merged_already"
    message = Text(
        zh="其中一个商品已被合并,请刷新后再试", en="One of them was merged already; reload the page"
    )


class OnlyOffer(Conflict):
    """What stands alone cannot be split."""

    code = "only_offer"
    message = Text(zh="该商品没有与其他商品合并", en="This product stands alone already")


class UndoneAlready(Conflict):
    """There is nothing left to undo, or a later merge must be undone first."""

    code = "cannot_undo"
    message = Text(
        zh="此操作已撤销,或须先撤销其后的合并",
        en="This is undone already, or a later merge must be undone first",
    )


def merge(
    *, kept: SharedProductId, gone: SharedProductId, reason: str, actor: UserId | None, now: datetime
) -> None:
    """Make two shared products one: all offers of `gone` become offers of `kept`, and its address leads there for
    ever. Safe to call again.

    Raises: NotFound, Invalid, MergedAlready, DifferentCategory, NotShared (409).
    """
    with atomic():
        _merge(kept, gone, checked_reason(reason), actor, now)


def merge_products(
    *, kept: ProductId, gone: ProductId, reason: str, actor: UserId | None, now: datetime
) -> None:
    """Make what two products are offers of one. Raises: as `merge`."""
    with atomic():
        ensure_shared(sorted({kept, gone}), now=now)
        target, source = _shared_of(kept), _shared_of(gone)
        if target != source:
            _merge(target, source, checked_reason(reason), actor, now)


def split(*, product_id: ProductId, reason: str, actor: UserId | None, now: datetime) -> SharedProductId:
    """Take an offer out: it is a shared product of its own again, the one it was when it alone came from there.

    Returns that one. Raises: NotFound, Invalid, OnlyOffer (409).
    """
    reason = checked_reason(reason)
    with atomic():
        shared_id = _shared_of(product_id)
        (source,) = _locked(shared_id)
        offers = queries_offers.offers_of(shared_id)
        if product_id not in offers:
            raise NotFound
        if len(offers) == 1:
            raise OnlyOffer
        came = _came_alone(product_id, source)
        if came is not None:
            _undo(came, actor, now)
            return _shared_of(product_id)
        Product.objects.across_merchants().filter(id=product_id).update(shared_product_id=None)
        ensure_shared([product_id], now=now)
        (target,) = _locked(_shared_of(product_id))
        _note(MoveKind.SPLIT, source, target, [product_id], reason=reason, actor=actor, now=now)
        return SharedProductId(target.id)


def undo(*, move_id: UUID, actor: UserId | None, now: datetime) -> None:
    """Undo a merge or a split: what went then and is still there goes back, and the addresses lead where they led.

    Raises: NotFound, UndoneAlready (409) when it is undone, or a later merge must be undone first.
    """
    with atomic():
        _undo(move_id, actor, now)


# -- leaves ----------------------------------------------------------------------------------------


def _shared_of(product_id: ProductId) -> SharedProductId:
    found = queries_offers.shared_of(product_id)
    if found is None:
        raise NotFound
    return found


def _merge(
    kept: SharedProductId, gone: SharedProductId, reason: str, actor: UserId | None, now: datetime
) -> None:
    if kept == gone:
        raise Invalid(field="gone")
    target, source = _locked(kept, gone)
    if source.merged_into_id == target.id:
        return
    if source.merged_into_id or target.merged_into_id:
        raise MergedAlready
    if source.category_id != target.category_id:
        raise DifferentCategory
    require_shared(target.category_id)
    moved = _move(queries_offers.offers_of(gone), to=kept)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    _note(MoveKind.MERGE, source, target, moved, reason=reason, actor=actor, now=now)
    forget_on_commit([product_tag(ProductId(source.id))])


def _undo(move_id: UUID, actor: UserId | None, now: datetime) -> None:
    move = SharedMove.objects.select_for_update().filter(id=move_id).first()
    if move is None:
        raise NotFound
    source, target = _locked(SharedProductId(move.source_id), SharedProductId(move.target_id))
    if move.undone_at is not None or target.merged_into_id is not None:
        raise UndoneAlready
    if move.kind == MoveKind.SPLIT and source.merged_into_id is not None:
        raise UndoneAlready
    there = set(queries_offers.offers_of(SharedProductId(target.id)))
    back = [ProductId(one) for one in map(UUID, move.product_ids) if one in there]
    _move(back, to=SharedProductId(source.id))
    if move.kind == MoveKind.MERGE:
        source.merged_into = None
        source.save(update_fields=["merged_into"])
    elif there <= set(back):
        target.merged_into = source
        target.save(update_fields=["merged_into"])
    move.undone_at, move.undone_by_id = now, actor
    move.save(update_fields=["undone_at", "undone_by_id"])
    _tell(source, target, actor=actor, action=f"undo_{move.kind}", reason=move.reason, moved=back, now=now)


def _locked(*ids: SharedProductId) -> list[SharedProduct]:
    """Return shared products, locked in order of id. Raises: NotFound."""
    found = {
        one.id: one
        for one in SharedProduct.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    }
    if len(found) < len(set(ids)):
        raise NotFound
    return [found[one] for one in ids]


def _move(product_ids: Sequence[ProductId], *, to: SharedProductId) -> list[ProductId]:
    """Make products offers of another shared product; return them."""
    rows(
        "SELECT id FROM catalog_product WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        [list(product_ids)],
    )
    Product.objects.across_merchants().filter(id__in=product_ids).update(shared_product_id=to)
    return list(product_ids)


def _came_alone(product_id: ProductId, target: SharedProduct) -> UUID | None:
    """Return the merge by which a product alone came to a shared product, if it can still be undone."""
    moves = SharedMove.objects.filter(target=target, kind=MoveKind.MERGE.value, undone_at=None)
    found = moves.filter(product_ids=[str(product_id)]).order_by("-moved_at").first()
    return found.id if found else None


def _note(
    kind: MoveKind,
    source: SharedProduct,
    target: SharedProduct,
    moved: Sequence[ProductId],
    *,
    reason: str,
    actor: UserId | None,
    now: datetime,
) -> None:
    SharedMove.objects.create(
        kind=kind.value,
        source=source,
        target=target,
        product_ids=[str(one) for one in moved],
        reason=reason,
        moved_by_id=actor,
        moved_at=now,
    )
    _tell(source, target, actor=actor, action=kind.value, reason=reason, moved=moved, now=now)


def _tell(
    source: SharedProduct,
    target: SharedProduct,
    *,
    actor: UserId | None,
    action: str,
    reason: str,
    moved: Sequence[ProductId],
    now: datetime,
) -> None:
    """Note who did what on both sides, and let the best offers of both be chosen anew."""
    for subject, other in ((source, target), (target, source)):
        audit.record(
            actor=actor,
            actor_kind="platform" if actor else "system",
            action=f"sharedproduct.{action}",
            subject_kind="sharedproduct",
            subject_id=subject.id,
            merchant_id=None,
            data={"other": str(other.id), "products": [str(one) for one in moved], "reason": reason},
            now=now,
        )
        touch(queries_offers.offers_of(SharedProductId(subject.id)), now=now)
    touch(moved, now=now)
