"""The demo market as written in `market/*.toml`: read, checked and turned into values.

A `[[product]]` is one product, or, with `models`, a family: the same words for all, `{}` in them replaced by the
model's name, and one line for each model, which is a product with a code, a title, a price, a remark and, if it
looks different, a colour or an object of its own:

    "code | 名 | name | yuan more | look | 一句话 | one sentence | attribute=value, …"
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jishi.kernel.words import Text

FOLDER = Path(__file__).parent / "market"
NOT_MERCHANTS = {"categories.toml", "reviews.toml"}
YUAN = 100


@dataclass(frozen=True, slots=True)
class Colour:
    """A value of the sale axis `colour`, and how objects are painted in it."""

    code: str
    name: Text
    tint: str


COLOURS = {
    colour.code: colour
    for colour in (
        Colour("black", Text("曜石黑", "Obsidian black"), "#34363c"),
        Colour("white", Text("云朵白", "Cloud white"), "#e9e6e0"),
        Colour("silver", Text("月光银", "Moonlight silver"), "#b9bdc6"),
        Colour("grey", Text("雾灰", "Mist grey"), "#8d929b"),
        Colour("red", Text("朱砂红", "Vermilion"), "#cf3a2c"),
        Colour("orange", Text("落日橙", "Sunset orange"), "#e8813a"),
        Colour("pink", Text("樱花粉", "Cherry pink"), "#ea7aa6"),
        Colour("purple", Text("藤紫", "Wisteria"), "#8a64c4"),
        Colour("blue", Text("海湾蓝", "Bay blue"), "#3b76bd"),
        Colour("green", Text("松林绿", "Pine green"), "#3f8f63"),
        Colour("brown", Text("胡桃棕", "Walnut brown"), "#8a5a34"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A value of the second sale axis; `extra_minor` is added to the product's price."""

    code: str
    name: Text
    extra_minor: int


Look = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    """A product. `family` is the code of those it shares pictures with, `looks` what these look like (an object
    and its tint, #rrggbb), and `has_own_look` whether its first picture is its own.
    """

    code: str
    family: str
    category: str
    brand: Text | None
    emoji: str
    tint: str | None
    has_own_look: bool
    looks: tuple[Look, ...]
    title: Text
    subtitle: Text
    about: Text
    points: list[Text]
    price_minor: int
    list_price_minor: int | None
    attributes: dict[str, str]
    colours: list[Colour]
    specs_name: Text
    specs: list[Spec]
    weight_grams: int
    has_film: bool
    origin: str
    model: str
    tags: list[str]

    @property
    def description(self) -> Text:
        """Return the description as HTML."""
        return Text(self._html("zh"), self._html("en"))

    def _html(self, language: str) -> str:
        points = "".join(f"<li>{point.of(language)}</li>" for point in self.points)
        return f"<p>{self.about.of(language)}</p><ul>{points}</ul>"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWarehouse:
    name: Text
    area_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMerchant:
    code: str
    name: Text
    legal_name: str
    introduction: Text
    emoji: str
    colour: str
    commission_basis_points: int
    warehouses: list[DemoWarehouse]
    freight: dict[str, int]
    products: list[DemoProduct]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAttribute:
    code: str
    name: Text
    kind: str
    unit: str
    is_required: bool
    is_filterable: bool
    choices: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCategory:
    """A top category with its children (code and name) and the attributes they inherit."""

    code: str
    name: Text
    icon: str
    children: list[tuple[str, Text]]
    attributes: list[DemoAttribute]


