"""Faults to order: the next N calls of an operation go wrong in a chosen way."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a call goes wrong."""

    UNAVAILABLE = "unavailable"  # not done, no usable answer
    REFUSED = "refused"  # not done, a signed no
    LOST_ANSWER = "lost_answer"  # done, but the answer does not arrive
    BAD_SIGNATURE = "bad_signature"  # done, the answer's signature is not the company's
    ABNORMAL = "abnormal"  # refunds: accepted, then stuck


OPERATIONS = (
    "start",
    "query",
    "close",
    "refund",
    "query_refund",
    "bill",
    "label",
    "subscribe",
    "track",
    "sms",
    "mail",
)


@dataclass(slots=True)
class _Fault:
    operation: str
    kind: FaultKind
    left: int


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def order(self, operation: str, kind: FaultKind, count: int) -> None:
        """Let the next `count` calls of an operation go wrong."""
        self._faults.append(_Fault(operation, kind, count))

    def take(self, operation: str) -> FaultKind | None:
        """Return how this call goes wrong, if it does, and count it."""
        for fault in self._faults:
            if fault.operation == operation and fault.left > 0:
                fault.left -= 1
                return fault.kind
        return None

    def clear(self) -> None:
        """Let everything go well again."""
        self._faults.clear()
