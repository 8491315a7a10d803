"""Runs the cases that a rule file carries: builds real records from each, judges the one row
meant, compares what came out.

docs/rules.md describes the keys of a case. A case that can't be built is a failed case that says
which key is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast, get_args

from pydantic import ValidationError

from auditor.forms.dialect import written_figure
from auditor.forms.model import YEN, FieldDefinition, Form, Sums
from auditor.formula.tree import FIGURE
from auditor.records.decimals import number
from auditor.records.errors import AuditorError
from auditor.records.fields import SCOPES, Each, OtherBook
from auditor.records.fields import Field as CatalogueField
from auditor.records.figures import Figure, Record, parse_figure
from auditor.records.foreign import is_interrupt
from auditor.records.model import (
    RECORDS,
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    Role,
    Sheet,
    default_of,
    figures_of_sheet,
    figures_of_year,
    options_of,
)
from auditor.records.nearest import hint, nearest_name
from auditor.records.text import Text
from auditor.rules.crashes import crash_of
from auditor.rules.findings import Outcome
from auditor.rules.lookups import Lookups
from auditor.rules.rows import ClaimsOf, Other, Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import Verdict
from auditor.toml.models import reason_of
from auditor.toml.shown import as_written

if TYPE_CHECKING:
    from auditor.narrative.model import Claim, PluggedReader
    from auditor.rules.outcomes import RowOutcome
    from auditor.toml.reading import Table

__all__ = [
    "BuiltCase",
    "CaseError",
    "CaseResult",
    "build_case",
    "case_differences",
    "run_cases",
]

FISCAL_YEAR: Final = 2024
DOCUMENT: Final = "case"
_ABOUT: Final = (
    *("form", "layout", "sums", "declares", "figure", "outcome"),
    *("equation", "expected", "severity", "suspects", "note"),
)
_DECLARED: Final = ("fields", "groups", "evaluations", "reasons", "params", "kpi")
"""What a case can say of a form that is otherwise than the form has it."""
_LAYOUTS: Final = ("list", "items")
"""The keys of a form that make documents of rows of its sheets."""
_OF_TOTALS: Final = ("role", "totals", "block", "since")
_MISSING: Final = object()
_NO_KEY: Final = "no such key here"


@dataclass(frozen=True)
class CaseResult:
    """What became of one case. ``outcome`` is None where the case could not be built;
    ``problems`` say what differs. ``row`` has the figures and steps of a case that came out
    otherwise, and what decided. ``where`` is the file, line and column of what is wrong, with an
    ``excerpt`` of the file; empty where there is none.
    """

    rule: str
    number: int
    note: str
    wanted: str
    outcome: Outcome | None
    equation: str
    problems: tuple[Text, ...]
    row: RowOutcome | None = None
    where: str = ""
    excerpt: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems


class CaseError(AuditorError):
    """A case that can't be built; names the key."""

    def __init__(self, key: str, en: str, ja: str) -> None:
        super().__init__(f"{key}: {en}", f"{key}：{ja}")


def run_cases(
    rule: Rule, forms: Mapping[str, Form], claim_readers: Sequence[PluggedReader] = ()
) -> list[CaseResult]:
    """Run every case of a rule, in the order of its file, on the forms that they name. Sentences
    are read by the program's own readers of claims and ``claim_readers``.
    """
    cases = enumerate(rule.file.cases, 1)
    results = [_run(rule, number, case, forms, claim_readers) for number, case in cases]
    if all(result.passed for result in results):
        return results
    from auditor.rules.definitions import definition_of  # most cases come out as they should

    table = definition_of(rule)
    return [result if result.passed else _placed(result, rule, table) for result in results]


_STEP: Final = re.compile(r"[^.\[\]]+|\[(?P<number>\d+)\]")


def _placed(result: CaseResult, rule: Rule, table: Table | None) -> CaseResult:
    """The result with the place in its file of what is wrong, where that can be found; ``table`` is
    the rule's.
    """
    lines = None if table is None else table.file.lines
    if table is None or lines is None or result.outcome == "crashed":
        return result
    key, _, problem = result.problems[0].en.partition(":")
    steps = _STEP.finditer(key if key in _ABOUT or result.outcome is None else "outcome")
    path = (int(step["number"]) if step["number"] else step[0] for step in steps)
    of_key = problem.strip().startswith(_NO_KEY)
    fault = table.fault(("cases", result.number - 1, *path), "", "", of_key=of_key)
    if fault.place is None:
        return result
    line, column = lines.at(fault.place[0])
    where = f"{rule.path}:{line}:{column}"
    return replace(result, where=where, excerpt=tuple(lines.excerpt(*fault.place)))


class BuiltCase(NamedTuple):
    """The records of a case, ready to be judged: the rule that judges them, which is that of one
    figure where the rule is judged on each, the form, and the rows that the case may be about.
    Where a sentence makes several claims, these are several; where it makes none, there is none.
    """

    rule: Rule
    form: Form
    rows: Sequence[Row]

    def row_of(self, rule: Rule) -> Row | None:
        """The row that the case is about: of several claims, the first of the most telling
        outcome.
        """
        if len(self.rows) < 2:
            return self.rows[0] if self.rows else None
        outcomes = [(_outcome(rule, row), row) for row in self.rows]
        for outcome in _TELLING:
            for came, row in outcomes:
                if came == outcome:
                    return row
        return None

    def applies_to(self, rule: Rule, row: Row) -> bool:
        """Whether a rule looks at the row at all."""
        return rule.applies_to(self.form, row.rows.others, row.rows.lookups.forms)


