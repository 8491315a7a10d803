"""Rules: what one says, how it judges a row, and how sets of them are loaded, selected and checked.

A rule is one file: TOML with a formula, or a Python file whose function carries the same TOML.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast, overload

from pydantic import Field as Key
from pydantic import ValidationError, field_validator, model_validator

from auditor.forms.model import Form
from auditor.formula import prose
from auditor.formula.judge import BLANK, Missing, members
from auditor.formula.judge import judge as judged
from auditor.formula.parse import FormulaError, kind_of, parse
from auditor.formula.tree import Call, Field, Name, Node, Vocabulary, fields, walk
from auditor.records.figures import Answer, Quantity, Record
from auditor.records.model import Frozen, FrozenDict, Kpi, Sheet, Slip, Text
from auditor.rules.rows import LINKED, WORDS, Cell, Each, Row

__all__ = [
    "Finding",
    "Outcome",
    "Rule",
    "RuleError",
    "RuleSet",
    "Severity",
    "Suspect",
    "SuspectCell",
    "Verdict",
    "load_rule_file",
    "load_rules",
    "rule",
    "rule_files",
]

Severity = Literal["error", "warning", "note"]
Outcome = Literal["pass", "may", "fail", "unknown", "not_applicable", "crashed"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "may", "fail", "unknown", "not_applicable", "crashed")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class RuleError(Exception):
    """A rule that can't be used; says file, key, reason and, in a formula, the column."""

    def __init__(self, file: str, key: str, reason: Text, column: int | None = None) -> None:
        where = f"{file}: {key}" + (f", column {column}" if column else "")
        super().__init__(f"{where}: {reason.en} / {reason.ja}")
        self.file, self.key, self.column, self.reason = file, key, column, reason


class SheetReference(Record):
    number: int
    name: str
    department: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> SheetReference:
        return cls(number=sheet.number, name=sheet.name, department=sheet.department)


class KpiReference(Record):
    number: int
    project: str
    name: str

    @classmethod
    def of(cls, kpi: Kpi) -> KpiReference:
        return cls(number=kpi.number, project=kpi.project, name=kpi.name)


class SuspectCell(Record):
    """A cell to correct. ``corrected`` is exact where ``low`` and ``high`` are None or the same,
    else the best guess between them.
    """

    field: str
    year: str | None = None
    value: str | None = None
    corrected: str | None = None
    low: str | None = None
    high: str | None = None
    unit: str = ""


class Suspect(Record):
    """An explanation of a finding: cells that, corrected, make all rules of the sheet hold;
    shares add up to one.
    """

    cells: tuple[SuspectCell, ...]
    slip: Slip
    share: str


