"""The reader: sees one document a call, and answers records. The page may end it at any time.

It works where no harm can be done: the worker that it runs in is the confined place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import Field

from auditor.delivery.copies import CopyRequest, NoCopy, copy_of
from auditor.desk.document import DocumentRead, NearRead, check_name
from auditor.desk.dropped import DroppedFile, Plugins
from auditor.desk.looking import Looking
from auditor.desk.model import Problems
from auditor.desk.office import insisted_form
from auditor.desk.service import Call, DeskError, Nothing, Progress, Reply, Service, entry
from auditor.desk.work_file import Packing, Unpacked
from auditor.files import confined
from auditor.files.confined import Task
from auditor.files.confined.in_place import InPlace
from auditor.files.own.copies import copy_in
from auditor.marking.share import MarkedShare
from auditor.readers.folders import contents_of, tables_in
from auditor.readers.near import Near
from auditor.readers.one_document import Forms, OneResult, read_document
from auditor.readers.source import LARGEST, ReadResult, Source, too_large, unknown_form
from auditor.records.figures import Record
from auditor.records.languages import Lang
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why
from auditor.versions.newer import saved_at

__all__ = ["CopyMade", "Reader"]

_TABLES: Final = Why(
    code="tables",
    en="is a tidy table, which the installed program audits",
    ja="表データです。導入版のプログラムで点検してください",
)


class ConfigureArguments(Record):
    """Dropped forms and rules, and the office's settings, which take the place of those before."""

    forms: tuple[DroppedFile, ...] = ()
    settings: DroppedFile | None = None
    lang: Lang = "ja"


class ReadArguments(Record):
    """A document's name, with the folders that it was dropped with, and the form that is insisted
    on.
    """

    name: str
    form: str | None = None
    in_folder: bool = False


class ReadSummary(Record):
    """What the page may know of a document at once; the records are the data."""

    name: str
    kind: str
    sha256: str | None


class PackArguments(Record):
    """The document that goes into the work file next; without a name, the work itself, at last."""

    name: str | None = None


class UnpackedNames(Record):
    """The documents in a work file."""

    documents: tuple[str, ...]


class DocumentArguments(Record):
    """A document of the work file that was unpacked last."""

    name: str


class CopyArguments(Record):
    """A request that the judge made."""

    request: str


class CopyMade(Record):
    """A marked copy, or why there is none. Its bytes are the data."""

    ending: str = ""
    caution: Text | None = None
    pages: dict[int, int] = Field(default_factory=dict[int, int])
    no_copy: Text | None = None


