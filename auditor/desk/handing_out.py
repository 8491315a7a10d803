"""What is taken away from the desk: the files of a round as one zip, and single reports."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final, Literal, assert_never

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.delivery.contents import Delivered, copies_wanted, deliver
from auditor.delivery.copies import OF_RECORDS, CopyRequests, NoCopy
from auditor.delivery.copies import CopyRequest as Requested
from auditor.delivery.letter import LetterTemplate
from auditor.desk.model import CopyRequest
from auditor.desk.service import DeskError, Progress
from auditor.files.ooxml import ZIP_EPOCH
from auditor.marking.share import MarkedShare
from auditor.records.languages import Lang
from auditor.records.text import Text
from auditor.reports.entries import Entry
from auditor.reports.html.page import HtmlReport
from auditor.reports.json_report import JsonReport
from auditor.reports.workbook.findings import findings_workbook
from auditor.waivers.model import Waiver
from auditor.waivers.writing import waiver_file

__all__ = ["Output", "PutCopies", "copy_requests", "file_name", "handed_out", "output"]

Output = Literal["html", "xlsx", "json", "waivers"]

_NAMES: Final[Mapping[str, Text]] = {
    "html": Text(en="audit-result", ja="点検結果"),
    "xlsx": Text(en="audit-result", ja="点検結果"),
    "json": Text(en="audit-result", ja="結果"),
    "waivers": Text(en="waivers", ja="確認済み"),
    "zip": Text(en="for-departments", ja="所管課へ渡すファイル"),
    "work": Text(en="work-file", ja="作業ファイル"),
}
_ENDINGS: Final = {"waivers": "toml", "work": "zip"}
_NOT_HERE: Final = Text(
    en="the document itself is not here; put it in, and make the files again",
    ja="文書そのものが入っていないためです。文書を入れてから、もう一度作ってください",
)


def file_name(kind: str, lang: Lang, number: int, made_at: datetime) -> str:
    """The name of a file, with the round and the day."""
    name, ending = _NAMES[kind].of(lang), _ENDINGS.get(kind, kind)
    of_round = f"第{number}回" if lang == "ja" else f"round{number}"
    return f"{name}_{of_round}_{made_at:%Y%m%d}.{ending}"


def copy_requests(
    report: Report, context: ReportContext, documents: Sequence[str]
) -> Iterator[CopyRequest]:
    """The marked copies that the reader is to make, of those ``documents`` that there are."""
    requests = CopyRequests(report, context)
    for name, department, items in copies_wanted(report, context):
        if name in documents:
            request = requests.request(name, department, items)
            yield CopyRequest(document=name, department=department, request=_as_json(request))


def _as_json(request: Requested) -> str:
    """A request without what its models say anyway: most of a record's places are no places."""
    return request.model_dump_json(by_alias=True, exclude_defaults=True)


class PutCopies:
    """The copies that the reader made; ``documents`` are those that can have one."""

    def __init__(
        self, copies: Mapping[tuple[str, str], MarkedShare | NoCopy], documents: Sequence[str]
    ) -> None:
        self._copies, self._documents = copies, set(documents)

    def copy(self, name: str, department: str, items: Sequence[Entry]) -> MarkedShare | NoCopy:
        """The copy of a document for a department, whatever entries it was made with."""
        del items
        if name not in self._documents:
            return NoCopy(name, OF_RECORDS)
        return self._copies.get((name, department), NoCopy(name, _NOT_HERE))


class _ZipFolder:
    """A folder whose files go into a zip."""

    def __init__(self, top: str) -> None:
        self._buffer, self._top = BytesIO(), top
        self._zip = zipfile.ZipFile(self._buffer, "w")

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        entry = zipfile.ZipInfo(f"{self._top}/{name}", ZIP_EPOCH)
        self._zip.writestr(entry, data, zipfile.ZIP_DEFLATED)

    def finished(self) -> bytes:
        """The zip."""
        self._zip.close()
        return self._buffer.getvalue()


def handed_out(
    top: str, report: Report, context: ReportContext, copies: PutCopies, progress: Progress
) -> tuple[bytes, Delivered]:
    """The zip of what ``--deliver`` writes, in a folder ``top``, and what was put into it. Raises
    DeskError where nothing was read.
    """
    if not report.documents:
        raise DeskError(
            "nothing",
            "nothing was read, so there is nothing to hand out",
            "読み取れた文書がないため、渡すファイルを作れません",
        )
    folder = _ZipFolder(top)
    template = LetterTemplate.shipped(context.lang)
    delivered = deliver(folder, report, context, copies, template, progress)
    return folder.finished(), delivered


def output(
    kind: Output, report: Report, context: ReportContext, waivers: Sequence[Waiver]
) -> bytes:
    """One report, or the file of what was accepted. Raises DeskError where there is none."""
    match kind:
        case "html":
            return _encoded(HtmlReport().render(report, context))
        case "xlsx":
            return findings_workbook(report, context)
        case "json":
            return _encoded(JsonReport().render(report, context))
        case "waivers":
            if not waivers:
                raise DeskError(
                    "nothing",
                    "nothing was accepted here yet",
                    "この画面で了承した指摘はまだありません",
                )
            return waiver_file(waivers)
        case _ as never:
            assert_never(never)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
