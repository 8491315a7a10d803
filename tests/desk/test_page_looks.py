"""What the page of the desk looks like: contrast, room, paper, in both languages and on the screens
of an office.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.desk.pages import Open, drop, until

pytestmark = pytest.mark.xdist_group("browser")

SCREENS = [(1366, 625), (1920, 940), (1280, 600)]

# The contrast of each text with what is behind it, and in grey; as WCAG 2 has it. Disabled buttons
# are left out, as they are there.
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
    if (!texts.currentNode.data.trim() || !e.checkVisibility()) continue;
    if (e.closest("[aria-disabled], script, option, .sheet-view")) continue;
    const [front, back] = [rgb(getComputedStyle(e).color), behind(e)];
    const key = `${e.className || e.localName}: ${front} on ${back}`;
    worst[key] = Math.min(ratio(front, back), ratio(grey(front), grey(back)));
  }
  return worst;
}"""

# What is wider than its box and does not scroll there, and texts that lie over each other.
CUT = """() => [...document.querySelectorAll("body *:not(.skip, .heard, select, option, input)")]
  .filter((e) => e.checkVisibility() && !e.closest(".sheet-view") && e.clientWidth > 0
    && e.scrollWidth > e.clientWidth + 1
    && !["visible", "auto", "scroll"].includes(getComputedStyle(e).overflowX))
  .map((e) => e.outerHTML.slice(0, 200))"""
OUTSIDE = """() => [...document.querySelectorAll("button, select, input:not([hidden]), h2, h3, p")]
  .filter((e) => {
    if (!e.checkVisibility() || e.closest(".sheet-view, .heard")) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || (box.left < 0 && box.right > 0));
  })
  .map((e) => e.outerHTML.slice(0, 200))"""
NAMELESS = """() => [...document.querySelectorAll("button, select, input:not([hidden]), textarea")]
  .filter((e) => e.checkVisibility() && !e.closest(".sheet-view")
    && !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length))
  .map((e) => e.outerHTML.slice(0, 200))"""


def check(page: Page, place: str, folder: Path) -> dict[str, float]:
    """What is wrong with the page as it is; a picture is kept. Gives the contrasts."""
    page.screenshot(path=folder / f"{place}.png")
    sizes = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert sizes[0] <= sizes[1], place
    assert page.evaluate(CUT) == [], place
    assert page.evaluate(OUTSIDE) == [], place
    assert page.evaluate(NAMELESS) == [], place
    ratios = cast(dict[str, float], page.evaluate(CONTRASTS))
    assert {key: ratio for key, ratio in ratios.items() if ratio < 4.5} == {}, place
    return ratios


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_nothing_is_cut_and_all_can_be_read(
    open_desk: Open, tmp_path: Path, width: int, height: int, lang: str
) -> None:
    page = open_desk(width, height).page
    if lang == "en":
        page.click("#language")

    def look(place: str) -> dict[str, float]:
        return check(page, f"{place}-{lang}-{width}", tmp_path)

    pairs: dict[str, float] = {}
    pairs |= look("welcome")
    page.click("#sample")
    page.wait_for_selector(".sentence")
    drop(page, "様式なし.xlsx", "とても長い名前" * 12 + ".xlsx")
    until(page, "played.documents.size === 5")
    page.wait_for_selector(".working", state="detached")
    pairs |= look("summary")
    page.click("#head-step1")
    pairs |= look("files")
    page.click("#head-step2")
    page.keyboard.press("F8")
    page.wait_for_selector(".card table")
    pairs |= look("card")
    page.click("#answer-as_printed")
    pairs |= look("reason")
    page.fill("#reason", "長い理由" * 30)
    page.click("#dialog-record")
    page.wait_for_selector(".recorded")
    pairs |= look("answered")
    page.locator(".left .documents button", has_text="様式なし").click()
    page.wait_for_selector(".unchecked")
    pairs |= look("unchecked")
    page.click("#head-step3")
    pairs |= look("handing")
    page.click("#contact")
    page.wait_for_selector("dialog table")
    pairs |= look("about")
    assert len(pairs) > 40


def test_the_first_screen_needs_no_scrolling_on_an_office_screen(open_desk: Open) -> None:
    page = open_desk(1366, 640).page
    for name in ("#choose-this_year-folder", "#sample", "#open-work", ".assurances", ".scope"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640, name


def test_marks_differ_without_colour(open_desk: Open) -> None:
    page = open_desk().page
    page.click("#sample")
    page.wait_for_selector(".legend .mark")
    styles = page.evaluate(
        """["likeliest", "candidate", "partner", "follows"].map((name) => {
          const style = getComputedStyle(document.querySelector(`.legend .mark.${name}`));
          return `${style.outlineStyle} ${style.outlineWidth}`;
        })"""
    )
    assert len(set(styles)) == 4


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_summary_and_card_print(open_desk: Open) -> None:
    page = open_desk().page
    page.click("#sample")
    page.wait_for_selector(".sentence")
    text = text_of(page.pdf(prefer_css_page_size=True))
    assert "次にすること" in text
    assert "市民課" in text
    assert "作業を保存" not in text
    page.keyboard.press("F8")
    page.wait_for_selector(".card table")
    text = text_of(page.pdf(prefer_css_page_size=True))
    assert "財源内訳の合計が事業費総額と一致しません" in text
    assert "令和７年度" in text  # the document stands beside its card


def test_regions_are_named_for_a_screen_reader(open_desk: Open) -> None:
    page = open_desk().page
    page.click("#sample")
    page.wait_for_selector(".sentence")
    page.keyboard.press("F8")
    page.wait_for_selector(".card table")
    tree: Any = page.locator("body").aria_snapshot()
    for name in ("banner", 'navigation "手順"', 'article "指摘"', "main", 'group "回答"'):
        assert name in tree, name
