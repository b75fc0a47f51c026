"""The board: what was paid, what travels, what the shop was told; parcels can be moved from here."""

from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.clock import china_text
from simulators.control import BadOrder, move_parcel
from simulators.pages.layout import Speech, amount, page, speech
from simulators.parcels import is_final
from simulators.records import Callback, CallbackMode, Parcel, Payment
from simulators.world import World, world_of

ROWS_MAX = 20
CALLBACK_TONE = {"delivered": "good", "refused": "bad", "given_up": "bad", "waiting": "warn", "held": "warn"}
PAYMENT_TONE = {"paid": "good", "failed": "bad", "waiting": "warn"}


async def show(request: Request) -> Response:
    """Show the latest of everything."""
    world, say = world_of(request), speech(request)
    payments = [_payment(world, say, payment) for payment in world.payments.all()[::-1][:ROWS_MAX]]
    parcels = [_parcel(say, parcel) for parcel in world.parcels.all()[::-1][:ROWS_MAX]]
    callbacks = [_callback(say, callback) for callback in world.callbacks.all()[::-1][:ROWS_MAX]]
    body = f"""<div class="title"><h1>{say("board")}</h1>
<a class="button quiet" href="/_sim/inbox">{say("inbox")}</a></div>
<div class="columns">
{_section(say("payments"), payments, say("nothing_payments"))}
{_section(say("parcels"), parcels, say("nothing_parcels"))}
{_section(say("callbacks"), callbacks, say("nothing_callbacks"))}
</div>"""
    return page(request, say, say("board"), body, wide=True)


async def move(request: Request) -> Response:
    """Move a parcel and show the board again."""
    world = world_of(request)
    parcel = world.parcels.by_number(request.path_params["number"])
    if parcel is None:
        return Response("no such parcel", status_code=404)
    try:
        move_parcel(world, parcel, request.path_params["event"])
    except BadOrder as error:
        return Response(str(error), status_code=error.status)
    return RedirectResponse("/_sim/#parcels", status_code=303)


def _section(title: str, rows: list[str], nothing: str) -> str:
    content = f'<ul class="rows">{"".join(rows)}</ul>' if rows else f'<p class="empty">{nothing}</p>'
    return f'<section class="card"><h2>{title}</h2>{content}</section>'


def _payment(world: World, say: Speech, payment: Payment) -> str:
    state = payment.state(world.clock.now())
    tone = PAYMENT_TONE.get(state, "")
    times = f" ×{len(payment.captures)}" if len(payment.captures) > 1 else ""
    link = f"/_sim/{payment.company}/cashier/{quote(payment.token)}?stay=1"
    return f"""<li><div class="line"><span class="dot {payment.company}" aria-hidden="true"></span>
<a href="{link}"><strong>{escape(payment.subject)}</strong></a>
<span class="chip {tone}">{say(f"state_{state}")}{times}</span></div>
<div class="line soft"><code>{escape(payment.out_trade_no)}</code>
{amount(payment.amount_minor, payment.currency)}</div></li>"""


def _parcel(say: Speech, parcel: Parcel) -> str:
    last = parcel.scans[-1] if parcel.scans else None
    text = escape(last.context) if last else say("label_created")
    buttons = "".join(
        f'<form method="post" action="/_sim/parcels/{quote(parcel.tracking_number)}/{event}">'
        f'<button class="quiet small">{say(event)}</button></form>'
        for event in (() if is_final(parcel) else ("scan", "deliver", "exception", "lose"))
    )
    when = china_text(last.at)[5:16] if last else ""
    name = f"{escape(parcel.carrier_code)} <code>{escape(parcel.tracking_number)}</code>"
    return f"""<li><div class="line"><strong>{name}</strong>
<time class="soft">{when}</time></div><p class="soft">{text}</p><div class="buttons">{buttons}</div></li>"""


def _callback(say: Speech, callback: Callback) -> str:
    last = callback.attempts[-1] if callback.attempts else None
    answer = f"{last.status or ''} {last.answer[:80]}" if last else "—"
    tone = CALLBACK_TONE.get(callback.state, "")
    fate = "" if callback.mode is CallbackMode.NORMAL else say.mode(callback.mode)
    return f"""<li><div class="line"><strong>{say(f"kind_{callback.kind}")}</strong>
<span class="chip {tone}">{say(f"cb_{callback.state}")} · {
        say("tries", n=len(callback.attempts))
    }</span></div> <div class="line
soft"><code>{escape(callback.number)}</code><span>{fate}</span></div>
<p class="soft answer"><code>{escape(answer.strip())}</code></p></li>"""
