"""What a block of a store's front may be; no Django, no clock."""

from collections.abc import Iterator, Sequence

from jishi.discovery.content.types_decoration import (
    BANNERS_MAX,
    PRODUCTS_MAX,
    Block,
    BlockKind,
    ProductRule,
)
from jishi.kernel.errors import Invalid
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.words import Text

TITLE_MAX, TEXT_MAX, ALT_MAX = 60, 500, 60
# How many pictures and how many products each kind has, from and to.
_PICTURES = {
    BlockKind.BANNERS: (1, BANNERS_MAX),
    BlockKind.PICTURE_TEXT: (1, 1),
    BlockKind.TWO_PICTURES: (2, 2),
}
_PRODUCTS = {BlockKind.CHOSEN_PRODUCTS: (1, PRODUCTS_MAX)}
_TITLED = {
    BlockKind.PICTURE_TEXT,
    BlockKind.CHOSEN_PRODUCTS,
    BlockKind.RULED_PRODUCTS,
    BlockKind.NOTICE,
}
_SAYING = {BlockKind.PICTURE_TEXT, BlockKind.NOTICE}


def check(blocks: Sequence[Block]) -> None:
    """Refuse blocks that are not what their kind says. Raises: Invalid, naming the block (from 0) and its field."""
    for number, block in enumerate(blocks):
        for field in _faults(block):
            raise Invalid(field=f"blocks.{number}.{field}")


def _faults(block: Block) -> Iterator[str]:
    if not _is_text(block.title, TITLE_MAX, is_allowed=block.kind in _TITLED):
        yield "title"
    if not _is_text(block.text, TEXT_MAX, is_allowed=block.kind in _SAYING):
        yield "text"
    if block.kind in _SAYING and not (block.title.zh.strip() or block.text.zh.strip()):
        yield "text"
    least, most = _PICTURES.get(block.kind, (0, 0))
    if not least <= len(block.pictures) <= most:
        yield "pictures"
    for one in block.pictures:
        if not _is_text(one.alt, ALT_MAX) or (one.product_id and one.store_category_id):
            yield "pictures"
    least, most = _PRODUCTS.get(block.kind, (0, 0))
    if not least <= len(set(block.product_ids)) <= most or len(set(block.product_ids)) < len(
        block.product_ids
    ):
        yield "product_ids"
    if (block.rule is not None) != (block.kind is BlockKind.RULED_PRODUCTS):
        yield "rule"
    if (block.store_category_id is not None) != (block.rule is ProductRule.STORE_CATEGORY):
        yield "store_category_id"


def _is_text(text: Text, length_max: int, *, is_allowed: bool = True) -> bool:
    if has_unstorable([text.zh, text.en]):
        return False
    return max(len(text.zh), len(text.en)) <= (length_max if is_allowed else 0)
