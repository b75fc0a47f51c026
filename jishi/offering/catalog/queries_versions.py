"""The history of a product: its versions, and what each changed against the one before it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jishi.identity.accounts import queries as accounts
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.kernel.pagination import Page, Sort, page
from jishi.kernel.words import Text
from jishi.offering.catalog import rules_changes, writing
from jishi.offering.catalog.types import Cause, ProductWish, VersionStatus
from jishi.offering.catalog.types_review import Part, VersionChange, VersionRow

_BY_NUMBER = Sort(("v.number", "v.id"), int)
_ROWS = """
SELECT v.number, v.status, v.wish, before.wish, v.reason, v.causes, v.is_automatic, v.number = p.live_number,
       v.written_at, v.submitted_at, v.decided_at, v.id,
       CASE WHEN EXISTS (SELECT FROM merchants_staff s WHERE s.merchant_id = v.merchant_id
                         AND s.user_id = v.written_by_id) THEN v.written_by_id END
FROM catalog_product p
JOIN catalog_version v ON v.product_id = p.id
LEFT JOIN catalog_version before ON before.product_id = p.id AND before.number = v.number - 1
WHERE p.merchant_id = %s AND p.id = %s AND {after} {order} LIMIT %s
"""


def versions(
    merchant_id: MerchantId, product_id: ProductId, *, cursor: str | None, limit: int, language: str
) -> Page[VersionRow]:
    """Return a merchant's product's versions, the latest first, in five statements at most.

    Raises: NotFound, Invalid.
    """
    if (
        row("SELECT FROM catalog_product WHERE id = %s AND merchant_id = %s", [product_id, merchant_id])
        is None
    ):
        raise NotFound
    after, values = _BY_NUMBER.after(cursor)
    found = rows(
        _ROWS.format(after=after, order=_BY_NUMBER.order), [merchant_id, product_id, *values, limit + 1]
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], one[11]))
    people = accounts.nicknames({UserId(one[12]) for one in shown.items if one[12]})
    history = [_row(one, people) for one in shown.items]
    names = _names([change for one in history for change in one.changes], language)
    return Page(
        items=[replace(one, changes=[_named(change, names) for change in one.changes]) for one in history],
        next_cursor=shown.next_cursor,
    )


def wish_of(merchant_id: MerchantId, product_id: ProductId, number: int) -> ProductWish:
    """Return what one version of a merchant's product wished for. Raises: NotFound."""
    found = row(
        "SELECT wish FROM catalog_version WHERE merchant_id = %s AND product_id = %s AND number = %s",
        [merchant_id, product_id, number],
    )
    if found is None:
        raise NotFound
    return _wish(found[0])


def _wish(stored: str) -> ProductWish:
    return writing.read(msgspec.json.decode(stored))


def _row(found: tuple[Any, ...], people: dict[UserId, str]) -> VersionRow:
    (
        number,
        status,
        wish,
        before,
        reason,
        causes,
        is_automatic,
        is_live,
        written,
        submitted,
        decided,
        _,
        writer,
    ) = found
    return VersionRow(
        number=number,
        status=VersionStatus(status),
        written_at=written.isoformat(),
        written_by=people.get(writer),
        submitted_at=_instant(submitted),
        decided_at=_instant(decided),
        is_automatic=is_automatic,
        is_live=bool(is_live),
        reason=reason,
        causes=[Cause(one) for one in msgspec.json.decode(causes)],
        changes=rules_changes.changes(_wish(before), _wish(wish)) if before else [],
    )


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _names(changes: Sequence[VersionChange], language: str) -> dict[str, str]:
    """Return what categories and brands among changes are called, by id."""
    ids = {
        part: {
            UUID(one)
            for change in changes
            if change.part is part
            for one in (change.before, change.after)
            if one
        }
        for part in (Part.CATEGORY, Part.BRAND)
    }
    return _named_in("catalog_category", ids[Part.CATEGORY], language) | _named_in(
        "catalog_brand", ids[Part.BRAND], language
    )


def _named_in(table: str, ids: Iterable[UUID], language: str) -> dict[str, str]:
    wanted = list(ids)
    if not wanted:
        return {}
    found = rows(f"SELECT id, name_zh, name_en FROM {table} WHERE id = ANY(%s::uuid[])", [wanted])
    return {str(one): Text(zh, en).of(language) for one, zh, en in found}


def _named(change: VersionChange, names: dict[str, str]) -> VersionChange:
    if change.part not in (Part.CATEGORY, Part.BRAND):
        return change
    return replace(
        change, before=names.get(change.before, change.before), after=names.get(change.after, change.after)
    )
