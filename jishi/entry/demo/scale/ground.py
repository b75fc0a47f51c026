"""What a run needs before its first product: kinds of goods with pictures, makers, merchants, buyers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product as every
from random import Random
from uuid import UUID

import msgspec

from jishi.entry.demo import accounts, content, crowd, goods, painting, pictures, stores
from jishi.entry.demo.content import DemoCategory, DemoMerchant, DemoProduct
from jishi.entry.demo.scale.copying import Rows
from jishi.entry.demo.scale.names import Names, dashed
from jishi.entry.demo.scale.wares import LISTED_WITHIN_DAYS, Kind, Picture, Seller, Value
from jishi.identity.accounts.types import Recipient
from jishi.identity.merchants.types import MerchantStatus, SettlementMode, StaffRole, StatementCycle
from jishi.kernel import db, regions
from jishi.kernel.crypto import seal_text
from jishi.kernel.ids import CategoryId, MerchantId, UserId, new_id
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import services_tree as tree
from jishi.offering.media import services as media

BRANDS_MAX = 300
BRANDS_MIN = 20
KINDS_PER_LEAF = 2
KINDS_PER_SELLER = 8
HOMES = 400
OPENED_BEFORE = timedelta(days=LISTED_WITHIN_DAYS + 1)
_FIRST = (
    Text("云", "Yun"), Text("木", "Mu"), Text("山", "Shan"), Text("海", "Hai"), Text("星", "Xing"),
    Text("禾", "He"), Text("松", "Song"), Text("原", "Yuan"), Text("青", "Qing"), Text("白", "Bai"),
)  # fmt: skip
_SECOND = (
    Text("野", "ye"), Text("序", "xu"), Text("集", "ji"), Text("物", "wu"), Text("里", "li"), Text("屋", "wo"),
    Text("溪", "xi"), Text("田", "tian"), Text("舟", "zhou"), Text("岸", "an"), Text("鹿", "lu"), Text("鲸", "jing"),
    Text("岚", "lan"), Text("石", "shi"), Text("羽", "yu"), Text("光", "guang"), Text("汀", "ting"),
    Text("朴", "pu"), Text("舍", "she"), Text("涧", "jian"),
)  # fmt: skip
_THIRD = (Text("", ""), Text("家", "jia"))
_SHOPS = (
    Text("旗舰店", "Flagship Store"),
    Text("专营店", "Shop"),
    Text("优选", "Select"),
    Text("百货", "Goods"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What is sold: kinds of goods, the pictures of all of them, and which kinds belong under one roof."""

    kinds: list[Kind]
    pictures: list[Picture]
    by_top: list[tuple[int, ...]]


# -- goods ---------------------------------------------------------------------------------------------------


def ensure_goods(*, seed: int, now: datetime) -> Goods:
    """Return the kinds, with the pictures that they have here; on an empty market they are painted first.

    Raises: PicturesMissing.
    """
    written = content.categories()
    category_ids = goods.ensure_categories(written)
    chosen = _chosen(written)
    kept = _known_pictures(chosen) or _paint(chosen, seed=seed, now=now)
    chosen = [one for one in chosen if one.code in kept]
    places = {
        one: place for place, one in enumerate(dict.fromkeys(p for all_of in kept.values() for p in all_of))
    }
    attributes = {
        child: {one.code: [choice["code"] for choice in one.choices] for one in top.attributes}
        for top in written
        for child, _ in top.children
    }
    kinds = [
        _kind(one, category_ids, attributes[one.category], [places[p] for p in kept[one.code]])
        for one in chosen
    ]
    tops = {child: top.code for top in written for child, _ in top.children}
    by_top: dict[str, list[int]] = {}
    for place, one in enumerate(chosen):
        by_top.setdefault(tops[one.category], []).append(place)
    return Goods(kinds=kinds, pictures=list(places), by_top=[tuple(found) for found in by_top.values()])


def _chosen(written: Sequence[DemoCategory]) -> list[DemoProduct]:
    """Return the first products of each leaf of the tree."""
    by_leaf: dict[str, list[DemoProduct]] = {}
    for merchant in content.merchants():
        for one in merchant.products:
            by_leaf.setdefault(one.category, []).append(one)
    leaves = [child for top in written for child, _ in top.children]
    return [one for leaf in leaves for one in by_leaf.get(leaf, [])[:KINDS_PER_LEAF]]