def build_case(
    rule: Rule,
    case: Mapping[str, Any],
    forms: Mapping[str, Form],
    claim_readers: Sequence[PluggedReader] = (),
) -> BuiltCase:
    """The records of a case. Raises CaseError, or pydantic's ValidationError, where it can't be
    built.
    """
    form = _form(case, forms)
    rule = _of_figure(rule, case, form)
    stated = {key: value for key, value in case.items() if key not in _ABOUT}
    return BuiltCase(rule, form, _rows(rule, stated, form, forms, claim_readers))


def _run(
    rule: Rule,
    position: int,
    case: Mapping[str, Any],
    forms: Mapping[str, Form],
    claim_readers: Sequence[PluggedReader],
) -> CaseResult:
    wanted, note = str(case.get("outcome", "")), str(case.get("note", ""))
    try:
        built = build_case(rule, case, forms, claim_readers)
    except CaseError as fault:
        return CaseResult(rule.code, position, note, wanted, None, "", (fault.message,))
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "-"
        en, ja = reason_of(first)
        reason = Text(en=f"{key}: {en}", ja=f"{key}：{ja}")
        return CaseResult(rule.code, position, note, wanted, None, "", (reason,))
    rule, form = built.rule, built.form
    row = built.row_of(rule)
    problems: list[Text] = []
    verdict = Verdict("not_applicable")
    if wanted != "not_applicable" and not rule.is_for(form):
        names = ", ".join(rule.forms)
        problems.append(
            Text(
                en=f"form: the rule is for {names}, not for {form.name}",
                ja=f"form：規則の対象は {names} で、{form.name} ではありません",
            )
        )
    problems += [fault.message for fault in rule.unit_faults(form)[:1]]
    if row is not None and built.applies_to(rule, row):
        try:
            verdict = rule.judge(row)
        except BaseException as fault:  # a rule's author needs to see what the rule raised
            if is_interrupt(fault):
                raise
            verdict = Verdict("crashed")
            message = crash_of(rule, row, fault).message
            problems.append(
                Text(
                    en=f"the rule failed: {message.en}",
                    ja=f"規則が途中で止まりました：{message.ja}",
                )
            ) if wanted != "crashed" else None
    problems.extend(case_differences(rule, case, row, verdict))
    return CaseResult(
        rule.code,
        position,
        note,
        wanted,
        verdict.outcome,
        verdict.explanation.equation,
        tuple(problems),
        _row_outcome(rule, row) if problems and row is not None else None,
    )


def _row_outcome(rule: Rule, row: Row) -> RowOutcome:
    """The figures and steps of a case's row, and what decided: what `auditor why` shows."""
    # Most cases come out as they should.
    from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing

    listing = OutcomeListing(OutcomeChoice(fits=lambda other: other is row))
    if not rule.applies_to(row.form, row.rows.others, row.rows.lookups.forms):
        listing.add_not_applied(rule, row.rows)
    else:
        try:
            listing.add(rule, row, listing.judge_of(rule, row.rows)(row))
        except BaseException as fault:
            if is_interrupt(fault):
                raise
            listing.add_crashed(rule, row, fault)
    return listing.in_order()[0]


def _form(case: Mapping[str, Any], forms: Mapping[str, Form]) -> Form:
    """The form of a case, as it would be if it had the ``layout``, and said of its ``sums`` and
    whatever it ``declares``, what the case says.
    """
    form = forms.get(case.get("form", ""))
    if form is None:
        names = ", ".join(forms) or "-"
        if "form" not in case:
            raise CaseError(
                "form",
                f"the case names no form; one of {names}",
                f"例に form がありません（{names} のいずれか）",
            )
        stated = case["form"]
        hint_en, hint_ja = hint(nearest_name(stated, forms) if isinstance(stated, str) else None)
        shown = as_written(stated)
        raise CaseError(
            "form",
            f"there is no form {shown}; known: {names}{hint_en}",
            f"{shown} という様式はありません。使える様式：{names}{hint_ja}",
        )
    form = _laid_out(form, case)
    if "declares" in case:
        form = _declaring(form, _Table(case["declares"], "declares").data)
    if "sums" not in case:
        return form
    declarations = (*get_args(Sums), "undeclared")
    if case["sums"] not in declarations:
        raise CaseError(
            "sums",
            f"one of {', '.join(declarations)} was expected, not {as_written(case['sums'])}",
            f"{'、'.join(declarations)} のどれかが必要ですが {as_written(case['sums'])} です",
        )
    declared = None if case["sums"] == "undeclared" else case["sums"]
    return _remade(form, {"sums": declared})


def _laid_out(form: Form, case: Mapping[str, Any]) -> Form:
    """The form of a case as that of a list or of items, where the case says so."""
    if "layout" not in case:
        return form
    if case["layout"] not in _LAYOUTS:
        raise CaseError(
            "layout",
            f"one of {', '.join(_LAYOUTS)} was expected, not {as_written(case['layout'])}",
            f"{'、'.join(_LAYOUTS)} のどれかが必要ですが {as_written(case['layout'])} です",
        )
    without = ["list", "items", *([] if case["layout"] == "list" else ["domain"])]
    return _remade(form, {case["layout"]: {}}, without)


