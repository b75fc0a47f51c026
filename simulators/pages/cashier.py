"""The cashier of both channels: pay, fail, pay late, pay twice, and choose the callback's fate."""

from contextlib import suppress
from html import escape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.alipay.wire import return_address
from simulators.buyer import ACTIONS, act
from simulators.clock import china_text
from simulators.pages.layout import Speech, amount, page, speech
from simulators.payments import Refused
from simulators.records import CallbackMode, Company, Payment
from simulators.world import World, world_of

OWN_PARAMETERS = ("lang", "retry", "stay")


async def scan(request: Request) -> Response:
    """Do what scanning a QR code with a phone does: open its cashier."""
    code = request.query_params.get("code_url", "")
    token = dict(parse_qsl(urlsplit(code).query)).get("pr", "")
    payment = world_of(request).payments.by_token(token)
    if payment is None or payment.company is not Company.WECHAT:
        return _unknown(request)
    return RedirectResponse(f"/_sim/wechat/cashier/{quote(token)}", status_code=303)


async def show(request: Request) -> Response:
    """Show the cashier, or how the payment stands once there is nothing to pay."""
    world = world_of(request)
    payment = _payment(request)
    if payment is None:
        return _unknown(request)
    say = speech(request)
    state = payment.state(world.clock.now())
    if state == "waiting" or (state == "failed" and "retry" in request.query_params):
        is_promised = payment.pays_when_closed
        body = _promised(say, payment) if is_promised else _form(say, payment, _action(request))
        return page(request, say, f"{say(payment.company)} · {say('cashier')}", body)
    back = _way_back(world, request, payment)
    body = _result(say, payment, state, back, request)
    is_leaving = state == "paid" and back and "stay" not in request.query_params
    return page(request, say, say(state), body, go_to=back if is_leaving else None)


async def press(request: Request) -> Response:
    """Do what a button says and show what came of it."""
    payment = _payment(request)
    if payment is None:
        return _unknown(request)
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    action = form.get("action", "")
    if action not in ACTIONS or form.get("mode", CallbackMode.NORMAL) not in set(CallbackMode):
        return Response("unknown button", status_code=422)
    with suppress(Refused):  # somebody else was faster; the page shows how it stands now
        act(world_of(request), payment, action, CallbackMode(form["mode"]) if "mode" in form else None)
    query = {name: value for name, value in request.query_params.items() if name not in OWN_PARAMETERS}
    return RedirectResponse(f"{request.url.path}{_joined(query)}", status_code=303)


def _payment(request: Request) -> Payment | None:
    payment = world_of(request).payments.by_token(request.path_params["token"])
    return payment if payment and payment.company == request.path_params["company"] else None


def _unknown(request: Request) -> Response:
    say = speech(request)
    body = f'<div class="card">{_verdict("cross", say("unknown_payment"))}</div>'
    return page(request, say, say("unknown_payment"), body, status=404)


def _action(request: Request) -> str:
    query = {key: value for key, value in request.query_params.items() if key != "lang"}
    return f"{request.url.path}{_joined(query)}"


