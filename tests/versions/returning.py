"""Documents that go out marked and come back, for tests."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.marking.workbook.copy import marked_workbook
from auditor.readers.documents import read_documents
from auditor.records.figures import Place
from auditor.records.model import Kpi, Sheet
from auditor.testing.build import book as built
from auditor.versions.model import Resolved
from auditor.versions.resolving import resolved
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    package_of,
    parts_of,
    workbook_bytes,
    worksheets_of,
)

__all__ = [
    "FORM",
    "SESSION",
    "audited",
    "changed",
    "figures_in",
    "marked",
    "original",
    "settled",
    "worksheets",
]

SESSION = load()
FORM = SESSION.forms["kushiro"]


def worksheets(sheets: int = 2, seed: int = 3, kpis: int = 0) -> list[PlainWorksheet]:
    """The worksheets of a book, the first of which has a total that is off."""
    made = worksheets_of(built(sheets=sheets, seed=seed, form=FORM, kpis=kpis), FORM, Layout())
    of_first = made[0].cells
    row = next(row for (row, _), cell in of_first.items() if "事業費" in str(cell.value))
    at = max(place for place in of_first if place[0] == row)
    of_first[at] = PlainCell(9_999_999, number_format="#,##0")
    return made


def original(path: Path, sheets: int = 2, seed: int = 3) -> Path:
    """A workbook with a fault."""
    path.write_bytes(workbook_bytes(worksheets(sheets, seed)))
    return path


def audited(*paths: Path) -> Report:
    """The audit of documents, as the command makes it."""
    result = read_documents(paths, forms=SESSION.forms, readers=SESSION.readers)
    read = resolved(result)
    options = AuditOptions(
        not_checked=read.not_checked, passed_over=read.passed_over, returned=read.returned
    )
    return audit(read.books, SESSION.rules, SESSION.forms, options)


def settled(*paths: Path, takes: tuple[Path, ...] = ()) -> Resolved:
    """What of some files is audited."""
    result = read_documents(paths, forms=SESSION.forms, readers=SESSION.readers)
    return resolved(result, [str(path) for path in takes])


def marked(source: Path, copy: Path) -> Path:
    """A document's marked copy."""
    data = marked_workbook(source.read_bytes(), audited(source), [str(source)], forms=SESSION.forms)
    copy.write_bytes(data)
    return copy


def changed(path: Path, place: Place, by: int = 1) -> None:
    """Let a number in a cell of a workbook be another one, as if somebody had typed it."""
    parts = parts_of(path.read_bytes())
    workbook = parts["xl/workbook.xml"].decode()
    names = re.findall(r'<sheet\b[^>]*\bname="([^"]*)"', workbook)
    part = f"xl/worksheets/sheet{names.index(place.sheet or '') + 1}.xml"
    cell = re.compile(rf'(<c r="{place.cell}"[^>]*><v>)([^<]*)(</v>)'.encode())
    data, count = cell.subn(
        lambda match: match[1] + str(float(match[2]) + by).encode() + match[3], parts[part]
    )
    assert count == 1, place
    path.write_bytes(package_of({**parts, part: data}))


def figures_in(path: Path) -> list[tuple[Sheet | Kpi, str, str | None, Place]]:
    """The numbers of a workbook's records that stand in a cell as numbers, with their fields."""
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    places: list[tuple[Sheet | Kpi, str, str | None, Place]] = []
    for book in result.books:
        for record in (*book.sheets, *book.kpis):
            for name, year, figure in record.every_figure():
                if figure.state == "number" and figure.place is not None and figure.cached:
                    places.append((record, name, year, figure.place))
    return places
