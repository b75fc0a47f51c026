"""What a list is put together by, before it is shown."""

from dataclasses import dataclass

from jishi.kernel.ids import CategoryId, MerchantId, ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A product on sale: what it is called, whose it is, where it stands, and whether it can be bought.

    Of a shared product that several merchants offer, all of them stand as the best offer: the one that lists show.
    `is_away`: it is not wanted, or another offer of the same thing is not.
    """

    product_id: ProductId
    title: str
    merchant_id: MerchantId
    category_id: CategoryId
    in_stock: bool
    is_away: bool
