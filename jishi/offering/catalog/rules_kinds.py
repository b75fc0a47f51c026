"""What holds for the kinds of goods. Pure."""

from collections.abc import Iterable

from jishi.kernel.errors import Conflict
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_kinds import ProductKind

VOUCHER_DAYS_MAX = 1_095


class KindFixed(Conflict):
    """A product that was once on sale, or of which there is stock, stays what it is; `kind` says what."""

    code = "kind_fixed"
    message = Text(
        zh="商品上架过或已有库存后,商品类型不能再改,请另建商品",
        en="The kind is fixed once a product was on sale or has stock; make another product",
    )


def kind_shape(wish: ProductWish) -> Iterable[tuple[bool, str]]:
    """Yield what must hold of a product's kind: a service says for how many days its vouchers are good."""
    days = wish.voucher_days
    if wish.kind is ProductKind.SERVICE:
        yield days is not None and 1 <= days <= VOUCHER_DAYS_MAX, "voucher_days"
    else:
        yield days is None, "voucher_days"
