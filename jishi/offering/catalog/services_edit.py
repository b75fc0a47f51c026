"""One change for many products: what it would do, and doing it to one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel import idempotency
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound, ShopError
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import (
    categories,
    queries_merchant,
    queries_review,
    rules,
    rules_changes,
    rules_edit,
    rules_review,
    services_review,
    versions,
    writing,
)
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant, ProductWish, VersionStatus
from jishi.offering.catalog.types_edit import EditEffect, EditPreview, EditWish, PriceLine, ProductEdit
from jishi.offering.catalog.versions import ProductChanged


@dataclass(frozen=True, slots=True)
class _Place:
    """The category that products move to: its attributes in force, and what it asks for."""

    in_force: Mapping[str, Mapping[str, Any]]
    required: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class _Known:
    """A product as an edit finds it."""

    product_id: ProductId
    status: ListingStatus
    version: int
    category_id: Any
    proposal: VersionStatus | None
    opened: ProductWish | None
    live: ProductWish | None

    @property
    def shown(self) -> ProductWish | None:
        return self.opened or self.live


_KNOWN = """
SELECT p.id, p.status, p.version, p.category_id, o.status, o.wish, l.wish
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_version l ON l.product_id = p.id AND l.number = p.live_number
WHERE p.merchant_id = %s AND p.id = ANY(%s::uuid[])
"""


def preview(
    *,
    merchant_id: MerchantId,
    product_ids: Sequence[ProductId],
    edit: ProductEdit,
    language: str,
    now: datetime,
) -> list[EditPreview]:
    """Return what a change would do to each of a merchant's products, in their order; nothing is written.

    The number of statements does not depend on how many they are. Raises: Invalid, NotFound when one is not his.
    """
    rules_edit.check_edit(edit)
    known = _known(merchant_id, product_ids)
    if known.keys() < set(product_ids):
        raise NotFound
    place = _place(edit)
    names = _names(known.values(), language) if place else {}
    is_trusted = queries_review.is_trusted(merchant_id, now=now)
    return [
        _previewed(known[one], edit, place, names, is_trusted=is_trusted, language=language)
        for one in dict.fromkeys(product_ids)
    ]


def edit_product(
    *,
    merchant_id: MerchantId,
    product_id: ProductId,
    wish: EditWish,
    key: str,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    """Make a change of one product. What was never on sale stays a draft; what is on the shelf is handed in for
    review, which approves what is harmless at once.

    Safe to call again: the same key changes it once. Raises: NotFound, Invalid, ProductChanged, OpenDraft,
    EditedInReview, MoveNotAllowed, KeyReused (409), and as `submit`.
    """
    rules_edit.check_edit(wish.edit)
    with atomic():
        request = msgspec.json.encode([str(product_id), msgspec.to_builtins(wish)])
        claimed = idempotency.claim(owner=merchant_id, key=key, request=request, result_id=product_id)
        if not claimed.is_new:
            return queries_merchant.product_for_merchant(merchant_id, product_id)
        product = versions.locked(merchant_id, product_id)
        if wish.version != product.version:
            raise ProductChanged(version=product.version)
        (known,) = _known(merchant_id, [product_id]).values()
        before = _base(known)
        after = _after(before, wish.edit, _place(wish.edit))
        if after != before:
            checked = writing.checked(merchant_id, after)
            rules.check_shape(checked)
            versions.write(product, checked, staff_id, now)
            if known.status in (ListingStatus.LIVE, ListingStatus.OFF_SHELF):
                services_review.hand_in(
                    merchant_id=merchant_id, product_id=product_id, staff_id=staff_id, now=now
                )
        return queries_merchant.product_for_merchant(merchant_id, product_id)


# -- leaves ----------------------------------------------------------------------------------------


def _known(merchant_id: MerchantId, product_ids: Sequence[ProductId]) -> dict[ProductId, _Known]:
    return {
        product_id: _Known(
            product_id,
            ListingStatus(status),
            version,
            category_id,
            VersionStatus(proposal) if proposal else None,
            _wish(opened),
            _wish(live),
        )
        for product_id, status, version, category_id, proposal, opened, live in rows(
            _KNOWN, [merchant_id, list(product_ids)]
        )
    }


def _wish(stored: str | None) -> ProductWish | None:
    return writing.read(msgspec.json.decode(stored)) if stored else None


def _base(known: _Known) -> ProductWish:
    return rules_edit.base(known.status, known.proposal, known.opened, known.live)


def _place(edit: ProductEdit) -> _Place | None:
    """Return the category of the edit. Raises: Invalid for one that takes no products."""
    if edit.category_id is None:
        return None
    steps = categories.path(edit.category_id)
    if not steps or not all(step.is_active for step in steps) or not steps[-1].is_leaf:
        raise Invalid(field="edit.category_id", reason="choose a category without children")
    in_force = categories.effective(steps)
    both = [categories.as_types(in_force, language) for language in ("zh", "en")]
    return _Place(in_force, rules_edit.required_of(*both))


def _after(before: ProductWish, edit: ProductEdit, place: _Place | None) -> ProductWish:
    if edit.price:
        return rules_edit.with_prices(before, edit.price)
    if place is None:
        return before
    moved = rules_edit.moved(before, edit, list(place.in_force), place.required)
    return writing.with_normal_attributes(moved, place.in_force)


def _previewed(
    known: _Known,
    edit: ProductEdit,
    place: _Place | None,
    names: Mapping[Any, Mapping[str, str]],
    *,
    is_trusted: bool,
    language: str,
) -> EditPreview:
    title = known.shown.title.of(language) if known.shown else ""
    try:
        before = _base(known)
        after = _after(before, edit, place)
    except ShopError as refusal:
        return EditPreview(
            product_id=known.product_id,
            title=title,
            version=known.version,
            effect=EditEffect.REFUSED,
            reason=refusal.detail(language),
        )
    gone = [code for code in before.attributes if code not in after.attributes]
    return EditPreview(
        product_id=known.product_id,
        title=title,
        version=known.version,
        effect=_effect(known, before, after, is_trusted=is_trusted),
        prices=_lines(before, after, language) if edit.price else [],
        dropped=[names.get(before.category_id, {}).get(code, code) for code in gone],
    )


def _effect(known: _Known, before: ProductWish, after: ProductWish, *, is_trusted: bool) -> EditEffect:
    if after == before:
        return EditEffect.SAME
    if known.status not in (ListingStatus.LIVE, ListingStatus.OFF_SHELF):
        return EditEffect.DRAFT
    waits = rules_review.verdict(rules_changes.changes(before, after), [], is_trusted=is_trusted)
    return EditEffect.REVIEW if waits else EditEffect.AT_ONCE


def _lines(before: ProductWish, after: ProductWish, language: str) -> list[PriceLine]:
    return [
        PriceLine(
            name=rules.choice_name(before.axes, old.choice).of(language) or old.code,
            before=Money(old.price_minor, CURRENCY),
            after=Money(new.price_minor, CURRENCY),
            drops_list_price=old.list_price_minor is not None and new.list_price_minor is None,
        )
        for old, new in zip(before.skus, after.skus, strict=True)
    ]


def _names(known: Any, language: str) -> dict[Any, dict[str, str]]:
    """Return what attributes are called in the categories that products stand in now."""
    paths = categories.all_paths()
    wanted = {one.shown.category_id for one in known if one.shown}
    return {
        category_id: {
            attribute.code: attribute.name
            for attribute in categories.as_types(categories.effective(paths[category_id]), language)
        }
        for category_id in wanted
        if category_id in paths
    }
