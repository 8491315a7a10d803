"""The page in a browser: what it looks like on screens and paper, in grey, and with the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.records.languages import Lang
from auditor.records.model import Book, NotChecked
from auditor.records.text import Why
from auditor.reports.html.page import HtmlReport
from auditor.settings.model import APPROVAL, Settings

pytestmark = pytest.mark.xdist_group("browser")  # one browser for all of these

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
SESSION = load()
WIDTHS = (1280, 768, 390, 320)
MISSED = NotChecked(
    document="空.txt", why=Why(code="empty", en="the file is empty", ja="ファイルが空です")
)
LONG = "とても長い事業名" * 1_250


def faulty() -> tuple[Report, tuple[Book, ...]]:
    """The shipped faults, with a document that could not be checked."""
    names = [name for name in auditor_datasets.names() if name.endswith("faulty")]
    books = tuple(book for name in names for book in auditor_datasets.load(name))
    return auditor.audit(books).model_copy(update={"not_checked": (MISSED,)}), books


def hostile() -> tuple[Report, tuple[Book, ...]]:
    """The same with names that are markup, or have no end."""
    report, books = faulty()
    names = ["<script>alert(1)</script>", LONG, "\u202eevil\ud800", "a" * 10_000, "x\"y'z&lt;"]
    findings = tuple(
        finding.model_copy(
            update={
                "sheet": finding.sheet
                and finding.sheet.model_copy(
                    update={
                        "name": names[number % len(names)],
                        "department": names[(number + 1) % len(names)],
                    }
                ),
                "equation": names[number % len(names)],
            }
        )
        for number, finding in enumerate(report.findings)
    )
    return report.of_findings(()).model_copy(
        update={"findings": findings, "causes": report.causes}
    ), books


def clean() -> tuple[Report, tuple[Book, ...]]:
    report, books = faulty()
    return report.of_findings(()).model_copy(update={"counts": {}}), books


CASES: dict[str, Callable[[], tuple[Report, tuple[Book, ...]]]] = {
    "faulty": faulty,
    "hostile": hostile,
    "clean": clean,
    "nothing": lambda: (Report(documents=(), not_checked=(MISSED,)), ()),
}


class Shown:
    """A page that is open; what it says on its console or asks of a network is kept."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("request", self._asked)
        page.goto(file.as_uri())

    def _asked(self, request: Any) -> None:
        if request.url != self.file.as_uri():
            self.complaints.append(request.url)

    def evaluate(self, code: str) -> Any:
        return self.page.evaluate(code)


