"""What the compiling section accepted, as entries of a file of waivers."""

from __future__ import annotations

from datetime import date

from auditor.answers.inquiry import Inquiry
from auditor.answers.model import AnsweredCause, Answers, Fault
from auditor.auditing.waiving import may_be_waived
from auditor.records.text import Text
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.waivers.model import Waiver, WaiverKind
from auditor.waivers.writing import one_line

__all__ = ["waiver_of", "waivers_from"]


def waivers_from(
    answers: Answers, inquiry: Inquiry, role: str, until: date | None, words: Wording
) -> tuple[list[Waiver], list[Fault]]:
    """A waiver for each finding of the causes that were accepted, and the findings of these that
    can't be waived. ``role`` accepted them on the day of the answers.
    """
    years = {document.path: document.fiscal_year for document in inquiry.report.documents}
    waivers: list[Waiver] = []
    faults: list[Fault] = []
    for cause in answers.causes:
        if cause.state != "accepted" or cause.kind is None:
            continue
        for finding in inquiry.findings_of(cause.id):
            if not may_be_waived(finding):
                faults.append(_refused(cause, finding))
                continue
            waivers.append(
                waiver_of(
                    finding,
                    years.get(finding.document),
                    reason=cause.reason,
                    kind=cause.kind,
                    role=role,
                    day=answers.made_at.date(),
                    until=until,
                    words=words,
                )
            )
    return waivers, faults


def waiver_of(
    finding: Finding,
    year: int | None,
    *,
    reason: str,
    kind: WaiverKind,
    role: str,
    day: date,
    until: date | None = None,
    words: Wording,
) -> Waiver:
    """The waiver of a finding in the book of a fiscal year, which a ``role`` accepted on a day."""
    names = dict.fromkeys(words.field(cell.field, cell.document) for cell in finding.cells)
    owner = finding.sheet or finding.kpi
    return Waiver(
        rule=finding.rule,
        place=finding.place,
        values=finding.values,
        reason=reason,
        kind=kind,
        role=one_line(role),
        date=day,
        until=until,
        department=one_line(finding.department),
        sheet=one_line(owner.name) if owner is not None else "",
        field=one_line("、".join(name for name in names if name)),
        fiscal_year=year,
        recurring=finding.recurring if year is not None else "",
    )


def _refused(cause: AnsweredCause, finding: Finding) -> Fault:
    return Fault(
        code="not-waivable",
        department=cause.department,
        cause=cause.id,
        message=Text(
            en=f"{finding.rule} says that figures may be missing, which can't be waived; it stays "
            "open",
            ja=f"{finding.rule} は数値の読み取り漏れを知らせる指摘のため、確認済みに登録できません",
        ),
    )
