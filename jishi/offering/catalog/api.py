"""The catalogue over HTTP: what everybody may browse, and what merchants write."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import Store
from jishi.kernel import hot
from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from jishi.kernel.http import (
    MerchantRequest,
    PublicRequest,
    created,
    encoded,
    errors,
    merchant_staff,
    no_content,
)
from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId, StoreCategoryId
from jishi.kernel.keys import OptionalKey
from jishi.kernel.pagination import Page
from jishi.offering.catalog import (
    queries,
    queries_brands,
    queries_merchant,
    queries_prices,
    queries_versions,
    services,
    services_brands,
)
from jishi.offering.catalog.rules import AuthorisationMoveNotAllowed
from jishi.offering.catalog.types import (
    AuthorisationWish,
    BrandRow,
    CategoryAttribute,
    CategoryDetail,
    CategoryNode,
    ListingSort,
    ListingStatus,
    ProductCard,
    ProductDetail,
    ProductForMerchant,
    ProductRow,
    ProductSave,
    ProductSort,
)
from jishi.offering.catalog.types_prices import OfferedPrice
from jishi.offering.catalog.types_review import Restoring, VersionRow

store_router = Router(tags=["catalog"])
merchant_router = Router(tags=["catalog"])

Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str | None, Field(max_length=512)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
_PUBLIC_SECONDS = 5


# -- everybody -------------------------------------------------------------------------------------


@store_router.get("/categories", response={200: Page[CategoryNode], **errors()}, summary="The category tree")
def list_categories(request: PublicRequest) -> HttpResponse:
    """All categories as a tree, in the order of the shop. One page."""
    found = queries.categories_answer(language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@store_router.get(
    "/categories/{category_id}", response={200: CategoryDetail, **errors(NotFound)}, summary="One category"
)
def get_category(request: PublicRequest, category_id: UUID) -> HttpResponse:
    """A category with its path, its children and the attributes its products can be filtered by."""
    found = queries.category_answer(CategoryId(category_id), language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@store_router.get(
    "/products", response={200: Page[ProductCard], **errors(Invalid)}, summary="Browse products"
)
def list_products(
    request: PublicRequest,
    category_id: UUID | None = None,
    merchant_id: UUID | None = None,
    sort: ProductSort = ProductSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 24,
) -> HttpResponse:
    """Products on sale, of a category with everything below it, of one merchant, or all of them."""
    found = queries.products_answer(
        category_id=CategoryId(category_id) if category_id else None,
        merchant_id=MerchantId(merchant_id) if merchant_id else None,
        sort=sort,
        cursor=cursor,
        limit=limit,
        language=request.language,
        now=request.now,
    )
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@store_router.get(
    "/products/{product_id}", response={200: ProductDetail, **errors(NotFound)}, summary="One product"
)
def get_product(request: PublicRequest, product_id: UUID) -> HttpResponse:
    """Everything a product page shows; 404 when it is not on sale."""
    found = queries.product_answer(ProductId(product_id), language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=0)


@store_router.get(
    "/stores/{merchant_id}", response={200: Store, **errors(NotFound)}, summary="A merchant's store"
)
def get_store(request: PublicRequest, merchant_id: UUID) -> HttpResponse:
    """A merchant's public shop front; his products are `GET /store/products?merchant_id=`."""
    return encoded(merchants.store(MerchantId(merchant_id), language=request.language))


# -- merchants -------------------------------------------------------------------------------------

