"""What the reader tells of every kind of file, in words for a page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.cli.main import main
from auditor.desk.judge import Judge
from auditor.desk.reader import Reader
from auditor.desk.service import DeskError
from auditor.desk.wording import reason_shown
from auditor.desk.work_file import Packing, Unpacked
from auditor.files.ooxml import package_of
from auditor.records.extras import how_to_install
from auditor.records.text import Why
from tests.desk.folders import MARKUP, OLD, PARKS, mixed, text, workbook
from tests.desk.plain import NOW, Desk, call

ROOT = Path(__file__).resolve().parents[2]
FORMS = ROOT / "tests" / "documents" / "forms"
COMMAND = re.compile(r"--[a-z]|auditor [a-z]|pip |`")


def documents_of(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["name"].partition("/")[2]: item for item in state["documents"]}


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return []


def test_each_file_of_a_folder_is_told_what_became_of_it() -> None:
    desk = Desk()
    desk.drop(mixed(with_pdf=False))
    state = desk.state()
    documents = documents_of(state)
    assert {name: item["state"] for name, item in documents.items()} == {
        "01.xlsx": "audited",
        "02/複数課.xlsx": "audited",
        "03.txt": "audited",
        "04/同じもの.xlsx": "passed_over",
        "05_様式なし.txt": "not_checked",
        "06_壊れた.xlsx": "not_checked",
        "07.docx": "not_checked",
        "README.md": "passed_over",
        ".隠し/08.xlsx": "passed_over",
    }
    unread = [item for item in documents.values() if item["state"] != "audited"]
    assert all(item["reasons"] for item in unread)
    first = [step["document"] for step in state["next"] if step["kind"] == "not_checked"]
    assert [name.partition("/")[2] for name in first] == [
        "05_様式なし.txt",
        "06_壊れた.xlsx",
        "07.docx",
    ]
    assert [step["kind"] for step in state["next"]][: len(first)] == ["not_checked"] * len(first)
    for lang in ("ja", "en"):
        told = desk.ask("state", lang=lang)
        assert not [text for text in texts_in(told) if COMMAND.search(text)]


def test_each_of_two_versions_is_told_why_it_was_not_checked() -> None:
    desk = Desk()
    versions = {f"a/{fault}.xlsx": workbook([PARKS], fault=fault) for fault in (777, 888)}
    desk.drop(versions)
    documents = desk.state()["documents"]
    assert [item["state"] for item in documents] == ["not_checked"] * 2
    assert all("取り除いて" in item["reasons"][0] for item in documents)
    desk.ask("remove", name="a/777.xlsx")
    (document,) = desk.state()["documents"]
    assert document["state"] == "audited"


def test_markup_in_a_document_stays_text() -> None:
    desk = Desk()
    desk.drop({"成果シート/03.txt": text(8, fault=99_999_991)})
    entry = desk.state()["entries"][0]
    assert MARKUP in entry["owner"]
    card = desk.ask("card", entry=entry["id"], lang="ja")
    assert card["title"] == entry["title"]
    _, page = call(desk.judge, "output", kind="html", lang="ja", made_at=NOW.isoformat())
    assert page is not None
    assert MARKUP not in page.decode()


def test_the_nearest_form_is_told_with_what_it_lacks_and_can_be_chosen() -> None:
    near = text(8, PARKS, name="事業", fault=99_999_991).decode().replace("主要施策", "重点施策")
    near = near.replace("事業費", "経費")
    desk = Desk()
    desk.drop({"別の様式.txt": near.encode()}, in_folder=False)
    (document,) = desk.state()["documents"]
    assert document["state"] == "not_checked"
    shown = document["near"]
    assert shown["form"] == "kushiro"
    assert shown["missing"]
    assert "様式" in shown["way"]
    assert not COMMAND.search(shown["way"])
    desk.drop({"別の様式.txt": near.encode()}, in_folder=False, form="kushiro")
    (document,) = desk.state()["documents"]
    assert document["form"] in ("kushiro", "")
    assert document["near"] is None


def test_a_dropped_form_is_used_and_a_faulty_one_is_told() -> None:
    form = (FORMS / "yamate.toml").read_text(encoding="utf-8")
    yamate = (FORMS.parent / "workbooks" / "yamate-years-down.xlsx").read_bytes()
    desk = Desk()
    files = [{"name": "yamate.toml", "text": form}]
    for service in (desk.reader, desk.judge):
        assert call(service, "configure", forms=files)[0] == {"problems": [], "notices": []}
    desk.drop({"山手.xlsx": yamate}, in_folder=False)
    state = desk.state()
    assert state["documents"][0]["form"] == "yamate"
    assert "yamate" in {item["name"] for item in state["form_names"]}
    faulty = [{"name": "faulty.toml", "text": form + "\nnothing = 1\n"}]
    (problem,) = desk.ask("configure", forms=faulty, lang="ja")["problems"]
    assert problem.startswith("faulty.toml")
    assert "desk-" not in problem
    state = desk.state()
    assert problem in state["problems"]
    assert state["documents"][0]["reasons"]


def test_a_faulty_file_of_waivers_is_told_and_not_used() -> None:
    desk = Desk()
    files = [{"name": "確認済み.toml", "text": "[[waiver]]\nrule = 'FND001'\n"}]
    problems = desk.ask("configure", waivers=files, lang="ja")["problems"]
    assert "確認済み.toml" in problems[0]
    assert "--" not in problems[0]
    with pytest.raises(DeskError, match="toml"):
        desk.ask("configure", waivers=[{"name": "x.py", "text": ""}])


def test_a_settings_file_says_what_of_it_is_used_and_what_not() -> None:
    lines = ["title = '点検'", "waivers = 'x.toml'", "plugins = ['rules']", "language = 'en'"]
    text_of_file = "\n".join([*lines, "[letter]", "template = 'x.docx'"])
    dropped = {"name": "auditor.toml", "text": text_of_file}
    desk = Desk()
    told = desk.ask("configure", settings=dropped, lang="ja")
    assert told["problems"] == []
    used, *unused = told["notices"]
    assert used == "auditor.toml を使っています：title"
    keys = ("waivers", "plugins", "language", "letter.template")
    assert all(any(f"「{key}」" in line for line in unused) for key in keys)
    assert len(unused) == len(keys)
    assert desk.state()["notices"][:5] == told["notices"]
    assert desk.ask("configure", lang="ja") == {"problems": [], "notices": []}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("titel = 'x'", "「title」のことですか"),
        ("form = 'nowhere'", "nowhere"),
        ("[severities]\nRD001 = 'note'", "より下げられません"),
        ("[rules]\nignore = ['ZZZ999']", "ZZZ999"),
        ("title = ", "値が必要です"),
    ],
)
def test_a_faulty_settings_file_is_told_and_not_used(content: str, words: str) -> None:
    desk = Desk()
    dropped = {"name": "課/auditor.toml", "text": f"{content}\n"}
    (problem,) = desk.ask("configure", settings=dropped, lang="ja")["problems"]
    assert problem.startswith("auditor.toml")
    assert words in problem
    assert "--" not in problem
    assert [line for line in desk.state()["problems"] if words in line]


def test_a_form_of_tables_is_said_to_be_for_the_installed_program() -> None:
    form = (ROOT / "examples" / "grants" / "form.toml").read_text(encoding="utf-8")
    told = Desk().ask("configure", forms=[{"name": "grants.toml", "text": form}], lang="ja")
    assert told["problems"] == []
    (notice,) = told["notices"]
    assert "様式 grants は表データ用です" in notice


def test_a_document_that_could_not_be_read_is_named_and_the_rest_goes_on() -> None:
    desk = Desk()
    desk.drop({"成果シート/03.txt": text(8, fault=99_999_991)})
    for code in ("hung", "died", "memory", "cancelled"):
        desk.ask("not_read", name=f"成果シート/{code}.xlsx", code=code)
    state = desk.state()
    assert [item["state"] for item in state["documents"]].count("not_checked") == 4
    assert state["entries"]
    _, data = call(desk.judge, "output", kind="json", lang="ja", made_at=NOW.isoformat())
    assert data is not None
    assert len(json.loads(data)["not_checked"]) == 4


SLOW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=3))
def test_reading_one_by_one_is_the_command(drawn: list[tuple[int, bool]]) -> None:

    files = {
        f"成果シート/{number:02}.{'xlsx' if is_book else 'txt'}": (
            workbook([PARKS, OLD], seed) if is_book else text(seed, fault=99_999_991)
        )
        for number, (seed, is_book) in enumerate(drawn)
    }
    desk = Desk()
    for name in reversed(list(files)):
        desk.drop({name: files[name]})
    _, data = call(desk.judge, "output", kind="json", lang="ja", made_at=NOW.isoformat())
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        words = ["--deliver", str(Path(folder, "out")), "--no-settings", "--lang", "ja"]
        main(["check", str(Path(folder, "成果シート")), *words])
        result = Path(folder, "out", "結果.json")
        assert not result.exists() or result.read_bytes() == data


# — refusals —


@pytest.mark.parametrize("name", ["", "/a", "a/../b", "a\0b", "..", "a//b", "x" * 2000])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(DeskError) as fault:
        call(Reader(), "read", b"x", name=name)
    assert fault.value.code == "name"


@pytest.mark.parametrize(
    ("service", "name", "arguments", "code"),
    [
        (Reader, "nothing", {}, "unknown-call"),
        (Reader, "read", {}, "wrong-arguments"),
        (Reader, "read", {"name": "a.txt"}, "no-data"),
        (Reader, "copy", {"request": "{}"}, "no-data"),
        (Reader, "unpack_document", {"name": "a"}, "no-work"),
        (Judge, "audit", {"lang": "fr"}, "wrong-arguments"),
        (Judge, "card", {"entry": "x"}, "no-entry"),
        (Judge, "answer", {"entry": "x", "kind": "ask"}, "no-entry"),
        (Judge, "undo", {}, "nothing"),
        (Judge, "redo", {}, "nothing"),
        (Judge, "deliver", {}, "nothing"),
        (Judge, "output", {"kind": "waivers"}, "nothing"),
        (Judge, "add", {"name": "a"}, "no-data"),
    ],
)
def test_what_can_not_be_done_is_refused_in_both_languages(
    service: type[Reader] | type[Judge], name: str, arguments: dict[str, object], code: str
) -> None:
    with pytest.raises(DeskError) as fault:
        call(service(), name, None, **arguments)
    assert fault.value.code == code
    assert fault.value.en
    assert fault.value.ja


def test_what_the_reader_did_not_write_is_no_document() -> None:
    desk = Desk()
    _, records = call(desk.reader, "read", text(8), name="a.txt")
    assert records is not None
    for data, name in ((b"{}", "a.txt"), (records, "b.txt"), (b"\xff", "a.txt")):
        with pytest.raises(DeskError):
            call(desk.judge, "add", data, name=name)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"kind": "as_printed"}, "no-reason"),
        ({"kind": "as_printed", "reason": " \n "}, "no-reason"),
        ({"kind": "accepted", "reason": "照合した", "role": "予算担当"}, "no-kind"),
        ({"kind": "accepted", "reason": "照合した", "waiver_kind": "その他"}, "no-role"),
        (
            {"kind": "accepted", "reason": "-", "waiver_kind": "その他", "role": "山田様"},
            "a-person",
        ),
        ({"kind": "accepted", "waiver_kind": "だいたい", "reason": "-"}, "wrong-arguments"),
        ({"kind": "ask", "reason": "あ" * 1001}, "too-long"),
    ],
)
def test_answers_in_which_something_is_missing_are_refused(
    answer: dict[str, str], code: str
) -> None:
    desk = Desk()
    desk.drop({"成果シート/03.txt": text(8, fault=99_999_991)})
    entry = desk.state()["entries"][0]["id"]
    with pytest.raises(DeskError) as fault:
        desk.ask("answer", entry=entry, lang="ja", **answer)
    assert fault.value.code == code
    assert desk.state()["entries"][0]["answer"] is None


def test_numbers_that_were_not_read_can_not_be_accepted() -> None:
    desk = Desk()
    stacked = (FORMS.parent / "workbooks" / "kushiro-uncalculated.xlsx").read_bytes()
    desk.drop({"a.xlsx": stacked}, in_folder=False)
    entries = [item for item in desk.state()["entries"] if not item["waivable"]]
    for entry in entries[:1]:
        with pytest.raises(DeskError) as fault:
            desk.ask(
                "answer",
                entry=entry["id"],
                kind="accepted",
                reason="照合した",
                role="予算担当",
                waiver_kind="その他",
            )
        assert fault.value.code == "not-waivable"


def test_an_accepted_entry_goes_and_comes_back() -> None:
    desk = Desk()
    desk.drop({"成果シート/03.txt": text(8, fault=99_999_991)})
    before = desk.state()
    entry = next(item["id"] for item in before["entries"] if item["waivable"])
    desk.ask("answer", entry=entry, kind="as_printed", reason="決算書で確認", waiver_kind="その他")
    after = desk.ask("answer", entry=entry, kind="accepted", role="予算担当", lang="ja")
    assert entry not in {item["id"] for item in after["entries"]}
    assert "了承" in after["changes"]["undo"]
    (key,) = {item["entry"] for item in after["waived"]}
    back = desk.ask("answer", entry=key, kind="none", lang="ja")
    assert {item["id"] for item in back["entries"]} == {item["id"] for item in before["entries"]}
    assert desk.ask("undo", lang="ja")["waived"] == after["waived"]
    assert desk.ask("undo", lang="ja")["entries"] != before["entries"]
    assert desk.ask("undo", lang="ja")["entries"] == before["entries"]
    assert desk.ask("redo", lang="ja")["changes"]["redo"]


# — work files —


def test_a_work_file_holds_its_documents() -> None:
    files = {"成果シート/03.txt": text(8), "成果シート/04.xlsx": workbook([PARKS])}
    desk = Desk()
    desk.drop(files)
    data = desk.saved(files)
    assert desk.saved(files) == data
    other = Desk()
    assert other.open(data) == desk.state()
    assert other.documents == files


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"work.json": b"{}"},
        {"work.json": b"{}", "documents.json": b"[]"},
        {
            "work.json": b"{}",
            "documents.json": b'{"documents": [{"name": "../a", "part": "work.json"}]}',
        },
        {
            "work.json": b"{}",
            "documents.json": b'{"documents": [{"name": "a", "part": "nothing"}]}',
        },
        {"../work.json": b"{}"},
    ],
)
def test_a_zip_that_no_desk_wrote_is_refused(parts: dict[str, bytes]) -> None:
    with pytest.raises(DeskError) as fault:
        Unpacked(package_of(parts))
    assert fault.value.code in ("work-file", "name")


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    packing = Packing()
    packing.add("a", b"x")
    data = packing.finished(b"0" * 40_000_000)
    with pytest.raises(DeskError, match="work file"):
        Unpacked(data)


def test_reasons_lose_what_only_a_command_line_takes() -> None:
    for code in ("several-forms", "too-slow", "other"):
        why = Why(
            code=code,
            en="it took too long; split it, or allow more (--limits)",
            ja="終わらないため中止しました。--limits で上限を上げてください",
        )
        assert reason_shown(why, "ja").startswith("終わらないため中止しました")
        for lang in ("ja", "en"):
            assert not COMMAND.search(reason_shown(why, lang))


def test_neither_service_loads_what_the_page_lacks() -> None:
    code = (
        "import sys; from tests.desk.plain import Desk; from tests.desk.folders import workbook, PARKS\n"
        "from auditor.desk.views import viewed\n"
        "desk = Desk(); desk.drop({'a/1.xlsx': workbook([PARKS])}); desk.state(); desk.delivered()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    absent = {"polars", "pandera", "pandas", "numpy", "pyarrow", "lxml", "cryptography", "duckdb"}
    assert not absent & set(process.stdout.split())


def test_where_nothing_can_be_installed_the_installed_program_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "pip" in how_to_install("pdf").ja
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert not COMMAND.search(how_to_install("pdf").en)
    assert "導入版" in how_to_install("pdf").ja
