"""The API: every context's router under one roof, one renderer, one way to fail."""

import logging
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer
from pydantic import BaseModel

from jishi.community.reviews.api import merchant_router as reviews_merchant
from jishi.community.reviews.api import store_router as reviews_store
from jishi.discovery.content.api import store_router as content_store
from jishi.discovery.content.api_decoration import merchant_router as decoration_merchant
from jishi.discovery.content.api_decoration import store_router as decoration_store
from jishi.discovery.interests.api import store_router as interests_store
from jishi.discovery.recommendations.api import store_router as recommendations_store
from jishi.discovery.recommendations.api_letters import store_router as letters_store
from jishi.discovery.search.api import store_router as search_store
from jishi.discovery.searches.api import store_router as searches_store
from jishi.entry.http.avatar_api import store_router as avatar_store
from jishi.entry.http.behaviour_api import store_router as behaviour_store
from jishi.entry.http.coupon_figures_api import merchant_router as coupon_figures_merchant
from jishi.entry.http.flows_api import merchant_router as flows_merchant
from jishi.entry.http.flows_api import store_router as flows_store
from jishi.entry.http.goodwill_api import merchant_router as goodwill_merchant
from jishi.entry.http.handover_api import merchant_router as handover_merchant
from jishi.entry.http.handover_api import store_router as handover_store
from jishi.entry.http.money_api import merchant_router as money_merchant
from jishi.entry.http.money_api import store_router as money_store
from jishi.entry.http.openapi import complete
from jishi.entry.http.presale_api import merchant_router as presale_orders_merchant
from jishi.entry.http.problems import malformed, problem
from jishi.entry.http.promotion_checks_api import merchant_router as promotion_checks_merchant
from jishi.entry.http.refusals import unforeseen, unreadable
from jishi.entry.webhooks.carriers import router as carrier_hooks
from jishi.entry.webhooks.payments import router as payment_hooks
from jishi.identity.accounts.api import store_router as accounts_store
from jishi.identity.merchants.api import merchant_router as merchants_merchant
from jishi.insight.analytics.api import merchant_router as analytics_merchant
from jishi.insight.analytics.api_promotions import merchant_router as promotion_results_merchant
from jishi.insight.exports.api import merchant_router as exports_merchant
from jishi.kernel.errors import NotFound, ShopError
from jishi.money.settlement.api import merchant_router as settlement_merchant
from jishi.offering.catalog.api import merchant_router as catalog_merchant
from jishi.offering.catalog.api import store_router as catalog_store
from jishi.offering.catalog.api_costs import merchant_router as costs_merchant
from jishi.offering.catalog.api_edit import merchant_router as edit_merchant
from jishi.offering.catalog.api_facts import merchant_router as facts_merchant
from jishi.offering.catalog.api_preview import store_router as preview_store
from jishi.offering.catalog.api_sell_too import merchant_router as sell_too_merchant
from jishi.offering.catalog.api_shelf import merchant_router as shelf_merchant
from jishi.offering.catalog.api_store_categories import merchant_router as store_categories_merchant
from jishi.offering.catalog.api_store_categories import store_router as store_categories_store
from jishi.offering.coupons.api import store_router as coupons_store
from jishi.offering.coupons.api_merchant import merchant_router as coupons_merchant
from jishi.offering.events.api import merchant_router as events_merchant
from jishi.offering.events.api import store_router as events_store
from jishi.offering.flash.api import merchant_router as flash_merchant
from jishi.offering.flash.api import store_router as flash_store
from jishi.offering.imports.api import merchant_router as imports_merchant
from jishi.offering.inventory.api import merchant_router as inventory_merchant
from jishi.offering.inventory.api_bulk import merchant_router as product_stock_merchant
from jishi.offering.media.api import merchant_router as media_merchant
from jishi.offering.presale.api import merchant_router as presale_merchant
from jishi.offering.presale.api import store_router as presale_store
from jishi.offering.promotions.api import merchant_router as promotions_merchant
from jishi.offering.promotions.api_shown import store_router as promotions_shown_store
from jishi.trade.checkout.api import store_router as checkout_store
from jishi.trade.checkout.api_flash import store_router as flash_checkout_store
from jishi.trade.checkout.api_gifts import store_router as gifts_store
from jishi.trade.checkout.api_presale import store_router as presale_checkout_store
from jishi.trade.checkout.api_sold import store_router as order_price_store
from jishi.trade.orders.api import merchant_router as orders_merchant
from jishi.trade.orders.api import store_router as orders_store
from jishi.trade.shipping.api import merchant_router as shipping_merchant

log = logging.getLogger(__name__)

STORE = (
    accounts_store,
    avatar_store,
    catalog_store,
    store_categories_store,
    preview_store,
    search_store,
    searches_store,
    content_store,
    decoration_store,
    events_store,
    interests_store,
    behaviour_store,
    letters_store,
    recommendations_store,
    reviews_store,
    promotions_shown_store,
    coupons_store,
    checkout_store,
    gifts_store,
    flash_store,
    flash_checkout_store,
    presale_store,
    presale_checkout_store,
    orders_store,
    order_price_store,
    flows_store,
    handover_store,
    money_store,
)
MERCHANT = (
    merchants_merchant, catalog_merchant, facts_merchant, sell_too_merchant, shelf_merchant, edit_merchant,
    store_categories_merchant, media_merchant, inventory_merchant, product_stock_merchant,
    imports_merchant, flash_merchant, orders_merchant, shipping_merchant, flows_merchant, handover_merchant,
    money_merchant,
    settlement_merchant, decoration_merchant, reviews_merchant, analytics_merchant, exports_merchant,
    costs_merchant, promotion_checks_merchant, promotions_merchant, promotion_results_merchant, events_merchant,
    coupons_merchant, coupon_figures_merchant, goodwill_merchant, presale_merchant, presale_orders_merchant,
)  # fmt: skip
HOOKS = (payment_hooks, carrier_hooks)


class Renderer(BaseRenderer):
    """JSON by msgspec, Chinese as itself."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:  # noqa: ARG002
        """Encode `data`; what is no dataclass is a pydantic value of ninja's own."""
        return msgspec.json.encode(data, enc_hook=_dump)


def _dump(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise NotImplementedError(type(value))


class JishiAPI(NinjaAPI):
    """NinjaAPI whose OpenAPI documents what every operation may answer."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return complete(super().get_openapi_schema(**kwargs))


api = JishiAPI(
    title="Jishi 集市",
    version="1.0.0",
    description="A market of many merchants. Money is in minor units; errors are problem+json with a `code`.",
    renderer=Renderer(),
    docs_url="/docs",
    openapi_url="/openapi.json",
)


@api.exception_handler(ShopError)
def _shop_error(request: HttpRequest, error: ShopError) -> HttpResponse:
    return problem(request, error)


@api.exception_handler(ValidationError)
def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return malformed(request, error.errors)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _: Http404) -> HttpResponse:
    return problem(request, NotFound())


@api.exception_handler(HttpError)
@api.exception_handler(BadRequest)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    # a body that is no JSON (ninja's HttpError), a form that is broken or of too many parts, or too large
    return problem(request, unreadable(error, field="body"))


@api.exception_handler(Exception)
def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("unforeseen error", exc_info=error)
    return problem(request, unforeseen(error))


def mount() -> None:
    """Put every context's router under `/store`, `/merchant` and `/hooks`."""
    for prefix, routers in (("/store", STORE), ("/merchant", MERCHANT), ("/hooks", HOOKS)):
        for router in routers:
            api.add_router(prefix, router)


mount()
