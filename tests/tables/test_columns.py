"""Columns screen tables: with the judge's answers for what is left, an audit says what the judge
alone says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine, not_columnar
from auditor.engines.agreements import most_admitted
from auditor.forms.model import Form
from auditor.records import figures
from auditor.records.figures import Figure
from auditor.records.model import Book, Document
from auditor.records.severities import SEVERITIES
from auditor.reports.terminal import TerminalReport
from auditor.rules.loading import build_rule
from auditor.rules.rows import Row, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import READING_FAMILIES, RuleSet
from auditor.rules.verdicts import Verdict
from auditor.tables import Tables, read_frames, to_tables
from auditor.tables.findings import FindingFile
from auditor.testing import book as built
from auditor.testing.strategies import consistent_books

SESSION = load()
JUDGE = Rule.judge
COLUMNAR = RuleSet(
    rule for rule in SESSION.rules if rule.code not in not_columnar(SESSION.rules, SESSION.forms)
)

# Formulas that use what the shipped ones don't, each on the rows that it names.
FORMULAS = [
    ("year", "total_cost - sum(funding) == 0"),
    ("year", "abs(total_cost - sum(funding)) <= 5000 or blank(total_cost)"),
    ("year", "not (total_cost < 0) and staff_cost >= 0"),
    ("year", "total_cost == prior.total_cost or total_cost != next.total_cost"),
    ("year", "prior.prior.total_cost <= max(total_cost, prior.total_cost)"),
    ("year", "staff_cost / headcount <= 10000000 or headcount / staff_cost > 1"),
    (
        "year",
        "zero(total_cost) / zero(staff_cost) >= 1 or zero(staff_cost) * zero(total_cost) >= 0",
    ),
    ("year", "agreed(staff_cost / headcount) * headcount == staff_cost"),
    ("year", "agreed(total_cost) == total_cost"),
    ("year", "agreed((total_cost - staff_cost) / headcount) <= total_cost / headcount"),
    ("year", "agreed(headcount / (headcount - 1)) * total_cost == staff_cost"),
    (
        "year",
        "staff_cost / headcount == total_cost / (staff_cost - 1000) or staff_cost / headcount < total_cost / headcount * 2",
    ),
    (
        "year",
        "staff_cost == headcount * (total_cost / 1000) and -(staff_cost / headcount) != 0 or zero(staff_cost / headcount) > 1",
    ),
    ("year", "total_cost == agreed(zero(total_cost) - zero(staff_cost)) or headcount * 3 - 1 < 4"),
    ("year", "count([total_cost, staff_cost, headcount]) in [0, 1, 3] or kind in ['settled']"),
    ("year", "present(sheet.population) and sheet.population > 1000 and sheet.status != 'new'"),
    ("year", "-total_cost / sheet.population < -0.5 or kind == 'budgeted'"),
    ("year", "min(total_cost, staff_cost, headcount) >= 0 or total_cost * staff_cost > headcount"),
    ("sheet", "cost_per_capita * population == evaluated.total_cost"),
    ("sheet", "evaluated.total_cost / (population - 1000) >= cost_per_capita / 2"),
    ("sheet", "agreed(population) == population"),
    (
        "sheet",
        "cost_per_capita >= evaluated.total_cost / population or cost_per_capita + 1 < evaluated.total_cost / (population - 2)",
    ),
    (
        "sheet",
        "agreed(cost_per_capita) == cost_per_capita or agreed(evaluated.total_cost / population) != cost_per_capita",
    ),
    ("sheet", "min(bond_burden_per_capita, cost_per_capita) == bond_burden_per_capita"),
    ("evaluation", "present(directed.total_cost) or evaluated.total_cost <= directed.total_cost"),
    (
        "evaluation",
        "[prior.meaning, meaning] not in [['expand', 'end'], ['end', 'expand']] or blank(next.meaning)",
    ),
    (
        "kpi",
        "due_actual >= target and count(actuals) > 1 or declared_rate == due_actual / target * 100",
    ),
    ("kpi", "sum(actuals) >= max(actuals) and min(actuals) >= 0"),
    ("kpi_year", "actual >= prior.actual or actual == next.actual or kpi.target - actual > 0"),
    ("kpi_year", "agreed(actual) == actual"),
    ("sheet", "unique(name, budget_stages) or unique(status, plans)"),
    ("sheet", 'count(same("department").population) > 2 or max(rows.population) == population'),
    ("sheet", "sum(years.total_cost) >= 3000 or count(years.staff_cost) < 2"),
    ("year", 'sum(same("kind").total_cost) == total_cost or unique(total_cost, kind)'),
    ("year", "sum(sheet.years.total_cost) > total_cost"),
    ("evaluation", "unique(meaning, sheet.department)"),
    ("kpi", 'sum(same("project").target) > target or unique(name, unit)'),
]


def own_rules(form: Form) -> RuleSet:
    words = vocabulary([form])
    text = {"en": "t", "ja": "t"}
    common: dict[str, Any] = {
        "severity": "error",
        "since": "0",
        "title": text,
        "why": text,
        "action": text,
    }
    return RuleSet(
        build_rule(
            {
                **common,
                "code": f"OWN{number:03d}",
                "name": f"own-{number}",
                "each": each,
                "formula": formula,
            },
            "test",
            words,
        )
        for number, (each, formula) in enumerate(FORMULAS)
    )


def cells() -> st.SearchStrategy[Figure]:
    """Figures that are hard to settle: blanks, zeros, negatives, texts, boundaries of roundings,
    numbers beyond a float's digits.
    """
    whole = st.one_of(
        st.integers(-3, 3),
        st.sampled_from(
            [10**15, -(10**15), 10**15 + 1, 2**53 + 1, 10**18, 7388, 7389, 20000, 10**30]
        ),
        st.integers(-(10**6), 10**6),
    )
    number = st.builds(
        lambda value, places: Decimal(value).scaleb(-places),
        whole,
        st.sampled_from([0, 0, 0, 1, 2, 7]),
    )
    placed = st.sampled_from([None, None, None, "arithmetic", "position"])
    numbers = st.builds(
        lambda value, by: Figure(value=value, state="number", placed_by=by), number, placed
    )
    return st.one_of(
        numbers,
        numbers,
        st.sampled_from(
            [Figure(state="blank"), Figure(state="dash"), Figure(state="text", printed="1,00")]
        ),
    )


@st.composite
def hard_books(draw: st.DrawFn, form: Form | None = None) -> tuple[Form, Book]:
    """A book of the form (or of any) with a few figures replaced by hard ones, or by each
    other's.
    """
    form, book = draw(consistent_books(form, sheets=(1, 6)))
    replaced: dict[tuple[int, str, str], Figure] = {}
    places = [
        (number, "", name)
        for number in range(len(book.sheets))
        for name in ("population", "cost_per_capita", "bond_burden_per_capita")
    ]
    places += [
        (number, key, name)
        for number, sheet in enumerate(book.sheets)
        for key, year in sheet.years.items()
        for name in (
            "total_cost",
            "staff_cost",
            "headcount",
            *(f"funding.{source}" for source in year.funding),
        )
    ]
    for place in draw(st.lists(st.sampled_from(places), max_size=8)):
        replaced[place] = draw(cells())
    rows = list(book.sheets)
    for (number, key, name), cell in replaced.items():
        sheet = rows[number]
        owner: Any = sheet.years[key] if key else sheet
        old = owner.funding.get(name[8:]) if name.startswith("funding.") else getattr(owner, name)
        if old is None:
            continue
        cell = cell.model_copy(update={"unit": old.unit})
        change = (
            {"funding": {**owner.funding, name[8:]: cell}}
            if name.startswith("funding.")
            else {name: cell}
        )
        owner = owner.model_copy(update=change)
        rows[number] = (
            sheet.model_copy(update={"years": {**sheet.years, key: owner}}) if key else owner
        )
    kpis = [
        kpi.model_copy(
            update={
                "target": draw(cells()).model_copy(update={"unit": kpi.unit})
                if draw(st.booleans())
                else kpi.target,
                "actuals": {
                    year: draw(cells()).model_copy(update={"unit": kpi.unit})
                    if draw(st.integers(0, 4)) == 0
                    else actual
                    for year, actual in kpi.actuals.items()
                },
            }
        )
        for kpi in book.kpis
    ]
    return form, book.model_copy(update={"sheets": tuple(rows), "kpis": tuple(kpis)})


@st.composite
def several_hard_books(draw: st.DrawFn) -> tuple[Form, list[Book]]:
    """Three books of one form. Formulas are made columns once for all of them, which takes longer
    than to look at their rows.
    """
    form, first = draw(hard_books())
    others = [draw(hard_books(form))[1] for _ in range(2)]
    named = [
        book.model_copy(update={"name": f"book {number}"}) for number, book in enumerate(others)
    ]
    return form, [first, *named]


def quickly_same(tables: Tables, rules: RuleSet, form: Form, engine: Engine) -> None:
    """Without the search for suspects, which takes longer than all else and sees the same
    findings.
    """
    with patch(
        "auditor.auditing.collector.explained_findings",
        lambda *_: [],
    ):
        same(tables, rules, form, engine)


def uncounted(documents: Iterable[Document]) -> list[Document]:
    """Documents in order without their numbers of figures, which columns don't count."""
    return sorted((d.model_copy(update={"figures": None}) for d in documents), key=repr)


