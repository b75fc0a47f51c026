"""Nightly tidying of what nobody comes back to."""

from datetime import datetime, timedelta

from jishi.kernel.jobs import job, periodic
from jishi.trade.checkout import services, services_quotes

CARTS_KEPT = timedelta(days=400)
QUOTES_KEPT = timedelta(days=7)


@periodic("20 18 * * *")
@job()
def purge_checkout(*, now: datetime) -> None:
    """Remove carts that nobody has touched for more than a year, and quotes that were not bought
    a week after they expired.
    """
    services.purge_carts(unchanged_since=now - CARTS_KEPT)
    services_quotes.purge_quotes(expired_before=now - QUOTES_KEPT)
