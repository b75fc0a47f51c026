"""The names of the built files, from Vite's manifest: hashed, so that they can be cached for ever."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

BASE = "/static/storefront/"
ENTRY = "src/entry-client.ts"
BOOT = "src/boot.ts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What one page loads: the blocking theme script, styles, the entry and what it will ask for at once."""

    boot: str
    entry: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the storefront: `folder` holds `storefront` and `storefront-ssr`.

    `key` changes with every build.
    """

    folder: Path
    key: str
    manifest: Mapping[str, Mapping[str, Any]]
    boot: str

    @property
    def server_bundle(self) -> Path:
        """The script that V8 runs."""
        return self.folder / "storefront-ssr" / "server.js"

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
    """Return the build in the first of `folders` that has one, or None when nothing was built."""
    for folder in folders:
        manifest_file = folder / "storefront" / ".vite" / "manifest.json"
        if manifest_file.is_file():
            manifest = msgspec.json.decode(manifest_file.read_bytes())
            boot = msgspec.json.decode(manifest_file.with_name("boot.json").read_bytes())
            entry = str(manifest[ENTRY]["file"])
            return Build(folder, entry, manifest, BASE + str(boot[BOOT]["file"]))
    return None
