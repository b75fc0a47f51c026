"""The home page and the shop's own texts over HTTP."""

from django.http import HttpResponse
from ninja import Router

from jishi.discovery.content import queries, queries_texts
from jishi.discovery.content.types import Home, ShopText, TextCode
from jishi.kernel import hot
from jishi.kernel.errors import Invalid
from jishi.kernel.http import PublicRequest, errors

store_router = Router(tags=["content"])


@store_router.get("/home", response={200: Home, **errors()}, summary="The home page")
def get_home(request: PublicRequest) -> HttpResponse:
    """Banners, the category tree and shelves of products."""
    return hot.respond(
        request, queries.home_answer(language=request.language, now=request.now), max_age_seconds=5
    )


@store_router.get(
    "/texts/{text_code}",
    response={200: ShopText, **errors(Invalid)},
    summary="The terms, or the privacy policy",
)
def get_text(request: PublicRequest, text_code: TextCode) -> HttpResponse:
    """As HTML that is safe to show; whoever runs the shop may have written their own."""
    return hot.respond(
        request,
        queries_texts.shop_text_answer(text_code, language=request.language, now=request.now),
        max_age_seconds=60,
    )
