"""From the rows of one product to the wish that the catalogue is asked for. No database, no clock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from jishi.kernel.ids import BrandId, CategoryId, MediaId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import AxisValueWish, ProductWish, SaleAxisWish, SkuWish
from jishi.offering.catalog.types_bulk import CategoryRule, KnownProduct, Rulebook
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.imports.rules import ATTRIBUTE
from jishi.offering.imports.rules_facts import facts_of
from jishi.offering.imports.rules_kinds import NOT_STOCKED, kind_of
from jishi.offering.imports.rules_tiers import tiers_of
from jishi.offering.imports.types import AxisColumn, Complaint, Group, Layout, Pictures, Sheet
from jishi.offering.inventory.types import PIECES_MAX

AXIS_CODE_MAX = 40
_MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_SEPARATORS = re.compile(r"\s*[/>›»]\s*")
_PICTURES = re.compile(r"\s*[|;\n\uff1b]\s*")
# What a cell must look like, said when it does not.
MONEY = Text("应为金额(元),如 129.00", "It must be an amount in yuan, such as 129.00")
WHOLE = Text("应为不带小数的非负整数", "It must be a whole number, not below zero")
MISSING = Text("不能为空", "It must not be empty")
NO_CATEGORY = Text(
    "没有这个类目,或同名类目不止一个:请写完整路径,如 数码/手机",
    "There is no such category, or several: write the whole path, such as Electronics/Phones",
)
NO_BRAND = Text("平台没有这个品牌", "The platform has no such brand")
NO_PICTURE = Text("图片库和压缩包里都没有这个图片", "There is no such picture, uploaded or in the zip")
NO_AXIS_VALUE = Text("同一商品的每一行都要填写", "Every row of the product must have it")
TOO_MANY = Text("一次入库不能超过 1000 万件", "Not more than 10 million pieces at once")
TOO_LONG = Text("不能超过 40 个字", "It must not be longer than 40 characters")
OTHER_PRODUCT = Text(
    "同一商品编号下的商家编码已属于不同的商品",
    "The SKU codes under this product key belong to different products",
)
TEXTS = ("title_zh", "title_en", "subtitle_zh", "subtitle_en", "description_zh", "description_en")


def _digits(text: str) -> str:
    """Return an amount without its sign of currency and its separators of thousands, as spreadsheets write it."""
    return text.lstrip("\u00a5\uffe5").replace(",", "").strip()


class Refused(Exception):
    """The rows of a product cannot be taken; `complaints` by their places in the sheet."""

    def __init__(self, complaints: Mapping[int, list[Complaint]]) -> None:
        super().__init__()
        self.complaints = complaints


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What names in cells stand for; a name that several have stands for none."""

    categories: Mapping[str, CategoryId | None]
    brands: Mapping[str, BrandId | None]
    pictures: Pictures
    book: Rulebook

    def category(self, text: str) -> CategoryId | None:
        """Return the category that a cell names."""
        return self.categories.get(_way(text))

    def brand(self, text: str) -> BrandId | None:
        """Return the brand that a cell names."""
        return self.brands.get(text.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A wish, where each SKU stands in the sheet (None: it was known before), and pieces of new SKUs by code."""

    wish: ProductWish
    places: list[int | None]
    stock: dict[str, int]


@dataclass(slots=True)
class _Reader:
    """The cells of one product's rows; what is wrong is noted instead of raised, so that all of it is told."""

    sheet: Sheet
    layout: Layout
    group: Group
    complaints: dict[int, list[Complaint]] = field(default_factory=dict)

    def refuse(self, place: int, target: str | None, reason: Text) -> None:
        self.complaints.setdefault(place, []).append(Complaint(target, reason))

    def cell(self, place: int, target: str) -> str:
        position = self.layout.plain.get(target)
        return "" if position is None else self.sheet.rows[place][position]

    def money(self, place: int, target: str) -> int | None:
        text = _digits(self.cell(place, target))
        if not text:
            return None
        if not _MONEY.fullmatch(text):
            self.refuse(place, target, MONEY)
            return None
        whole, _, cents = text.partition(".")
        return int(whole) * 100 + int(cents.ljust(2, "0") or 0)

    def whole(self, place: int, target: str) -> int | None:
        text = _digits(self.cell(place, target))
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            self.refuse(place, target, WHOLE)
            return None
        return int(text)

    def shared(self, target: str, position: int | None = None) -> tuple[str, int]:
        """Return what the rows say of the whole product, and where; rows that say nothing follow the others."""
        said, at = "", self.group.places[0]
        column = self.layout.plain.get(target) if position is None else position
        if column is None:
            return said, at
        for place in self.group.places:
            text = self.sheet.rows[place][column]
            if text and not said:
                said, at = text, place
            elif text and text != said:
                line = self.sheet.lines[at]
                reason = Text(
                    f"与同一商品的第 {line} 行不一致", f"It differs from line {line} of the product"
                )
                self.refuse(place, target, reason)
        return said, at


def lookups(book: Rulebook, pictures: Pictures) -> Lookups:
    """Return what cells may call categories (id, whole path or a name that only one has), brands and pictures."""
    categories: dict[str, CategoryId | None] = {}
    names: dict[str, list[CategoryId]] = {}
    for one in book.categories.values():
        if not one.is_open:
            continue
        categories[str(one.id)] = one.id
        for spelt in {path_of(one, "zh"), path_of(one, "en")}:
            categories[_way(spelt)] = one.id
        for name in {one.path[-1].zh, one.path[-1].en}:
            names.setdefault(name.lower(), []).append(one.id)
    for name, ids in names.items():
        categories.setdefault(name, ids[0] if len(ids) == 1 else None)
    brands: dict[str, BrandId | None] = {str(brand_id): brand_id for brand_id in book.brands}
    for brand_id, spelling in book.brands.items():
        for name in {spelling.zh, spelling.en} - {""}:
            key = name.lower()
            brands[key] = brand_id if brands.get(key, brand_id) == brand_id else None
    return Lookups(categories=categories, brands=brands, pictures=pictures, book=book)


def _way(text: str) -> str:
    return _SEPARATORS.sub("/", text).strip("/").lower()


def path_of(category: CategoryRule, language: str) -> str:
    """Return a category's way from the root down: 数码/手机."""
    return "/".join(name.of(language) for name in category.path)


def picture_names(cell: str) -> list[str]:
    """Return the file names in a cell, between semicolons or bars, each once."""
    return list(dict.fromkeys(name for name in _PICTURES.split(cell) if name))


def products_of(group: Group, by_code: Mapping[str, ProductId]) -> set[ProductId]:
    """Return the products that the codes of a group belong to already."""
    return {by_code[code] for code in group.codes if code in by_code}


def assembled(
    group: Group, sheet: Sheet, layout: Layout, names: Lookups, known: KnownProduct | None
) -> Assembled:
    """Return what a product's rows ask for: a new product, or a known one with what the cells say instead.

    An empty cell leaves a known product as it is, so does a column without a meaning; SKUs that no row names stay.
    Raises: Refused, with everything that is wrong.
    """
    reader = _Reader(sheet, layout, group, {place: list(found) for place, found in group.refused.items()})
    wish = _product(reader, names, known.wish if known else None)
    if wish is None:
        raise Refused(reader.complaints)
    made = _variants(reader, names.book.categories[wish.category_id], wish)
    if reader.complaints:
        raise Refused(reader.complaints)
    return made


def _product(reader: _Reader, names: Lookups, known: ProductWish | None) -> ProductWish | None:
    said = {target: reader.shared(target)[0] for target in TEXTS}
    category_id = _category(reader, names) or (known.category_id if known else None)
    brand_id = _brand(reader, names)
    facts = facts_of(reader, known.facts if known else ProductFacts())
    kind, days = kind_of(reader, known)
    pictures = _pictures(reader, names)
    limit = reader.whole(reader.shared("per_buyer_limit")[1], "per_buyer_limit")
    values = {
        code: text
        for code, position in reader.layout.attributes.items()
        if (text := reader.shared(f"{ATTRIBUTE}{code}", position)[0])
    }
    if category_id is None or category_id not in names.book.categories:
        if not reader.cell(reader.group.places[0], "category"):
            reader.refuse(reader.group.places[0], "category", MISSING)
        return None
    base = known or _nothing(category_id)
    return replace(
        base,
        title=_text(said, "title", base.title),
        subtitle=_text(said, "subtitle", base.subtitle),
        description=_text(said, "description", base.description),
        category_id=category_id,
        brand_id=brand_id or base.brand_id,
        media_ids=pictures or base.media_ids,
        per_buyer_limit=limit if limit is not None else base.per_buyer_limit,
        attributes={**base.attributes, **values},
        facts=facts,
        kind=kind,
        voucher_days=days,
    )


def _nothing(category_id: CategoryId) -> ProductWish:
    empty = Text("", "")
    return ProductWish(
        title=empty,
        subtitle=empty,
        description=empty,
        category_id=category_id,
        brand_id=None,
        media_ids=[],
        axes=[],
        skus=[],
        attributes={},
    )


def _text(said: Mapping[str, str], name: str, base: Text) -> Text:
    return Text(said[f"{name}_zh"] or base.zh, said[f"{name}_en"] or base.en)


def _category(reader: _Reader, names: Lookups) -> CategoryId | None:
    text, place = reader.shared("category")
    if not text:
        return None
    found = names.category(text)
    if found is None:
        reader.refuse(place, "category", NO_CATEGORY)
    return found


def _brand(reader: _Reader, names: Lookups) -> BrandId | None:
    text, place = reader.shared("brand")
    if not text:
        return None
    found = names.brand(text)
    if found is None:
        reader.refuse(place, "brand", NO_BRAND)
    return found


def _pictures(reader: _Reader, names: Lookups) -> list[MediaId]:
    text, place = reader.shared("pictures")
    wanted = picture_names(text)
    found, problems = names.pictures.found, names.pictures.problems
    for number, name in enumerate(wanted, 1):
        if name not in found:
            why = problems.get(name, NO_PICTURE)
            reader.refuse(place, "pictures", Text(f"第 {number} 张:{why.zh}", f"picture {number}: {why.en}"))
    return list(dict.fromkeys(found[name] for name in wanted if name in found))


# -- SKUs ------------------------------------------------------------------------------------------


def _variants(reader: _Reader, category: CategoryRule, wish: ProductWish) -> Assembled:
    axes, choices = _axes(reader, category, wish.axes)
    skus = list(wish.skus)
    at: dict[str, int] = {sku.code: index for index, sku in enumerate(skus)}
    stock: dict[str, int] = {}
    found: list[int | None] = [None] * len(skus)
    for place in reader.group.places:
        code = reader.cell(place, "code")
        index = at.get(code)
        base = skus[index] if index is not None else SkuWish(code=code, choice={}, price_minor=0)
        sku = _sku(reader, place, base, choices[place])
        if index is not None:
            skus[index], found[index] = sku, place
            continue
        skus.append(sku)
        found.append(place)
        if pieces := reader.whole(place, "stock"):
            if pieces > PIECES_MAX:
                reader.refuse(place, "stock", TOO_MANY)
            if wish.kind is ProductKind.VIRTUAL:
                reader.refuse(place, "stock", NOT_STOCKED)
            stock[code] = pieces
    return Assembled(wish=replace(wish, axes=axes, skus=skus), places=found, stock=stock)


def _sku(reader: _Reader, place: int, base: SkuWish, choice: Mapping[str, str]) -> SkuWish:
    price = reader.money(place, "price")
    list_price = reader.money(place, "list_price")
    weight, volume = reader.whole(place, "weight_grams"), reader.whole(place, "volume_cm3")
    if price is None and not base.price_minor and not reader.cell(place, "price"):
        reader.refuse(place, "price", MISSING)
    return replace(
        base,
        choice={**base.choice, **choice},
        price_minor=base.price_minor if price is None else price,
        list_price_minor=base.list_price_minor if list_price is None else list_price,
        weight_grams=base.weight_grams if weight is None else weight,
        volume_cm3=base.volume_cm3 if volume is None else volume,
        gtin=reader.cell(place, "gtin") or base.gtin,
        model=reader.cell(place, "model") or base.model,
        tiers=tiers_of(reader, place) or base.tiers,
    )


def _axes(
    reader: _Reader, category: CategoryRule, known: Sequence[SaleAxisWish]
) -> tuple[list[SaleAxisWish], dict[int, dict[str, str]]]:
    """Return the axes with the values that rows add, and what each row chooses."""
    axes = {axis.code: axis for axis in known}
    choices: dict[int, dict[str, str]] = {place: {} for place in reader.group.places}
    for column in reader.layout.axes:
        cells = {place: reader.sheet.rows[place][column.position] for place in reader.group.places}
        if not any(cells.values()):
            continue
        code, axis = _axis(column, category, axes)
        values = {value.code: value for value in axis.values}
        spelt = spellings(axis)
        for place, text in cells.items():
            if len(text) > AXIS_CODE_MAX:
                reader.refuse(place, f"axis {column.position}", TOO_LONG)
            if not text:
                _need_value(reader, place, column, code, known)
                continue
            value = spelt.get(text) or _choice_code(category, code, text)
            values.setdefault(value, AxisValueWish(code=value, name=_value_name(category, code, value)))
            choices[place][code] = value
        axes[code] = replace(axis, values=list(values.values()))
    return list(axes.values()), choices


def spellings(axis: SaleAxisWish) -> dict[str, str]:
    """Return what the values of an axis may be called in cells, each with its code."""
    return {name: value.code for value in axis.values for name in (value.name.zh, value.name.en, value.code)}


def _need_value(
    reader: _Reader, place: int, column: AxisColumn, code: str, known: Sequence[SaleAxisWish]
) -> None:
    """An empty cell is all right where the axis was known: a known SKU keeps its choice."""
    if code not in {axis.code for axis in known}:
        reader.refuse(place, f"axis {column.position}", NO_AXIS_VALUE)


def _axis(
    column: AxisColumn, category: CategoryRule, axes: Mapping[str, SaleAxisWish]
) -> tuple[str, SaleAxisWish]:
    """Return a column's axis: the product's own of that code or name, the category's, or a new one."""
    for axis in axes.values():
        if column.code == axis.code or column.head in (axis.name.zh, axis.name.en):
            return axis.code, axis
    name = category.names.get(column.code, Text(column.head or column.code, ""))
    return column.code, SaleAxisWish(code=column.code, name=name, values=[])


def _choice_code(category: CategoryRule, code: str, text: str) -> str:
    choices = category.choices.get(code, {})
    return next((one for one, name in choices.items() if text in (one, name.zh, name.en)), text)


def _value_name(category: CategoryRule, code: str, value: str) -> Text:
    return category.choices.get(code, {}).get(value, Text(value, ""))
