"""kuaidi100's endpoints: label, subscription, query; and the pushes that follow."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.clock import china_text
from simulators.faults import FaultKind
from simulators.parcels import is_final
from simulators.records import Callback, Parcel
from simulators.signing import md5_upper, same
from simulators.world import World, world_of

STATUS_NAMES = {
    "103": "揽收", "1002": "干线", "1001": "到达派件城市", "5": "派件", "301": "本人签收",
    "204": "派件异常", "2": "疑难", "4": "退签",
}  # fmt: skip
# The basic state that a push carries beside the detailed code.
BASIC = {"103": "1", "1002": "0", "1001": "0", "5": "5", "301": "3", "204": "2", "2": "2", "4": "4"}
_CITY = re.compile(r"(?:.*?(?:省|自治区))?\s*(?P<city>[^省区]{2,12}?市)")


async def label(request: Request) -> Response:
    """Give a tracking number for an order (`label/order`)."""
    world = world_of(request)
    form = await _form(request)
    fault = world.faults.take("label")
    if fault is FaultKind.UNAVAILABLE:
        return Response(status_code=502)
    keys = world.settings.keys
    text = f"{form.get('param', '')}{form.get('t', '')}{keys.carrier_key}{keys.carrier_secret}"
    if form.get("key") != keys.carrier_key or not same(md5_upper(text), form.get("sign", "")):
        return _label_answer(30002, "验证签名失败")
    param = _param(form)
    if form.get("method") != "order" or not param.get("kuaidicom") or fault is FaultKind.REFUSED:
        return _label_answer(10000, "参数错误")
    parcel = world.parcels.label(
        carrier_code=str(param["kuaidicom"]),
        order_number=str(param.get("orderId", "")),
        from_city=_city(param.get("sendMan")),
        to_city=_city(param.get("recMan")),
    )
    if fault is FaultKind.LOST_ANSWER:
        return Response(status_code=502)
    data = {
        "taskId": md5_upper(parcel.key),
        "kuaidinum": parcel.tracking_number,
        "kdComOrderNum": parcel.order_number,
    }
    return _label_answer(200, "success", data)


async def subscribe(request: Request) -> Response:
    """Start pushing a parcel's scans (`poll`)."""
    world = world_of(request)
    form = await _form(request)
    param = _param(form)
    if world.faults.take("subscribe") is FaultKind.UNAVAILABLE:
        return Response(status_code=502)
    if param.get("key") != world.settings.keys.carrier_key:
        return _answer(is_done=False, code="600", message="您不是合法的订阅者（即授权Key出错）")
    parameters = param.get("parameters") or {}
    if form.get("schema") != "json" or not (
        param.get("company") and param.get("number") and parameters.get("callbackurl")
    ):
        return _answer(is_done=False, code="700", message="订阅方的订阅数据存在错误")
    is_new = world.parcels.subscribe(
        carrier_code=str(param["company"]),
        tracking_number=str(param["number"]),
        from_city=str(param.get("from", "")),
        to_city=str(param.get("to", "")),
        url=str(parameters["callbackurl"]),
        salt=str(parameters.get("salt", "")),
    )
    if not is_new:
        return _answer(is_done=False, code="501", message="重复订阅")
    return _answer(is_done=True, code="200", message="提交成功")


async def track(request: Request) -> Response:
    """Tell where a parcel is (`poll/query.do`)."""
    world = world_of(request)
    form = await _form(request)
    if world.faults.take("track") is FaultKind.UNAVAILABLE:
        return Response(status_code=502)
    customer = world.settings.accounts.carrier_customer
    sign = md5_upper(f"{form.get('param', '')}{world.settings.keys.carrier_key}{customer}")
    if form.get("customer") != customer or not same(sign, form.get("sign", "")):
        return _answer(is_done=False, code="503", message="验证签名失败")
    param = _param(form)
    parcel = world.parcels.find(str(param.get("com", "")), str(param.get("num", "")))
    if parcel is None or not parcel.scans:
        return _answer(is_done=False, code="500", message="查询无结果，请隔段时间再查")
    return JSONResponse(_result(parcel))


def push_payload(parcel: Parcel) -> dict[str, Any]:
    """Return what a push says: the whole story so far, newest first, as kuaidi100 does."""
    return {
        "status": "shutdown" if is_final(parcel) else "polling",
        "billstatus": "",
        "message": "",
        "lastResult": _result(parcel),
    }


def envelope(world: World, callback: Callback) -> tuple[dict[str, str], bytes]:
    """Sign a push with the salt that the subscription gave."""
    parcel = world.parcels.by_number(callback.number)
    param = json.dumps(callback.payload, ensure_ascii=False, separators=(",", ":"))
    sign = md5_upper(f"{param}{parcel.salt if parcel else ''}")
    body = urlencode({"sign": sign, "param": param}).encode("ascii")
    return {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, body


def _result(parcel: Parcel) -> dict[str, Any]:
    scans = [
        {
            "time": china_text(scan.at),
            "ftime": china_text(scan.at),
            "context": scan.context,
            "areaName": scan.place,
            "areaCode": "",
            "status": STATUS_NAMES[scan.code],
            "statusCode": scan.code,
        }
        for scan in reversed(parcel.scans)
    ]
    last = parcel.scans[-1].code if parcel.scans else ""
    return {
        "message": "ok",
        "nu": parcel.tracking_number,
        "com": parcel.carrier_code,
        "ischeck": "1" if last == "301" else "0",
        "status": "200",
        "condition": "F00",
        "state": BASIC.get(last, "0"),
        "data": scans,
    }


def _city(contact: object) -> str:
    address = str(contact.get("printAddr", "")) if isinstance(contact, dict) else ""
    match = _CITY.match(address)
    return match["city"] if match else ""


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _param(form: dict[str, str]) -> dict[str, Any]:
    try:
        param = json.loads(form.get("param", ""))
    except ValueError:
        return {}
    return param if isinstance(param, dict) else {}


def _answer(*, is_done: bool, code: str, message: str) -> Response:
    return JSONResponse({"result": is_done, "returnCode": code, "message": message})


def _label_answer(code: int, message: str, data: dict[str, str] | None = None) -> Response:
    return JSONResponse({"success": code == 200, "code": code, "message": message, "data": data})
