"""The inbox: text messages and mail, newest first, codes large enough to copy."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.clock import china_text
from simulators.inbox import described, messages_to
from simulators.pages.layout import Speech, page, speech
from simulators.records import Message
from simulators.world import world_of

MESSAGES_MAX = 100
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


async def show(request: Request) -> Response:
    """Show what arrived, for everybody or for one recipient."""
    say = speech(request)
    recipient = request.query_params.get("to", "")
    messages = messages_to(world_of(request), recipient)[:MESSAGES_MAX]
    cards = "".join(_card(say, message) for message in messages)
    hint = f'<span class="help">{say("nothing_inbox_help")}</span>'
    nothing = f'<p class="card empty">{say("nothing_inbox")}<br>{hint}</p>'
    body = f"""<div class="title"><h1>{say("inbox")}</h1></div>
<form class="find" method="get" role="search"><label class="hidden" for="to">{say("to")}</label>
<input id="to" name="to" value="{escape(recipient)}" placeholder="{say("to")}" autocomplete="off">
<button class="quiet">{say("search")}</button></form>
{cards or nothing}"""
    return page(request, say, say("inbox"), body)


async def html_part(request: Request) -> Response:
    """Show a mail's HTML by itself, without scripts or anything from elsewhere."""
    message = world_of(request).store.get("messages", request.path_params["id"], Message)
    if message is None or not message.html:
        return Response(status_code=404)
    return HTMLResponse(message.html, headers=SANDBOX)


def _card(say: Speech, message: Message) -> str:
    code = described(message)["code"]
    code_line = f'<p class="code"><span class="hidden">{say("code")}</span>{escape(code)}</p>' if code else ""
    subject = f"<h2>{escape(message.subject)}</h2>" if message.subject else ""
    link = f'<a href="/_sim/inbox/{message.id}/html">{say("html_part")}</a>' if message.html else ""
    return f"""<article class="card message"><div class="line"><span class="chip">{say(message.kind)}</span>
<span class="who">{escape(", ".join(message.to))}</span>
<time class="soft">{china_text(message.at)[5:16]}</time></div>
{subject}{code_line}<p class="text">{escape(message.text)}</p>{link}</article>"""
