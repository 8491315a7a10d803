"""Makes the causes of a report: which findings stand together, and in which order.

Every finding is in exactly one cause: with those that one mistake explains, with one about the
same cell, or alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, product
from typing import TYPE_CHECKING, Final, NamedTuple

from auditor.records.severities import SEVERITIES, worst
from auditor.rules.causes import Cause, certainty_of
from auditor.rules.findings import Finding, department_of, key_of
from auditor.rules.rows import Cell
from auditor.settings.model import AS_THEY_COME, Departments

if TYPE_CHECKING:
    from auditor.auditing.book_findings import Explained

__all__ = ["Grouped", "grouped", "in_order", "limited", "of_findings", "standing_alone"]

_READ_SLIPS: Final = frozenset(["text-not-added", "left-out-of-sum", "not-recalculated"])
"""The slips that readers see in a workbook, and report."""

_Key = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Grouped:
    """Findings that stand together, by their numbers, and what explains them."""

    members: list[int]
    explained: Explained | None = None


def grouped(
    findings: Sequence[Finding],
    explained: Iterable[Explained],
    reading: Collection[str],
    apart: Collection[str] = (),
) -> list[Grouped]:
    """The findings in groups; ``reading`` has the codes of the rules whose findings come from the
    readers. Those join the group that their cell belongs to. Findings of the rules ``apart``, and
    places that somebody may ask about, join none, and none joins them.
    """
    numbers = {id(finding): number for number, finding in enumerate(findings)}
    groups: list[Grouped] = []
    single = set(range(len(findings)))
    for explanation in explained:
        members = [numbers[id(item)] for item in explanation.findings if id(item) in numbers]
        if members:
            groups.append(Grouped(members, explanation))
            single.difference_update(members)
    alone = [
        number
        for number in sorted(single)
        if findings[number].rule in apart or findings[number].question
    ]
    single.difference_update(alone)
    from_readers = [number for number in sorted(single) if findings[number].rule in reading]
    single.difference_update(from_readers)
    groups += _alone(findings, sorted(single))

    at_cell = _groups_by_cell(findings, groups)
    for number in from_readers:
        keys = list(chain.from_iterable(map(_keys, findings[number].cells)))
        group = next((at_cell[key] for key in keys if key in at_cell), None)
        if group is None:
            group = Grouped([])
            groups.append(group)
        group.members.append(number)
        for key in keys:
            at_cell.setdefault(key, group)
    return [*groups, *(Grouped([number]) for number in alone)]


def _alone(findings: Sequence[Finding], numbers: Iterable[int]) -> list[Grouped]:
    """The findings that nothing explains, each by itself. Those that point at each other's sheet,
    naming the same cells, are one.
    """
    groups: dict[frozenset[_Key] | int, Grouped] = {}
    for number in numbers:
        finding = findings[number]
        owners = {(cell.document, cell.sheet, cell.kpi) for cell in finding.cells}
        cells = frozenset(chain.from_iterable(map(_keys, finding.cells)))
        key = cells if len(owners) > 1 else number
        groups.setdefault(key, Grouped([])).members.append(number)
    return list(groups.values())


def _groups_by_cell(findings: Sequence[Finding], groups: Sequence[Grouped]) -> dict[_Key, Grouped]:
    """The group that a cell belongs to: first the one that suspects it, then one that names it."""
    at_cell: dict[_Key, Grouped] = {}
    for group in groups:
        for cell in group.explained.cells if group.explained else ():
            for key in _keys(cell):
                at_cell.setdefault(key, group)
    for group in groups:
        for cell in chain.from_iterable(findings[number].cells for number in group.members):
            for key in _keys(cell):
                at_cell.setdefault(key, group)
    return at_cell


def _keys(cell: Cell) -> Iterator[_Key]:
    """What tells a cell from others: its address, and its field on its sheet or KPI."""
    place = cell.place
    if place is not None and place.cell is not None:
        yield cell.document, place.sheet, place.page, place.line, place.cell
    if cell.field and (cell.sheet is not None or cell.kpi is not None):
        yield cell.document, cell.sheet, cell.kpi, cell.field, cell.year


class Listed(NamedTuple):
    """The findings and causes that a report lists."""

    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]


def in_order(
    findings: Sequence[Finding],
    groups: Iterable[Grouped],
    reading: Collection[str],
    order: Departments = AS_THEY_COME,
) -> Listed:
    """The findings with distinct ids, and their causes: by department and sheet, and the worst
    first in each sheet. Departments are in their official order, else in the order in which the
    findings have them; so are sheets.
    """
    distinct = list(_with_distinct_ids(findings))
    causes: list[tuple[int, Cause]] = []
    for group in groups:
        members = sorted(
            group.members, key=lambda number: _weight(distinct[number], group, number, reading)
        )
        causes.append((min(members), _cause([distinct[at] for at in members], group.explained)))
    return Listed(tuple(distinct), _sorted(causes, distinct, order))


def _weight(
    finding: Finding, group: Grouped, number: int, reading: Collection[str]
) -> tuple[bool, int, bool, bool, int]:
    """Where a finding stands in its cause. What a reader saw of the workbook comes first where
    that is the slip; else the worst comes first, then those that name a suspect.
    """
    first = group.explained.suspects[:1] if group.explained else ()
    cells = chain.from_iterable(suspect.cells for suspect in first)
    suspected = list(cells)
    pairs = product(finding.cells, suspected)
    names = any(part.stands_at(cell) for cell, part in pairs)
    is_read = finding.rule in reading
    is_slip = is_read and any(suspect.slip.code in _READ_SLIPS for suspect in first)
    return not is_slip, SEVERITIES.index(finding.severity), is_read, not names, number


def _cause(findings: Sequence[Finding], explained: Explained | None) -> Cause:
    """The cause of some findings, the main one first."""
    main = findings[0]
    ids = tuple(finding.id for finding in findings)
    suspects = explained.suspects if explained else ()
    return Cause.model_construct(  # its parts are validated, see the report
        id=key_of(ids),
        place=tuple(sorted({finding.place for finding in findings})),
        document=main.document,
        sheet=main.sheet,
        kpi=main.kpi,
        severity=worst(finding.severity for finding in findings),
        findings=ids,
        suspects=suspects,
        none_of_these=explained.none_of_these if explained else Decimal(1),
        certainty=certainty_of(suspects),
        cells=explained.cells if explained else (),
    )


def _sorted(
    causes: Iterable[tuple[int, Cause]], findings: Sequence[Finding], order: Departments
) -> tuple[Cause, ...]:
    """The causes in the report's order; each comes with the number of its first finding."""
    names = order.in_order(finding.department for finding in findings)
    departments = {name: number for number, name in enumerate(names)}
    sheets: dict[_Key, int] = {}
    for finding in findings:
        sheets.setdefault(_owner(finding), len(sheets))
    departments[""] = len(departments)  # what belongs to no department follows what does

    def position(item: tuple[int, Cause]) -> tuple[int, int, int, int]:
        number, cause = item
        severity = SEVERITIES.index(cause.severity)
        department = departments[department_of(cause.sheet, cause.kpi)]
        return department, sheets[_owner(cause)], severity, number

    return tuple(cause for _, cause in sorted(causes, key=position))