def _declaring(form: Form, declared: Mapping[str, Any]) -> Form:
    """A form as it would be with other declarations; tables are put into those that it has."""
    unknown = [name for name in declared if name not in _DECLARED]
    if unknown:
        hint_en, hint_ja = hint(nearest_name(unknown[0], _DECLARED))
        raise CaseError(
            f"declares.{unknown[0]}",
            f"a case can say otherwise of {', '.join(_DECLARED)}{hint_en}",
            f"例で変えられるのは {'、'.join(_DECLARED)} です{hint_ja}",
        )
    try:
        return _remade(form, declared)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(map(str, ("declares", *first["loc"])))
        raise CaseError(key, *reason_of(first)) from None


_REMADE: Final[dict[tuple[int, str], tuple[Form, Form]]] = {}
"""Forms as cases have them, by the form that they are made of (which is kept, so that no other has
its number) and what is otherwise: to make one takes longer than to run a case.
"""
_MOST_REMADE: Final = 64


def _remade(form: Form, other: Mapping[str, Any], without: Sequence[str] = ()) -> Form:
    """A form with other declarations, and without some that it has."""
    key = id(form), repr((other, without))
    if key not in _REMADE:
        content = form.model_dump(by_alias=True)
        for name in without:
            content.pop(name, None)
        if len(_REMADE) >= _MOST_REMADE:
            _REMADE.clear()
        _REMADE[key] = form, Form.model_validate(_merged(content, other))
    return _REMADE[key][1]


def _merged(content: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A table with the entries of another one; tables in both are put together."""
    merged = dict(content)
    for name, value in other.items():
        there = merged.get(name)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            table = cast("Mapping[str, Any]", value)
            merged[name] = _merged(cast("Mapping[str, Any]", there), table)
        else:
            merged[name] = value
    return merged


def _of_figure(rule: Rule, case: Mapping[str, Any], form: Form) -> Rule:
    """The rule of the ``figure`` of a case, where a rule is judged on each figure."""
    if rule.file.each != FIGURE:
        return rule
    figures = {part.figure.name: part for part in rule.on(form) if part.figure is not None}
    name = case.get("figure")
    if not figures and name in form.fields:  # the form has no such rows
        return rule
    if name not in figures:
        raise CaseError(
            "figure",
            f"the figure that is judged was expected, not {as_written(name)}; there are {', '.join(figures)}",
            f"判定する項目が必要です（{as_written(name)} は使えません）。使えるもの：{'、'.join(figures)}",
        )
    return figures[name]


def case_differences(
    rule: Rule, case: Mapping[str, Any], row: Row | None, verdict: Verdict
) -> Iterable[Text]:
    """What came otherwise than a case states."""
    came = {
        "outcome": verdict.outcome,
        "equation": verdict.explanation.equation,
        "expected": verdict.explanation.expected,
        "severity": verdict.severity or rule.file.severity,
    }
    for key, value in came.items():
        if key in case and not _same(case[key], value):
            yield Text(
                en=f"{key}: {case[key]!r} was wanted, {value!s} came",
                ja=f"{key}：{case[key]!r} のはずが {value!s} でした",
            )
    if "suspects" in case:
        found = _suspects(rule, row, verdict)
        if found != [str(name) for name in case["suspects"]]:
            yield Text(
                en=f"suspects: {case['suspects']} was wanted, {found} came",
                ja=f"suspects：{case['suspects']} のはずが {found} でした",
            )


def _same(wanted: Any, came: str | Decimal | None) -> bool:
    if not isinstance(came, Decimal):
        return str(wanted) == (came or "")
    try:
        return Decimal(str(wanted).replace(",", "")) == came
    except InvalidOperation:
        return False


def _suspects(rule: Rule, row: Row | None, verdict: Verdict) -> list[str]:
    """The fields of the likeliest explanation, as far as this rule alone tells."""
    from auditor.suspects.explaining import explained

    if row is None or verdict.outcome != "fail":
        return []
    explanations, failures = explained(
        row.rows, RuleSet([rule]), [(rule.finding(row, verdict), rule, row)]
    )
    if failures:
        raise failures[0].fault
    suspects = explanations[0].suspects if explanations else ()
    return [cell.name or cell.field for cell in suspects[0].cells] if suspects else []


# — from a case to records —


class _Table:
    """A table of a case; a key that nobody asked for is an error."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, Mapping):
            raise CaseError(
                path,
                f"a table was expected, not {as_written(data)}",
                f"表が必要ですが {as_written(data)} です",
            )
        self.data = dict(cast("Mapping[str, Any]", data))
        self.path = path
        self.asked: list[str] = []

    def key(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str, default: Any = None) -> Any:
        self.asked.append(name)
        return self.data.pop(name, default)

    def has(self, name: str) -> bool:
        self.asked.append(name)
        return name in self.data

    def text(self, name: str, default: str = "") -> str:
        value = self.take(name, default)
        if not isinstance(value, str):
            raise CaseError(
                self.key(name),
                f"a text was expected, not {as_written(value)}",
                f"文字列が必要ですが {as_written(value)} です",
            )
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.take(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise CaseError(
                self.key(name),
                f"a whole number was expected, not {as_written(value)}",
                f"整数が必要ですが {as_written(value)} です",
            )
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name, ())
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list | tuple) or not all(
            isinstance(word, str) for word in cast("list[Any]", words)
        ):
            raise CaseError(
                self.key(name),
                f"texts were expected, not {as_written(value)}",
                f"文字列の並びが必要ですが {as_written(value)} です",
            )
        return tuple(cast("list[str]", words))

    def table(self, name: str) -> _Table | None:
        return (
            _Table(value, self.key(name))
            if (value := self.take(name, _MISSING)) is not _MISSING
            else None
        )

    def tables(self, name: str) -> list[_Table]:
        value = self.take(name, ())
        if not isinstance(value, list | tuple):
            raise CaseError(
                self.key(name),
                f"a list of tables was expected, not {as_written(value)}",
                f"表の並びが必要ですが {as_written(value)} です",
            )
        return [
            _Table(item, f"{self.key(name)}[{index}]")
            for index, item in enumerate(cast("list[Any]", value))
        ]

    def entries(self, name: str) -> dict[str, Any]:
        found = self.table(name)
        return found.data if found else {}

    def finish(self) -> None:
        for name in self.data:
            hint_en, hint_ja = hint(nearest_name(name, self.asked))
            if not hint_en:
                known = ", ".join(dict.fromkeys(self.asked))
                hint_en, hint_ja = f"; known: {known}", f"。使えるもの：{known}"
            raise CaseError(
                self.key(name), f"{_NO_KEY}{hint_en}", f"この場所では使えません{hint_ja}"
            )