def _known_pictures(chosen: Sequence[DemoProduct]) -> dict[str, list[Picture]]:
    """Return the pictures of those that this market has, by code: of their colours, then of the whole."""
    codes = {goods.sku_codes(one)[0]: one.code for one in chosen}
    found = db.rows(
        "SELECT s.code, a.key, a.content_hash, a.perceptual_hash, a.width, a.height, a.byte_count "
        "FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id, "
        "jsonb_array_elements(p.media) WITH ORDINALITY AS shown(entry, place), media_asset a "
        "WHERE s.code = ANY(%s) AND s.is_active AND a.id = (shown.entry ->> 'id')::uuid AND a.kind = 'image' "
        "ORDER BY s.code, shown.place",
        [list(codes)],
    )
    kept: dict[str, list[Picture]] = {}
    for code, *shown in found:
        kept.setdefault(codes[code], []).append(_picture(*shown))
    return kept


def _picture(key: str, digest: bytes, look: int, width: int, height: int, size: int) -> Picture:
    return Picture(key, bytes(digest), look, width, height, size)


def _paint(chosen: Sequence[DemoProduct], *, seed: int, now: datetime) -> dict[str, list[Picture]]:
    """Paint the pictures of the kinds; the platform keeps the originals."""
    pictures.check_installed()
    kept: dict[str, list[Picture]] = {}
    with painting.studio(seed=seed) as studio:
        wanted = {one.code: replace(painting.shots(one)[0], side=painting.PHOTO_SIDE) for one in chosen}
        studio.order(wanted.values())
        for code, shot in wanted.items():
            made = studio.picture(shot)
            media.keep(merchant_id=None, made=made, file_name=shot.file_name, staff_id=None, now=now)
            digest, size = made.content_hash, sum(len(variant.data) for variant in made.variants)
            key = f"{digest.hex()[:2]}/{digest.hex()[2:34]}"
            kept[code] = [_picture(key, digest, made.perceptual_hash, made.width, made.height, size)]
    return kept


def _kind(
    one: DemoProduct,
    category_ids: dict[str, CategoryId],
    attributes: dict[str, list[str]],
    shown: Sequence[int],
) -> Kind:
    of_colour = dict(zip((colour.code for colour in one.colours), shown, strict=False))
    about = Text(f"<p>{one.about.zh}</p>", f"<p>{one.about.en}</p>")
    return Kind(
        category_id=str(category_ids[one.category]),
        title=one.title,
        subtitle=one.subtitle,
        description=about,
        price_minor=one.price_minor,
        weight_grams=one.weight_grams,
        attributes={code: attributes.get(code) or [value] for code, value in one.attributes.items()},
        colour_axis=goods.COLOUR_ATTRIBUTE[1],
        spec_axis=one.specs_name,
        colours=tuple(
            Value(code=colour.code, name=colour.name, picture=of_colour.get(colour.code))
            for colour in one.colours
        ),
        specs=tuple(
            Value(code=spec.code, name=spec.name, extra_minor=spec.extra_minor) for spec in one.specs
        ),
        pictures=tuple(shown[-1:] if one.colours else shown[:2]),
    )


