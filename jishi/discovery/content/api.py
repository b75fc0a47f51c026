"""The home page over HTTP."""

from django.http import HttpResponse
from ninja import Router

from jishi.discovery.content import queries
from jishi.discovery.content.types import Home
from jishi.kernel import hot
from jishi.kernel.http import StoreRequest, errors

store_router = Router(tags=["content"])


@store_router.get("/home", response={200: Home, **errors()}, summary="The home page")
def get_home(request: StoreRequest) -> HttpResponse:
    """Banners, the category tree and shelves of products."""
    return hot.respond(
        request, queries.home_answer(language=request.language, now=request.now), max_age_seconds=5
    )
