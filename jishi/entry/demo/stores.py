"""The demo merchants: approved, with staff, warehouses, freight templates, logo and banner."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jishi.entry.demo import accounts, painting, pictures, sizes
from jishi.entry.demo.accounts import Person
from jishi.entry.demo.content import DemoMerchant
from jishi.identity.merchants import queries, services
from jishi.identity.merchants.types import (
    Application,
    ProfileChange,
    SettlementMode,
    StaffRole,
    StoreTexts,
    Terms,
)
from jishi.kernel.ids import MerchantId, UserId, WarehouseId
from jishi.offering.inventory import queries_merchant as inventory
from jishi.offering.inventory import services_merchant as stock
from jishi.offering.inventory.types import WarehouseWish
from jishi.offering.media import services as media
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping import services as freight
from jishi.trade.shipping.types import FreightRate, FreightTemplateWish, FreightUnit, ShippingMethod

OPENED_BEFORE = timedelta(days=120)
STAFFED = ("soundwide", "wildridge")  # these two have colleagues beside the owner
COLLEAGUES = ((StaffRole.WAREHOUSE, "仓管"), (StaffRole.FINANCE, "财务"))
# Far and thinly peopled: Inner Mongolia, Tibet, Gansu, Qinghai, Ningxia, Xinjiang.
REMOTE = ("15", "54", "62", "63", "64", "65")
NOT_SERVED = ("71", "81", "82")


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A demo merchant's ids."""

    merchant_id: MerchantId
    owner_id: UserId
    warehouse_ids: list[WarehouseId]


def people() -> list[Person]:
    """Return everybody who can sign in to the demo market."""
    written = sizes.chosen().merchants()
    owners = [accounts.owner(one.code, one.name.zh) for one in written]
    staff = [
        accounts.colleague(one.code, one.name.zh, role.value, name)
        for one in written
        if one.code in STAFFED
        for role, name in COLLEAGUES
    ]
    buyers = [person for person, _ in accounts.BUYERS]
    return [*buyers, *owners, *staff, *(person for person, _ in accounts.PLATFORM)]


def ensure_store(merchant: DemoMerchant, administrator: UserId, *, now: datetime) -> Store:
    """Return the merchant's store, opened when it is not there."""
    owner_id = accounts.ensure(accounts.owner(merchant.code, merchant.name.zh), now=now)
    known = queries.memberships(owner_id)
    if known:
        merchant_id = known[0].merchant_id
    else:
        merchant_id = _open(merchant, owner_id, administrator, now - OPENED_BEFORE)
        _dress(merchant, merchant_id, owner_id, now - OPENED_BEFORE)
    _ensure_staff(merchant, merchant_id, owner_id, now)
    _ensure_freight(merchant, merchant_id, now)
    return Store(
        merchant_id=merchant_id, owner_id=owner_id, warehouse_ids=_ensure_warehouses(merchant, merchant_id)
    )


def _open(merchant: DemoMerchant, owner_id: UserId, administrator: UserId, at: datetime) -> MerchantId:
    merchant_id = services.apply(
        applicant=owner_id,
        application=Application(
            legal_name=merchant.legal_name,
            registration_number="91440300DEMO00000X",
            texts=StoreTexts(
                name_zh=merchant.name.zh,
                name_en=merchant.name.en,
                introduction_zh=merchant.introduction.zh,
                introduction_en=merchant.introduction.en,
            ),
            contact_name="演示联系人",
            contact_phone="13900139000",
            bank_name="演示银行",
            bank_account_holder=merchant.legal_name,
            bank_account="6222020000000000000",
        ),
        now=at,
    )
    services.submit(merchant_id=merchant_id, actor=owner_id, now=at)
    services.approve(merchant_id=merchant_id, actor=administrator, now=at)
    services.agree_terms(
        terms=Terms(
            merchant_id=merchant_id,
            commission_basis_points=merchant.commission_basis_points,
            settlement_mode=SettlementMode.OWN_CLEARING,
            statement_cycle="t1",
        ),
        actor=administrator,
        now=at,
    )
    return merchant_id


def _dress(merchant: DemoMerchant, merchant_id: MerchantId, owner_id: UserId, now: datetime) -> None:
    """Give the store its logo and banner."""
    emojis = [product.emoji for product in merchant.products[:3]]
    shown = {
        "logo": pictures.logo(merchant.emoji, colour=merchant.colour),
        "banner": pictures.banner(emojis, colour=merchant.colour, seed=merchant.code),
    }
    addresses = {}
    for name, picture in shown.items():
        made = painting.encoded(picture)
        kept = media.keep(
            merchant_id=merchant_id,
            made=made,
            file_name=f"{name}.png",
            staff_id=owner_id,
            now=now,
        )
        addresses[name] = kept.image.src
    services.change_profile(
        merchant_id=merchant_id,
        staff=owner_id,
        change=ProfileChange(version=queries.profile(merchant_id).version, **addresses),
        now=now,
    )


def _ensure_staff(merchant: DemoMerchant, merchant_id: MerchantId, owner_id: UserId, now: datetime) -> None:
    if merchant.code not in STAFFED:
        return
    for role, name in COLLEAGUES:
        user_id = accounts.ensure(
            accounts.colleague(merchant.code, merchant.name.zh, role.value, name), now=now
        )
        if not queries.memberships(user_id):
            services.add_staff(
                merchant_id=merchant_id, user_id=user_id, role=role, actor=owner_id, now=now - OPENED_BEFORE
            )


def _ensure_warehouses(merchant: DemoMerchant, merchant_id: MerchantId) -> list[WarehouseId]:
    known = inventory.warehouses(merchant_id, language="zh")
    if known:
        return [one.id for one in known]
    return [
        stock.open_warehouse(
            merchant_id=merchant_id,
            wish=WarehouseWish(name=one.name.zh, name_en=one.name.en, area_code=one.area_code),
        ).id
        for one in merchant.warehouses
    ]


def _ensure_freight(merchant: DemoMerchant, merchant_id: MerchantId, now: datetime) -> None:
    if shipping.templates_of([merchant_id]).get(merchant_id):
        return
    for wish in freight_wishes(merchant):
        freight.save_template(merchant_id=merchant_id, wish=wish, now=now)


def freight_wishes(merchant: DemoMerchant) -> tuple[FreightTemplateWish, ...]:
    """Return the ways in which a merchant sends: by the kilogram, the fast way at twice the price."""
    return (
        FreightTemplateWish(
            name="普通快递",
            method=ShippingMethod.STANDARD,
            unit=FreightUnit.WEIGHT,
            rates=_rates(merchant, factor=1, free_from_minor=merchant.freight["free_from"]),
            is_default=True,
        ),
        FreightTemplateWish(
            name="加急快递",
            method=ShippingMethod.EXPRESS,
            unit=FreightUnit.WEIGHT,
            rates=_rates(merchant, factor=2, free_from_minor=None),
            is_default=True,
        ),
    )


def _rates(merchant: DemoMerchant, *, factor: int, free_from_minor: int | None) -> list[FreightRate]:
    """Return what anywhere, the far provinces, and the places that are not served cost."""
    anywhere = FreightRate(
        area_prefixes=("",),
        first_units=1,
        first_minor=merchant.freight["first"] * factor,
        next_units=1,
        next_minor=merchant.freight["next"] * factor,
        free_from_minor=free_from_minor,
    )
    remote = replace(anywhere, area_prefixes=REMOTE, surcharge_minor=1000, free_from_minor=None)
    return [anywhere, remote, replace(anywhere, area_prefixes=NOT_SERVED, is_served=False)]
