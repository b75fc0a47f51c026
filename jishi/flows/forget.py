"""A person lets go of what the shop knows of what he did."""

from uuid import UUID

from jishi.discovery.behaviour import queries, services
from jishi.discovery.recommendations import services as recommendations


def erase_behaviour(*, person_id: UUID) -> None:
    """Erase somebody's behaviour and what he did not want to be shown, of his former visitor ids too.

    Safe to call again. Raises: BehaviourAway (503); then nothing was erased.
    """
    everybody = queries.ids_of(person_id)
    services.erase(person_id=person_id)
    recommendations.forget_refusals(everybody)
