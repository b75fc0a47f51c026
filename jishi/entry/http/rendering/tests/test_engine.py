"""V8 in this process: it renders, it is stopped when it runs away, and it comes back."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from jishi.entry.http.rendering.engine import RENDER_SECONDS_MAX, Engine, RenderFailed, engine, rendered
from jishi.kernel.errors import ProgrammingError

BUNDLE = """
let answer
globalThis.jishiRender = (text) => {
  answer = { error: 'not ready' }
  const state = JSON.parse(text)
  if (state.hang) while (true) {}
  for (const end = Date.now() + (state.busy ?? 0); Date.now() < end; ) {}
  if (state.hoard) { const all = []; while (true) all.push(new Array(1e6).fill(state)) }
  if (state.fail) answer = { error: 'Error: ' + state.fail }
  else Promise.resolve().then(() => { answer = { html: `<p>${state.name}</p>` } })
}
globalThis.jishiTake = () => JSON.stringify(answer)
"""


@pytest.fixture
def made(tmp_path: Path) -> Engine:
    """An engine with a small bundle of its own."""
    bundle = tmp_path / "server.js"
    bundle.write_text(BUNDLE, encoding="utf-8")
    return engine(bundle)


def failures(reason: str) -> float:
    """How often pages of these tests went out unrendered for this reason."""
    labels = {"page": "TestPage", "reason": reason}
    return REGISTRY.get_sample_value("jishi_pages_unrendered_total", labels) or 0.0


def page(made: Engine, **state: object) -> str | None:
    """Render a page of these tests."""
    return rendered(made, "TestPage", json.dumps(state))


def test_renders_what_promises_bring(made: Engine) -> None:
    assert page(made, name="集市") == "<p>集市</p>"
    assert page(made, name="again") == "<p>again</p>"


def test_the_state_is_data_and_never_code(made: Engine) -> None:
    nasty = "'); throw new Error('x') //\u2028\u2029\\\"</script>"
    assert page(made, name=nasty) == f"<p>{nasty}</p>"


def test_an_error_of_a_component_is_counted_and_the_next_page_is_fine(made: Engine) -> None:
    before = failures("RenderFailed")
    assert page(made, fail="no title") is None
    assert failures("RenderFailed") == before + 1
    assert page(made, name="fine") == "<p>fine</p>"


def test_a_page_that_never_ends_is_stopped(made: Engine) -> None:
    before = failures("JSTimeoutException")
    assert page(made, hang=True) is None
    assert failures("JSTimeoutException") == before + 1
    assert page(made, name="back") == "<p>back</p>"


def test_the_first_page_of_a_new_v8_is_given_time_and_the_next_ones_less(made: Engine) -> None:
    busy = 1_300 * RENDER_SECONDS_MAX
    assert page(made, name="slow", busy=busy) == "<p>slow</p>"
    assert page(made, name="slow", busy=busy) is None
    assert page(made, name="after that", busy=busy) == "<p>after that</p>"


def test_a_page_that_eats_all_memory_is_stopped(made: Engine) -> None:
    before = failures("JSOOMException") + failures("JSTimeoutException")
    assert page(made, hoard=True) is None
    assert failures("JSOOMException") + failures("JSTimeoutException") == before + 1
    assert page(made, name="back") == "<p>back</p>"


def test_the_reason_of_a_failure_is_its_stack(made: Engine) -> None:
    with pytest.raises(RenderFailed, match="no title"):
        made.render(json.dumps({"fail": "no title"}))


def test_the_polyfills_bring_what_the_bundle_expects(tmp_path: Path) -> None:
    bundle = tmp_path / "server.js"
    bundle.write_text(
        "globalThis.jishiRender = () => {}\n"
        "globalThis.jishiTake = () => JSON.stringify({ html: [\n"
        "  new URLSearchParams([['q', '茶 壶'], ['f', 'a:b']]).toString(),\n"
        "  new URLSearchParams('?q=%E8%8C%B6+x&q=2').getAll('q').join('|'),\n"
        "  Array.from(new TextEncoder().encode('茶')).join(','),\n"
        "  typeof structuredClone, typeof queueMicrotask, typeof performance.now(),\n"
        "].join(' ') })\n",
        encoding="utf-8",
    )
    assert page(engine(bundle)) == "q=%E8%8C%B6+%E5%A3%B6&f=a%3Ab 茶 x|2 232,140,182 function function number"


def test_a_missing_bundle_is_our_mistake(tmp_path: Path) -> None:
    with pytest.raises(ProgrammingError):
        engine(tmp_path / "server.js")


def test_a_process_that_rendered_ends_by_itself(tmp_path: Path) -> None:
    bundle = tmp_path / "server.js"
    bundle.write_text(BUNDLE, encoding="utf-8")
    script = (
        "import json, pathlib, sys\n"
        "from jishi.entry.http.rendering.engine import engine\n"
        "print(engine(pathlib.Path(sys.argv[1])).render(json.dumps({'name': 'x'})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bundle)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "<p>x</p>"
