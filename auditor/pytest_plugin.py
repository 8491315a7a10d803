"""The pytest plugin: cases of rule files as tests, and fixtures for tests of rules and forms.

pytest loads this module in every run of everybody who has the program installed, so that nothing
is imported before it is needed. docs/testing.md says how it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pytest

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.forms.model import Form
    from auditor.records.languages import Lang
    from auditor.records.model import NotChecked
    from auditor.rules.rule import Rule
    from auditor.rules.ruleset import RuleSet
    from auditor.testing.cases import CaseResult
    from auditor.testing.fixtures import Audit, MakeBook, Read

N = TypeVar("N", bound=pytest.Item | pytest.File)

_TOLD: Final = pytest.StashKey[bool]()
"""Whether the problems of the plugins were looked at."""

_WIDTH: Final = 98
_PLUGINS: Final = "auditor_plugins"
_RULES: Final = "auditor_rules"
_MUTANTS: Final = "auditor_mutants"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the settings."""
    group = parser.getgroup("auditor", "sheet-auditor")
    group.addoption(
        "--auditor-plugin",
        action="append",
        default=[],
        metavar="PLUGIN",
        help="use a plugin of sheet-auditor that is not installed: a module, a file, or a folder "
        "of rules and forms (may be repeated)",
    )
    group.addoption(
        "--auditor-mutants",
        action="store_true",
        default=False,
        help="a test more for each rule that is a formula: its cases notice every one-step change",
    )
    parser.addini(
        _MUTANTS,
        "as --auditor-mutants, in every run",
        type="bool",
        default=False,
    )
    parser.addini(
        _PLUGINS,
        "plugins of sheet-auditor that are not installed, as --auditor-plugin",
        type="linelist",
        default=[],
    )
    parser.addini(
        _RULES,
        "folders and files whose rules' cases are tests",
        type="paths",
        default=[],
    )


# — cases as tests —


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The tests of a rule file: those in the folders of ``auditor_rules``, and TOML rules that are
    named on the command line.
    """
    if file_path.suffix not in (".toml", ".py") or file_path.name == "__init__.py":
        return None
    folders: list[Path] = parent.config.getini(_RULES)
    is_in_folder = any(file_path.is_relative_to(folder) for folder in folders)
    if is_in_folder or (parent.session.isinitpath(file_path) and _is_of_rules(file_path)):
        return _made(RuleTests, parent, path=file_path)
    return None


def _is_of_rules(file: Path) -> bool:
    """Whether a TOML file is a rule, or a form with rules."""
    if file.suffix != ".toml":
        return False
    text = file.read_text(encoding="utf-8", errors="replace")
    return "formula" in text and "code" in text


def _made(kind: type[N], parent: pytest.Collector, **settings: Any) -> N:
    """A part of the run, made as pytest wants it."""
    make = cast("Callable[..., N]", kind.from_parent)  # pyright: ignore[reportUnknownMemberType]
    return make(parent, **settings)


class RuleTests(pytest.File):
    """A rule file; its tests are the cases."""

    def collect(self) -> Iterable[pytest.Item]:
        """The cases of all rules of the file."""
        from auditor.rules.rule import RuleError
        from auditor.testing.rule_files import rules_in

        lang = _language()
        session = _session(self.config, self.path)
        # What is wrong with the plugins is one error, not one for each of their files.
        is_first = not self.config.stash.get(_TOLD, False)
        self.config.stash[_TOLD] = True
        if session.problems and is_first:
            raise self.CollectError(_listed(session.problems))
        try:
            rules = rules_in(self.path, session)
        except RuleError as fault:
            listing = fault.listing(lang)
            if str(self.path) in _listed(session.problems):
                return
            raise self.CollectError(listing) from None
        for rule in rules:
            yield from self._cases(rule, session)

    def _cases(self, rule: Rule, session: Session) -> Iterator[pytest.Item]:
        if rule.each == "reading":  # tested with its reader
            return
        results = _Results(rule, session)
        for number, case in enumerate(rule.file.cases, 1):
            name = f"{rule.code}[{number}-{case.get('outcome')}]"
            settings = {"name": name, "results": results, "number": number}
            yield _made(RuleCase, self, **settings)
        if not rule.file.cases:
            yield _made(NoCase, self, name=rule.code)
        elif self._asks_for_mutants() and rule.check is None:
            settings = {"name": f"{rule.code}[mutants]", "results": results}
            yield _made(RuleMutants, self, **settings)

    def _asks_for_mutants(self) -> bool:
        return bool(self.config.getoption("--auditor-mutants") or self.config.getini(_MUTANTS))


class _Results:
    """What became of the cases of a rule, which run once, when the first is wanted."""

    def __init__(self, rule: Rule, session: Session) -> None:
        self.rule, self.session = rule, session

    @cached_property
    def all(self) -> list[CaseResult]:
        from auditor.testing.cases import run_cases

        return run_cases(self.rule, self.session.forms, self.session.claim_readers)


class CaseFailed(Exception):
    """A case that came out otherwise than stated."""


class RuleCase(pytest.Item):
    """One case of a rule."""

    def __init__(self, *, results: _Results, number: int, **settings: Any) -> None:
        super().__init__(**settings)  # pyright: ignore[reportUnknownMemberType]
        self.results, self.number = results, number

    def runtest(self) -> None:
        """Run the case. Raises CaseFailed where it comes out otherwise."""
        result = self.results.all[self.number - 1]
        if not result.passed:
            raise CaseFailed(self._failure(result))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The case with what came; a traceback for everything that is no failed case."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands: the line counts from 0."""
        from auditor.testing.rule_files import line_of_case

        line = line_of_case(self.path, self.number)
        return self.path, None if line is None else line - 1, self.name

    def _failure(self, result: CaseResult) -> str:
        from auditor.testing.rule_files import line_of_case
        from auditor.toml.values import toml_value

        rule, lang = self.results.rule, _language()
        line = line_of_case(self.path, self.number)
        place = self.path.name if line is None else f"{self.path.name}:{line}"
        title = rule.file.title.of(lang)
        lines = [f"{place}: {rule.code} {title}"]
        case = rule.file.cases[self.number - 1]
        lines += [f"    {key} = {toml_value(value)}" for key, value in case.items()]
        lines += [f"  {problem.of(lang)}" for problem in result.problems]
        if result.row is not None:
            from auditor.reports.row_outcomes import reason_lines
            from auditor.reports.wording import Wording

            forms = {result.row.document: str(case.get("form", ""))}
            words = Wording(lang, self.results.session.forms, forms)
            reasons = reason_lines(result.row, rule, words, _WIDTH, verbose=True)
            lines += [f"  {line}" for line in reasons]
        return "\n".join(lines)


