"""What the page shows of an audit, in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report, WaivedFinding
from auditor.auditing.rounds import Change as CauseChange
from auditor.auditing.rounds import EarlierCause
from auditor.auditing.waiving import may_be_waived
from auditor.desk.answers import ANSWER_WORDS, key_of, shown
from auditor.desk.document import DocumentRead, in_order
from auditor.desk.model import (
    Change,
    Changes,
    Conflict,
    DepartmentShown,
    DocumentShown,
    DocumentState,
    Entry,
    FormName,
    Proposal,
    RuleShown,
    SettledEntry,
    Spot,
    State,
    UnreadShown,
    WaivedEntry,
    Word,
)
from auditor.desk.next_steps import next_steps
from auditor.desk.wording import IGNORED, MARKS, OTHER_KIND, near_shown, reason_shown
from auditor.desk.work import Work
from auditor.records.decimals import plain_digits
from auditor.records.figures import Place
from auditor.records.model import Document, Kpi, NotChecked, Sheet
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.cards import MarkedCell, marked_cells
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import (
    Entry as ReportEntry,
)
from auditor.reports.entries import (
    apart,
    certainty,
    computed_for,
    proposed,
    severity_mark,
    suspect_name,
    titled,
)
from auditor.reports.findings import conclusion, form_title, unread_text
from auditor.reports.heading import report_title
from auditor.reports.html.glossary import glossary
from auditor.reports.layout import cut, plain
from auditor.reports.overview import (
    by_owner,
    counted_in,
    department_name,
    heading_of,
    needing_answer,
    numbered,
    overview,
)
from auditor.reports.returned import passed_over_lines
from auditor.reports.waived import facts, unused_lines
from auditor.rules.suspects import SuspectCell

__all__ = ["Shown", "state_of"]

_CHANGES: Final[Mapping[CauseChange, Change]] = {
    "resolved": "settled",
    "still_wrong": "changed",
    "open": "open",
    "added": "new",
}


@dataclass(frozen=True)
class Shown:
    """What a state is made of. ``problems`` and ``notices`` are those of what was
    dropped beside the documents.
    """

    report: Report
    context: ReportContext
    work: Work
    changes: Changes
    problems: tuple[Text, ...] = ()
    notices: tuple[Text, ...] = ()
    changed_since: tuple[str, ...] = ()


def state_of(shown: Shown) -> State:
    """The state, in the language of its context."""
    return _Stating(shown).state()


class _Stating:
    """Puts a state together; ``groups`` are the entries of each department, in the page's order."""

    def __init__(self, shown: Shown) -> None:
        self._shown, self._work = shown, shown.work
        self._report, self._context = shown.report, shown.context
        self.words = words_with_names(shown.report, shown.context)
        in_order_of_reports = numbered(shown.report, shown.context)
        self.groups: dict[str, list[ReportEntry]] = {
            row.department: [entry for _, entry in in_order_of_reports[row.department]]
            for row in overview(shown.report, shown.context)
            if row.department in in_order_of_reports
        }
        self._documents: dict[str, list[Document]] = {}
        for document in shown.report.documents:
            self._documents.setdefault(document.path, []).append(document)

    def state(self) -> State:
        words, report, context = self.words, self._report, self._context
        documents = tuple(self._documents_shown())
        departments = tuple(self._departments())
        parts = apart(chain.from_iterable(self.groups.values()))
        entries = tuple(map(self._entry, (*parts.findings, *parts.questions)))
        conflicts = tuple(self._conflicts())
        changes = self._shown.changes
        return State(
            lang=words.lang,
            made_of=report_title(report, context, words) if report.documents else "",
            round=self._work.this_round,
            sentence=self._sentence(),
            next=tuple(next_steps(documents, departments, entries, conflicts, changes, words)),
            counts=_counts(entry.severity for entry in entries),
            words={name: words.word(name) for name in counted_in(report)},
            documents=documents,
            departments=departments,
            entries=entries,
            settled=tuple(self._settled()),
            waived=tuple(map(self._waived, report.waived)),
            conflicts=conflicts,
            unread=dict(self._unread()),
            changes=changes,
            rules=tuple(self._rules()),
            form_names=tuple(self._forms()),
            waiver_kinds={kind: text.of(words.lang) for kind, text in REASONS.items()},
            marks=tuple(
                Word(key=key, word=word.of(words.lang), text=text.of(words.lang))
                for key, (word, text) in MARKS.items()
            ),
            severities=tuple(self._severities()),
            answers=tuple(self._answers()),
            problems=tuple(self._problems()),
            notices=tuple(self._notices()),
            changed_since=self._shown.changed_since,
        )

    def _sentence(self) -> str:
        if not self._work.documents:
            return self.words.say("No document is here yet.", "文書がまだ入っていません。")
        return conclusion(self._report, self.words)

    # — documents —

    @cached_property
    def _missed(self) -> dict[str | None, list[NotChecked]]:
        """What was not checked, by document."""
        missed: dict[str | None, list[NotChecked]] = {}
        for reason in self._report.not_checked:
            missed.setdefault(reason.document, []).append(reason)
        return missed

    def _reason(self, reason: NotChecked) -> str:
        words, document = self.words, reason.document or ""
        text = reason_shown(reason.why, words.lang)
        if reason.sheet is None:
            return text
        return words.labelled(words.sheet(reason.sheet, document=document), text)

    def _named_elsewhere(self, name: str) -> list[str]:
        """Why a version of sheets was not checked, which stands with another version of them."""
        rivals = (reason for reason in self._report.not_checked if reason.why.code == "versions")
        return [self._reason(reason) for reason in rivals if f"「{name}」" in reason.why.ja]

    def _documents_shown(self) -> Iterator[DocumentShown]:
        entries = list(chain.from_iterable(self.groups.values()))
        counts: dict[str, list[CountedAs]] = {}
        for entry in entries:
            counts.setdefault(entry.cause.document, []).append(entry.counted_as)
        departments: dict[str, dict[str, None]] = {}
        for book in self._context.books:
            records: list[Sheet | Kpi] = [*book.sheets, *book.kpis]
            for record in records:
                departments.setdefault(record.document, {}).setdefault(record.department)
        passed_over = {item.document: item.why for item in self._report.passed_over}
        for read in in_order(self._work.documents.values()):
            name = read.name
            reasons = [self._reason(reason) for reason in self._missed.get(name, ())]
            if not reasons and name not in passed_over:
                reasons = self._named_elsewhere(name)
            if name in passed_over:
                reasons.append(reason_shown(passed_over[name], self.words.lang))
            yield self._document(read, reasons).model_copy(
                update={
                    "counts": _counts(counts.get(name, ())),
                    "departments": tuple(filter(None, departments.get(name, ()))),
                    "changed": name in self._work.earlier,
                }
            )
        for read in in_order(self._work.last_year.values()):
            yield self._of_last_year(read)

    def _document(self, read: DocumentRead, reasons: list[str]) -> DocumentShown:
        parts = self._documents.get(read.name, [])
        words = self.words
        state: DocumentState = "audited" if parts else "not_checked"
        if read.kind == "other":
            reasons.append(OTHER_KIND.of(words.lang))
        elif read.kind == "ignored":
            reasons.append(IGNORED.of(words.lang))
        passed_over = {item.document for item in self._report.passed_over}
        if read.kind == "ignored" or read.name in passed_over:
            state = "passed_over"
        form = parts[0].form if parts else ""
        return DocumentShown(
            name=read.name,
            state=state,
            form=form,
            form_name=form_title(form, words) if form else "",
            sheets=sum(part.sheets for part in parts),
            figures=sum(part.figures or 0 for part in parts),
            unread=sum(len(part.unread) for part in parts),
            counts=_counts(()),
            reasons=tuple(reasons),
            near=near_shown(read.near, words) if read.near is not None else None,
            sha256=read.sha256 or "",
        )

    def _of_last_year(self, read: DocumentRead) -> DocumentShown:
        """A document of last year's book, which is not judged itself."""
        documents = list(chain.from_iterable(book.documents for book in read.books))
        reasons = [*read.not_checked, *chain.from_iterable(part.not_checked for part in documents)]
        form = documents[0].form if documents else ""
        return DocumentShown(
            name=read.name,
            state="audited" if documents else "not_checked",
            form=form,
            form_name=form_title(form, self.words) if form else "",
            sheets=sum(document.sheets for document in documents),
            figures=sum(document.figures or 0 for document in documents),
            unread=sum(len(document.unread) for document in documents),
            counts=_counts(()),
            reasons=tuple(map(self._reason, reasons)),
            near=near_shown(read.near, self.words) if read.near is not None else None,
            sha256=read.sha256 or "",
            last_year=True,
        )

    def _unread(self) -> Iterator[tuple[str, tuple[UnreadShown, ...]]]:
        for name, parts in self._documents.items():
            numbers = list(chain.from_iterable(part.unread for part in parts))
            if numbers:
                yield (
                    name,
                    tuple(
                        UnreadShown(
                            text=unread_text(number),
                            spot=_spot(name, number.place) if number.place else None,
                        )
                        for number in numbers
                    ),
                )

    # — departments and entries —

    def _departments(self) -> Iterator[DepartmentShown]:
        for name, entries in self.groups.items():
            unanswered = [entry for entry in needing_answer(entries) if self._key(entry) is None]
            yield DepartmentShown(
                name=name,
                title=department_name(name, self.words),
                counts=_counts(entry.counted_as for entry in entries),
                open=len(unanswered),
                sheets=len(by_owner(entries)),
                documents=tuple(dict.fromkeys(entry.cause.document for entry in entries)),
                entries=tuple(entry.cause.id for entry in entries),
            )

    def _key(self, entry: ReportEntry) -> str | None:
        """The key of the answer to an entry, where there is one."""
        key = key_of(entry.main)
        return key if key in self._work.answers else None

    def _entry(self, entry: ReportEntry) -> Entry:
        words, finding, cause = self.words, entry.main, entry.cause
        key = self._key(entry)
        year = words.year(finding.year) if finding.year else ""
        place = words.place(finding.first_place)
        since = self._context.since
        change = since.changes.get(cause.id) if since is not None else None
        return Entry(
            id=cause.id,
            severity=entry.counted_as,
            rule=plain(finding.rule),
            title=cut(finding.message.of(words.lang)),
            document=cause.document,
            department=finding.department,
            owner=heading_of(entry, words)[0],
            sheet=cause.sheet.number if cause.sheet is not None else None,
            place=words.listed([part for part in (year, place) if part]),
            spots=tuple(map(self._marked, marked_cells(entry, words))),
            proposed=tuple(self._proposed(entry)),
            certainty=certainty(entry, words),
            answer=shown(self._work.answers[key], words) if key is not None else None,
            change=_CHANGES.get(change) if change is not None else None,
            waivable=any(map(may_be_waived, entry.findings)),
        )

    def _marked(self, item: MarkedCell) -> Spot:
        words, cell = self.words, item.cell
        label = words.field(cell.field, cell.document)
        if cell.year:
            label = words.listed([label, words.year(cell.year)])
        spot = _spot(cell.document, cell.place or Place())
        more = {"number": item.number, "computed": item.computed}
        return spot.model_copy(update={"mark": item.mark, "label": label, **more})

    def _proposed(self, entry: ReportEntry) -> Iterator[Proposal]:
        for cell in proposed(entry):
            value = computed_for(cell, self.words)
            if value:
                yield Proposal(
                    label=suspect_name(cell, entry, self.words),
                    value=value,
                    copy=_copied(cell, value),
                )

    def _settled(self) -> Iterator[SettledEntry]:
        since = self._context.since
        for cause, change in since.earlier if since is not None else ():
            if change == "resolved":
                yield self._settled_entry(cause)

    def _settled_entry(self, cause: EarlierCause) -> SettledEntry:
        words = self.words
        owner = words.document(cause.document)
        if cause.sheet is not None:
            owner = words.sheet_of(cause.sheet, cause.document)
        elif cause.kpi is not None:
            owner = words.kpi(cause.kpi.number, cause.kpi.name)
        title = cause.message.of(words.lang) if cause.message is not None else cause.rules[0]
        return SettledEntry(
            title=cut(title), owner=owner, department=department_name(cause.department, words)
        )

    def _waived(self, item: WaivedFinding) -> WaivedEntry:
        mark = severity_mark(item.finding, self.words)
        return WaivedEntry(
            title=f"{mark} {titled(item.finding, self.words)}",
            facts=tuple(facts(item, self.words)),
            entry=self._answer_of(item),
        )

    def _answer_of(self, item: WaivedFinding) -> str | None:
        """The key of the answer that accepted a finding; None for a file of waivers."""
        return self._accepted.get((item.waiver.rule, item.waiver.place, item.waiver.values))

    @cached_property
    def _accepted(self) -> dict[tuple[str, str, str], str]:
        accepted: dict[tuple[str, str, str], str] = {}
        for key, answer in self._work.answers.items():
            keys = ((waiver.rule, waiver.place, waiver.values) for waiver in answer.waivers)
            accepted |= dict.fromkeys(keys, key)
        return accepted

    def _conflicts(self) -> Iterator[Conflict]:
        entries = chain.from_iterable(self.groups.values())
        ids = {key_of(entry.main): entry.cause.id for entry in entries}
        for key, answers in self._work.conflicts.items():
            yield Conflict(
                entry=ids.get(key),
                about=answers[0].about.of(self.words.lang),
                answers=tuple(shown(answer, self.words) for answer in answers),
            )

    # — words —

    def _rules(self) -> Iterator[RuleShown]:
        lang = self.words.lang
        for rule in self._context.rules:
            yield RuleShown(
                code=plain(rule.code),
                name=plain(rule.file.title.of(lang)),
                text=plain(rule.file.why.of(lang)),
            )

    def _forms(self) -> Iterator[FormName]:
        for name, form in self._context.forms.items():
            yield FormName(name=name, title=plain(form.title.of(self.words.lang)))

    def _severities(self) -> Iterator[Word]:
        texts = dict(glossary(self.words))
        for name in counted_in(self._report):
            word = self.words.word(name)
            yield Word(key=name, word=word, text=texts[word])

    def _answers(self) -> Iterator[Word]:
        lang = self.words.lang
        for kind, word in ANSWER_WORDS.items():
            yield Word(key=kind, word=word.of(lang), text=_ANSWER_HELP[kind].of(lang))

    def _problems(self) -> Iterator[str]:
        lang = self.words.lang
        texts = [reason_shown(reason.why, lang) for reason in self._missed.get(None, ())]
        texts += (plain(text.of(lang)) for text in self._shown.problems)
        yield from dict.fromkeys(texts)

    def _notices(self) -> Iterator[str]:
        for text in self._shown.notices:
            yield plain(text.of(self.words.lang))
        yield from unused_lines(self._report, self.words)
        yield from passed_over_lines(self._report, self.words)
        since = self._context.since
        count = sum(change == "not_audited" for _, change in since.earlier) if since else 0
        if count:
            yield self.words.say(
                f"Of {count:,} entries of the round before, the sheet or the rule is not in this "
                "audit.",
                f"前回の指摘のうち{count:,}件は、シートまたは規則が今回の点検にありません。",
            )


