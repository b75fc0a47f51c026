"""Whoever asks for a reload hears of his own, not of one that was at work already."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jishi.entry.cli import reload
from jishi.entry.cli.supervisor import RELOAD


def test_each_request_has_its_own_answer(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    first = reload.ask(tmp_path)
    at_work = reload.asked(tmp_path)
    second = reload.ask(tmp_path)
    assert reload.answer_to(tmp_path, first) is None
    reload.answer(tmp_path, at_work, "no memory\nleft")
    assert reload.answer_to(tmp_path, first) == "no memory\nleft"
    assert reload.answer_to(tmp_path, second) is None
    reload.answer(tmp_path, reload.asked(tmp_path), reload.DONE)
    assert reload.answer_to(tmp_path, second) == reload.DONE
    reload.forget_requests(tmp_path)
    assert reload.answer_to(tmp_path, reload.ask(tmp_path)) is None


@pytest.mark.parametrize(("system", "is_heard"), [("linux", False), ("darwin", True)])
def test_a_process_that_cannot_be_looked_at(
    system: str, is_heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    monkeypatch.setattr(sys, "platform", system)  # elsewhere than on Linux nobody can be looked at
    assert reload._hears(ended.pid) is is_heard


def test_only_who_catches_the_signal_hears() -> None:
    former = signal.signal(RELOAD, signal.SIG_DFL)
    try:
        assert reload._hears(os.getpid()) is not sys.platform.startswith("linux")  # others do not tell
        signal.signal(RELOAD, lambda *_: None)
        assert reload._hears(os.getpid())
    finally:
        signal.signal(RELOAD, former)
