"""What the names of pictures in a table stand for."""

from collections.abc import Sequence

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.fetching import is_web_address
from jishi.kernel.ids import MediaId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.imports.models import ImportRow
from jishi.offering.imports.rules_pictures import key_of, sources_of
from jishi.offering.imports.types import Pictures, RunStatus
from jishi.offering.media import queries as media


def pictures_of(run: ImportRow, names: Sequence[str]) -> Pictures:
    """Return what a table's names for pictures stand for. While it is checked, those of the zip and of addresses
    stand for themselves: nothing is fetched, nothing taken in.
    """
    merchant_id = MerchantId(run.merchant_id)
    known = rows("SELECT name, media_id, problem::text FROM imports_picture WHERE run_id = %s", [run.id])
    sources = sources_of(names, [name for name, _, _ in known if not is_web_address(name)])
    found = dict(media.named(merchant_id, [name for name in names if name not in sources]))
    if run.status == RunStatus.CHECKING:
        found |= {name: MediaId(key_of(source)) for name, source in sources.items()}
        return Pictures(found=found, problems={}, sources=sources)
    taken = {name: MediaId(media_id) for name, media_id, _ in known if media_id}
    refused = {name: msgspec.json.decode(problem, type=Text) for name, _, problem in known if problem}
    return Pictures(
        found=found | {name: taken[source] for name, source in sources.items() if source in taken},
        problems={name: refused[source] for name, source in sources.items() if source in refused},
        sources=sources,
    )
