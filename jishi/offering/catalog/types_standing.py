"""What a list is put together by, before it is shown."""

from dataclasses import dataclass

from jishi.kernel.ids import CategoryId, MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A product on sale: what it is called, whose it is, where it stands, and whether it can be bought."""

    title: str
    merchant_id: MerchantId
    category_id: CategoryId
    in_stock: bool
