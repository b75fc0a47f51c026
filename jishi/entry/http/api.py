"""The API: every context's router under one roof, one renderer, one way to fail."""

import logging
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer
from pydantic import BaseModel

from jishi.entry.http.openapi import complete
from jishi.entry.http.problems import malformed, problem, render
from jishi.kernel.errors import NotFound, ShopError
from jishi.kernel.http import Problem

log = logging.getLogger(__name__)



class Renderer(BaseRenderer):
    """JSON by msgspec, Chinese as itself."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
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
    description="A market of many merchants. Money is in minor units; errors are problem+json with a stable `code`.",
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
def _http_error(_: HttpRequest, error: HttpError) -> HttpResponse:
    status = (
        422 if error.status_code == 400 else error.status_code
    )  # ninja answers 400 to a body that is no JSON
    return render(
        Problem(
            type="urn:jishi:problem:invalid",
            title="invalid",
            status=status,
            code="invalid",
            detail=error.message,
        )
    )


@api.exception_handler(Exception)
def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("unforeseen error", exc_info=error)
    return problem(request, Unforeseen())


class Unforeseen(ShopError):
    """Ours, not the client's; the log has the rest."""

    code = "unforeseen"
    status = 500


ROUTERS = [('store', 'jishi.discovery.content.api', 'store_router'), ('store', 'jishi.discovery.search.api', 'store_router'), ('store', 'jishi.entry.http.flows_api', 'store_router'), ('store', 'jishi.entry.http.money_api', 'store_router'), ('store', 'jishi.identity.accounts.api', 'store_router'), ('store', 'jishi.offering.catalog.api', 'store_router'), ('store', 'jishi.trade.checkout.api', 'store_router'), ('store', 'jishi.trade.orders.api', 'store_router'), ('merchant', 'jishi.entry.http.flows_api', 'merchant_router'), ('merchant', 'jishi.entry.http.money_api', 'merchant_router'), ('merchant', 'jishi.identity.merchants.api', 'merchant_router'), ('merchant', 'jishi.money.settlement.api', 'merchant_router'), ('merchant', 'jishi.offering.catalog.api', 'merchant_router'), ('merchant', 'jishi.offering.inventory.api', 'merchant_router'), ('merchant', 'jishi.offering.media.api', 'merchant_router'), ('merchant', 'jishi.trade.orders.api', 'merchant_router'), ('merchant', 'jishi.trade.shipping.api', 'merchant_router'), ('hooks', 'jishi.entry.webhooks.carriers', 'router'), ('hooks', 'jishi.entry.webhooks.payments', 'router')]


def mount() -> None:
    """While the contexts grow: mount what exists (the lead replaces this by plain imports)."""
    import importlib
    import importlib.util
    from pathlib import Path
    root = Path(__file__).resolve().parents[3]
    for prefix, module, name in ROUTERS:
        if (root / (module.replace(".", "/") + ".py")).exists():
            api.add_router("/" + prefix, getattr(importlib.import_module(module), name))


mount()
