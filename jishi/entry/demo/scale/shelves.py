"""The rows of a product on sale: itself, its approved version, its SKUs, and the stock that came in."""

from typing import Any

import msgspec

from jishi.entry.demo.scale.copying import Rows
from jishi.entry.demo.scale.names import Row, dashed, instant
from jishi.entry.demo.scale.wares import Assortment, Seller, SkuWare, Value, Ware, entry
from jishi.kernel.words import CURRENCY, Text

RECEIVED_MIN, RECEIVED_SPREAD = 40, 360  # pieces in the first delivery
SECOND_WAREHOUSE = 4  # every fourth product lies in the merchant's second one too


def asset_id(all_of: Assortment, seller: int, picture: int) -> str:
    """Return the id of a merchant's own copy of a picture."""
    return all_of.names.id(Row.ASSET, seller * len(all_of.pictures) + picture, all_of.listed(0))


def asset(rows: Rows, all_of: Assortment, seller: int, picture: int) -> None:
    """Put a picture into a merchant's folder."""
    who, shown = all_of.sellers[seller], all_of.pictures[picture]
    rows.add(
        "media_asset",
        asset_id(all_of, seller, picture), who.merchant_id, "image", shown.key, shown.content_hash,
        shown.perceptual_hash, shown.width, shown.height, shown.byte_count, f"{picture}.png", who.owner_id,
        instant(all_of.listed(0)),
    )  # fmt: skip


def product(rows: Rows, all_of: Assortment, number: int) -> None:
    """Add everything that the n-th product consists of."""
    ware = all_of.ware(number)
    seller = all_of.sellers[ware.seller]
    entries = {one: _entry(all_of, ware.seller, one) for one in _pictures(ware)}
    _product(rows, all_of, ware, seller, entries)
    _version(rows, all_of, ware, seller, entries)
    for place, sku in enumerate(ware.skus):
        _sku(rows, all_of, ware, seller, sku, place)
        if sku.is_there:
            _receive(rows, all_of, ware, seller, sku, place)


def _entry(all_of: Assortment, seller: int, picture: int) -> dict[str, Any]:
    return entry(dashed(asset_id(all_of, seller, picture)), all_of.pictures[picture])


def _pictures(ware: Ware) -> list[int]:
    """Return the places of its pictures: of its colours, then of its kind."""
    own = [one.picture for one in ware.colours if one.picture is not None]
    return list(dict.fromkeys([*own, *ware.kind.pictures]))


def _product(
    rows: Rows, all_of: Assortment, ware: Ware, seller: Seller, entries: dict[int, dict[str, Any]]
) -> None:
    kind, prices = ware.kind, [one.price_minor for one in ware.skus]
    cheapest = min(ware.skus, key=lambda one: one.price_minor)
    axes = [
        {
            "code": code, "zh": name.zh, "en": name.en,
            "values": [
                {"code": one.code, "zh": one.name.zh, "en": one.name.en, "media": entries.get(_shown(one))}
                for one in values
            ],
        }
        for code, name, values in _axes(ware)
    ]  # fmt: skip
    listed = instant(ware.listed)
    rows.add(
        "catalog_product",
        ware.id, seller.merchant_id, kind.category_id, all_of.brands[ware.brand][0], "live", ware.title.zh,
        ware.title.en, kind.subtitle.zh, kind.subtitle.en, kind.description.zh, kind.description.en,
        _json(list(entries.values())), _json(axes), _json(ware.attributes), CURRENCY, min(prices), max(prices),
        cheapest.list_price_minor, True, ware.sold_count, 1, 1, listed, listed,
    )  # fmt: skip


def _axes(ware: Ware) -> list[tuple[str, Text, tuple[Value, ...]]]:
    both = (("colour", ware.kind.colour_axis, ware.colours), ("spec", ware.kind.spec_axis, ware.specs))
    return [one for one in both if one[2]]


def _shown(value: Value) -> int:
    return -1 if value.picture is None else value.picture


def _version(
    rows: Rows, all_of: Assortment, ware: Ware, seller: Seller, entries: dict[int, dict[str, Any]]
) -> None:
    kind, listed = ware.kind, instant(ware.listed)
    wish = {
        "title": _text(ware.title), "subtitle": _text(kind.subtitle), "description": _text(kind.description),
        "category_id": kind.category_id, "brand_id": all_of.brands[ware.brand][0],
        "media_ids": [one["id"] for one in entries.values()], "attributes": ware.attributes,
        "axes": [
            {
                "code": code, "name": _text(name),
                "values": [
                    {"code": one.code, "name": _text(one.name), "media_id": entries.get(_shown(one), {}).get("id")}
                    for one in values
                ],
            }
            for code, name, values in _axes(ware)
        ],
        "skus": [
            {
                "id": dashed(one.id), "code": one.code, "choice": one.choice, "price_minor": one.price_minor,
                "list_price_minor": one.list_price_minor, "weight_grams": kind.weight_grams,
                "volume_cm3": kind.weight_grams * 4,
            }
            for one in ware.skus
        ],
    }  # fmt: skip
    rows.add(
        "catalog_version",
        all_of.names.id(Row.VERSION, ware.number, ware.listed), ware.id, seller.merchant_id, 1, "live", _json(wish),
        "", seller.owner_id, listed, listed, listed,
    )  # fmt: skip


def _sku(rows: Rows, all_of: Assortment, ware: Ware, seller: Seller, sku: SkuWare, place: int) -> None:
    name, grams = sku.choice_name, ware.kind.weight_grams
    rows.add(
        "catalog_sku",
        sku.id, ware.id, seller.merchant_id, sku.code, _json(sku.choice), name.zh, name.en, CURRENCY,
        sku.price_minor, sku.list_price_minor, grams, grams * 4, image_key(all_of, sku), place + 1, True,
        sku.is_there,
    )  # fmt: skip
    rows.add("catalog_price", sku.id, instant(ware.listed), sku.price_minor, CURRENCY)


def image_key(all_of: Assortment, sku: SkuWare) -> str:
    """Return the picture of the SKU's own colour, '' without one."""
    shown = _shown(sku.colour) if sku.colour else -1
    return all_of.pictures[shown].key if shown >= 0 else ""


def _receive(rows: Rows, all_of: Assortment, ware: Ware, seller: Seller, sku: SkuWare, place: int) -> None:
    many = len(seller.warehouse_ids) if ware.number % SECOND_WAREHOUSE == 0 else 1
    for where, warehouse_id in enumerate(seller.warehouse_ids[:many]):
        movement = all_of.names.id(Row.MOVEMENT, (ware.number * 8 + place) * 2 + where, ware.listed)
        # Scattered enough by the id, and far cheaper than a draw of its own.
        pieces = RECEIVED_MIN + int(movement[-6:], 16) % RECEIVED_SPREAD
        rows.add("inventory_stock", sku.id, warehouse_id, seller.merchant_id, pieces, 0, 0)
        rows.add(
            "inventory_movement",
            movement, seller.merchant_id, sku.id, warehouse_id, "received", pieces, "SEED", seller.owner_id,
            instant(ware.listed),
        )  # fmt: skip


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