def _joined(query: dict[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""


def _way_back(world: World, request: Request, payment: Payment) -> str:
    """Return where the shop wants its buyer back; WeChat Pay adds that to its own address."""
    if payment.company is Company.ALIPAY:
        if not payment.return_url:
            return ""
        return (
            return_address(world.settings, world.clock, payment) if payment.captures else payment.return_url
        )
    wanted = request.query_params.get("redirect_url", "")
    return wanted if urlsplit(wanted).scheme in ("http", "https") else ""


def _form(say: Speech, payment: Payment, action: str) -> str:
    modes = "".join(
        f'<label class="choice"><input type="radio" name="mode" value="{mode}"'
        f"{' checked' if mode is CallbackMode.NORMAL else ''}><span>{say.mode(mode)}</span></label>"
        for mode in CallbackMode
    )
    return f"""<form class="card" method="post" action="{escape(action)}">
{_head(say, payment)}
{_facts(say, payment)}
<button class="primary" name="action" value="pay">{say("pay")}</button>
<button class="quiet" name="action" value="fail">{say("fail")}</button>
<details class="more">
<summary>{say("scenarios")}</summary>
<div class="pair">
<div><button class="quiet" name="action" value="pay_late">{say("pay_late")}</button>
<p class="help">{say("pay_late_help")}</p></div>
<div><button class="quiet" name="action" value="pay_twice">{say("pay_twice")}</button>
<p class="help">{say("pay_twice_help")}</p></div>
</div>
<fieldset><legend>{say("fate")}</legend>{modes}</fieldset>
</details>
</form>"""


def _head(say: Speech, payment: Payment) -> str:
    dot = f'<span class="dot {payment.company}" aria-hidden="true"></span>'
    return f"""<h1 class="channel">{dot}{say(payment.company)}
<span class="soft">{say("cashier")}</span></h1>
<p class="subject">{escape(payment.subject)}</p>
<p class="total">{amount(payment.amount_minor, payment.currency)}</p>"""


def _facts(say: Speech, payment: Payment) -> str:
    facts = [
        (say("payee"), say("payee_name")),
        (say("number"), f"<code>{escape(payment.out_trade_no)}</code>"),
    ]
    if payment.expires_at:
        facts.append((say("expires"), china_text(payment.expires_at)[5:16]))
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{rows}{_shares(say, payment)}</dl>'


def _shares(say: Speech, payment: Payment) -> str:
    if not payment.is_combined:
        return ""
    rows = "".join(
        f'<div class="share"><dt><code>{escape(share.out_trade_no)}</code></dt>'
        f"<dd>{amount(share.amount_minor, payment.currency)}</dd></div>"
        for share in payment.shares
    )
    return f'<div class="group">{say("parts", n=len(payment.shares))}</div>{rows}'


def _promised(say: Speech, payment: Payment) -> str:
    verdict = _verdict("clock", say("promised"), say("promised_help"))
    total = f'<p class="total">{amount(payment.amount_minor, payment.currency)}</p>'
    return f'<div class="card">{verdict}{total}{_facts(say, payment)}</div>'


def _result(say: Speech, payment: Payment, state: str, back: str, request: Request) -> str:
    if state == "paid":
        count = len(payment.captures)
        help_text = say("paid_times", n=count) if count > 1 else ""
        verdict = _verdict("check", say("paid"), help_text)
        more = _again(request, "pay_twice", say("pay_again"))
    elif state == "closed":
        verdict = _verdict("clock", say("closed"), say("closed_help"))
        more = _again(request, "pay_late", say("pay_anyway"))
    else:
        verdict = _verdict("cross", say("failed"), say("failed_help"))
        more = f'<a class="button quiet" href="{escape(_with(request, "retry", "1"))}">{say("try_again")}</a>'
    leave = f'<a class="button primary" href="{escape(back)}">{say("back")}</a>' if back else ""
    hint = say("back_soon") if state == "paid" and back else say("go_back_yourself")
    total = f'<p class="total">{amount(payment.amount_minor, payment.currency)}</p>'
    return f"""<div class="card">{verdict}{total}{_facts(say, payment)}{leave}
<p class="help center">{hint if state != "failed" else ""}</p>
{more}</div>"""


def _again(request: Request, action: str, text: str) -> str:
    return (
        f'<form method="post" action="{escape(_with(request, "stay", "1"))}">'
        f'<button class="quiet" name="action" value="{action}">{text}</button></form>'
    )


def _with(request: Request, name: str, value: str) -> str:
    query = {key: kept for key, kept in request.query_params.items() if key != "lang"}
    return f"{request.url.path}{_joined(query | {name: value})}"


def _verdict(sign: str, text: str, help_text: str = "") -> str:
    paths = {"check": "M7 14.5l5 5L22 9", "cross": "M9 9l11 11M20 9L9 20", "clock": "M14.5 7.5v7l5 3"}
    help_line = f'<p class="help center">{help_text}</p>' if help_text else ""
    return f"""<div class="verdict {sign}"><svg viewBox="0 0 29 29" width="64" height="64" aria-hidden="true">
<circle cx="14.5" cy="14.5" r="14"/><path d="{paths[sign]}"/></svg><h1>{text}</h1>{help_line}</div>"""
