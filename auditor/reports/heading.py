"""What stands over a report that is handed round: its title, when and by whom it was made."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import FiguresKind
from auditor.auditing.report import Report
from auditor.records.fiscal import wide_digits
from auditor.reports.findings import form_title
from auditor.reports.wording import Wording

__all__ = ["figures_name", "occasion_facts", "report_title", "round_in_text", "round_name"]


def report_title(report: Report, context: ReportContext, words: Wording) -> str:
    """What the report is called: as somebody settled it, else after its form and year."""
    settled = context.occasion.title if context.occasion is not None else ""
    if title := settled or context.settings.title:
        return title
    kind = words.say("Audit report", "点検結果")
    about = {(document.form, document.fiscal_year) for document in report.documents}
    if len(about) != 1:
        return kind
    form, year = about.pop()
    of = f"{form_title(form, words)} {words.year(year)}"
    return words.say(f"{kind}: {of}", f"{words.year(year)} {form_title(form, words)} {kind}")


def occasion_facts(context: ReportContext, words: Wording) -> Iterator[tuple[str, str]]:
    """When, in which round and by whom the audit was made, as labels and texts; a text is empty
    where nobody says.
    """
    say, since = words.say, context.since
    if context.occasion is not None:
        occasion, office = context.occasion, context.settings.office
        made_at = words.moment(occasion.made_at) if occasion.made_at is not None else ""
        yield say("audited at", "点検日時"), made_at
        yield say("round", "回"), round_name(occasion.round, words)
        yield say("audited by", "点検者"), occasion.made_by or office.role
        yield say("compiling section", "とりまとめ課"), occasion.office or office.name
        yield say("settled figures", "決算額の区分"), figures_name(occasion.figures, words)
    if since is not None:
        made_at = words.moment(since.made_at) if since.made_at is not None else ""
        parts = [round_name(since.round, words), made_at]
        yield say("earlier round", "前回"), words.listed([part for part in parts if part])


def figures_name(figures: FiguresKind, words: Wording) -> str:
    """Whether settled figures are expected or final; empty where nobody says."""
    return words.word(f"figures.{figures}") if figures else ""


def round_in_text(number: int, words: Wording) -> str:
    """第２回 or round 2, where nothing before it says that it is a round."""
    return words.say(f"round {number}", round_name(number, words))


def round_name(number: int, words: Wording) -> str:
    """第２回, or a number."""
    return words.say(str(number), f"第{wide_digits(str(number))}回")
