"""The audit of the work: what ``auditor check`` would report of the same documents.

It is made anew where documents, forms or rules changed. Answers and waivers change only what comes
behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.last_year import LastYearError, check_last_year
from auditor.auditing.occasion import FIGURES_KINDS, Occasion
from auditor.auditing.options import AuditOptions, Progress
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierRound
from auditor.auditing.steps import Settled, Settling, audited_versions, of_round
from auditor.delivery.names import DocumentNames
from auditor.desk.document import DocumentRead, put_together, saved_times
from auditor.desk.office import Office
from auditor.desk.work import Work
from auditor.records.errors import AuditorError
from auditor.records.languages import Lang
from auditor.records.model import Book, NotChecked
from auditor.records.text import Text, Why
from auditor.versions.model import Resolved

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.ruleset import RuleSet
    from auditor.settings.model import Departments
    from auditor.waivers.model import Waiver

__all__ = ["Audited", "audited_now"]

_LAST_YEAR: Final = Text(en="last year's book is not used", ja="前年度の冊子は照合に使っていません")


@dataclass(frozen=True, eq=False)
class Audited:
    """An audit before anything is accepted. ``books`` are the records that were audited; ``before``
    are the report and the books of the round before, where a document replaced another.
    """

    session: Session
    office: Office
    rules: RuleSet
    books: tuple[Book, ...]
    report: Report
    before: tuple[Report, tuple[Book, ...]] | None
    work: Work

    def settled(self, waivers: Sequence[Waiver], day: date) -> Settled:
        """The report without what was accepted, and what changed since the round before. Raises
        UnrelatedBooks where the two rounds have nothing in common.
        """
        departments = self.office.settings.departments
        earlier = self._earlier(waivers, day)
        settling = Settling(day, waivers, earlier, departments=departments)
        return settling.settled(self.report, self.books, self.session.rules)

    def alone(self) -> Audited:
        """The same without the round before."""
        return replace(self, before=None)

    def _earlier(self, waivers: Sequence[Waiver], day: date) -> EarlierRound | None:
        if self.before is None:
            return None
        report, books = self.before
        settling = Settling(day, waivers, departments=self.office.settings.departments)
        earlier = EarlierRound.of(settling.accepted(report), books)
        work = self.work
        return earlier.model_copy(update={"round": work.round, "made_at": work.earlier_at})

    def context(self, lang: Lang, made_at: datetime | None, settled: Settled) -> ReportContext:
        """What a report on the whole may look at."""
        settings = self.office.settings
        context = ReportContext(
            lang=lang,
            rules=self.rules,
            books=self.books,
            forms=self.session.forms,
            occasion=Occasion(
                title=settings.title,
                made_at=made_at,
                round=self.work.this_round,
                office=settings.office.name,
                made_by=settings.office.role,
                settings_file=self.office.file,
                figures=FIGURES_KINDS[settings.figures],
            ),
            settings=settings,
        )
        return of_round(context, settled.since)


def audited_now(
    work: Work,
    session: Session,
    office: Office,
    progress: Progress | None = None,
    last: Audited | None = None,
) -> Audited:
    """The audit of the work's documents with the office's settings; of the ``last`` one, the same
    documents are not audited again.
    """
    session = office.session(session)
    choice, departments = office.settings.rules, office.settings.departments
    rules = session.rules.select(choice.select, choice.ignore)
    today = _versions(work.documents, departments)
    last_year, missed = _last_year(work, today.books, departments)
    options = AuditOptions(
        claim_readers=session.claim_readers,
        not_checked=(*session.problems, *today.not_checked, *missed),
        passed_over=today.passed_over,
        returned=today.returned,
        left_out=rules.left_out_of(session.rules),
        form=office.settings.form,
        departments=departments,
        last_year=last_year,
        progress=progress,
    )
    report = audit(today.books, rules, session.forms, options)
    audited = Audited(session, office, rules, today.books, report, None, work)
    return replace(audited, before=_before(audited, last)) if work.is_later else audited


def _before(today: Audited, last: Audited | None) -> tuple[Report, tuple[Book, ...]]:
    """The report and the books of the round before."""
    documents, session, office = today.work.before, today.session, today.office
    if last is not None and last.session.rules is session.rules and last.office == office:
        if last.before is not None and last.work.before == documents:
            return last.before
        if last.work.documents == documents and not last.work.last_year:
            return last.report, last.books
    read = _versions(documents, office.settings.departments)
    options = AuditOptions(
        claim_readers=session.claim_readers,
        not_checked=(*session.problems, *read.not_checked),
        left_out=today.rules.left_out_of(session.rules),
        form=office.settings.form,
        departments=office.settings.departments,
    )
    return audit(read.books, today.rules, session.forms, options), read.books


def _versions(documents: Mapping[str, DocumentRead], departments: Departments) -> Resolved:
    """What is audited of some documents, by the names that are handed round."""
    times = saved_times(documents.values())
    read = audited_versions(put_together(documents.values()), departments, times.get)
    books, not_checked = DocumentNames.of_documents(documents).renamed(read.books, read.not_checked)
    return read._replace(books=books, not_checked=not_checked)


def _last_year(
    work: Work, books: Sequence[Book], departments: Departments
) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
    """Last year's book, and what of it could not be read, or why it is not used."""
    if not work.last_year or not work.documents:
        return (), ()
    apart = {name: _apart(name, work.documents) for name in work.last_year}
    read = _versions(work.last_year, departments)
    names = DocumentNames.of_documents((), apart)
    earlier, not_checked = names.renamed(read.books, read.not_checked)
    try:
        check_last_year(books, earlier)
    except LastYearError as fault:
        return (), (*not_checked, _unused(fault))
    return earlier, not_checked


def _apart(name: str, today: Iterable[str]) -> str:
    """The name of a document of last year's book, where one of today's is called the same."""
    number, free, names = 2, name, set(today)
    top, slash, rest = name.partition("/")
    while free in names:
        free, number = f"{top} ({number}){slash}{rest}", number + 1
    return free


def _unused(fault: AuditorError) -> NotChecked:
    en, ja = _LAST_YEAR.en, _LAST_YEAR.ja
    text = fault.message
    why = Why(code="last-year", en=f"{en}: {text.en}", ja=f"{ja}：{text.ja}")
    return NotChecked(why=why)
