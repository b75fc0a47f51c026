"""What the catalogue says of a wish, told of the rows and columns it came from. No database, no clock."""

from collections.abc import Mapping

from jishi.kernel.gtin import normal_gtin
from jishi.kernel.ids import ProductId
from jishi.kernel.words import Text
from jishi.offering.imports.rules import ATTRIBUTE
from jishi.offering.imports.rules_facts import NO_ORIGIN, NO_UNIT
from jishi.offering.imports.rules_tiers import STEPS
from jishi.offering.imports.rules_wish import MISSING, NO_BRAND, WHOLE, Assembled
from jishi.offering.imports.types import Complaint, Group

FIELDS: Mapping[str, str] = {
    "title": "title_zh",
    "title.zh": "title_zh",
    "title.en": "title_en",
    "subtitle": "subtitle_zh",
    "description": "description_zh",
    "description.zh": "description_zh",
    "description.en": "description_en",
    "subtitle.zh": "subtitle_zh",
    "subtitle.en": "subtitle_en",
    "category_id": "category",
    "brand_id": "brand",
    "media_ids": "pictures",
    "per_buyer_limit": "per_buyer_limit",
    "voucher_days": "voucher_days",
    "code": "code",
    "price_minor": "price",
    "list_price_minor": "list_price",
    "weight_grams": "weight_grams",
    "volume_cm3": "volume_cm3",
    "gtin": "gtin",
    "model": "model",
    "tiers": "tiers",
    "facts.unit": "unit",
    "facts.origin": "origin",
    "facts.warranty_months": "warranty_months",
    "facts.warranty_note": "warranty_zh",
    "facts.tags": "tags",
    "tags": "tags",
    "warranty.zh": "warranty_zh",
    "warranty.en": "warranty_en",
}
SUBTITLE_LENGTH = Text("不超过 200 个字", "It may have 200 characters at most")
DESCRIPTION_LENGTH = Text("不超过 60000 个字", "It may have 60,000 characters at most")
SAID: Mapping[str, Text] = {
    "title_zh": Text("必填,不超过 120 个字", "It is needed, with 120 characters at most"),
    "title_en": Text("不超过 120 个字", "It may have 120 characters at most"),
    "subtitle_en": SUBTITLE_LENGTH,
    "description_en": DESCRIPTION_LENGTH,
    "subtitle_zh": SUBTITLE_LENGTH,
    "description_zh": DESCRIPTION_LENGTH,
    "category": Text("请选择开放的末级类目", "Choose an open category without children"),
    "brand": NO_BRAND,
    "pictures": Text(
        "提交审核的商品至少要有一张、至多 15 张图片", "A product for review needs 1 to 15 pictures"
    ),
    "per_buyer_limit": Text("应为 1 到 100000", "It must be from 1 to 100,000"),
    "voucher_days": Text(
        "服务商品应填 1 到 1095,其他商品不填",
        "1 to 1,095 for a service, nothing for other goods",
    ),
    "code": Text("必填,不超过 60 个字", "It is needed, with 60 characters at most"),
    "price": Text("应大于 0", "It must be more than 0"),
    "list_price": Text("不能低于售价", "It must not be below the price"),
    "weight_grams": WHOLE,
    "volume_cm3": WHOLE,
    "gtin": Text(
        "应为 8、12、13 或 14 位条码,且校验位正确",
        "It must be 8, 12, 13 or 14 digits with the right check digit",
    ),
    "model": Text("不超过 60 个字", "It may have 60 characters at most"),
    "tiers": STEPS,
    "unit": NO_UNIT,
    "origin": NO_ORIGIN,
    "warranty_months": Text("应为 0 到 600 个月", "It must be from 0 to 600 months"),
    "warranty_zh": Text("不超过 100 个字", "It may have 100 characters at most"),
    "warranty_en": Text("不超过 100 个字", "It may have 100 characters at most"),
    "tags": Text("至多 10 个标签,每个不超过 20 个字", "At most 10 tags of 20 characters each"),
}
AXES = Text(
    "销售属性不完整,或有两行的组合相同",
    "The sale attributes are not complete, or two rows are the same combination",
)
NOT_AUTHORISED = Text(
    "该品牌需要授权,请先提交授权资料", "This brand needs an authorisation; hand in the brand's letter first"
)
NOT_A_VALUE = Text("不是这个类目属性允许的值", "The category does not allow this value")
OTHERS_GTIN = Text("条码已被其他商品使用", "Another product has this GTIN")
OTHER = Text("商品资料不完整或有误", "The product is not complete, or not valid")


def complaint_of(
    invalid_field: str, said: Mapping[str, object], made: Assembled, group: Group
) -> tuple[int, Complaint]:
    """Return where in the sheet a field of a wish stands that the catalogue does not accept, and what is wrong.

    `said` is what the catalogue adds: the `reason`, and the `word` that is not taken.
    """
    reason = str(said.get("reason", ""))
    place, found = _placed(invalid_field, reason, made, group)
    if reason == "authorisation":
        return place, Complaint(found.target, NOT_AUTHORISED)
    if reason == "word":
        word = said["word"]
        forbidden = Text(f"含有平台禁止使用的词:{word}", f"Contains a word that is not taken here: {word}")
        return place, Complaint(found.target, forbidden)
    return place, found


def _placed(invalid_field: str, reason: str, made: Assembled, group: Group) -> tuple[int, Complaint]:
    place, target = group.places[0], None
    parts = invalid_field.removeprefix("wish.").split(".")
    if parts[0] == "skus" and len(parts) == 3:  # skus.<number>.<field>
        stands = made.places[int(parts[1])]
        place = group.places[0] if stands is None else stands
        target = FIELDS.get(parts[2])
    elif parts[0] == "attributes" and len(parts) > 1:
        code = invalid_field.removeprefix("wish.attributes.")
        return place, Complaint(f"{ATTRIBUTE}{code}", MISSING if reason == "required" else NOT_A_VALUE)
    else:
        target = FIELDS.get(".".join(parts)) or FIELDS.get(parts[0])
    if target:
        return place, Complaint(target, SAID[target])
    return place, Complaint(None, AXES if parts[0] in ("skus", "axes") else OTHER)


def other_owner(
    made: Assembled, group: Group, owners: Mapping[str, ProductId], product_id: ProductId | None
) -> dict[int, list[Complaint]]:
    """Return the rows whose GTIN belongs to another product, with why they are not taken."""
    return {
        group.places[0] if place is None else place: [Complaint("gtin", OTHERS_GTIN)]
        for sku, place in zip(made.wish.skus, made.places, strict=True)
        if (owner := owners.get(normal_gtin(sku.gtin))) is not None and owner != product_id
    }


def sibling(line: int) -> Complaint:
    """Return why a row that is right is not taken: another of its product is not."""
    return Complaint(
        None,
        Text(
            f"同一商品的第 {line} 行有误,整个商品未导入",
            f"Line {line} of the same product is refused, so nothing of it is taken",
        ),
    )
