"""Brands that only authorised merchants may sell: asking for the authorisation, and deciding on it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.ids import BrandId, MediaId, MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_brands, rules
from jishi.offering.catalog.models import Brand
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.types import AuthorisationStatus, AuthorisationWish, ProductWish
from jishi.offering.media import queries as media

PROOFS_MAX = 6
NOTE_MAX = 500


class BrandNotAuthorised(Conflict):
    """The merchant may not sell goods of the brand; `brand_id` says which."""

    code = "brand_not_authorised"
    message = Text(
        zh="该品牌需要授权才能销售,请先提交授权资料",
        en="This brand needs an authorisation; hand in the brand's letter first",
    )


def require_authorised(merchant_id: MerchantId, wishes: Sequence[ProductWish]) -> None:
    """Refuse goods of brands that need an authorisation the merchant has not. Raises: BrandNotAuthorised (409)."""
    wanted = sorted({wish.brand_id for wish in wishes if wish.brand_id})
    closed = queries_brands.closed_to(merchant_id, wanted) if wanted else frozenset()
    if closed:
        raise BrandNotAuthorised(brand_id=str(min(closed)))


def ask_authorisation(
    *,
    merchant_id: MerchantId,
    brand_id: BrandId,
    wish: AuthorisationWish,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Hand in what shows that the merchant may sell a brand; handing in again replaces what waits.

    Raises: NotFound, Invalid, AuthorisationMoveNotAllowed (409) when it is granted already.
    """
    if not Brand.objects.filter(id=brand_id, is_active=True, needs_authorisation=True).exists():
        raise NotFound
    _check(merchant_id, wish)
    with atomic():
        found = _locked(merchant_id=merchant_id, brand_id=brand_id) or BrandAuthorisation(
            merchant_id=merchant_id, brand_id=brand_id
        )
        if found.status:
            rules.require_authorisation_move(AuthorisationStatus(found.status), AuthorisationStatus.REQUESTED)
        found.status, found.reason = AuthorisationStatus.REQUESTED.value, ""
        found.proof = msgspec.to_builtins(wish.media_ids)
        found.note, found.requested_at = wish.note.strip(), now
        found.decided_at = found.decided_by_id = None
        found.save()
        _note(found, actor=staff_id, kind="merchant", now=now)


def grant_authorisation(*, authorisation_id: UUID, reviewer_id: UserId, now: datetime) -> None:
    """Let the merchant sell the brand. Raises: NotFound, AuthorisationMoveNotAllowed (409)."""
    _decide(authorisation_id, AuthorisationStatus.GRANTED, "", reviewer_id, now)


def refuse_authorisation(*, authorisation_id: UUID, reason: str, reviewer_id: UserId, now: datetime) -> None:
    """Turn the request down and say why. Raises: NotFound, AuthorisationMoveNotAllowed (409)."""
    _decide(authorisation_id, AuthorisationStatus.REFUSED, reason, reviewer_id, now)


def withdraw_authorisation(
    *, authorisation_id: UUID, reason: str, reviewer_id: UserId, now: datetime
) -> None:
    """Take the authorisation away: nothing new of the brand is accepted; what is on sale is for the operator to ban.

    Raises: NotFound, AuthorisationMoveNotAllowed (409).
    """
    _decide(authorisation_id, AuthorisationStatus.WITHDRAWN, reason, reviewer_id, now)


def _check(merchant_id: MerchantId, wish: AuthorisationWish) -> None:
    proof = list(dict.fromkeys(wish.media_ids))
    if not 1 <= len(proof) <= PROOFS_MAX or len(proof) < len(wish.media_ids):
        raise Invalid(field="media_ids")
    known = media.entries(merchant_id, [MediaId(one) for one in proof])
    if len(known) < len(proof) or any(media.is_video(entry) for entry in known.values()):
        raise Invalid(field="media_ids")
    if len(wish.note) > NOTE_MAX or has_unstorable(wish.note):
        raise Invalid(field="note")


def _locked(**which: object) -> BrandAuthorisation | None:
    scoped = BrandAuthorisation.objects.across_merchants().select_for_update(no_key=True)
    found: BrandAuthorisation | None = scoped.filter(**which).first()
    return found


def _decide(
    authorisation_id: UUID, to: AuthorisationStatus, reason: str, reviewer_id: UserId, now: datetime
) -> None:
    with atomic():
        found = _locked(id=authorisation_id)
        if found is None:
            raise NotFound
        rules.require_authorisation_move(AuthorisationStatus(found.status), to)
        found.status, found.reason = to.value, reason.strip()
        found.decided_by_id, found.decided_at = reviewer_id, now
        found.save(update_fields=["status", "reason", "decided_by_id", "decided_at"])
        _note(found, actor=reviewer_id, kind="platform", now=now)


def _note(found: BrandAuthorisation, *, actor: UserId | None, kind: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        actor_kind=kind,
        action=f"brandauthorisation.{found.status}",
        subject_kind="brandauthorisation",
        subject_id=found.id,
        merchant_id=MerchantId(found.merchant_id),
        data={"brand_id": str(found.brand_id), "reason": found.reason},
        now=now,
    )
