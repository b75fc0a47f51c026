"""What one change makes of a product: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.money import BASIS_POINTS
from jishi.kernel.words import Text
from jishi.offering.catalog.rules import PRICE_MINOR_MAX, MoveNotAllowed
from jishi.offering.catalog.types import (
    CategoryAttribute,
    ListingStatus,
    ProductWish,
    SkuWish,
    VersionStatus,
)
from jishi.offering.catalog.types_edit import PriceEdit, PriceEnding, PriceWay, ProductEdit

UNIT_MINOR, NINETY_MINOR = 100, 90


class OpenDraft(Conflict):
    """Somebody is writing the next version of what is on the shelf: a change would publish it half done."""

    code = "open_draft"
    message = Text(
        zh="该商品有未提交的草稿,请先提交草稿", en="There is an unfinished draft of it; submit that first"
    )


class EditedInReview(Conflict):
    code = "under_review"
    message = Text(zh="该版本正在审核中,暂不能修改", en="This version is in review and cannot be changed now")


class PriceOutOfRange(Invalid):
    """A price would be nothing, less, or beyond what is taken."""

    code = "price_out_of_range"
    message = Text(zh="改后价格须大于 0 且不过大({sku})", en="A price would be 0, less or too high ({sku})")


class AttributeMissing(Invalid):
    """The new category asks for attributes that the product has not."""

    code = "attribute_missing"
    message = Text(zh="新类目必填:{zh}", en="The new category asks for: {en}")


def check_edit(edit: ProductEdit) -> None:
    """Refuse an edit that says nothing, or two things. Raises: Invalid (422)."""
    if (edit.price is None) == (edit.category_id is None):
        raise Invalid(field="edit", reason="price or category_id")


def base(
    status: ListingStatus,
    proposal: VersionStatus | None,
    opened: ProductWish | None,
    live: ProductWish | None,
) -> ProductWish:
    """Return what a change starts from: the draft of what was never on sale, else what is live.

    Raises: OpenDraft, EditedInReview, MoveNotAllowed (409).
    """
    if status is ListingStatus.BANNED:
        raise MoveNotAllowed(status=status.value, wanted=ListingStatus.DRAFT.value)
    if proposal is VersionStatus.IN_REVIEW:
        raise EditedInReview
    if live is None or status in (ListingStatus.DRAFT, ListingStatus.REJECTED):
        if opened is None:
            raise MoveNotAllowed(status=status.value, wanted=ListingStatus.DRAFT.value)
        return opened
    if proposal is VersionStatus.DRAFT:
        raise OpenDraft
    return live


def repriced(price_minor: int, edit: PriceEdit) -> int:
    """Return a price after the change; a half of a minor unit rounds up. It may be out of range."""
    if edit.step is PriceWay.SET:
        new = edit.value
    elif edit.step is PriceWay.ADD:
        new = price_minor + edit.value
    else:
        new = (2 * price_minor * (BASIS_POINTS + edit.value) + BASIS_POINTS) // (2 * BASIS_POINTS)
    if edit.ending is PriceEnding.ANY:
        return new
    ending = NINETY_MINOR if edit.ending is PriceEnding.NINETY else 0
    return (new - ending + UNIT_MINOR // 2) // UNIT_MINOR * UNIT_MINOR + ending


def with_prices(wish: ProductWish, edit: PriceEdit) -> ProductWish:
    """Return the wish with new prices; a list price that would be lower than its price is dropped.

    Raises: PriceOutOfRange (422).
    """
    return replace(wish, skus=[_with_price(sku, repriced(sku.price_minor, edit)) for sku in wish.skus])


def _with_price(sku: SkuWish, price_minor: int) -> SkuWish:
    if not 0 < price_minor <= PRICE_MINOR_MAX:
        raise PriceOutOfRange(field="edit.price.value", sku=sku.code)
    keeps = sku.list_price_minor is not None and sku.list_price_minor >= price_minor
    return replace(sku, price_minor=price_minor, list_price_minor=sku.list_price_minor if keeps else None)


def moved(
    wish: ProductWish, edit: ProductEdit, known: Sequence[str], required: Mapping[str, Text]
) -> ProductWish:
    """Return the wish in another category, without the attributes that are not `known` there.

    `required` are the names of those that must have a value. Raises: AttributeMissing (422).
    """
    kept = {code: value for code, value in wish.attributes.items() if code in known}
    missing = [name for code, name in required.items() if not kept.get(code, "").strip()]
    if missing:
        raise AttributeMissing(
            field="edit.category_id",
            zh="、".join(name.zh for name in missing),
            en=", ".join(name.en or name.zh for name in missing),
        )
    return replace(wish, category_id=edit.category_id or wish.category_id, attributes=kept)


def required_of(zh: Sequence[CategoryAttribute], en: Sequence[CategoryAttribute]) -> dict[str, Text]:
    """Return the names of the attributes that a product must have, of what a category asks in both languages."""
    return {
        one.code: Text(one.name, other.name)
        for one, other in zip(zh, en, strict=True)
        if one.is_required and not one.is_sale_axis
    }
