"""All tables of the area, for Django's migrations."""

from jishi.offering.catalog.models import (
    Attribute,
    Brand,
    Category,
    Change,
    PriceRow,
    Product,
    ProductVersion,
    SkuRow,
)
from jishi.offering.catalog.models_attributes import AttributeVersion
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.models_costs import SkuCost
from jishi.offering.catalog.models_offers import SharedMove, SharedProduct
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.catalog.models_shelf import ShelfPlanRow
from jishi.offering.catalog.models_store_categories import StoreCategory, StoreCategoryProduct
from jishi.offering.coupons.models import CouponCode, CouponRow, CouponTemplateRow, CouponTemplateVersion
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.flash.models import (
    FlashAdmission,
    FlashClaim,
    FlashItemRow,
    FlashReminder,
    FlashSessionRow,
    FlashSlot,
)
from jishi.offering.imports.models import ImportFile, ImportPicture, ImportRefusal, ImportRow
from jishi.offering.inventory.models import (
    Bucket,
    MovementRow,
    Reservation,
    StockLevel,
    WarehouseRow,
)
from jishi.offering.media.models import Asset
from jishi.offering.presale.models import PresaleClaim, PresaleRow
from jishi.offering.promotions.models import Edition, PromotionRow, PromotionUse, PromotionVersion

__all__ = [
    "Asset",
    "Attribute",
    "AttributeVersion",
    "Brand",
    "BrandAuthorisation",
    "Bucket",
    "Category",
    "Change",
    "CouponCode",
    "CouponRow",
    "CouponTemplateRow",
    "CouponTemplateVersion",
    "Edition",
    "EventEntry",
    "FlashAdmission",
    "FlashClaim",
    "FlashItemRow",
    "FlashReminder",
    "FlashSessionRow",
    "FlashSlot",
    "ImportFile",
    "ImportPicture",
    "ImportRefusal",
    "ImportRow",
    "MovementRow",
    "PresaleClaim",
    "PresaleRow",
    "PriceRow",
    "Product",
    "ProductVersion",
    "PromotionRow",
    "PromotionUse",
    "PromotionVersion",
    "RejectionTemplate",
    "Reservation",
    "SaleEvent",
    "SensitiveWord",
    "SharedMove",
    "SharedProduct",
    "ShelfPlanRow",
    "SkuCost",
    "SkuRow",
    "StockLevel",
    "StoreCategory",
    "StoreCategoryProduct",
    "WarehouseRow",
]
