"""Listing review: a version is asked for, checked, decided on, and taken up again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel.db import atomic, require_transaction
from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import (
    attributes,
    categories,
    queries_merchant,
    queries_review,
    rules,
    rules_changes,
    rules_review,
    services_brands,
    services_offers,
    services_shelf,
    versions,
    writing,
)
from jishi.offering.catalog.changes import shelf_changed
from jishi.offering.catalog.events import ProductPublished, ProposalRejected
from jishi.offering.catalog.models import Product, ProductVersion
from jishi.offering.catalog.types import Cause, ListingStatus, ProductForMerchant, ProductWish, VersionStatus
from jishi.offering.catalog.types_attributes import MisfitReason
from jishi.offering.catalog.types_review import Finding, Severity


class NothingToReview(Conflict):
    code = "nothing_to_review"
    message = Text(zh="没有待处理的版本", en="There is no version to decide on")


class ForbiddenWords(Invalid):
    """The texts contain words that the platform does not take; `field` names the first text."""

    code = "forbidden_words"
    message = Text(zh="含有平台禁止使用的词:{words}", en="Contains words that are not taken here: {words}")


def submit(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Ask the platform to review the open version. What only changes harmless things of a live product, of a
    merchant in good standing and with nothing found, is approved by the rules and on sale at once.

    Raises: NotFound, Invalid, ForbiddenWords, NothingToReview, UnderReview, BrandNotAuthorised (409).
    """
    with atomic():
        hand_in(merchant_id=merchant_id, product_id=product_id, staff_id=staff_id, now=now)
        return queries_merchant.product_for_merchant(merchant_id, product_id)