def same(tables: Tables, rules: RuleSet, form: Form, engine: Engine) -> None:
    forms = {form.name: form}
    reading = read_frames(tables, forms)
    alone = audit(reading.books, rules, forms, AuditOptions(not_checked=reading.not_checked))
    columns = audit_tables(tables, rules, forms, AuditOptions(engine=engine))
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)
    assert columns.not_checked == alone.not_checked
    assert uncounted(columns.documents) == uncounted(alone.documents)
    assert dict(columns.counts) == dict(alone.counts)
    assert columns.exit_code == alone.exit_code


QUICK = settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
OF_THREE = settings(QUICK, max_examples=9)


def listed(report: Report) -> list[str]:
    """Findings in an order of their own, since engines have none, without the ids that tell equal
    ones apart in that order.
    """
    return sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)


@OF_THREE
@given(several_hard_books())
def test_shipped_rules_on_polars(drawn: tuple[Form, list[Book]]) -> None:
    form, books = drawn
    quickly_same(to_tables(books, {form.name: form}), COLUMNAR, form, PolarsEngine())


@OF_THREE
@given(several_hard_books())
def test_every_part_of_the_language_on_polars(drawn: tuple[Form, list[Book]]) -> None:
    form, books = drawn
    quickly_same(to_tables(books, {form.name: form}), own_rules(form), form, PolarsEngine())