Show = Callable[..., Shown]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens the page of a case, of which a screenshot is kept."""
    pages: list[Shown] = []

    def open_page(case: str, lang: Lang = "ja", width: int = 1280, **more: Any) -> Shown:
        report, books = CASES[case]()
        settings = Settings(approval=APPROVAL)
        context = ReportContext(lang, SESSION.rules, books, forms=SESSION.forms, settings=settings)
        file = tmp_path / f"{case}-{lang}.html"
        file.write_text(HtmlReport().render(report, context), encoding="utf-8", newline="")
        page = browser.new_page(viewport={"width": width, "height": 900}, offline=True, **more)
        shown = Shown(page, file)
        page.screenshot(path=tmp_path / f"{case}-{lang}-{width}.png")
        pages.append(shown)
        return shown

    yield open_page
    for shown in pages:
        shown.page.close()
        assert shown.complaints == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_no_width_makes_the_page_scroll_sideways(show: Show, case: str, lang: Lang) -> None:
    shown = show(case, lang)
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 900})
        sizes = shown.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert sizes[0] <= sizes[1], width
        # What is wider than its box scrolls there, and nothing is cut.
        cut = shown.evaluate(
            """[...document.querySelectorAll("body *:not(.scroll, .heard, .skip, select, option)")]
              .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
                && getComputedStyle(e).overflowX !== "visible").map((e) => e.outerHTML)"""
        )
        assert cut == []


CONTRASTS = """() => {
  const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const grey = (c) => { const g = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; return [g, g, g]; };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const worst = {};
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || e.matches("script, option")) continue;
    const [front, back] = [rgb(getComputedStyle(e).color), behind(e)];
    const key = `${e.className || e.localName}: ${front} on ${back}`;
    worst[key] = Math.min(ratio(front, back), ratio(grey(front), grey(back)));
  }
  return worst;
}"""


def test_every_text_stands_out_in_colour_and_in_grey(show: Show) -> None:
    ratios = cast(dict[str, float], show("faulty").evaluate(CONTRASTS))
    assert len(ratios) > 15
    assert {key: ratio for key, ratio in ratios.items() if ratio < 4.5} == {}


def test_marks_differ_without_colour(show: Show) -> None:
    styles = show("faulty").evaluate(
        """["likeliest", "candidate", "partner", "follows"].map((name) => {
          const style = getComputedStyle(document.querySelector(`.legend .${name}`));
          return `${style.outlineStyle} ${style.outlineWidth}`;
        })"""
    )
    assert len(set(styles)) == 4


def test_keys_and_buttons_step_through_the_entries(show: Show) -> None:
    page = show("faulty").page
    count = page.locator(".card").count()
    focused = "document.activeElement.id"
    page.keyboard.press("F8")
    assert page.evaluate(focused) == "e1"
    page.keyboard.press("F8")
    assert page.evaluate(focused) == "e2"
    assert page.locator("#position").inner_text() == f"2 / {count}"
    page.keyboard.press("Shift+F8")
    page.keyboard.press("Shift+F8")
    assert page.evaluate(focused) == "e1"  # it stays at the first
    page.click("#next")
    assert page.evaluate(focused) == "e2"
    page.click("#previous")
    assert page.evaluate(focused) == "e1"
    box = page.locator("#e1").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_a_filter_says_what_it_hides_also_on_paper(show: Show) -> None:
    page = show("faulty").page
    note, cards = page.locator("#filtered"), page.locator(".card:visible")
    count = cards.count()
    assert note.inner_text() == ""
    page.uncheck("input[value=note]")
    errors = cards.count()
    assert 0 < errors < count
    assert f"{count}か所のうち{errors}か所を表示しています" in note.inner_text()
    assert not page.locator("#notes").is_visible()
    page.select_option("#department", "d1")
    assert {card.get_attribute("data-department") for card in cards.all()} == {"d1"}
    text = text_of(page.pdf(prefer_css_page_size=True))
    assert "絞り込み中" in text
    page.click("a[href='#d2']")  # a link leads to what was hidden
    assert cards.count() == count
    assert note.inner_text() == ""


def test_the_page_is_whole_without_script(show: Show) -> None:
    page = show("faulty", java_script_enabled=False).page
    assert not page.locator("#bar").is_visible()
    assert not page.locator("#steps").is_visible()
    cards = page.locator(".card")
    assert all(card.is_visible() for card in cards.all())


def test_every_control_shows_its_focus(show: Show) -> None:
    page = show("faulty").page
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle: s, outlineWidth: w}) => [s, parseFloat(w)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style[0] != "none"
        assert style[1] >= 2


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", ["faulty", "hostile"])
def test_paper_has_running_heads_and_every_card(
    show: Show, case: str, lang: Lang, tmp_path: Path
) -> None:
    page = show(case, lang).page
    pdf = page.pdf(prefer_css_page_size=True, path=tmp_path / "page.pdf")
    document = pypdfium2.PdfDocument(pdf)
    texts = [part.get_textpage().get_text_range() for part in document]
    for number, (part, text) in enumerate(zip(document, texts, strict=True), 1):
        width, height = part.get_size()
        assert (round(width), round(height)) == (595, 842)
        assert f"{number}{'／' if lang == 'ja' else '/'}{len(texts)}" in squeezed(text)
    whole = squeezed("".join(texts))
    for title in page.locator(".card h4").all():
        assert squeezed(title.inner_text())[:30] in whole
    if case == "faulty":
        names: list[str] = page.evaluate(
            """[...document.querySelectorAll(".department h2")].map((heading) => {
              const summary = heading.querySelector(".summary").textContent;
              return heading.textContent.slice(0, -summary.length);
            })"""
        )
        assert len(names) > 5
        for name in names:
            headed = [text for text in texts if squeezed(text).startswith(squeezed(name))]
            assert headed, name  # its pages have its name as their head
            # The department begins at the top of its first page: right below the head.
            assert squeezed(headed[0]).count(squeezed(name)) >= 2
        assert whole.count("□") == 2 * page.locator(".answer").count()


def test_the_first_page_tells_whom_to_ask(show: Show) -> None:
    page = show("faulty").page
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    first = squeezed(document[0].get_textpage().get_text_range())
    for row in page.locator(".overview tbody th").all():
        assert squeezed(row.inner_text()) in first
