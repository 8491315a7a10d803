"""The program's own records as JSON: what was written reads back the same, gaps are filled,
anything odd is said with its place.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.json.exact import is_too_deep
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import ReadResult, Source, UnreadableDocument
from auditor.records.figures import Figure, Place
from auditor.records.model import (
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    NotChecked,
    Remark,
    Sheet,
)
from auditor.records.text import Text, Why

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "documents"
FORM = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
OTHER = FORM.model_copy(
    update={
        "name": "other",
        "kpi": None,
        "fields": {
            name: FORM.fields[name] for name in ("total_cost", "headcount", "funding.grants")
        },
    }
)
FORMS = {"kushiro": FORM, "other": OTHER}


def read(
    data: Any, *, forms: dict[str, Form] | None = None, form: Form | None = None
) -> ReadResult:
    text = data if isinstance(data, str) else json.dumps(data)
    source = Source("r.json", text.encode())
    assert RecordsJsonReader().accepts_records(source)
    return RecordsJsonReader().read_records(source, forms or {"kushiro": FORM}, form)


def book(data: Any) -> Book:
    result = read(data)
    assert result.not_checked == ()
    (only,) = result.books
    return only


def remarks(data: Any) -> list[tuple[str, str | None]]:
    return [(remark.rule, remark.field) for remark in book(data).documents[0].remarks]


# --- what was written reads back the same -----------------------------------------------------------------------------------

words = st.sampled_from(
    ["", "甲", "釧路 \u3000市", 'a,"b"\n', "\0\u2028", "😀", "1,00", "-", "value", "2024"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
texts = st.builds(Text, en=words, ja=words)
places = st.sampled_from(
    [
        None,
        Place(line=3, cell="K"),
        Place(page=2, box=(0.1, 1e-7, 3.0, 841.89)),
        Place(sheet="表 1", cell="B7"),
        Place(),
    ]
)
numbers = st.sampled_from(
    [Decimal(text) for text in ("0", "0.0", "-20007", "152875", "1E-7", "1E+12", "0.5000")]
) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=7
)
placed_by = st.sampled_from([None, "position", "total_columns", "arithmetic", "usual_place"])


def figures(unit: str) -> st.SearchStrategy[Figure]:
    bare = st.builds(
        Figure,
        state=st.sampled_from(["blank", "dash", "text"]),
        printed=words,
        unit=st.just(unit),
        place=places,
    )
    number = st.builds(
        Figure,
        value=numbers,
        state=st.just("number"),
        printed=words,
        unit=st.sampled_from([unit, "億円"]),
        place=places,
        placed_by=placed_by,
        formula=st.none() | words,
        cached=st.none() | words,
    )
    return bare | number


def of_form(*names: str) -> dict[str, st.SearchStrategy[Figure | None]]:
    return {name: st.none() | figures(FORM.fields[name].unit) for name in names}


funding = st.dictionaries(st.sampled_from(FORM.funding), figures("千円"))
fiscal_years = st.builds(
    FiscalYear,
    year=st.integers(2000, 2040),
    kind=words,
    funding=funding,
    **of_form("total_cost", "staff_cost", "headcount"),
)
evaluations = st.builds(
    Evaluation,
    year=st.integers(2000, 2040),
    result=st.none() | words,
    reason=st.none() | words,
    issues=words,
    direction=words,
    place=places,
).map(
    lambda made: made.model_copy(
        update={
            "meaning": FORM.meaning(made.result),
            "reason_code": FORM.reason_code(made.reason or ""),
        }
    )
)
codes = st.sampled_from(["RD001", "RD010"])
document_remarks = st.lists(
    st.builds(
        Remark,
        rule=codes,
        sheet=st.none() | st.integers(1, 9),
        printed=words,
        detail=texts,
        place=places,
    )
)
missed = st.builds(
    NotChecked,
    document=words,
    sheet=st.none() | st.integers(1, 9),
    why=st.builds(Why, code=words, en=words, ja=words),
)


@st.composite
def books(draw: st.DrawFn, form: str, year: int, name: str = "") -> Book:
    documents: list[Document] = []
    sheets: list[Sheet] = []
    kpis: list[Kpi] = []
    for path in draw(
        st.lists(
            words.filter(bool).map(lambda word: f"{form}/{word}") | st.just("same"),
            min_size=1,
            max_size=3,
            unique=True,
        )
    ):
        some = draw(
            st.lists(
                st.builds(
                    Sheet,
                    document=st.just(path),
                    number=st.integers(1, 500),
                    name=words,
                    budget_stages=st.lists(words).map(tuple),
                    fiscal_year=st.just(year),
                    plans=st.lists(words).map(tuple),
                    achieved=words,
                    population_as_of=st.none() | st.dates(date(1950, 1, 1)),
                    evaluations=st.dictionaries(words, evaluations, max_size=2),
                    status=st.sampled_from(["continuing", "new", "single_year", "not_evaluated"]),
                    years=st.dictionaries(words, fiscal_years, max_size=3),
                    place=places,
                    **of_form("population", "cost_per_capita"),
                ),
                max_size=2,
            )
        )
        indicators = draw(
            st.lists(
                st.builds(
                    Kpi,
                    document=st.just(path),
                    number=st.integers(1, 500),
                    fiscal_year=st.just(year),
                    project=words,
                    name=words,
                    target=figures("件"),
                    unit=words,
                    due=st.none() | st.sampled_from(["2024-03", "2025-12"]),
                    actuals=st.dictionaries(
                        st.integers(2000, 2040).map(str), figures("件"), max_size=3
                    ),
                    direction=st.sampled_from(["higher", "lower"]),
                    direction_source=st.sampled_from(["declared", "inferred", "assumed"]),
                    declared_achieved=st.sampled_from([None, "achieved", "missed"]),
                    declared_rate=st.none() | figures("%"),
                    place=places,
                ),
                max_size=2,
            )
        )
        sheets += some
        kpis += indicators
        documents.append(
            Document.of(
                path,
                form,
                year,
                some,
                indicators,
                remarks=tuple(draw(document_remarks)),
                not_checked=tuple(draw(st.lists(missed, max_size=1))),
            )
        )
    return Book(
        name=name,
        form=form,
        fiscal_year=year,
        documents=tuple(documents),
        sheets=tuple(sheets),
        kpis=tuple(kpis),
    )


@settings(max_examples=max(20, settings().max_examples // 4))  # whole books are slow to make up
@given(
    st.lists(
        st.sampled_from(
            [
                ("kushiro", 2023),
                ("twin", 2024, "丙市"),
                ("kushiro", 2024),
                ("kushiro", 2024, "甲市"),
                ("kushiro", 2024, "乙市"),
            ]
        ),
        min_size=1,
        max_size=3,
        unique=True,
    ).flatmap(lambda keys: st.tuples(*(books(*key) for key in keys))),
    st.lists(missed, max_size=2),
)
def test_reading_what_was_written_gives_equal_books(
    written: tuple[Book, ...], not_checked: list[NotChecked]
) -> None:
    forms = {"kushiro": FORM, "twin": FORM.model_copy(update={"name": "twin"})}
    assert read(dump_records(written, not_checked), forms=forms) == ReadResult(
        written, tuple(not_checked)
    )


def test_a_record_that_names_no_book_is_of_the_only_one_that_its_document_is_listed_in() -> None:
    listed = {"path": "a", "book": "甲市", "form": "kushiro"}
    made = book(
        {"documents": [listed], "sheets": [{"document": "a", "name": "甲", "fiscal_year": 2024}]}
    )
    assert (made.name, made.key, len(made.sheets)) == ("甲市", "甲市", 1)
    (wrong,) = read(
        {"documents": [listed], "sheets": [{"document": "a", "book": "乙市", "name": "甲"}]}
    ).not_checked[:1]
    assert wrong.document == "a"
    assert ("RD010", "book") in remarks(
        {"sheets": [{"book": 5, "name": "甲", "fiscal_year": 2024}]}
    )


def test_figures_of_a_form_s_own_read_back_and_others_are_said() -> None:
    own = {"each": "sheet", "unit": "千円"}, {"each": "year", "unit": "円"}
    fields = {"grant": own[0], "advance": own[1], "total_cost": {}}
    form = Form.model_validate(
        {
            **FORM.model_dump(by_alias=True),
            "text": None,
            "groups": {},
            "fields": fields,
            "name": "own",
        }
    )
    year = {"total_cost": 9, "figures": {"advance": "1,200", "grant": 3}}
    data = {
        "name": "甲",
        "fiscal_year": 2024,
        "figures": {"grant": 500, "total_cost": 7},
        "years": {"2024": year},
    }
    (made,) = read({"sheets": [data]}, forms={"own": form, "kushiro": FORM}, form=form).books
    (sheet,) = made.sheets
    assert sheet.figures == {
        "grant": Figure(value=Decimal(500), state="number", printed="500", unit="千円")
    }
    assert sheet.years["2024"].figures == {
        "advance": Figure(value=Decimal(1200), state="number", printed="1,200", unit="円")
    }
    assert [(remark.rule, remark.field) for remark in made.documents[0].remarks] == [
        ("RD010", "figures.total_cost"),
        ("RD010", "figures.grant"),
    ]
    clean = made.model_copy(
        update={"documents": (made.documents[0].model_copy(update={"remarks": ()}),)}
    )
    assert read(dump_records([clean]), forms={"own": form, "kushiro": FORM}).books == (clean,)
    assert '"figures"' not in dump_records(
        [Book(form="kushiro", fiscal_year=2024, sheets=(Sheet(name="甲", fiscal_year=2024),))]
    )


def test_records_whose_document_is_not_listed_get_an_entry_for_it() -> None:
    written = Book(
        form="kushiro", fiscal_year=2024, sheets=(Sheet(document="a", name="甲", fiscal_year=2024),)
    )
    assert book(dump_records([written])) == written.model_copy(
        update={"documents": (Document.of("a", "kushiro", 2024, written.sheets),)}
    )


def test_a_figure_is_written_in_the_names_of_the_records() -> None:
    figure = Figure(
        value=Decimal(4030),
        state="number",
        printed="4,030",
        unit="千円",
        place=Place(line=3),
        placed_by="position",
    )
    years = {
        "2024": FiscalYear(
            year=2024, kind="settled", total_cost=figure, staff_cost=Figure(unit="千円")
        )
    }
    text = dump_records(
        [
            Book(
                form="kushiro",
                fiscal_year=2024,
                sheets=(Sheet(name="甲", fiscal_year=2024, years=years),),
            )
        ]
    )
    data = json.loads(text)
    assert list(data) == ["schema_version", "documents", "sheets", "kpis"]
    assert data["sheets"][0]["years"]["2024"]["total_cost"] == {
        "value": "4030",
        "state": "number",
        "printed": "4,030",
        "unit": "千円",
        "place": {"line": 3},
        "placed_by": "position",
    }
    assert data["sheets"][0]["years"]["2024"]["staff_cost"] == {
        "value": None,
        "state": "blank",
        "printed": "",
        "unit": "千円",
    }
    assert "headcount" not in data["sheets"][0]["years"]["2024"]


# --- records made by hand ---------------------------------------------------------------------------------------------------

SHEET = {
    "name": "甲",
    "fiscal_year": 2024,
    "population": 152875,
    "cost_per_capita": "52.50",
    "evaluations": {
        "2023": {"reason": "令和６年度からの新規事業のため"},
        "2024": {"result": "終了"},
    },
    "years": {
        "2024": {
            "total_cost": "8,030",
            "funding": {"grants": 4000, "fees": None},
            "staff_cost": None,
        },
        "2025": {},
    },
}
KPI = {
    "project": "事業",
    "name": "苦情件数",
    "target": 20,
    "unit": "件",
    "due": "R6.3",
    "actuals": {"2022": "-", "2023": "1,022件"},
}


def test_the_form_fills_what_a_hand_left_out() -> None:
    made = book({"sheets": [SHEET, SHEET], "kpis": []})
    first, second = made.sheets
    assert made.documents == (Document.of("r.json", "kushiro", 2024, made.sheets),)
    assert (first.document, first.number, second.number, first.status) == ("r.json", 1, 2, "new")
    assert first.population == Figure(
        value=Decimal(152875), state="number", printed="152,875", unit="人"
    )
    assert first.cost_per_capita == Figure(
        value=Decimal("52.50"), state="number", printed="52.50", unit="円"
    )
    assert first.bond_burden_per_capita is None
    assert first.evaluations["2023"].reason_code == "new"
    assert (first.evaluations["2024"].year, first.evaluations["2024"].meaning) == (2024, "end")
    settled, budgeted = first.years["2024"], first.years["2025"]
    assert (settled.year, settled.kind, budgeted.year, budgeted.kind) == (
        2024,
        "settled",
        2025,
        "budgeted",
    )
    assert settled.total_cost == Figure(
        value=Decimal(8030), state="number", printed="8,030", unit="千円"
    )
    assert settled.staff_cost == Figure(unit="千円")
    assert (settled.funding["fees"].state, settled.headcount) == ("blank", None)


def test_a_stated_status_stands_for_the_reasons_that_were_left_out() -> None:
    evaluations = {
        "2022": {},
        "2023": {"result": None},
        "2024": {"result": "終了"},
        "2025": {"reason": None},
    }
    (sheet,) = book({"sheets": [SHEET | {"status": "new", "evaluations": evaluations}]}).sheets
    reasons = [
        (evaluation.reason, evaluation.reason_code) for evaluation in sheet.evaluations.values()
    ]
    assert reasons == [(FORM.reasons["new"], "new")] * 2 + [(None, None)] * 2
    (sheet,) = book(
        {"sheets": [SHEET | {"status": "continuing", "evaluations": evaluations}]}
    ).sheets
    assert [evaluation.reason for evaluation in sheet.evaluations.values()] == [None] * 4


def test_a_kpi_s_gaps_are_filled_from_itself_and_the_form() -> None:
    (kpi,) = book({"kpis": [KPI]}).kpis
    assert (kpi.document, kpi.number, kpi.fiscal_year, kpi.due) == ("r.json", 1, 2023, "2024-03")
    assert (kpi.direction, kpi.direction_source) == ("lower", "inferred")
    assert kpi.target == Figure(value=Decimal(20), state="number", printed="20", unit="件")
    assert kpi.actuals["2022"] == Figure(state="dash", printed="-", unit="件")
    assert kpi.actuals["2023"] == Figure(
        value=Decimal(1022), state="number", printed="1,022件", unit="件"
    )
    (declared,) = book({"kpis": [KPI | {"direction": "higher"}]}).kpis
    assert (declared.direction, declared.direction_source) == ("higher", "declared")
    (suffixed,) = book({"kpis": [KPI | {"target": "20以上"}]}).kpis
    assert (suffixed.direction, suffixed.direction_source) == ("higher", "declared")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, Figure(unit="千円")),
        ("", Figure(unit="千円")),
        ({}, Figure(unit="千円")),
        ({"value": None}, Figure(unit="千円")),
        ({"state": "dash"}, Figure(state="dash", printed="-", unit="千円")),
        ("－", Figure(state="dash", printed="－", unit="千円")),
        (0, Figure(value=Decimal(0), state="number", printed="0", unit="千円")),
        (-20007, Figure(value=Decimal(-20007), state="number", printed="-20,007", unit="千円")),
        (
            "△ 20,007",
            Figure(value=Decimal(-20007), state="number", printed="△ 20,007", unit="千円"),
        ),
        (
            {"value": "1E+3"},
            Figure(value=Decimal(1000), state="number", printed="1,000", unit="千円"),
        ),
        (
            {"value": 8030, "printed": "8 030", "unit": "円"},
            Figure(value=Decimal(8030), state="number", printed="8 030", unit="円"),
        ),
        (
            {"printed": "8,030"},
            Figure(value=Decimal(8030), state="number", printed="8,030", unit="千円"),
        ),
        (
            {"state": "number", "printed": "8,030"},
            Figure(value=Decimal(8030), state="number", printed="8,030", unit="千円"),
        ),
        ({"state": "text", "printed": "####"}, Figure(state="text", printed="####", unit="千円")),
    ],
)
def test_every_way_to_write_a_figure(raw: Any, expected: Figure) -> None:
    made = book({"sheets": [SHEET | {"years": {"2024": {"total_cost": raw}}}]})
    assert made.sheets[0].years["2024"].total_cost == expected
    assert made.documents[0].remarks == ()


@pytest.mark.parametrize(
    "raw",
    [
        *(
            True,
            [],
            ["8030"],
            "####",
            "1,00",
            10**50,
            {"value": []},
            {"value": "8030", "state": "blank"},
            {"state": "number"},
        ),
        *(
            {"value": {"a": 1}},
            {"value": "NaN"},
            {"value": "1e999999999"},
            {"value": "9" * 1_000_000},
            {"printed": "①10"},
        ),
    ],
)
def test_what_is_no_figure_is_text_and_remarked(raw: Any) -> None:
    made = book({"sheets": [SHEET | {"years": {"2024": {"total_cost": raw, "headcount": 1}}}]})
    figure = made.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert (figure.state, figure.value, figure.unit) == ("text", None, "千円")
    (remark,) = made.documents[0].remarks
    assert (remark.rule, remark.sheet, remark.field, remark.year) == (
        "RD001",
        1,
        "total_cost",
        "2024",
    )
    assert remark.detail is not None
    assert "sheets[0].years.2024.total_cost" in remark.detail.en
    assert len(remark.detail.en) < 300
    assert made.sheets[0].years["2024"].headcount == Figure(
        value=Decimal(1), state="number", printed="1", unit="人"
    )


def test_the_records_that_were_read_by_hand_are_read() -> None:
    path = DOCUMENTS / "expected-records.json"
    data = (
        json.loads(path.read_text(encoding="utf-8"))
        if path.exists()
        else {"sheets": [SHEET], "kpis": [KPI | {"achieved": True}]}
    )
    result = read(data)
    assert result.not_checked == ()
    assert sorted(
        (made.fiscal_year, len(made.sheets), len(made.kpis)) for made in result.books
    ) == [
        (2023, 0, len(data["kpis"])),
        (2024, len(data["sheets"]), 0),
    ]
    # The one key that records don't have is said once, however often it occurs.
    assert [
        remark.rule
        for made in result.books
        for document in made.documents
        for remark in document.remarks
    ] == ["RD010"]
    assert read(dump_records(result.books)).books == result.books


def test_documents_that_are_listed_may_leave_gaps() -> None:
    data = {
        "documents": [{"path": "a", "form": "kushiro"}, {"path": "b", "fiscal_year": 2024}],
        "kpis": [KPI | {"document": "a"}],
    }
    sheet = {key: value for key, value in SHEET.items() if key not in ("fiscal_year", "years")}
    result = read(data | {"sheets": [sheet | {"document": "b"}]})
    assert result.not_checked == ()
    assert {(made.fiscal_year, made.documents[0].path) for made in result.books} == {
        (2023, "a"),
        (2024, "b"),
    }


# --- what is odd is said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"sheets": [SHEET | {"colour": "red"}]}, "colour"),
        ({"sheets": [SHEET | {"years": {"2024": {"totalcost": 1}}}]}, "totalcost"),
        ({"sheets": [SHEET | {"population": {"value": 1, "note": "x"}}]}, "note"),
        (
            {"sheets": [SHEET | {"years": {"2024": {"funding": {"national": 1}}}}]},
            "funding.national",
        ),
        ({"kpis": [KPI | {"rank": 1}]}, "rank"),
        ({"sheets": [SHEET], "extra": 1}, "extra"),
        (
            {"sheets": [SHEET], "documents": [{"path": "r.json", "pages": 3, "form": "kushiro"}]},
            "pages",
        ),
    ],
)
def test_what_records_don_t_have_is_remarked(data: Any, field: str) -> None:
    result = read(data, form=FORM)
    assert result.not_checked == ()
    found = [remark for made in result.books for remark in made.documents[0].remarks]
    assert [(remark.rule, remark.field) for remark in found] == [("RD010", field)]


def test_a_key_that_many_records_have_is_remarked_once() -> None:
    made = book({"kpis": [KPI | {"rank": 1}, KPI, KPI | {"rank": 3}]})
    (remark,) = made.documents[0].remarks
    assert remark.detail is not None
    assert "kpis[0].rank" in remark.detail.en
    assert "1 more" in remark.detail.en
    assert book(dump_records([made])) == made


def test_a_due_month_that_can_t_be_read_is_remarked() -> None:
    assert remarks({"kpis": [KPI | {"due": "来春"}]}) == [("RD008", "due")]


@pytest.mark.parametrize(
    ("kind", "wrong", "at"),
    [
        *(("sheets", wrong, "sheets[1]") for wrong in (5, "甲", [], True)),
        ("sheets", {"fiscal_year": 2024}, "sheets[1].name"),
        ("sheets", SHEET | {"name": 5}, "sheets[1].name"),
        ("sheets", SHEET | {"fiscal_year": None}, "sheets[1].fiscal_year"),
        *(
            ("sheets", SHEET | {"fiscal_year": year}, "sheets[1].fiscal_year")
            for year in (10**70, 24, True, "令和6年度", [2024])
        ),
        ("sheets", SHEET | {"years": []}, "sheets[1].years"),
        ("sheets", SHEET | {"years": {"2024": 5}}, "sheets[1].years.2024"),
        ("sheets", SHEET | {"years": {"2031": {"total_cost": 1}}}, "sheets[1].years.2031.kind"),
        ("sheets", SHEET | {"years": {"now": {"kind": "settled"}}}, "sheets[1].years.now.year"),
        ("sheets", SHEET | {"years": {"2024": {"funding": [1]}}}, "sheets[1].years.2024.funding"),
        ("sheets", SHEET | {"evaluations": "x"}, "sheets[1].evaluations"),
        ("sheets", SHEET | {"plans": {"a": 1}}, "sheets[1].plans"),
        ("sheets", SHEET | {"status": "unheard of"}, "sheets[1].status"),
        ("sheets", SHEET | {"status": ["new"]}, "sheets[1].status"),
        ("sheets", SHEET | {"population_as_of": "R7.3"}, "sheets[1].population_as_of"),
        ("sheets", SHEET | {"population": {"unit": 5}}, "sheets[1].population.unit"),
        (
            "sheets",
            SHEET | {"population": {"value": 5, "place": {"line": "x"}}},
            "sheets[1].population.place.line",
        ),
        ("sheets", SHEET | {"evaluations": {"2024": {"reason_code": {}}}}, "sheets[1]"),
        ("kpis", KPI | {"target": None, "project": None}, "kpis[1].project"),
        ("kpis", KPI | {"actuals": {"R5": 1}}, "kpis[1].actuals"),
        ("kpis", KPI | {"actuals": [1, 2]}, "kpis[1].actuals"),
        ("kpis", KPI | {"direction": "up"}, "kpis[1].direction"),
        ("kpis", KPI | {"due": 5}, "kpis[1].due"),
        ("kpis", KPI | {"document": 5}, "kpis[1].document"),
    ],
)
def test_a_wrong_record_is_named_and_the_others_are_read(kind: str, wrong: Any, at: str) -> None:
    right = SHEET if kind == "sheets" else KPI
    result = read({kind: [right, wrong, right]}, form=FORM)
    assert [len(made.sheets) + len(made.kpis) for made in result.books] == [2]
    (reason,) = result.not_checked
    assert (reason.document, reason.sheet, reason.why.code) == (
        "r.json",
        2 if kind == "sheets" else None,
        "wrong-record",
    )
    assert reason.why.en.startswith(at)
    assert reason.why.ja.startswith(at)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"sheets": [', "not-json"),
        ('{"sheets": [{"name": "x", "name": "y"}]}', "not-json"),
        ('{"sheets": [{"population": NaN}]}', "not-json"),
        ('{"sheets": [{"population": -Infinity}]}', "not-json"),
        ('{"sheets": ' + "[" * 100_000 + "]" * 100_000 + "}", "not-json"),
        ('{"a": ' * 100_000 + "1" + "}" * 100_000, "not-json"),
        ('{"sheets": [{"name": "\\ud800"}]}', "not-json"),
        ("[]", "wrong-shape"),
        ('[{"name": "x"}]', "wrong-shape"),
        ("{}", "no-records"),
        ('{"findings": []}', "no-records"),
        ('{"sheets": {}}', "wrong-shape"),
        ('{"sheets": [{}], "kpis": 5}', "wrong-shape"),
        ('{"sheets": [{}], "schema_version": 2}', "schema-version"),
        ('{"sheets": [{}], "schema_version": "1"}', "schema-version"),
        ('{"sheets": [{}], "schema_version": true}', "schema-version"),
        ('{"documents": [5]}', "wrong-record"),
        ('{"documents": [{"form": "kushiro"}]}', "wrong-record"),
        ('{"documents": [{"path": "a"}, {"path": "a"}]}', "wrong-record"),
        (
            '{"documents": [{"path": "a", "form": "x", "fiscal_year": 1}, {"path": "a", "form": "y", "fiscal_year": 2}]}',
            "wrong-record",
        ),
    ],
)
def test_what_can_t_be_read_at_all_is_one_clear_reason(text: str, code: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(text)
    assert caught.value.message.code == code
    assert len(caught.value.message.en) < 300
    assert caught.value.message.ja


def test_huge_numbers_stop_nothing() -> None:
    digits = "9" * 1_000_000
    text = '{"kpis": [{"project": "p", "name": "n", "target": DIGITS, "actuals": {"2023": 1e999999999, "2022": 7}}]}'.replace(
        "DIGITS", digits
    )
    made = book(text)
    assert [figure.state for figure in (made.kpis[0].target, *made.kpis[0].actuals.values())] == [
        "text",
        "text",
        "number",
    ]
    assert [remark.rule for remark in made.documents[0].remarks] == ["RD001", "RD001"]


def test_the_form_is_named_insisted_on_or_the_only_one_that_fits() -> None:
    narrow = {
        "name": "甲",
        "fiscal_year": 2024,
        "years": {"2024": {"total_cost": 1, "funding": {"grants": 1}}},
    }
    several = read({"sheets": [narrow]}, forms=FORMS)
    assert several.books == ()
    assert [reason.why.code for reason in several.not_checked] == ["several-forms"]
    assert "kushiro, other" in several.not_checked[0].why.en
    assert "--form" in several.not_checked[0].why.ja
    assert [made.form for made in read({"sheets": [narrow]}, forms=FORMS, form=OTHER).books] == [
        "other"
    ]
    assert [made.form for made in read({"sheets": [SHEET]}, forms=FORMS).books] == ["kushiro"]
    assert [made.form for made in read({"kpis": [KPI]}, forms=FORMS).books] == ["kushiro"]
    named = {"documents": [{"path": "r.json", "form": "other"}], "sheets": [narrow]}
    assert [made.form for made in read(named, forms=FORMS).books] == ["other"]
    nobody = read(
        {"sheets": [SHEET | {"years": {"2024": {"funding": {"national": 1}}}}]}, forms=FORMS
    )
    assert [reason.why.code for reason in nobody.not_checked] == ["no-form"]


def test_one_file_can_hold_books_of_several_forms() -> None:
    narrow = {
        "name": "甲",
        "document": "b",
        "fiscal_year": 2024,
        "years": {"2024": {"total_cost": 1}},
    }
    documents = [
        {"path": "a", "form": "kushiro"},
        {"path": "b", "form": "other"},
        {"path": "c", "form": "kusiro"},
    ]
    result = read(
        {
            "documents": documents,
            "sheets": [SHEET | {"document": "a"}, narrow, SHEET | {"document": "c"}],
        },
        forms=FORMS,
    )
    assert [(made.form, len(made.sheets)) for made in result.books] == [
        ("kushiro", 1),
        ("other", 1),
    ]
    (reason,) = result.not_checked
    assert (reason.document, reason.why.code) == ("c", "unknown-form")
    assert "'kushiro'" in reason.why.en


def test_a_listed_document_without_records_and_a_year_is_said() -> None:
    result = read({"documents": [{"path": "a", "form": "kushiro"}], "sheets": [SHEET]}, form=FORM)
    assert [(reason.document, reason.why.code) for reason in result.not_checked] == [
        ("a", "no-records")
    ]


@pytest.mark.parametrize("counts", [{"sheets": 2}, {"sheets": 1, "kpis": 1}])
def test_records_that_a_document_should_have_and_has_not_are_said(counts: dict[str, int]) -> None:
    result = read({"documents": [{"path": "r.json"} | counts], "sheets": [SHEET]})
    assert [(reason.document, reason.why.code) for reason in result.not_checked] == [
        ("r.json", "records-missing")
    ]
    assert [len(made.sheets) for made in result.books] == [1]


def test_reasons_in_the_file_are_kept() -> None:
    why = {"code": "missing", "en": "e", "ja": "j"}
    result = read({"sheets": [SHEET], "not_checked": [{"document": "x", "why": why}, {"why": 5}]})
    assert [reason.why.code for reason in result.not_checked] == ["missing", "wrong-record"]


@pytest.mark.parametrize(
    "data", [b"", b"sheets", b"{", b"{x}", b"[text]", b"\xff\0{}", "【表】".encode()]
)
def test_other_text_is_not_accepted(data: bytes) -> None:
    assert not RecordsJsonReader().accepts_records(Source("x", data))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["2024", "-", "8,030", "new", "R6.3", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["2024", "value", "state", "grants", "line", "x"]), inner)
    ),
    max_leaves=6,
)


@given(data=st.data())
def test_no_value_in_any_place_makes_it_crash(data: st.DataObject) -> None:
    records: dict[str, Any] = json.loads(
        json.dumps(
            {"documents": [{"path": "r.json", "form": "kushiro"}], "sheets": [SHEET], "kpis": [KPI]}
        )
    )
    holder: Any = records
    for _ in range(data.draw(st.integers(0, 6))):
        inner = [
            value
            for value in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(value, dict | list) and value
        ]
        if inner:
            holder = data.draw(st.sampled_from(inner))
    key = data.draw(
        st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder)))
    )
    holder[key] = data.draw(anything)
    try:
        result = read(records)
    except UnreadableDocument:
        return
    for made in result.books:
        assert all(int(year) for kpi in made.kpis for year in kpi.actuals)
        read(dump_records([made]))


def test_an_amount_in_a_unit_that_the_form_lacks_is_no_figure() -> None:
    data = {
        "sheets": [
            {
                "name": "事業",
                "fiscal_year": 2024,
                "years": {"2024": {"total_cost": {"value": "8.03", "unit": "百万円"}}},
            }
        ]
    }
    made = book(data)
    figure = made.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert (figure.state, figure.value, figure.unit) == ("text", None, "百万円")
    assert [remark.rule for remark in made.documents[0].remarks] == ["RD001"]


JSON = st.recursive(
    st.none() | st.integers() | st.text('[]{}"\\a'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\'), inner, max_size=3)
    ),
)


@given(JSON, st.integers(0, 130))
def test_only_what_is_nested_too_deeply_is_too_deep(value: Any, more: int) -> None:
    """Brackets in texts are none, and many side by side are not deep."""
    flat = [[value] for _ in range(60)]
    text = json.dumps(flat)
    for at in range(more):
        text = f"[{text}]" if at % 2 else f'{{"a": {text}}}'
    assert is_too_deep(text) == (more + 2 + depth(value) > 100)


def depth(value: Any) -> int:
    """How many lists and objects lie in each other."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0
