"""Making promotions: drafted, put in force, paused, changed as a new version, ended."""

from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel import audit
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.ids import MerchantId, PromotionId, SkuId, UserId
from jishi.offering.catalog import queries as catalog
from jishi.offering.pricing.types_promotions import Bundle, Effect, LowerPrice
from jishi.offering.promotions import queries, rules
from jishi.offering.promotions.models import PromotionRow, PromotionVersion
from jishi.offering.promotions.types import PromotionStatus, PromotionWish


def draft(
    *, merchant_id: MerchantId | None, wish: PromotionWish, staff_id: UserId | None, now: datetime
) -> PromotionId:
    """Write a promotion that is not in force yet; without a merchant it is the platform's. Raises: Invalid."""
    check(merchant_id, wish)
    with atomic():
        made = PromotionRow(merchant_id=merchant_id)
        _write(made, wish, staff_id=staff_id, now=now)
        _note(made, "drafted", staff_id, now)
    return PromotionId(made.id)


def change(
    *,
    merchant_id: MerchantId | None,
    promotion_id: PromotionId,
    wish: PromotionWish,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Write the next version; when the promotion is live it counts at once, and orders placed keep theirs.

    Raises: NotFound, Invalid, PromotionMoveNotAllowed (409) when it has ended.
    """
    check(merchant_id, wish)
    with atomic():
        found = _locked(merchant_id, promotion_id)
        rules.require_move(PromotionStatus(found.status), PromotionStatus.ENDED)  # anything but the end
        if wish.budget_minor is not None and wish.budget_minor < found.spent_minor:
            raise Invalid(field="budget_minor")
        found.version += 1
        _write(found, wish, staff_id=staff_id, now=now)
        _note(found, "changed", staff_id, now)


def move(
    *,
    merchant_id: MerchantId | None,
    promotion_id: PromotionId,
    to: PromotionStatus,
    staff_id: UserId | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Put a promotion in force, pause it, or end it for good; again where it stands already is no change.

    With a reason it is the platform that does it, to whosever promotion; his audit log says why.

    Raises: NotFound, PromotionMoveNotAllowed (409), Invalid (`ends_at`) when its time is over.
    """
    with atomic():
        found = _locked(merchant_id, promotion_id)
        if found.status == to:
            return
        rules.require_move(PromotionStatus(found.status), to)
        if to is PromotionStatus.LIVE and found.ends_at <= now:
            raise Invalid(field="ends_at")
        found.status, found.changed_at, found.edition = to.value, now, _next_edition()
        found.save(update_fields=["status", "changed_at", "edition"])
        _note(found, to.value, staff_id, now, reason=reason)


def check(merchant_id: MerchantId | None, wish: PromotionWish) -> None:
    """Refuse what an owner may not promise. Raises: Invalid, naming the field."""
    rules.require_sound(wish, merchant_id)
    if has_unstorable(msgspec.json.decode(queries.written(wish))):
        raise Invalid(field="name")
    named = _named_skus(wish.effect)
    if named:
        found = catalog.skus_for_sale(sorted(named))
        if len(found) < len(named) or (
            merchant_id is not None and {sku.merchant_id for sku in found.values()} != {merchant_id}
        ):
            raise Invalid(field="effect")


def _named_skus(effect: Effect) -> set[SkuId]:
    if isinstance(effect, LowerPrice):
        return set(effect.prices)
    return {one for part in effect.parts for one in part.sku_ids} if isinstance(effect, Bundle) else set()


def _write(found: PromotionRow, wish: PromotionWish, *, staff_id: UserId | None, now: datetime) -> None:
    found.wish = msgspec.json.decode(queries.written(wish))
    found.starts_at, found.ends_at, found.budget_minor = wish.starts_at, wish.ends_at, wish.budget_minor
    found.changed_at, found.edition = now, _next_edition()
    found.save()
    PromotionVersion.objects.create(
        promotion=found, version=found.version, wish=found.wish, written_at=now, written_by_id=staff_id
    )


# Whoever changes promotions waits here for the other to commit, so that a reader who sees a number sees everything
# up to it. The clock makes it a number that no other database had before, such as the one a backup was taken of.
_NEXT_EDITION = """
INSERT INTO promotions_edition AS known (id, number)
VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
ON CONFLICT (id) DO UPDATE SET number = greatest(known.number + 1, excluded.number)
RETURNING number
"""


def _next_edition() -> int:
    (found,) = rows(_NEXT_EDITION)
    return int(found[0])


def _locked(merchant_id: MerchantId | None, promotion_id: PromotionId) -> PromotionRow:
    scoped = PromotionRow.objects.across_merchants().select_for_update(no_key=True)
    whose: dict[str, object] = {"id": promotion_id, "merchant_id": merchant_id}
    found: PromotionRow | None = scoped.filter(**whose).first()
    if found is None:
        raise NotFound
    return found


def _note(
    found: PromotionRow, action: str, staff_id: UUID | None, now: datetime, *, reason: str = ""
) -> None:
    said = {"reason": reason} if reason else {}
    audit.record(
        actor=staff_id,
        actor_kind="merchant" if found.merchant_id and not reason else "platform",
        action=f"promotion.{action}",
        subject_kind="promotion",
        subject_id=found.id,
        merchant_id=found.merchant_id,
        data={"version": found.version, **said},
        now=now,
    )
