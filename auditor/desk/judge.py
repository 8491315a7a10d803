"""The judge: holds the records of all documents and the answers, and never sees a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, Literal

from pydantic import AwareDatetime, Field, ValidationError

from auditor.auditing.changes import UnrelatedBooks
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.steps import Settled
from auditor.delivery.copies import NoCopy
from auditor.desk.answers import Asked, Step, answered, key_of, waivers_in
from auditor.desk.audited import Audited, audited_now
from auditor.desk.card import card_of
from auditor.desk.document import DocumentRead, check_name
from auditor.desk.dropped import DroppedFile, Plugins
from auditor.desk.handing_out import (
    Output,
    PutCopies,
    copy_requests,
    file_name,
    handed_out,
    output,
)
from auditor.desk.model import AnswerKind, Changes, CopyRequest, File, Problems
from auditor.desk.office import Office, office_of
from auditor.desk.reader import CopyMade
from auditor.desk.service import Call, DeskError, Nothing, Progress, Reply, Service, entry
from auditor.desk.snapshot import Parts, Restored, Snapshot, SnapshotParts
from auditor.desk.state import Shown, state_of
from auditor.desk.unsaved import changes_between
from auditor.desk.waiver_files import waivers_of
from auditor.desk.work import Work, is_same_file
from auditor.desk.work_file import read_work, written_work
from auditor.marking.share import MarkedShare
from auditor.records.figures import Record
from auditor.records.languages import Lang
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import Entry, entries
from auditor.reports.wording import Wording
from auditor.waivers.model import Waiver, WaiverKind

__all__ = ["Judge"]

WhyNotRead = Literal["hung", "died", "memory", "cancelled"]

_NOT_READ: Final[dict[WhyNotRead, Text]] = {
    "hung": Text(
        en="reading it took too long and was given up; split it, or use the installed program",
        ja="読み取りが終わらないため中止しました。文書を分割するか、導入版のプログラムを"
        "使ってください",
    ),
    "died": Text(
        en="reading it broke down: the file is damaged, or made to do harm; open it in the program "
        "that made it and save it anew",
        ja="読み取りの途中でプログラムが異常終了しました。ファイルが壊れている可能性があります。"
        "作成したソフトで開いて保存し直してください",
    ),
    "memory": Text(
        en="reading it needs more memory than this page has; split it, or use the installed "
        "program",
        ja="読み取りに必要なメモリーが足りません。文書を分割するか、導入版のプログラムを"
        "使ってください",
    ),
    "cancelled": Text(
        en="it was not read, because reading was cancelled; put it in again",
        ja="読み取りを取り消したため、点検していません。もう一度入れてください",
    ),
}


class _InLanguage(Record):
    lang: Lang = "ja"


class _Dropped(Record):
    forms: tuple[DroppedFile, ...] = ()
    waivers: tuple[DroppedFile, ...] = ()
    settings: DroppedFile | None = None


class _Configure(_Dropped):
    lang: Lang = "ja"


class _Add(Record):
    name: str
    replaces: bool = False
    last_year: bool = False
    sample: bool = False
    """Whether it is one of the invented documents, which nobody has to save."""


class _Added(Record):
    part: int
    """The number of the document's records, which are the data of the call, in snapshots."""


class _NotRead(Record):
    name: str
    code: WhyNotRead
    last_year: bool = False
    sample: bool = False


class _Remove(Record):
    name: str
    last_year: bool = False


class _OfEntry(_InLanguage):
    entry: str


class _Answer(_OfEntry):
    kind: AnswerKind | Literal["none"]
    waiver_kind: WaiverKind | None = None
    reason: str = ""
    role: str = ""
    made_at: AwareDatetime | None = None


class _PutCopy(Record):
    document: str
    department: str
    result: CopyMade = Field(alias="made")
    """What the reader's call ``copy`` gave."""


class _AtTime(_InLanguage):
    made_at: AwareDatetime | None = None


class _Output(_AtTime):
    kind: Output


class _Open(_InLanguage):
    merge: bool = False


class _Part(Record):
    part: int