def _rows(
    rule: Rule,
    data: Mapping[str, Any],
    form: Form,
    forms: Mapping[str, Form],
    claim_readers: Sequence[PluggedReader],
) -> Sequence[Row]:
    """The row that a case is about, among the rows of the book that the case describes; all claims
    that a sentence makes.
    """
    if rule.each == "claim":
        return _claim_rows(data, form, claim_readers)
    builders: dict[str, Callable[[_Records, _Table], Callable[[Rows], Row]]] = {
        "year": _year_case,
        "sheet": _sheet_case,
        "evaluation": _evaluation_case,
        "kpi": _kpi_case,
        "kpi_year": _kpi_year_case,
        "book": _book_case,
    }
    if rule.each not in builders:
        raise CaseError(
            "each",
            "a finding of the readers has no cases; test its reader",
            "読み取りの指摘に例は書けません。読み取り側で試験します",
        )
    records, table = _Records(form), _Table(data, "")
    target = builders[rule.each](records, table)
    for further in table.tables("kpis"):
        records.kpi(further)
        further.finish()
    lookups = _lookups(table, form, forms)
    table.finish()
    return (target(Rows(records.book(), form, records.other_books(), lookups=lookups)),)


def _lookups(table: _Table, form: Form, forms: Mapping[str, Form]) -> Lookups:
    """The tables of a case that rows are looked up in, by the names of the form's lookups."""
    stated = table.table("lookups")
    tables: dict[str, list[Rows]] = {}
    for name in list(stated.data) if stated is not None else ():
        assert stated is not None
        lookup = form.lookups.get(name)
        if lookup is None or lookup.form not in forms:
            names = ", ".join(form.lookups) or "-"
            raise CaseError(
                stated.key(name),
                f"form {form.name} looks nothing up so; known: {names}",
                f"様式 {form.name} の [lookups] にありません。使えるもの：{names}",
            )
        there = _Records(forms[lookup.form], name)
        for item in stated.tables(name):
            if there.form.row_scope == "year":
                there.year_sheet(item, item.text("column") or None)
            else:
                there.sheet(item)
            item.finish()
        tables.setdefault(lookup.form, []).append(Rows(there.book(), there.form))
    return Lookups(tables)


def _year_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    column = table.text("column") or None
    sheet, column = records.year_sheet(table, column)
    for further in table.tables("book"):
        records.year_sheet(further, column)
        further.finish()
    return lambda rows: next(
        row for row in rows.of("year") if row.sheet is sheet and row.column == column
    )


def _sheet_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    sheet = records.sheet(table)
    for further in table.tables("book"):
        records.sheet(further)
        further.finish()
    return lambda rows: next(row for row in rows.of("sheet") if row.sheet is sheet)


def _evaluation_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    sheet, year = records.evaluation_sheet(table)
    for further in table.tables("book"):
        records.evaluation_sheet(further)
        further.finish()
    return lambda rows: next(
        row for row in rows.of("evaluation") if row.sheet is sheet and row.column == str(year)
    )


def _kpi_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    kpi = records.kpi(table)
    for further in table.tables("book"):
        records.kpi(further)
        further.finish()
    return lambda rows: next(row for row in rows.of("kpi") if row.kpi is kpi)


def _kpi_year_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    year = str(table.take("year", ""))
    kpi = records.kpi(table)
    if year not in kpi.actuals:
        raise CaseError(
            "year",
            f"actuals has no {as_written(year)}",
            f"actuals に {as_written(year)} がありません",
        )
    return lambda rows: next(
        row for row in rows.of("kpi_year") if row.kpi is kpi and row.column == year
    )


def _book_case(records: _Records, table: _Table) -> Callable[[Rows], Row]:
    for item in table.tables("sheets"):
        records.sheet(item)
        item.finish()
    records.fiscal_year = table.whole("fiscal_year", records.fiscal_year)
    for there, inner in records.described(table, "book"):
        for item in inner.tables("sheets"):
            there.sheet(item)
            item.finish()
        for item in inner.tables("kpis"):
            there.kpi(item)
            item.finish()
        for sheet in records.sheets:
            for other in there.sheets:
                if other.name == sheet.name:
                    records.pair(sheet, other)
    return lambda rows: rows.of("book")[0]


# Of several claims in one sentence, the case is about the first of the most telling outcome.
_TELLING: Final[tuple[Outcome, ...]] = ("crashed", "fail", "unknown", "may", "pass")