def hand_in(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> None:
    """Do what `submit` does, in the caller's transaction. Raises: as `submit`."""
    require_transaction("submitting a version")
    product = versions.locked(merchant_id, product_id)
    draft = _to_submit(product)
    wish = writing.read(draft.wish)
    steps = categories.path(wish.category_id)
    in_force = categories.effective(steps)
    _refuse_misfits(wish, in_force)
    rules.check_complete(wish, categories.as_types(in_force, "zh"), is_leaf=steps[-1].is_leaf)
    draft.definitions = attributes.numbers(in_force)
    services_brands.require_authorised(merchant_id, [wish])
    live = versions.live_wish(product)
    found = queries_review.findings(merchant_id, wish, live, now=now)
    _refuse_forbidden(found)
    causes = _causes(product, wish, live, found, now)
    _keep_checks(draft, found, causes, now)
    if not causes:
        _put_live(product, draft, reviewer_id=None, now=now)
        return
    draft.status = VersionStatus.IN_REVIEW.value
    draft.save(update_fields=["status"])
    if product.status == ListingStatus.DRAFT:
        versions.move(product, ListingStatus.IN_REVIEW, actor_id=staff_id, reason="", now=now)
    versions.save(product, now)


def approve(*, product_id: ProductId, reviewer_id: UserId | None, now: datetime) -> None:
    """Put the version in review on the shelf in place of the live one. Raises: NotFound, NothingToReview
    (409).
    """
    with atomic():
        product, version = _in_review(product_id)
        _put_live(product, version, reviewer_id=reviewer_id, now=now)


def reject(*, product_id: ProductId, reason: str, reviewer_id: UserId | None, now: datetime) -> None:
    """Refuse the version in review and say why; a live one stays. Raises: NotFound, Invalid, NothingToReview
    (409).
    """
    reason = versions.checked_reason(reason)
    with atomic():
        product, version = _in_review(product_id)
        versions.decide(version, VersionStatus.REJECTED, reviewer_id, reason, now)
        if product.status == ListingStatus.IN_REVIEW:
            versions.move(product, ListingStatus.REJECTED, actor_id=reviewer_id, reason=reason, now=now)
        else:
            publish(
                ProposalRejected(
                    product_id=product_id,
                    merchant_id=MerchantId(product.merchant_id),
                    actor_id=reviewer_id,
                    reason=reason,
                    occurred_at=now,
                )
            )
        versions.save(product, now)


# -- leaves ----------------------------------------------------------------------------------------


def _to_submit(product: Product) -> ProductVersion:
    draft = versions.open_version(product)
    if draft is None or draft.status == VersionStatus.REJECTED:
        raise NothingToReview
    if draft.status == VersionStatus.IN_REVIEW:
        raise versions.UnderReview
    return draft


def _refuse_misfits(wish: ProductWish, in_force: Mapping[str, attributes.Definition]) -> None:
    """Definitions may have changed since the draft was saved. Raises: Invalid, naming all fields to mend."""
    found = attributes.misfits(wish.attributes, in_force, {})
    if found:
        fields = [f"wish.attributes.{one.code}" for one in found]
        reason = "required" if found[0].reason is MisfitReason.REQUIRED else found[0].reason.value
        raise Invalid(field=fields[0], reason=reason, fields=fields)


def _refuse_forbidden(found: list[Finding]) -> None:
    forbidden = [one for one in found if one.severity is Severity.BLOCK]
    if forbidden:
        words = dict.fromkeys(one.word for one in forbidden)
        first = forbidden[0]
        raise ForbiddenWords(field=f"wish.{first.part.value}.{first.of}", words="、".join(words))


def _causes(
    product: Product, wish: ProductWish, live: ProductWish | None, found: list[Finding], now: datetime
) -> list[Cause]:
    is_on_shelf = product.status in (ListingStatus.LIVE, ListingStatus.OFF_SHELF)
    changes = rules_changes.changes(live, wish) if live and is_on_shelf else None
    is_trusted = queries_review.is_trusted(MerchantId(product.merchant_id), now=now)
    return rules_review.verdict(changes, found, is_trusted=is_trusted)


def _keep_checks(draft: ProductVersion, found: list[Finding], causes: list[Cause], now: datetime) -> None:
    draft.submitted_at, draft.reason = now, ""
    draft.findings = msgspec.to_builtins(found)
    severities = {one.severity for one in found}
    draft.severity = next((one.value for one in (Severity.ALARM, Severity.LOOK) if one in severities), "")
    draft.causes = [one.value for one in causes]
    draft.is_automatic = not causes
    draft.save(
        update_fields=[
            "submitted_at", "reason", "findings", "severity", "causes", "is_automatic", "definitions",
        ]
    )  # fmt: skip


def _in_review(product_id: ProductId) -> tuple[Product, ProductVersion]:
    product = versions.locked(None, product_id)
    version = versions.open_version(product)
    if version is None or version.status != VersionStatus.IN_REVIEW:
        raise NothingToReview
    return product, version


def _put_live(product: Product, version: ProductVersion, *, reviewer_id: UUID | None, now: datetime) -> None:
    """Make a version what buyers see, in the caller's transaction; without a reviewer the rules decided."""
    wish, product_id = writing.read(version.wish), ProductId(product.id)
    ProductVersion.objects.across_merchants().filter(product=product, status=VersionStatus.LIVE.value).update(
        status=VersionStatus.SUPERSEDED.value
    )
    versions.decide(version, VersionStatus.LIVE, reviewer_id, "", now)
    writing.apply(product, wish, writing.pictures_of(MerchantId(product.merchant_id), [wish]))
    writing.activate_skus(product, wish)
    product.live_number = version.number
    if product.status == ListingStatus.IN_REVIEW:
        to = services_shelf.place(product, now=now)
        versions.move(product, to, actor_id=reviewer_id, reason="", now=now)
    if product.status == ListingStatus.LIVE:
        product.published_at = product.published_at or now
    versions.save(product, now)
    services_offers.follow_version(product, now=now)
    publish(
        ProductPublished(
            product_id=product_id,
            merchant_id=MerchantId(product.merchant_id),
            number=version.number,
            occurred_at=now,
        )
    )
    shelf_changed({product_id: now}, now=now)
