"""Last year's book beside the audited one: whether it can be that, and which record is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from auditor.auditing.report import LastYear, NamedPair, NamedRecord, NamedUndecided
from auditor.auditing.wrong_records import sound_books
from auditor.comparison.pairs import Pairing, pair_kpis, pair_sheets
from auditor.forms.model import Form
from auditor.records.errors import AuditorError
from auditor.records.fields import OtherBook
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Book, Document, Kpi, NotChecked, Sheet
from auditor.records.text import Why
from auditor.rules.findings import KpiReference, SheetReference
from auditor.rules.rows import NO_OTHERS, Other, Rows
from auditor.rules.ruleset import READING_FAMILIES

__all__ = ["LastYearBooks", "LastYearError", "check_last_year", "named"]

T = TypeVar("T", bound=Sheet | Kpi)


class LastYearError(AuditorError):
    """What was given as last year's book can't be that."""


def check_last_year(books: Iterable[Book], last_year: Sequence[Book]) -> None:
    """Raise LastYearError where ``last_year`` holds no record, or a book that is not the one of
    the year before any of ``books``.
    """
    if not any(book.sheets or book.kpis for book in last_year):
        raise LastYearError(
            "nothing of last year's book could be read, so nothing was checked",
            "前年度の冊子から何も読み取れなかったため、点検していません",
        )
    audited = [book for book in books if book.sheets or book.kpis]
    for earlier in last_year:
        if audited and earlier.documents and _partner(earlier, audited) is None:
            raise _misfit(earlier, audited)


def _partner(earlier: Book, books: Iterable[Book]) -> Book | None:
    """The book whose last year's ``earlier`` is."""
    return next((book for book in books if _is_last_year(earlier, book)), None)


def _is_last_year(earlier: Book, book: Book) -> bool:
    return earlier.form == book.form and earlier.fiscal_year == book.fiscal_year - 1


def _misfit(earlier: Book, audited: Sequence[Book]) -> LastYearError:
    """Why a book is last year's of none of the audited ones."""
    document = earlier.documents[0].path
    same_form = [book for book in audited if book.form == earlier.form]
    if not same_form:
        form = audited[0].form
        return LastYearError(
            f"{document} is no last year's book: it has the form {earlier.form}, and the audited "
            f"documents have {form}; nothing was checked",
            f"{document} は前年度の冊子として使えません。様式が {earlier.form} で、点検する文書の"
            f"様式 {form} と異なるため、点検していません",
        )
    year = same_form[0].fiscal_year
    return LastYearError(
        f"{document} is no last year's book: it is of fiscal {earlier.fiscal_year}, and the "
        f"audited documents are of fiscal {year}; nothing was checked",
        f"{document} は前年度の冊子として使えません。"
        f"{fiscal_year_in_words(earlier.fiscal_year)}のもので、点検する文書は"
        f"{fiscal_year_in_words(year)}のもののため、点検していません",
    )