def _claim_rows(
    data: Mapping[str, Any], form: Form, claim_readers: Sequence[PluggedReader]
) -> Sequence[Row]:
    """The claim that a case states, or those that its ``text`` makes."""
    from auditor.rules.claim_reading import ClaimReading
    from auditor.testing.stated_claims import NAMES, SECTIONS, Misfit, stated_claim

    reading = ClaimReading(claim_readers)
    records, table = _Records(form), _Table(data, "")
    about = table.table("sheet") or _Table({}, table.key("sheet"))
    fiscal_year = about.whole("fiscal_year", records.fiscal_year)
    section, text = table.text("section", "achieved"), table.text("text")
    if section not in SECTIONS:
        raise CaseError(
            "section",
            f"one of {', '.join(SECTIONS)} was expected, not {as_written(section)}",
            f"{'、'.join(SECTIONS)} のどれかが必要ですが {as_written(section)} です",
        )
    sheet = records.claim_sheet(table, about, fiscal_year, section, text)
    year = str(fiscal_year) if section in ("issues", "direction") else None
    if not text:
        names = [name for name in NAMES if name != "section" and table.has(name)]
        try:
            claim = stated_claim({name: table.take(name) for name in names}, form, section, year)
        except Misfit as fault:
            (en, ja), shown = fault.wanted, as_written(fault.value)
            raise CaseError(
                fault.name, f"{en} was expected, not {shown}", f"{ja}が必要ですが {shown} です"
            ) from None

        def stated(_: Rows, other: Sheet) -> tuple[Claim, ...]:
            return (claim,) if other is sheet else ()

        claims_of: ClaimsOf = stated
    else:
        claims_of = reading
    for further in table.tables("kpis"):
        records.kpi(further)
        further.finish()
    table.finish()
    rows = Rows(records.book(), form, claims_of=claims_of).of("claim")
    for failure in reading.not_checked:
        raise CaseError("text", failure.why.en, failure.why.ja)
    return rows if text else rows[:1]


def _outcome(rule: Rule, row: Row) -> Outcome:
    """What a rule answers, whatever it raises."""
    try:
        return rule.judge(row).outcome
    except BaseException as fault:  # it is judged once more, and told then
        if is_interrupt(fault):
            raise
        return "crashed"


@dataclass
class _Pairs:
    """Another book of a case, and which of its records are whose partners."""

    records: _Records
    sheets: list[tuple[Sheet, Sheet]] = field(default_factory=list[tuple[Sheet, Sheet]])
    kpis: list[tuple[Kpi, Kpi]] = field(default_factory=list[tuple[Kpi, Kpi]])


