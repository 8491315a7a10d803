"""The rounds that a command compares.

They are delivered results, kept records, what was finally approved, or documents that are read and
audited now.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli.documents import arguments_for, read_books, takes_in
from auditor.cli.output import Progress, Refused, print_error

if TYPE_CHECKING:
    from auditor.auditing.changes import FilesOf
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import EarlierRound
    from auditor.auditing.session import Session
    from auditor.records.heads import RecordsHead
    from auditor.records.model import Book, NotChecked
    from auditor.rules.ruleset import RuleSet
    from auditor.waivers.model import Waiver

__all__ = ["Round", "Rounds", "files_now"]


class Round(NamedTuple):
    """A round that is the later one of two: its whole report, its records, and its files.

    ``head`` is that of its records where they were kept.
    """

    report: Report
    books: tuple[Book, ...]
    files: FilesOf
    head: RecordsHead | None = None


class Rounds:
    """Finds the round that a path names. ``waivers`` are for documents that are audited now."""

    def __init__(
        self,
        arguments: Namespace,
        session: Session,
        rules: RuleSet,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        self._arguments, self._session, self._rules = arguments, session, rules
        self._waivers = waivers

    def earlier(self, path: Path) -> EarlierRound:
        """The earlier round at a path. Raises EarlierError or Refused where there is none."""
        from auditor.auditing.rounds import EarlierRound
        from auditor.reports.earlier import RECORDS_FILE, earlier_round

        result = _result_at(path)
        if result is not None:
            past = earlier_round(result)
            self._look_at_clock(path, past)
            records = path if path.is_file() and result != path else result.parent / RECORDS_FILE
            contents = self._kept_with(records, past.made_at)
            if contents is None:
                return past
            books, not_checked, head = contents
            return past.model_copy(
                update={"books": books, "not_checked": not_checked, "head": head}
            )
        _refuse_nothing(path)
        now = self._audited([str(path)])
        return EarlierRound.of(now.report, now.books, now.head)

    def _look_at_clock(self, path: Path, earlier: EarlierRound) -> None:
        """Say that an earlier round was made later than now, by this computer's clock."""
        if earlier.made_at is None or earlier.made_at <= self._arguments.made_at:
            return
        written, now = (
            day.strftime("%Y-%m-%d %H:%M") for day in (earlier.made_at, self._arguments.made_at)
        )
        print_error(
            self._arguments.say(
                f"{path} was made at {written}, later than now ({now}); look at the date of this "
                "computer",
                f"{path} は {written} に作成されていて、現在（{now}）より後です。"
                "パソコンの日付を確かめてください",
            )
        )

    def later(self, paths: Sequence[str]) -> Round:
        """The later round that some paths name. Raises EarlierError or Refused."""
        from auditor.auditing.rounds import files_of
        from auditor.reports.earlier import RECORDS_FILE, EarlierError, report_of

        result = _result_at(Path(paths[0])) if len(paths) == 1 else None
        if result is None:
            for path in paths:
                _refuse_nothing(Path(path))
            return self._audited(paths)
        report = report_of(result)
        records = result.parent / RECORDS_FILE
        contents = self._kept(records)
        if contents is None:
            raise EarlierError(
                f"{records} is missing, so the changes are not known; name the documents "
                "themselves",
                f"{records} がないため比較できません。成果シートのフォルダーを指定してください",
            )
        books, _, head = contents
        return Round(report, books, files_of(books), head)

    def _kept_with(
        self, records: Path, made_at: object
    ) -> tuple[tuple[Book, ...], tuple[NotChecked, ...], RecordsHead] | None:
        """The records of the audit that was made at that time."""
        contents = self._kept(records)
        if contents is None or contents[2].made_at != made_at:
            return None
        return contents

    def _kept(
        self, path: Path
    ) -> tuple[tuple[Book, ...], tuple[NotChecked, ...], RecordsHead] | None:
        """The records that a file keeps, what could not be read of it, and its head."""
        from auditor.readers.json.heads import head_of_records

        head = head_of_records(path)
        if head is None:
            return None
        books, not_checked = self._read([str(path)], are_records=True)
        return books, not_checked, head

    def _read(
        self, paths: Sequence[str], *, are_records: bool
    ) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
        from auditor.delivery.names import DocumentNames

        is_table = self._arguments.table and not are_records
        take = takes_in(self._arguments.take, paths)
        arguments = arguments_for(paths, self._arguments, table=is_table, take=take)
        return read_books(self._session, arguments, DocumentNames(paths))

    def _audited(self, paths: Sequence[str]) -> Round:
        """The audit of documents, or of kept records, with today's rules."""
        from auditor.auditing.documents import audit
        from auditor.auditing.options import AuditOptions
        from auditor.auditing.steps import Settling
        from auditor.delivery.names import DocumentNames
        from auditor.readers.json.heads import head_of_records

        arguments, session, rules = self._arguments, self._session, self._rules
        head = head_of_records(Path(paths[0])) if len(paths) == 1 else None
        books, not_checked = self._read(paths, are_records=head is not None)
        if not books:
            why = not_checked[0].why if not_checked else None
            en, ja = (f": {why.en}", f"。{why.ja}") if why is not None else ("", "")
            raise Refused(
                f"nothing could be read of {paths[0]}, so nothing is compared{en}",
                f"{paths[0]} から読み取れたものがないため、比較できません{ja}",
            )
        with Progress(arguments.say, "auditing", "点検中") as progress:
            options = AuditOptions(
                claim_readers=session.claim_readers,
                jobs=arguments.jobs,
                not_checked=(*session.problems, *not_checked),
                left_out=rules.left_out_of(session.rules),
                form=arguments.form,
                departments=arguments.settings.departments,
                progress=progress.show,
            )
            report = audit(books, rules, session.forms, options)
        departments = arguments.settings.departments
        settling = Settling(arguments.made_at.date(), self._waivers, departments=departments)
        report = settling.accepted(report)
        files = files_now(paths, books, DocumentNames(paths).name_of)
        return Round(report, books, files, head)


