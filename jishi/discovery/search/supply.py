"""Where goods are sent from and how: what the index tells of a product beside the catalogue's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog.types_index import IndexDocument
from jishi.offering.inventory import queries as inventory
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.types import ShippingMethod

METHODS: Mapping[str, Text] = {
    ShippingMethod.STANDARD.value: Text("普通快递", "Standard"),
    ShippingMethod.EXPRESS.value: Text("加急快递", "Express"),
    ShippingMethod.SAME_CITY.value: Text("同城配送", "Same city"),
}
# The provinces of GB/T 2260 as people say them.
PROVINCES: Mapping[str, Text] = {
    "110000": Text("北京", "Beijing"), "120000": Text("天津", "Tianjin"), "130000": Text("河北", "Hebei"),
    "140000": Text("山西", "Shanxi"), "150000": Text("内蒙古", "Inner Mongolia"), "210000": Text("辽宁", "Liaoning"),
    "220000": Text("吉林", "Jilin"), "230000": Text("黑龙江", "Heilongjiang"), "310000": Text("上海", "Shanghai"),
    "320000": Text("江苏", "Jiangsu"), "330000": Text("浙江", "Zhejiang"), "340000": Text("安徽", "Anhui"),
    "350000": Text("福建", "Fujian"), "360000": Text("江西", "Jiangxi"), "370000": Text("山东", "Shandong"),
    "410000": Text("河南", "Henan"), "420000": Text("湖北", "Hubei"), "430000": Text("湖南", "Hunan"),
    "440000": Text("广东", "Guangdong"), "450000": Text("广西", "Guangxi"), "460000": Text("海南", "Hainan"),
    "500000": Text("重庆", "Chongqing"), "510000": Text("四川", "Sichuan"), "520000": Text("贵州", "Guizhou"),
    "530000": Text("云南", "Yunnan"), "540000": Text("西藏", "Tibet"), "610000": Text("陕西", "Shaanxi"),
    "620000": Text("甘肃", "Gansu"), "630000": Text("青海", "Qinghai"), "640000": Text("宁夏", "Ningxia"),
    "650000": Text("新疆", "Xinjiang"), "710000": Text("台湾", "Taiwan"), "810000": Text("香港", "Hong Kong"),
    "820000": Text("澳门", "Macao"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supply:
    """The provinces a product can be sent from now (nothing in stock: none), and its merchant's methods."""

    provinces: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def of(products: Sequence[IndexDocument]) -> dict[ProductId, Supply]:
    """Return how each product is sent: two statements for any number of them.

    A merchant without any template sends by standard; whether a method reaches an address is asked at the checkout.
    """
    areas = inventory.areas_of([sku_id for product in products for sku_id in product.sku_ids])
    templates = shipping.templates_of(list({_seller(product) for product in products})) if products else {}
    methods = {
        merchant_id: tuple(sorted({one.method.value for one in known})) or (ShippingMethod.STANDARD.value,)
        for merchant_id, known in templates.items()
    }
    return {
        product.product_id: Supply(
            provinces=tuple(
                sorted({f"{area[:2]}0000" for sku_id in product.sku_ids for area in areas.get(sku_id, ())})
            ),
            methods=methods[_seller(product)],
        )
        for product in products
    }


def _seller(product: IndexDocument) -> MerchantId:
    return MerchantId(UUID(product.merchant.id))
