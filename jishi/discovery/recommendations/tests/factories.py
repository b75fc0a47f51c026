"""Versions that serve given lists, and people who did something."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.behaviour.types import BrowserEvent, BrowserKind, ConsentAnswer
from jishi.discovery.recommendations import services
from jishi.discovery.recommendations.models import VersionRow
from jishi.discovery.recommendations.training import Trained
from jishi.discovery.recommendations.types import ListKind, TrainedList
from jishi.kernel import clock
from jishi.kernel.ids import ProductId, new_id
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory.tests.factories import make_stock

NOW = clock.now()  # behaviour is kept by the month in which it happens


def make_goods(count: int = 1, **more: object) -> list[MadeProduct]:
    """Make products that can be bought, each of a merchant and a category of its own unless told otherwise."""
    made = [make_product(**more) for _ in range(count)]  # type: ignore[arg-type]
    for one in made:
        make_stock(one.sku_id, 10)
    return made


def make_version(
    lists: Mapping[tuple[ListKind, ProductId | None], Sequence[MadeProduct]], *, now: datetime = NOW
) -> VersionRow:
    """Let a version serve these lists: of a product or of everything, the best first."""
    trained = [
        TrainedList(
            kind=kind,
            subject_id=subject,
            ranked=[(one.id, 1.0 / place) for place, one in enumerate(products, start=1)],
        )
        for (kind, subject), products in lists.items()
    ]
    return services.serve(Trained(trained, {}, {}), now=now)


def make_person(*looked_at: ProductId, allowed: bool = True) -> UUID:
    """Make somebody who said yes or no, and looked at products, the last one last."""
    person = new_id()
    behaviour.answer(person_id=person, wish=ConsentAnswer(allowed=allowed), now=NOW)
    for place, product_id in enumerate(looked_at):
        seen = BrowserEvent(
            event_id=new_id(),
            kind=BrowserKind.VIEW,
            product_id=product_id,
            age_ms=1_000 * (len(looked_at) - place),
        )
        behaviour.record(person_id=person, events=[seen], now=NOW)
    return person