class LastYearBooks:
    """The books of the year before, held together with those of an audit.

    What can't be compared is added to ``not_checked``: books whose records are not what their
    models say, what was not read of last year's documents, and audited books without a partner.
    """

    def __init__(
        self, last_year: Iterable[Book], books: Iterable[Book], not_checked: list[NotChecked]
    ) -> None:
        self._not_checked = not_checked
        # A project of a document that was not read is not gone.
        self._is_whole = not any(reason.document for reason in not_checked)
        self._last_year = Book.merged(sound_books(last_year, not_checked))
        self._documents: list[Document] = []
        self._sheets: list[Pairing[Sheet]] = []
        self._kpis: list[Pairing[Kpi]] = []
        for earlier in self._last_year:
            for document in earlier.documents:
                not_checked += document.not_checked
                not_checked += _unread(document)
        not_checked += (_alone(book) for book in books if self._partner(book) is None)

    def _partner(self, book: Book) -> Book | None:
        """The book of the year before."""
        return next((other for other in self._last_year if _is_last_year(other, book)), None)

    def others(self, book: Book, form: Form) -> Mapping[OtherBook, Other]:
        """What the rows of a book are linked to: those of the year before."""
        earlier = self._partner(book)
        if earlier is None:
            return NO_OTHERS
        sheets = pair_sheets(book.sheets, earlier.sheets)
        kpis = pair_kpis(book.kpis, earlier.kpis)
        self._documents += earlier.documents
        self._sheets.append(sheets)
        self._kpis.append(kpis)
        if not sheets.pairs and not kpis.pairs and not _is_new(book):
            self._not_checked.append(_unrelated(book))
        open_ends = list(chain.from_iterable(each.candidates for each in sheets.undecided))
        if not self._is_whole:
            open_ends += sheets.unpaired_earlier
        other = Other(
            Rows(earlier, form),
            [(pair.record, pair.earlier) for pair in sheets.pairs],
            [(pair.record, pair.earlier) for pair in kpis.pairs],
            open_ends,
        )
        return {"earlier": other}

    def section(self) -> LastYear:
        """How the books were held together, as a report shows it."""
        parts = [*map(_section, self._sheets), *map(_section, self._kpis)]
        return LastYear(
            documents=tuple(self._documents),
            pairs=tuple(chain.from_iterable(part.pairs for part in parts)),
            unpaired=tuple(chain.from_iterable(part.unpaired for part in parts)),
            unpaired_earlier=tuple(chain.from_iterable(part.unpaired_earlier for part in parts)),
            undecided=tuple(chain.from_iterable(part.undecided for part in parts)),
        )


def _section(pairing: Pairing[T]) -> LastYear:
    """How the records of one kind in one book were held together."""
    return LastYear(
        pairs=tuple(
            NamedPair(record=named(pair.record), earlier=named(pair.earlier), how=pair.how)
            for pair in pairing.pairs
        ),
        unpaired=tuple(map(named, pairing.unpaired)),
        unpaired_earlier=tuple(map(named, pairing.unpaired_earlier)),
        undecided=tuple(
            NamedUndecided(record=named(each.record), candidates=tuple(map(named, each.candidates)))
            for each in pairing.undecided
        ),
    )


def _is_new(book: Book) -> bool:
    """Whether a book has nothing that last year's could have had."""
    return not book.kpis and all(sheet.status == "new" for sheet in book.sheets)


def _unrelated(book: Book) -> NotChecked:
    """That last year's book has no project of an audited one."""
    why = Why(
        code="last-year-unrelated",
        en="last year's book has none of its projects, so nothing was held against it",
        ja="前年度の冊子に同じ事業が1つもないため、前年度と照合していません",
    )
    return NotChecked(document=book.documents[0].path if book.documents else None, why=why)


def _alone(book: Book) -> NotChecked:
    """That an audited book has no book of the year before."""
    why = Why(
        code="no-last-year",
        en=f"there is no last year's book of the form {book.form} for fiscal {book.fiscal_year}, "
        "so nothing was held against it",
        ja=f"様式 {book.form} の{fiscal_year_in_words(book.fiscal_year)}に対する"
        "前年度の冊子がないため、"
        "前年度と照合していません",
    )
    return NotChecked(document=book.documents[0].path if book.documents else None, why=why)


def _unread(document: Document) -> Iterator[NotChecked]:
    """That the reading of one of last year's documents has remarks: what they concern may be
    missing from the comparison.
    """
    count = sum(remark.rule.startswith(READING_FAMILIES) for remark in document.remarks)
    if not count:
        return
    places = "place" if count == 1 else "places"
    why = Why(
        code="last-year-unread",
        en=f"last year's book: {count:,} {places} could not be read for certain; audit the "
        "document itself to see where",
        ja=f"前年度の冊子に、確実に読み取れなかった箇所が{count:,}か所あります"
        "（箇所は、この文書を単独で点検すると表示されます）",
    )
    yield NotChecked(document=document.path, why=why)


def named(record: Sheet | Kpi) -> NamedRecord:
    """A record as a report names it."""
    if isinstance(record, Sheet):
        return NamedRecord(document=record.document, sheet=SheetReference.of(record))
    return NamedRecord(document=record.document, kpi=KpiReference.of(record))
