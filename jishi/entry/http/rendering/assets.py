"""The names of the built files, from Vite's manifest: hashed, so that they can be cached for ever."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

BASE = "/static/storefront/"
ENTRY = "src/entry-client.ts"
BOOT = "src/boot.ts"
SERVER_BUNDLE = "storefront-ssr/server.js"
WORKER = "storefront/worker.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What one page loads: the blocking theme script, styles, the entry and what it will ask for at once."""

    boot: str
    entry: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the storefront; `key` changes with anything in it that a page depends on."""

    server_bundle: Path
    worker: bytes
    key: str
    manifest: Mapping[str, Mapping[str, Any]]
    boot: str

    def assets(self, page_module: str, locale: str) -> Assets:
        """Return the files of the page in `page_module` (`src/pages/HomePage.vue`), in one language."""
        keys = [key for key in (ENTRY, page_module, f"src/i18n/{locale}.ts") if key in self.manifest]
        chunks = list(dict.fromkeys(chunk for key in keys for chunk in self._with_imports(key)))
        scripts = dict.fromkeys(BASE + str(self.manifest[chunk]["file"]) for chunk in chunks)
        styles = dict.fromkeys(
            BASE + str(name) for chunk in chunks for name in self.manifest[chunk].get("css", ())
        )
        entry = BASE + str(self.manifest[ENTRY]["file"])
        return Assets(
            boot=self.boot,
            entry=entry,
            styles=tuple(styles),
            preloads=tuple(name for name in scripts if name != entry),
        )

    def _with_imports(self, key: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        if key in seen:
            return
        yield key
        for imported in self.manifest[key].get("imports", ()):
            yield from self._with_imports(str(imported), seen | {key})


@cache
def build(folders: tuple[Path, ...]) -> Build | None:
    """Return the first whole build in `folders`, or None when there is none.

    Scripts for browsers and for V8 are taken from one place: of two builds they would not fit together.
    """
    for folder in folders:
        files = [
            folder / name
            for name in ("storefront/manifest.json", "storefront/boot.json", SERVER_BUNDLE, WORKER)
        ]
        if all(file.is_file() for file in files):
            manifest, boot, bundle, worker = (file.read_bytes() for file in files)
            key = hashlib.blake2b(manifest + boot + bundle, digest_size=8).hexdigest()
            boot_file = str(msgspec.json.decode(boot)[BOOT]["file"])
            return Build(files[2], worker, key, msgspec.json.decode(manifest), BASE + boot_file)
    return None


def ready_build() -> Build | None:
    """Return the build in the static files, or, in a checkout that only built, in web/dist."""
    folders: tuple[Path, ...] = (settings.STATIC_ROOT, settings.BASE_DIR / "web" / "dist")
    return build(folders)
