"""Rules as the checks of a pandera schema, for pipelines that run on pandera already.

A validation audits the frame once, by columns as any table, and every rule's check takes its rows
from that audit.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, Literal, cast

import narwhals as nw
import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors

from auditor.auditing.options import AuditOptions
from auditor.auditing.tables import audit_tables
from auditor.forms.model import Form
from auditor.formula.tree import Field, Members, walk
from auditor.records.errors import WrongArgument
from auditor.records.fields import EACH_OF, NAMES, SCOPES, TABLE_OF, TABLES, Each, TableName
from auditor.records.model import NotChecked
from auditor.records.severities import SEVERITIES, Severity
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.tables.cells import ROW
from auditor.tables.described import described, heading
from auditor.tables.keys import column_key, with_keys
from auditor.tables.records import Tables
from auditor.tables.shape import KEYS, PARENTS, PARTS, SHOWN, is_sound, own_figures, schema, shapes

__all__ = ["RuleSchema", "needed", "schema_of"]

Frames = Mapping[TableName, pl.DataFrame]
Language = Literal["en", "ja"]
_OF_YEARS: Final = {item.name for item in SCOPES["kpi"].named if item.table == "kpi_years"}
"""What a formula names on a KPI that stands in the table of its years."""


class RuleSchema(pa.DataFrameSchema):
    """A pandera schema of polars frames whose checks are rules.

    Lazy frames are collected, since pandera skips the checks of a lazy frame; what comes back is
    lazy again.
    """

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: type | None = None) -> Any:
        return pa.DataFrameSchema.get_backend(check_obj, check_type)

    def validate(self, check_obj: Any, *args: Any, **options: Any) -> Any:
        """Validate a frame as pandera does; raises TypeError for one that is not polars' own."""
        if isinstance(check_obj, pl.LazyFrame):
            return super().validate(check_obj.collect(), *args, **options).lazy()
        if not isinstance(check_obj, pl.DataFrame):
            kind = f"{type(check_obj).__module__.partition('.')[0]}.{type(check_obj).__name__}"
            raise WrongArgument(
                f"a polars frame was expected, this is {kind}: convert it first, "
                "pandas' by polars.from_pandas(frame)",
                f"polars の表を渡してください（{kind} が渡されました）。"
                "pandas の表は polars.from_pandas(frame) で変換できます",
            )
        return super().validate(check_obj, *args, **options)


def schema_of(
    rules: RuleSet,
    form: Form,
    table: TableName | None,
    others: Mapping[TableName, Any],
    *,
    insisted: Iterable[str] = (),
    problems: tuple[NotChecked, ...] = (),
    language: Language = "en",
    fail_on: Severity = "note",
    n_failure_cases: int = SHOWN,
) -> RuleSchema:
    """The schema of one tidy table of a form (or of the table that the form describes, for None):
    see ``auditor.to_pandera``.

    ``insisted`` are codes that may not be left out, ``problems`` what could not be loaded: every
    validation says so.
    """
    _refuse(form, table, others)
    linked = Tables(**cast(Any, others)).frames
    rows = table or ("years" if form.table is not None and form.table.rows == "year" else "sheets")
    chosen, left_out = _of_table(rules, form, rows)
    if missed := [code for code in insisted if code in left_out]:
        raise WrongArgument(
            f"{missed[0]} {left_out[missed[0]]}: no check of {rows}",
            f"{missed[0]} は {rows} の行を判定する規則ではありません",
        )
    if not chosen:
        raise WrongArgument(
            f"none of the rules is judged on rows of {rows}",
            f"{rows} の行を判定する規則がありません",
        )
    if table is not None:  # what a form describes is all that there is of its domain
        _linked(chosen, form, {rows, *linked})
    audit = _Audit(RuleSet(chosen), form, table, rows, linked, problems)
    columns: dict[str, Any] = {}
    checks: list[Any] = [_sound(audit, n_failure_cases, language)]
    if table is not None:
        columns, checks = _columns(table, form, linked)
    checks.append(
        pa.Check(cast(Any, _whole(audit)), name="not_checked", error=_NOT_CHECKED[language])
    )
    for rule in chosen:
        warns = SEVERITIES.index(_worst(rule)) > SEVERITIES.index(fail_on)
        checks.append(_of_rule(audit, rule, language, n_failure_cases, warns))
    metadata = {
        "form": form.name,
        "table": rows,
        "rules": {rule.code: _described(rule) for rule in chosen},
        "left_out": left_out,
        "unknown": audit.unknown,
    }
    name = f"{form.name} {rows}"
    return RuleSchema(columns, checks=checks, name=name, metadata={"auditor": metadata})


