"""From cells to the kind of goods a product is. No database."""

from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_kinds import KINDS, ProductKind
from jishi.offering.imports.rules_facts import Cells

NO_KIND = Text("应为 实物、虚拟 或 服务", "It must be physical, virtual or service")
FIXED = Text("已有商品的类型不能改", "The kind of a product that exists cannot be changed")
NOT_STOCKED = Text(
    "虚拟商品的库存就是卡密数量,请留空后上传卡密",
    "The stock of virtual goods is their codes; leave it empty and upload codes",
)


def kind_of(cells: Cells, known: ProductWish | None) -> tuple[ProductKind, int | None]:
    """Return a product's kind and for how many days its vouchers are good; empty cells leave what is known."""
    text, place = cells.shared("kind")
    found = next((kind for kind, name in KINDS.items() if text.lower() in _names(kind, name)), None)
    if text and found is None:
        cells.refuse(place, "kind", NO_KIND)
    if known and found not in {None, known.kind}:
        cells.refuse(place, "kind", FIXED)
    days = cells.whole(cells.shared("voucher_days")[1], "voucher_days")
    return (
        found or (known.kind if known else ProductKind.PHYSICAL),
        days if days is not None else (known.voucher_days if known else None),
    )


def _names(kind: ProductKind, name: Text) -> set[str]:
    return {kind.value, name.zh, name.en.lower(), f"{name.zh}商品"}
