"""A merchant brings in ten thousand products, thirty-seven of them wrong, and mends those."""

import csv
import io
import re
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, OpenPage
from tests.journeys.people import sign_in
from tests.market import Market

ROWS, BAD = 10_000, 37
LONG_MS = 240_000
HEADS = ("商品名称", "类目", "商家编码", "售价(元)", "我的备注")


def write_table(path: Path, category: str, code: str) -> None:
    """Write ten thousand cups; every 270th has a price that is none, until there are thirty-seven."""
    wrong = {270 * number for number in range(1, BAD + 1)}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        for number in range(1, ROWS + 1):
            price = "面议" if number in wrong else f"{10 + number % 90}.90"
            writer.writerow([f"批量杯子 {number}", category, f"{code}-{number}", price, "=1+1"])


def a_category(page: Page) -> str:
    """Return the path of a category without children, as the shop calls it."""
    tree = page.request.get("/api/v1/store/categories").json()
    nodes = tree["items"] if isinstance(tree, dict) else tree
    names: list[str] = []
    while nodes:
        names.append(nodes[0]["name"])
        nodes = nodes[0]["children"]
    return "/".join(names)


def counted(page: Page, kind: str) -> int:
    """Return the figure below a word such as 未导入."""
    return int(page.locator("dl > div", has_text=kind).locator("dd").inner_text())


def check_and_start(page: Page) -> None:
    """Check a table that was uploaded, and start it when it can be."""
    page.get_by_role("button", name="检查表格").click()
    start = page.get_by_role("button", name="开始导入")
    expect(start).to_be_visible(timeout=LONG_MS)
    start.click()
    expect(page.get_by_text("已完成").first).to_be_visible(timeout=LONG_MS)


def test_ten_thousand_rows_of_which_thirty_seven_are_wrong(
    market: Market, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(viewport=DESKTOP)
    sign_in(page, "soundwide@demo.jishi.example", "jishi-demo-2026", next_path="/merchant/products")
    table = tmp_path / "cups.csv"
    code = f"J{uuid4().hex[:8]}"
    write_table(table, a_category(page), code)

    page.get_by_role("link", name="批量导入").click()
    page.locator("input[type=file]").set_input_files(table)
    page.wait_for_url(re.compile(r"/products/imports/[0-9a-f-]{36}"))
    check_and_start(page)
    assert (counted(page, "新建"), counted(page, "未导入")) == (ROWS - BAD, BAD)

    with page.expect_download() as loading:
        page.get_by_role("link", name="下载未通过的行").click()
    refused = Path(loading.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(refused)))
    assert lines[0] == [*HEADS, "行号", "原因"] and len(lines) == BAD + 1
    assert all(line[4] == "'=1+1" and "售价" in line[-1] for line in lines[1:])

    mended = tmp_path / "mended.csv"
    mended.write_text(refused.replace("面议", "19.90"), encoding="utf-8-sig")
    page.get_by_role("link", name="返回批量导入").click()
    expect(page.get_by_role("link", name="cups.csv").first).to_be_visible()
    page.locator("input[type=file]").set_input_files(mended)
    page.wait_for_url(re.compile(r"/products/imports/[0-9a-f-]{36}"))
    check_and_start(page)
    assert (counted(page, "新建"), counted(page, "未导入")) == (BAD, 0)

    page.goto(f"/merchant/products?status=draft&words={code}-270")
    expect(page.get_by_text("批量杯子 270", exact=False).first).to_be_visible()
