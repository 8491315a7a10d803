"""The file of the work (作業ファイル): JSON, in a zip with or without the documents.

It comes from outside: what no desk writes is refused with a reason, before anything of it is used.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import ClassVar, Final, Literal

from pydantic import AwareDatetime, ConfigDict, ValidationError

from auditor.desk.document import DocumentRead, check_name
from auditor.desk.dropped import check_files
from auditor.desk.service import DeskError
from auditor.desk.work import Work
from auditor.files.ooxml import ZIP_EPOCH, Limits, Package, PackageError, is_zip
from auditor.readers.source import LARGEST
from auditor.records.figures import Record
from auditor.version import __version__
from auditor.waivers.loading import WaiverError
from auditor.waivers.writing import UnfitFile, waiver_file

__all__ = ["VERSION", "Packing", "Unpacked", "WorkFile", "read_work", "written_work"]

VERSION: Final = 1
"""The version of the format; a file of another one is not guessed at."""

_MIB: Final = 1 << 20
_MOST_DOCUMENTS: Final = 5_000
_MOST_ANSWERS: Final = 200_000
_LIMITS: Final = Limits(
    unzipped=2 * LARGEST, ratio=1_000, ratio_from=16 * _MIB, parts=_MOST_DOCUMENTS + 2
)
_WORK: Final = "work.json"
_INDEX: Final = "documents.json"
_FORMAT: Final = "sheet-auditor-work"


class _Head(Record):
    """What a file says of itself; its other keys are not looked at."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    format: Literal["sheet-auditor-work"]
    version: int
    tool_version: str = ""


class WorkFile(Record):
    """The content of ``work.json``."""

    format: Literal["sheet-auditor-work"] = _FORMAT
    version: Literal[1] = VERSION
    tool_version: str
    saved_at: AwareDatetime
    work: Work


class DocumentEntry(Record):
    """A document in the zip: its name, and the part that holds it."""

    name: str
    part: str


class _Index(Record):
    documents: tuple[DocumentEntry, ...]


# — the work —


def written_work(work: Work, saved_at: AwareDatetime) -> bytes:
    """The work as JSON."""
    file = WorkFile(tool_version=__version__, saved_at=saved_at, work=work)
    return file.model_dump_json().encode("utf-8", "backslashreplace")


def read_work(data: bytes) -> Work:
    """The work that JSON holds. Raises DeskError for what is none, or was written by another
    version of the format.
    """
    if len(data) > LARGEST:
        raise _refused("it is too large", "大きすぎます")
    try:
        head = _Head.model_validate_json(data)
    except ValidationError:
        raise _refused(
            "it is no work file of this program, or is damaged",
            "このプログラムの作業ファイルではないか、壊れています",
        ) from None
    if head.version != VERSION:
        version = head.tool_version[:20]
        raise _refused(
            f"another version of the program ({version}) wrote it; open it with that one",
            f"別の版（{version}）のプログラムが書いたものです。その版で開いてください",
        )
    try:
        work = WorkFile.model_validate_json(data).work
    except (ValidationError, RecursionError):
        raise _refused(
            "something in it is not what the program writes",
            "プログラムが書いたものと異なる内容があります",
        ) from None
    _check(work)
    return work


def _check(work: Work) -> None:
    """Raise DeskError for what the model does not tell."""
    groups: tuple[Mapping[str, DocumentRead], ...] = (work.documents, work.earlier, work.last_year)
    for documents in groups:
        if len(documents) > _MOST_DOCUMENTS:
            raise _refused("it holds too many documents", "文書が多すぎます")
        for name, document in documents.items():
            check_name(name)
            if name != document.name:
                raise _refused("its documents are mixed up", "文書の名前が食い違っています")
    if not {*work.earlier, *work.new} <= work.documents.keys() or work.new & work.earlier.keys():
        raise _refused("its documents are mixed up", "文書の名前が食い違っています")
    if len(work.answers) + len(work.conflicts) + len(work.done) > _MOST_ANSWERS:
        raise _refused("it holds too many answers", "回答が多すぎます")
    check_files(work.forms)
    check_files(work.waivers)
    check_files([] if work.settings is None else [work.settings])
    for answer in work.answers.values():
        try:
            waiver_file(answer.waivers)
        except (UnfitFile, WaiverError):
            raise _refused(
                "an answer in it is none that can be waived",
                "確認済みにできない回答が含まれています",
            ) from None


def _refused(en: str, ja: str) -> DeskError:
    return DeskError(
        "work-file", f"the work file can't be opened: {en}", f"作業ファイルを開けません。{ja}"
    )


# — the zip —


class Packing:
    """A zip that is being made: of the documents, one after the other, and of the work at the
    end.
    """

    def __init__(self) -> None:
        self._buffer = BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")
        self._entries: list[DocumentEntry] = []
        self._size = 0

    def __contains__(self, name: str) -> bool:
        return any(entry.name == name for entry in self._entries)

    def add(self, name: str, data: bytes) -> None:
        """Add a document. Raises DeskError where the zip would be larger than one that is opened
        again.
        """
        check_name(name)
        self._size += len(data)
        if len(self._entries) >= _MOST_DOCUMENTS or self._size > LARGEST:
            raise DeskError(
                "too-large",
                "the documents are too large for one work file; save it without them",
                "文書の合計が大きすぎます。文書を含めずに保存してください",
            )
        part = f"documents/{len(self._entries) + 1}"
        self._zip.writestr(zipfile.ZipInfo(part, ZIP_EPOCH), data, zipfile.ZIP_STORED)
        self._entries.append(DocumentEntry(name=name, part=part))

    def finished(self, work: bytes) -> bytes:
        """The zip with the work."""
        index = _Index(documents=tuple(self._entries)).model_dump_json().encode()
        for name, data in ((_WORK, work), (_INDEX, index)):
            self._zip.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), data, zipfile.ZIP_DEFLATED)
        self._zip.close()
        return self._buffer.getvalue()


class Unpacked:
    """A work file that was opened; JSON alone is one, too. Raises DeskError for what no desk
    writes.
    """

    work: bytes

    def __init__(self, data: bytes) -> None:
        self._package: Package | None = None
        self._parts: dict[str, str] = {}
        if not is_zip(data):
            self.work = data
            return
        try:
            self._package = Package(data, _LIMITS)
            self.work = self._package.read(_WORK)
            index = _Index.model_validate_json(self._package.read(_INDEX))
        except PackageError as fault:
            raise _refused(fault.message.en, fault.message.ja) from None
        except ValidationError:
            raise _refused("its list of documents is damaged", "文書の一覧が壊れています") from None
        for entry in index.documents:
            check_name(entry.name)
            if entry.name in self._parts or entry.part not in self._package:
                raise _refused("its list of documents is damaged", "文書の一覧が壊れています")
            self._parts[entry.name] = entry.part

    @property
    def names(self) -> Iterator[str]:
        """The names of the documents."""
        yield from self._parts

    def document(self, name: str) -> bytes:
        """The bytes of a document; raises DeskError where there is none."""
        if self._package is None or name not in self._parts:
            raise DeskError(
                "no-document",
                f"the work file does not hold {name}",
                f"作業ファイルに {name} は入っていません",
            )
        try:
            return self._package.read(self._parts[name])
        except PackageError as fault:
            raise _refused(fault.message.en, fault.message.ja) from None
