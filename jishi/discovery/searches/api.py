"""One's own searches and the hot words over HTTP."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.discovery.searches import queries, services
from jishi.discovery.searches.services import SearchesAway
from jishi.discovery.searches.types import WORDS_LENGTH_MAX, HotWords, Searched, SearchNote
from jishi.kernel import hot
from jishi.kernel.http import PublicRequest, StoreRequest, encoded, errors, no_content
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