class RuleMutants(pytest.Item):
    """That the cases of a rule notice every one-step change of it."""

    def __init__(self, *, results: _Results, **settings: Any) -> None:
        super().__init__(**settings)  # pyright: ignore[reportUnknownMemberType]
        self.results = results

    def runtest(self) -> None:
        """Hold the mutants against the cases. Raises CaseFailed where one survives, or a mark of
        the rule's file is refuted.
        """
        from auditor.auditing.formats import ReportContext
        from auditor.reports.mutants import mutant_list
        from auditor.testing.mutants.run import hold_mutants

        session = self.results.session
        results = hold_mutants([self.results.rule], session)
        if not all(result.passed for result in results):
            context = ReportContext(_language(), session.rules, forms=session.forms, width=_WIDTH)
            raise CaseFailed(mutant_list(results, 0, context))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The mutants that survive; a traceback for everything else."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class NoCase(pytest.Item):
    """A rule without cases, which fails as `auditor test-rules` does."""

    def runtest(self) -> None:
        """Raises CaseFailed."""
        ja = _language() == "ja"
        raise CaseFailed("例がありません" if ja else "the rule has no cases")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """That there are none."""
        if isinstance(excinfo.value, CaseFailed):
            return f"{self.path.name}: {self.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)


def _listed(problems: Iterable[NotChecked]) -> str:
    """What is wrong with the plugins, with the lines at fault."""
    lines: list[str] = []
    for problem in problems:
        lines += [problem.why.of(_language()), *problem.excerpt]
    return "\n".join(lines)


def _language() -> Lang:
    """The language of the locale, as the command has it."""
    from auditor.records.languages import users_language

    return users_language()


# — the session of the tests —


def _session(config: pytest.Config, file: Path | None = None) -> Session:
    """The shipped pack, the installed plugins and those of the tests; and a form, where a ``file``
    of one is tested that none of these bring.
    """
    from auditor.auditing.plugin_paths import is_form
    from auditor.auditing.session import load

    settled: list[str] = config.getini(_PLUGINS)
    named: list[str] = config.getoption("--auditor-plugin") or []
    names = [*settled, *named]
    plugins = tuple(_beside(name, config) for name in names)
    session = load(plugins) if plugins else load()
    if file is None or file.suffix != ".toml" or not is_form(file):
        return session
    there = {other.resolve() for other in session.form_files.values()}
    return session if file.resolve() in there else load((*plugins, str(file)))


def _beside(name: str, config: pytest.Config) -> str:
    """A path from the folder of pytest's settings; the name of a module as it is."""
    path = config.rootpath / name
    return str(path) if path.exists() else name


@pytest.fixture(scope="session")
def auditor_session(pytestconfig: pytest.Config) -> Session:
    """The session of the tests: the shipped pack, every installed plugin, and those of
    ``--auditor-plugin`` and ``auditor_plugins``. A plugin that can't be used fails the test.
    """
    session = _session(pytestconfig)
    if session.problems:
        pytest.fail(_listed(session.problems), pytrace=False)
    return session


@pytest.fixture(scope="session")
def auditor_forms(auditor_session: Session) -> dict[str, Form]:
    """The forms of the session, by their names."""
    return auditor_session.forms


@pytest.fixture(scope="session")
def auditor_rules(auditor_session: Session) -> RuleSet:
    """The rules of the session."""
    return auditor_session.rules


@pytest.fixture(scope="session")
def auditor_book(auditor_session: Session) -> MakeBook:
    """Makes consistent books of a form: ``auditor_book("mycity", sheets=3)``."""
    from auditor.testing.fixtures import MakeBook

    return MakeBook(auditor_session)


@pytest.fixture(scope="session")
def auditor_audit(auditor_session: Session) -> Audit:
    """Audits books by the rules of the session: ``auditor_audit(book)``."""
    from auditor.testing.fixtures import Audit

    return Audit(auditor_session)


@pytest.fixture(scope="session")
def auditor_read(auditor_session: Session) -> Read:
    """Reads a document by the forms and readers of the session: ``auditor_read(path)``."""
    from auditor.testing.fixtures import Read

    return Read(auditor_session)
