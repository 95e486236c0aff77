"""The what-if panel in a real JupyterLab, and served by voila: it moves, holds, finds, undoes, and stays calm."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from chromium import launched, needs_browser

from phanbo.catalogue import million

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

for needed in ("jupyterlab", "voila", "anywidget"):
    pytest.importorskip(needed, reason=f"needs {needed}", exc_type=ImportError)
pytestmark = [needs_browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CELL = """
import phanbo as pb
from phanbo.examples import load_lang_son

portfolio = load_lang_son().at("2024-09-15")
proposal = pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of="2024-09-15")
panel = proposal.panel()
panel
"""
PICTURES = """
proposal.plot.owners(interactive=True)
"""
STILL = """
proposal.plot.milestones()
"""
WAIT = 90_000
BEGUN = (
    "--ServerApp.token=",
    "--ServerApp.password=",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.news_url=",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as opened:
        yield opened


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("jupyter")
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    writer: Any = nbformat  # it has no types
    for name, cells in (("panel", [CELL]), ("pictures", [CELL, PICTURES, STILL])):
        made = [writer.v4.new_code_cell(cell) for cell in cells]
        writer.write(writer.v4.new_notebook(cells=made, metadata=kernel), place / f"{name}.ipynb")
    return place


def served(folder: Path, command: list[str], port: int) -> subprocess.Popen[bytes]:
    own = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    started = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert started.poll() is None, "the server ended"
            time.sleep(0.3)
        else:
            return started
    started.kill()
    raise TimeoutError(command)


def stopped(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ["--no-browser", f"--port={port}", "--allow-root", f"--ServerApp.root_dir={folder}", *BEGUN]
    server = served(folder, ["jupyter", "lab", *options], port)
    yield f"http://127.0.0.1:{port}/lab/tree/pictures.ipynb?reset"
    stopped(server)


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[str]:
    port = free_port()
    server = served(folder, ["voila", "panel.ipynb", "--no-browser", f"--port={port}"], port)
    yield f"http://127.0.0.1:{port}/"
    stopped(server)


def listened(opened: Any) -> list[str]:
    """Return the list into which a page's complaints will go."""
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "phanbo" in m.text else None)
    return wrong


def asked_outside(opened: Any) -> list[str]:
    """Return the list into which go the addresses that a picture or the panel asks of another machine."""
    asked: list[str] = []
    known = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    opened.on(
        "request", lambda request: asked.append(request.url) if not request.url.startswith(known) else None
    )
    return asked


def figure(panel: Any, name: str, column: int) -> str:
    return str(panel.get_by_role("row", name=name).get_by_role("cell").nth(column).inner_text())


def try_out(panel: Any) -> None:
    """Move a slider, hold the line that is cut most, undo, and ask for what cannot be."""
    assert figure(panel, "Tổng giảm", 1) == figure(panel, "Tổng giảm", 2)
    slider = panel.get_by_role("slider", name="Độ tin cậy của phần tăng")
    for _ in range(2):
        slider.press("ArrowRight")
    panel.get_by_text("Độ tin cậy của phần tăng 90,0%").wait_for(timeout=WAIT)
    assert figure(panel, "Tổng giảm", 2) != figure(panel, "Tổng giảm", 1)
    assert figure(panel, "Tổng giảm", 3).startswith("−")
    panel.get_by_role("button", name="Bỏ tất cả").click()
    panel.get_by_text("Chưa có yêu cầu").wait_for(timeout=WAIT)

    panel.get_by_role("searchbox", name="Tìm dòng vốn").fill("thien thuat")
    hit = panel.locator(".phanbo-hits li").filter(has_text="MP0014.1").first
    hit.get_by_role("button", name="Giữ nguyên").click()
    panel.get_by_text("Giữ nguyên dòng vốn MP0014.1").wait_for(timeout=WAIT)
    row = panel.get_by_role("row").filter(has_text="MP0014.1")
    assert row.get_by_role("cell").nth(2).inner_text() == million(0)

    hit.get_by_role("textbox").fill("+999999999")
    hit.get_by_role("button", name="Ấn định").click()
    panel.get_by_role("alert").filter(has_text="Không có phương án").wait_for(timeout=WAIT)
    undo = panel.get_by_role("button", name="Hoàn tác")
    undo.click()
    panel.get_by_text("Giữ nguyên dòng vốn MP0014.1").wait_for(timeout=WAIT)
    assert not panel.get_by_role("alert").is_visible()


def test_it_works_in_jupyterlab(browser: Any, lab: str) -> None:
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    wrong, outside = listened(opened), asked_outside(opened)
    opened.goto(lab)
    opened.locator(".jp-NotebookPanel .jp-Cell").first.click(timeout=WAIT)
    opened.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=WAIT)
    opened.get_by_role("menuitem", name="Run", exact=True).click()
    opened.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    panel = opened.locator(".phanbo-panel")
    panel.wait_for(timeout=WAIT)
    try_out(panel)
    for picture in (".js-plotly-plot .bars", ".jp-RenderedImage img"):
        drawn = opened.locator(picture).first
        drawn.wait_for(timeout=WAIT)
        drawn.scroll_into_view_if_needed()
        assert drawn.bounding_box()["width"] > 200
    opened.close()
    assert wrong == []
    assert outside == []


def test_voila_serves_it_as_a_page(browser: Any, page: str) -> None:
    opened = browser.new_page(viewport={"width": 400, "height": 800})
    wrong = listened(opened)
    opened.goto(page, timeout=WAIT)
    panel = opened.locator(".phanbo-panel")
    panel.wait_for(timeout=WAIT)
    try_out(panel)
    width = panel.evaluate("panel => panel.getBoundingClientRect().width")
    opened.close()
    assert width <= 400
    assert wrong == []
