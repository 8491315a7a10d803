"""A department's share of a document: the marked copy that holds its own sheets alone.

A document is copied whole where all of its sheets may be in the copy. Otherwise the copy has the
worksheets or pages of those that may, and no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from auditor.auditing.report import Report, severity_counts
from auditor.files import confined, ooxml
from auditor.files.ooxml import is_zip
from auditor.forms.model import Form
from auditor.marking.copies import SIGNED, MarkError, check_unchanged
from auditor.marking.pdf.copy import is_signed_pdf, marked_pdf
from auditor.marking.workbook.copy import ending_of, is_signed_workbook, marked_workbook
from auditor.records.figures import Place
from auditor.records.languages import Lang
from auditor.records.model import Document, Kpi, Sheet, UnreadNumber
from auditor.records.text import Text
from auditor.rules.findings import Finding

__all__ = ["MarkedShare", "marked_share"]

_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_MOST_NAMED: Final = 5
"""How many places a message names."""

_PAGES: Final = Text(en="pages", ja="ページ")
_WORKSHEETS: Final = Text(en="worksheets", ja="ワークシート")

_Spot = str | int
"""A worksheet, by its name, or a page, by its number."""


class MarkedShare(NamedTuple):
    """A marked copy. ``ending`` is the one that its file must have; ``caution`` is what those who
    get it must know. ``pages`` are the numbers that pages have in the copy, by those that they
    have in the document; it is empty where they are the same.
    """

    data: bytes
    ending: str
    caution: Text | None
    pages: Mapping[int, int]


def marked_share(
    data: bytes,
    document: Document,
    report: Report,
    share: Collection[Sheet | Kpi],
    others: Collection[Sheet | Kpi],
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    factor: int = 1,
) -> MarkedShare:
    """The marked copy of a document for those who may have some of its records.

    ``data`` are the document's bytes as they were read. ``share`` are its records that may be in
    the copy, ``others`` all that must not be. ``report`` is the whole audit's, narrowed to the
    share and not limited, whatever it counts. ``forms`` give the labels of figures in Japanese;
    ``factor`` raises the limits.

    Raises DocumentChanged for other bytes than were read, MarkError where there can be no such
    copy, and ValueError for a report that tells of the others.
    """
    check_unchanged(document, data)
    _check_report(report, document, others)
    # Counts of the whole audit would say that the copy leaves out what others have.
    report = report.model_copy(update={"counts": severity_counts(report.findings)})
    is_pdf = b"%PDF-" in data[:1024]
    if not is_pdf and not is_zip(data):
        raise _not_markable(data)
    # Nobody knows whose the worksheets and pages are that were left out of the audit.
    spots = None
    if others or any(part.state == "left_out" for part in document.parts):
        spots = _spots_of_share(document, share, others)
        report = _narrowed(report, document, share, spots)
    if is_pdf:
        return _of_pdf(data, document, report, spots, lang, forms, factor)
    return _of_workbook(data, document, report, spots, lang, forms, factor)


def _of_pdf(
    data: bytes,
    document: Document,
    report: Report,
    spots: Collection[_Spot] | None,
    lang: Lang,
    forms: Mapping[str, Form] | None,
    factor: int,
) -> MarkedShare:
    pages = None if spots is None else sorted(spot for spot in spots if isinstance(spot, int))
    limits = confined.Limits().raised(factor)
    copy = marked_pdf(data, report, [document.path], lang, forms=forms, limits=limits, pages=pages)
    caution = SIGNED if copy != data and is_signed_pdf(data) else None
    numbers = {number: new for new, number in enumerate(pages or (), 1)}
    return MarkedShare(copy, ".pdf", caution, numbers)


def _of_workbook(
    data: bytes,
    document: Document,
    report: Report,
    spots: Collection[_Spot] | None,
    lang: Lang,
    forms: Mapping[str, Form] | None,
    factor: int,
) -> MarkedShare:
    worksheets = None if spots is None else [spot for spot in spots if isinstance(spot, str)]
    limits = ooxml.Limits().raised(factor)
    copy = marked_workbook(
        data, report, [document.path], lang, forms=forms, limits=limits, worksheets=worksheets
    )
    caution = SIGNED if is_signed_workbook(data, limits) else None
    return MarkedShare(copy, ending_of(data, limits) or ".xlsx", caution, {})


def _not_markable(data: bytes) -> MarkError:
    if data.startswith(_OLD_WORKBOOK):
        return MarkError(
            "an .xls can't be marked; save it as .xlsx",
            ".xls には印を付けられません。.xlsx で保存し直してください",
        )
    return MarkError(
        "only .xlsx, .xlsm and .pdf can be marked",
        "印を付けられるのは .xlsx、.xlsm、.pdf だけです",
    )


def _check_report(report: Report, document: Document, others: Collection[Sheet | Kpi]) -> None:
    """Raise ValueError for a report with a finding about one of the others."""
    sheets = {record.number for record in others if isinstance(record, Sheet)}
    kpis = {record.number for record in others if isinstance(record, Kpi)}

    def is_about_others(finding: Finding) -> bool:
        sheet, kpi = finding.sheet, finding.kpi
        return (sheet is not None and sheet.number in sheets) or (
            kpi is not None and kpi.number in kpis
        )

    of_document = (finding for finding in report.findings if finding.document == document.path)
    if any(map(is_about_others, of_document)):
        raise ValueError("a report is narrowed to those who get the copy before it is marked")


def _spots_of_share(
    document: Document, share: Collection[Sheet | Kpi], others: Collection[Sheet | Kpi]
) -> set[_Spot]:
    """The worksheets or pages of the share. Raises MarkError where they can't be told, or others
    stand on one of them.
    """
    inside = _spots_of(document, share)
    outside = _spots_of(document, others)
    both = sorted(map(str, inside & outside))
    if not both:
        return inside
    names = ", ".join(both[:_MOST_NAMED])
    names_ja = "、".join(both[:_MOST_NAMED])
    kind = _PAGES if any(isinstance(spot, int) for spot in inside) else _WORKSHEETS
    raise MarkError(
        f"sheets of other departments stand on the same {kind.en} ({names}), so that no copy "
        "can be made of this department's alone",
        f"同じ{kind.ja}（{names_ja}）に他の所管課のシートがあり、"
        "この課のシートだけの写しは作れません",
    )


def _spots_of(document: Document, records: Iterable[Sheet | Kpi]) -> set[_Spot]:
    """The worksheets or pages that records stand on. Raises MarkError where that is not known."""
    spots: set[_Spot] = set()
    for record in records:
        places = [*_places_of(record), *_unread_places(document, record)]
        worksheets = {place.sheet for place in places if place.sheet is not None}
        pages = {place.page for place in places if place.page is not None}
        if not worksheets and not pages:
            raise MarkError(
                "nobody knows where in it each sheet stands, so that no copy can be made of some "
                "of them",
                "各シートの位置が分からないため、一部のシートだけの写しは作れません",
            )
        spots |= worksheets
        if pages:
            # What goes on behind a page stands on all pages up to the last one.
            spots.update(range(min(pages), max(pages) + 1))
    return spots


def _places_of(record: Sheet | Kpi) -> Iterator[Place]:
    """Where a record and its texts and figures stand."""
    places = [record.place, *record.places.values()]
    places += [figure.place for _, _, figure in record.every_figure()]
    if isinstance(record, Sheet):
        for evaluation in record.evaluations.values():
            places += [evaluation.place, *evaluation.places.values()]
    return (place for place in places if place is not None)


def _unread_places(document: Document, record: Sheet | Kpi) -> Iterator[Place]:
    """Where numbers stand that were not read of a sheet."""
    for number in document.unread:
        if isinstance(record, Sheet) and number.sheet == record.number and number.place:
            yield number.place


def _narrowed(
    report: Report, document: Document, share: Collection[Sheet | Kpi], spots: Collection[_Spot]
) -> Report:
    """The report whose document holds the share alone."""
    sheets = [record for record in share if isinstance(record, Sheet)]
    kpis = [record for record in share if isinstance(record, Kpi)]
    numbers = {sheet.number for sheet in sheets}

    def is_inside(number: UnreadNumber) -> bool:
        place = number.place
        if place is None:
            return number.sheet in numbers
        return place.sheet in spots or place.page in spots

    part = Document.of(
        document.path,
        document.form,
        document.fiscal_year,
        sheets,
        kpis,
        sha256=document.sha256,
        unread=tuple(filter(is_inside, document.unread)),
    )
    documents = tuple(part if item.path == document.path else item for item in report.documents)
    return report.model_copy(update={"documents": documents})