class Finding(Record):
    """One contradiction: rule, place, the figures, what was expected. ``id`` is stable over runs
    and paths.
    """

    id: str
    rule: str
    name: str
    severity: Severity
    document: str
    sheet: SheetReference | None = None
    year: str | None = None
    kpi: KpiReference | None = None
    cells: tuple[Cell, ...] = ()
    equation: str = ""
    expected: str | None = None
    actual: str | None = None
    difference: str | None = None
    unit: str = ""
    message: Text
    action: Text
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one row answered one rule. ``cells`` are rows with the names to point at."""

    outcome: Outcome
    equation: str = ""
    cells: tuple[tuple[Row, str], ...] = ()
    expected: Decimal | None = None
    actual: Decimal | None = None
    difference: Decimal | None = None
    unit: str = ""
    detail: Text | None = None
    severity: Severity | None = None


PASS, MAY, UNKNOWN, NOT_APPLICABLE, CRASHED = (
    Verdict(o) for o in ("pass", "may", "unknown", "not_applicable", "crashed")
)
Check = Callable[[Row], Verdict]


class RuleFile(Record):
    """The content of a rule file; see docs/rules.md for the meaning of each key."""

    code: str = Key(pattern=r"^[A-Z]{2,8}\d{3}$")
    name: str = Key(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity
    each: Each | Literal["reading"]
    when: str = ""
    formula: str = ""
    shows: str = ""
    severity_when: Frozen[Severity, str] = Key(default_factory=FrozenDict[Severity, str])
    needs: tuple[str, ...] = ()
    since: str
    retired: tuple[str, ...] = ()
    title: Text
    why: Text
    action: Text
    cases: tuple[dict[str, Any], ...] = ()

    @field_validator("cases")
    @classmethod
    def _outcomes(cls, cases: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        for number, case in enumerate(cases, 1):
            if case.get("outcome") not in OUTCOMES:
                raise ValueError(
                    f"case {number} has no outcome; one of {', '.join(OUTCOMES)} / {number}番目の例に outcome がありません"
                )
        return cases

    @model_validator(mode="after")
    def _reading(self) -> RuleFile:
        if self.each == "reading" and (self.formula or self.when):
            raise ValueError(
                "a finding of the readers has no formula / 読み取りの指摘に数式は書けません"
            )
        return self


@dataclass(frozen=True)
class Rule:
    """A rule ready to judge rows. ``source`` says where it came from."""

    file: RuleFile
    source: str
    tree: Node | None = None
    when: Node | None = None
    shows: Node | None = None
    severities: tuple[tuple[Severity, Node], ...] = ()
    check: Check | None = None
    _compiled: dict[str, Callable[[Row], Answer]] = field(
        default_factory=dict[str, Callable[[Row], Answer]], compare=False, repr=False
    )

    @property
    def code(self) -> str:
        return self.file.code

    @property
    def each(self) -> Each | Literal["reading"]:
        return self.file.each

    @cached_property
    def needs(self) -> tuple[Field | Call, ...]:
        """The fields, groups, parameters and tables that a form must have for the rule's
        formulas.
        """
        trees = [tree for tree in (self.tree, self.when) if tree]
        named = [
            part
            for tree in trees
            for part in walk(tree)
            if isinstance(part, Call) and part.function in ("group", "param", "table")
        ]
        return (*(part for tree in trees for part in fields(tree)), *named)

    def applies_to(self, form: Form) -> bool:
        """Whether the form has all that the rule names."""
        if self.each in ("kpi", "kpi_year") and form.kpi is None:
            return False
        if self.each == "evaluation" and not form.evaluations:
            return False
        return all(_has(form, need, self.each) for need in self.needs) and all(
            _prints(form, name) for name in self.file.needs
        )

    def judge(self, row: Row) -> Verdict:
        """The verdict on one row. A Python rule may raise; the audit counts that as crashed."""
        if self.check is not None:
            if (
                self.when is not None
                and (answer := self._answer("when", self.when, row)) is not Answer.YES
            ):
                return NOT_APPLICABLE if answer is Answer.NO else UNKNOWN
            verdict = self.check(row)
            stated = verdict.outcome != "fail" or verdict.severity is not None
            return verdict if stated else replace(verdict, severity=self._severity(row))
        if self.tree is None:
            return NOT_APPLICABLE
        if (
            self.when is not None
            and (answer := self._answer("when", self.when, row)) is not Answer.YES
        ):
            return NOT_APPLICABLE if answer is Answer.NO else UNKNOWN
        answer = self._answer("formula", self.tree, row)
        if answer is Answer.NO:
            return self._failed(row)
        if answer is Answer.YES:
            return MAY if row.rows.unsure and self._unsure(row) else PASS
        return MAY if answer is Answer.MAY else UNKNOWN

    def _answer(self, key: str, tree: Node, row: Row) -> Answer:
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = cast(Callable[[Row], Answer], judged(tree))
        return compiled(row)

    def _failed(self, row: Row) -> Verdict:
        assert self.tree is not None
        explanation = prose.explain(self.tree, row)
        cells = cast("tuple[tuple[Row, str], ...]", explanation.cells)
        if self.shows is not None:
            explanation = replace(
                prose.explain(self.shows, row), cells=cells, note=explanation.note
            )
        return Verdict(
            "fail",
            explanation.equation,
            cells,
            explanation.expected,
            explanation.actual,
            explanation.difference,
            explanation.unit,
            explanation.note,
            self._severity(row),
        )

    def _severity(self, row: Row) -> Severity | None:
        """The severity that the rule states for this row; None for its usual one."""
        return next(
            (
                severity
                for severity, tree in self.severities
                if self._answer(f"severity {severity}", tree, row) is Answer.YES
            ),
            None,
        )

    def _unsure(self, row: Row) -> bool:
        """Whether a figure that the rule looks at stands in a column that only arithmetic or
        habit gave it.
        """
        assert self.tree is not None
        for part in walk(self.tree):
            if not isinstance(part, Field | Call) or kind_of(part) not in ("number", "group"):
                continue
            here: Row | None = row
            for link in part.links if isinstance(part, Field) else ():
                here = here.link(link) if here else None
            if here and here.unsure:
                names = (
                    {name for _, name in members(part, row)}
                    if kind_of(part) == "group"
                    else {getattr(part, "name", "")}
                )
                if not here.unsure.isdisjoint(names):
                    return True
        return False

    def finding(self, row: Row, verdict: Verdict) -> Finding:
        """The finding of a failed verdict."""
        cells = tuple(cell_row.cell(name) for cell_row, name in verdict.cells)
        sheet = SheetReference.of(row.sheet) if row.sheet else None
        kpi = KpiReference.of(row.kpi) if row.kpi else None
        owner = row.sheet or row.kpi
        return Finding(
            id=identity(self.code, sheet, kpi, row.column, cells),
            rule=self.code,
            name=self.file.name,
            severity=verdict.severity or self.file.severity,
            document=owner.document
            if owner
            else ", ".join(document.path for document in row.rows.book.documents),
            sheet=sheet,
            year=row.column,
            kpi=kpi,
            cells=cells,
            equation=verdict.equation,
            expected=None if verdict.expected is None else f"{verdict.expected:f}",
            actual=None if verdict.actual is None else f"{verdict.actual:f}",
            difference=None if verdict.difference is None else f"{verdict.difference:f}",
            unit=verdict.unit,
            message=verdict.detail or self.file.title,
            action=self.file.action,
        )


def identity(
    code: str,
    sheet: SheetReference | None,
    kpi: KpiReference | None,
    year: str | None,
    cells: Sequence[Cell],
) -> str:
    """A finding's stable id, from rule, sheet, cells and values; paths and places have no part in
    it.
    """
    parts = [
        code,
        sheet.name if sheet else "",
        str(sheet.number) if sheet else "",
        f"{kpi.project}/{kpi.name}" if kpi else "",
        year or "",
    ]
    parts += [f"{cell.field}@{cell.year}={_plain(cell)}" for cell in cells]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _plain(cell: Cell) -> str:
    """A cell's content for its finding's id: 12 and 12.0 are one value."""
    if cell.value is None:
        return cell.printed
    try:
        return f"{Decimal(cell.value).normalize():f}"
    except InvalidOperation:
        return cell.value


def _prints(form: Form, name: str) -> bool:
    """Whether the form has a figure, or the word is one that says something of every form's
    records.
    """
    return (
        bool(form.funding) and form.funding_complete
        if name == "funding"
        else name in form.fields or name in WORDS
    )


def _has(form: Form, need: Field | Call, each: str) -> bool:
    """Whether a row of the form has what a formula names; a form's own figure stands on one kind
    of row alone.
    """
    if isinstance(need, Call):
        name = cast(Name, need.arguments[0]).value
        if need.function == "group":
            return name in form.figure_groups
        return (
            need.function == "table"
            or name in form.params
            or (name == "jump_factor" and form.kpi is not None)
        )
    for link in need.links:
        each = LINKED.get(link, each)
    return _prints(form, need.name) and form.own_figures.get(need.name, each) == each


class RuleSet(Sequence[Rule]):
    """Rules in the order of their codes; no code occurs twice."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.code)
        self._by_code: dict[str, Rule] = {}
        for item in self._rules:
            for code in (item.code, *item.file.retired):
                if code in self._by_code:
                    other = self._by_code[code]
                    raise RuleError(
                        item.source,
                        "code",
                        Text(
                            en=f"{code} is taken by {other.source}",
                            ja=f"{code} は {other.source} が使っています",
                        ),
                    )
                self._by_code[code] = item

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | list[Rule]:
        return self._rules[index]

    def get(self, code: str) -> Rule | None:
        """The rule of a code, a retired code, or a name."""
        found = self._by_code.get(code.upper())
        return found or next((item for item in self._rules if item.file.name == code.lower()), None)

    def codes(self, wanted: str) -> list[str]:
        """The codes that a code, a name or a family prefix stands for; raises RuleError for an
        unknown one.
        """
        if found := self.get(wanted):
            return [found.code]
        family = [
            item.code for item in self._rules if wanted and item.code.startswith(wanted.upper())
        ]
        if not family:
            known = [*self._by_code, *(item.file.name for item in self._rules)]
            nearest = difflib.get_close_matches(
                wanted.upper(), known, n=1, cutoff=0.5
            ) or difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
            hint = (
                (f"; did you mean {nearest[0]}?", f"。{nearest[0]} のことですか")
                if nearest
                else ("", "")
            )
            raise RuleError(
                wanted,
                "code",
                Text(
                    en=f"there is no rule {wanted}{hint[0]}",
                    ja=f"{wanted} という規則はありません{hint[1]}",
                ),
            )
        return family

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> RuleSet:
        """The rules of ``select`` (all, if none is named) without those of ``ignore``; codes,
        names or families.
        """
        wanted = {code for name in select for code in self.codes(name)} or {
            item.code for item in self._rules
        }
        wanted -= {code for name in ignore for code in self.codes(name)}
        return RuleSet(item for item in self._rules if item.code in wanted)


