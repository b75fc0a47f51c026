"""The demo market's home page: banners and shelves."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from jishi.discovery.content import services
from jishi.discovery.content.types import ShelfKind
from jishi.entry.demo import painting, pictures
from jishi.kernel.db import row
from jishi.kernel.ids import CategoryId
from jishi.kernel.words import Text
from jishi.offering.media import queries
from jishi.offering.media import services as media

# Words, what leads there (a category's code), the objects and the colour of each banner.
BANNERS = (
    (
        Text("把露营装进周末", "Pack the weekend, go camping"),
        Text("帐篷、徒步鞋、野餐篮，一站备齐", "Tents, boots and picnic baskets in one place"),
        "camping",
        ["1f9fa", "26fa", "1f97e", "1f9ed"],
        "#1E8E6E",
    ),
    (
        Text("好声音，不打扰别人", "Good sound, nobody disturbed"),
        Text("降噪耳机与桌面音箱", "Noise-cancelling headphones and speakers"),
        "audio",
        ["1f3a4", "1f3a7", "1f50a", "1f4fb"],
        "#3b6fb5",
    ),
    (
        Text("新茶到了", "The new tea is here"),
        Text("从茶园到杯子，不超过两周", "From the garden to the cup within two weeks"),
        "tea",
        ["1f343", "1fad6", "1f375", "1f36f"],
        "#4d7c4a",
    ),
    (
        Text("一口好锅，一桌热菜", "A good pot, a warm table"),
        Text("铸铁、珐琅与景德镇的碗", "Cast iron, enamel and the bowls of Jingdezhen"),
        "cookware",
        ["1f963", "1f372", "1f373", "1fad6"],
        "#b5603c",
    ),
    (
        Text("给房间一点绿", "Some green for the room"),
        Text("带土发货，死了包赔三十天", "Sent in their soil, replaced for thirty days"),
        "plant",
        ["1f335", "1fab4", "1f334", "1f337"],
        "#3f8f63",
    ),
    (
        Text("陪孩子慢慢长大", "Growing up, slowly"),
        Text("玩具、绘本与第一把吉他", "Toys, picture books and a first guitar"),
        "toys",
        ["1f3b8", "1f9f8", "1f680", "1f3a8"],
        "#d08a2e",
    ),
)
SHELVES = (
    ("best-sellers", Text("大家都在买", "Best sellers"), ShelfKind.BEST_SELLERS, None),
    ("new", Text("新品上架", "Just in"), ShelfKind.NEWEST, None),
    ("digital", Text("数码好物", "Phones and gadgets"), ShelfKind.CATEGORY, "digital"),
    ("kitchenware", Text("厨房里的好帮手", "For the kitchen"), ShelfKind.CATEGORY, "kitchenware"),
    ("food", Text("一日三餐，一杯好茶", "Good food and tea"), ShelfKind.CATEGORY, "food"),
    ("home", Text("把家收拾舒服", "A comfortable home"), ShelfKind.CATEGORY, "home"),
    ("fashion", Text("穿得自在", "Wear it easy"), ShelfKind.CATEGORY, "fashion"),
    ("beauty", Text("好好照顾自己", "Be good to yourself"), ShelfKind.CATEGORY, "beauty"),
    ("outdoor", Text("到户外去", "Out of doors"), ShelfKind.CATEGORY, "outdoor"),
    ("reading", Text("读一页，写一行", "Read a page, write a line"), ShelfKind.CATEGORY, "reading"),
    ("toys", Text("陪孩子玩", "Play together"), ShelfKind.CATEGORY, "toys"),
    ("garden", Text("阳台上的四季", "Seasons on the balcony"), ShelfKind.CATEGORY, "garden"),
    ("pets", Text("毛孩子的好东西", "For furry friends"), ShelfKind.CATEGORY, "pets"),
    ("appliance", Text("省心家电", "Appliances that help"), ShelfKind.CATEGORY, "appliance"),
)


def ensure_home(category_ids: Mapping[str, CategoryId], filled: Collection[str], *, now: datetime) -> None:
    """Put up the banners and shelves of the filled categories, unless there are some."""
    if row("SELECT 1 FROM content_shelf LIMIT 1"):
        return
    for sort, (title, subtitle, category, emojis, colour) in enumerate(BANNERS):
        if category not in filled:
            continue
        services.set_banner(
            title=title,
            subtitle=subtitle,
            picture=_picture(category, emojis, colour, now),
            link=f"/c/{category_ids[category]}",
            sort=sort,
        )
    for sort, (code, title, kind, top) in enumerate(SHELVES):
        if top and top not in filled:
            continue
        services.set_shelf(
            code=code,
            title=title,
            kind=kind,
            category_id=category_ids[top] if top else None,
            sort=sort,
        )


def _picture(name: str, emojis: list[str], colour: str, now: datetime) -> dict[str, Any]:
    picture = pictures.banner(emojis, colour=colour, seed=name)
    made = painting.encoded(picture)
    kept = media.keep(merchant_id=None, made=made, file_name=f"banner-{name}.png", staff_id=None, now=now)
    return queries.entries(None, [kept.id])[kept.id]
