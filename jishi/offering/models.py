"""All tables of the area, for Django's migrations."""

from jishi.offering.catalog.models import (
    Attribute,
    Brand,
    BrandAuthorisation,
    Category,
    Change,
    PriceRow,
    Product,
    ProductVersion,
    SkuRow,
)
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.imports.models import ImportFile, ImportRefusal, ImportRow
from jishi.offering.inventory.models import (
    Bucket,
    MovementRow,
    Reservation,
    StockLevel,
    WarehouseRow,
)
from jishi.offering.media.models import Asset
from jishi.offering.pricing.models import Edition, PromotionRow, PromotionVersion

__all__ = [
    "Asset",
    "Attribute",
    "Brand",
    "BrandAuthorisation",
    "Bucket",
    "Category",
    "Change",
    "Edition",
    "ImportFile",
    "ImportRefusal",
    "ImportRow",
    "MovementRow",
    "PriceRow",
    "Product",
    "ProductVersion",
    "PromotionRow",
    "PromotionVersion",
    "RejectionTemplate",
    "Reservation",
    "SensitiveWord",
    "SkuRow",
    "StockLevel",
    "WarehouseRow",
]
