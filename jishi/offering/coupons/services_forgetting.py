"""Letting go of what limits coupons by device, when there is nothing left to limit."""

from datetime import datetime, timedelta

from jishi.kernel.db import execute

DEVICES_KEPT = timedelta(days=30)  # after a template's end: it may be lengthened until then
AT_ONCE = 5_000

# A template has ended when it was ended, when nothing can be had any more, or when what was had is no good any more.
_FORGET = """
UPDATE coupons_coupon SET device = NULL WHERE id IN (
    SELECT c.id FROM coupons_coupon c JOIN coupons_template t ON t.id = c.template_id
    WHERE c.device IS NOT NULL AND (
        (t.status = 'ended' AND t.changed_at <= %(before)s)
        OR t.claim_until <= %(before)s OR t.valid_until <= %(before)s
    ) LIMIT %(most)s
)
"""


def forget_devices(*, now: datetime) -> int:
    """Forget with which devices the coupons were taken of templates that ended 30 days ago; return how many. Safe to
    call again.
    """
    forgotten = 0
    while done := execute(_FORGET, {"before": now - DEVICES_KEPT, "most": AT_ONCE}):
        forgotten += done
    return forgotten
