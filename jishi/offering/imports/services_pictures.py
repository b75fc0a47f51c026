"""Pictures that a table names, taken in before the rows that name them are written: out of the zip, or fetched."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import ShopError
from jishi.kernel.fetching import CannotFetch, Fetcher, host_of, is_web_address
from jishi.kernel.ids import MediaId, MerchantId, UserId
from jishi.kernel.network import network
from jishi.kernel.words import Text
from jishi.offering.imports.models import ImportRow
from jishi.offering.imports.rules_pictures import key_of, sources_of
from jishi.offering.imports.types import Pictures, RunStatus
from jishi.offering.media import queries as media
from jishi.offering.media import services as library

FETCHER = Fetcher(bytes_max=library.BYTES_MAX)
AT_ONCE = 12  # decoding and encoding takes about a second each
SIDE_BY_SIDE = 6
SIDE_BY_SIDE_OF_A_HOST = 2

Taken = MediaId | Text


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


def take_in(
    run: ImportRow, pictures: Pictures, names: Iterable[str], *, fetcher: Fetcher, now: datetime
) -> bool:
    """Take in some of the pictures that are missing for these names, note what came of each, and say whether there
    were any. Done again after a crash, the same pictures are the same.
    """
    some = pictures.pending(names)[:AT_ONCE]
    if not some:
        return False
    files: dict[str, bytes | Text] = dict(_zipped(run, some))
    files |= _fetched([one for one in some if one not in files], fetcher)
    outcomes = {
        name: _kept(run, name, one, now) if isinstance(one, bytes) else one for name, one in files.items()
    }
    with atomic():
        execute(
            "INSERT INTO imports_picture (run_id, name_key, name, media_id, problem) "
            "SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::jsonb[]) "
            "ON CONFLICT (run_id, name_key) DO UPDATE "
            "SET data = NULL, media_id = excluded.media_id, problem = excluded.problem",
            [
                run.id,
                [key_of(name) for name in outcomes],
                list(outcomes),
                [one if isinstance(one, UUID) else None for one in outcomes.values()],
                [_problem(one) for one in outcomes.values()],
            ],
        )
        execute(
            "UPDATE imports_run SET changed_at = %s, picture_count = %s, "
            "picture_done_count = picture_done_count + %s WHERE id = %s",
            [now, len(set(pictures.sources.values())), len(outcomes), run.id],
        )
    return True


def _problem(outcome: Taken) -> str | None:
    return msgspec.json.encode(outcome).decode() if isinstance(outcome, Text) else None


def _zipped(run: ImportRow, names: Sequence[str]) -> Iterable[tuple[str, bytes]]:
    found = rows(
        "SELECT name, data FROM imports_picture WHERE run_id = %s AND name_key = ANY(%s::uuid[]) "
        "AND data IS NOT NULL",
        [run.id, [key_of(name) for name in names]],
    )
    return ((name, bytes(data)) for name, data in found)


def _fetched(urls: Sequence[str], fetcher: Fetcher) -> Mapping[str, bytes | Text]:
    """Return what addresses named, or why not; some side by side, few of them of one host."""
    if not urls:
        return {}
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(host_of(url), []).append(url)
    lanes = [
        lane
        for of_host in by_host.values()
        for start in range(SIDE_BY_SIDE_OF_A_HOST)
        if (lane := of_host[start::SIDE_BY_SIDE_OF_A_HOST])
    ]
    with network(), ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="fetch") as pool:
        fetched = pool.map(lambda lane: [(url, _asked(url, fetcher)) for url in lane], lanes)
        return {url: what for lane in fetched for url, what in lane}


def _asked(url: str, fetcher: Fetcher) -> bytes | Text:
    try:
        return fetcher.fetch(url)
    except CannotFetch as refused:
        return refused.reason


def _kept(run: ImportRow, name: str, data: bytes, now: datetime) -> Taken:
    try:
        made = library.upload(
            merchant_id=MerchantId(run.merchant_id),
            data=data,
            file_name=file_name_of(name),
            declared_type=None,
            staff_id=UserId(run.staff_id) if run.staff_id else None,
            now=now,
        )
    except ShopError as refused:
        return Text(refused.detail("zh"), refused.detail("en"))
    return made.id


def file_name_of(name: str) -> str:
    """Return the last part of a path or an address."""
    path = unquote(urlsplit(name).path) if is_web_address(name) else name
    return path.rpartition("/")[2]