@settings(QUICK, max_examples=2)
@given(several_hard_books())
def test_every_part_of_the_language_on_duckdb(drawn: tuple[Form, list[Book]]) -> None:
    form, books = drawn
    quickly_same(
        to_tables(books, {form.name: form}),
        RuleSet([*own_rules(form), *COLUMNAR]),
        form,
        DuckDbEngine(),
    )


@settings(QUICK, max_examples=15)
@given(hard_books(), st.sampled_from([0, 0, 0, 1, 2, 3]), st.booleans())
def test_books_that_share_a_name_on_polars(
    drawn: tuple[Form, Book], fault: int, documents: bool
) -> None:
    """Books of two fiscal years under one name; with a fault, only the records tell them apart."""
    form, book = drawn
    forms = {form.name: form}
    named = book.model_copy(update={"name": "both"})
    later = moved_a_year(named)
    tables = to_tables([named, later], forms)
    frames: dict[str, pl.DataFrame] = dict(tables.frames)
    if not documents:
        frames.pop("documents", None)
    if fault:
        frames = with_a_fault(frames, fault)
    quickly_same(Tables(**frames), COLUMNAR, form, PolarsEngine())


def moved_a_year(book: Book) -> Book:
    """The book of the year after, with the same sheets."""
    year = book.fiscal_year + 1
    sheets = [
        sheet.model_copy(
            update={
                "fiscal_year": year,
                "years": {
                    f"{int(key[:4]) + 1}{key[4:]}": of.model_copy(update={"year": of.year + 1})
                    for key, of in sheet.years.items()
                },
            }
        )
        for sheet in book.sheets
    ]
    kpis = [kpi.model_copy(update={"fiscal_year": year}) for kpi in book.kpis]
    return book.model_copy(
        update={
            "fiscal_year": year,
            "documents": tuple(
                document.model_copy(update={"fiscal_year": year}) for document in book.documents
            ),
            "sheets": tuple(sheets),
            "kpis": tuple(kpis),
        }
    )


