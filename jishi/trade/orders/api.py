"""Reading orders over HTTP; what changes them is a flow and lives at the edge."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, MerchantRequest, buyer, encoded, errors, merchant_staff
from jishi.kernel.ids import OrderId, TradeId
from jishi.kernel.pagination import Page
from jishi.trade.orders import queries_pages as queries
from jishi.trade.orders.types import Order, OrderRow, OrderSort, OrderStatus, Trade

store_router = Router(tags=["orders"])
merchant_router = Router(tags=["orders"])

Statuses = Annotated[list[OrderStatus], Query(max_length=len(OrderStatus))]
Search = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]

_STAFF = merchant_staff("operator", "warehouse", "finance", "service")


@store_router.get(
    "/orders",
    response={200: Page[OrderRow], **errors(SignInNeeded, Invalid)},
    auth=buyer,
    summary="My orders",
)
def list_orders(
    request: BuyerRequest,
    status: Statuses = [],  # noqa: B006 - ninja copies it for each request
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The newest first. `status` may be given several times (a tab); `search` finds number and title."""
    return encoded(
        queries.orders_of_buyer(
            buyer=request.buyer,
            statuses=status,
            search=search.strip(),
            cursor=cursor,
            limit=limit,
            language=request.language,
            now=request.now,
        )
    )


@store_router.get(
    "/orders/{order_id}",
    response={200: Order, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="One of my orders",
)
def get_order(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """With lines, parcels and timeline. `live_topic` and `live_ticket` open `GET /live/{topic}?ticket=`."""
    return encoded(
        queries.order_of_buyer(
            order_id=OrderId(order_id), buyer=request.buyer, language=request.language, now=request.now
        )
    )


@store_router.get(
    "/trades/{trade_id}",
    response={200: Trade, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="One of my trades",
)
def get_trade(request: BuyerRequest, trade_id: UUID) -> HttpResponse:
    """What one checkout submitted and one payment pays: an order per merchant, and the payment."""
    return encoded(
        queries.trade_of_buyer(
            trade_id=TradeId(trade_id), buyer=request.buyer, language=request.language, now=request.now
        )
    )


@merchant_router.get(
    "/orders",
    response={200: Page[OrderRow], **errors(SignInNeeded, NotAllowed, NotFound, Invalid)},
    auth=_STAFF,
    summary="The store's orders",
)
def list_merchant_orders(
    request: MerchantRequest,
    status: Statuses = [],  # noqa: B006 - ninja copies it for each request
    search: Search = "",
    sort: OrderSort = OrderSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """`status` may be given several times; `search` finds the beginning of a number."""
    return encoded(
        queries.orders_of_merchant(
            merchant_id=request.merchant_id,
            statuses=status,
            search=search.strip(),
            sort=sort,
            cursor=cursor,
            limit=limit,
            language=request.language,
            now=request.now,
        )
    )


@merchant_router.get(
    "/orders/{order_id}",
    response={200: Order, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=_STAFF,
    summary="One of the store's orders",
)
def get_merchant_order(request: MerchantRequest, order_id: UUID) -> HttpResponse:
    """The recipient's phone is masked; name and street too, unless goods have to be sent there."""
    return encoded(
        queries.order_of_merchant(
            order_id=OrderId(order_id),
            merchant_id=request.merchant_id,
            language=request.language,
            now=request.now,
        )
    )
