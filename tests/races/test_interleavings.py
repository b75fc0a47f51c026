"""Two services on the same rows, statement by statement: no oversell, no lost money, no deadlock for anybody."""

from collections.abc import Callable

import pytest

from benchmarks.rows import Row
from jishi.flows import invariants
from jishi.kernel.db import atomic
from jishi.money.ledger import rules as ledger
from jishi.money.ledger import services as ledger_services
from jishi.money.payments.types import ChannelName
from tests.races import scenes, scenes_money, scenes_settling, scenes_shelf
from tests.races.interleaving import AnyOrder, Chooser, EveryOrder, play
from tests.races.scenes import Scene

pytestmark = pytest.mark.django_db(transaction=True)

SCENES = {**scenes.SCENES, **scenes_shelf.SCENES, **scenes_money.SCENES, **scenes_settling.SCENES}
SAMPLE = 4
DRAWN = 100
Figures = Callable[[Row], None]


@pytest.fixture(autouse=True)
def _open_books() -> None:
    """Open the platform's accounts: an order in which they are missing would not come again."""
    single = ledger.KIND_OF_ACCOUNT.keys() - ledger.PLURAL
    with atomic():
        ledger_services.open_accounts([*single, *map(ledger.channel_clearing, ChannelName)])


@pytest.mark.parametrize("make", SCENES, ids=lambda make: make.__name__)
def test_some_orders(make: Callable[[], Scene], figures: Figures) -> None:
    for seed in range(SAMPLE):
        _play(make, AnyOrder(seed))
    _hand_over(make, SAMPLE, "drawn", figures)


@pytest.mark.proof
@pytest.mark.parametrize("make", SCENES, ids=lambda make: make.__name__)
def test_every_order_up_to_the_bound(make: Callable[[], Scene], figures: Figures) -> None:
    bound = SCENES[make]
    if bound is None:
        for seed in range(DRAWN):
            _play(make, AnyOrder(seed))
        return _hand_over(make, DRAWN, "drawn", figures)
    _play(make, AnyOrder(0))  # what is read once a process is read
    orders, played = EveryOrder(switches_max=bound), 1
    _play(make, orders)
    while orders.next_order():
        _play(make, orders)
        played += 1
    return _hand_over(make, played, f"all with up to {bound} switches", figures)


def _play(make: Callable[[], Scene], chooser: Chooser) -> None:
    scene = make()
    scene.check(play(scene.calls, chooser))


def _hand_over(make: Callable[[], Scene], played: int, which: str, figures: Figures) -> None:
    broken = [str(one) for one in invariants.check()]
    assert broken == []
    figures(
        Row(
            work=f"interleavings of {make.__name__}",
            measured=played,
            unit="orders",
            measured_min=SAMPLE,
            errors=len(broken),
            note=which,
        )
    )