class _Requests(Record):
    copies: tuple[CopyRequest, ...]


class Judge(Service):
    """The judge; see ``call`` of ``Service``. ``now`` gives the time where a call says none."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(
            {
                "configure": entry(_Configure, self._configure),
                "forms": entry(Nothing, self._forms),
                "add": entry(_Add, self._add),
                "not_read": entry(_NotRead, self._not_read),
                "remove": entry(_Remove, self._remove),
                "audit": entry(_InLanguage, self._state),
                "state": entry(_InLanguage, self._state),
                "card": entry(_OfEntry, self._card),
                "answer": entry(_Answer, self._answer),
                "undo": entry(_InLanguage, self._undo),
                "redo": entry(_InLanguage, self._redo),
                "asked": entry(Nothing, self._asked_to_save),
                "copies": entry(_InLanguage, self._copies),
                "put_copy": entry(_PutCopy, self._put_copy),
                "deliver": entry(_AtTime, self._deliver),
                "output": entry(_Output, self._output),
                "save": entry(_AtTime, self._save),
                "open": entry(_Open, self._open),
                "snapshot": entry(Nothing, self._snapshot),
                "snapshot_part": entry(_Part, self._snapshot_part),
                "restore_part": entry(_Part, self._restore_part),
                "restore": entry(Nothing, self._restore),
            }
        )
        self._now = now or _local_time
        self._work = Work()
        self._plugins = Plugins()
        self._waivers: list[Waiver] = []
        self._office = Office()
        self._problems: list[Text] = []
        self._notices: list[Text] = []
        """What is wrong with dropped waivers and settings, and what else there is to know."""
        self._audited: Audited | None = None
        self._last: Audited | None = None
        """The last audit, which may be one of other documents than today's."""
        self._held: tuple[_MadeOf, Settled, list[Text]] | None = None
        """What the last audit was held against, and what came of it."""
        self._copies_made: dict[tuple[str, str], MarkedShare | NoCopy] = {}
        self._saved = self._asked = self._work
        """The work as the file has it that was opened or saved last, with the sample's documents;
        and as it was when the user was last asked to save.
        """
        self._parts = Parts()

    # — the work —

    def _become(self, work: Work) -> None:
        """Take up a step of the work."""
        if work == self._work:
            return
        before, self._work = self._work, work
        self._copies_made.clear()
        if _judged(before) != _judged(work):
            self._audited = None

    def _configure(self, arguments: _Configure, _: Call) -> Reply:
        plugins = Plugins(arguments.forms)
        waivers, problems = waivers_of(arguments.waivers)
        office = office_of(arguments.settings, plugins.session())
        self._plugins.close()
        self._plugins, self._waivers, self._office = plugins, waivers, office
        self._problems = [*problems, *office.problems]
        self._notices = [*plugins.notices(), *office.notices]
        dropped = ("forms", "waivers", "settings")
        update = {name: getattr(arguments, name) for name in dropped}
        self._become(self._work.model_copy(update=update))
        lang = arguments.lang
        faults = (text.of(lang) for text in (*plugins.problems(), *self._problems))
        notices = (text.of(lang) for text in self._notices)
        return Reply(Problems(problems=tuple(faults), notices=tuple(notices)))

    def _configure_anew(self, lang: Lang, call: Call) -> None:
        """Use what the work has of dropped files."""
        work = self._work
        dropped = _Configure(
            forms=work.forms, waivers=work.waivers, settings=work.settings, lang=lang
        )
        self._configure(dropped, call)

    def _forms(self, _: Nothing, __: Call) -> Reply:
        """The dropped files, which the reader needs too where they come from a work file."""
        work = self._work
        return Reply(_Dropped(forms=work.forms, waivers=work.waivers, settings=work.settings))

    def _add(self, arguments: _Add, call: Call) -> Reply:
        document = _records(call.file)
        if document.name != arguments.name:
            raise DeskError(
                "name", "the names of the document differ", "文書の名前が食い違っています"
            )
        check_name(document.name)
        self._take(document, arguments)
        return Reply(_Added(part=self._parts.number_of(document)))

    def _not_read(self, arguments: _NotRead, _: Call) -> Reply:
        check_name(arguments.name)
        text = _NOT_READ[arguments.code]
        why = Why(code=arguments.code, en=text.en, ja=text.ja)
        reason = NotChecked(document=arguments.name, why=why)
        document = DocumentRead(name=arguments.name, not_checked=(reason,))
        self._take(document, arguments)
        return Reply()

    def _take(self, document: DocumentRead, arguments: _Add | _NotRead) -> None:
        self._become(_with(self._work, document, last_year=arguments.last_year))
        if arguments.sample:
            self._saved = _with(self._saved, document, last_year=arguments.last_year)

    def _remove(self, arguments: _Remove, _: Call) -> Reply:
        work = self._work.without_document(arguments.name, last_year=arguments.last_year)
        self._become(work)
        return Reply()

    # — the audit —

    def _audit(self, progress: Progress | None = None) -> Audited:
        if self._audited is None:
            work = self._work
            forms = {document.form for document in work.documents.values()}
            for document in (*work.documents.values(), *work.before.values()):
                forms.update(book.form for book in document.books)
            session = self._plugins.session(forms)
            self._audited = self._last = audited_now(
                work, session, self._office, progress, self._last
            )
        return self._audited

    def _settled(
        self, day: date, progress: Progress | None = None
    ) -> tuple[Audited, Settled, list[Text]]:
        """The audit with all that was accepted, and why it is not held against the round before,
        where it can't be.
        """
        audited = self._audit(progress)
        waivers = (*self._waivers, *waivers_in(self._work.answers.values()))
        made_of = audited, waivers, day
        if self._held is None or self._held[0] != made_of:
            self._held = made_of, *_held(*made_of)
        _, settled, problems = self._held
        return audited, settled, problems

    def _result(
        self, lang: Lang, made_at: datetime | None = None, progress: Progress | None = None
    ) -> tuple[Report, ReportContext, list[Text]]:
        """The report, its context, and what could not be compared."""
        day = (made_at or self._now()).date()
        audited, settled, problems = self._settled(day, progress)
        return settled.report, audited.context(lang, made_at, settled), problems

    def _state(self, arguments: _InLanguage, call: Call) -> Reply:
        report, context, problems = self._result(arguments.lang, progress=call.progress)
        shown = Shown(
            report,
            context,
            self._work,
            self._changes(arguments.lang),
            (*self._problems, *problems),
            tuple(self._notices),
            tuple(self._changed_since_saved()),
        )
        return Reply(state_of(shown))

    def _changes(self, lang: Lang) -> Changes:
        work = self._work
        return Changes(
            unsaved=changes_between(self._saved, work),
            since_ask=changes_between(self._asked, work),
            undo=work.done[-1].text.of(lang) if work.done else None,
            redo=work.undone[-1].text.of(lang) if work.undone else None,
        )

    def _changed_since_saved(self) -> Sequence[str]:
        saved = self._saved.documents
        return [
            name
            for name, document in self._work.documents.items()
            if name in saved and document != saved[name] and not is_same_file(saved[name], document)
        ]

    def _asked_to_save(self, _: Nothing, __: Call) -> Reply:
        """The user was asked to save."""
        self._asked = self._work
        return Reply()

    def _card(self, arguments: _OfEntry, _: Call) -> Reply:
        report, context, _problems = self._result(arguments.lang)
        item = _entry_of(report, arguments.entry)
        if item is None:
            raise _no_entry()
        return Reply(card_of(item, report, context))

    # — answers —

    def _answer(self, arguments: _Answer, call: Call) -> Reply:
        report, context, _problems = self._result(arguments.lang)
        item = _entry_of(report, arguments.entry)
        key = key_of(item.main) if item is not None else arguments.entry
        work = self._work
        before = work.answers.get(key)
        conflict = work.conflicts.get(key, ())
        if item is None and before is None and not conflict:
            raise _no_entry()
        if arguments.kind == "none":
            if before is not None or conflict:
                about = (before or conflict[0]).about
                step = Step(key=key, before=before, after=None, conflict=conflict, about=about)
                self._become(work.with_answer(step))
            return self._state(arguments, call)
        if item is None:
            raise DeskError(
                "accepted",
                "it is accepted already; take that back first",
                "すでに了承しています。先に了承を取り消してください",
            )
        request = Asked(
            entry=arguments.entry,
            kind=arguments.kind,
            waiver_kind=arguments.waiver_kind,
            reason=arguments.reason,
            role=arguments.role,
        )
        day = (arguments.made_at or self._now()).date()
        years = {document.path: document.fiscal_year for document in report.documents}
        words = _wordings(report, context)
        answer = answered(request, item, before, day, years, words)
        if answer != before:
            step = Step(key=key, before=before, after=answer, conflict=conflict, about=answer.about)
            self._become(work.with_answer(step))
        return self._state(arguments, call)

    def _undo(self, arguments: _InLanguage, call: Call) -> Reply:
        if not self._work.done:
            raise DeskError("nothing", "there is nothing to undo", "元に戻す操作はありません")
        self._become(self._work.undo())
        return self._state(arguments, call)

    def _redo(self, arguments: _InLanguage, call: Call) -> Reply:
        if not self._work.undone:
            raise DeskError("nothing", "there is nothing to redo", "やり直す操作はありません")
        self._become(self._work.redo())
        return self._state(arguments, call)

    # — what is taken away —

    @property
    def _readable(self) -> list[str]:
        """The names of the documents that are there themselves."""
        return [name for name, read in self._work.documents.items() if read.sha256 is not None]

    def _copies(self, arguments: _InLanguage, _: Call) -> Reply:
        report, context, _problems = self._result(arguments.lang)
        self._copies_made.clear()
        requests = copy_requests(report, context, self._readable)
        return Reply(_Requests(copies=tuple(requests)))

    def _put_copy(self, arguments: _PutCopy, call: Call) -> Reply:
        result, key = arguments.result, (arguments.document, arguments.department)
        if result.no_copy is not None:
            self._copies_made[key] = NoCopy(arguments.document, result.no_copy)
        else:
            share = MarkedShare(call.file, result.ending, result.caution, result.pages)
            self._copies_made[key] = share
        return Reply()

    def _deliver(self, arguments: _AtTime, call: Call) -> Reply:
        made_at, lang = arguments.made_at or self._now(), arguments.lang
        report, context, _problems = self._result(lang, made_at)
        name = file_name("zip", lang, self._work.this_round, made_at)
        copies = PutCopies(self._copies_made, self._readable)
        top = name.removesuffix(".zip")
        data, delivered = handed_out(top, report, context, copies, call.progress)
        self._copies_made.clear()
        self._become(self._work.model_copy(update={"delivered_at": made_at}))
        notices = [
            _labelled(missing.document, missing.why, lang)
            for missing in dict.fromkeys(delivered.without_copy)
        ]
        notices += (_labelled(name, text, lang) for name, text in delivered.cautions.items())
        return Reply(
            File(name=name, notices=tuple(notices), departments=delivered.departments), data
        )

    def _output(self, arguments: _Output, _: Call) -> Reply:
        made_at, lang = arguments.made_at or self._now(), arguments.lang
        report, context, _problems = self._result(lang, made_at)
        waivers = waivers_in(self._work.answers.values())
        data = output(arguments.kind, report, context, waivers)
        return Reply(
            File(name=file_name(arguments.kind, lang, self._work.this_round, made_at)), data
        )

    # — the work file —

    def _save(self, arguments: _AtTime, _: Call) -> Reply:
        made_at = arguments.made_at or self._now()
        data = written_work(self._work, made_at)
        self._be_saved()
        name = file_name("work", arguments.lang, self._work.this_round, made_at)
        return Reply(File(name=name), data)

    def _be_saved(self) -> None:
        self._saved = self._asked = self._work

    def _open(self, arguments: _Open, call: Call) -> Reply:
        other = read_work(call.file)
        present, last_year = self._work.documents.values(), self._work.last_year.values()
        if arguments.merge:
            self._become(self._work.merged_with(other))
        else:
            self._work, self._audited = other, None
            self._copies_made.clear()
            self._be_saved()
            work = other
            for document in present:
                work = work.with_document(document)
            for document in last_year:
                work = work.with_last_year(document)
            self._become(work)
        self._configure_anew(arguments.lang, call)
        return self._state(arguments, call)

    # — snapshots, for the judge that comes after this one —

    def _snapshot(self, _: Nothing, __: Call) -> Reply:
        """What another judge needs to go on from here. It does not count as saved."""
        parts = self._parts
        snapshot = Snapshot(now=parts.numbered(self._work), saved=parts.numbered(self._saved))
        numbers = snapshot.now.parts | snapshot.saved.parts
        parts.drop_all_but(numbers)
        listed = SnapshotParts(parts=tuple(sorted(numbers)), last=parts.last)
        return Reply(listed, snapshot.model_dump_json().encode("utf-8", "backslashreplace"))

    def _snapshot_part(self, arguments: _Part, _: Call) -> Reply:
        document = self._parts[arguments.part]
        return Reply(data=document.model_dump_json(exclude_defaults=True).encode())

    def _restore_part(self, arguments: _Part, call: Call) -> Reply:
        self._parts.put(arguments.part, _records(call.file))
        return Reply()

    def _restore(self, _: Nothing, call: Call) -> Reply:
        """Go on from a snapshot whose parts are here. Nothing is audited yet."""
        snapshot = Snapshot.model_validate_json(call.file)
        work = self._parts.whole(snapshot.now)
        self._work, self._audited = work, None
        # After a mishap she is asked to save soon.
        self._saved = self._asked = self._parts.whole(snapshot.saved)
        self._copies_made.clear()
        self._configure_anew("ja", call)
        return Reply(
            Restored(
                documents=tuple(work.documents),
                last_year=tuple(work.last_year),
                answers=len(work.answers),
            )
        )


