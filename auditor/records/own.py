"""How the files that the program writes name it, and the headings of its tables.

By these it knows its own files again, whatever they are called.
"""

from __future__ import annotations

from typing import Final, Literal

from auditor.records.text import Text

__all__ = [
    "ANSWERS_TITLE",
    "COMPARISON_HEADING",
    "COMPARISON_TITLES",
    "ERRATA_HEADINGS",
    "FINDING_COLUMNS",
    "PROGRAM",
    "PROOF_TITLE",
    "REPORT_HEADINGS",
    "REPORT_TITLE",
    "TOTALS_HEADINGS",
    "OwnKind",
]

OwnKind = Literal["report", "reply_form", "letter", "records", "waivers", "marked_copy"]
"""What the program wrote a file as. A marked copy comes back as a document; no other does."""

PROGRAM: Final = "sheet-auditor"
"""The name under which files name the program that wrote them."""
REPORT_TITLE: Final = Text(en="Audit report", ja="点検結果")
"""The first line of reports that are plain text."""
ANSWERS_TITLE: Final = Text(en="Answers", ja="回答の状況")
"""The first line of what came back, as plain text."""
COMPARISON_TITLES: Final = (
    Text(en="Comparison of two rounds", ja="前回と今回の比較"),
    Text(en="Comparison with what was finally approved", ja="校了との比較"),
)
"""The first line of comparisons that are plain text: of two rounds, and with what was approved."""
PROOF_TITLE: Final = Text(en="The printed book against its documents", ja="製本用原稿との突合")
"""The first line of a proof that is plain text."""
COMPARISON_HEADING: Final = Text(en="what changed", ja="変化の種別")
"""The first heading of a comparison as CSV, whose other columns depend on what changed."""
REPORT_HEADINGS: Final = (
    Text(en="no.", ja="番号"),
    Text(en="entry", ja="区分"),
    Text(en="rule", ja="規則"),
    Text(en="message", ja="内容"),
    Text(en="document", ja="文書"),
)
"""The first ones of the report as CSV."""
TOTALS_HEADINGS: Final = (
    Text(en="form", ja="様式"),
    Text(en="fiscal year", ja="年度"),
    Text(en="department", ja="所管課・室"),
    Text(en="field", ja="項目"),
    Text(en="column", ja="列"),
)
"""The first ones of totals as CSV."""
ERRATA_HEADINGS: Final = (
    Text(en="page", ja="頁"),
    Text(en="project", ja="事業名"),
    Text(en="department", ja="所管課・室"),
    Text(en="field and year", ja="箇所（欄・年度）"),
)
"""The first ones of a list of errata as CSV."""
FINDING_COLUMNS: Final = (
    "rule",
    "severity",
    "book",
    "document",
    "sheet",
    "kpi",
    "department",
    "project",
    "year",
    "expected",
    "actual",
    "difference",
    "unit",
)
"""Those of the file of findings."""