def build_rule(
    data: Mapping[str, Any], source: str, vocabulary: Vocabulary, check: Check | None = None
) -> Rule:
    """A rule from the content of its file; raises RuleError with file, key and column."""
    try:
        file = RuleFile.model_validate(dict(data))
    except ValidationError as fault:
        first = fault.errors()[0]
        key = (
            ".".join(part for part in map(str, first["loc"]) if "[" not in part) or "-"
        )  # without pydantic's names of alternatives
        en, _, ja = first["msg"].removeprefix("Value error, ").partition(" / ")
        raise RuleError(source, key, Text(en=en, ja=ja or f"値が正しくありません({en})")) from None
    if file.each == "reading":
        return Rule(file, source)
    if not file.formula and check is None:
        raise RuleError(
            source, "formula", Text(en="a rule needs a formula", ja="数式 (formula) がありません")
        )

    def tree(key: str, formula: str) -> Node:
        try:
            return parse(formula, vocabulary, file.each)
        except FormulaError as fault:
            raise RuleError(source, key, fault.reason, fault.column) from None

    return Rule(
        file,
        source,
        tree=tree("formula", file.formula) if file.formula else None,
        when=tree("when", file.when) if file.when else None,
        shows=tree("shows", file.shows) if file.shows else None,
        severities=tuple(
            (severity, tree(f"severity_when.{severity}", formula))
            for severity, formula in file.severity_when.items()
        ),
        check=check,
    )


