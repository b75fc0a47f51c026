"""Store categories over HTTP: what buyers browse a store by, and what merchants write."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

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
from jishi.kernel.ids import MerchantId, StoreCategoryId
from jishi.kernel.pagination import Page
from jishi.offering.catalog import queries_store_categories as queries
from jishi.offering.catalog import services_store_categories as services
from jishi.offering.catalog.services_store_categories import (
    InTooManyStoreCategories,
    StoreCategoryNameTaken,
    StoreCategoryTooDeep,
    TooManyStoreCategories,
)
from jishi.offering.catalog.types_store_categories import (
    ChosenProducts,
    StoreCategoryNode,
    StoreCategoryOrder,
    StoreCategoryRow,
    StoreCategoryWish,
)

store_router = Router(tags=["catalog"])
merchant_router = Router(tags=["catalog"])

_PUBLIC_SECONDS = 5
_writer = merchant_staff("operator")
_reader = merchant_staff("operator", "warehouse", "service")
_WISH = {"name": {"zh": "新茶", "en": "New teas"}, "parent_id": None}
_ORDER = {"store_category_ids": ["01930000-0000-7000-8000-000000000001"]}
_CHOSEN = {"product_ids": ["01930000-0000-7000-8000-000000000002"]}
WishBody = Annotated[StoreCategoryWish, Body(..., examples=[_WISH])]
OrderBody = Annotated[StoreCategoryOrder, Body(..., examples=[_ORDER])]
ChosenBody = Annotated[ChosenProducts, Body(..., examples=[_CHOSEN])]
_PLACE_ERRORS = (NotAllowed, NotFound, Invalid, StoreCategoryNameTaken, StoreCategoryTooDeep)


@store_router.get(
    "/stores/{merchant_id}/categories",
    response={200: Page[StoreCategoryNode], **errors(NotFound)},
    summary="A store's own categories",
)
def list_store_categories(request: PublicRequest, merchant_id: UUID) -> HttpResponse:
    """The merchant's own tree, without what has nothing on sale; `GET /store/search` takes its ids. One page."""
    found = queries.shown_answer(MerchantId(merchant_id), language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@merchant_router.get(
    "/store-categories",
    auth=_reader,
    response={200: Page[StoreCategoryRow], **errors(NotAllowed, NotFound)},
    summary="Our store categories",
)
def list_own_store_categories(request: MerchantRequest) -> HttpResponse:
    """All of them, siblings in their order. What stands in one is `GET /merchant/products?store_category_id=`."""
    return _tree(request.merchant_id)


@merchant_router.post(
    "/store-categories",
    auth=_writer,
    response={201: StoreCategoryRow, **errors(*_PLACE_ERRORS, TooManyStoreCategories)},
    summary="Make a store category",
)
def make_store_category(request: MerchantRequest, body: WishBody) -> HttpResponse:
    """It comes last among its siblings."""
    made = services.make(merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now)
    return created(queries.one(request.merchant_id, made))


@merchant_router.put(
    "/store-categories/{store_category_id}",
    auth=_writer,
    response={200: Page[StoreCategoryRow], **errors(*_PLACE_ERRORS)},
    summary="Rename or move a store category",
)
def change_store_category(request: MerchantRequest, store_category_id: UUID, body: WishBody) -> HttpResponse:
    """Another `parent_id` moves it there, to the last place; null is the top. Answers the whole tree."""
    services.change(
        merchant_id=request.merchant_id,
        store_category_id=StoreCategoryId(store_category_id),
        wish=body,
        staff_id=request.staff,
        now=request.now,
    )
    return _tree(request.merchant_id)


@merchant_router.delete(
    "/store-categories/{store_category_id}",
    auth=_writer,
    response={200: Page[StoreCategoryRow], **errors(NotAllowed, NotFound)},
    summary="Remove a store category",
)
def remove_store_category(request: MerchantRequest, store_category_id: UUID) -> HttpResponse:
    """Those that lie in it go with it; the products stay. Answers the whole tree."""
    services.remove(
        merchant_id=request.merchant_id,
        store_category_id=StoreCategoryId(store_category_id),
        staff_id=request.staff,
        now=request.now,
    )
    return _tree(request.merchant_id)


@merchant_router.put(
    "/store-category-order",
    auth=_writer,
    response={200: Page[StoreCategoryRow], **errors(NotAllowed, NotFound, Conflict)},
    summary="Put store categories into an order",
)
def arrange_store_categories(request: MerchantRequest, body: OrderBody) -> HttpResponse:
    """Names all children of one parent, or all at the top; 409 when others are there by now."""
    services.arrange(
        merchant_id=request.merchant_id,
        store_category_ids=body.store_category_ids,
        staff_id=request.staff,
        now=request.now,
    )
    return _tree(request.merchant_id)


@merchant_router.post(
    "/store-categories/{store_category_id}/put-in",
    auth=_writer,
    response={204: None, **errors(NotAllowed, NotFound, InTooManyStoreCategories)},
    summary="Put products into a store category",
)
def put_into_store_category(
    request: MerchantRequest, store_category_id: UUID, body: ChosenBody
) -> HttpResponse:
    """Up to 200 at a time, all or none; a product stands in at most 10."""
    services.put_in(
        merchant_id=request.merchant_id,
        store_category_id=StoreCategoryId(store_category_id),
        product_ids=body.product_ids,
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()


@merchant_router.post(
    "/store-categories/{store_category_id}/take-out",
    auth=_writer,
    response={204: None, **errors(NotAllowed, NotFound)},
    summary="Take products out of a store category",
)
def take_out_of_store_category(
    request: MerchantRequest, store_category_id: UUID, body: ChosenBody
) -> HttpResponse:
    """Up to 200 at a time; what is not in it is left alone."""
    services.take_out(
        merchant_id=request.merchant_id,
        store_category_id=StoreCategoryId(store_category_id),
        product_ids=body.product_ids,
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()


def _tree(merchant_id: MerchantId) -> HttpResponse:
    return encoded(Page(items=queries.own(merchant_id)))
