"""A refund that its channel did not take, sent again from the back office, through a real channel."""

import pytest

from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.conftest import Hire
from jishi.flows import refund
from jishi.flows.refund import RefundNotSent
from jishi.flows.tests.money import Cash
from jishi.kernel.db import rows
from jishi.kernel.ids import RefundId
from jishi.money.payments.models import Refund
from jishi.trade.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_money_goes_back_once_the_channel_is_there_again(cash: Cash, hire: Hire) -> None:
    clerk, (order, _) = hire("service"), cash.paid()
    row = all_rows(Order).get(id=order.id)
    clerk.act(row, "refund_amount", amount="1.00", reason="包装破损")
    opened: Refund = all_rows(Refund).get(order_id=order.id)
    cash.control.fail_next("refund", "unavailable", count=1)
    with pytest.raises(RefundNotSent):
        refund.execute(refund_id=RefundId(opened.id), now=cash.now())
    rows("DELETE FROM procrastinate_jobs RETURNING id")  # nobody would try again by himself
    cash.control.clear_faults()

    failed = all_rows(Refund).get(id=opened.id)
    assert failed.status == "failed"
    assert failed.failure in clerk.page(failed).content.decode()
    assert clerk.act(failed, "retry")[-1] == "已重新提交"
    cash.run_jobs()
    assert all_rows(Refund).get(id=opened.id).status == "done"
    at_channel = cash.control.refunds(cash.attempt_number(order.trade_id))
    assert [made["amount_minor"] for made in at_channel] == [100]
