"""One's own searches and the hot words over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.discovery.searches import queries, queries_saved, services, services_saved
from jishi.discovery.searches.services import SearchesAway
from jishi.discovery.searches.services_saved import TooManySearches
from jishi.discovery.searches.types import (
    WORDS_LENGTH_MAX,
    HotWords,
    SavedSearch,
    SavedSearchWish,
    Searched,
    SearchNote,
)
from jishi.kernel import hot
from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import (
    BuyerRequest,
    PublicRequest,
    StoreRequest,
    buyer,
    created,
    encoded,
    errors,
    no_content,
)
from jishi.kernel.pagination import Page

store_router = Router(tags=["search"])

Words = Annotated[list[Annotated[str, Field(max_length=WORDS_LENGTH_MAX)]], Query(max_length=20)]


@store_router.get("/searches", response={200: Page[Searched], **errors()}, summary="What I searched for")
def list_searches(request: StoreRequest) -> HttpResponse:
    """The latest first, at most 20, for 90 days. Visitors have them too; they come along when they sign in."""
    return encoded(Page(items=queries.searched(owner_id=request.owner_id, now=request.now)))


@store_router.post("/searches", response={204: None, **errors()}, summary="Remember a search I sent off")
def add_search(
    request: StoreRequest, note: Annotated[SearchNote, Body(..., examples=[{"words": "蓝牙耳机"}])]
) -> HttpResponse:
    """Searching for it again moves it to the head. What many people search for becomes a hot word."""
    services.note(
        owner_id=request.owner_id,
        buyer=request.buyer,
        client_ip=request.client_ip,
        words=note.words,
        now=request.now,
    )
    return no_content()


@store_router.delete("/searches", response={204: None, **errors(SearchesAway)}, summary="Clear my searches")
def clear_searches(request: StoreRequest, words: Words = []) -> HttpResponse:  # noqa: B006 - ninja copies it
    """Forget the searches named by `words` (repeatable), all of them without it."""
    services.forget(owner_id=request.owner_id, words=words or None)
    return no_content()


@store_router.get("/hot-words", response={200: HotWords, **errors()}, summary="What many look for")
def list_hot_words(request: PublicRequest) -> HttpResponse:
    """Shown only once several people looked for it and found something; else the first categories stand in."""
    return hot.respond(
        request, queries.hot_words_answer(language=request.language, now=request.now), max_age_seconds=60
    )


@store_router.get(
    "/saved-searches",
    response={200: Page[SavedSearch], **errors(SignInNeeded)},
    auth=buyer,
    summary="My saved searches",
)
def list_saved_searches(request: BuyerRequest) -> HttpResponse:
    """The latest first, at most 50, with how much is new in each since I last marked them as seen."""
    return encoded(Page(items=queries_saved.saved(buyer=request.buyer, now=request.now)))


@store_router.post(
    "/saved-searches",
    response={201: SavedSearch, **errors(SignInNeeded, Invalid, TooManySearches)},
    auth=buyer,
    summary="Save a search",
)
def save_search(
    request: BuyerRequest,
    wish: Annotated[
        SavedSearchWish,
        Body(..., examples=[{"name": "茶壶 500 元以内", "address": "q=%E8%8C%B6%E5%A3%B6&to=50000"}]),
    ],
) -> HttpResponse:
    """`address` is what stands behind the `?` of the search's page. Saving the same search again changes its name and
    whether I am told of what is new.
    """
    return created(services_saved.save(buyer=request.buyer, wish=wish, now=request.now))


@store_router.post(
    "/saved-searches/seen",
    response={204: None, **errors(SignInNeeded)},
    auth=buyer,
    summary="Mark my saved searches as seen",
)
def look_at_saved_searches(request: BuyerRequest) -> HttpResponse:
    """What came on sale until now is not new any more."""
    services_saved.look(buyer=request.buyer, now=request.now)
    return no_content()


@store_router.delete(
    "/saved-searches/{saved_search_id}",
    response={204: None, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="Remove a saved search",
)
def delete_saved_search(request: BuyerRequest, saved_search_id: UUID) -> HttpResponse:
    """Its alerts end with it."""
    services_saved.remove(buyer=request.buyer, saved_id=saved_search_id)
    return no_content()
