"""The control API: what tests, race clients and the demo pages order. JSON in, JSON out; see README.md."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.buyer import ACTIONS, act, forge, payment_of_step
from simulators.faults import OPERATIONS, FaultKind
from simulators.parcels import SIDEWAYS
from simulators.payments import Refused
from simulators.records import CallbackMode, Company, Parcel, Payment, Refund
from simulators.world import World, world_of

SETTLE_SECONDS = 15.0
LIST_LENGTH_MAX = 500


class BadOrder(Exception):
    """A control request that makes no sense."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One control request: the world it is about, what its address says, and its JSON."""

    world: World
    path: Mapping[str, str]
    query: Mapping[str, str]
    fields: dict[str, Any]


class History(msgspec.Struct):
    """Money that moved before anybody looked."""

    payments: list[Payment]
    refunds: list[Refund]


Handler = Callable[[Order], Awaitable[Any]]


def endpoint(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler: read JSON, write JSON, turn what is refused into a status."""

    async def answered(request: Request) -> Response:
        try:
            body = await request.body()
            fields = msgspec.json.decode(body, type=dict[str, Any]) if body else {}
            content = await handle(
                Order(
                    world=world_of(request),
                    path=request.path_params,
                    query=request.query_params,
                    fields=fields,
                )
            )
        except (msgspec.DecodeError, ValueError, KeyError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=422)
        except BadOrder as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)
        except Refused as refusal:
            return JSONResponse({"error": refusal.message, "code": refusal.code}, status_code=409)
        return Response(msgspec.json.encode(content), media_type="application/json")

    return answered


async def payments(order: Order) -> Any:
    """List payments, newest first; `limit` asks for more of them than usual."""
    number = order.query.get("out_trade_no")
    newest = order.world.payments.all()[::-1][: int(order.query.get("limit", LIST_LENGTH_MAX))]
    found = [_payment(order, number)] if number else newest
    return {"items": [_described(order.world, payment) for payment in found]}


async def act_on(order: Order) -> Any:
    """Let a buyer act on a payment by its number."""
    return await _acted(order, _payment(order, order.path["number"]))


async def act_on_step(order: Order) -> Any:
    """Let a buyer act on what the shop told his browser: a redirect address or a QR code."""
    return await _acted(order, payment_of_step(order.world, str(order.fields["step"])))


async def forge_one(order: Order) -> Any:
    """Send a forged callback about a payment that keeps its state."""
    payment = _payment(order, order.path["number"])
    mode = CallbackMode(str(order.fields["how"]))
    if not mode.is_forged:
        raise BadOrder(f"{mode} is no forgery")
    callback = forge(order.world, payment, mode)
    await order.world.callbacks.settled(payment.out_trade_no, SETTLE_SECONDS)
    return next(each for each in order.world.callbacks.of(payment.out_trade_no) if each.id == callback.id)


async def resend(order: Order) -> Any:
    """Send a payment's or parcel's callbacks once more."""
    number = order.path["number"]
    order.world.callbacks.resend(number)
    await order.world.callbacks.settled(number, SETTLE_SECONDS)
    return {"items": order.world.callbacks.of(number)}


async def callbacks(order: Order) -> Any:
    """List callbacks with the shop's answers, newest first."""
    number = order.query.get("number")
    found = order.world.callbacks.of(number) if number else order.world.callbacks.all()
    return {"items": found[::-1][:LIST_LENGTH_MAX]}


async def set_mode(order: Order) -> Any:
    """Choose what happens to the callbacks of all captures that do not say otherwise."""
    order.world.payments.default_mode = CallbackMode(str(order.fields["mode"]))
    return {"mode": order.world.payments.default_mode}


async def release(order: Order) -> Any:
    """Deliver what is held back, last in, first out."""
    return {"released": await order.world.callbacks.release()}


async def settle(order: Order) -> Any:
    """Wait until no try for a number is due; `for_good`: until each is acknowledged or given up."""
    number, seconds = str(order.fields["number"]), float(order.fields.get("timeout_seconds", SETTLE_SECONDS))
    for_good = bool(order.fields.get("for_good", False))
    if not await order.world.callbacks.settled(number, seconds, for_good=for_good):
        raise BadOrder("callbacks are still under way", 504)
    return {"items": order.world.callbacks.of(number)}


async def order_fault(order: Order) -> Any:
    """Let the next calls of an operation go wrong."""
    operation = str(order.fields["operation"])
    if operation not in OPERATIONS:
        raise BadOrder(f"operation is one of {', '.join(OPERATIONS)}")
    order.world.faults.order(
        operation, FaultKind(str(order.fields["how"])), int(order.fields.get("count", 1))
    )
    return {"ordered": True}


async def clear_faults(order: Order) -> Any:
    """Let everything go well again."""
    order.world.faults.clear()
    return {"ordered": False}


async def advance(order: Order) -> Any:
    """Move business time ahead; what expires by that expires."""
    order.world.clock.advance(float(order.fields["seconds"]))
    order.world.payments.sweep()
    return {"now": order.world.clock.now()}


async def refunds(order: Order) -> Any:
    """List refunds, newest first."""
    number = order.query.get("out_trade_no")
    found = [
        each
        for each in order.world.payments.refunds()
        if number in (None, each.payment_number, each.share_number)
    ]
    return {"items": found[::-1][:LIST_LENGTH_MAX]}


async def remember(order: Order) -> Any:
    """Take over payments and refunds of the past."""
    past = msgspec.convert(order.fields, History)
    return {"new": order.world.payments.remember(past.payments, past.refunds)}


async def parcels(order: Order) -> Any:
    """List parcels, newest first."""
    return {"items": order.world.parcels.all()[::-1][:LIST_LENGTH_MAX]}


async def act_on_parcel(order: Order) -> Any:
    """Bring a parcel on: scan, deliver, exception, lose or return."""
    number, event = order.path["number"], order.path["event"]
    parcel = order.world.parcels.by_number(number)
    if parcel is None:
        raise BadOrder("no such parcel", 404)
    parcel = move_parcel(order.world, parcel, event)
    await order.world.callbacks.settled(number, SETTLE_SECONDS)
    return {"parcel": parcel, "callbacks": order.world.callbacks.of(number)}


def move_parcel(world: World, parcel: Parcel, event: str) -> Parcel:
    """Do one thing to a parcel. Raises: BadOrder."""
    if event == "scan":
        return world.parcels.scan(parcel)
    if event == "deliver":
        return world.parcels.deliver(parcel)
    if event not in SIDEWAYS:
        raise BadOrder(f"a parcel can scan, deliver, {', '.join(SIDEWAYS)}")
    return world.parcels.sideways(parcel, event)


async def reset(order: Order) -> Any:
    """Forget everything."""
    order.world.reset()
    return {"reset": True}


async def health(order: Order) -> Any:
    """Say that the simulators are up."""
    return {"up": True, "payments": len(order.world.payments.all()), "now": order.world.clock.now()}


async def _acted(order: Order, payment: Payment) -> Any:
    action, world = order.path["action"].replace("-", "_"), order.world
    if action not in ACTIONS:
        raise BadOrder(f"a buyer can {', '.join(ACTIONS)}")
    mode = CallbackMode(str(order.fields["mode"])) if "mode" in order.fields else None
    payment = act(world, payment, action, mode)
    if order.fields.get("wait", True):
        await world.callbacks.settled(payment.out_trade_no, SETTLE_SECONDS)
    return {"payment": _described(world, payment), "callbacks": world.callbacks.of(payment.out_trade_no)}


def _payment(order: Order, number: str) -> Payment:
    company = order.query.get("channel")
    companies = [Company(company)] if company else [Company.ALIPAY, Company.WECHAT]
    for each in companies:
        if payment := order.world.payments.find(each, number):
            return payment
    raise BadOrder(f"no payment {number}: the shop has not opened it, or (Alipay) no browser has", 404)


def _described(world: World, payment: Payment) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(payment)
    return fields | {"state": payment.state(world.clock.now())}


ROUTES = [
    Route("/health", endpoint(health)),
    Route("/reset", endpoint(reset), methods=["POST"]),
    Route("/payments", endpoint(payments)),
    Route("/history", endpoint(remember), methods=["POST"]),
    Route("/payments/{number}/forge", endpoint(forge_one), methods=["POST"]),
    Route("/payments/{number}/resend", endpoint(resend), methods=["POST"]),
    Route("/payments/{number}/{action}", endpoint(act_on), methods=["POST"]),
    Route("/buyer/{action}", endpoint(act_on_step), methods=["POST"]),
    Route("/refunds", endpoint(refunds)),
    Route("/callbacks", endpoint(callbacks)),
    Route("/callbacks/mode", endpoint(set_mode), methods=["POST"]),
    Route("/callbacks/release", endpoint(release), methods=["POST"]),
    Route("/callbacks/settle", endpoint(settle), methods=["POST"]),
    Route("/faults", endpoint(order_fault), methods=["POST"]),
    Route("/faults", endpoint(clear_faults), methods=["DELETE"]),
    Route("/clock/advance", endpoint(advance), methods=["POST"]),
    Route("/parcels", endpoint(parcels)),
    Route("/parcels/{number}/{event}", endpoint(act_on_parcel), methods=["POST"]),
]
