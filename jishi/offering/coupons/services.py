"""Making coupon templates: drafted, put in force, paused, changed as a new version, ended; and their codes."""

import secrets
from datetime import datetime

import msgspec

from jishi.kernel import audit, idempotency
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import CouponTemplateId, MerchantId, UserId, new_id
from jishi.offering.coupons import queries, rules
from jishi.offering.coupons.models import CouponTemplateRow, CouponTemplateVersion
from jishi.offering.coupons.types import CouponTemplateWish, TemplateStatus, Way

CODES_MAX = 10_000  # made at once
CODE_LENGTH = 12
CODE_LETTERS = (
    "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 of them, none read for another: 60 random bits in a code
)
WORD_LENGTHS = range(4, 25)


def draft(
    *,
    merchant_id: MerchantId | None,
    wish: CouponTemplateWish,
    staff_id: UserId | None,
    now: datetime,
    key: str | None = None,
) -> CouponTemplateId:
    """Write a template that gives nothing yet; without a merchant it is the platform's.

    A merchant's request with the same `key` is written once. Raises: Invalid, KeyReused (409).
    """
    check(merchant_id, wish)
    with atomic():
        made = CouponTemplateRow(merchant_id=merchant_id)
        if key is not None and merchant_id is not None:
            said = queries.written(wish).encode()
            claimed = idempotency.claim(owner=merchant_id, key=key, request=said, result_id=made.id)
            if not claimed.is_new:
                return CouponTemplateId(claimed.the_result)
        _write(made, wish, staff_id=staff_id, now=now)
        _note(made, "drafted", staff_id, now)
    return CouponTemplateId(made.id)


def change(
    *,
    merchant_id: MerchantId | None,
    template_id: CouponTemplateId,
    wish: CouponTemplateWish,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Write the next version, for the coupons given from now on: those in buyers' hands keep their terms.

    Raises: NotFound, Invalid (`stock` below what was given, `way` of a template that is no draft any more),
    TemplateMoveNotAllowed (409) when it has ended.
    """
    check(merchant_id, wish)
    with atomic():
        found = _locked(merchant_id, template_id)
        rules.require_move(TemplateStatus(found.status), TemplateStatus.ENDED)  # anything but the end
        if wish.stock is not None and wish.stock < found.given_count:
            raise Invalid(field="stock")
        if wish.way != found.way and found.status != TemplateStatus.DRAFT.value:
            raise Invalid(field="way")
        found.version += 1
        _write(found, wish, staff_id=staff_id, now=now)
        _note(found, "changed", staff_id, now)


def move(
    *,
    merchant_id: MerchantId | None,
    template_id: CouponTemplateId,
    to: TemplateStatus,
    staff_id: UserId | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Let a template give, pause it, or end it for good; again where it stands already is no change.

    With a reason it is the platform that does it, to whosever template; his audit log says why. Raises: NotFound,
    TemplateMoveNotAllowed (409), Invalid (`claim_until`, `valid_until`) when its time is over.
    """
    with atomic():
        found = _locked(merchant_id, template_id)
        if found.status == to:
            return
        rules.require_move(TemplateStatus(found.status), to)
        for over in ("claim_until", "valid_until"):
            if to is TemplateStatus.LIVE and (ends := getattr(found, over)) is not None and ends <= now:
                raise Invalid(field=over)
        found.status, found.changed_at = to.value, now
        found.save(update_fields=["status", "changed_at"])
        _note(found, to.value, staff_id, now, reason=reason)


def make_codes(
    *,
    merchant_id: MerchantId | None,
    template_id: CouponTemplateId,
    count: int = 1,
    word: str | None = None,
    staff_id: UserId | None,
    now: datetime,
    key: str | None = None,
) -> list[str]:
    """Make `count` (1–10 000) random codes of a template that gives by code; a shared code may be a `word` of 4 to 24
    letters and digits instead. Return them; a merchant's request with the same `key` makes and returns none again.

    Raises: NotFound, Invalid (`count`, `word` when malformed or taken, `way` of a template that gives otherwise),
    KeyReused, TemplateMoveNotAllowed (409 each) when it has ended.
    """
    if not 1 <= count <= CODES_MAX:
        raise Invalid(field="count")
    with atomic():
        found = _locked(merchant_id, template_id)
        rules.require_move(TemplateStatus(found.status), TemplateStatus.ENDED)
        if found.way not in rules.CODE_WAYS:
            raise Invalid(field="way")
        if key is not None and merchant_id is not None:
            said = f"{template_id} {count} {word}".encode()
            if not idempotency.claim(owner=merchant_id, key=key, request=said, result_id=new_id()).is_new:
                return []
        wanted = [_word(found, count, word)] if word is not None else [_random_code() for _ in range(count)]
        made = rows(
            "INSERT INTO coupons_code (code, template_id, is_once, given_count) "
            "SELECT one, %s, %s, 0 FROM unnest(%s::text[]) AS one ON CONFLICT DO NOTHING RETURNING code",
            [template_id, found.way == Way.CODE_ONCE.value, wanted],
        )
        if len(made) < count:  # of random codes that happens once in the life of a star
            raise Invalid(field="word" if word is not None else "count")
        _note(found, "codes_made", staff_id, now, count=count)
    return [str(code) for (code,) in made]


def _random_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _word(found: CouponTemplateRow, count: int, word: str) -> str:
    code = rules.as_code(word)
    is_sound = len(code) in WORD_LENGTHS and code.isascii() and code.isalnum()
    if not is_sound or count != 1 or found.way != Way.CODE_SHARED.value:
        raise Invalid(field="word")
    return code


def check(merchant_id: MerchantId | None, wish: CouponTemplateWish) -> None:
    """Refuse what an owner may not promise. Raises: Invalid, naming the field."""
    rules.require_sound(wish, merchant_id)


def _write(
    found: CouponTemplateRow, wish: CouponTemplateWish, *, staff_id: UserId | None, now: datetime
) -> None:
    found.wish = msgspec.json.decode(queries.written(wish))
    found.way, found.stock, found.per_person_max = wish.way.value, wish.stock, wish.per_person_max
    found.claim_from, found.claim_until = wish.claim_from, wish.claim_until
    found.valid_until, found.spend_minor = wish.valid_until, wish.spend_minor
    found.changed_at = now
    found.save()
    CouponTemplateVersion.objects.create(
        template=found, version=found.version, wish=found.wish, written_at=now, written_by_id=staff_id
    )


def _locked(merchant_id: MerchantId | None, template_id: CouponTemplateId) -> CouponTemplateRow:
    scoped = CouponTemplateRow.objects.across_merchants().select_for_update(no_key=True)
    whose: dict[str, object] = {"id": template_id, "merchant_id": merchant_id}
    found: CouponTemplateRow | None = scoped.filter(**whose).first()
    if found is None:
        raise NotFound
    return found


def _note(
    found: CouponTemplateRow,
    action: str,
    staff_id: UserId | None,
    now: datetime,
    *,
    reason: str = "",
    count: int | None = None,
) -> None:
    said: dict[str, object] = {"reason": reason} if reason else {}
    if count is not None:
        said["count"] = count
    audit.record(
        actor=staff_id,
        actor_kind="merchant" if found.merchant_id and not reason else "platform",
        action=f"coupon_template.{action}",
        subject_kind="coupon_template",
        subject_id=found.id,
        merchant_id=found.merchant_id,
        data={"version": found.version, **said},
        now=now,
    )
