"""The catalogue of fields: it lists what the records hold, and every place that names fields
knows all of it, or is told here what it leaves out and why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines.bases import Base
from auditor.engines.views import View
from auditor.forms.checks import RESERVED
from auditor.formula.columns.values import NotColumnar
from auditor.records.fields import (
    DOCUMENT,
    EACH,
    EACH_OF,
    NAMES,
    PREFIXES,
    SCOPES,
    TABLE_OF,
    TABLES,
    Each,
    Field,
    Kind,
    TableName,
)
from auditor.records.figures import Figure, Place, Record
from auditor.records.model import RECORDS, Document, Evaluation, FiscalYear, NotChecked, Remark
from auditor.reports.wording import Wording
from auditor.rules.loading import build_rule
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.tables.shape import shapes
from auditor.testing import book as built
from auditor.testing.cases import run_cases
from tests.records.filled import full_form

SESSION = load()
FORM = full_form(SESSION.forms["kushiro"])
FORMS = {FORM.name: FORM}
ROOT = Path(__file__).resolve().parents[2]
HELD: Final[Mapping[str, type[Record]]] = {**RECORDS, "document": Document}

# The kinds of fields by the types of the records' own.
TYPES: Final[Mapping[Any, tuple[Kind, ...]]] = {
    int: ("number",),
    str: ("text", "month"),
    date: ("day",),
    Figure: ("figure",),
    Place: ("place",),
    Mapping[str, Place]: ("places",),
    tuple[str, ...]: ("texts",),
    tuple[Remark, ...]: ("messages",),
    tuple[NotChecked, ...]: ("messages",),
    Mapping[str, Figure]: ("figures",),
    Mapping[str, Evaluation]: ("rows",),
    Mapping[str, FiscalYear]: ("rows",),
}

NO_COLUMNS: Final = {
    ("sheet", "plans"): "several texts stand in one cell",
    ("sheet", "budget_stages"): "several texts stand in one cell",
    ("kpi", "actuals"): "a group is no number",
    ("year", "funding"): "a group is no number",
    ("book", "fiscal_year"): "books have no table",
}
NOT_IN_CASES: Final = {
    ("sheet", "number"): "counted",
    ("sheet", "role"): "only the form of a table has totals",
    ("sheet", "totals"): "what the form says of the row's name",
    ("sheet", "block"): "all rows of a case stand together",
    ("sheet", "since"): "all rows of a case stand together",
    ("kpi", "number"): "counted",
    ("evaluation", "meaning"): "the form's word for the result",
}


def named() -> list[tuple[Each, Field]]:
    return [(each, field) for each, scope in SCOPES.items() for field in scope.named]


def ids(value: object) -> str:
    return value.name if isinstance(value, Field) else str(value)


@pytest.mark.parametrize("record", HELD)
def test_the_catalogue_lists_what_records_hold(record: str) -> None:
    scope = DOCUMENT if record == "document" else SCOPES[record]  # type: ignore[index]
    listed = {field.name for field in scope.fields if field.origin == "record"}
    own_keys = {"form", "fiscal_year"} if record in ("document", "book") else set()
    held = set(HELD[record].model_fields)
    assert held - listed - own_keys == set(), "auditor/records/fields.py lacks these fields"
    assert listed - held == set(), "auditor/records/fields.py lists what no record holds"


@pytest.mark.parametrize("record", HELD)
def test_the_kind_of_a_field_is_that_of_its_type(record: str) -> None:
    scope = DOCUMENT if record == "document" else SCOPES[record]  # type: ignore[index]
    for name, info in HELD[record].model_fields.items():
        parts = [part for part in get_args(info.annotation) if part is not type(None)]
        optional = len(parts) + 1 == len(get_args(info.annotation))
        stated = parts[0] if optional and len(parts) == 1 else info.annotation
        if all(isinstance(word, str) for word in get_args(stated) or [0]):
            stated = str
        if name in scope.by_name and stated in TYPES:
            assert scope.by_name[name].kind in TYPES[stated], name


def test_scopes_and_tables_are_those_of_their_types() -> None:
    assert list(SCOPES) == list(EACH) == [scope.name for scope in SCOPES.values()]
    assert list(TABLES) == list(NAMES) == [scope.table for scope in TABLES.values()]
    assert {table: each for each, table in TABLE_OF.items()} == EACH_OF
    for scope in SCOPES.values():
        assert {link.to for link in scope.links} <= set(EACH)
        assert all(
            link.to == scope.name and link.step for link in scope.links if link.over == "row"
        )
        assert [
            link for link in scope.links if link.over == "owner" and link.to != scope.parent
        ] == []


@pytest.mark.parametrize(("each", "field"), named(), ids=ids)
def test_formulas_know_every_named_field(each: Each, field: Field) -> None:
    assert field.name in vocabulary(()).scopes[each].names
    # A form's figure is no name of a claim's row.
    assert each == "claim" or field.name in RESERVED


def test_every_scope_has_its_records() -> None:
    # A year of a KPI is a figure and its key, and claims are read from the texts of sheets.
    lacking = set(EACH) - RECORDS.keys() - {"kpi_year", "claim"}
    assert not lacking, "auditor/records/model.py: RECORDS lacks these scopes"


# tests/rules/test_claim_rows.py has those of claims, which stand in no table.
OF_RECORDS: Final = tuple(each for each in EACH if each != "claim")


@pytest.mark.parametrize("each", OF_RECORDS)
def test_every_scope_has_its_rows(each: Each) -> None:
    book = built(2, 1, FORM, kpis=1)
    rows = Rows(book, FORM).of(each)
    assert rows, f"auditor/rules/rows.py makes no row of {each}"
    text = {"en": "t", "ja": "t"}
    data = {"code": "ABC001", "name": "own", "each": each, "formula": "1 == 1", "since": "0"}
    texts = {"severity": "note", "title": text, "why": text, "action": text}
    rules = RuleSet([build_rule({**data, **texts}, "test", vocabulary([FORM]))])
    outcomes = audit([book], rules, FORMS).outcomes["ABC001"]
    assert outcomes["pass"] == len(rows), f"auditor/auditing judges no {each} of documents"
    columns = audit_tables(to_tables(book, FORMS), rules, FORMS).outcomes["ABC001"]
    assert columns == outcomes, f"auditor/auditing/tables.py judges no {each} of tables"


def test_rows_have_a_value_for_every_name() -> None:
    rows = Rows(built(2, 1, FORM, kpis=1), FORM)
    for each in OF_RECORDS:
        row = rows.of(each)[0]
        for name in vocabulary([FORM]).scopes[each].names:
            if name not in row.groups:
                assert name in row.values, (each, name)
        members = {name for name in row.values if name.startswith("actuals.")}
        named_here = set(vocabulary([FORM]).scopes[each].names) - set(row.groups)
        assert set(row.values) == named_here | members


@pytest.mark.parametrize("table", NAMES)
def test_tables_have_the_columns_of_the_catalogue(table: TableName) -> None:
    columns = {field.name: field for field in TABLES[table].columns}
    assert list(shapes(table)) == list(columns)
    written = to_tables(built(2, 1, FORM, kpis=1), FORMS).frames[table].columns
    for name, field in columns.items():
        assert name in written or shapes(table)[name].optional or field.sparse, name
        assert not (name in written and field.sparse), name


@pytest.mark.parametrize(("each", "field"), named(), ids=ids)
def test_columns_know_every_named_field(each: Each, field: Field) -> None:
    if each == "claim":  # it has no table
        return
    bases = {scope: Base() for scope in TABLE_OF}
    view = View(each, FORM, bases)
    kind = vocabulary([FORM]).scopes[each].names[field.name]
    if (each, field.name) in NO_COLUMNS:
        if kind == "text":
            with pytest.raises(NotColumnar):
                view.word((), field.name)
        return
    assert view.number((), field.name) if kind == "number" else view.word((), field.name)


def labelled() -> list[tuple[str, Field]]:
    return [
        (PREFIXES.get(each, "") + field.name, field)
        for each, scope in SCOPES.items()
        for field in scope.fields
        if field.origin != "key" and field.kind not in ("rows", "place", "places")
    ]


@pytest.mark.parametrize(("key", "field"), labelled(), ids=ids)
def test_reports_have_a_label_for_every_field(key: str, field: Field) -> None:
    assert field.en
    assert field.ja
    for lang, label in (("en", field.en), ("ja", field.ja)):
        assert Wording(lang).field(key) == label  # type: ignore[arg-type]


VALUES: Final[Mapping[Kind, Any]] = {
    "number": 2023,
    "figure": 5,
    "text": "words",
    "texts": ["words"],
    "month": "2024-03",
    "day": date(2024, 3, 31),
}
OPTIONS: Final = {
    "status": "new",
    "direction": "lower",
    "direction_source": "declared",
    "declared_achieved": "missed",
}


def cased() -> list[tuple[Each, Field]]:
    return [
        (each, field)
        for each in EACH_OF.values()
        for field in SCOPES[each].fields
        if field.origin == "record" and field.kind in VALUES and field.fill != "path"
    ]


@pytest.mark.parametrize(("each", "field"), cased(), ids=ids)
def test_cases_can_state_every_field(each: Each, field: Field) -> None:
    if (each, field.name) in NOT_IN_CASES or field.name == "reason_code":
        return
    text = {"en": "t", "ja": "t"}
    value = OPTIONS.get(field.name) if each == "kpi" or field.name == "status" else None
    stated = VALUES[field.kind] if value is None else value
    formula = f"present({field.name})" if field.in_formulas else "1 == 1"
    case: dict[str, Any] = {"form": "kushiro", "outcome": "pass", field.name: stated}
    if each == "kpi_year":
        case = {"form": "kushiro", "outcome": "pass", "year": "2023", "actuals": {"2023": 5}}
    rule = build_rule(
        {
            "code": "ABC001",
            "name": "own",
            "each": each,
            "formula": formula,
            "severity": "note",
            "since": "0",
            "title": text,
            "why": text,
            "action": text,
            "cases": [case],
        },
        "test",
        vocabulary([FORM]),
    )
    (result,) = run_cases(rule, FORMS)
    assert result.problems == ()


# --- a new field


ADDED: Final = (
    (
        "auditor/records/model.py",
        '    department: str = ""\n    category: str = ""\n',
        '    department: str = ""\n    contact: str = ""\n    category: str = ""\n',
    ),
    (
        "auditor/records/model.py",
        "    headcount: Figure | None = None\n",
        "    headcount: Figure | None = None\n    overtime_cost: Figure | None = None\n",
    ),
)
LISTED: Final = (
    (
        "auditor/records/fields.py",
        '        Field("category", "text", "category", "分類", headed=True),\n',
        '        Field("contact", "text", "contact", "連絡先", headed=True),\n',
    ),
    (
        "auditor/records/fields.py",
        '        Field("headcount", "figure", "headcount", "職員数"),\n',
        '        Field("overtime_cost", "figure", "overtime", "時間外手当", unit="form"),\n',
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program whose records have two more fields."""
    root = _copied(tmp_path_factory.mktemp("copy"))
    for name, old, new in ADDED:
        _edit(root / name, old, new)
    return root


