"""One change for many products: doing it to one of them."""

from datetime import datetime

import msgspec

from jishi.kernel import idempotency
from jishi.kernel.db import atomic
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.offering.catalog import (
    queries_edit,
    queries_merchant,
    rules,
    rules_edit,
    services_review,
    versions,
    writing,
)
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant
from jishi.offering.catalog.types_edit import EditWish
from jishi.offering.catalog.versions import ProductChanged


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
        (known,) = queries_edit.known_products(merchant_id, [product_id]).values()
        before = queries_edit.base_of(known)
        after = queries_edit.after_edit(before, wish.edit, queries_edit.place_of(wish.edit))
        if after != before:
            checked = writing.checked(merchant_id, after)
            rules.check_shape(checked)
            versions.write(product, checked, staff_id, now)
            if known.status in (ListingStatus.LIVE, ListingStatus.OFF_SHELF):
                services_review.hand_in(
                    merchant_id=merchant_id, product_id=product_id, staff_id=staff_id, now=now
                )
        return queries_merchant.product_for_merchant(merchant_id, product_id)