def _described(rule: Rule) -> dict[str, Any]:
    """What a schema's metadata says of a rule."""
    file = rule.file
    return {"name": file.name, "severity": rule.severity, "title": file.title.model_dump()}


_NOT_CHECKED: Final = {"en": "something was not checked", "ja": "点検していないものがあります"}
_UNSOUND: Final = {
    "en": "a key is missing, or a cell can't be read",
    "ja": "キーがないか、読み取れないセルがあります",
}


def _refuse(form: Form, table: TableName | None, others: Mapping[TableName, Any]) -> None:
    """Raises ValueError for tables that don't fit the form or each other."""
    tables = ", ".join(EACH_OF)
    if table is None and form.table is None:
        en, ja = (
            f"the form {form.name} describes no table of its own",
            f"様式 {form.name} には独自の表がありません",
        )
        raise WrongArgument(
            f"{en}: name a tidy one with table, of {tables}",
            f"{ja}。table に {tables} のいずれかを指定してください",
        )
    for name in (*((table,) if table else ()), *others):
        if name not in NAMES or (name == table and name not in EACH_OF):
            raise WrongArgument(
                f"there is no table {name} with rules; there are {tables}",
                f"表 {name} はありません。使えるのは {tables} です",
            )
    if table in others:
        raise WrongArgument(
            f"{table} is the table to validate, not one of the others",
            f"{table} は点検する表です。others には入れられません",
        )
    if table is None and others:
        raise WrongArgument(
            "a table that its form describes has no others",
            "様式が定める独自の表には others を渡せません",
        )


def _worst(rule: Rule) -> Severity:
    """The gravest severity that a rule's findings can have."""
    if rule.assigned is not None:
        return rule.assigned
    stated = {rule.file.severity, *(severity for severity, _ in rule.severities)}
    return next(severity for severity in SEVERITIES if severity in stated)


# --- which rules


def _of_table(rules: RuleSet, form: Form, table: TableName) -> tuple[list[Rule], dict[str, str]]:
    """The rules that are judged on the rows of a table, and why others are not."""
    chosen: list[Rule] = []
    left_out: dict[str, str] = {}
    for rule in rules:
        parts = [part for part in rule.on(form) if part.each == EACH_OF[table]]
        if not parts:
            left_out[rule.code] = f"is judged on each {rule.each}"
        elif not rule.is_for(form):
            left_out[rule.code] = f"is for {', '.join(rule.forms)}"
        elif faults := parts[0].unit_faults(form):
            left_out[rule.code] = faults[0].message.en
        elif not any(part.applies_to(form, tables=()) for part in parts):
            left_out[rule.code] = f"names what the form {form.name} does not have"
        else:
            chosen.append(rule)
    return chosen, left_out


def needed(rule: Rule, form: Form) -> list[TableName]:
    """The tables that a rule looks at on a form; a rule in Python may look at all that belongs to
    its sheet or KPI.
    """
    tables: set[TableName] = set()
    for part in rule.on(form):
        tables.update(_needed(part))
    return [table for table in TABLE_OF.values() if table in tables]


def _needed(rule: Rule) -> Collection[TableName]:
    """The tables that a rule on one kind of row looks at."""
    if rule.check is not None:
        return (
            ["kpis", "kpi_years"]
            if rule.each in ("kpi", "kpi_year")
            else ["sheets", "years", "evaluations"]
        )
    needed: set[TableName] = {"kpis"} if rule.each == "kpi_year" else set()
    trees = (rule.tree, rule.when, rule.shows, *(tree for _, tree in rule.severities))
    parts = chain.from_iterable(walk(tree) for tree in trees if tree is not None)
    for named in (part for part in parts if isinstance(part, Field | Members)):
        here = cast(Each, rule.each)
        for link in named.links:
            here = SCOPES[here].follow(link).to
            needed.add(TABLE_OF[here])
        if isinstance(named, Members):
            here = SCOPES[here].rows_of(named.of).to
            needed.add(TABLE_OF[here])
            for link in named.then:
                here = SCOPES[here].follow(link).to
                needed.add(TABLE_OF[here])
        if here == "kpi" and named.name in _OF_YEARS:
            needed.add("kpi_years")
    return needed