def with_a_fault(frames: dict[str, pl.DataFrame], fault: int) -> dict[str, pl.DataFrame]:
    """A number of one year's sheet that another's has, rows without a year, rows of the wrong
    one.
    """
    last = pl.int_range(pl.len()) == pl.len() - 1
    table, column, value = {
        1: ("sheets", "sheet", pl.lit(1, pl.Int64)),
        2: ("years", "fiscal_year", pl.lit(None, pl.Int64)),
        3: ("years", "fiscal_year", pl.col("fiscal_year").min()),
    }[fault]
    changed = frames[table].with_columns(
        pl.when(last).then(value).otherwise(pl.col(column)).alias(column)
    )
    return {**frames, table: changed}


def test_books_that_share_a_name_are_screened_in_columns() -> None:
    """None of them is looked over outside of columns."""
    form = SESSION.forms["kushiro"]
    named = built(6, 2, form).model_copy(update={"name": "both"})
    tables = to_tables([named, moved_a_year(named)], SESSION.forms)
    frames = dict(tables.frames)
    frames.pop("documents", None)
    for engine in (PolarsEngine(), DuckDbEngine()):
        with patch(
            "auditor.auditing.tables.with_keys_of", side_effect=AssertionError("looked over")
        ):
            report = audit_tables(
                frames, COLUMNAR, {form.name: form}, AuditOptions(engine=engine, max_findings=0)
            )
        assert {document.fiscal_year for document in report.documents} == {
            named.fiscal_year,
            named.fiscal_year + 1,
        }
        assert report.judged_by_row == ()


def test_what_is_judged_row_by_row_is_reported() -> None:
    form = SESSION.forms["kushiro"]
    tables = to_tables(built(6, 1, form).model_copy(update={"name": "city"}), SESSION.forms)
    frames = with_a_fault(dict(tables.frames), 2)
    report = audit_tables(frames, COLUMNAR, {form.name: form}, AuditOptions(max_findings=0))
    (item,) = report.judged_by_row
    assert (item.books, item.more, item.rules) == (("city",), 0, ())
    without_the_fault = sum(frame.height for name, frame in frames.items() if name != "documents")
    assert item.rows == without_the_fault - 1
    context = ReportContext("en", COLUMNAR, forms={form.name: form})
    text = TerminalReport().render(report, context)
    assert f"{item.rows} rows of the books city" in " ".join(text.split())


def assigned(rules: RuleSet) -> st.SearchStrategy[RuleSet]:
    """Rules of which some have other severities, as settings give them."""
    codes = st.sampled_from(
        [rule.code for rule in rules if not rule.code.startswith(READING_FAMILIES)]
    )
    severities = st.dictionaries(codes, st.sampled_from(SEVERITIES), min_size=1, max_size=6)
    return severities.map(rules.with_severities)


@OF_THREE
@given(several_hard_books(), assigned(COLUMNAR))
def test_severities_of_settings_hold_in_columns(
    drawn: tuple[Form, list[Book]], rules: RuleSet
) -> None:
    form, books = drawn
    quickly_same(to_tables(books, {form.name: form}), rules, form, PolarsEngine())


