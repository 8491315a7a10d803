"""The page's two workers in a browser, opened from a file without a network."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page

import auditor
from tests.desk.built import BuiltDesk
from tests.desk.folders import text

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def desk(built: BuiltDesk) -> Page:
    return built.page


def test_both_workers_run_this_version(desk: Page) -> None:
    about = desk.evaluate("desk.ready")
    assert about["version"] == auditor.__version__
    assert about["python"].startswith("3.14.")


def test_checks_itself(desk: Page) -> None:
    checks = desk.evaluate("desk.checks")
    # A busy machine may be as slow as a browser that interprets the program.
    unfit = {check["name"] for check in checks if not check["fits"]}
    assert unfit <= {"speed"}
    assert {"contents", "speed", "memory"} <= {check["name"] for check in checks}
    assert all(check["text"]["en"] and check["text"]["ja"] for check in checks)


def test_reader_comes_back_after_a_restart(desk: Page) -> None:
    desk.evaluate("desk.reader.restart()")
    about = desk.evaluate("desk.reader.ready")
    assert about["version"] == auditor.__version__


GONE = """() => new Promise((resolve) => {
  desk.judge.onBack = resolve;
  desk.judge.keep().then(() => desk.judge.worker.postMessage(null));
})"""
"""Ends the judge's worker: it breaks over a message that is none."""


def test_a_judge_that_ends_comes_back_with_answers_and_documents(built: BuiltDesk) -> None:
    desk, name = built.page, "成果シート/01.txt"
    _, records = built.ask("reader", "read", text(8, fault=99_999), name=name, in_folder=True)
    built.ask("judge", "add", records, name=name)
    entry = built.ask("judge", "audit", lang="ja")[0]["entries"][0]["id"]
    before, _ = built.ask("judge", "answer", entry=entry, kind="corrected", lang="ja")
    back = desk.evaluate(GONE)
    assert back["isWhole"]
    assert back["lost"] == []
    assert back["restored"] == {"documents": [name], "last_year": [], "answers": 1}
    assert built.ask("judge", "state", lang="ja")[0] == before
    assert before["changes"]["unsaved"] == 2
    desk.evaluate("desk.judge.onBack = null")


class Listener(BaseHTTPRequestHandler):
    """Writes down who asks for something."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing on the screen."""


@pytest.fixture
def listener() -> Iterator[str]:
    """The address of a server on this machine, which is to be asked for nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


ATTEMPTS = {
    "fetch": "fetch('http://{0}/fetch')",
    "request": "new Promise((done, failed) => {{ const request = new XMLHttpRequest();"
    " request.open('GET', 'http://{0}/request'); request.onload = done;"
    " request.onerror = failed; request.send(); }})",
    "socket": "new Promise((done, failed) => {{ const socket = new WebSocket('ws://{0}/socket');"
    " socket.onopen = done; socket.onerror = failed; }})",
    "events": "new Promise((done, failed) => {{ const source = new EventSource('http://{0}/events');"
    " source.onopen = done; source.onerror = failed; }})",
    "module": "import('http://{0}/module.js')",
}
PICTURE = (
    "new Promise((done, failed) => {{ const image = new Image(); image.onload = done;"
    " image.onerror = failed; image.src = 'http://{0}/picture'; }})"
)
IN_WORKER = """(attempt) => new Promise((resolve) => {
  const text = `try { await ${attempt}; postMessage("sent"); } catch { postMessage("refused"); }`;
  const worker = new Worker("data:text/javascript," + encodeURIComponent(text), { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
})"""


def test_nothing_leaves_the_page_nor_its_workers(
    boot_file: Path, browser: Browser, listener: str
) -> None:
    """With a network, for it is the page's policy that is to refuse, not the lack of a network."""
    page = browser.new_page()
    page.goto(boot_file.as_uri())
    for name, attempt in {**ATTEMPTS, "picture": PICTURE}.items():
        code = attempt.format(listener)
        outcome = page.evaluate(
            f"(async () => {{ try {{ await {code}; return 'sent'; }}"
            " catch { return 'refused'; } })()"
        )
        assert outcome == "refused", name
    for name, attempt in ATTEMPTS.items():
        assert page.evaluate(IN_WORKER, attempt.format(listener)) == "refused", name
    page.close()
    assert Listener.asked == []


def test_without_scripts_a_plain_text_says_so(boot_file: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(boot_file.as_uri())
    assert "script is off" in page.inner_text("body")
    context.close()
