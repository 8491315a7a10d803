"""The page of the desk in a browser, with played workers: the officer's way, and what may go wrong
on it.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Download, Page

from tests.desk.pages import ORIGIN, Open, drop, until

pytestmark = pytest.mark.xdist_group("browser")  # one browser for all of these

SAMPLE = ("見本/01_市民課.xlsx", "見本/02_農林課.xlsx", "見本/03_観光課.pdf")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def tab_to(page: Page, wanted: str) -> None:
    """Presses Tab until the element of this id has the focus."""
    for _ in range(200):
        if focused(page) == wanted:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {wanted}")


def audited(open_desk: Open, **more: Any) -> Page:
    """The page with the sample audited."""
    page = open_desk(**more).page
    page.click("#sample")
    page.wait_for_selector(".sentence")
    return page


def downloaded(page: Page, action: Any) -> Download:
    with page.expect_download() as waiting:
        action()
    return waiting.value


def calls(page: Page, name: str) -> list[dict[str, Any]]:
    """What the workers were asked by this name."""
    asked: list[list[Any]] = page.evaluate("played.calls")
    return [wanted for _, call, wanted in asked if call == name]


def test_the_officers_way_by_keyboard_alone(open_desk: Open) -> None:
    page = open_desk().page
    tab_to(page, "sample")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sentence")
    assert "3文書を点検し" in page.inner_text(".sentence")
    assert page.locator(".next li").first.is_visible()

    page.keyboard.press("F8")
    page.wait_for_selector(".card h2")
    assert focused(page) == "card-pane"
    assert page.inner_text(".position") == "1／4"
    tab_to(page, "copy-0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice.done")
    tab_to(page, "answer-as_printed")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert focused(page) == "reason"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # without a reason it is refused
    assert page.inner_text("#reason-fault") != ""
    assert focused(page) == "reason"
    page.keyboard.type("円単位の決算額を転記しているため")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".recorded")
    assert "円単位の決算額を転記しているため" in page.inner_text(".recorded")
    assert focused(page) == "answer-as_printed"  # where she was before the dialog
    assert "1件" in page.inner_text("#unsaved")

    page.keyboard.press("Control+z")
    page.wait_for_selector(".recorded", state="detached")
    page.keyboard.press("Control+y")
    page.wait_for_selector(".recorded")
    page.keyboard.press("n")
    until(page, "document.querySelector('.position').textContent === '2／4'")
    page.keyboard.press("Shift+F8")
    until(page, "document.querySelector('.position').textContent === '1／4'")

    tab_to(page, "head-step3")
    page.keyboard.press("Enter")
    tab_to(page, "deliver")
    file = downloaded(page, lambda: page.keyboard.press("Enter"))
    assert file.suggested_filename == "点検結果_第1回_2025-08-04.zip"
    assert [request["department"] for request in calls(page, "put_copy")] == ["市民課"] * 3

    saved = downloaded(page, lambda: page.keyboard.press("Control+s"))
    assert saved.suggested_filename == "点検作業_第1回_2025-08-04.zip"
    page.wait_for_selector("#unsaved.quiet")
    assert [request.get("name") for request in calls(page, "pack")] == [*SAMPLE, None]


def test_tab_goes_as_the_eye_does_and_the_focus_can_be_seen(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    page.wait_for_selector(".card table")
    page.focus(".skip")
    order: list[str] = ["head"]
    for _ in range(80):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(({outlineStyle: s, outlineWidth: w}) => [s, parseFloat(w)])"
            "(getComputedStyle(document.activeElement))"
        )
        part = page.evaluate(
            "document.activeElement.closest('header#head, .filter-bar, .left, .middle, .right')"
            "?.className || document.activeElement.closest('header') && 'head' || ''"
        )
        if not part and order:
            break
        if part and page.evaluate("document.activeElement.tagName") != "BODY":
            assert outline[0] != "none", focused(page)
            assert outline[1] >= 2, focused(page)
        if not order or order[-1] != part:
            order.append(part)
    assert [part for part in order if part] == ["head", "filter-bar", "left", "middle", "right"]


def test_everything_that_explains_itself_does_so_by_focus(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    page.wait_for_selector(".card table")
    page.focus(".skip")
    explained: set[str] = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        help_text = page.evaluate("document.activeElement.dataset.help ?? ''")
        if help_text:
            assert page.inner_text("#explanation") == help_text
            described = "document.activeElement.getAttribute('aria-describedby')"
            assert page.evaluate(described) == "explanation"
            box = page.locator("#explanation").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= 1366
            assert box["y"] + box["height"] <= 625
            explained.add(page.evaluate("document.activeElement.className.split(' ')[0]"))
    assert {"severity", "rule", "step", "toggle"} <= explained
    page.keyboard.press("Escape")
    assert not page.locator("#explanation").is_visible()


def test_markup_in_a_name_stays_text(open_desk: Open) -> None:
    page = audited(open_desk)
    page.click("#department-1")
    page.wait_for_selector(".card h2")
    assert "<img src=x onerror=" in page.inner_text(".left")
    assert "<img src=x onerror=" in page.inner_text(".card")
    assert page.locator("img").count() == 0
    assert "ran" not in page.title()


@pytest.mark.parametrize("name", ["<b>x</b>.xlsx", "「'\"&.xlsx", "x" * 180 + ".xlsx"])
def test_names_of_files_stay_text(open_desk: Open, name: str) -> None:
    page = open_desk().page
    drop(page, name)
    page.wait_for_selector(".sentence")
    page.click("#head-step1")
    assert page.locator("table.documents .name").first.inner_text() == name
    assert page.locator("b").count() == 0


def test_what_is_not_saved_is_told_before_the_page_closes(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    page.click("#answer-corrected")
    page.wait_for_selector(".recorded")
    kinds: list[str] = []

    def stay(dialog: Any) -> None:
        kinds.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(500)
    assert kinds == ["beforeunload"]
    downloaded(page, lambda: page.click("#save"))
    page.wait_for_selector("#unsaved.quiet")


def test_after_ten_changes_it_asks_to_save(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    for number in range(10):
        page.click("#answer-corrected" if number % 2 else "#answer-ask")
        until(page, f"played.unsaved === {number + 1}")
    page.wait_for_selector("dialog[open]")
    assert "10件" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.click("#answer-none")
    until(page, "played.unsaved === 11")
    assert page.locator("dialog[open]").count() == 0
    downloaded(page, lambda: page.click("#save"))


def test_accepting_needs_kind_and_role(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    page.click("#answer-accepted")
    page.fill("#reason", "端数のため")
    page.click("#dialog-record")
    assert focused(page) == "role"
    page.fill("#role", "財政課予算担当")
    page.select_option("#waiver-kind", "端数調整")
    page.click("#dialog-record")
    page.wait_for_selector(".recorded")
    [wanted] = calls(page, "answer")
    assert wanted["kind"] == "accepted"
    assert wanted["role"] == "財政課予算担当"
    assert wanted["waiver_kind"] == "端数調整"
    page.keyboard.press("n")
    page.click("#answer-accepted")
    assert page.input_value("#role") == "財政課予算担当"  # she types her role once
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    page.wait_for_selector(".card.note")
    assert page.locator("#answer-accepted").count() == 0  # a note needs no answer


def test_a_document_that_ends_its_reader_is_named_and_the_rest_goes_on(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "01_落ちる.xlsx", "02.xlsx")
    page.wait_for_selector(".sentence")
    first = page.locator(".next li").first
    assert "01_落ちる.xlsx" in first.inner_text()
    assert calls(page, "not_read") == [
        {"name": "01_落ちる.xlsx", "code": "died", "last_year": False, "sample": False}
    ]
    assert [wanted["name"] for wanted in calls(page, "add")] == ["02.xlsx"]
    first.locator("button").click()
    assert "止まりました" in page.inner_text(".unchecked")


def test_cancelling_names_what_was_not_read(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "01.xlsx", "02_固まる.xlsx", "03.xlsx")
    page.wait_for_selector("text=02_固まる.xlsx（2／3）")
    page.click("#cancel")
    page.wait_for_selector(".sentence")
    names = [wanted["name"] for wanted in calls(page, "not_read")]
    assert names == ["02_固まる.xlsx", "03.xlsx"]
    assert {wanted["code"] for wanted in calls(page, "not_read")} == {"cancelled"}


def test_a_document_that_takes_long_can_be_skipped(open_desk: Open) -> None:
    desk = open_desk()
    page = desk.page
    page.clock.install()
    drop(page, "01_固まる.xlsx", "02.xlsx")
    page.wait_for_selector("text=01_固まる.xlsx（1／2）")
    page.clock.run_for(20_000)
    page.click("#skip-document")
    page.wait_for_selector(".sentence")
    assert [wanted["name"] for wanted in calls(page, "add")] == ["02.xlsx"]


def test_a_document_without_a_form_shows_the_nearest_and_the_way_on(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "様式なし.xlsx")
    page.wait_for_selector(".sentence")
    page.locator(".next li button").first.click()
    text = page.inner_text(".unchecked")
    assert "釧路市民の人口" in text
    assert "最も近い様式" in text
    page.select_option("#choose-form", "minato")
    until(page, "played.calls.filter(([, name]) => name === 'read').length === 2")
    assert calls(page, "read")[1]["form"] == "minato"


def test_a_corrected_file_shows_what_is_settled(open_desk: Open) -> None:
    page = audited(open_desk)
    page.click("#head-step1")
    drop(page, "01_市民課.xlsx")
    page.wait_for_selector("dialog[open]")
    assert "見本/01_市民課.xlsx" in page.inner_text("dialog")
    page.click("#dialog-replace_yes")
    until(page, "played.round === 2")
    page.click("#head-step2")
    page.wait_for_selector("text=前回から解消した指摘")
    assert "解消1件" in page.inner_text(".notice.done")
    assert calls(page, "add")[-1]["name"] == "見本/01_市民課.xlsx"
    page.select_option("#filter-since", "new")
    assert "4件のうち1件" in page.inner_text(".narrowed")
    page.click("#show-all")
    assert page.locator(".narrowed").count() == 0


def test_a_filter_leaves_the_counts_and_says_what_it_hides(open_desk: Open) -> None:
    page = audited(open_desk)
    page.click("#filter-errors_only")
    assert "4件のうち2件" in page.inner_text(".narrowed")
    page.keyboard.press("F8")
    page.wait_for_selector(".card.error")
    page.click("#filter-open_only")
    page.click("#answer-corrected")
    page.wait_for_selector(".recorded")  # it is still the one that she looks at
    page.keyboard.press("F8")
    until(page, "document.querySelector('.position').textContent === '1／1'")
    assert page.locator("#department-0 .count.error").inner_text() == "要訂正 1"


def test_two_work_files_that_answer_differently_show_both(open_desk: Open) -> None:
    page = audited(open_desk)
    page.click("#head-step1")
    drop(page, "点検作業.zip")
    page.wait_for_selector("dialog[open]")
    page.click("#dialog-merge")
    page.wait_for_selector(".conflict")
    pair = page.locator(".pair > div")
    assert pair.count() == 2
    assert "訂正した" in pair.nth(0).inner_text()
    assert "端数処理のため" in pair.nth(1).inner_text()
    page.keyboard.press("Escape")
    page.click("#conflicts")  # both are still there
    page.click("#use-0-1")
    page.click("#dialog-record")
    until(page, "played.answers.get('e1')?.reason === '端数処理のため'")
    page.wait_for_selector("#conflicts", state="detached")


def test_a_work_file_opens_where_nothing_was(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "点検作業.zip", chooser="work")
    page.wait_for_selector(".sentence")
    assert calls(page, "open") == [{"merge": False, "lang": "ja"}]
    page.click("#head-step1")
    assert page.locator("table.documents .name").all_inner_texts() == ["見本/01_市民課.xlsx"]


def test_forms_and_waivers_go_where_they_belong(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "様式.toml", text="title = 'x'")
    drop(page, "確認済み.toml", text="[[waiver]]\nnonsense")
    page.wait_for_selector(".supplements >> text=確認済み.toml")
    wanted = calls(page, "configure")[-1]
    assert [form["name"] for form in wanted["forms"]] == ["様式.toml"]
    assert [waiver["name"] for waiver in wanted["waivers"]] == ["確認済み.toml"]
    assert "1行目" in page.inner_text("#step1")
    drop(page, "auditor.toml", text="title = '点検'")
    page.wait_for_selector(".supplements >> text=auditor.toml")
    page.wait_for_selector("#step1 .notice >> text=auditor.toml を使っています")
    drop(page, "課の設定.toml", text="[office]\nname = '財政課'")  # an office has one file
    page.wait_for_selector(".supplements >> text=課の設定.toml")
    wanted = calls(page, "configure")[-1]
    assert wanted["settings"] == {"name": "課の設定.toml", "text": "[office]\nname = '財政課'"}
    assert [form["name"] for form in wanted["forms"]] == ["様式.toml"]
    drop(page, "規則.py")
    page.wait_for_selector(
        ".notice.fault >> text=プログラムで書いた規則（.py）は、この画面では動かしません"
    )
    assert calls(page, "read") == []


def test_last_years_documents_are_told_apart(open_desk: Open) -> None:
    page = audited(open_desk)
    page.click("#head-step1")
    drop(page, "昨年.xlsx", chooser="last_year-files")
    until(page, "played.documents.has('昨年.xlsx')")
    about = {"replaces": False, "last_year": True, "sample": False}
    assert calls(page, "add")[-1] == {"name": "昨年.xlsx", **about}
    page.wait_for_selector("table.documents .tag >> text=前年度")


def test_the_language_changes_and_the_place_stays(open_desk: Open) -> None:
    page = audited(open_desk)
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    until(page, "document.querySelector('.position').textContent === '2／4'")
    page.click("#language")
    page.wait_for_selector(".card >> text=Filler text is left")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.inner_text(".position") == "2 / 4"
    page.click("#language")
    page.wait_for_selector(".card >> text=仮の文字が残っています")


def test_a_browser_that_lacks_something_is_told_what(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.add_init_script(
        "globalThis.playedChecks = [{ name: 'wasm', fits: false,"
        " text: { ja: 'WebAssembly を使えません。', en: 'There is no WebAssembly.' } }]"
    )
    desk.page.goto(ORIGIN)
    desk.page.wait_for_selector(".failure")
    assert "WebAssembly を使えません。" in desk.page.inner_text(".failure")
    assert desk.page.locator(".drop").count() == 0


def test_what_makes_it_slow_is_said_and_the_page_works(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.add_init_script(
        "globalThis.playedChecks = [{ name: 'memory', fits: false,"
        " text: { ja: 'メモリーは4GB未満です。', en: 'There is less than 4 GB.' } },"
        " { name: 'speed', fits: false, text: { ja: '低速で動きます。', en: 'It is slow.' } }]"
    )
    page = desk.open()
    assert "4GB未満" in page.inner_text(".notice.fault")
    assert "低速" in page.inner_text(".notice.fault")
    page.click("#sample")
    page.wait_for_selector(".sentence")


def test_without_script_a_text_says_so(open_desk: Open) -> None:
    desk = open_desk(java_script_enabled=False, waits=False)
    assert "JavaScript を有効にしてください" in desk.page.inner_text("body")


def test_a_copy_that_cannot_be_made_is_named(open_desk: Open) -> None:
    page = open_desk().page
    drop(page, "写せない.pdf", "02.xlsx")
    page.wait_for_selector(".sentence")
    page.click("#head-step3")
    downloaded(page, lambda: page.click("#deliver"))
    page.wait_for_selector(".everything .notice.done")
    assert "写せない.pdf：この文書の写しは作れません。" in page.inner_text(".everything")


@pytest.mark.parametrize(("kind", "name"), [("html", "html"), ("waivers", "waivers")])
def test_outputs_are_saved_one_by_one(open_desk: Open, kind: str, name: str) -> None:
    page = audited(open_desk)
    page.click("#head-step3")
    file = downloaded(page, lambda: page.click(f"#output-{kind}"))
    assert file.suggested_filename == f"点検結果_第1回_2025-08-04.{name}"
    [wanted] = calls(page, "output")
    assert wanted["made_at"][10] == "T"


def test_a_dropped_folder_is_walked_by_its_handles(open_desk: Open) -> None:
    page = open_desk().page
    names = page.evaluate(
        """async () => {
          const { fromDrop } = await import("/dropping.js");
          const file = (name) => ({ kind: "file", name, getFile: async () => new File(["x"], name) });
          const folder = (name, inner) => ({ kind: "directory", name, async *values() { yield* inner; } });
          const item = (handle) => ({ kind: "file", getAsFile: () => null, getAsFileSystemHandle: async () => handle });
          const tree = folder("成果シート", [file("02.xlsx"), folder("福祉部", [file("01.pdf")])]);
          const dropped = await fromDrop({ items: [item(tree), item(file("KPI.tsv")), { kind: "string" }] });
          return dropped.map(({ name }) => name);
        }"""
    )
    assert names == ["KPI.tsv", "成果シート/02.xlsx", "成果シート/福祉部/01.pdf"]


def test_contact_and_licences_are_told(open_desk: Open) -> None:
    page = open_desk().page
    page.click("#contact")
    page.wait_for_selector("dialog table")
    text = page.inner_text("dialog")
    assert "MPL-2.0" in text
    assert "5f" * 32 in text
    assert "通信を行いません" in text
    page.keyboard.press("Escape")
    assert focused(page) == "contact"


# — a judge that ends —


def end_judge(page: Page, lost: list[str], names: list[str] | None, answers: int = 0) -> None:
    """Plays that the judge's worker ended and came back with these documents; None for nothing."""
    restored = {"documents": names or [], "last_year": [], "answers": answers}
    page.evaluate(
        "(event) => { const { line } = played; line.onGone(); setTimeout(() => line.onBack(event)); }",
        {"name": "answer", "lost": lost, "restored": restored, "isWhole": names is not None},
    )


def test_after_a_judge_that_ended_she_is_told_what_is_there(open_desk: Open) -> None:
    page = audited(open_desk)
    end_judge(page, [], [*SAMPLE], 2)
    page.wait_for_selector(
        ".notice.done >> text=文書3件と回答2件を復元し、失われたものはありません"
    )
    end_judge(page, ["answer"], [*SAMPLE], 1)
    page.wait_for_selector(".notice.fault >> text=最後の操作（回答の記録）は残っていません")
    read = len(calls(page, "read"))
    end_judge(page, ["add"], [*SAMPLE[:2]], 1)  # a document is missing: it is read again
    page.wait_for_selector(".notice.done >> text=失われたものはありません")
    until(page, f"played.calls.filter(([, call]) => call === 'read').length === {read + 1}")
    end_judge(page, ["add"], None)
    page.wait_for_selector(".notice.fault >> text=復元できませんでした")


def test_printing_by_key_waits_for_what_was_chosen(open_desk: Open) -> None:
    page = audited(open_desk)
    page.evaluate(
        "() => { window.print = () => { window.printed = document.querySelectorAll('.sheet-text').length; }; }"
    )
    page.keyboard.press("F8")
    page.keyboard.press("Control+p")
    until(page, "window.printed > 0")