def merchants() -> list[DemoMerchant]:
    """Return the merchants, the largest assortments spread over all categories."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name not in NOT_MERCHANTS)
    return [_merchant(_read(path)) for path in files]


def categories() -> list[DemoCategory]:
    """Return the top categories in the order of the shop."""
    return [_category(one) for one in _read(FOLDER / "categories.toml")["top"]]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _both(text: str) -> Text:
    zh, en = text.split(" | ")
    return Text(zh.strip(), en.strip())


def _merchant(written: dict[str, Any]) -> DemoMerchant:
    one = written["merchant"]
    return DemoMerchant(
        code=one["code"],
        name=_both(one["name"]),
        legal_name=one["legal"],
        introduction=_both(one["introduction"]),
        emoji=_object(one["emoji"]),
        colour=one["colour"],
        commission_basis_points=one["commission"],
        warehouses=[_warehouse(text) for text in one["warehouses"]],
        freight=one["freight"],
        products=[product for entry in written["product"] for product in _products(entry)],
    )


def _object(emoji: str) -> str:
    """Return the code of an object, written as such or as the character itself."""
    return emoji if emoji.isascii() else "-".join(f"{ord(one):x}" for one in emoji)


def _warehouse(text: str) -> DemoWarehouse:
    zh, en, area_code = text.split(" | ")
    return DemoWarehouse(name=Text(zh, en), area_code=area_code)


def _products(one: dict[str, Any]) -> Iterator[DemoProduct]:
    """Yield the product of an entry, or every model of a family."""
    if "models" not in one:
        yield _product(one, family=one["code"], looks=())
    models = [_model(one, line) for line in one.get("models", [])]
    looks = tuple(dict.fromkeys(_look(model) for model in models if model["look"]))
    for place, model in enumerate(models):  # the film of a family is that of its first model
        has_film = model.get("film", False) and place == 0
        yield _product({**model, "film": has_film}, family=one["code"], looks=looks)


def _model(one: dict[str, Any], line: str) -> dict[str, Any]:
    """Return the entry of one model of a family."""
    code, zh, en, extra, look, remark_zh, remark_en, *rest = (part.strip() for part in line.split("|"))
    attributes = dict(pair.strip().split("=") for pair in rest[0].split(",")) if rest else {}
    about_zh, about_en = one["about"].split(" | ")

    def named(text: str) -> str:
        both = _both(text)
        return f"{both.zh.replace('{}', zh)} | {both.en.replace('{}', en)}"

    return {
        **one,
        "code": f"{one['code']}-{code}",
        "title": named(one["title"]),
        "subtitle": f"{remark_zh} | {remark_en}",
        "about": named(f"{remark_zh}。{about_zh.strip()} | {remark_en}. {about_en.strip()}"),
        "points": [named(point) for point in one["points"]],
        "price": one["price"] + int(extra),
        "list": one.get("list", 0) + int(extra),
        "attributes": {**one.get("attributes", {}), **attributes},
        "look": look,
    }


def _look(one: dict[str, Any]) -> Look:
    """Return the object and tint of an entry: `look` is a colour, or another object."""
    look = one.get("look", "")
    if look in COLOURS:
        return _object(one["emoji"]), COLOURS[look].tint
    if look.startswith("#"):
        return _object(one["emoji"]), look
    return _object(look or one["emoji"]), None


def _product(one: dict[str, Any], *, family: str, looks: tuple[Look, ...]) -> DemoProduct:
    emoji, tint = _look(one)
    return DemoProduct(
        code=one["code"],
        family=family,
        category=one["category"],
        brand=_both(one["brand"]) if "brand" in one else None,
        emoji=emoji,
        tint=tint,
        has_own_look=bool(one.get("look")) or family == one["code"],
        looks=looks,
        title=_both(one["title"]),
        subtitle=_both(one["subtitle"]),
        about=_both(one["about"]),
        points=[_both(point) for point in one["points"]],
        price_minor=one["price"] * YUAN,
        list_price_minor=one["list"] * YUAN if one.get("list", 0) > one["price"] else None,
        attributes=one.get("attributes", {}),
        colours=[COLOURS[code] for code in one.get("colours", [])],
        specs_name=_both(one.get("specs_name", "规格 | Version")),
        specs=[_spec(text) for text in one.get("specs", [])],
        weight_grams=one["weight"],
        has_film=one.get("film", False),
        origin=one.get("origin", ""),
        model=one.get("model", ""),
        tags=one.get("tags", []),
    )


def _spec(text: str) -> Spec:
    code, names, extra = text.split(":")
    zh, en = names.split("|")
    return Spec(code=code, name=Text(zh, en), extra_minor=int(extra) * YUAN)


def _category(one: dict[str, Any]) -> DemoCategory:
    zh, en, icon = one["name"].split(" | ")
    return DemoCategory(
        code=one["code"],
        name=Text(zh, en),
        icon=icon,
        children=[_child(text) for text in one["children"]],
        attributes=[_attribute(attribute) for attribute in one.get("attributes", [])],
    )


def _child(text: str) -> tuple[str, Text]:
    code, names = text.split(":")
    return code, _both(names)


def _attribute(one: dict[str, Any]) -> DemoAttribute:
    return DemoAttribute(
        code=one["code"],
        name=_both(one["name"]),
        kind=one.get("kind", "choice"),
        unit=one.get("unit", ""),
        is_required=one.get("required", False),
        is_filterable=one.get("filter", False),
        choices=_choices(one.get("values", [])),
    )


def _choices(texts: Sequence[str]) -> list[dict[str, str]]:
    found = []
    for text in texts:
        code, names = text.split(":")
        zh, en = names.split("|")
        found.append({"code": code, "zh": zh, "en": en})
    return found