_MadeOf = tuple[Audited, tuple[Waiver, ...], date]
"""An audit, what was accepted, and on which day."""


def _held(audited: Audited, waivers: tuple[Waiver, ...], day: date) -> tuple[Settled, list[Text]]:
    """The audit with all that was accepted, and why it is not held against the round before."""
    try:
        return audited.settled(waivers, day), []
    except UnrelatedBooks as fault:
        return audited.alone().settled(waivers, day), [fault.message]


def _local_time() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)


def _records(data: bytes) -> DocumentRead:
    """The records that the reader handed over; raises DeskError for what is none."""
    try:
        return DocumentRead.model_validate_json(data)
    except ValidationError:
        raise DeskError(
            "records",
            "what was read of the document can't be understood; read it again",
            "読み取った内容を受け取れません。もう一度読み取ってください",
        ) from None


def _with(work: Work, document: DocumentRead, *, last_year: bool) -> Work:
    return work.with_last_year(document) if last_year else work.with_document(document)


def _judged(work: Work) -> tuple[object, ...]:
    """What an audit depends on."""
    documents = work.documents, work.earlier, work.new, work.last_year
    return *documents, work.forms, work.settings, work.round, work.earlier_at


def _entry_of(report: Report, key: str) -> Entry | None:
    """The entry of an id."""
    return next((item for item in entries(report) if item.cause.id == key), None)


def _no_entry() -> DeskError:
    return DeskError(
        "no-entry",
        "this entry is not in the audit any more; choose it again",
        "この指摘は今回の点検にありません。もう一度選んでください",
    )


def _wordings(report: Report, context: ReportContext) -> dict[str, Wording]:
    """The words of each language."""
    languages: tuple[Lang, ...] = ("en", "ja")
    return {lang: words_with_names(report, context._replace(lang=lang)) for lang in languages}


def _labelled(name: str, text: Text, lang: Lang) -> str:
    return f"{name}：{text.ja}" if lang == "ja" else f"{name}: {text.en}"
