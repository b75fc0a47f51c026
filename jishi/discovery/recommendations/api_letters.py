"""Letters with recommendations over HTTP."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.discovery.recommendations import queries_letters as queries
from jishi.discovery.recommendations import services_letters as services
from jishi.discovery.recommendations.types_letters import Letters, LettersAnswer
from jishi.kernel.errors import NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, PublicRequest, buyer, encoded, errors, no_content

store_router = Router(tags=["recommendations"])

Token = Annotated[str, Query(), Field(max_length=200, pattern=r"^[A-Za-z0-9_:-]+$")]


@store_router.get(
    "/recommendations/letters",
    response={200: Letters, **errors(SignInNeeded)},
    auth=buyer,
    summary="Do I get a letter a week",
)
def get_letters(request: BuyerRequest) -> HttpResponse:
    """Nobody does who did not ask for it."""
    return encoded(queries.letters(request.buyer))


@store_router.put(
    "/recommendations/letters",
    response={200: Letters, **errors(SignInNeeded)},
    auth=buyer,
    summary="Get a letter a week, or none",
)
def set_letters(
    request: BuyerRequest, answer: Annotated[LettersAnswer, Body(..., examples=[{"wanted": True}])]
) -> HttpResponse:
    """What home would show, to the account's e-mail address, on Wednesday mornings; a no holds at once."""
    services.answer(buyer=request.buyer, wanted=answer.wanted, now=request.now)
    return encoded(queries.letters(request.buyer))


@store_router.post(
    "/recommendations/letters/stops",
    response={204: None, **errors(NotFound)},
    summary="No more letters, by the link of one",
)
def stop_letters(request: PublicRequest, token: Token) -> HttpResponse:  # noqa: ARG001 - whoever has the letter
    """For who has the letter, signed in or not; mail programs call it for him (RFC 8058). Again changes nothing."""
    services.stop(token)
    return no_content()
