"""A second start repeats nothing: asserted on the work that is skipped, never on the time it takes."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from jishi.config.environment import environment
from jishi.entry.cli import prepare
from tools import bootstrap

# Stands in for npm: notes that it was called and leaves what the real one would.
NPM = """#!/bin/sh
echo "$@" >> ../calls
case "$1" in
  ci) rm -rf node_modules; mkdir -p node_modules/vue; echo '{}' > node_modules/vue/package.json ;;
  run) rm -rf dist; mkdir -p dist/storefront ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a small clone: a web folder with sources, and a stand-in for npm."""
    web, binaries = tmp_path / "web", tmp_path / ".venv" / "bin"
    for folder in (web / "packages" / "ui", binaries):
        folder.mkdir(parents=True)
    (web / "package.json").write_text("{}")
    (web / "package-lock.json").write_text("{}")
    (web / "packages" / "ui" / "button.vue").write_text("<template>1</template>")
    (binaries / "npm").write_text(NPM)
    (binaries / "npm").chmod(0o755)
    names = {
        "CHECKOUT": tmp_path,
        "VENV": tmp_path / ".venv",
        "BIN": binaries,
        "MARKS": tmp_path / ".venv" / "marks",
        "WEB": web,
    }
    for name, value in names.items():
        monkeypatch.setattr(bootstrap, name, value)
    return tmp_path


def build(clone: Path) -> list[str]:
    """Run both steps of the front end and return what npm was asked to do."""
    calls = clone / "calls"
    calls.unlink(missing_ok=True)
    bootstrap.install_packages(bootstrap.WEB, {"PATH": os.environ["PATH"]})
    bootstrap.build_web({"PATH": os.environ["PATH"]})
    said = calls.read_text().splitlines() if calls.exists() else []
    calls.unlink(missing_ok=True)
    return [line.split()[0] for line in said]


def test_the_front_end_is_built_once(clone: Path) -> None:
    assert build(clone) == ["ci", "run"]
    assert build(clone) == []


def test_a_changed_source_is_built_again_without_installing(clone: Path) -> None:
    build(clone)
    (clone / "web" / "packages" / "ui" / "button.vue").write_text("<template>2</template>")
    assert build(clone) == ["run"]
    (clone / "web" / "packages" / "ui" / "link.vue").write_text("<template>new</template>")
    assert build(clone) == ["run"]
    assert build(clone) == []


def test_a_changed_lock_file_is_installed_and_built_again(clone: Path) -> None:
    build(clone)
    (clone / "web" / "package-lock.json").write_text('{"changed": true}')
    assert build(clone) == ["ci", "run"]


def test_a_lost_result_is_made_again(clone: Path) -> None:
    build(clone)
    shutil.rmtree(clone / "web" / "dist")
    assert build(clone) == ["run"]
    shutil.rmtree(clone / "web" / "node_modules")
    assert build(clone) == ["ci", "run"]


def test_a_failing_program_ends_the_bootstrap_with_its_name(clone: Path) -> None:
    with pytest.raises(SystemExit, match=r"false` failed \(1\)"):
        bootstrap.run("false")


@pytest.mark.slow
def test_an_environment_that_was_moved_is_noticed(clone: Path) -> None:
    shutil.rmtree(bootstrap.VENV)
    bootstrap.make_venv()
    assert (bootstrap.BIN / "python").exists()
    made = (bootstrap.BIN / "python").lstat().st_ino
    bootstrap.make_venv()
    assert (bootstrap.BIN / "python").lstat().st_ino == made
    bootstrap.note_done(bootstrap.MARKS / "venv", "made elsewhere")
    (bootstrap.VENV / "pyvenv.cfg").unlink()
    bootstrap.make_venv()
    assert (bootstrap.VENV / "pyvenv.cfg").is_file()


def test_the_marks_tell_one_state_from_another(clone: Path) -> None:
    mark = clone / "marks" / "step"
    assert not bootstrap.is_done(mark, "first")
    bootstrap.note_done(mark, "first")
    assert bootstrap.is_done(mark, "first", "second")
    assert not bootstrap.is_done(mark, "second")


def test_the_locked_requirements_hold_a_hash_for_every_package() -> None:
    folder = Path(__file__).parents[2] / "requirements"
    for name in ("base.txt", "dev.txt", "uv.txt"):
        text = (folder / name).read_text(encoding="utf-8").replace("\\\n", " ")
        packages = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert packages
        assert all("==" in line and "--hash=sha256:" in line for line in packages), name


def test_static_files_are_collected_only_when_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = environment()
    prepare.collect_static(checked)
    witness = checked.static_root / "nobody-collected-this"
    witness.touch()
    os.utime(witness, (0, 0))  # long since no page can know of it
    prepare.collect_static(checked)
    assert witness.exists(), "nothing had changed, and yet all was collected again"
    (checked.static_root / ".collected").write_text("another state", encoding="ascii")
    prepare.collect_static(checked)
    assert not witness.exists()


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is all of PATH: no browser, no fonts, no apt but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JISHI_CHROMIUM", raising=False)
    return tmp_path


def put_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


COMMAND = "apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk"


@pytest.mark.parametrize("is_root", [False, True], ids=["not root", "no apt"])
def test_a_browser_that_cannot_be_installed_is_asked_for_with_the_command(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, is_root: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if is_root else 1000)
    with pytest.raises(SystemExit) as ended:
        bootstrap.install_browser()
    assert "Chromium and Chinese fonts" in str(ended.value)
    assert COMMAND in str(ended.value)


def test_root_gets_the_browser_by_apt(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put_program(bare_machine, "apt-get", f'echo "$@" >> {bare_machine}/asked')
    bootstrap.install_browser()
    assert (bare_machine / "asked").read_text().splitlines() == [
        "-qq update",
        "-qq install -y --no-install-recommends chromium fonts-noto-cjk",
    ]


def test_a_browser_that_is_there_is_used(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(bare_machine, "chromium", "exit 0")
    put_program(bare_machine, "fc-list", "echo Noto Sans CJK")
    bootstrap.install_browser()
    assert bootstrap.browser() == str(bare_machine / "chromium")
    monkeypatch.setenv("JISHI_CHROMIUM", "/opt/chrome")
    assert bootstrap.browser() == "/opt/chrome"


def test_bootstrap_uses_nothing_but_the_standard_library() -> None:
    import ast

    tree = ast.parse(Path(bootstrap.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)
