"""The verbs that send goods, in parcels and without them, for the machine of orders."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from jishi.kernel.ids import new_id
from jishi.kernel.tests.machines import Machine, outcome
from jishi.trade.orders import services_pieces
from jishi.trade.orders.rules import fulfilment_of
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.services_pieces import Sent
from jishi.trade.orders.tests.factories import NOW
from jishi.trade.orders.types import Actor, FulfilmentStatus, PiecesWish

some_pieces = st.lists(st.integers(0, 3), min_size=1, max_size=2)


class Sending(Machine):
    """What travels goes in parcels only, what does not in none."""

    orders: list[Any]

    def _some(self, data: st.DataObject) -> Any:
        raise NotImplementedError

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), pieces=st.none() | some_pieces)
    def note_shipped(self, data: st.DataObject, pieces: list[int] | None) -> None:
        order = self._some(data)
        left = [line.pieces.to_ship if line.travels else 0 for line in order.lines]
        counts = left if pieces is None else [*pieces, 0][: len(left)]
        wanted = [
            PiecesWish(order_line_id=line.id, quantity=pieces)
            for line, pieces in zip(order.lines, counts, strict=True)
            if pieces
        ]
        refused = outcome(
            lambda: self.verbs.note_shipped(
                order_id=order.id, wanted=None if pieces is None else wanted, staff_id=new_id(), now=NOW
            ),
            PiecesGone,
        )
        self._sent(order, counts, left, was_refused=refused is not None)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), pieces=some_pieces)
    def note_handed_over(self, data: st.DataObject, pieces: list[int]) -> None:
        order = self._some(data)
        left = [0 if line.travels else line.pieces.to_ship for line in order.lines]
        counts = [*pieces, 0][: len(left)]
        wanted = {line.id: count for line, count in zip(order.lines, counts, strict=True) if count}
        by = Sent(Actor.PLATFORM, None)
        refused = outcome(
            lambda: self.verbs.note_handed_over(order_id=order.id, counts=wanted, by=by, now=NOW), PiecesGone
        )
        self._sent(order, counts, left, was_refused=refused is not None)

    def _sent(self, order: Any, counts: list[int], left: list[int], *, was_refused: bool) -> None:
        fits = any(counts) and all(count <= most for count, most in zip(counts, left, strict=True))
        assert was_refused == (not fits or order.status not in services_pieces.SHIPPABLE)
        if not was_refused:
            for line, count in zip(order.lines, counts, strict=True):
                line.pieces = replace(line.pieces, shipped=line.pieces.shipped + count)
            self._fulfil(order, fulfilment_of([line.pieces for line in order.lines], all_delivered=False))
            order.timeline.append(order.status)

    @staticmethod
    def _fulfil(order: Any, fulfilment: FulfilmentStatus) -> None:
        order.state = replace(order.state, fulfilment=fulfilment)
