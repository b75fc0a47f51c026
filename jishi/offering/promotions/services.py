"""Making promotions: drafted, put in force, paused, changed as a new version, ended."""

from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel import audit, idempotency
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, PromotionId, UserId
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_covered
from jishi.offering.pricing.types_promotions import ALL
from jishi.offering.promotions import queries, rules, services_uses
from jishi.offering.promotions.models import PromotionRow, PromotionVersion
from jishi.offering.promotions.types import PromotionStatus, PromotionWish


class PromotionChanged(Conflict):
    """Somebody else has changed the promotion since it was read; `version` is the present one."""

    code = "promotion_changed"
    message = Text(
        zh="活动已被同事修改,请刷新后再试",
        en="A colleague has changed the promotion; please reload and try again",
    )


def draft(
    *,
    merchant_id: MerchantId | None,
    wish: PromotionWish,
    staff_id: UserId | None,
    now: datetime,
    key: str | None = None,
) -> PromotionId:
    """Write a promotion that is not in force yet; without a merchant it is the platform's.

    A merchant's request with the same `key` is drafted once. Raises: Invalid, KeyReused (409).
    """
    check(merchant_id, wish)
    with atomic():
        made = PromotionRow(merchant_id=merchant_id)
        if key is not None and merchant_id is not None:
            said = queries.written(wish).encode()
            claimed = idempotency.claim(owner=merchant_id, key=key, request=said, result_id=made.id)
            if not claimed.is_new:
                return PromotionId(claimed.the_result)
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
    version: int | None = None,
) -> None:
    """Write the next version; when the promotion is live it counts at once, and orders placed keep theirs.

    With the `version` it was read at, what somebody else wrote since is not written over. Raises: NotFound, Invalid,
    PromotionChanged (409), PromotionMoveNotAllowed (409) when it has ended.
    """
    check(merchant_id, wish)
    with atomic():
        found = _locked(merchant_id, promotion_id, is_alone=True)
        if version is not None and found.version != version:
            raise PromotionChanged(version=found.version)
        rules.require_move(PromotionStatus(found.status), PromotionStatus.ENDED)  # anything but the end
        services_uses.count_uses(promotion_id)
        found.refresh_from_db(fields=["spent_minor"])
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

    With a reason it is the platform that does it, to whosever promotion; his audit log says why. Raises: NotFound,
    PromotionMoveNotAllowed (409), Invalid: `ends_at` when its time is over, `goods` when it names goods and none of
    them is its owner's. What else a check finds, warns and does not hold it back.
    """
    with atomic():
        found = _locked(merchant_id, promotion_id)
        if found.status == to:
            return
        rules.require_move(PromotionStatus(found.status), to)
        if to is PromotionStatus.LIVE and found.ends_at <= now:
            raise Invalid(field="ends_at")
        if to is PromotionStatus.LIVE:
            _require_goods(found)
        found.status, found.changed_at, found.edition = to.value, now, _next_edition()
        found.save(update_fields=["status", "changed_at", "edition"])
        _note(found, to.value, staff_id, now, reason=reason)


def check(merchant_id: MerchantId | None, wish: PromotionWish) -> None:
    """Refuse what an owner may not promise. Raises: Invalid, naming the field."""
    rules.require_sound(wish, merchant_id)
    named = rules.named_skus(wish.effect)
    if named:
        found = catalog.skus_for_sale(sorted(named))
        if len(found) < len(named) or (
            merchant_id is not None and {sku.merchant_id for sku in found.values()} != {merchant_id}
        ):
            raise Invalid(field="effect")


def _require_goods(found: PromotionRow) -> None:
    owner = MerchantId(found.merchant_id) if found.merchant_id else None
    wish = queries.read_wish(msgspec.json.encode(found.wish).decode())
    scope = rules.promotion_of(PromotionId(found.id), found.version, owner, wish, CURRENCY).scope
    if ALL in scope.marks:
        return
    _, count = queries_covered.covered_skus(owner, scope.marks, scope.excluded, at_most=1)
    if not count:
        raise Invalid(field="goods")


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


def _locked(
    merchant_id: MerchantId | None, promotion_id: PromotionId, *, is_alone: bool = False
) -> PromotionRow:
    """Lock a promotion; `is_alone` waits for the orders under way that use it, too."""
    scoped = PromotionRow.objects.across_merchants().select_for_update(no_key=not is_alone)
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
