"""Audits the figures of municipal result sheets: reads them, checks them against rules, reports what contradicts what.

>>> import auditor
>>> report = auditor.audit(auditor.read("sheets.txt"))
>>> report.exit_code
0
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.plugins import hookimpl
from auditor.version import __version__

if TYPE_CHECKING:
    from auditor.auditing import FailOn, Report
    from auditor.forms import FormError
    from auditor.model import Book
    from auditor.readers.source import UnreadableDocument
    from auditor.rules import Finding, Rule, RuleError, RuleSet, rule
    from auditor.suspects import Explanation, Infeasible, Undecided, locate

__all__ = [
    "Book",
    "Explanation",
    "Finding",
    "FormError",
    "Infeasible",
    "Report",
    "Rule",
    "RuleError",
    "RuleSet",
    "Undecided",
    "UnreadableDocument",
    "__version__",
    "audit",
    "hookimpl",
    "load_rules",
    "locate",
    "read",
    "read_books",
    "rule",
]

_HOMES = {
    "Book": "auditor.model",
    "Explanation": "auditor.suspects",
    "Finding": "auditor.rules",
    "FormError": "auditor.forms",
    "Infeasible": "auditor.suspects",
    "Report": "auditor.auditing",
    "Rule": "auditor.rules",
    "RuleError": "auditor.rules",
    "RuleSet": "auditor.rules",
    "Undecided": "auditor.suspects",
    "UnreadableDocument": "auditor.readers.source",
    "locate": "auditor.suspects",
    "rule": "auditor.rules",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'auditor' has no attribute {name!r}")


def read(path: str | Path, *, form: str | None = None) -> Book:
    """The book of one document, by any registered reader; ``form`` insists on a form.

    Raises UnreadableDocument where nothing can be made of the file, or where it holds the records of several books
    (``read_books`` reads those). Sheets that could not be read are in ``book.documents[0].not_checked``.
    """
    from auditor.readers.source import UnreadableDocument

    books = read_books([path], form=form)
    if len(books) != 1:
        raise UnreadableDocument(
            str(path), "several-books", "holds several books: use read_books", "複数の冊子を含んでいます。read_books を使ってください"
        )
    return books[0]


def read_books(paths: Iterable[str | Path] | str | Path, *, form: str | None = None) -> tuple[Book, ...]:
    """The books of all documents, one for each form and fiscal year; raises UnreadableDocument for the first bad one."""
    from auditor.readers import read_documents
    from auditor.readers.source import UnreadableDocument
    from auditor.session import load

    session = load()
    named = [paths] if isinstance(paths, str | Path) else paths
    result = read_documents([str(path) for path in named], forms=session.forms, readers=session.readers, form=form)
    for missed in result.not_checked:
        raise UnreadableDocument(missed.document or "", missed.why.code, missed.why.en, missed.why.ja)
    return result.books


def audit(
    books: Book | Iterable[Book], rules: RuleSet | Iterable[str | Path] | str | Path | None = None, *, fail_on: FailOn = "error"
) -> Report:
    """Audit one book or several.

    ``rules`` is a RuleSet, or codes, families and paths of rule files; None takes every registered rule.
    Raises RuleError for an unknown code or a rule file that can't be used.
    """
    from auditor.auditing import audit as audited
    from auditor.session import load

    session = load()
    chosen = session.rules if rules is None else _rules(rules)
    return audited(books, chosen, session.forms, not_checked=session.problems, fail_on=fail_on)


def load_rules(path: str | Path) -> RuleSet:
    """The rules of a file or folder; raises RuleError with file, key and column."""
    from auditor.rows import vocabulary
    from auditor.rules import load_rules as loaded
    from auditor.session import load

    return loaded(path, vocabulary(load().forms.values()))


def _rules(rules: RuleSet | Iterable[str | Path] | str | Path) -> RuleSet:
    from auditor.rules import RuleSet
    from auditor.session import load

    if isinstance(rules, RuleSet):
        return rules
    named = [rules] if isinstance(rules, str | Path) else list(rules)
    registered = load().rules
    chosen: dict[str, Rule] = {}
    for name in named:
        found = load_rules(name) if _is_path(name, registered) else registered.select([str(name)])
        chosen |= {item.code: item for item in found}
    return RuleSet(chosen.values())


def _is_path(name: str | Path, registered: RuleSet) -> bool:
    """Whether a path is meant; a word that names rules does so even where a folder of that name lies about."""
    from auditor.rules import RuleError

    if isinstance(name, Path):
        return True
    try:
        return not registered.codes(name)
    except RuleError:
        return bool(name) and Path(name).exists()
