"""Pictures come with a table: out of a zip or from addresses, all of them accounted for, nothing else let in."""

import io
import stat
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import ClassVar

import pytest
from pytest_django import Settings

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.fetching import Fetcher
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog.tests.factories import make_category
from jishi.offering.imports import queries, reading_zip, services, services_run
from jishi.offering.imports.reading_zip import NoPictureInZip, NotAZip, ZipTooBig
from jishi.offering.imports.tests.factories import (
    HEADS,
    NOW,
    Shop,
    begin,
    check,
    counts,
    cup,
    make_shop,
    product_of,
    refused,
    table,
    upload,
)
from jishi.offering.imports.types import ImportId, ImportRun, RunStatus
from jishi.offering.media.tests.test_pixels import drawn, file_of

pytestmark = pytest.mark.django_db

HEADS_WITH = [*HEADS, "图片"]


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def picture(spot: int = 10, kind: str = "JPEG") -> bytes:
    return file_of(drawn(400, 300, spot=(spot, 20)), kind)


def zipped(parts: dict[str, bytes], packed: int = zipfile.ZIP_STORED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    file.seek(0)
    return file


class Shelf(BaseHTTPRequestHandler):
    """A server of pictures that counts who asked for what."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        """Answer a picture, something else, or that there is nothing."""
        self.asked[self.path] += 1
        found = {"/a.jpg": picture(10), "/b.png": picture(60, "PNG"), "/page.jpg": b"<html>no picture</html>"}
        data = found.get(self.path)
        self.send_response(200 if data else 404)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shelf() -> Iterator[str]:
    Shelf.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def write(shop: Shop, run_id: ImportId) -> ImportRun:
    """Do all that workers would, with a fetcher that may ask this machine."""
    fetcher = Fetcher(bytes_max=1_000_000, allowed=[ip_network("127.0.0.1/32")])
    while services_run.go_on(shop.merchant_id, run_id, now=NOW, fetcher=fetcher):
        pass
    return queries.run(shop.merchant_id, run_id)


def pictures_of(shop: Shop, code: str) -> list[str]:
    """The files' names of a product's pictures, in its order."""
    ids = catalog.product_for_merchant(shop.merchant_id, product_of(code)).wish.media_ids
    names = dict(rows("SELECT id, file_name FROM media_asset WHERE id = ANY(%s::uuid[])", [ids]))
    return [names[one] for one in ids]


def test_pictures_of_a_zip_become_the_products() -> None:
    shop = make_shop()
    body = [
        [*cup(1), "front.jpg; more/back.png"],
        [*cup(2), "front.jpg"],
        [*cup(3), "nothing.jpg"],
        [*cup(4), ""],
    ]
    made = upload(shop, table(body, HEADS_WITH))
    assert counts(check(shop, made)) == (1, 0, 0, 3)
    parts = {
        "front.jpg": picture(), "more/": b"", "more/back.png": picture(60, "PNG"),
        "__MACOSX/._front.jpg": b"?", "more/.DS_Store": b"?",
    }  # fmt: skip
    run = services.upload_pictures(
        merchant_id=shop.merchant_id, run_id=made.run.id, file=zipped(parts), now=NOW
    )
    assert (run.status, run.zip_count) == (RunStatus.UPLOADED, 2)

    assert counts(check(shop, made)) == (3, 0, 0, 1)
    assert rows("SELECT count(*) FROM media_asset") == [(0,)]
    (said,) = refused(shop, made.run.id)
    assert (said.line, said.column) == (4, "图片") and "第 1 张" in said.reason
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    run = write(shop, made.run.id)
    assert (run.status, counts(run)) == (RunStatus.DONE, (3, 0, 0, 1))
    assert (run.picture_count, run.picture_done_count) == (2, 2)
    assert pictures_of(shop, "CUP-1") == ["front.jpg", "back.png"] and pictures_of(shop, "CUP-2") == [
        "front.jpg"
    ]
    assert rows("SELECT count(*) FROM imports_picture") == [(0,)]


def test_pictures_are_fetched_once_and_what_is_missing_is_told(shelf: str) -> None:
    shop = make_shop()
    body = [
        [*cup(1), f"{shelf}/a.jpg\n{shelf}/b.png"],
        [*cup(2), f"{shelf}/a.jpg"],
        [*cup(3), f"{shelf}/a.jpg;{shelf}/none.jpg"],
        [*cup(4), f"{shelf}/page.jpg"],
        [*cup(5), "http://169.254.169.254/latest"],
        [*cup(6), "ftp://example.com/a.jpg"],
    ]
    made = upload(shop, table(body, HEADS_WITH))
    assert counts(check(shop, made)) == (5, 0, 0, 1)  # an address is looked at, not asked
    assert not Shelf.asked
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    run = write(shop, made.run.id)

    assert (run.status, counts(run)) == (RunStatus.DONE, (2, 0, 0, 4))
    assert Shelf.asked == {"/a.jpg": 1, "/b.png": 1, "/none.jpg": 1, "/page.jpg": 1}
    assert pictures_of(shop, "CUP-1") == ["a.jpg", "b.png"] and pictures_of(shop, "CUP-2") == ["a.jpg"]
    reasons = {one.line: one.reason for one in refused(shop, run.id)}
    assert "第 2 张:404" in reasons[4] and "JPEG" in reasons[5] and "公网" in reasons[6]


def test_a_zip_and_addresses_and_the_library_mixed(shelf: str) -> None:
    shop = make_shop()
    first = upload(shop, table([[*cup(1), "z.jpg"]], HEADS_WITH))
    services.upload_pictures(
        merchant_id=shop.merchant_id, run_id=first.run.id, file=zipped({"z.jpg": picture(90)}), now=NOW
    )
    check(shop, first)
    services.start(merchant_id=shop.merchant_id, run_id=first.run.id, now=NOW)
    write(shop, first.run.id)
    again = begin(shop, table([[*cup(2), f"z.jpg|{shelf}/a.jpg"]], HEADS_WITH))
    assert counts(write(shop, again)) == (1, 0, 0, 0)
    assert pictures_of(shop, "CUP-2") == ["z.jpg", "a.jpg"]


def test_a_worker_that_dies_between_pictures_goes_on(shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    run_id = begin(shop, table([[*cup(1), f"{shelf}/a.jpg;{shelf}/b.png"]], HEADS_WITH))
    monkeypatch.setattr("jishi.offering.imports.services_pictures.AT_ONCE", 1)
    fetcher = Fetcher(bytes_max=1_000_000, allowed=[ip_network("127.0.0.1/32")])
    assert services_run.go_on(shop.merchant_id, run_id, now=NOW, fetcher=fetcher)
    assert (queries.run(shop.merchant_id, run_id).picture_done_count, Shelf.asked.total()) == (1, 1)
    assert counts(write(shop, run_id)) == (1, 0, 0, 0)
    assert Shelf.asked == {"/a.jpg": 1, "/b.png": 1}


def give(parts: io.BytesIO) -> None:
    shop = Shop(merchant_id=make_merchant(), category_id=make_category())
    made = upload(shop, table([cup(1)]))
    try:
        services.upload_pictures(merchant_id=shop.merchant_id, run_id=made.run.id, file=parts, now=NOW)
    finally:
        assert rows("SELECT count(*) FROM imports_picture") == [(0,)]


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "/etc/a.jpg",
        "a/../../b.jpg",
        "a//b.jpg",
        "./a.jpg",
        "C:/a.jpg",
        "a\\b.jpg",
        "a\u202eb.jpg",
    ],
)
def test_paths_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(NoPictureInZip):
        give(zipped({name: picture()}))


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"MZ\x90", b"PK\x03\x04"],
)
def test_only_pictures_whatever_they_are_called(data: bytes) -> None:
    with pytest.raises(NoPictureInZip) as told:
        give(zipped({"good.jpg": picture(), "bad.jpg": data}))
    assert "bad.jpg" in told.value.detail("zh")


def test_links_are_no_pictures() -> None:
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link, "/etc/passwd")
    file.seek(0)
    with pytest.raises(NoPictureInZip):
        give(file)


def test_bombs_do_not_go_off() -> None:
    bomb = picture() + bytes(8_000_000)
    with pytest.raises(NoPictureInZip):
        give(zipped({"bomb.jpg": bomb}, zipfile.ZIP_DEFLATED))
    with pytest.raises(NoPictureInZip):
        give(zipped({"large.jpg": picture() + bytes(12_000_001)}))


def test_too_many_or_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_zip, "PICTURES_MAX", 2)
    with pytest.raises(ZipTooBig):
        give(zipped({f"{number}.jpg": picture() for number in range(3)}))
    monkeypatch.setattr(reading_zip, "UNPACKED_MAX", 3_000)
    with pytest.raises(ZipTooBig):
        give(zipped({f"{number}.jpg": picture() + bytes(2_000) for number in range(2)}))


def test_what_is_no_zip() -> None:
    whole = zipped({"a.jpg": picture()}).getvalue()
    for data in (b"", b"hello", whole[:-30], whole.replace(picture()[:40], bytes(40), 1)):
        with pytest.raises((NotAZip, NoPictureInZip)) as told:
            give(io.BytesIO(data))
        assert told.value.detail("zh") and told.value.detail("en")


def test_only_ones_own_run_and_only_before_it_is_started() -> None:
    shop = make_shop()
    made = upload(shop, table([cup(1)]))
    with pytest.raises(NotFound):
        services.upload_pictures(
            merchant_id=make_merchant(), run_id=made.run.id, file=zipped({"a.jpg": picture()}), now=NOW
        )
    check(shop, made)
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    with pytest.raises(services.ImportBusy):
        services.upload_pictures(
            merchant_id=shop.merchant_id, run_id=made.run.id, file=zipped({"a.jpg": picture()}), now=NOW
        )


def test_pictures_of_a_run_that_nobody_started_go_with_it() -> None:
    shop = make_shop()
    made = upload(shop, table([cup(1)]))
    services.upload_pictures(
        merchant_id=shop.merchant_id, run_id=made.run.id, file=zipped({"a.jpg": picture()}), now=NOW
    )
    assert services.purge(unchanged_since=NOW.replace(year=2027)) == 1
    assert rows("SELECT count(*) FROM imports_picture") == [(0,)]


def test_two_files_of_one_name_are_told_apart_by_their_folders() -> None:
    shop = make_shop()
    made = upload(shop, table([[*cup(1), "a/1.jpg"], [*cup(2), "1.jpg"]], HEADS_WITH))
    parts = {"a/1.jpg": picture(), "b/1.jpg": picture(60)}
    services.upload_pictures(merchant_id=shop.merchant_id, run_id=made.run.id, file=zipped(parts), now=NOW)
    assert counts(check(shop, made)) == (1, 0, 0, 1)
