"""Puts the world together and serves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulators import carrier, control, inbox
from simulators.alipay import gateway as alipay
from simulators.alipay import wire as alipay_wire
from simulators.buyer import announce_capture, announce_refund
from simulators.callbacks import Callbacks
from simulators.clock import Clock
from simulators.pages import board, cashier, mailbox
from simulators.parcels import Parcels, is_final
from simulators.payments import Payments
from simulators.records import CallbackMode, Company, Parcel
from simulators.settings import Settings
from simulators.store import Store
from simulators.wechat import bill as wechat_bill
from simulators.wechat import gateway as wechat
from simulators.wechat import wire as wechat_wire
from simulators.world import World

STATIC = Path(__file__).parent / "pages" / "static"
SWEEP_SECONDS = 1.0


def create_world(settings: Settings) -> World:
    """Build a world and connect its parts; money and scans become callbacks."""
    store, clock = Store(settings.state_file), Clock()
    callbacks = Callbacks(
        store,
        clock,
        settings,
        {
            Company.ALIPAY: lambda callback: alipay_wire.envelope(settings, clock, callback),
            Company.WECHAT: lambda callback: wechat_wire.envelope(settings, clock, callback),
            Company.CARRIER: lambda callback: carrier.envelope(world, callback),
        },
    )
    world = World(
        settings=settings,
        clock=clock,
        store=store,
        payments=Payments(store, clock),
        callbacks=callbacks,
        parcels=Parcels(store, clock),
    )
    world.payments.on_capture = lambda payment, capture, mode: announce_capture(world, payment, capture, mode)
    world.payments.on_refund = lambda payment, refund: announce_refund(world, payment, refund)
    world.parcels.on_scan = lambda parcel: _push(world, parcel)
    return world


def create_app(settings: Settings, *, smtp_port: int | None = None) -> Starlette:
    """Build the application; with a port (0: any, see `state.smtp_port`) it takes SMTP too."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        world = create_world(settings)
        app.state.world = world
        await world.callbacks.start()
        loop = asyncio.get_running_loop()
        chores = [loop.create_task(_sweep(world)), loop.create_task(_move_parcels(world))]
        post = None
        if smtp_port is not None:
            handler = inbox.MailHandler(world)
            post = await loop.create_server(
                lambda: SMTP(handler, enable_SMTPUTF8=True), "127.0.0.1", smtp_port
            )
            app.state.smtp_port = post.sockets[0].getsockname()[1]
        yield
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        if post is not None:
            post.close()
        await world.callbacks.stop()
        world.store.close()

    return Starlette(routes=[Mount("/_sim", routes=_routes())], lifespan=lifespan)


def _routes() -> list[Route | Mount]:
    return [
        Route("/", board.show),
        Route("/parcels/{number}/{event}", board.move, methods=["POST"]),
        Route("/alipay/gateway.do", alipay.gateway, methods=["GET", "POST"]),
        Route("/alipay/bill.zip", alipay.download),
        Route("/wechat/v3/billdownload/file", wechat_bill.download),
        Route("/wechat/cashier", cashier.scan),
        Route("/{company}/cashier/{token}", cashier.show),
        Route("/{company}/cashier/{token}", cashier.press, methods=["POST"]),
        Mount("/wechat", routes=wechat.ROUTES),
        Route("/carrier/label/order", carrier.label, methods=["POST"]),
        Route("/carrier/poll", carrier.subscribe, methods=["POST"]),
        Route("/carrier/poll/query.do", carrier.track, methods=["POST"]),
        Route("/sms", inbox.send_sms, methods=["POST"]),
        Route("/sms/", inbox.send_sms, methods=["POST"]),
        Route("/mail", inbox.take_mail, methods=["POST"]),
        Route("/inbox", mailbox.show),
        Route("/inbox.json", inbox.inbox_json),
        Route("/inbox/{id}/html", mailbox.html_part),
        Mount("/control", routes=control.ROUTES),
        Mount("/static", app=StaticFiles(directory=STATIC)),
    ]


def _push(world: World, parcel: Parcel) -> None:
    world.callbacks.post(
        Company.CARRIER,
        "scan",
        parcel.tracking_number,
        parcel.callback_url,
        carrier.push_payload(parcel),
        CallbackMode.NORMAL,
    )


async def _sweep(world: World) -> None:
    """Let late payers pay once their payment has expired."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        world.payments.sweep()


async def _move_parcels(world: World) -> None:
    """Bring every parcel that somebody watches one scan on, at the demo's pace."""
    pace = world.settings.parcel_seconds
    while pace > 0:
        await asyncio.sleep(min(pace, SWEEP_SECONDS))
        now = world.clock.now()
        for parcel in world.parcels.all():
            last = parcel.scans[-1].at if parcel.scans else parcel.created_at
            if parcel.callback_url and not is_final(parcel) and (now - last).total_seconds() >= pace:
                world.parcels.scan(parcel)
