"""The names of the built files."""

import json
from pathlib import Path

from jishi.entry.http.rendering.assets import build

MANIFEST = {
    "src/entry-client.ts": {
        "file": "assets/entry-1.js",
        "css": ["assets/entry-1.css"],
        "imports": ["_vendor.js"],
    },
    "_vendor.js": {"file": "assets/vendor-1.js", "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-1.js", "imports": ["_vendor.js"]},
    "src/pages/HomePage.vue": {
        "file": "assets/HomePage-1.js",
        "css": ["assets/HomePage-1.css"],
        "imports": ["_shared.js"],
    },
    "src/i18n/en.ts": {"file": "assets/en-1.js"},
}


def built(folder: Path) -> Path:
    """A folder as the front end's build leaves it."""
    storefront = folder / "storefront"
    storefront.mkdir(parents=True)
    (storefront / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    (storefront / "boot.json").write_text(
        json.dumps({"src/boot.ts": {"file": "assets/boot-1.js"}}), encoding="utf-8"
    )
    (storefront / "worker.js").write_text("work()", encoding="utf-8")
    (folder / "storefront-ssr").mkdir()
    (folder / "storefront-ssr" / "server.js").write_text("", encoding="utf-8")
    return folder


def test_a_page_preloads_what_it_will_ask_for_once(tmp_path: Path) -> None:
    found = build((tmp_path / "nothing here", built(tmp_path)))
    assert found is not None
    assets = found.assets("src/pages/HomePage.vue", "en")
    base = "/static/storefront/assets/"
    assert assets.entry == f"{base}entry-1.js"
    assert assets.boot == f"{base}boot-1.js"
    assert assets.styles == (f"{base}entry-1.css", f"{base}HomePage-1.css")
    assert assets.preloads == (
        f"{base}vendor-1.js", f"{base}shared-1.js", f"{base}HomePage-1.js", f"{base}en-1.js",
    )  # fmt: skip


def test_a_page_without_a_chunk_of_its_own_still_loads_the_entry(tmp_path: Path) -> None:
    found = build((built(tmp_path),))
    assert found is not None
    assert found.assets("src/pages/Gone.vue", "zh").preloads == (
        "/static/storefront/assets/vendor-1.js",
        "/static/storefront/assets/shared-1.js",
    )


def test_without_a_build_there_is_none(tmp_path: Path) -> None:
    assert build((tmp_path,)) is None


def test_half_a_build_is_none_so_that_scripts_always_fit_together(tmp_path: Path) -> None:
    half = built(tmp_path / "half")
    (half / "storefront-ssr" / "server.js").unlink()
    whole = built(tmp_path / "whole")
    found = build((half, whole))
    assert found is not None
    assert found.server_bundle == whole / "storefront-ssr" / "server.js"


def test_a_change_of_styles_alone_is_another_build(tmp_path: Path) -> None:
    before = build((built(tmp_path / "before"),))
    after_folder = built(tmp_path / "after")
    manifest = after_folder / "storefront" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("entry-1.css", "entry-2.css"), encoding="utf-8")
    after = build((after_folder,))
    assert before is not None
    assert after is not None
    assert before.key != after.key
