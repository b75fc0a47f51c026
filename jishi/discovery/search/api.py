"""Search over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile
from ninja.params import functions as params
from pydantic import Field

from jishi.discovery.search import addresses, queries, queries_picture
from jishi.discovery.search.reading import SearchWarmingUp
from jishi.discovery.search.types import PictureMatches, SearchResult, SearchSort, SearchWish, Suggestions
from jishi.kernel import hot, rate_limit
from jishi.kernel.errors import Invalid, TooFast, TooLarge
from jishi.kernel.http import PublicRequest, StoreRequest, encoded, errors
from jishi.kernel.ids import CategoryId, MerchantId, StoreCategoryId
from jishi.offering.media import services as media

store_router = Router(tags=["search"])

PAGE_MAX = 100
_LINE = r"^[^\x00-\x1f\x7f]*$"
Words = Annotated[
    str, Field(max_length=100, pattern=_LINE, examples=["蓝牙耳机", "lanya erji", "headphones"])
]
Minor = Annotated[int | None, Field(ge=0, le=10**12)]
Attribute = Annotated[
    str,
    Field(max_length=100, examples=["colour:black"], pattern=r"^[a-z0-9_-]{1,40}:[^\x00-\x1f\x7f]{1,60}$"),
]
# Bounds stand here and not in an alias: ninja reads a repeated parameter only where it sees `list` itself.
BRANDS = params.Query([], max_length=20)
ATTRIBUTES = params.Query([], max_length=40)
PROVINCES = params.Query([], max_length=34)
METHODS = params.Query([], max_length=3)
RANGES = params.Query([], max_length=20)
Province = Annotated[str, Field(max_length=6, examples=["310000"], pattern=r"^[0-9]{2}0000$")]
Method = Literal["standard", "express", "same_city"]
_SIDE = r"[0-9]{1,9}(\.[0-9]{1,4})?"
Range = Annotated[
    str,
    Field(
        max_length=80,
        examples=["power:10~20"],
        pattern=rf"^[a-z0-9_-]{{1,40}}:({_SIDE}~({_SIDE})?|~{_SIDE})$",
    ),
]


@store_router.get(
    "/search", response={200: SearchResult, **errors(Invalid, SearchWarmingUp)}, summary="Search"
)
def search(
    request: PublicRequest,
    q: Words = "",
    category_id: UUID | None = None,
    merchant_id: UUID | None = None,
    store_category_id: UUID | None = None,
    brand_id: list[UUID] = BRANDS,
    price_from_minor: Minor = None,
    price_to_minor: Minor = None,
    in_stock: bool = False,
    attribute: list[Attribute] = ATTRIBUTES,
    any_words: Words = "",
    none_words: Words = "",
    phrase: Words = "",
    in_title: bool = False,
    rating_from_hundredths: Annotated[int | None, Field(ge=100, le=500)] = None,
    published_days: Annotated[int | None, Field(ge=1, le=addresses.DAYS_MAX)] = None,
    ships_from: list[Province] = PROVINCES,
    delivery: list[Method] = METHODS,
    range: list[Range] = RANGES,  # noqa: A002 - the name in the address
    sort: SearchSort = SearchSort.RELEVANCE,
    page: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 1,
    cursor: Annotated[str | None, Field(max_length=8, pattern=r"^[0-9]{1,3}$")] = None,
    size: Annotated[int, Field(ge=1, le=60)] = 24,
) -> HttpResponse:
    """Find products by words (Chinese, English or pinyin), narrowed by filters.

    Repeat `brand_id` and `attribute` (`code:value`) to accept several values. `facets` name the filters that
    divide the hits, with how many products each value would leave; of one store also its own categories, which
    `store_category_id` names. `cursor` is the `next_cursor` of the page before.

    Advanced: of `any_words` one is enough, none of `none_words` may stand in the product's own texts, `phrase` stands
    so in the title; `in_title` looks for all words in titles only. `range` (`code:from~to`, one side may be missing)
    narrows a number attribute, `published_days` to what came within so many days, `ships_from` to provinces that have
    it in stock, `delivery` to merchants that send so.
    """
    wish = SearchWish(
        words=_line(q),
        category_id=CategoryId(category_id) if category_id else None,
        merchant_id=MerchantId(merchant_id) if merchant_id else None,
        store_category_id=StoreCategoryId(store_category_id) if store_category_id else None,
        brand_ids=[str(one) for one in brand_id],
        price_from_minor=price_from_minor,
        price_to_minor=price_to_minor,
        in_stock=in_stock,
        attributes=_attributes(attribute),
        any_words=_line(any_words),
        none_words=_line(none_words),
        phrase=_line(phrase),
        in_title=in_title,
        rating_from_hundredths=rating_from_hundredths,
        published_from=addresses.since(published_days, now=request.now),
        ships_from=list(ships_from),
        delivery=list(delivery),
        ranges=_ranges(range),
        sort=sort,
        page=_page(cursor) if cursor else page,
        size=size,
    )
    found = queries.search_answer(wish, language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=5)


@store_router.get(
    "/suggestions",
    response={200: Suggestions, **errors(SearchWarmingUp)},
    summary="Complete what is being typed",
)
def suggest(request: PublicRequest, q: Words = "") -> HttpResponse:
    """Searches, categories, brands and stores that begin with the typed letters, in Chinese, pinyin or
    English.
    """
    return hot.respond(request, queries.suggestions_answer(q.strip(), now=request.now), max_age_seconds=60)


@store_router.post(
    "/picture-searches",
    response={
        200: PictureMatches,
        **errors(TooFast, TooLarge, media.PictureTypeNotAllowed, media.NotAPicture),
    },
    summary="Search by a picture",
)
def search_by_picture(request: StoreRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Find the products that show this picture, or nearly this one (multipart field `file`, at most 12 MB).

    It finds a picture again that was scaled, cropped of its border or compressed; it does not recognise the thing on
    another photograph. The picture is not kept.
    """
    rate_limit.take("picture_search", request.client_ip, per_second=0.2, burst=20, now=request.now)
    found = media.fingerprints(data=file.read(media.BYTES_MAX + 1), declared_type=file.content_type)
    return encoded(queries_picture.by_picture(found, language=request.language))


def _line(text: str) -> str:
    return " ".join(text.split())


def _ranges(pairs: list[str]) -> dict[str, tuple[float | None, float | None]]:
    found = addresses.ranges_of(pairs)
    if found is None:
        raise Invalid(field="range")
    return found


def _attributes(pairs: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        code, _, value = pair.partition(":")
        found.setdefault(code, []).append(value)
    return found


def _page(cursor: str) -> int:
    page = int(cursor)
    if not 1 <= page <= PAGE_MAX:
        raise Invalid(field="cursor")
    return page