def _linked(rules: Iterable[Rule], form: Form, there: Collection[TableName]) -> None:
    """Raises ValueError for a rule that looks at a table which is not there."""
    for rule in rules:
        if lacking := ", ".join(name for name in needed(rule, form) if name not in there):
            raise WrongArgument(
                f"{rule.code} looks at the table {lacking} too: give it in others, "
                "or choose other rules",
                f"{rule.code} は表 {lacking} も使います。others で渡すか、別の規則を選んでください",
            )


# --- the table's own checks


def _columns(table: TableName, form: Form, others: Frames) -> tuple[dict[str, Any], list[Any]]:
    """The columns and keys of a tidy table: the keys and the form's figures have to be there."""
    figures = {
        "sheets": form.sheet_figures,
        "years": form.amounts,
        "kpis": ("target",) if form.kpi else (),
        "kpi_years": ("actual",) if form.kpi else (),
    }.get(table, ())
    names = dict.fromkeys([*shapes(table), *figures])
    for figure in figures:
        names |= dict.fromkeys(f"{figure}.{part}" for part in PARTS)
    parent = others.get(PARENTS[table][0]) if table in PARENTS else None
    tidy: Any = schema(table, list(names), parent, own_figures([form]))
    for name, column in tidy.columns.items():
        shape = shapes(table).get(name)
        is_needed = shape is not None and shape.key and not shape.optional
        column.required = name in figures or is_needed
    return tidy.columns, list(tidy.checks)


def _sound(audit: _Audit, n_failure_cases: int, language: Language) -> pa.Check:
    """The same of a table that a form describes, whose columns are found by their headers."""

    def sound(data: PolarsData) -> pl.LazyFrame:
        return pl.LazyFrame([audit.of(data.lazyframe).sound])

    message = f"TBL {_UNSOUND[language]}"
    return pa.Check(
        cast(Any, sound),
        name="TBL",
        error=message,
        n_failure_cases=n_failure_cases,
        ignore_na=False,
    )


# --- the audit behind the checks


@dataclass(frozen=True)
class _Answers:
    """What one audit says of each row of a frame: which rules it fails, and whether its cells
    could be read.
    """

    passing: Mapping[str, pl.Series]
    sound: pl.Series
    not_checked: tuple[str, ...]