def test_the_file_of_findings_has_the_severities_of_settings(tmp_path: Path) -> None:
    tables, form = faulty(120, 20)
    rules = COLUMNAR.with_severities({"FND001": "note", "STF001": "warning"})
    with FindingFile(tmp_path / "findings.parquet") as file:
        options = AuditOptions(max_findings=0, findings=file)
        report = audit_tables(tables, rules, {form.name: form}, options)
    frame = pl.read_parquet(tmp_path / "findings.parquet")
    for code, severity in (("FND001", "note"), ("STF001", "warning")):
        assert set(frame.filter(pl.col("rule") == code)["severity"]) == {severity}
    assert report.severities == {"FND001": "note", "STF001": "warning"}
    assert report.counts == dict(frame["severity"].value_counts().iter_rows())


@pytest.mark.parametrize("name", sorted(SESSION.forms))
def test_all_rules_on_shipped_forms(name: str) -> None:
    """With the rules in Python, which see whole books."""
    form = SESSION.forms[name]
    same(
        to_tables([built(15, 4, form), built(15, 5, form, fiscal_year=2023)], SESSION.forms),
        SESSION.rules,
        form,
        PolarsEngine(),
    )


def faulty(rows: int, every: int) -> tuple[Tables, Form]:
    form = SESSION.forms["kushiro"]
    tables = to_tables(built(rows, 9, form), SESSION.forms)
    assert tables.years is not None
    bad = (pl.col("sheet") % every == 0) & (pl.col("total_cost") > 0) & (pl.col("staff_cost") > 0)
    years = tables.years.with_columns(
        pl.when(bad).then(pl.col("total_cost") + 9_000).otherwise("total_cost").alias("total_cost"),
        pl.when(bad).then(pl.col("staff_cost") * 2).otherwise("staff_cost").alias("staff_cost"),
    )
    return Tables(
        sheets=tables.sheets,
        years=years,
        evaluations=tables.evaluations,
        kpis=tables.kpis,
        kpi_years=tables.kpi_years,
    ), form


def judged_by_hand(
    tables: Tables, form: Form, folder: Path
) -> tuple[Report, dict[str, int], pl.DataFrame]:
    """An audit whose findings go to a file, how many rows of each rule the judge saw for it, and
    the file.
    """
    judged: dict[str, int] = {}

    def counting(self: Rule, row: Row) -> Verdict:
        judged[self.code] = judged.get(self.code, 0) + 1
        return JUDGE(self, row)

    path = folder / "findings.parquet"
    with patch.object(Rule, "judge", counting), FindingFile(path) as file:
        report = audit_tables(
            tables, COLUMNAR, {form.name: form}, AuditOptions(max_findings=0, findings=file)
        )
    return report, judged, pl.read_parquet(path)


def test_only_what_is_wrong_is_left_to_the_judge(tmp_path: Path) -> None:
    """One faulty row must not send its group to the judge: its colleagues agree without it."""
    tables, form = faulty(120, 20)
    report, judged, _ = judged_by_hand(tables, form, tmp_path)
    fails = {code: counts["fail"] for code, counts in report.outcomes.items()}
    assert fails["FND001"] > 3
    assert fails["STF001"] > 3
    assert not report.findings
    assert {"FND001", "STF001", "PCC001", "PCC002", "EVL001"}.isdisjoint(judged)
    assert (
        judged.get("KPI006", 0) <= fails["KPI006"]
    )  # a rate of its own unit is the judge's to explain
    same(tables, COLUMNAR, form, PolarsEngine())


