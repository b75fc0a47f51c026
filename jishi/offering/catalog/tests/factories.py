"""Products made the way merchants make them (saved, submitted, approved) and read the way the shop reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import msgspec

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries, services
from jishi.offering.catalog.models import Attribute, Brand, Category
from jishi.offering.catalog.types import (
    AxisValueWish,
    ProductDetail,
    ProductWish,
    SaleAxisWish,
    SkuWish,
    VersionStatus,
)
from jishi.offering.media.tests.factories import make_asset

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeProduct:
    """A product of a test with what one needs to buy it."""

    id: ProductId
    merchant_id: MerchantId
    category_id: CategoryId
    sku_ids: list[SkuId]

    @property
    def sku_id(self) -> SkuId:
        """The first SKU."""
        return self.sku_ids[0]


def make_category(
    name: str | None = None, *, parent_id: CategoryId | None = None, sort: int = 0
) -> CategoryId:
    """Make a category."""
    number = next(_numbers)
    made = Category.objects.create(
        parent_id=parent_id, name_zh=name or f"类目{number}", name_en=f"Category {number}", sort=sort
    )
    return CategoryId(made.id)


def make_attribute(
    category_id: CategoryId,
    code: str,
    *,
    kind: str = "choice",
    choices: Sequence[tuple[str, str, str]] = (),
    is_required: bool = False,
    is_filterable: bool = True,
    is_sale_axis: bool = False,
) -> None:
    """Make an attribute; `choices` are (code, zh, en)."""
    Attribute.objects.create(
        category_id=category_id,
        code=code,
        name_zh=f"属性{code}",
        name_en=f"Attribute {code}",
        kind=kind,
        choices=[{"code": one, "zh": zh, "en": en} for one, zh, en in choices],
        is_required=is_required,
        is_filterable=is_filterable,
        is_sale_axis=is_sale_axis,
    )


def make_brand(name_zh: str, name_en: str = "", *, needs_authorisation: bool = False) -> Brand:
    """Make a brand."""
    return Brand.objects.create(name_zh=name_zh, name_en=name_en, needs_authorisation=needs_authorisation)


def wish_of(
    merchant_id: MerchantId,
    category_id: CategoryId,
    *,
    title: Text | None = None,
    prices_minor: Sequence[int] = (10_000,),
    attributes: dict[str, str] | None = None,
    brand: Brand | None = None,
    weight_grams: int = 500,
) -> ProductWish:
    """Return a complete wish: one SKU per price, told apart by the axis `colour` when there are several."""
    number = next(_numbers)
    values = [
        AxisValueWish(code=f"c{i}", name=Text(f"颜色{i}", f"Colour {i}")) for i in range(len(prices_minor))
    ]
    axes = (
        [SaleAxisWish(code="colour", name=Text("颜色", "Colour"), values=values)]
        if len(prices_minor) > 1
        else []
    )
    return ProductWish(
        title=title or Text(f"商品{number}", f"Product {number}"),
        subtitle=Text("副标题", "Subtitle"),
        description=Text("<p>介绍</p>", "<p>About</p>"),
        category_id=category_id,
        brand_id=BrandId(brand.id) if brand else None,
        media_ids=[make_asset(merchant_id)],
        axes=axes,
        skus=[
            SkuWish(
                code=f"SKU-{number}-{i}",
                choice={"colour": f"c{i}"} if axes else {},
                price_minor=price_minor,
                list_price_minor=price_minor * 2,
                weight_grams=weight_grams,
                volume_cm3=1000,
            )
            for i, price_minor in enumerate(prices_minor)
        ],
        attributes=attributes or {},
    )


def make_product(
    *,
    merchant_id: MerchantId | None = None,
    category_id: CategoryId | None = None,
    title: Text | None = None,
    prices_minor: Sequence[int] = (10_000,),
    attributes: dict[str, str] | None = None,
    brand: Brand | None = None,
    weight_grams: int = 500,
    is_live: bool = True,
    now: datetime = NOW,
) -> MadeProduct:
    """Make a product with one SKU per price, on sale unless told otherwise; it has no stock yet (see
    make_stock).
    """
    merchant_id = merchant_id or make_merchant()
    category_id = category_id or make_category()
    wish = wish_of(
        merchant_id,
        category_id,
        title=title,
        prices_minor=prices_minor,
        attributes=attributes,
        brand=brand,
        weight_grams=weight_grams,
    )
    saved = services.save_product(merchant_id=merchant_id, wish=wish, staff_id=None, now=now)
    if is_live:
        put_on_sale(merchant_id, saved.id, now=now)
    return MadeProduct(
        id=saved.id,
        merchant_id=merchant_id,
        category_id=category_id,
        sku_ids=[sku.id for sku in saved.wish.skus if sku.id],
    )


def put_on_sale(merchant_id: MerchantId, product_id: ProductId, *, now: datetime = NOW) -> None:
    """Submit the draft of a product; a person approves it where the rules do not."""
    asked = services.submit(merchant_id=merchant_id, product_id=product_id, staff_id=None, now=now)
    if asked.proposal is VersionStatus.IN_REVIEW:
        services.approve(product_id=product_id, reviewer_id=None, now=now)


def product_detail(product_id: ProductId, *, language: str, now: datetime = NOW) -> ProductDetail:
    """Return a product on sale as its page shows it. Raises: NotFound."""
    shown = queries.product_json(product_id, language=language, now=now)
    return msgspec.json.decode(shown, type=ProductDetail)
