"""``auditor check --deliver``: one call from a folder to what is handed round."""

from __future__ import annotations

import errno
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import auditor_datasets
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.delivery.names import DocumentNames
from auditor.readers.documents import read_documents
from auditor.readers.json.writing import dump_records
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.reports.earlier import RECORDS_FILE, RESULT_FILE
from auditor.testing.build import book
from tests.documents.folder.making import made, written

TOP = {"点検結果.html", "点検結果.xlsx", RESULT_FILE, RECORDS_FILE}
SETTINGS = """
[office]
name = "財政部財政課"
head = "財政課長"
role = "予算担当"
extension = "2345"
[letter]
deadline = 2025-08-15
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("folder") / "成果シート"
    written(made(11, books=6, sheets=18, rows=6).faulty, path)
    return path


@pytest.fixture(scope="module")
def delivered(folder: Path) -> Path:
    (folder.parent / "auditor.toml").write_text(SETTINGS, encoding="utf-8")
    out = folder.parent / "点検結果"
    words = ["--settings", str(folder.parent / "auditor.toml"), "--lang", "ja"]
    assert main(["check", str(folder), "--deliver", str(out), *words]) == 1
    return out


def result_of(out: Path) -> dict[str, object]:
    data: dict[str, object] = json.loads((out / RESULT_FILE).read_text(encoding="utf-8"))
    return data


def causes_by_department(out: Path) -> dict[str, list[dict[str, object]]]:
    groups: dict[str, list[dict[str, object]]] = {}
    for cause in result_of(out)["causes"]:  # type: ignore[attr-defined]
        owner = cause["sheet"] or cause["kpi"] or {}
        groups.setdefault(owner.get("department", ""), []).append(cause)
    return groups


def texts_of(file: Path) -> Iterator[str]:
    """All texts of a file after unpacking."""
    data = file.read_bytes()
    if not data.startswith(b"PK"):
        yield data.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            yield parts.read(name).decode("utf-8", "replace")


def test_each_department_gets_what_it_has_to_answer(delivered: Path) -> None:
    groups = causes_by_department(delivered)
    assert len(groups) > 2
    folders = {path.name for path in delivered.iterdir() if path.is_dir()}
    assert {path.name for path in delivered.iterdir() if path.is_file()} == TOP
    assert folders == {name for name in groups if name}
    for name in folders:
        files = {path.name for path in (delivered / name).iterdir()}
        asks = any(cause["severity"] != "note" for cause in groups[name])
        assert ({"回答票.xlsx", "照会文.docx"} <= files) is asks
        copies = {file for file in files if file.endswith("（指摘）.xlsx")}
        documents = {str(cause["document"]).rpartition("/")[2] for cause in groups[name]}
        assert copies == {
            f"{document.removesuffix('.xlsx')}（指摘）.xlsx" for document in documents
        }
        assert files - copies <= {"回答票.xlsx", "照会文.docx"}


def test_a_copy_holds_the_departments_own_sheets(delivered: Path) -> None:
    session = load()
    copies = [str(path) for path in delivered.rglob("*（指摘）.xlsx")]
    read = read_documents(copies, forms=session.forms, readers=session.readers)
    assert read.not_checked == ()
    for each in read.books:
        for sheet in each.sheets:
            assert Path(sheet.document).parent.name == sheet.department


def test_the_answer_form_has_a_row_for_each_cause_that_needs_one(delivered: Path) -> None:
    for name, causes in causes_by_department(delivered).items():
        form = delivered / name / "回答票.xlsx"
        if not name or not form.exists():
            continue
        sheet = openpyxl.load_workbook(form)["回答票"]
        texts = {cell.value for row in sheet.iter_rows() for cell in row}
        asked = {cause["id"] for cause in causes if cause["severity"] != "note"}
        assert asked <= texts
        assert "令和７年８月１５日（金）" in " ".join(map(str, texts))


def test_letters_say_what_the_settings_say(delivered: Path) -> None:
    letters = list(delivered.rglob("照会文.docx"))
    assert letters
    for letter in letters:
        text = "".join(texts_of(letter))
        for word in (
            "財政課長",
            "予算担当",
            "2345",
            "令和７年８月１５日（金）",
            letter.parent.name,
        ):
            assert word in text
        assert "{{" not in text
        for file in letter.parent.iterdir():
            assert (file.name in text) is (file != letter)


def test_nothing_tells_of_the_computer(folder: Path, delivered: Path) -> None:
    above = str(folder.parent)
    for file in delivered.rglob("*"):
        if file.is_file():
            assert not [text for text in texts_of(file) if above in text], file.name


def test_links_lead_to_files_that_are_there(delivered: Path) -> None:
    book = openpyxl.load_workbook(delivered / "点検結果.xlsx")
    links = [
        cell.hyperlink.target
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink is not None and cell.hyperlink.target is not None
    ]
    assert links
    for link in links:
        assert (delivered / link.partition("#")[0].replace("\\", "/")).is_file(), link


def test_the_next_round_tells_what_changed(
    folder: Path, delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corrected = tmp_path / "成果シート"
    written(made(11, books=6, sheets=18, rows=6).clean, corrected)
    out = tmp_path / "2"
    words = ["--since", str(delivered), "--lang", "ja"]
    main(["check", str(corrected), "--deliver", str(out), *words])
    shown = capsys.readouterr().out
    audit = result_of(out)["audit"]
    assert isinstance(audit, dict)
    assert audit["round"] == 2
    assert "解消" in shown
    assert "第２回" in (out / "点検結果.html").read_text(encoding="utf-8").replace(
        "第2回", "第２回"
    )

    again = tmp_path / "3"
    main(["check", str(folder), "--deliver", str(again), *words])
    assert "未対応" in capsys.readouterr().out


def test_an_earlier_result_stays_unless_it_may_be_replaced(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = str(next(folder.glob("*.xlsx")))
    out = tmp_path / "out"
    call = ["check", document, "--deliver", str(out), "--lang", "ja", "--fail-on", "never"]
    assert main(call) == 0
    before = (out / RESULT_FILE).read_bytes()
    capsys.readouterr()
    assert main(call) == 2
    assert "--force" in capsys.readouterr().err
    assert (out / RESULT_FILE).read_bytes() == before
    assert main([*call, "--force"]) == 0
    assert "out（旧1）" in capsys.readouterr().out
    assert (tmp_path / "out（旧1）" / RESULT_FILE).read_bytes() == before
    (out / RESULT_FILE).unlink()
    assert main([*call, "--force"]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out（旧1）"]


@pytest.mark.parametrize(
    "options",
    [
        ["--output", "a.txt"],
        ["--by", "department", "--output-dir", "a"],
        ["--mark", "a.xlsx"],
        ["--department", "課"],
        ["--by", "sheet"],
        ["--format", "json"],
    ],
)
def test_options_that_do_not_go_together_are_refused_before_any_work(
    options: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    call = ["check", str(folder), "--deliver", str(out), "--lang", "en", *options]
    assert main(call) == 2
    assert options[-2] in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("name", [".", "result", "../成果シート"])
def test_never_among_the_documents(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(["check", str(folder), "--deliver", str(folder / name), "--lang", "ja"]) == 2
    assert "別の場所" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


def test_a_template_with_an_unknown_place_holder_is_refused_before_any_work(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ours.docx").write_bytes(b"no Word file")
    settings = tmp_path / "auditor.toml"
    settings.write_text('[letter]\ntemplate = "ours.docx"\n', encoding="utf-8")
    out = tmp_path / "out"
    call = ["check", str(folder), "--deliver", str(out), "--settings", str(settings)]
    assert main([*call, "--lang", "ja"]) == 2
    assert "ours.docx" in capsys.readouterr().err
    assert not out.exists()


def test_a_document_that_changes_during_the_audit_ends_it(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents = tmp_path / "in"
    documents.mkdir()
    for path in folder.glob("*.xlsx"):
        (documents / path.name).write_bytes(path.read_bytes())

    from auditor.auditing import documents as auditing

    audit = auditing.audit

    def changing(*arguments: object, **options: object) -> object:
        report = audit(*arguments, **options)  # type: ignore[arg-type]
        for path in documents.glob("*.xlsx"):
            path.write_bytes(path.read_bytes() + b"\0")
        return report

    monkeypatch.setattr(auditing, "audit", changing)
    out = tmp_path / "out"
    assert main(["check", str(documents), "--deliver", str(out), "--lang", "ja"]) == 2
    assert "もう一度点検してください" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_a_folder_without_documents_is_no_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    out = tmp_path / "out"
    assert main(["check", str(tmp_path / "in"), "--deliver", str(out), "--lang", "ja"]) == 2
    assert "書き出していません" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/home/tanaka/a.xlsx", "/home/sato/a.xlsx"], ["a.xlsx", "a.xlsx (2)"]),
        ([r"C:\Users\tanaka\a.xlsx", "../a.xlsx"], ["a.xlsx", "a.xlsx (2)"]),
        (["総務課/a.xlsx", "財政課/a.xlsx"], ["総務課/a.xlsx", "財政課/a.xlsx"]),
    ],
)
def test_records_tell_nothing_of_where_they_were_read(
    paths: list[str], names: list[str], tmp_path: Path
) -> None:
    books = [book_at(path, seed) for seed, path in enumerate(paths, 3)]
    records = tmp_path / "records.json"
    records.write_text(dump_records(books), encoding="utf-8")
    out = tmp_path / "out"
    main(["check", str(records), "--deliver", str(out), "--lang", "ja"])
    documents = result_of(out)["documents"]
    assert [document["path"] for document in documents] == names  # type: ignore[attr-defined]
    for file in out.rglob("*"):
        if file.is_file():
            text = "".join(texts_of(file))
            assert not [word for word in ("tanaka", "sato", str(tmp_path)) if word in text]


def test_tables_tell_nothing_of_where_they_lie(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "cofinancing"
    table = tmp_path / "projects.csv"
    table.write_bytes((example / "projects.csv").read_bytes())
    out = tmp_path / "out"
    call = ["check", "--table", str(table), "--plugin", str(example), "--deliver", str(out)]
    main([*call, "--lang", "ja"])
    assert [document["path"] for document in result_of(out)["documents"]] == [table.name]  # type: ignore[attr-defined]
    for file in out.rglob("*"):
        if file.is_file():
            assert str(tmp_path) not in "".join(texts_of(file))


def book_at(path: str, seed: int) -> Book:
    """A book whose sheets are all of one document."""
    clean = with_wrong_totals(book(3, seed=seed, form=load().forms["kushiro"]))
    sheets = tuple(
        sheet.model_copy(update={"document": path, "number": number})
        for number, sheet in enumerate(clean.sheets, 1)
    )
    return clean.model_copy(update={"documents": (), "sheets": sheets})


def test_a_document_that_can_not_be_marked_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "records.json"
    text.write_text(dump_records(auditor_datasets.load("kushiro-r6-faulty")), encoding="utf-8")
    out = tmp_path / "out"
    main(["check", str(text), "--deliver", str(out), "--lang", "ja"])
    captured = capsys.readouterr()
    assert captured.err.count("記録を読み取った") == 1
    assert list(out.rglob("回答票.xlsx"))
    assert not list(out.rglob("*（指摘）*"))


def with_wrong_totals(clean: Book) -> Book:
    figure = Figure(value=Decimal(99_999_991), state="number", printed="99,999,991", unit="千円")
    sheets: list[Sheet] = []
    for sheet in clean.sheets:
        column = next(key for key, year in sheet.years.items() if year.total_cost is not None)
        year = sheet.years[column].model_copy(update={"total_cost": figure})
        years = FrozenDict({**sheet.years, column: year})
        sheets.append(sheet.model_copy(update={"years": years}))
    return clean.model_copy(update={"sheets": tuple(sheets), "kpis": ()})


def test_departments_may_be_called_as_the_files_are(tmp_path: Path) -> None:
    names = ["点検結果.html", "結果.json", "点検結果.xlsx", "CON", "..", "営業/企画課"]
    clean = book(len(names), seed=3, form=load().forms["kushiro"])
    sheets = tuple(
        sheet.model_copy(update={"department": name})
        for sheet, name in zip(clean.sheets, names, strict=True)
    )
    named = clean.model_copy(update={"sheets": sheets, "kpis": ()})
    records = tmp_path / "records.json"
    records.write_text(dump_records([with_wrong_totals(named)]), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["check", str(records), "--deliver", str(out), "--lang", "ja"]) in (1, 2)
    assert {path.name for path in out.iterdir() if path.is_file()} == TOP
    assert len([path for path in out.iterdir() if path.is_dir()]) == len(names)


def test_without_standard_streams_the_folder_is_all(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    out = tmp_path / "out"
    assert main(["check", str(folder), "--deliver", str(out), "--lang", "ja"]) == 1
    assert (out / RESULT_FILE).exists()
    assert main(["check", str(folder / "none.xlsx"), "--lang", "ja"]) == 2


def test_a_place_below_a_file_is_refused_before_any_work(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "a" / "out"
    call = ["check", str(folder / "none.xlsx"), "--deliver", str(out), "--lang", "ja"]
    assert main(call) == 2
    captured = capsys.readouterr()
    assert "フォルダーではないもの" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("option", ["--deliver", "--output", "--mark", "--since"])
def test_a_folder_that_nobody_may_look_into_is_said(
    option: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = tmp_path / "closed"
    look = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.is_relative_to(closed) and path != closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat)
    document = str(next(folder.glob("*.xlsx")))
    assert main(["check", document, option, str(closed / "a.xlsx"), "--lang", "ja"]) == 2
    message = capsys.readouterr().err
    assert "closed" in message
    assert "異常" not in message


def test_those_who_get_the_copy_of_a_signed_document_are_told_so(
    folder: Path, delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = next(delivered.rglob("*（指摘）.xlsx")).name.replace("（指摘）", "")
    source, signed = folder / marked, tmp_path / "署名.xlsx"
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    origin = f'<Relationship Id="rIdSig" Type="{kind}" Target="_xmlsignatures/origin.sigs"/>'
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(signed, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "_rels/.rels":
                data = data.replace(b"</Relationships>", f"{origin}</Relationships>".encode())
            after.writestr(name, data)
        after.writestr("_xmlsignatures/origin.sigs", b"")
    for path, told in ((source, 0), (signed, 1)):
        main(["check", str(path), "--deliver", str(tmp_path / path.stem), "--lang", "ja"])
        assert capsys.readouterr().err.count("電子署名") == told


def test_names_of_documents(tmp_path: Path) -> None:
    inputs = [str(tmp_path / "a" / "課"), str(tmp_path / "b" / "課"), str(tmp_path / "c.xlsx")]
    names = DocumentNames(inputs)
    paths = {
        str(Path(inputs[0], "x", "1.xlsx")): "課/x/1.xlsx",
        str(Path(inputs[1], "1.xlsx")): "課 (2)/1.xlsx",
        inputs[2]: "c.xlsx",
        str(tmp_path / "elsewhere" / "d.xlsx"): "d.xlsx",
    }
    assert {path: names.name_of(path) for path in paths} == paths
    assert {names.path_of(name) for name in paths.values()} == set(paths)
