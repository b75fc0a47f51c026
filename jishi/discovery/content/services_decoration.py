"""Decorating a store: a draft, what of it is published, and the versions that were."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.core import signing
from django.db import transaction

from jishi.discovery.content import rules_decoration as rules
from jishi.discovery.content.models_decoration import DecorationVersion, StoreDecoration
from jishi.discovery.content.types_decoration import (
    VERSIONS_KEPT,
    Block,
    PreviewAddress,
)
from jishi.kernel import audit, cache, hot
from jishi.kernel.db import atomic, lock
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant as own_catalog
from jishi.offering.catalog import queries_store_categories as store_categories
from jishi.offering.media import queries as media

PREVIEW_SECONDS = 3600
_SALT = "store-preview"


class DecorationChanged(Conflict):
    """A colleague wrote the draft meanwhile."""

    code = "decoration_changed"
    message = Text(
        zh="同事刚刚修改了店铺装修,请刷新后再改",
        en="A colleague has just changed the decoration; reload before you change it",
    )


def save_draft(
    *,
    merchant_id: MerchantId,
    blocks: Sequence[Block],
    version: int,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Keep the draft that was read at `version`; buyers see nothing of it.

    Raises: Invalid, naming what is not the merchant's own or not what its kind says; DecorationChanged (409).
    """
    rules.check(blocks)
    _require_own(merchant_id, blocks)
    with atomic():
        found = _locked(merchant_id, version)
        found.draft = msgspec.to_builtins(list(blocks))
        _save(found, "drafted", staff_id, now)


def publish(*, merchant_id: MerchantId, version: int, staff_id: UserId | None, now: datetime) -> None:
    """Show buyers the draft that was read at `version`; an empty one takes the decoration away.

    Raises: Invalid when something that the draft names is gone; DecorationChanged (409).
    """
    with atomic():
        found = _locked(merchant_id, version)
        blocks = msgspec.convert(found.draft, list[Block])
        rules.check(blocks)
        _require_own(merchant_id, blocks)
        mine = DecorationVersion.objects.of_merchant(merchant_id)
        last = mine.order_by("-number").values_list("number", flat=True).first() or 0
        DecorationVersion.objects.across_merchants().create(
            merchant_id=merchant_id,
            number=last + 1,
            blocks=found.draft,
            published_at=now,
            published_by_id=staff_id,
        )
        mine.filter(number__lte=last + 1 - VERSIONS_KEPT).delete()
        found.live_number = last + 1
        _save(found, "published", staff_id, now)
        transaction.on_commit(_forget)


def restore(
    *, merchant_id: MerchantId, number: int, version: int, staff_id: UserId | None, now: datetime
) -> None:
    """Make a version that was published before the draft; buyers see it once it is published again.

    Raises: NotFound, DecorationChanged (409).
    """
    with atomic():
        found = _locked(merchant_id, version)
        earlier = DecorationVersion.objects.of_merchant(merchant_id).filter(number=number).first()
        if earlier is None:
            raise NotFound
        found.draft = earlier.blocks
        _save(found, "restored", staff_id, now)


def preview_address(*, merchant_id: MerchantId, now: datetime) -> PreviewAddress:
    """Return where the store is seen with its draft; whoever has the address sees it while it works."""
    until = int(now.timestamp()) + PREVIEW_SECONDS
    token = signing.Signer(salt=_SALT).sign(f"{merchant_id}.{until}")
    return PreviewAddress(path=f"/store/{merchant_id}?preview={token}", seconds=PREVIEW_SECONDS)


def is_preview(token: str, *, merchant_id: MerchantId, now: datetime) -> bool:
    """Say whether a token opens the draft of this store, and still does."""
    try:
        signed = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return False
    whose, _, until = signed.partition(".")
    return whose == str(merchant_id) and int(until) > now.timestamp()


def _locked(merchant_id: MerchantId, version: int) -> StoreDecoration:
    lock(f"content.decoration.{merchant_id}")
    known = StoreDecoration.objects.of_merchant(merchant_id).first()
    found: StoreDecoration = known or StoreDecoration(merchant_id=merchant_id)
    if found.version != version:
        raise DecorationChanged
    return found


def _save(found: StoreDecoration, what: str, staff_id: UserId | None, now: datetime) -> None:
    found.version += 1
    found.save()
    audit.record(
        actor=staff_id,
        actor_kind="staff",
        action=f"decoration.{what}",
        subject_kind="decoration",
        subject_id=UUID(str(found.merchant_id)),
        merchant_id=MerchantId(found.merchant_id),
        data={"blocks": len(found.draft), "live_number": found.live_number},
        now=now,
    )


def _require_own(merchant_id: MerchantId, blocks: Sequence[Block]) -> None:
    """Refuse what is another's or is gone. Raises: Invalid."""
    pictures = media.entries(merchant_id, [one.media_id for block in blocks for one in block.pictures])
    images = {one for one, entry in pictures.items() if not media.is_video(entry)}
    products = own_catalog.own_products(merchant_id, _product_ids(blocks))
    categories = store_categories.names(merchant_id)
    for number, block in enumerate(blocks):
        place = f"blocks.{number}"
        for one in block.pictures:
            if one.media_id not in images:
                raise Invalid(field=f"{place}.pictures")
            if one.product_id and one.product_id not in products:
                raise Invalid(field=f"{place}.pictures")
            if one.store_category_id and one.store_category_id not in categories:
                raise Invalid(field=f"{place}.pictures")
        if not products.keys() >= set(block.product_ids):
            raise Invalid(field=f"{place}.product_ids")
        if block.store_category_id and block.store_category_id not in categories:
            raise Invalid(field=f"{place}.store_category_id")


def _product_ids(blocks: Sequence[Block]) -> list[ProductId]:
    linked = [one.product_id for block in blocks for one in block.pictures if one.product_id]
    return [*linked, *(one for block in blocks for one in block.product_ids)]


def _forget() -> None:
    """Drop what was kept of the store's page."""
    cache.purge(catalog.LISTS_TAG)
    hot.forget(catalog.LISTS_TAG)
