"""What the catalogue does by the clock."""

from datetime import datetime, timedelta

from jishi.kernel.jobs import job, periodic
from jishi.offering.catalog import changes, services_shelf

CHANGES_KEPT = timedelta(days=7)  # an index that did not follow for six days is built anew


@periodic("17 3 * * *")
@job(name="offering.catalog.purge_changes")
def purge_changes(*, now: datetime) -> None:
    """Forget entries of the change sequence that every index has followed long since."""
    changes.purge_changes(before=now - CHANGES_KEPT)


@periodic("* * * * *")
@job(name="offering.catalog.follow_shelf_plans", lock="catalog.shelf_plans")
def follow_shelf_plans(*, now: datetime) -> None:
    """Put products on the shelf and off it as their merchants planned, with what was missed while nothing ran."""
    while services_shelf.follow_plans(now=now) == services_shelf.AT_ONCE:
        pass
