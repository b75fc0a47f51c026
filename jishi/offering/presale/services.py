"""What merchants do with pre-sales, and what the clock does."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, require_transaction, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, OrderId, PresaleId, SkuId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory import services_buckets as buckets
from jishi.offering.presale import rules
from jishi.offering.presale.models import PresaleRow
from jishi.offering.presale.types import PresaleWish


class PresaleAlready(Conflict):
    """The SKU is in a pre-sale that is not over."""

    code = "presale_already"
    message = Text(zh="该规格已有进行中的预售", en="This variant is in a pre-sale already")


class PresalePriceTooHigh(Conflict):
    """A pre-sale price is not above the normal price."""

    code = "presale_price_too_high"
    message = Text(zh="预售价不能高于日常价", en="A pre-sale price is not above the usual price")


def make(*, merchant_id: MerchantId, wish: PresaleWish, staff_id: UserId | None, now: datetime) -> PresaleId:
    """Sell pieces of a SKU ahead; they are set aside when the deposits begin, at once when that is now.

    Raises: NotFound for a SKU that is not the merchant's or not for sale; PresaleAlready, PresalePriceTooHigh (409
    each), Invalid naming the field that promises too much, or the SKU of goods that nobody sends.
    """
    for field in rules.faults(wish, now=now):
        raise Invalid(field=field)
    sku = catalog.skus_for_sale([wish.sku_id]).get(wish.sku_id)
    if sku is None or sku.merchant_id != merchant_id or not sku.is_for_sale:
        raise NotFound
    if sku.kind is not ProductKind.PHYSICAL:
        raise Invalid(field="sku_id", reason="only goods that are sent are sold ahead")
    if wish.price_minor > sku.price.amount_minor:
        raise PresalePriceTooHigh
    presale = PresaleRow(
        merchant_id=merchant_id,
        sku_id=wish.sku_id,
        product_id=sku.product_id,
        price_minor=wish.price_minor,
        deposit_minor=wish.deposit_minor,
        worth_minor=wish.worth_minor,
        currency=sku.price.currency,
        deposit_from_at=wish.deposit_from_at,
        deposit_until_at=wish.deposit_until_at,
        balance_from_at=wish.balance_from_at,
        balance_until_at=wish.balance_until_at,
        ship_by_at=wish.ship_by_at,
        quota=wish.quota,
        per_buyer_max=wish.per_buyer_max,
        returns_deposit=wish.returns_deposit,
        made_at=now,
    )
    try:
        with atomic():
            presale.save(force_insert=True)
            _note(presale, "made", staff_id, now)
            if wish.deposit_from_at <= now:
                _set_aside(presale, now)
    except IntegrityError as error:
        raise PresaleAlready from error
    return PresaleId(presale.id)


def stop(*, merchant_id: MerchantId, presale_id: PresaleId, staff_id: UserId | None, now: datetime) -> None:
    """Take no deposits any more; what is left goes back on sale, orders go on as they were sold. Again is no change.

    Raises: NotFound.
    """
    with atomic():
        found = PresaleRow.objects.of_merchant(merchant_id).select_for_update().filter(id=presale_id).first()
        if found is None:
            raise NotFound
        if found.stopped_at is not None or found.closed_at is not None:
            return
        found.stopped_at = now
        found.save(update_fields=["stopped_at"])
        _note(found, "stopped", staff_id, now)
        _give_back(found, now)


def open_due(*, now: datetime) -> int:
    """Set aside the pieces of pre-sales whose deposits begin; return how many were opened. Safe to call again."""
    due = rows(
        "SELECT id FROM presale WHERE opened_at IS NULL AND closed_at IS NULL AND deposit_from_at <= %s "
        "AND deposit_until_at > %s ORDER BY id",
        [now, now],
    )
    return sum(_open(PresaleId(presale_id), now) for (presale_id,) in due)


def close_due(*, now: datetime) -> int:
    """Give back what is left of pre-sales whose deposits are over; return how many were closed. Safe again."""
    due = rows("SELECT id FROM presale WHERE closed_at IS NULL AND deposit_until_at <= %s ORDER BY id", [now])
    return sum(_close(PresaleId(presale_id), now) for (presale_id,) in due)


def claim(*, presale_id: PresaleId, order_id: OrderId, buyer: UserId, quantity: int, now: datetime) -> None:
    """Note that an order took pieces of a pre-sale, inside the transaction that places it."""
    require_transaction("a claim")
    execute(
        "INSERT INTO presale_claim (order_id, presale_id, buyer_id, quantity, claimed_at) "
        "VALUES (%s, %s, %s, %s, %s)",
        [order_id, presale_id, buyer, quantity, now],
    )


def _open(presale_id: PresaleId, now: datetime) -> bool:
    with atomic():
        found = _locked(presale_id)
        if found.opened_at is not None or found.closed_at is not None:
            return False
        _set_aside(found, now)
        return True


def _set_aside(found: PresaleRow, now: datetime) -> None:
    found.cut = buckets.cut(activity_id=found.id, sku_id=SkuId(found.sku_id), quantity=found.quota, now=now)
    found.opened_at = now
    found.save(update_fields=["cut", "opened_at"])


def _close(presale_id: PresaleId, now: datetime) -> bool:
    with atomic():
        found = _locked(presale_id)
        if found.closed_at is not None:
            return False
        _give_back(found, now)
        return True


def _give_back(found: PresaleRow, now: datetime) -> None:
    found.unsold = buckets.close(found.id, now=now)
    found.closed_at = now
    found.save(update_fields=["unsold", "closed_at"])


def _locked(presale_id: PresaleId) -> PresaleRow:
    found = PresaleRow.objects.across_merchants().select_for_update().filter(id=presale_id).first()
    if found is None:
        raise NotFound
    return found


def _note(found: PresaleRow, action: str, staff_id: UUID | None, now: datetime) -> None:
    audit.record(
        actor=staff_id,
        actor_kind="merchant",
        action=f"presale.{action}",
        subject_kind="presale",
        subject_id=found.id,
        merchant_id=found.merchant_id,
        data={"price_minor": found.price_minor, "deposit_minor": found.deposit_minor, "quota": found.quota},
        now=now,
    )