class Reader(Service):
    """The reader; see ``call`` of ``Service``."""

    def __init__(self) -> None:
        looking = Looking()
        super().__init__(
            {
                **looking.entries,
                "configure": entry(ConfigureArguments, self._configure),
                "read": entry(ReadArguments, self._read),
                "copy": entry(CopyArguments, self._copy),
                "pack": entry(PackArguments, self._pack),
                "unpack": entry(Nothing, self._unpack),
                "unpack_document": entry(DocumentArguments, self._unpack_document),
            }
        )
        self._plugins = Plugins()
        self._form: str | None = None
        """The form that the office's settings insist on."""
        self._packing: Packing | None = None
        self._unpacked: Unpacked | None = None

    def _configure(self, arguments: ConfigureArguments, _: Call) -> Reply:
        plugins = Plugins(arguments.forms)
        self._plugins.close()
        self._plugins = plugins
        self._form = insisted_form(arguments.settings, plugins.session())
        texts = (problem.of(arguments.lang) for problem in plugins.problems())
        return Reply(Problems(problems=tuple(texts)))

    def _read(self, arguments: ReadArguments, call: Call) -> Reply:
        """The records of a document as JSON: the data, which the judge takes as they are."""
        with _in_place(call.progress):
            document = self._document(arguments, call.file)
        summary = ReadSummary(name=document.name, kind=document.kind, sha256=document.sha256)
        # What the models say anyway need not be handed over.
        return Reply(summary, document.model_dump_json(exclude_defaults=True).encode())

    def _document(self, arguments: ReadArguments, data: bytes) -> DocumentRead:
        name, form = arguments.name, arguments.form or self._form
        path = check_name(name)
        read = DocumentRead(name=name, in_folder=arguments.in_folder, form=form)
        if len(data) > LARGEST:
            return read.model_copy(update={"not_checked": (too_large(name).not_checked,)})
        if arguments.in_folder and any(part.startswith(".") for part in path.parts[1:-1]):
            return read.model_copy(update={"kind": "ignored"})
        read = read.model_copy(update={"sha256": Source(name, data).sha256})
        with _written(path.name, data) as file:
            return self._of_file(file, data, read)

    def _of_file(self, file: Path, data: bytes, read: DocumentRead) -> DocumentRead:
        """The document whose file lies alone in its folder."""
        place = file.parent if read.in_folder else file
        tables = tables_in(str(place))
        contents = contents_of(str(place), tables)
        if tables:
            missed = NotChecked(document=read.name, why=_TABLES)
            return read.model_copy(update={"not_checked": (missed,)})
        if contents.passed_over:
            why = contents.passed_over[0].why
            return read.model_copy(update={"kind": "own", "why_not": why})
        if contents.not_checked:
            return read.model_copy(update={"kind": "other"})
        if str(file) not in contents.documents:
            return read.model_copy(update={"kind": "ignored"})
        outcome = self._records(file, read)
        return read.model_copy(
            update={
                "saved_at": saved_at(data),
                "books": outcome.read.books,
                "not_checked": outcome.read.not_checked,
                "copy_of": copy_in(data) if contents.copies else None,
                "near": self._near(outcome.near),
            }
        )

    def _records(self, file: Path, read: DocumentRead) -> OneResult:
        session = self._plugins.session([read.form])
        if read.form is not None and read.form not in session.forms:
            why = unknown_form(read.form, session.forms)
            return OneResult(ReadResult(not_checked=(NotChecked(document=read.name, why=why),)))
        insisted = session.forms[read.form] if read.form is not None else None
        forms = Forms(session.forms, insisted, session.catalogue)
        return read_document(str(file), read.name, forms, session.readers)

    def _near(self, near: Near | None) -> NearRead | None:
        if near is None:
            return None
        missing = [(word, "") for word in near.words]
        missing += ((label.label, label.like or "") for label in near.missing)
        return NearRead(
            form=near.form.name,
            title=near.form.title,
            missing=tuple(dict(missing).items()),
            in_catalogue=near.form.name not in self._plugins.session().forms,
        )

    def _copy(self, arguments: CopyArguments, call: Call) -> Reply:
        data = call.file
        request = CopyRequest.model_validate_json(arguments.request)
        with _in_place(call.progress):
            share = copy_of(request, data)
        if isinstance(share, NoCopy):
            return Reply(CopyMade(no_copy=share.why))
        return Reply(_made(share), share.data)

    def _pack(self, arguments: PackArguments, call: Call) -> Reply:
        """Put a document into the work file; without a name, the data are the work, and the zip is
        the answer.
        """
        packing, self._packing = self._packing or Packing(), None
        if arguments.name is None:
            return Reply(data=packing.finished(call.file))
        if arguments.name in packing:  # the page began anew
            packing = Packing()
        packing.add(arguments.name, call.file)
        self._packing = packing
        return Reply()

    def _unpack(self, _: Nothing, call: Call) -> Reply:
        """Open a work file: the answer's data are the work, which the judge opens."""
        self._unpacked = Unpacked(call.file)
        names = UnpackedNames(documents=tuple(self._unpacked.names))
        return Reply(names, self._unpacked.work)

    def _unpack_document(self, arguments: DocumentArguments, _: Call) -> Reply:
        if self._unpacked is None:
            raise DeskError("no-work", "no work file is open", "作業ファイルが開かれていません")
        return Reply(data=self._unpacked.document(arguments.name))


def _made(share: MarkedShare) -> CopyMade:
    return CopyMade(ending=share.ending, caution=share.caution, pages=dict(share.pages))


@contextmanager
def _in_place(progress: Progress) -> Generator[None]:
    """Let confined work be done here; each part of it is told."""
    parts = count(1)

    def place(task: Task) -> InPlace:
        return InPlace(task, lambda: progress(next(parts), 0))

    with confined.using(place):
        yield


@contextmanager
def _written(name: str, data: bytes) -> Generator[Path]:
    """The document as a file, alone in a folder that is there while the context lasts."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    try:
        file = folder / name
        try:
            file.write_bytes(data)
        except OSError:  # no system takes every name
            file = folder / f"document{PurePosixPath(name).suffix[:10]}"
            file.write_bytes(data)
        yield file
    finally:
        shutil.rmtree(folder, ignore_errors=True)
