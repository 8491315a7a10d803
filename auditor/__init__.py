"""Audits the figures of municipal result sheets.

It reads them, checks them against rules, and reports what contradicts what.

>>> import auditor
>>> report = auditor.audit(auditor.read("sheets.txt"))
>>> report.exit_code
0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from auditor.auditing.plugins import hookimpl
from auditor.version import __version__

# What a function needs is imported where it is used: importing the package must stay cheap.
if TYPE_CHECKING:
    from auditor import engines as engines
    from auditor import forms as forms
    from auditor import readers as readers
    from auditor import records as records
    from auditor import reports as reports
    from auditor import rules as rules
    from auditor import tables as tables
    from auditor import testing as testing
    from auditor.auditing.asking import Trial, try_formula, why
    from auditor.auditing.outcome_rows import OutcomeListing
    from auditor.auditing.pandera_schema import Language, RuleSchema
    from auditor.auditing.report import Report
    from auditor.auditing.rule_sources import RuleSource
    from auditor.engines import Engine
    from auditor.forms.model import Form, FormError
    from auditor.readers.source import UnreadableDocument
    from auditor.records.model import Book
    from auditor.records.severities import FailOn, Severity
    from auditor.rules.causes import Cause
    from auditor.rules.findings import Finding, Outcome
    from auditor.rules.loading import rule
    from auditor.rules.outcomes import RowOutcome
    from auditor.rules.rule import Rule, RuleError
    from auditor.rules.ruleset import RuleSet
    from auditor.rules.suspects import Suspect
    from auditor.suspects.locating import Infeasible, Undecided, locate
    from auditor.tables import TableName
    from auditor.tables.findings import FindingFile

    Paths: TypeAlias = Iterable[str | Path] | str | Path
    """One path or name, or several."""
    Rules: TypeAlias = Iterable[RuleSource] | RuleSource
    """Rules as they are; codes, names or families of them, paths, dicts or functions."""

__all__ = [
    "Book",
    "Cause",
    "Finding",
    "FormError",
    "Infeasible",
    "Report",
    "RowOutcome",
    "Rule",
    "RuleError",
    "RuleSet",
    "Suspect",
    "Trial",
    "Undecided",
    "UnreadableDocument",
    "__version__",
    "audit",
    "audit_tables",
    "from_dicts",
    "hookimpl",
    "load_rules",
    "locate",
    "read",
    "read_books",
    "rule",
    "to_pandera",
    "try_formula",
    "why",
]

_HOMES = {
    "Book": "auditor.records.model",
    "Cause": "auditor.rules.causes",
    "Finding": "auditor.rules.findings",
    "FormError": "auditor.forms.model",
    "Infeasible": "auditor.suspects.locating",
    "Report": "auditor.auditing.report",
    "RowOutcome": "auditor.rules.outcomes",
    "Rule": "auditor.rules.rule",
    "RuleError": "auditor.rules.rule",
    "RuleSet": "auditor.rules.ruleset",
    "Suspect": "auditor.rules.suspects",
    "Trial": "auditor.auditing.asking",
    "Undecided": "auditor.suspects.locating",
    "UnreadableDocument": "auditor.readers.source",
    "locate": "auditor.suspects.locating",
    "rule": "auditor.rules.loading",
    "try_formula": "auditor.auditing.asking",
    "why": "auditor.auditing.asking",
}


_SUBMODULES = ("engines", "forms", "readers", "records", "reports", "rules", "tables", "testing")
"""Those that users and plugins import from."""

# Hidden from checkers of types, which would take any misspelt name for one that is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        if name in _SUBMODULES:
            return import_module(f"auditor.{name}")
        raise AttributeError(f"module 'auditor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_SUBMODULES])


def read(
    path: str | Path,
    *,
    form: str | None = None,
    worksheets: Sequence[str] = (),
    pages: str = "",
) -> Book:
    """The book of one document, by any registered reader; ``form`` insists on a form.

    ``worksheets`` are patterns of the worksheets of a workbook that are read (``("!一覧",)`` leaves
    that one out), ``pages`` the pages of a PDF (``"3-12,15"``); without them, the form says so.

    Raises UnreadableDocument where nothing can be made of the file, or where it holds the records
    of several books (``read_books`` reads those). Sheets that could not be read are in
    ``book.documents[0].not_checked``.
    """
    from auditor.readers.source import UnreadableDocument

    books = read_books([path], form=form, worksheets=worksheets, pages=pages)
    if len(books) != 1:
        raise UnreadableDocument(
            str(path),
            "several-books",
            "holds several books: use read_books",
            "複数の冊子を含んでいます。read_books を使ってください",
        )
    return books[0]


def read_books(
    paths: Paths,
    *,
    form: str | None = None,
    worksheets: Sequence[str] = (),
    pages: str = "",
) -> tuple[Book, ...]:
    """The books of all documents, one for each form and fiscal year.

    ``form`` insists on a form; ``worksheets`` and ``pages`` are as in ``read``. Raises ValueError
    for a pattern or pages that can't be read, and UnreadableDocument for the first bad document.
    Of marked copies that came back and their originals, there is one version of each sheet.
    """
    from auditor.auditing.session import load_with
    from auditor.forms.choice import page_ranges, worksheet_patterns
    from auditor.readers.documents import read_documents
    from auditor.readers.source import UnreadableDocument
    from auditor.versions.resolving import resolved

    session = load_with([form])
    result = read_documents(
        [str(path) for path in _listed(paths)],
        forms=session.forms,
        readers=session.readers,
        form=form,
        worksheets=worksheet_patterns(worksheets),
        pages=pages if page_ranges(pages) else "",
        catalogue=session.catalogue,
    )
    versions = resolved(result)
    faults = [(missed.document, missed.why) for missed in versions.not_checked]
    if not versions.books:  # the program's own files hold none
        faults += ((file.document, file.why) for file in versions.passed_over)
    for document, why in faults:
        raise UnreadableDocument(document or "", why.code, why.en, why.ja)
    return versions.books


def from_dicts(
    records: Mapping[str, Any] | Iterable[Mapping[str, Any]], *, form: str | None = None
) -> tuple[Book, ...]:
    """The books of records that are given as dicts, held against their form as JSON records are.

    ``records`` are sheets (``{"name": …, "fiscal_year": 2024, "years": {"2024": {"total_cost":
    8030, "funding": {"grants": 4000}}}}``), or a mapping with ``sheets``, ``kpis`` and
    ``documents``. A figure is a number in the form's unit, a printed text, None for a blank cell,
    or a dict (``value``, ``unit``, ``printed``); what is left out is not known. ``form`` names the
    form; without it, it is the one that has all figures. What the form has no place for is a
    remark, which an audit tells.

    Raises UnreadableDocument for a form that there is not, and for the first record that is none.
    """
    from auditor.auditing.session import load_with
    from auditor.readers.json.given import NAME, records_given
    from auditor.readers.source import UnreadableDocument, unknown_form

    forms = load_with([form]).forms
    if form is not None and form not in forms:
        why = unknown_form(form, forms)
        raise UnreadableDocument(NAME, why.code, why.en, why.ja)
    result = records_given(records, forms, None if form is None else forms[form])
    for missed in result.not_checked:
        why = missed.why
        raise UnreadableDocument(missed.document or NAME, why.code, why.en, why.ja)
    return result.books


def audit(
    books: Book | Iterable[Book],
    rules: Rules | None = None,
    *,
    fail_on: FailOn = "error",
    max_findings: int | None = None,
    findings: str | Path | None = None,
    last_year: Book | Iterable[Book] = (),
    outcomes: Iterable[Outcome] | Outcome = (),
    forms: Iterable[Form] = (),
) -> Report:
    """Audit one book or several.

    ``rules`` is a RuleSet, or codes, families, and what ``load_rules`` takes: paths of rule
    files, dicts, functions; None takes every registered rule. The report lists at most
    ``max_findings`` findings and counts them all; ``findings`` is a file (``.parquet``,
    ``.jsonl``, ``.csv``) that gets a row of each. ``last_year`` is the book of the year before,
    against which the books are held. The rows with one of the ``outcomes`` are listed too, at
    most 100 of each rule and outcome: ``report.outcomes_of("FND001", "unknown")`` has them.
    ``forms`` are used beside the registered ones, and in the place of those of the same name.

    Raises RuleError for an unknown code or a rule file that can't be used, UnwritableFile
    (``auditor.files.atomic``) for a file of findings that can't be written, LastYearError
    (``auditor.auditing.last_year``) for a book that can't be last year's, ValueError for an
    outcome that there is not, and WrongArgument (``auditor.records.errors``) for what is no book.
    """
    from typing import get_args

    from auditor.auditing import documents
    from auditor.auditing.arguments import books_of, check_choice, check_number
    from auditor.auditing.options import AuditOptions
    from auditor.auditing.session import load_with
    from auditor.records.severities import FailOn

    listed = books_of(books)
    check_choice("fail_on", fail_on, get_args(FailOn))
    check_number("max_findings", max_findings)
    session = load_with(_forms_of(listed))
    selected = _rules(rules, session.rules)
    earlier = books_of(last_year, "last_year")
    if earlier:
        from auditor.auditing.last_year import check_last_year

        check_last_year(listed, earlier)
    with _finding_file(findings, _paths_of(listed)) as file:
        options = AuditOptions(
            claim_readers=session.claim_readers,
            not_checked=session.problems,
            fail_on=fail_on,
            max_findings=max_findings,
            findings=file,
            left_out=selected.left_out_of(session.rules),
            last_year=earlier,
            outcomes=_listing(outcomes),
        )
        all_forms = session.forms | {form.name: form for form in forms}
        return documents.audit(listed, selected, all_forms, options)


def _listing(outcomes: Iterable[Outcome] | Outcome) -> OutcomeListing | None:
    """What takes the rows that are listed; None where no outcome was asked for."""
    from auditor.auditing.arguments import outcomes_of

    names = outcomes_of(outcomes)
    if not names:
        return None
    from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing

    return OutcomeListing(OutcomeChoice(frozenset(names)))


def audit_tables(
    tables: Mapping[str, Any] | str | Path,
    rules: Rules | None = None,
    *,
    form: str | None = None,
    last_year: Mapping[str, Any] | str | Path | None = None,
    narrative: bool = False,
    engine: str | Engine = "polars",
    fail_on: FailOn = "error",
    max_findings: int | None = None,
    findings: str | Path | None = None,
) -> Report:
    """Audit tidy tables where they lie: the findings and counts of ``audit``, without a record of
    every row (``report.kpis`` is empty).

    ``tables`` is a folder or file, or a mapping of table names (``sheets``, ``years`` …) to data
    frames of polars, pandas or PySpark, or DuckDB relations. ``form`` names the form of tables
    that don't. ``last_year`` are the tables of the year before, given alike, for rules that look
    at them: books of one name are held together, and in them sheets and KPIs of one name that no
    other has. With ``narrative`` the sentences in them are read, too, sheet by sheet.

    ``engine`` is ``polars``, ``duckdb`` or ``spark``, or an engine of
    ``auditor.engines``, for relations of a DuckDB connection or frames of a Spark session. All
    else is as in ``audit``. Raises MissingEngine (``auditor.engines``) where the engine's
    packages are not installed.
    """
    from typing import get_args

    from auditor.auditing import tables as auditing
    from auditor.auditing.arguments import check_choice, check_number, tables_of
    from auditor.auditing.options import AuditOptions
    from auditor.auditing.session import load
    from auditor.engines import engine_named
    from auditor.records.severities import FailOn

    places = tables_of(tables)
    check_choice("fail_on", fail_on, get_args(FailOn))
    check_number("max_findings", max_findings)
    if not isinstance(engine, str) and not hasattr(engine, "close"):
        check_choice("engine", engine, ("polars", "duckdb", "spark"))
    session = load()
    selected = _rules(rules)
    forms = session.forms.values()
    sources = _tables_at(places, forms) if isinstance(places, str | Path) else places
    with _finding_file(findings, sources if isinstance(sources, list) else ()) as file:
        options = AuditOptions(
            claim_readers=session.claim_readers,
            not_checked=session.problems,
            fail_on=fail_on,
            max_findings=max_findings,
            findings=file,
            left_out=selected.left_out_of(session.rules),
            form=form,
            narrative=narrative,
            engine=engine_named(engine) if isinstance(engine, str) else engine,
        )
        earlier = _tables_at(last_year, forms) if isinstance(last_year, str | Path) else last_year
        return auditing.audit_tables(sources, selected, session.forms, options, earlier)


def _tables_at(path: str | Path, forms: Iterable[Form]) -> list[str | Path]:
    """A file; or a folder of tidy tables, and the files in it that forms of tables may describe."""
    from auditor.readers.folders import described_in

    described = any(form.table is not None for form in forms)
    files = described_in(str(path)) if described else []
    return list(dict.fromkeys([str(path), *files]))


def _forms_of(books: Iterable[Book]) -> list[str]:
    """The names of the books' forms. What is none, because a record was given wrong values, is
    reported by the audit.
    """
    names: list[object] = [book.form for book in books]
    return [name for name in names if isinstance(name, str)]


def _paths_of(books: Iterable[Book]) -> list[str]:
    """The paths of the books' documents. What is none, because a record was given wrong values,
    is reported by the audit.
    """
    from auditor.records.model import Document

    documents: list[object] = []
    for book in books:
        stated = cast(object, book.documents)
        if isinstance(stated, tuple):
            documents.extend(cast("tuple[object, ...]", stated))
    paths: list[object] = [item.path for item in documents if isinstance(item, Document)]
    return [path for path in paths if isinstance(path, str)]


def _finding_file(
    path: str | Path | None, inputs: Iterable[str | Path]
) -> AbstractContextManager[FindingFile | None]:
    if path is None:
        return nullcontext()
    from auditor.tables.findings import FindingFile

    return FindingFile(path, inputs)


def to_pandera(
    rules: Rules | None = None,
    *,
    form: str | Form,
    table: TableName | None = None,
    others: Mapping[TableName, Any] | None = None,
    language: Language = "en",
    fail_on: Severity = "note",
    n_failure_cases: int = 20,
) -> RuleSchema:
    """A pandera schema of polars frames whose checks are the rules, for a pipeline that runs on
    pandera.

    ``table`` is the tidy table to validate; None is the one that the form itself describes. The
    schema has the table's columns and a check for each rule that is judged on its rows: named by
    its code, false for the rows that fail. Tables that rules look at beside it are given in
    ``others`` as polars frames; a rule whose tables are not there is an error. Rows that a rule
    can't answer pass, as blanks do in pandera: ``schema.metadata["auditor"]["unknown"]`` counts
    those of the last validation by rule, ``["left_out"]`` names the rules that the table has no
    rows for. Rules below ``fail_on`` give pandera's SchemaWarning. ``n_failure_cases`` rows of
    each rule are shown; ``check_output`` of its error holds all.

    Raises ValueError for a form, table or rule that does not fit, RuleError for an unknown code.
    """
    from auditor.auditing.arguments import check_choice
    from auditor.auditing.pandera_schema import schema_of
    from auditor.auditing.session import load
    from auditor.records.severities import SEVERITIES

    session = load()
    if isinstance(form, str):
        check_choice("form", form, tuple(session.forms))
    check_choice("language", language, ("en", "ja"))
    check_choice("fail_on", fail_on, SEVERITIES)
    names = _listed(cast("Paths", rules)) if isinstance(rules, str | Path | list | tuple) else []
    is_empty = isinstance(rules, list | tuple) and not names
    return schema_of(
        _rules(None if is_empty else cast("Rules", rules)),
        session.forms[form] if isinstance(form, str) else form,
        table,
        others or {},
        insisted=[name for name in names if isinstance(name, str)],
        problems=session.problems,
        language=language,
        fail_on=fail_on,
        n_failure_cases=n_failure_cases,
    )


def load_rules(*sources: RuleSource) -> RuleSet:
    """Rules, ready to audit with: all that are installed or, with ``sources``, those of files and
    folders, of dicts and of functions.

    A dict says what a rule file says; what it leaves out, besides ``code``, ``title``, ``each``
    and ``formula``, is filled in. A function is one with ``@auditor.rule``. Those that do not say
    what they are for are for result sheets, or for what the installed rule of their code is.

    Raises RuleError with file, key and column, and where a code or name is there twice;
    WrongArgument (``auditor.records.errors``) for what is no rule.
    """
    from auditor.auditing.rule_sources import rules_of
    from auditor.auditing.session import load
    from auditor.rules.ruleset import RuleSet

    session = load()
    if not sources:
        return session.rules
    rules = RuleSet([])
    for source in sources:
        rules |= rules_of(source, session)
    return rules


def _rules(rules: Rules | None, registered: RuleSet | None = None) -> RuleSet:
    """The rules that are asked for; for None, every registered one but those that are optional.
    ``registered`` are those of the session, unless they are given.
    """
    from auditor.auditing.session import load
    from auditor.rules.rule import Rule
    from auditor.rules.ruleset import RuleSet

    if isinstance(rules, RuleSet):
        return rules
    registered = load().rules if registered is None else registered
    if rules is None:
        return registered.select()
    is_one = isinstance(rules, str | Path | Rule | Mapping) or not isinstance(rules, Iterable)
    selected: dict[str, Rule] = {}
    named: dict[str, Sequence[str]] = {}
    sources = cast("list[RuleSource]", [rules] if is_one else list(cast("Any", rules)))
    for source in sources:
        if isinstance(source, str) and not _is_path(source, registered):
            part = registered.select([source])
        else:
            part = load_rules(source)
        selected |= {item.code: item for item in part}
        named |= part.named
    if selected:
        selected |= {item.code: item for item in registered.of_reading}
    return RuleSet(selected.values(), named)


def _listed(paths: Paths) -> list[str | Path]:
    return [paths] if isinstance(paths, str | Path) else list(paths)


def _is_path(name: str | Path, registered: RuleSet) -> bool:
    """Whether a path is meant. A word that names rules means those, even where a folder of that
    name lies in the working directory.
    """
    from auditor.rules.rule import RuleError

    if isinstance(name, Path):
        return True
    try:
        return not registered.codes(name)
    except RuleError:
        return bool(name) and Path(name).exists()
