"""Consent, reports of behaviour and what is kept of it, over HTTP: for buyers and visitors alike."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from jishi.discovery.behaviour import queries, services
from jishi.discovery.behaviour.services import BehaviourAway
from jishi.discovery.behaviour.types import BehaviourReport, Consent, ConsentAnswer, Kept
from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid
from jishi.kernel.http import StoreRequest, encoded, errors, no_content

store_router = Router(tags=["behaviour"])

PRODUCT = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
REPORT = {
    "events": [
        {
            "event_id": "3f0c2a6e-5d0b-4a57-9a43-0d7c9a5b1e11",
            "kind": "click",
            "age_ms": 1200,
            "product_id": PRODUCT,
            "placement": "home",
            "model": "popular-1",
            "position": 3,
        }
    ]
}


@store_router.post("/behaviour", response={204: None, **errors(Invalid)}, summary="Report what was done")
def report_behaviour(
    request: StoreRequest, report: Annotated[BehaviourReport, Body(..., examples=[REPORT])]
) -> HttpResponse:
    """Up to 50 events. An event counts once, however often it is reported within a day. Nothing is kept of who
    did not allow it or whose browser sends `DNT: 1` or `Sec-GPC: 1`; the answer is the same.
    """
    rate_limit.take("behaviour", str(request.owner_id), per_second=1, burst=60, now=request.now)
    if not _asks_not_to_be_followed(request):
        services.record(person_id=request.owner_id, events=report.events, now=request.now)
    return no_content()


@store_router.get("/behaviour", response={200: Kept, **errors()}, summary="What is kept of my behaviour")
def get_kept(request: StoreRequest) -> HttpResponse:
    """Counts by kind. Includes what was done as a visitor on devices where one signed in later."""
    return encoded(queries.kept(request.owner_id))


@store_router.get("/behaviour/consent", response={200: Consent, **errors()}, summary="What I said about it")
def get_consent(request: StoreRequest) -> HttpResponse:
    """`allowed` is null for who was never asked; `signal` tells that the browser has answered for him: no."""
    return encoded(queries.consent(request.owner_id, signal=_asks_not_to_be_followed(request)))


@store_router.post(
    "/behaviour/consent", response={200: Consent, **errors(Invalid, BehaviourAway)}, summary="Allow it or not"
)
def answer_consent(
    request: StoreRequest,
    wish: Annotated[ConsentAnswer, Body(..., examples=[{"allowed": True, "text_version": "2026-11"}])],
) -> HttpResponse:
    """Every answer is written down; the last one counts, from now on. A no holds for visitor ids of the past too."""
    services.answer(person_id=request.owner_id, wish=wish, now=request.now)
    return get_consent(request)


def _asks_not_to_be_followed(request: HttpRequest) -> bool:
    """Tell whether the browser sends Global Privacy Control or Do Not Track."""
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"