def _copied(root: Path) -> Path:
    """The program with its tests, and with what Python compiled of them: only an edited file is
    compiled anew.
    """
    half_written = shutil.ignore_patterns("*.pyc.*")
    for name in ("auditor", "rules", "datasets", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=half_written)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old!r} is not there once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _tested(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"HYPOTHESIS_PROFILE": "glance"}
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_a_field_that_is_not_listed_is_named(copy: Path) -> None:
    result = _tested(copy, "tests/records/test_fields.py", "-k", "lists_what_records_hold")
    assert result.returncode == 1
    for name in ("contact", "overtime_cost"):
        assert f"'{name}'" in result.stdout
    assert "auditor/records/fields.py lacks these fields" in result.stdout


def test_a_field_that_is_listed_works_everywhere(copy: Path, tmp_path: Path) -> None:
    root = tmp_path / "listed"
    shutil.copytree(copy, root)
    for name, old, new in LISTED:
        _edit(root / name, old, old + new)
    files = (f"tests/records/{name}.py" for name in ("test_fields", "new_fields"))
    lost = "tests/records/test_nothing_is_lost.py"
    back = (f"{lost}::test_{kind}_every_field_back" for kind in ("tables_bring", "json_brings"))
    result = _tested(
        root, *files, *back, "-k", "not works_everywhere and not not_listed and not or_the_place"
    )
    assert result.returncode == 0, result.stdout[-3000:]