@pytest.mark.parametrize(
    "odd",
    ["nothing", "headcount below 0", "headcount of 0", "an enormous cost", "population below 0"],
)
def test_rows_on_the_very_edge_of_a_rounding_are_settled_by_columns(
    odd: str, tmp_path: Path
) -> None:
    """Half a step is rounded up: ends that touch are told apart exactly, whatever stands in
    another sheet.
    """
    form = SESSION.forms["kushiro"]
    tables = to_tables(built(60, 9, form), SESSION.forms)
    assert tables.years is not None
    assert tables.sheets is not None
    # 1,000 yen for 20,000 people is 0.05 yen each, printed 0.1; 0.0 is wrong, and so is 0.2. Half
    # a person costs 3,500,500 yen.
    number, here = pl.col("sheet"), pl.col("year") == pl.col("fiscal_year")
    cost = (
        pl.when(number % 4 == 0)
        .then(Decimal("0.0"))
        .when(number % 4 == 1)
        .then(Decimal("0.2"))
        .otherwise(Decimal("0.1"))
    )
    sheets = tables.sheets.with_columns(
        population=pl.lit(20_000, pl.Int64),
        cost_per_capita=cost.cast(tables.sheets.schema["cost_per_capita"]),
    )
    heads = (number % 3 + 1).cast(pl.Int64) * 5
    staff = (heads * 7_001 + 5) // 10 * 1_000 - pl.when(number % 10 == 0).then(1_000).otherwise(0)
    years = tables.years.with_columns(
        pl.when(here).then(1_000).otherwise("total_cost").alias("total_cost"),
        staff.alias("staff_cost"),
        (heads.cast(pl.Decimal(20, 1)) / 10)
        .cast(tables.years.schema["headcount"])
        .alias("headcount"),
    )
    if odd == "population below 0":
        sheets = sheets.with_columns(
            pl.when(number == 7)
            .then(-pl.col("population"))
            .otherwise("population")
            .alias("population")
        )
    changed = {
        "headcount below 0": pl.when(number == 7)
        .then(-pl.col("headcount"))
        .otherwise("headcount")
        .alias("headcount"),
        "headcount of 0": pl.when(number == 7)
        .then(pl.col("headcount") * 0)
        .otherwise("headcount")
        .alias("headcount"),
        "an enormous cost": pl.when(number == 7)
        .then(4 * 10**15)
        .otherwise("staff_cost")
        .alias("staff_cost"),
    }
    years = (
        years.with_columns(changed[odd].cast(years.schema[changed[odd].meta.output_name()]))
        if odd in changed
        else years
    )
    edges = Tables(
        sheets=sheets,
        years=years,
        evaluations=tables.evaluations,
        kpis=tables.kpis,
        kpi_years=tables.kpi_years,
    )
    report, judged, written = judged_by_hand(edges, form, tmp_path)
    assert report.outcomes["PCC001"]["fail"] == (31 if odd == "population below 0" else 30)
    assert report.outcomes["STF001"]["fail"] >= 18
    told = written.filter(pl.col("rule") == "PCC001")
    assert set(told["expected"]) == ({"0.1", "-0.1"} if odd == "population below 0" else {"0.1"})
    assert set(told["difference"]) >= {"-0.1", "0.1"}
    assert "PCC001" not in judged
    # With 64 bits full, the halves of one sheet in three are the judge's to explain.
    assert judged.get("STF001", 0) <= (12 if odd == "an enormous cost" else 0)
    same(edges, COLUMNAR, form, PolarsEngine())


