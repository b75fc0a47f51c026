"""An example of every answer, put together from its schema and the words below.

Written once for each name and not for each operation, so that an answer that appears tomorrow has an example
tomorrow; a test holds every example against its schema.
"""

from typing import Any

Schema = dict[str, Any]

ID = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
AT = "2026-11-20T08:30:00Z"
PICTURE = "/media/73/73744ff67327eb7a432c5eddedf9f4bb4deddcdd/960.webp"
FORMATS = {"uuid": ID, "date-time": AT, "date": "2026-11-20"}
WORDS: dict[str, Any] = {
    "action": "staff.added", "actions": "cancel", "actor_kind": "staff", "actor_name": "小明", "alt": "手冲咖啡壶",
    "area_code": "310104", "at": AT, "attributes": {"material": "steel"}, "avatar": PICTURE,
    "bank_account": "**** 6688", "bank_name": "招商银行", "bank_reference": "CMB20261120001", "banner": PICTURE,
    "brand": "青竹", "carrier": "shunfeng", "choice": {"colour": "black"}, "choice_name": "哑光黑",
    "choices": "black", "city": "上海市", "code": "colour", "contact_name": "王小明", "contact_phone": "138****8000",
    "currency": "CNY", "data": {}, "description": "细长壶嘴,控水更稳", "did_you_mean": "咖啡壶", "district": "徐汇区",
    "email": "w***@example.com", "en": "Pour-over kettle", "failure": None, "freight_template_id": ID,
    "icon": "kettle", "id": ID, "image": PICTURE, "introduction": "好茶,慢慢喝。", "kind": "query", "language": "zh",
    "legal_name": "青竹茶业有限公司", "link": "/search?q=咖啡壶", "live_ticket": "1763627400.5f2c", "live_topic": ID,
    "location": "上海市徐汇区", "login": "138****8000", "logo": PICTURE, "name": "青竹茶铺",
    "next_cursor": "WzE1OTAwLCIwMTk4ZjNhMi03YzQ0LTdiMWUtOWQzYS0yZjZjMWMwYTUxYWEiXQ", "nickname": "小明",
    "offered_from": AT, "published_at": AT, "written_at": AT, "submitted_at": AT, "decided_at": AT,
    "written_by": "小明", "of": "KETTLE-B",
    "note": "少发一件", "number": "261120083000017", "order_number": "261120083000017", "phone": "138****8000",
    "postcode": "200030", "promise": "预计 2–4 天送达", "province": "上海市",
    "qr_code": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz", "reason": "不想要了", "recipient": "王小明",
    "redirect_url": "https://openapi.alipay.com/gateway.do?app_id=2021000000000000", "reference": "DN-2026-118",
    "rule_id": "freight:standard", "sku_code": "KETTLE-B", "src": PICTURE,
    "srcset_avif": PICTURE.replace("webp", "avif") + " 960w", "srcset_webp": f"{PICTURE} 960w",
    "statement_cycle": "t1", "street": "漕溪北路 100 号 3 栋 402", "subject_kind": "merchant",
    "subtitle": "细长壶嘴,控水更稳", "target_id": ID, "text": "咖啡壶", "title": "手冲咖啡壶",
    "tracking_number": "SF1234567890123", "updated_at": AT, "value": "black", "warehouse_name": "余杭仓",
    "zh": "手冲咖啡壶",
    "amount_minor": 15900, "basis_points": 10_000, "commission_basis_points": 500, "height": 960, "width": 960,
    "prices": {ID: 12900}, "slug": "double-12",
    "price_minor": 15900, "list_price_minor": 19900, "first_minor": 800, "next_minor": 200, "weight_grams": 650,
    "gtin": "6901028075763", "model": "KT-600", "tags": "手冲", "origin": "330000", "from_pieces": 10,
    "free_from_minor": 9900, "available": 8, "on_hand": 10, "reserved": 2, "sold_count": 128,
    "channels": "web", "stack_group": "winter",
}  # fmt: skip
A_FEW = 1  # of whatever else is counted


def example(document: Schema, schema: Schema, *, name: str = "", seen: tuple[str, ...] = ()) -> Any:
    """Return a value of `schema`; `name` is what the field is called, `seen` the types it stands in."""
    reference = str(schema.get("$ref", ""))
    if reference:
        target = document["components"]["schemas"][reference.rpartition("/")[2]]
        return example(document, target, name=name, seen=(*seen, reference))
    if len(schema.get("allOf", ())) == 1:  # a reference with something beside it, such as a default
        return example(document, schema["allOf"][0], name=name, seen=seen)
    ways = schema.get("anyOf") or schema.get("oneOf", ())
    options = [one for one in ways if one.get("type") != "null"]
    if options:
        return (
            WORDS[name]
            if WORDS.get(name, "") is None
            else example(document, options[0], name=name, seen=seen)
        )
    if "examples" in schema or "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("examples") or schema.get("enum") or [None])[0])
    return _of_type(document, schema, name, seen)


def _of_type(document: Schema, schema: Schema, name: str, seen: tuple[str, ...]) -> Any:
    kind = schema.get("type")
    if kind == "array":
        items = schema["items"]
        is_endless = items.get("$ref") in seen
        return [] if is_endless else [example(document, items, name=name, seen=seen)]
    if kind == "object" and "properties" in schema:
        return {
            field: example(document, one, name=field, seen=seen)
            for field, one in schema["properties"].items()
        }
    if kind == "string":
        return FORMATS.get(schema.get("format", ""), WORDS.get(name, ""))
    if kind == "boolean":
        return name != "is_capped"
    return WORDS.get(name, {} if kind == "object" else A_FEW)