def ensure_brands(products: int) -> list[tuple[str, Text]]:
    """Return the makers: more of them in a larger market, the same ones in every run."""
    wanted = min(BRANDS_MAX, BRANDS_MIN + products // 200)
    made = []
    for third, second, first in list(every(_THIRD, _SECOND, _FIRST))[:wanted]:
        name = Text(first.zh + second.zh + third.zh, first.en + second.en + third.en)
        made.append((tree.ensure_brand(name=name).hex, name))
    return made


# -- merchants -----------------------------------------------------------------------------------------------


def owner(run: int) -> accounts.Person:
    """Return who owns all merchants of a run."""
    return accounts.owner(f"seed{run}", f"第 {run} 批")


def open_merchants(
    rows: Rows, count: int, *, names: Names, run: int, by_top: Sequence[tuple[int, ...]], now: datetime
) -> list[Seller]:
    """Add the run's merchants, each with an owner, warehouses and freight, selling from one or two tops."""
    written, chance, at = content.merchants(), Random(names.salt), now - OPENED_BEFORE
    owner_id = accounts.ensure(owner(run), now=at).hex
    sellers = []
    for place in range(count):
        like, merchant_id = written[place % len(written)], new_id().hex
        _open(rows, place, merchant_id, run, like, at)
        rows.add("merchants_staff", new_id().hex, merchant_id, owner_id, StaffRole.OWNER.value, at)
        seller = Seller(
            merchant_id=merchant_id,
            owner_id=owner_id,
            warehouse_ids=tuple(new_id().hex for _ in like.warehouses),
            kinds=_sold(place, by_top, chance),
            commission_basis_points=like.commission_basis_points,
        )
        for warehouse_id, house in zip(seller.warehouse_ids, like.warehouses, strict=True):
            name = house.name
            rows.add(
                "inventory_warehouse", warehouse_id, merchant_id, name.zh, name.en, house.area_code, True
            )
        _set_freight(rows, merchant_id, like)
        sellers.append(seller)
    return sellers


def _open(rows: Rows, place: int, merchant_id: str, run: int, like: DemoMerchant, at: datetime) -> None:
    shop = _SHOPS[place % len(_SHOPS)]
    second, first = _SECOND[place // len(_FIRST) % len(_SECOND)], _FIRST[place % len(_FIRST)]
    number = f"{run}-{place + 1}"
    legal = f"演示{first.zh}{second.zh}商贸有限公司 {number}"
    sealed = {
        "registration_number": "91440300DEMO00000X",
        "contact_name": "演示联系人",
        "contact_phone": "13900139000",
        "bank_account_holder": legal,
        "bank_account": "6222020000000000000",
    }
    rows.add(
        "merchants_merchant",
        merchant_id, MerchantStatus.ACTIVE.value, legal, "演示银行", f"{first.zh}{second.zh}{shop.zh} {number}",
        f"{first.en}{second.en} {shop.en} {number}", like.introduction.zh, like.introduction.en, "", "",
        like.commission_basis_points, SettlementMode.OWN_CLEARING.value, StatementCycle.T1.value, at, 1,
        *(
            seal_text(text, table="merchants_merchant", column=column, row_id=dashed(merchant_id))
            for column, text in sealed.items()
        ),
    )  # fmt: skip


def _set_freight(rows: Rows, merchant_id: str, like: DemoMerchant) -> None:
    for wish in stores.freight_wishes(like):
        rates = msgspec.json.encode(wish.rates).decode()
        rows.add(
            "shipping_freight_template",
            new_id().hex, merchant_id, wish.name, wish.method.value, wish.unit.value, rates, CURRENCY,
            wish.is_default, 1,
        )  # fmt: skip


def _sold(place: int, by_top: Sequence[tuple[int, ...]], chance: Random) -> tuple[int, ...]:
    """Return the kinds that a merchant sells: of one or two tops."""
    tops = {place % len(by_top), chance.randrange(len(by_top))}
    all_of = [kind for top in sorted(tops) for kind in by_top[top]]
    return tuple(chance.sample(all_of, min(len(all_of), KINDS_PER_SELLER)))


# -- people --------------------------------------------------------------------------------------------------


def recipients(seed: int) -> list[str]:
    """Return homes that parcels go to, as orders keep them."""
    chance = Random(f"{seed}:homes")
    return [msgspec.json.encode(_recipient(chance)).decode() for _ in range(HOMES)]


def _recipient(chance: Random) -> Recipient:
    area_code, street = chance.choice(crowd.PLACES)
    place = regions.region(area_code)
    return Recipient(
        recipient=chance.choice(crowd.FAMILY_NAMES) + chance.choice(crowd.GIVEN_NAMES),
        phone=f"139{chance.randrange(10**8):08}",
        area_code=area_code,
        province=place.province,
        city=place.city,
        district=place.district,
        street=street.format(chance.randrange(1, 300)),
        postcode="",
    )


def nickname(number: int) -> str:
    """Return what a buyer calls himself."""
    family = crowd.FAMILY_NAMES[number % len(crowd.FAMILY_NAMES)]
    return family + crowd.GIVEN_NAMES[number // len(crowd.FAMILY_NAMES) % len(crowd.GIVEN_NAMES)]


def store_of(seller: Seller) -> stores.Store:
    """Return a merchant of the run as the demo's past knows stores."""
    return stores.Store(
        merchant_id=MerchantId(UUID(seller.merchant_id)),
        owner_id=UserId(UUID(seller.owner_id)),
        warehouse_ids=[],
    )
