"""A work list for the desk: what each department has to look at, with a box to tick."""

from __future__ import annotations

from itertools import groupby

from auditor import Finding, Report
from auditor.auditing.formats import ReportContext


class WorkList:
    """``--format worklist``: plain text, one finding a line, departments in the order of their
    names.
    """

    name = "worklist"

    def render(self, report: Report, context: ReportContext) -> str:
        """The whole list. What could not be checked comes first: it is work, too."""
        ja = context.lang == "ja"
        lines = (
            [f"■ {'確認できなかったもの' if ja else 'could not be checked'}"]
            if report.not_checked
            else []
        )
        lines += [f"□ {reason.why.of(context.lang)}" for reason in report.not_checked]
        for department, findings in groupby(
            sorted(report.findings, key=_department), key=_department
        ):
            lines.append(f"■ {department or ('所管課なし' if ja else 'no department')}")
            lines += [
                f"□ {finding.rule} {_project(finding)}{finding.message.of(context.lang)} {finding.equation}"
                for finding in findings
            ]
        return (
            "\n".join(lines or ["確認する項目はありません。" if ja else "Nothing to look at."])
            + "\n"
        )


def _department(finding: Finding) -> str:
    return finding.sheet.department if finding.sheet else ""


def _project(finding: Finding) -> str:
    return f"「{finding.sheet.name}」 " if finding.sheet else ""
