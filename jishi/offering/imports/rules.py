"""What the columns of a table may mean, and which rows are one product. No database, no clock."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from jishi.kernel.errors import Invalid
from jishi.kernel.gtin import normal_gtin
from jishi.kernel.words import Text
from jishi.offering.imports.types import AxisColumn, ColumnWish, Complaint, Group, Layout, Sheet

OWN_AXIS = "own_axis"
OWN_AXIS_HEAD = Text("规格:", "Option: ")
ATTRIBUTE, AXIS = "attribute:", "axis:"
# What a column may mean in every category, as the heads of our own files call it.
PLAIN: Mapping[str, Text] = {
    "product_key": Text("商品编号", "Product key"),
    "title_zh": Text("标题", "Title"),
    "title_en": Text("英文标题", "English title"),
    "subtitle_zh": Text("副标题", "Subtitle"),
    "subtitle_en": Text("英文副标题", "English subtitle"),
    "description_zh": Text("详情", "Description"),
    "description_en": Text("英文详情", "English description"),
    "category": Text("类目", "Category"),
    "brand": Text("品牌", "Brand"),
    "pictures": Text("图片", "Pictures"),
    "per_buyer_limit": Text("每人限购", "Limit per buyer"),
    "kind": Text("商品类型", "Kind"),
    "voucher_days": Text("券有效天数", "Voucher days"),
    "unit": Text("销售单位", "Unit of sale"),
    "origin": Text("产地", "Origin"),
    "warranty_months": Text("保修(月)", "Warranty (months)"),
    "warranty_zh": Text("保修说明", "Warranty note"),
    "warranty_en": Text("英文保修说明", "English warranty note"),
    "tags": Text("标签", "Tags"),
    "code": Text("商家编码", "SKU code"),
    "gtin": Text("条码", "GTIN"),
    "model": Text("型号", "Model"),
    "price": Text("售价", "Price"),
    "list_price": Text("划线价", "List price"),
    "tiers": Text("批发价", "Wholesale prices"),
    "weight_grams": Text("重量(克)", "Weight (g)"),
    "volume_cm3": Text("体积(立方厘米)", "Volume (cm³)"),
    "stock": Text("库存", "Stock"),
}
# What other people's files call the same.
ALSO: Mapping[str, tuple[str, ...]] = {
    "product_key": ("商品id", "spu", "handle", "product id", "货号", "parent sku"),
    "title_zh": (
        "商品标题",
        "商品名称",
        "商品",
        "名称",
        "中文标题",
        "name",
        "product",
        "product name",
        "chinese title",
    ),
    "title_en": ("title (en)", "标题(英文)"),
    "description_zh": ("描述", "商品描述", "商品详情", "body (html)"),
    "category": ("类目路径", "商品类目", "分类", "category path"),
    "brand": ("商品品牌", "vendor"),
    "pictures": ("图片名", "商品图片", "主图", "images", "image"),
    "per_buyer_limit": ("限购",),
    "kind": ("类型", "product kind"),
    "voucher_days": ("有效天数", "validity (days)"),
    "unit": ("单位", "计量单位", "unit"),
    "origin": ("原产地", "产地/国家", "country of origin", "made in"),
    "warranty_months": ("保修期", "质保(月)", "warranty"),
    "tags": ("商品标签", "关键词", "keywords"),
    "gtin": ("条形码", "商品条码", "ean", "upc", "barcode", "ean13", "variant barcode"),
    "model": ("规格型号", "产品型号", "mpn", "part number", "model number"),
    "code": ("sku", "sku编码", "编码", "sku code", "code", "商品编码", "variant sku"),
    "price": ("价格", "单价", "售价(元)", "销售价", "variant price", "price (cny)"),
    "list_price": ("市场价", "原价", "compare at price", "msrp"),
    "tiers": ("阶梯价", "批发阶梯价", "wholesale", "tier prices", "quantity breaks"),
    "weight_grams": ("重量", "克重", "weight", "grams", "variant grams"),
    "volume_cm3": ("体积", "volume"),
    "stock": ("数量", "库存数量", "quantity", "qty", "variant inventory qty"),
}
_NOISE = re.compile(r"[\s_*:]+")
_OWN = re.compile(r"(?:规格|option)\s*[:：]\s*(?=\S)", re.IGNORECASE)


def _plain(name: str) -> str:
    return _NOISE.sub(" ", unicodedata.normalize("NFKC", name).lower()).strip()


def proposed(heads: Sequence[str], named: Mapping[str, Text]) -> list[str | None]:
    """Return what each column most likely means, each meaning once.

    `named` are the meanings that categories add (`attribute:…`, `axis:…`), with their names.
    """
    known: dict[str, str] = {}
    for target, name in [*PLAIN.items(), *named.items()]:
        for spelt in (target, name.zh, name.en, *ALSO.get(target, ())):
            known.setdefault(_plain(spelt), target)
    taken: set[str | None] = set()
    found: list[str | None] = []
    for head in heads:
        meant = known.get(_plain(head)) or (OWN_AXIS if _OWN.match(head) else None)
        found.append(None if meant in taken and meant != OWN_AXIS else meant)
        taken.add(meant)
    return found


def layout_of(heads: Sequence[str], columns: Sequence[ColumnWish], named: Mapping[str, Text]) -> Layout:
    """Return where things stand in a row.

    Raises: Invalid (422) for a column that is not there, an unknown meaning, one that is given twice, or when no
    column holds the SKU code.
    """
    targets: dict[int, str] = {}
    for number, column in enumerate(columns):
        is_known = column.target in PLAIN or column.target in named or column.target == OWN_AXIS
        is_twice = column.target != OWN_AXIS and column.target in targets.values()
        if column.position >= len(heads) or column.position in targets or not is_known or is_twice:
            raise Invalid(field=f"columns.{number}")
        targets[column.position] = column.target
    if "code" not in targets.values():
        raise Invalid(field="columns", reason="no column holds the SKU code")
    return Layout(
        plain={target: position for position, target in targets.items() if target in PLAIN},
        attributes={
            target.removeprefix(ATTRIBUTE): position
            for position, target in targets.items()
            if target.startswith(ATTRIBUTE)
        },
        axes=[
            AxisColumn(
                code=axis_name(heads[position])[:40] if target == OWN_AXIS else target.removeprefix(AXIS),
                head=axis_name(heads[position])[:60],
                position=position,
            )
            for position, target in sorted(targets.items())
            if target == OWN_AXIS or target.startswith(AXIS)
        ],
    )


def axis_name(head: str) -> str:
    """Return what a column of values to choose between is about: 尺寸 for 规格:尺寸."""
    return _OWN.sub("", head, count=1) if _OWN.match(head) else head


NO_CODE = Complaint("code", Text("缺少商家编码", "The SKU code is missing"))


def groups_of(sheet: Sheet, layout: Layout) -> list[Group]:
    """Return the rows by product, in the order of their first rows; every row is in exactly one group.

    Rows with the same product key are one product; a row without a key is a product by itself. A code and a
    GTIN belong to the first row that names them.
    """
    by_key: dict[str, Group] = {}
    owners: dict[str, int] = {}
    numbered: dict[str, int] = {}
    for place, row in enumerate(sheet.rows):
        key = _cell(row, layout, "product_key")
        code = _cell(row, layout, "code")
        gtin = normal_gtin(_cell(row, layout, "gtin"))
        group = by_key.setdefault(f"key {key}" if key else f"row {place}", Group(places=[], codes=[]))
        group.places.append(place)
        if not code:
            group.refused[place] = [NO_CODE]
        elif code in owners:
            group.refused[place] = [_twice(sheet.lines[owners[code]])]
        elif gtin and gtin in numbered:
            group.refused[place] = [_same_gtin(sheet.lines[numbered[gtin]])]
        else:
            owners[code] = place
            numbered |= {gtin: place} if gtin else {}
            group.codes.append(code)
    return list(by_key.values())


def _twice(line: int) -> Complaint:
    reason = Text(f"与第 {line} 行的商家编码相同", f"The SKU code is the same as in line {line}")
    return Complaint("code", reason)


def _same_gtin(line: int) -> Complaint:
    return Complaint("gtin", Text(f"与第 {line} 行的条码相同", f"The GTIN is the same as in line {line}"))


def _cell(row: Sequence[str], layout: Layout, target: str) -> str:
    position = layout.plain.get(target)
    return "" if position is None else row[position]


def chunks_of(groups: Sequence[Group], first: int, rows_max: int) -> Iterator[Group]:
    """Yield groups from `first` on until they hold `rows_max` rows; at least one."""
    rows = 0
    for group in groups[first:]:
        yield group
        rows += len(group.places)
        if rows >= rows_max:
            return
