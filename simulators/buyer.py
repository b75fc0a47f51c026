"""What a buyer does at a cashier, whoever asks for it: a page's button or the control API."""

from urllib.parse import parse_qsl, urlsplit

from simulators.alipay import wire as alipay_wire
from simulators.alipay.gateway import open_trade
from simulators.payments import Refused, captured_by, new_token
from simulators.records import Callback, CallbackMode, Capture, Company, Payment, Refund
from simulators.wechat import wire as wechat_wire
from simulators.world import World

ACTIONS = ("pay", "fail", "pay_late", "pay_twice")


def act(world: World, payment: Payment, action: str, mode: CallbackMode | None = None) -> Payment:
    """Do one of ACTIONS. Raises: Refused where the payment's state forbids it; KeyError for another."""
    actions = {
        "pay": world.payments.pay,
        "pay_late": world.payments.pay_late,
        "pay_twice": world.payments.pay_twice,
    }
    return world.payments.fail(payment) if action == "fail" else actions[action](payment, mode)


def payment_of_step(world: World, step: str) -> Payment:
    """Find the payment behind what the shop gave a browser: a redirect address or a QR code's text.

    An Alipay address is opened, as a browser would. Raises: Refused.
    """
    address = urlsplit(step)
    fields = dict(parse_qsl(address.query, keep_blank_values=True))
    if address.path.endswith("/alipay/gateway.do"):
        return open_trade(world, fields)
    token = fields.get("pr", "") if address.scheme == "weixin" else address.path.rpartition("/")[2]
    payment = world.payments.by_token(token)
    if payment is None:
        raise Refused("RESOURCE_NOT_EXISTS", "no payment behind this address")
    return payment


def announce_capture(world: World, payment: Payment, capture: Capture, mode: CallbackMode) -> None:
    """Tell the shop of money taken."""
    _post_capture(world, payment, capture, mode)


def announce_refund(world: World, payment: Payment, refund: Refund) -> None:
    """Tell the shop of money sent back, where it asked to be told (at Alipay, the trade's address)."""
    if not refund.notify_url:
        return
    if refund.company is Company.ALIPAY:
        refunded_minor = world.payments.refunded(refund.transaction_id)
        payload = alipay_wire.refund_payload(world.settings, payment, refund, refunded_minor)
    else:
        captured_minor = captured_by(payment, refund.transaction_id)
        payload = wechat_wire.refund_payload(world.settings, refund, captured_minor)
    number = payment.out_trade_no
    world.callbacks.post(refund.company, "refund", number, refund.notify_url, payload, CallbackMode.NORMAL)


def forge(world: World, payment: Payment, mode: CallbackMode) -> Callback:
    """Send a forged callback about a payment, paid or not: nothing happens to the payment itself."""
    pretended = Capture(
        transaction_ids={share.out_trade_no: f"4200{new_token()}" for share in payment.shares},
        paid_at=world.clock.now(),
    )
    return _post_capture(world, payment, payment.captures[0] if payment.captures else pretended, mode)


def _post_capture(world: World, payment: Payment, capture: Capture, mode: CallbackMode) -> Callback:
    if payment.company is Company.ALIPAY:
        payload = alipay_wire.capture_payload(world.settings, payment, capture)
    else:
        payload = wechat_wire.capture_payload(world, payment, capture)
    return world.callbacks.post(
        payment.company, "capture", payment.out_trade_no, payment.notify_url, payload, mode
    )