_writer = merchant_staff("operator")
_reader = merchant_staff("operator", "warehouse", "service")
_EXAMPLE: dict[str, Any] = {
    "wish": {
        "title": {"zh": "手冲咖啡壶", "en": "Pour-over kettle"},
        "subtitle": {"zh": "细长壶嘴,控水更稳", "en": "A slender spout for a steady pour"},
        "description": {"zh": "<p>304 不锈钢,600 毫升。</p>", "en": "<p>Stainless steel, 600 ml.</p>"},
        "category_id": "01930000-0000-7000-8000-000000000001",
        "brand_id": None,
        "media_ids": ["01930000-0000-7000-8000-000000000002"],
        "axes": [
            {
                "code": "colour",
                "name": {"zh": "颜色", "en": "Colour"},
                "values": [
                    {"code": "black", "name": {"zh": "哑光黑", "en": "Matt black"}},
                    {"code": "silver", "name": {"zh": "银色", "en": "Silver"}},
                ],
            }
        ],
        "skus": [
            {"code": "KETTLE-B", "choice": {"colour": "black"}, "price_minor": 15900, "weight_grams": 650},
            {"code": "KETTLE-S", "choice": {"colour": "silver"}, "price_minor": 14900, "model": "KT-600"},
        ],
        "attributes": {"material": "steel"},
        "facts": {"unit": "piece", "origin": "330000", "warranty_months": 12, "tags": ["手冲"]},
    },
    "version": None,
}
_AUTHORISATION = {"media_ids": _EXAMPLE["wish"]["media_ids"], "note": "2026 年度授权书"}
_SAVE_ERRORS = errors(NotFound, Invalid, NotAllowed, Conflict)


