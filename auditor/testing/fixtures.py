"""What the fixtures of the pytest plugin do: books of a form, and audits with the plugins of the
tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import Session
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.source import UnreadableDocument, unknown_form
from auditor.records.errors import AuditorError
from auditor.records.model import Book
from auditor.testing.build import book
from auditor.versions.resolving import resolved

__all__ = ["Audit", "MakeBook", "Read"]


class UnknownForm(AuditorError):
    """A form that there is not in the session of the tests."""


class _OfSession:
    """A function of the session. A failed test shows its name alone."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class MakeBook(_OfSession):
    """Makes consistent books: ``auditor_book("mycity", sheets=3)``."""

    def __call__(
        self,
        form: str | Form,
        *,
        sheets: int = 5,
        seed: int = 0,
        kpis: int = 0,
        fiscal_year: int = 2024,
    ) -> Book:
        """A book of a form in which no figure contradicts another; the same seed gives the same
        book. Raises UnknownForm for a name that no form has.
        """
        __tracebackhide__ = True
        return book(sheets, seed, self._form(form), kpis=kpis, fiscal_year=fiscal_year)

    def _form(self, form: str | Form) -> Form:
        __tracebackhide__ = True
        if isinstance(form, Form):
            return form
        if form not in self.session.forms:
            why = unknown_form(form, self.session.forms, self.session.catalogue)
            raise UnknownForm(why.en, why.ja)
        return self.session.forms[form]


class Audit(_OfSession):
    """Audits books by the rules of the session: ``auditor_audit(book)``."""

    def __call__(self, books: Book | Iterable[Book], *select: str) -> Report:
        """The report on one book or several, by the rules that the codes, names and families of
        ``select`` choose; by all that are not optional, without one. Raises RuleError for an
        unknown one.
        """
        listed = [books] if isinstance(books, Book) else list(books)
        registered = self.session.rules
        rules = registered.select(select) if select else registered.select()
        options = AuditOptions(
            not_checked=self.session.problems,
            claim_readers=self.session.claim_readers,
            left_out=rules.left_out_of(registered),
        )
        return audit(listed, rules, self.session.forms, options)


class Read(_OfSession):
    """Reads documents by the forms and readers of the session: ``auditor_read(path)``."""

    def __call__(self, path: str | Path, *, form: str | None = None) -> Book:
        """The book of one document; ``form`` insists on a form. Raises UnreadableDocument where
        nothing can be made of it, or where it holds several books.
        """
        __tracebackhide__ = True
        session = self.session
        result = read_documents(
            [str(path)],
            forms=session.forms,
            readers=session.readers,
            form=form,
            catalogue=session.catalogue,
        )
        versions = resolved(result)
        for missed in versions.not_checked:
            why = missed.why
            raise UnreadableDocument(missed.document or "", why.code, why.en, why.ja)
        if len(versions.books) != 1:
            raise UnreadableDocument(
                str(path),
                "several-books",
                "does not hold one book",
                "1冊分の記録として読み取れません",
            )
        return versions.books[0]