class _FailingRows:
    """Takes the findings of an audit as they come, and keeps which rows they are of."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self.parts: list[pl.DataFrame] = []

    def write(self, frame: pl.DataFrame) -> None:
        self.parts.append(frame.select("rule", *self.keys))


@dataclass
class _Audit:
    """Audits a frame when the first check asks, and keeps the answers for the others: pandera
    hands the same frame to each.
    """

    rules: RuleSet
    form: Form
    table: TableName | None
    rows: TableName
    others: Frames
    problems: tuple[NotChecked, ...] = ()
    unknown: dict[str, int] = field(default_factory=dict[str, int])
    _of: weakref.ref[pl.LazyFrame] | None = None
    _answers: _Answers | Exception | None = None

    def of(self, frame: pl.LazyFrame) -> _Answers:
        """What the audit says of a frame; raises what it raised, for every check alike."""
        if self._answers is None or self._of is None or self._of() is not frame:
            self._of = weakref.ref(frame)
            try:
                self._answers = self._audited(frame.collect())
            except Exception as fault:  # pandera tells it for each check that asks
                self._answers = fault
        if isinstance(self._answers, Exception):
            raise self._answers
        return self._answers

    def _audited(self, frame: pl.DataFrame) -> _Answers:
        frames: dict[TableName, pl.DataFrame] = {
            **self.others,
            self.rows: frame.with_row_index(ROW, 1),
        }
        sound = pl.Series("sound", [True]).new_from_index(0, frame.height)
        if self.table is None:
            header = heading(frame.columns, [self.form], self.form)
            assert header is not None
            missing = [name for name in header.missing if name in self.form.fields]
            if lacking := ", ".join(map(header.word, missing)):
                raise LookupError(
                    f"the table has no column {lacking} / 表に列がありません：{lacking}"
                )
            frames = dict(described(frame, header).frames)
            sound = _readable(self.rows, frames[self.rows], self.form)
        table = TABLES[self.rows]
        owner = str(table.owner)
        failing = _FailingRows(("book", owner) if table.parent is None else ("book", owner, "year"))
        report = audit_tables(
            frames,
            self.rules,
            {self.form.name: self.form},
            AuditOptions(
                form=self.form.name,
                not_checked=self.problems,
                max_findings=0,
                findings=failing,
                narrative=False,
            ),
        )
        self.unknown.clear()
        self.unknown.update(
            {
                code: counts["unknown"]
                for code, counts in report.outcomes.items()
                if counts["unknown"]
            }
        )
        passing = self._passing(frames[self.rows], failing)
        return _Answers(
            passing,
            sound,
            # What could not be read fails the check of its own cells.
            tuple(
                f"{missed.why.en} / {missed.why.ja}"
                for missed in report.not_checked
                if missed.why.code != "unlisted"
            ),
        )

    def _passing(self, frame: pl.DataFrame, failing: _FailingRows) -> dict[str, pl.Series]:
        """For each rule, which rows have no finding."""
        whole = pl.Series("passes", [True]).new_from_index(0, frame.height)
        passing = {rule.code: whole for rule in self.rules}
        if not failing.parts:
            return passing
        rows = _placed(frame, self.rows, self.form).with_row_index("#at")
        findings = pl.concat(failing.parts).join(rows, on=failing.keys, how="left")
        for (code,), part in findings.group_by("rule"):
            if part["#at"].null_count():
                raise LookupError(
                    f"{code}: a finding is of no row / {code}：指摘された行が見つかりません"
                )
            passing[str(code)] = whole.clone().scatter(part["#at"], False)
        return passing


def _placed(frame: pl.DataFrame, table: TableName, form: Form) -> pl.DataFrame:
    """The keys of a table's rows as findings say them."""
    keyed = with_keys(table, nw.from_native(frame.lazy()), None, form.name)
    owner = str(TABLES[table].owner)
    keys = [nw.col("#book").alias("book"), nw.col(f"#{owner}").alias(owner)]
    if TABLES[table].parent is not None:
        column = nw.col("#year").cast(nw.String)
        if table == "years":
            kind = nw.col("kind").cast(nw.String)
            column = column_key(form, nw.col("#year"), nw.col("#fiscal_year"), kind)
        if "column" in frame.columns:
            column = nw.coalesce(nw.col("column"), column)
        keys.append(column.alias("year"))
    return cast(pl.LazyFrame, keyed.select(keys).to_native()).collect()


def _readable(table: TableName, frame: pl.DataFrame, form: Form) -> pl.Series:
    """Which rows of a table have sound keys and cells that can be read."""
    figures = own_figures([form])
    sound = pl.Series("sound", [True]).new_from_index(0, frame.height)
    keys = [key for key in KEYS[table] if key in frame.columns]
    if not is_sound(frame, table, figures=figures):
        try:
            schema(table, frame.columns, figures=figures).validate(frame, lazy=True)
        except SchemaErrors as failed:
            for error in cast("list[Any]", failed.schema_errors):
                if error.check_output is not None:
                    sound &= error.check_output.to_series()
    return sound & frame.select(~pl.struct(keys).is_duplicated()).to_series()


def _of_rule(
    audit: _Audit, rule: Rule, language: Language, n_failure_cases: int, warns: bool
) -> pa.Check:
    def passes(data: PolarsData) -> pl.LazyFrame:
        return pl.LazyFrame([audit.of(data.lazyframe).passing[rule.code]])

    return pa.Check(
        cast(Any, passes),
        name=rule.code,
        error=f"{rule.code} {getattr(rule.file.title, language)}",
        title=rule.file.name,
        description=getattr(rule.file.why, language),
        n_failure_cases=n_failure_cases,
        ignore_na=False,
        raise_warning=warns,
    )


def _whole(audit: _Audit) -> Callable[[PolarsData], bool]:
    """Fails, and says of what, where the audit did not fully happen."""

    def happened(data: PolarsData) -> bool:
        if missed := audit.of(data.lazyframe).not_checked:
            raise RuntimeError("; ".join(missed))
        return True

    return happened
