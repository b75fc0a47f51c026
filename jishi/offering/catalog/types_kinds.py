"""What kind of goods a product is: how its pieces reach the buyer."""

from collections.abc import Mapping
from enum import StrEnum

from jishi.kernel.words import Text


class ProductKind(StrEnum):
    """Goods in a parcel, codes given out at payment, or a service that is had for a voucher."""

    PHYSICAL = "physical"
    VIRTUAL = "virtual"
    SERVICE = "service"


KINDS: Mapping[ProductKind, Text] = {
    ProductKind.PHYSICAL: Text("实物", "Physical"),
    ProductKind.VIRTUAL: Text("虚拟", "Virtual"),
    ProductKind.SERVICE: Text("服务", "Service"),
}