_ANSWER_HELP: Final[Mapping[str, Text]] = {
    "as_printed": Text(
        en="A source shows the print to be right. Say why.",
        ja="原資料と照合した結果、訂正しないという回答です。理由を入力します。",
    ),
    "accepted": Text(
        en="The compiling section accepts that it stands as printed. The entry no longer counts, "
        "as long as its values stay the same.",
        ja="とりまとめ課が記載のとおりでよいと認めることです。値が変わらないかぎり、件数に"
        "含めません。",
    ),
    "corrected": Text(
        en="The department corrects the figure. Put in the corrected file to see that it agrees.",
        ja="所管課が数値を訂正するという回答です。訂正後のファイルを入れると、合ったかどうかが"
        "分かります。",
    ),
    "ask": Text(
        en="The department is to be asked; nobody knows yet.",
        ja="所管課に確かめている途中です。",
    ),
}


def _counts(names: Iterable[CountedAs]) -> dict[CountedAs, int]:
    """How many there are of each severity, and how many questions where there are some."""
    counts = Counter(names)
    shown: tuple[CountedAs, ...] = (*SEVERITIES, QUESTION) if counts[QUESTION] else SEVERITIES
    return {name: counts[name] for name in shown}


def _spot(document: str, place: Place) -> Spot:
    return Spot(
        document=document,
        sheet=place.sheet,
        cell=place.cell,
        page=place.page,
        box=place.box,
        line=place.line,
    )


def _copied(cell: SuspectCell, value: str) -> str:
    """The value as a spreadsheet takes it."""
    return plain_digits(cell.corrected) if cell.corrected is not None else value