def _owner(item: Finding | Cause) -> _Key:
    """The sheet or KPI that something is about."""
    sheet, kpi = item.sheet, item.kpi
    return item.document, sheet.number if sheet else None, kpi.number if kpi else None


def _with_distinct_ids(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; an id that occurs again gets a counter (two sheets may be alike to the last
    figure).
    """
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.id] = count = seen.get(finding.id, 0) + 1
        yield finding if count == 1 else finding.model_copy(update={"id": f"{finding.id}-{count}"})


# — of a report that is there —


def standing_alone(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """A cause for each finding, in their order."""
    return tuple(_cause([finding], None) for finding in findings)


def of_findings(causes: Iterable[Cause], findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """The causes with these findings alone; those without any are left out."""
    by_id = {finding.id: finding for finding in findings}
    parts: list[Cause] = []
    for cause in causes:
        ids = tuple(key for key in cause.findings if key in by_id)
        if ids:
            parts.append(_part(cause, ids, by_id))
    return tuple(parts)


def _part(cause: Cause, ids: tuple[str, ...], findings: Mapping[str, Finding]) -> Cause:
    """The cause with some of its findings."""
    if ids == cause.findings:
        return cause
    main = findings[ids[0]]
    return cause.model_copy(
        update={
            "id": key_of(ids),
            "place": tuple(sorted({findings[key].place for key in ids})),
            "document": main.document,
            "sheet": main.sheet,
            "kpi": main.kpi,
            "severity": worst(findings[key].severity for key in ids),
            "findings": ids,
        }
    )


def limited(groups: Iterable[Collection[int]], most: int) -> set[int]:
    """The numbers of the first ``most`` findings and of those that stand together with them: no
    cause is listed in part.
    """
    numbers: set[int] = set()
    for members in groups:
        if min(members) < most:
            numbers.update(members)
    return numbers