def test_a_text_is_no_zero_that_rows_agree_on() -> None:
    """``zero`` of a text is not known, so the row has no say in what its column agrees on: two of
    three do, not two of four.
    """
    form = SESSION.forms["kushiro"]
    book = built(4, 1, form)
    amounts = [0, 5_000, 5_000, 0]
    sheets: list[Any] = []
    for number, sheet in enumerate(book.sheets):
        years: dict[str, Any] = {}
        for key, year in sheet.years.items():
            total = year.total_cost.model_copy(
                update={"value": Decimal(amounts[number]), "state": "number", "printed": ""}
            )
            if number == 0:
                total = Figure(state="text", printed="1,00", unit=total.unit)
            years[key] = year.model_copy(update={"total_cost": total})
        sheets.append(sheet.model_copy(update={"years": years}))
    formula = "zero(total_cost) == agreed(zero(total_cost))"
    text = {"en": "t", "ja": "t"}
    common: dict[str, Any] = {
        "severity": "error",
        "since": "0",
        "title": text,
        "why": text,
        "action": text,
    }
    rule = build_rule(
        {**common, "code": "OWN901", "name": "own", "each": "year", "formula": formula},
        "test",
        vocabulary([form]),
    )
    tables = to_tables(book.model_copy(update={"sheets": tuple(sheets)}), SESSION.forms)
    same(tables, RuleSet([rule]), form, PolarsEngine())
    outcomes = audit_tables(tables, RuleSet([rule]), {form.name: form}).outcomes["OWN901"]
    assert outcomes["fail"] == len(form.columns)
    assert outcomes["unknown"] == len(form.columns)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_what_most_points_are_is_what_the_judge_says(points: list[int]) -> None:
    table = pl.DataFrame(
        {
            "group": 1,
            "lo": [float(point) for point in points],
            "hi": [float(point) for point in points],
        }
    )
    lo, _, state = most_admitted(table, ["group"], points=True).row(0)[1:]
    said = figures.agreed(list(points))
    assert state == (0 if max(map(points.count, points)) * 2 <= len(points) else 1)
    if len(points) >= 3:
        assert said == (lo if state else None)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 5)), min_size=3, max_size=12))
def test_what_most_intervals_admit_is_what_the_judge_says(spans: list[tuple[int, int]]) -> None:
    """As far as it is certain, whether they hold their ends or not."""
    table = pl.DataFrame(
        {
            "group": 1,
            "lo": [float(lo) for lo, _ in spans],
            "hi": [float(lo + size) for lo, size in spans],
        }
    )
    lo, hi, state = most_admitted(table, ["group"]).row(0)[1:]
    for lo_open, hi_open in itertools.product((False, True), repeat=2):
        said = figures.agreed(
            [figures.Interval(start, start + size, lo_open, hi_open) for start, size in spans]
        )
        if state == 0:
            assert said is None
        elif state == 1:
            assert said == figures.Interval(int(lo), int(hi), lo_open, hi_open)


def test_what_is_not_columnar_is_named() -> None:
    named = not_columnar(SESSION.rules, SESSION.forms)
    assert {"YOY007", "ACC001"} <= set(named)
    assert {
        "BOK001",
        "BOK002",
        "REQ001",
        "TXT001",
        "FND006",
        "FND001",
        "PCC001",
        "PCC002",
        "EVL001",
        "STF001",
        "EVL004",
        "KPI005",
        "KPI006",
    }.isdisjoint(named)
    form = SESSION.forms["kushiro"]
    text = {"en": "t", "ja": "t"}
    words = vocabulary([form])
    rule = build_rule(
        {
            "code": "OWN900",
            "name": "own-plans",
            "each": "sheet",
            "formula": "present(plans)",
            "severity": "note",
            "since": "0",
            "title": text,
            "why": text,
            "action": text,
        },
        "test",
        words,
    )
    assert set(not_columnar([rule], {"kushiro": form})) == {"OWN900"}
    same(to_tables(built(5, 1, form), SESSION.forms), RuleSet([rule]), form, PolarsEngine())


def test_faults_of_the_tables_are_findings_too() -> None:
    tables, form = faulty(12, 5)
    assert tables.years is not None
    years = tables.years.with_columns(
        pl.when(pl.col("sheet") == 2)
        .then(pl.lit("x"))
        .otherwise(pl.col("staff_cost").cast(pl.String))
        .alias("staff_cost")
    )
    years = pl.concat([years, years.head(1)])
    broken = Tables(sheets=tables.sheets, years=years, evaluations=tables.evaluations)
    same(broken, SESSION.rules, form, PolarsEngine())
    report: Report = audit_tables(broken, SESSION.rules, {form.name: form})
    assert report.exit_code == 2
    assert {"TBL003", "TBL004"} <= {finding.rule for finding in report.findings}
