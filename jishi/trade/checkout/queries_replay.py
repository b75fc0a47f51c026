"""Old quotes, worked out again."""

from jishi.kernel.db import row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import QuoteId
from jishi.trade.checkout import rules_replay
from jishi.trade.checkout.types_replay import Replayed


def replay_quote(quote_id: QuoteId) -> Replayed:
    """Return a quote's price as it was kept and as its inputs give it today.

    Quotes that were bought are kept for ever, others for a week. Raises: NotFound.
    """
    found = row(
        "SELECT inputs::text, priced FROM checkout_quote WHERE id = %s AND inputs IS NOT NULL", [quote_id]
    )
    if found is None:
        raise NotFound
    inputs, kept = found
    again = rules_replay.price_again(rules_replay.read(inputs))
    return Replayed(kept=kept.encode(), again=rules_replay.as_bytes(again))
