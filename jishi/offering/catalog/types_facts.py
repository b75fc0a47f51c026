"""What a product is beside its texts and prices: the facts its merchant states, as they cross the border."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jishi.kernel.exact import Whole
from jishi.kernel.words import Text

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What holds for every SKU of a product; empty: the merchant does not say.

    `unit` is what one piece is (a code of `UNITS`), `origin` where the goods come from (a code of
    `ORIGINS`); `warranty_months` 0 is none at all, up to 600. `tags` are up to 10 words of up to 20
    characters that the goods can be found by.
    """

    unit: str = ""
    origin: str = ""
    warranty_months: Whole | None = None
    warranty_note: Text = NOTHING
    tags: list[str] = field(default_factory=list)

    @property
    def warranty(self) -> Text:
        """Return what the warranty is, in both languages: how long, and the note; empty when nothing is said."""
        months, note = self.warranty_months, self.warranty_note
        return Text(
            _joined(_months_zh(months), note.zh, "；"), _joined(_months_en(months), note.of("en"), "; ")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TierWish:
    """A wholesale step as a merchant writes it: from so many pieces on each costs `price_minor`."""

    from_pieces: Whole
    price_minor: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCode:
    """A code that can be chosen, and what people read."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChoices:
    """What facts of a product can be chosen from."""

    units: list[NamedCode]
    origins: list[NamedCode]


# -- codes and what they are called --------------------------------------------------------------------------------

UNITS: Mapping[str, Text] = {
    "piece": Text("件", "piece"),
    "item": Text("个", "item"),
    "pair": Text("双", "pair"),
    "set": Text("套", "set"),
    "box": Text("盒", "box"),
    "case": Text("箱", "case"),
    "pack": Text("包", "pack"),
    "bag": Text("袋", "bag"),
    "bottle": Text("瓶", "bottle"),
    "can": Text("罐", "can"),
    "jar": Text("桶", "tub"),
    "stick": Text("支", "stick"),
    "strip": Text("条", "strip"),
    "sheet": Text("张", "sheet"),
    "roll": Text("卷", "roll"),
    "book": Text("本", "copy"),
    "unit": Text("台", "unit"),
    "dozen": Text("打", "dozen"),
    "gram": Text("克", "g"),
    "jin": Text("斤", "500 g"),
    "kilogram": Text("千克", "kg"),
    "litre": Text("升", "litre"),
    "metre": Text("米", "metre"),
    "square_metre": Text("平方米", "m²"),
    "time": Text("次", "time"),
    "share": Text("份", "portion"),
}

# Regions of China by their codes (GB/T 2260), countries by theirs (ISO 3166-1).
ORIGINS: Mapping[str, Text] = {
    "CN": Text("中国", "China"),
    "110000": Text("北京", "Beijing"),
    "120000": Text("天津", "Tianjin"),
    "130000": Text("河北", "Hebei"),
    "140000": Text("山西", "Shanxi"),
    "150000": Text("内蒙古", "Inner Mongolia"),
    "210000": Text("辽宁", "Liaoning"),
    "220000": Text("吉林", "Jilin"),
    "230000": Text("黑龙江", "Heilongjiang"),
    "310000": Text("上海", "Shanghai"),
    "320000": Text("江苏", "Jiangsu"),
    "330000": Text("浙江", "Zhejiang"),
    "340000": Text("安徽", "Anhui"),
    "350000": Text("福建", "Fujian"),
    "360000": Text("江西", "Jiangxi"),
    "370000": Text("山东", "Shandong"),
    "410000": Text("河南", "Henan"),
    "420000": Text("湖北", "Hubei"),
    "430000": Text("湖南", "Hunan"),
    "440000": Text("广东", "Guangdong"),
    "450000": Text("广西", "Guangxi"),
    "460000": Text("海南", "Hainan"),
    "500000": Text("重庆", "Chongqing"),
    "510000": Text("四川", "Sichuan"),
    "520000": Text("贵州", "Guizhou"),
    "530000": Text("云南", "Yunnan"),
    "540000": Text("西藏", "Tibet"),
    "610000": Text("陕西", "Shaanxi"),
    "620000": Text("甘肃", "Gansu"),
    "630000": Text("青海", "Qinghai"),
    "640000": Text("宁夏", "Ningxia"),
    "650000": Text("新疆", "Xinjiang"),
    "710000": Text("中国台湾", "Taiwan, China"),
    "810000": Text("中国香港", "Hong Kong, China"),
    "820000": Text("中国澳门", "Macao, China"),
    "AR": Text("阿根廷", "Argentina"),
    "AT": Text("奥地利", "Austria"),
    "AU": Text("澳大利亚", "Australia"),
    "BD": Text("孟加拉国", "Bangladesh"),
    "BE": Text("比利时", "Belgium"),
    "BR": Text("巴西", "Brazil"),
    "CA": Text("加拿大", "Canada"),
    "CH": Text("瑞士", "Switzerland"),
    "CL": Text("智利", "Chile"),
    "CO": Text("哥伦比亚", "Colombia"),
    "CZ": Text("捷克", "Czechia"),
    "DE": Text("德国", "Germany"),
    "DK": Text("丹麦", "Denmark"),
    "EC": Text("厄瓜多尔", "Ecuador"),
    "EG": Text("埃及", "Egypt"),
    "ES": Text("西班牙", "Spain"),
    "ET": Text("埃塞俄比亚", "Ethiopia"),
    "FI": Text("芬兰", "Finland"),
    "FR": Text("法国", "France"),
    "GB": Text("英国", "United Kingdom"),
    "GR": Text("希腊", "Greece"),
    "HU": Text("匈牙利", "Hungary"),
    "ID": Text("印度尼西亚", "Indonesia"),
    "IE": Text("爱尔兰", "Ireland"),
    "IL": Text("以色列", "Israel"),
    "IN": Text("印度", "India"),
    "IR": Text("伊朗", "Iran"),
    "IT": Text("意大利", "Italy"),
    "JP": Text("日本", "Japan"),
    "KE": Text("肯尼亚", "Kenya"),
    "KH": Text("柬埔寨", "Cambodia"),
    "KR": Text("韩国", "South Korea"),
    "LA": Text("老挝", "Laos"),
    "LK": Text("斯里兰卡", "Sri Lanka"),
    "MA": Text("摩洛哥", "Morocco"),
    "MM": Text("缅甸", "Myanmar"),
    "MN": Text("蒙古", "Mongolia"),
    "MX": Text("墨西哥", "Mexico"),
    "MY": Text("马来西亚", "Malaysia"),
    "NL": Text("荷兰", "Netherlands"),
    "NO": Text("挪威", "Norway"),
    "NP": Text("尼泊尔", "Nepal"),
    "NZ": Text("新西兰", "New Zealand"),
    "PE": Text("秘鲁", "Peru"),
    "PH": Text("菲律宾", "Philippines"),
    "PK": Text("巴基斯坦", "Pakistan"),
    "PL": Text("波兰", "Poland"),
    "PT": Text("葡萄牙", "Portugal"),
    "RO": Text("罗马尼亚", "Romania"),
    "RU": Text("俄罗斯", "Russia"),
    "SE": Text("瑞典", "Sweden"),
    "SG": Text("新加坡", "Singapore"),
    "TH": Text("泰国", "Thailand"),
    "TR": Text("土耳其", "Türkiye"),
    "UA": Text("乌克兰", "Ukraine"),
    "US": Text("美国", "United States"),
    "UY": Text("乌拉圭", "Uruguay"),
    "VN": Text("越南", "Vietnam"),
    "ZA": Text("南非", "South Africa"),
}


def _months_zh(months: int | None) -> str:
    if months is None:
        return ""
    if months == 0:
        return "不保修"
    return f"{months // 12} 年" if months % 12 == 0 else f"{months} 个月"


def _months_en(months: int | None) -> str:
    if months is None:
        return ""
    if months == 0:
        return "No warranty"
    count, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _joined(length: str, note: str, between: str) -> str:
    return between.join(part for part in (length, note) if part)