def rule(definition: str) -> Callable[[Check], Check]:
    """Mark a function of a Python rule file as a rule; ``definition`` is the TOML that a rule
    file would hold.
    """

    def mark(check: Check) -> Check:
        cast(Any, check).rule_definition = definition
        return check

    return mark


def rule_files(path: str | Path, *, empty: bool = False) -> list[Path]:
    """The rule files of a path: itself, or all in the folder and below it; raises RuleError where
    there are none (unless ``empty``).
    """
    root = Path(path)
    if (
        not str(path) or not root.exists()
    ):  # an empty name would stand for the working folder, and run every file in it
        raise RuleError(
            str(path),
            "-",
            Text(
                en="there is no such file or folder", ja="ファイルまたはフォルダーが見つかりません"
            ),
        )
    if root.is_file():
        return [root]
    files = sorted(
        p for p in root.rglob("*") if p.suffix in (".toml", ".py") and not _furniture(p, root)
    )
    if not files and not empty:
        raise RuleError(str(path), "-", Text(en="holds no rule", ja="規則がありません"))
    return files


def load_rules(path: str | Path, vocabulary: Vocabulary) -> RuleSet:
    """The rules of a file, or of a folder and all below it; raises RuleError with file, key and
    column.
    """
    rules = [found for file in rule_files(path) for found in load_rule_file(file, vocabulary)]
    if not rules:
        raise RuleError(str(path), "-", Text(en="holds no rule", ja="規則がありません"))
    return RuleSet(rules)


def _furniture(path: Path, root: Path) -> bool:
    inner = path.relative_to(root).parts
    return path.name == "__init__.py" or any(
        part.startswith((".", "__")) or part == "forms" for part in inner[:-1]
    )


def load_rule_file(path: Path, vocabulary: Vocabulary) -> list[Rule]:
    """The rules of one file; none where a Python file defines none. Raises RuleError with file,
    key and column.
    """
    if path.suffix == ".py":
        module = _module(path)
        checks = [
            cast(Check, value)
            for value in vars(module).values()
            if callable(value) and hasattr(value, "rule_definition")
        ]
        return [
            build_rule(
                _toml(cast(Any, check).rule_definition, str(path)), str(path), vocabulary, check
            )
            for check in checks
        ]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise RuleError(
            str(path), "-", Text(en=f"can't be read: {fault}", ja="ファイルを読めません")
        ) from None
    return [build_rule(_toml(text, str(path)), str(path), vocabulary)]


def _toml(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise RuleError(
            source, "-", Text(en=f"is not TOML: {fault}", ja=f"TOML として読めません: {fault}")
        ) from None


def _module(path: Path) -> ModuleType:
    name = f"_auditor_rule_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (
        Exception,
        SystemExit,
    ) as fault:  # whatever a rule author's file does on import is that file's fault, and is said
        del sys.modules[name]
        raise RuleError(
            str(path),
            "-",
            Text(en=f"fails on import: {fault!r}", ja=f"読み込み時に失敗しました: {fault!r}"),
        ) from fault
    return module


def failed(
    *cells: tuple[Row, str], detail: Text | None = None, equation: str = "", **numbers: Any
) -> Verdict:
    """A failed verdict for a Python rule, pointing at the given cells."""
    return Verdict("fail", equation=equation, cells=cells, detail=detail, **numbers)


def quantity(row: Row, name: str) -> Quantity | None:
    """The number under a name in base units, or None where there is none; for Python rules."""
    value = row.values.get(name, BLANK)
    return None if isinstance(value, Missing | str) else value


def printed(row: Row, name: str) -> bool:
    """Whether anything is printed under a name; for Python rules."""
    return row.values.get(name, BLANK) is not BLANK
