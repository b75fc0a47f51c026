"""Whoever asks for a reload hears of his own, not of one that was at work already."""

from pathlib import Path

from jishi.entry.cli import reload


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