def _result_at(path: Path) -> Path | None:
    """The JSON report at a path: the file itself, in that folder, or beside records of the same
    audit. None where there is none.
    """
    from auditor.readers.json.heads import head_of_records
    from auditor.reports.earlier import (
        RESULT_FILE,
        EarlierError,
        earlier_round,
        looks_like_result,
    )

    if looks_like_result(path / RESULT_FILE):
        return path / RESULT_FILE
    if looks_like_result(path):
        return path
    head, beside = head_of_records(path), path.parent / RESULT_FILE
    if head is None or head.kind != "round" or not looks_like_result(beside):
        return None
    try:
        return beside if earlier_round(beside).made_at == head.made_at else None
    except EarlierError:
        return None


def _refuse_nothing(path: Path) -> None:
    """Raise Refused for a path at which there is nothing."""
    try:
        exists = path.exists()
    except OSError:
        exists = False
    if not exists:
        raise Refused(f"there is no {path}", f"{path} がありません")


def files_now(
    paths: Iterable[str], books: Sequence[Book], name_of: Callable[[str], str]
) -> FilesOf:
    """The SHA-256 of every document below some paths, by the names that they have in ``books``;
    of kept records, those of their documents. What can't be opened is left out.
    """
    from auditor.auditing.rounds import files_of
    from auditor.readers.folders import contents_of, tables_in
    from auditor.readers.json.heads import head_of_records

    files = dict(files_of(books))
    for path in paths:
        head = head_of_records(Path(path))
        if head is not None:
            files |= head.files
            continue
        for document in contents_of(path, tables_in(path)).documents:
            name = name_of(document)
            if name in files or head_of_records(Path(document)) is not None:
                continue
            digest = _digest(Path(document))
            if digest is not None:
                files[name] = digest
    return files


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            digest = sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()