@merchant_router.get(
    "/products",
    auth=_reader,
    response={200: Page[ProductRow], **errors(NotAllowed, NotFound, Invalid)},
    summary="My products",
)
def list_my_products(
    request: MerchantRequest,
    status: ListingStatus | None = None,
    words: Words = "",
    store_category_id: UUID | None = None,
    sort: ListingSort = ListingSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The merchant's products; `words` finds a title or the start of a SKU code. A cursor keeps to its `sort`."""
    return encoded(
        queries_merchant.merchant_products(
            merchant_id=request.merchant_id,
            status=status,
            words=words,
            store_category_id=StoreCategoryId(store_category_id) if store_category_id else None,
            sort=sort,
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@merchant_router.post(
    "/products", auth=_writer, response={201: ProductForMerchant, **_SAVE_ERRORS}, summary="Write a product"
)
def create_product(
    request: MerchantRequest,
    body: Annotated[ProductSave, Body(..., examples=[_EXAMPLE])],
    key: OptionalKey = None,
) -> HttpResponse:
    """Keep a new product as a draft; submit it to put it on sale. Sent again with its `Idempotency-Key` it is made
    once.
    """
    made = services.save_product(
        merchant_id=request.merchant_id,
        wish=body.wish,
        shared_id=body.shared_product_id,
        key=key,
        staff_id=request.staff,
        now=request.now,
    )
    return created(made)


@merchant_router.get(
    "/products/{product_id}",
    auth=_reader,
    response={200: ProductForMerchant, **errors(NotAllowed, NotFound)},
    summary="One of my products",
)
def get_my_product(request: MerchantRequest, product_id: UUID) -> HttpResponse:
    """A product as it is edited: the open version when there is one, beside what is live."""
    return encoded(queries_merchant.product_for_merchant(request.merchant_id, ProductId(product_id)))


@merchant_router.put(
    "/products/{product_id}",
    auth=_writer,
    response={200: ProductForMerchant, **_SAVE_ERRORS},
    summary="Write the next version of a product",
)
def save_product(
    request: MerchantRequest,
    product_id: UUID,
    body: Annotated[ProductSave, Body(..., examples=[{**_EXAMPLE, "version": 3}])],
) -> HttpResponse:
    """Keep the next version as a draft; what is live stays on sale until the new version is approved."""
    saved = services.save_product(
        merchant_id=request.merchant_id,
        wish=body.wish,
        product_id=ProductId(product_id),
        version=body.version,
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(saved)


@merchant_router.post(
    "/products/{product_id}/submit",
    auth=_writer,
    response={200: ProductForMerchant, **_SAVE_ERRORS},
    summary="Ask for review",
)
def submit_product(request: MerchantRequest, product_id: UUID) -> HttpResponse:
    """Ask the platform to review the open version. What is harmless is approved at once: no proposal is left."""
    return encoded(
        services.submit(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.get(
    "/products/{product_id}/versions",
    auth=_reader,
    response={200: Page[VersionRow], **errors(NotAllowed, NotFound, Invalid)},
    summary="The versions of one of my products",
)
def list_versions(
    request: MerchantRequest, product_id: UUID, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """Every version that was written, the latest first: what it changed, and what became of it."""
    return encoded(
        queries_versions.versions(
            request.merchant_id, ProductId(product_id), cursor=cursor, limit=limit, language=request.language
        )
    )


@merchant_router.post(
    "/products/{product_id}/versions/{number}/restore",
    auth=_writer,
    response={200: ProductForMerchant, **_SAVE_ERRORS},
    summary="Write an earlier version anew",
)
def restore_version(
    request: MerchantRequest,
    product_id: UUID,
    number: VersionNumber,
    body: Annotated[Restoring, Body(..., examples=[{"version": 3}])],
) -> HttpResponse:
    """Make an earlier version the draft; what is live stays on sale until the draft is approved."""
    return encoded(
        services.restore(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            number=number,
            version=body.version,
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.get(
    "/skus/{sku_id}/prices",
    auth=_reader,
    response={200: Page[OfferedPrice], **errors(NotAllowed, NotFound, Invalid)},
    summary="What one of my SKUs was offered at",
)
def list_prices(
    request: MerchantRequest, sku_id: UUID, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """What buyers were asked for it, the latest first; an entry without a price says when it was not for sale."""
    return encoded(
        queries_prices.price_history(request.merchant_id, SkuId(sku_id), cursor=cursor, limit=limit)
    )


@merchant_router.get(
    "/categories", auth=_reader, response={200: Page[CategoryNode], **errors(NotAllowed, NotFound)},
    summary="The category tree, to choose from",
)  # fmt: skip
def list_categories_to_choose(request: MerchantRequest) -> HttpResponse:
    """All categories as a tree; a product belongs to one without children."""
    return encoded(Page(items=queries.category_tree(language=request.language)))


@merchant_router.get(
    "/categories/{category_id}/attributes",
    auth=_reader,
    response={200: Page[CategoryAttribute], **errors(NotAllowed, NotFound)},
    summary="What a category asks of a product",
)
def list_category_attributes(request: MerchantRequest, category_id: UUID) -> HttpResponse:
    """The attributes of a category, inherited ones first: which are required, and what can be chosen."""
    found = queries.category_attributes(CategoryId(category_id), language=request.language)
    return encoded(Page(items=found))


@merchant_router.get(
    "/brands", auth=_reader, response={200: Page[BrandRow], **errors(NotAllowed, NotFound)},
    summary="Brands to choose from",
)  # fmt: skip
def list_brands(request: MerchantRequest, words: Words = "", brand_id: UUID | None = None) -> HttpResponse:
    """Brands of the platform whose name contains `words`, at most 100, or the one of `brand_id`."""
    found = queries_brands.brands(
        request.merchant_id,
        words=words,
        brand_id=BrandId(brand_id) if brand_id else None,
        language=request.language,
    )
    return encoded(Page(items=found))


@merchant_router.post(
    "/brands/{brand_id}/authorisation",
    auth=_writer,
    response={204: None, **errors(NotAllowed, NotFound, Invalid, AuthorisationMoveNotAllowed)},
    summary="Ask to be allowed to sell a brand",
)
def ask_brand_authorisation(
    request: MerchantRequest,
    brand_id: UUID,
    body: Annotated[AuthorisationWish, Body(..., examples=[_AUTHORISATION])],
) -> HttpResponse:
    """Hand in pictures of the brand's letter; asking again replaces what waits for a decision."""
    services_brands.ask_authorisation(
        merchant_id=request.merchant_id,
        brand_id=BrandId(brand_id),
        wish=body,
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()
