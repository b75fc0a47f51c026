"""The outbox: news for the layers above, kept in the transaction that made it, delivered at least once.

Handlers have exactly-once effect unless they say `own_transaction`; they run in the order of events per
aggregate.
"""

from jishi.kernel.outbox.handlers import Handler, handler, subscribe
from jishi.kernel.outbox.publishing import publish

__all__ = ["Handler", "handler", "publish", "subscribe"]
