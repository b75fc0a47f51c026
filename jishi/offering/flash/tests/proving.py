"""The work before the gate, done as a browser does it."""

from itertools import count

from jishi.offering.flash import rules
from jishi.offering.flash.types import Challenge


def proof(asked: Challenge) -> int:
    """Return a number that solves a challenge."""
    return next(nonce for nonce in count() if rules.is_proof(asked.challenge, nonce, asked.bits))
