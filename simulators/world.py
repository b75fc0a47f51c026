"""Everything a request needs: settings, clock, memory and the parts that keep the companies' state."""

from dataclasses import dataclass, field

from starlette.requests import Request

from simulators.callbacks import Callbacks
from simulators.clock import Clock
from simulators.faults import Faults
from simulators.parcels import Parcels
from simulators.payments import Payments
from simulators.settings import Settings
from simulators.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One simulated outside world."""

    settings: Settings
    clock: Clock
    store: Store
    payments: Payments
    callbacks: Callbacks
    parcels: Parcels
    faults: Faults = field(default_factory=Faults)

    def reset(self) -> None:
        """Forget everything that happened."""
        self.callbacks.forget()
        self.payments.forget()
        self.parcels.forget()
        self.store.clear()
        self.faults.clear()
        self.clock.reset()


def world_of(request: Request) -> World:
    """Return the world that this server simulates."""
    world = request.app.state.world
    if not isinstance(world, World):
        raise TypeError("the application has no world")
    return world
