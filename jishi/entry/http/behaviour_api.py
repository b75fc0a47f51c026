"""Behaviour over HTTP with the erasing of it: behaviour itself does not know what is recommended."""

from django.http import HttpResponse

from jishi.discovery.behaviour.api import store_router
from jishi.discovery.behaviour.services import BehaviourAway
from jishi.flows.forget import erase_behaviour
from jishi.kernel.http import StoreRequest, errors, no_content

__all__ = ["store_router"]


@store_router.delete(
    "/behaviour", response={204: None, **errors(BehaviourAway)}, summary="Erase my behaviour"
)
def delete_behaviour(request: StoreRequest) -> HttpResponse:
    """Everything, for good, and what was not to be recommended. What was said about consent stays as it is."""
    erase_behaviour(person_id=request.owner_id)
    return no_content()