@dataclass
class _Records:
    """The records of one case, all of one document. ``others`` are books beside it. Amounts
    without a unit have ``unit``, or that of the form.
    """

    form: Form
    document: str = DOCUMENT
    unit: str | None = None
    sheets: list[Sheet] = field(default_factory=list[Sheet])
    kpis: list[Kpi] = field(default_factory=list[Kpi])
    fiscal_year: int = FISCAL_YEAR
    others: dict[OtherBook, _Pairs] = field(default_factory=dict[OtherBook, _Pairs])

    # — other books —

    def other_books(self) -> dict[OtherBook, Other]:
        """The books that the case's book is held against."""
        return {
            name: Other(
                Rows(there.records.book(), self.form.in_yen if name == "accounts" else self.form),
                there.sheets,
                there.kpis,
            )
            for name, there in self.others.items()
        }

    def described(self, table: _Table, each: Each) -> Iterator[tuple[_Records, _Table]]:
        """The records of each other book that a table describes, and what it says of them.

        ``false`` says that there is such a book, and nothing of the row in it.
        """
        for link in SCOPES[each].links:
            if link.other is None or link.name != link.other or not table.has(link.name):
                continue
            there = self.others.setdefault(link.other, _Pairs(self._beside(link.other))).records
            if table.data[link.name] is False:
                table.take(link.name)
            elif inner := table.table(link.name):
                yield there, inner
                inner.finish()

    def _beside(self, name: OtherBook) -> _Records:
        """The records of another book: last year's, or the accounts, which are in yen."""
        if name == "earlier":
            return _Records(self.form, name, fiscal_year=self.fiscal_year - 1)
        return _Records(self.form, name, unit=YEN, fiscal_year=self.fiscal_year)

    def pair(self, here: Sheet | Kpi, there: Sheet | Kpi) -> None:
        """Make a record of another book the partner of one of this."""
        pairs = next(
            item for item in self.others.values() if item.records.document == there.document
        )
        if isinstance(here, Sheet) and isinstance(there, Sheet):
            pairs.sheets.append((here, there))
        elif isinstance(here, Kpi) and isinstance(there, Kpi):
            pairs.kpis.append((here, there))

    def year_elsewhere(self, table: _Table, year: int, kind: str) -> Sheet:
        """The sheet of another book of which the column of the same year and kind is described,
        its own evaluated one (``own``), and those of other kinds (``as``).
        """
        about = table.table("sheet") or _Table({}, table.key("sheet"))
        fiscal_year = about.whole("fiscal_year", self.fiscal_year)
        years: dict[str, FiscalYear] = {}
        if inner := table.table("own"):
            self.put(
                inner, self.form.evaluated_column(fiscal_year, fiscal_year), fiscal_year, years
            )
        kinds = table.table("as") or _Table({}, table.key("as"))
        for name in list(kinds.data):
            if inner := kinds.table(name):
                column = self.form.exact_column(year, name, fiscal_year)
                self.put(inner, column, fiscal_year, years)
        if table.data:
            column = self.form.exact_column(year, kind, fiscal_year)
            self.put(table, column, fiscal_year, years)
        sheet = self.add(about, fiscal_year, years, {})
        about.finish()
        return sheet

    def evaluation_elsewhere(self, table: _Table, year: int) -> Sheet:
        """The sheet of another book of which the evaluation of the same year is described, and
        that of its own year (``own``).
        """
        about = table.table("sheet") or _Table({}, table.key("sheet"))
        fiscal_year = about.whole("fiscal_year", self.fiscal_year)
        years: dict[str, FiscalYear] = {}
        evaluations: dict[str, Evaluation] = {}
        if inner := table.table("own"):
            steps = _steps("evaluation")
            self.evaluate(inner, fiscal_year, fiscal_year, years, evaluations, steps)
            inner.finish()
        if table.data:
            self.evaluate(table, year, fiscal_year, years, evaluations, _steps("evaluation"))
        sheet = self.add(about, fiscal_year, years, evaluations)
        about.finish()
        return sheet

    def book(self) -> Book:
        document = Document.of(
            self.document, self.form.name, self.fiscal_year, self.sheets, self.kpis
        )
        return Book(
            form=self.form.name,
            fiscal_year=self.fiscal_year,
            documents=(document,),
            sheets=tuple(self.sheets),
            kpis=tuple(self.kpis),
        )

    # — figures —

    def figure(self, table: _Table, name: str, field_name: str) -> Figure | None:
        """The figure under a key, blank where there is none, None where the form has no such
        figure.
        """
        definition = self.form.fields.get(field_name)
        if definition is None:
            if table.has(name):
                raise CaseError(
                    table.key(name),
                    f"form {self.form.name} has no {field_name}",
                    f"様式 {self.form.name} に {field_name} はありません",
                )
            return None
        if self.unit is not None and definition.unit == self.form.unit:
            definition = definition.model_copy(update={"unit": self.unit})
        return self.read(table.take(name, ""), definition, table.key(name))

    def read(
        self, value: Any, definition: FieldDefinition, key: str, units: Iterable[str] | None = None
    ) -> Figure:
        if isinstance(value, str) and self.form.table is not None:
            return written_figure(value, self.form, definition.unit)
        if isinstance(value, str):
            return parse_figure(
                value,
                unit=definition.unit,
                units=tuple(self.form.units if units is None else units),
            )
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise CaseError(
                key,
                f"a number or a printed figure was expected, not {as_written(value)}",
                f"数値か記載どおりの文字列が必要ですが {as_written(value)} です",
            )
        exact = Decimal(str(value))
        return Figure(value=exact, state="number", printed=number(exact), unit=definition.unit)

    # — columns —

    def columns(self, fiscal_year: int) -> dict[str, tuple[int, str]]:
        """Year and kind of each column's id, in the form's order."""
        columns = self.form.columns
        return {
            self.form.column_id(column, fiscal_year): (fiscal_year + column.offset, column.kind)
            for column in columns
        }

    def column(self, wanted: str, fiscal_year: int, key: str) -> str:
        """The id of a column named by its id or its offset."""
        known = self.columns(fiscal_year)
        if wanted in known:
            return wanted
        by_offset = {
            str(column.offset): self.form.column_id(column, fiscal_year)
            for column in reversed(self.form.columns)
        }
        if wanted.removeprefix("+") in by_offset:
            return by_offset[wanted.removeprefix("+")]
        listed = ", ".join(known)
        raise CaseError(
            key,
            f"form {self.form.name} has no column {wanted}; known: {listed}",
            f"その列はありません。使える列：{listed}",
        )

    def year(self, table: _Table, column: str, fiscal_year: int) -> FiscalYear:
        year, kind = self.columns(fiscal_year)[column]
        sources = table.table("funding") or _Table({}, table.key("funding"))
        figures = {
            f"funding.{source}": self.figure(sources, source, f"funding.{source}")
            for source in self.form.funding
        }
        sources.finish()
        own = (name for name in self.form.amounts if name in self.form.own_figures)
        figures |= {name: self.figure(table, name, name) for name in (*YEAR_FIELDS, *own)}
        return FiscalYear(
            **self.plain(table, "year", {"year": year, "kind": kind}), **figures_of_year(figures)
        )

    def plain(
        self, table: _Table, each: Each, usual: Mapping[str, Any], apart: Collection[str] = ()
    ) -> dict[str, Any]:
        """What a table says of a record's fields, figures apart; ``usual`` is what goes without
        saying, ``apart`` what does not stand in the table or is worked out.
        """
        plain: dict[str, Any] = {}
        for item in SCOPES[each].columns:
            written = item.origin == "record" and item.fill not in ("path", "form")
            if not written or item.kind == "figure" or item.name in apart:
                continue
            default = usual.get(item.name, default_of(RECORDS[each], item.name))
            plain[item.name] = _taken(table, RECORDS[each], item, default)
        return plain

    def chain(
        self,
        table: _Table,
        column: str,
        fiscal_year: int,
        years: dict[str, FiscalYear],
        steps: tuple[str, ...],
    ) -> None:
        """Add a column and, by ``prior`` and ``next``, its neighbours."""
        if column in years:
            raise CaseError(
                table.path or "-", f"column {column} is given twice", f"{column} の列が2回あります"
            )
        years[column] = self.year(table, column, fiscal_year)
        order = list(self.columns(fiscal_year))
        for step in steps:
            neighbour = table.table(step)
            if neighbour is None:
                continue
            index = order.index(column) + SCOPES["year"].link[step].step
            if not 0 <= index < len(order):
                raise CaseError(
                    neighbour.path,
                    f"form {self.form.name} has no column there",
                    f"様式 {self.form.name} にその列はありません",
                )
            self.chain(neighbour, order[index], fiscal_year, years, (step,))
            neighbour.finish()

    # — sheets —

    def year_sheet(self, table: _Table, column: str | None) -> tuple[Sheet, str]:
        """A sheet of which one column is described."""
        about = table.table("sheet") or _Table({}, table.key("sheet"))
        fiscal_year = about.whole("fiscal_year", self.fiscal_year)
        wanted = (
            column
            or self.form.evaluated_column(fiscal_year, fiscal_year)
            or next(iter(self.columns(fiscal_year)))
        )
        wanted = self.column(wanted, fiscal_year, table.key("column"))
        years: dict[str, FiscalYear] = {}
        self.chain(table, wanted, fiscal_year, years, _steps("year"))
        sheet = self.add(about, fiscal_year, years, {})
        for there, inner in self.described(table, "year"):
            here = sheet.years[wanted]
            self.pair(sheet, there.year_elsewhere(inner, here.year, here.kind))
        about.finish()
        return sheet, wanted

    def sheet(self, table: _Table) -> Sheet:
        """A sheet described by its own fields, its evaluated column and others."""
        fiscal_year = table.whole("fiscal_year", self.fiscal_year)
        years: dict[str, FiscalYear] = {}
        self.linked("sheet", table, fiscal_year, fiscal_year, years)
        others = table.table("years") or _Table({}, table.key("years"))
        for name in list(others.data):
            inner = others.table(name)
            assert inner is not None
            self.put(inner, self.column(name, fiscal_year, others.key(name)), fiscal_year, years)
        sheet = self.add(table, fiscal_year, years, {})
        for there, inner in self.described(table, "sheet"):
            self.pair(sheet, there.sheet(inner))
        return sheet

    def linked(
        self, each: Each, table: _Table, year: int, fiscal_year: int, years: dict[str, FiscalYear]
    ) -> None:
        """Add the columns that a row's links lead to, where the table describes them."""
        for link in SCOPES[each].links:
            if link.over == "column" and (inner := table.table(link.name)):
                column = self.form.linked_column(link, year, fiscal_year)
                self.put(inner, column, fiscal_year, years)

    def put(
        self, table: _Table, column: str | None, fiscal_year: int, years: dict[str, FiscalYear]
    ) -> None:
        if column is None:
            raise CaseError(
                table.path,
                f"form {self.form.name} has no such column",
                f"様式 {self.form.name} にその列はありません",
            )
        self.chain(table, column, fiscal_year, years, _steps("year"))
        table.finish()

    def evaluation_sheet(self, table: _Table) -> tuple[Sheet, int]:
        """A sheet of which one evaluation is described."""
        about = table.table("sheet") or _Table({}, table.key("sheet"))
        fiscal_year = about.whole("fiscal_year", self.fiscal_year)
        year = table.whole("year", fiscal_year)
        years: dict[str, FiscalYear] = {}
        evaluations: dict[str, Evaluation] = {}
        self.evaluate(table, year, fiscal_year, years, evaluations, _steps("evaluation"))
        sheet = self.add(about, fiscal_year, years, evaluations)
        for there, inner in self.described(table, "evaluation"):
            self.pair(sheet, there.evaluation_elsewhere(inner, year))
        about.finish()
        return sheet, year

    def claim_sheet(
        self, table: _Table, about: _Table, fiscal_year: int, section: str, text: str
    ) -> Sheet:
        """A sheet of which one text is described, and what the claims of it are linked to."""
        years: dict[str, FiscalYear] = {}
        self.linked("claim", table, fiscal_year, fiscal_year, years)
        evaluations: dict[str, Evaluation] = {}
        if section in Evaluation.model_fields:
            evaluation = Evaluation(year=fiscal_year).model_copy(update={section: text})
            evaluations[str(fiscal_year)] = evaluation
        elif text:
            about.data.setdefault(section, text)
        sheet = self.add(about, fiscal_year, years, evaluations)
        about.finish()
        return sheet

    def evaluate(
        self,
        table: _Table,
        year: int,
        fiscal_year: int,
        years: dict[str, FiscalYear],
        evaluations: dict[str, Evaluation],
        steps: tuple[str, ...],
    ) -> None:
        evaluations[str(year)] = self.evaluation(table, year)
        self.linked("evaluation", table, year, fiscal_year, years)
        for step in steps:
            if neighbour := table.table(step):
                other = neighbour.whole("year", year + SCOPES["evaluation"].link[step].step)
                self.evaluate(neighbour, other, fiscal_year, years, evaluations, (step,))
                neighbour.finish()

    def evaluation(self, table: _Table, year: int) -> Evaluation:
        plain = self.plain(table, "evaluation", {}, ("year", "reason_code"))
        result, reason = plain["result"], plain["reason"]
        return Evaluation(
            year=year,
            meaning=self.form.meaning(result),
            reason_code=self.form.reason_code(reason) if reason else None,
            **plain,
        )

    def add(
        self,
        table: _Table,
        fiscal_year: int,
        years: dict[str, FiscalYear],
        evaluations: dict[str, Evaluation],
    ) -> Sheet:
        """Put a sheet into the case's book; columns that nobody described are blank."""
        printed = table.table("evaluations") or _Table({}, table.key("evaluations"))
        for name in list(printed.data):
            inner = printed.table(name)
            assert inner is not None
            if not name.lstrip("+-").isdigit():
                raise CaseError(
                    inner.path, "a year or an offset was expected", "年度または年度の差が必要です"
                )
            year = int(name) if len(name.lstrip("+-")) == 4 else fiscal_year + int(name)
            if str(year) in evaluations:
                raise CaseError(
                    inner.path,
                    f"the evaluation of {year} is given twice",
                    f"{year}年度の評価が2回あります",
                )
            evaluations[str(year)] = self.evaluation(inner, year)
            inner.finish()
        position = len(self.sheets) + 1
        blanks = {
            column: self.year(_Table({}, "-"), column, fiscal_year)
            for column in self.columns(fiscal_year)
            if column not in years
        }
        codes = [
            evaluation.reason_code
            for evaluation in evaluations.values()
            if evaluation.reason_code and not evaluation.result
        ]
        usual = {"name": f"sheet {position}", "status": codes[0] if codes else "continuing"}
        figures = dict.fromkeys((*SHEET_FIELDS, *self.form.sheet_figures))
        plain = self.plain(table, "sheet", usual, ("number", "fiscal_year", *_OF_TOTALS))
        sheet = Sheet(
            document=self.document,
            number=position,
            fiscal_year=fiscal_year,
            evaluations=evaluations,
            years=blanks | years,
            **plain,
            **self.totals(table, plain["name"]),
            **figures_of_sheet({name: self.figure(table, name, name) for name in figures}),
        )
        self.sheets.append(sheet)
        return sheet

    # — indicators —

    def kpi(self, table: _Table) -> Kpi:
        columns = self.form.kpi
        if columns is None:
            raise CaseError(
                table.path or "form",
                f"form {self.form.name} has no KPI table",
                f"様式 {self.form.name} に指標の表はありません",
            )
        unit = table.text("unit")

        def measured(definition: FieldDefinition) -> FieldDefinition:
            return definition.model_copy(update={"unit": unit or definition.unit})

        target = table.take("target", "")
        suffix = columns.target_suffix(target) if isinstance(target, str) else ""
        aim = self.read(
            target.removesuffix(suffix) if suffix else target,
            measured(columns.target),
            table.key("target"),
            (unit,),
        )
        aim = aim.model_copy(update={"printed": target}) if suffix else aim
        actuals: dict[str, Figure] = {}
        for year, value in table.entries("actuals").items():
            if not (len(year) == 4 and year.isdigit()):
                raise CaseError(
                    f"{table.key('actuals')}.{year}",
                    "a fiscal year such as 2023 was expected",
                    "2023 のような年度が必要です",
                )
            actuals[year] = self.read(
                value, measured(columns.actual), f"{table.key('actuals')}.{year}", (unit,)
            )
        last = max((int(year) for year in actuals), default=self.fiscal_year)
        usual = {"name": f"indicator {len(self.kpis) + 1}", "fiscal_year": last}
        plain = self.plain(table, "kpi", usual, ("number", "unit"))
        direction, source = columns.direction(plain["name"], aim.printed)
        if table.has("direction"):
            direction, source = table.take("direction"), "declared"
        kpi = Kpi(
            document=self.document,
            number=len(self.kpis) + 1,
            unit=unit,
            target=aim,
            actuals=actuals,
            direction=direction,
            direction_source=table.take("direction_source", source),
            **plain,
            **self.further(table, unit),
        )
        self.kpis.append(kpi)
        for there, inner in self.described(table, "kpi"):
            self.pair(kpi, there.kpi(inner))
        return kpi

    def totals(self, table: _Table, name: str) -> dict[str, Any]:
        """What a row totals, where its ``role`` is that of a total: what the form says of its
        name or, where no total is called so, of the first one. All rows of a case stand above it.
        """
        role = table.text("role", "row")
        if role == "row":
            return {"block": 1}
        totals = self.form.totals
        if role not in get_args(Role):
            raise CaseError(
                table.key("role"),
                f"one of {', '.join(get_args(Role))} was expected, not {as_written(role)}",
                f"{'、'.join(get_args(Role))} のどれかが必要ですが {as_written(role)} です",
            )
        if not totals:
            raise CaseError(
                table.key("role"),
                f"form {self.form.name} has no total rows (totals of [table], [list] or [items])",
                f"様式 {self.form.name} に合計行（[table]・[list]・[items] の totals）がありません",
            )
        total = self.form.total(name) or totals[0]
        return {"role": role, "totals": total.totals, "block": 1, "since": 1}

    def further(self, table: _Table, unit: str) -> dict[str, Any]:
        """The figures of an indicator that not every one has."""
        further: dict[str, Any] = {}
        for name, definition in self.form.definitions["kpi"].items():
            item = SCOPES["kpi"].by_name[name]
            value = _MISSING
            if item.origin == "record" and name != "target":
                value = table.take(name, _MISSING)
            if value is not _MISSING:
                own = unit if item.unit == "kpi" else ""
                stated = definition.model_copy(update={"unit": own or definition.unit})
                further[name] = self.read(value, stated, table.key(name), (stated.unit,))
        return further


def _taken(table: _Table, record: type[Record], item: CatalogueField, default: Any) -> Any:
    """The value of a field as its record takes it."""
    match item.kind:
        case "texts":
            return table.texts(item.name)
        case "number":
            return table.whole(item.name, default)
        case "text" | "month" if not options_of(record, item.name):
            text = table.text(item.name, default or "")
            return None if default is None and not text else text
        case "day":
            day = table.take(item.name)
            return day if day is None or isinstance(day, date) else date.fromisoformat(str(day))
        case _:
            return table.take(item.name, default)


def _steps(each: Each) -> tuple[str, ...]:
    """The links to the rows before and after."""
    return tuple(link.name for link in SCOPES[each].links if link.over == "row")