# --- a new link, and a new scope


STEP: Final = (
    "auditor/records/fields.py",
    '("next", 1, "year after", "翌年度")',
    '("next", 1, "year after", "翌年度"), ("before_last", -2, "two years before", "前々年度")',
)
SCOPE: Final = (
    (
        "auditor/records/fields.py",
        'Each = Literal["sheet",',
        'Each = Literal["document", "sheet",',
    ),
    (
        "auditor/records/fields.py",
        "SCOPES: Final[Mapping[Each, Scope]] = {\n",
        'SCOPES: Final[Mapping[Each, Scope]] = {\n    "document": DOCUMENT,\n',
    ),
)
RECORD: Final = (
    "auditor/records/model.py",
    "RECORDS: Final[Mapping[Each, type[Record]]] = {\n",
    'RECORDS: Final[Mapping[Each, type[Record]]] = {\n    "document": Document,\n',
)
ROWS: Final = (
    "auditor/rules/rows.py",
    "        for sheet in book.sheets:\n            self._sheet(sheet)\n",
    """        for document in book.documents:
            values = _READ["document"](document)
            self._of["document"].append(Row("document", self, document, values, groups))
        for sheet in book.sheets:
            self._sheet(sheet)
""",
)
SCOPED: Final = "has_its_records or has_its_rows"


def test_a_link_and_a_scope_work_or_the_place_that_lacks_them_is_named(tmp_path: Path) -> None:
    root = _copied(tmp_path / "grown")
    for name, old, new in (STEP, *SCOPE):
        _edit(root / name, old, new)
    result = _tested(root, "tests/records/test_fields.py", "-k", SCOPED)
    assert "RECORDS lacks these scopes" in result.stdout
    assert "auditor/rules/rows.py makes no row of document" in result.stdout
    assert result.stdout.count("\nFAILED") == 2

    for name, old, new in (RECORD, ROWS):
        _edit(root / name, old, new)
    words = "tests/records/new_words.py"
    result = _tested(root, "tests/records/test_fields.py", words, "-k", f"{SCOPED} or new_words")
    assert "auditor/auditing/tables.py judges no document of tables" in result.stdout
    assert result.stdout.count("\nFAILED") == 1, result.stdout[-3000:]
