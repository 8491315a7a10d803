"""The entries of a report: how a cause and its findings are put into words, and into groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple, assert_never

from auditor.auditing.formats import By
from auditor.auditing.report import Report
from auditor.records.decimals import plain_digits
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs, Severity
from auditor.records.text import Text
from auditor.reports.acceptance import accepted_earlier
from auditor.reports.layout import plain
from auditor.reports.sentences import bracketed
from auditor.reports.wording import Wording
from auditor.rules.causes import Cause, Certainty
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.waivers.model import Waiver

__all__ = [
    "CANDIDATES",
    "LABELS",
    "NO_DEPARTMENT",
    "QUESTIONS",
    "QUESTIONS_NOTE",
    "Entry",
    "Following",
    "SplitCells",
    "apart",
    "certainty",
    "change",
    "computed_for",
    "counted",
    "counts_of",
    "described",
    "entries",
    "following",
    "grouped",
    "lines_of",
    "place_of",
    "printed_in",
    "proposed",
    "severity_mark",
    "split_cells",
    "suspect_name",
    "texts_of",
    "titled",
]

LABELS: Final = {
    "known": Text(en="baseline", ja="基準"),
    "where": Text(en="where", ja="場所"),
    "figures": Text(en="figures", ja="数値"),
    "formula": Text(en="formula", ja="数式"),
    "wording": Text(en="text", ja="記載"),
    "sentence": Text(en="sentence", ja="本文"),
    "cells": Text(en="cells", ja="該当箇所"),
    "expected": Text(en="computed", ja="計算上の値"),
    "actual": Text(en="printed", ja="記載の値"),
    "difference": Text(en="difference", ja="差"),
    "suspect": Text(en="suspect", ja="疑わしい欄"),
    "candidates": Text(en="candidates", ja="訂正候補"),
    "follows": Text(en="follows it", ja="あわせて直す欄"),
    "others": Text(en="or else", ja="ほかの訂正候補"),
    "certainty": Text(en="certainty", ja="確からしさ"),
    "earlier": Text(en="last year", ja="前年度"),
    "action": Text(en="what to do", ja="対応"),
}
"""What an entry says, in the order in which it does."""

_KNOWN: Final = Text(en="known from the earlier result", ja="以前の結果にもある指摘（既知）")

NO_DEPARTMENT: Final = Text(en="(no department)", ja="（所管課・室なし）")
"""What stands in place of a department where nobody knows whose an entry is."""

QUESTIONS: Final = Text(
    en="Places that may be asked about (no errors)",
    ja="説明を求められそうな箇所（誤りではありません）",
)
"""What stands over the entries that are no errors, but that somebody may ask about."""

QUESTIONS_NOTE: Final = Text(
    en="The council may ask about these, so it helps to have an answer ready. Nothing needs to "
    "be corrected, and no reply is needed.",
    ja="議会などで説明を求められることが考えられる箇所です。訂正も回答も不要です。"
    "説明の準備にお使いください。",
)
"""What a report says of them."""

_MOST_CELLS: Final = 12
"""How many cells of a finding an entry names."""

_COMPARED: Final = frozenset("≠=<>≤≥")

_NOT_TOLD: Final = Text(
    en="the figures alone do not tell which cell is wrong",
    ja="どの欄の誤りかは数値だけでは特定できません",
)
_CERTAINTY: Final[dict[Certainty, tuple[Text, Text]]] = {
    "likely": (
        Text(en="this cell is likely wrong", ja="この欄の誤りとみられます"),
        Text(en="these cells are likely wrong", ja="これらの欄の誤りとみられます"),
    ),
    "possible": (
        Text(en="this cell may be wrong", ja="この欄の誤りの可能性があります"),
        Text(en="these cells may be wrong", ja="これらの欄の誤りの可能性があります"),
    ),
    "open": (_NOT_TOLD, _NOT_TOLD),
}
"""The words for one suspected cell, and for several."""

_COMPUTED: Final = "computed-from-wrong"
"""The slip of a cell that was computed from a wrong one."""
CANDIDATES: Final = 3
"""How many explanations of an entry are shown, the likeliest first."""
_FOLLOWING: Final = 5
"""How many of the findings that follow from a cause are listed; the others are counted."""
_MOST_DIGITS: Final = 100
"""A longer amount, which nobody reads, stands without groups."""


class Entry(NamedTuple):
    """A cause with its findings, the main one first. ``earlier`` accepted the same place in the
    year before. All findings of one ``in_baseline`` are there.
    """

    cause: Cause
    findings: tuple[Finding, ...]
    earlier: Waiver | None = None
    in_baseline: bool = False

    @property
    def main(self) -> Finding:
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        return self.cause.severity

    @property
    def is_question(self) -> bool:
        """Whether it is no error, but a place that somebody may ask about."""
        return self.main.question

    @property
    def counted_as(self) -> CountedAs:
        """Its severity, or a question, which is of none."""
        return QUESTION if self.is_question else self.severity


def entries(report: Report) -> list[Entry]:
    """The entries of a report in its order."""
    findings = {finding.id: finding for finding in report.findings}
    earlier = {item.finding: item.waiver for item in report.accepted_earlier}
    unchanged = set(report.baseline.unchanged) if report.baseline is not None else set[str]()
    items: list[Entry] = []
    for cause in report.causes:
        parts = tuple(findings[key] for key in cause.findings if key in findings)
        accepted = (earlier[part.id] for part in parts if part.id in earlier)
        if parts:
            is_known = unchanged.issuperset(part.id for part in parts)
            items.append(Entry(cause, parts, next(accepted, None), is_known))
    return items


class Apart(NamedTuple):
    """The entries of a report that are findings, and the places that somebody may ask about."""

    findings: list[Entry]
    questions: list[Entry]


def apart(items: Iterable[Entry]) -> Apart:
    """The entries that are findings, and those that somebody may ask about, each in their order."""
    parts = Apart([], [])
    for entry in items:
        (parts.questions if entry.is_question else parts.findings).append(entry)
    return parts


def severity_mark(item: Finding | Entry, words: Wording) -> str:
    """The severity of a finding or an entry, in brackets, and whether the baseline has it."""
    severity = words.word(item.counted_as)
    if isinstance(item, Entry) and item.in_baseline:
        severity += words.say(", known", "・既知")
    return words.say(f"[{severity}]", f"［{severity}］")


def titled(finding: Finding, words: Wording) -> str:
    """What a finding reports: its rule and message; in English the rule's name too."""
    name = words.say(f" ({plain(finding.name)})", "")
    return f"{plain(finding.rule)} {plain(finding.message.of(words.lang))}{name}"


# — what is said of an entry —


def described(entry: Entry, words: Wording) -> list[tuple[str, str]]:
    """What there is to say of an entry, as labels and texts; what it does not have is left out."""
    texts = texts_of(entry, words)
    return [(label.of(words.lang), texts[key]) for key, label in LABELS.items() if key in texts]


def texts_of(entry: Entry, words: Wording) -> dict[str, str]:
    """What there is to say of an entry by the keys of ``LABELS``; what it does not have is left
    out.

    The main finding says what is wrong. The suspects say what it should be, and how sure that is.
    """
    finding, cause = entry.main, entry.cause
    first = cause.suspects[0] if cause.suspects else None
    proposes = first is not None and bool(first.cells) and cause.certainty != "open"
    texts = {
        "known": _KNOWN.of(words.lang) if entry.in_baseline else "",
        "where": words.where(finding),
        _kind_of(finding.equation): words.equation(finding.equation),
        "sentence": bracketed(finding.sentence) if finding.sentence is not None else "",
        "cells": _cells(entry, words),
        "difference": amount(finding.difference, finding.unit, words, signed=True),
        "action": plain(finding.action.of(words.lang)),
        "earlier": accepted_earlier(entry.earlier, words) if entry.earlier is not None else "",
    }
    if not proposes and finding.expected is not None:
        texts["expected"] = amount(finding.expected, finding.unit, words)
        texts["actual"] = amount(finding.actual, finding.unit, words)
    texts |= _suspects(entry, words)
    return {key: text for key, text in texts.items() if text}


def _kind_of(equation: str) -> str:
    """What an equation shows, as a key of ``LABELS``: figures that are compared, a cell's formula,
    or only what the document prints.
    """
    if equation.startswith("="):
        return "formula"
    return "figures" if _COMPARED.intersection(equation) else "wording"


def _cells(entry: Entry, words: Wording) -> str:
    """The cells of the main finding; a suspected one stands out by a mark, which a file and a
    screen reader keep. Of many cells only the first are named.
    """
    suspected = proposed(entry)
    cells = [cell for cell in entry.main.cells if not words.is_reading(cell)]
    more = len(cells) - _MOST_CELLS
    parts: list[str] = []
    text: tuple[str, str | None] | None = None
    for cell in cells[:_MOST_CELLS] if more > 0 else cells:
        mark = "▶" if any(part.stands_at(cell) for part in suspected) else ""
        if not cell.name:
            parts.append(mark + words.cell(cell, entry.main))
            text = None
            continue
        figure = f"{mark}{words.role(cell)} {words.content_of(cell)}"
        if text != (cell.field, cell.year):  # the text is named before the first of its figures
            figure = words.labelled(words.cell_text(cell, entry.main), figure)
        parts.append(figure)
        text = cell.field, cell.year
    if more > 0:
        parts.append(words.say(f"{more:,} more", f"ほか{more:,}か所"))
    return words.listed(parts)


def _suspects(entry: Entry, words: Wording) -> dict[str, str]:
    """The likeliest suspects, and how sure they are, by the keys of ``LABELS``."""
    suspects = entry.cause.suspects
    if not suspects:
        return {}
    shown = [_suspect(suspect, entry, words) for suspect in suspects if suspect.cells]
    sure = certainty(entry, words)
    between = words.say("; ", "／")
    follows = [change(cell, entry, words) for cell in split_cells(suspects[0]).following]
    first = {"follows": words.listed(follows), "certainty": sure}
    match entry.cause.certainty:
        case "likely":
            return {"suspect": shown[0], **first}
        case "possible":
            others = between.join(shown[1:CANDIDATES])
            return {"suspect": shown[0], "others": others, **first}
        case "open":
            return {"candidates": between.join(shown[:CANDIDATES]), "certainty": sure}
        case _ as never:
            assert_never(never)


def certainty(entry: Entry, words: Wording) -> str:
    """How sure the first suspect of an entry is, in words; empty where nothing explains it."""
    suspects = entry.cause.suspects
    if not suspects:
        return ""
    one_cell, several = _CERTAINTY[entry.cause.certainty]
    text = (several if len(split_cells(suspects[0]).wrong) > 1 else one_cell).of(words.lang)
    if suspects[0].cells:
        return text
    reason = plain(suspects[0].slip.of(words.lang))  # why there are no candidates
    return text + words.say(f" ({reason})", f"（{reason}）")


def _suspect(suspect: Suspect, entry: Entry, words: Wording) -> str:
    """The cells of a suspect with what they should say, and what kind of slip it is."""
    changes = words.listed([change(cell, entry, words) for cell in split_cells(suspect).wrong])
    slip = plain(suspect.slip.of(words.lang))
    return changes + words.say(f" ({slip})", f"（{slip}）")


def suspect_name(cell: SuspectCell, entry: Entry, words: Wording) -> str:
    """The field of a suspected cell, with its year where that is not the main finding's, and the
    book, where that is another one.
    """
    name = words.field(cell.field, entry.cause.document)
    if cell.name:
        role = words.role(cell)
        name = words.say(f"{role} ({name})", f"{name}の{role}")
    if cell.other_book is not None:
        side = words.other_book(cell.other_book)
        name = words.say(f"on the side of {side}, {name}", f"{side}の側の{name}")
    if not cell.year or cell.year == entry.main.year:
        return name
    return words.say(f"{name}, {words.year(cell.year)}", f"{name}・{words.year(cell.year)}")


def change(cell: SuspectCell, entry: Entry, words: Wording) -> str:
    """A suspected cell with what it says and what it should say."""
    name = suspect_name(cell, entry, words)
    place = place_of(cell, entry)
    if place is not None and (where := words.place_beside(place.place, entry.main)):
        name += words.say(f" ({where})", f"（{where}）")
    printed, computed = printed_in(cell, words), computed_for(cell, words)
    if not computed:
        return name
    if cell.fits is not None:
        text = words.say(f"says {printed}, {computed} fits", f"記載「{printed}」 → 「{computed}」")
    else:
        text = words.say(
            f"printed {printed}, computed {computed}",
            f"記載 {printed} → 計算上の値 {computed}",
        )
    return words.labelled(name, text)


def printed_in(cell: SuspectCell, words: Wording) -> str:
    """What a suspected cell says."""
    if cell.word is not None:
        return words.word(cell.word) or words.say("blank", "空欄")
    return amount(cell.value, cell.unit, words) or words.say("blank", "空欄")


def computed_for(cell: SuspectCell, words: Wording) -> str:
    """What a suspected cell should say; empty where nothing tells."""
    if cell.fits is not None:
        return words.word(cell.fits)
    if cell.emptied:
        return words.say("blank", "空欄")
    return amount(cell.corrected, cell.unit, words) + _span(cell, words)


def _span(cell: SuspectCell, words: Wording) -> str:
    """Between which ends the computed value lies; empty for an exact one."""
    low, high = (amount(end, cell.unit, words) for end in (cell.low, cell.high))
    if cell.corrected is None or (not low and not high):
        return ""
    return words.say(f" [{low or '−∞'} … {high or '∞'}]", f"［{low}～{high}］")


def place_of(cell: SuspectCell, entry: Entry) -> Cell | None:
    """A suspected cell as it stands in its document; None where that is not known."""
    for other in entry.cause.cells:
        if cell.stands_at(other):
            return other
    return None


class SplitCells(NamedTuple):
    """The cells of a suspect: those that are wrong, and those that were computed from them."""

    wrong: tuple[SuspectCell, ...]
    following: tuple[SuspectCell, ...]


def split_cells(suspect: Suspect) -> SplitCells:
    """The cells of a suspect; where all were computed from each other, all count as wrong."""
    following = tuple(
        cell for cell in suspect.cells if cell.slip is not None and cell.slip.code == _COMPUTED
    )
    wrong = tuple(cell for cell in suspect.cells if cell not in following)
    return SplitCells(wrong, following) if wrong else SplitCells(suspect.cells, ())


def proposed(entry: Entry) -> tuple[SuspectCell, ...]:
    """The cells that an entry takes to be wrong; none where the figures do not tell. A cell of
    another book is not to be corrected here.
    """
    cause = entry.cause
    if not cause.suspects or cause.certainty == "open":
        return ()
    return tuple(cell for cell in split_cells(cause.suspects[0]).wrong if cell.other_book is None)


class Following(NamedTuple):
    """The findings that follow from an entry's cause: how they do, the severity and the text of
    each, and how many are not listed.
    """

    heading: str
    findings: list[tuple[str, str]]
    more: str


def following(entry: Entry, words: Wording) -> Following | None:
    """The other findings of an entry; None where there are none."""
    others = entry.findings[1:]
    if not others:
        return None
    count = len(others)
    if entry.cause.suspects:
        heading = words.say(
            f"correcting this also settles {words.count(count, 'other finding')}",
            f"直すと、ほかの{count:,}件の指摘も解消します",
        )
    else:
        heading = words.say(
            f"{words.count(count, 'other finding')} about the same cell",
            f"同じ欄についての指摘が、ほかに{count:,}件あります",
        )
    findings = [
        (severity_mark(finding, words), _following(finding, entry.main, words))
        for finding in others[:_FOLLOWING]
    ]
    rest = count - len(findings)
    more = words.say(f"and {rest:,} more", f"ほか{rest:,}件") if rest else ""
    return Following(heading, findings, more)


def lines_of(entry: Entry, words: Wording) -> list[str]:
    """What there is to say of an entry and of the findings that follow from it, a line each."""
    lines = [words.labelled(label, text) for label, text in described(entry, words)]
    others = following(entry, words)
    if others is not None:
        lines.append(others.heading)
        lines += [f"{mark} {text}" for mark, text in others.findings]
        lines += [others.more] if others.more else []
    return lines


def _following(finding: Finding, main: Finding, words: Wording) -> str:
    """One finding that follows from a cause, and where it stands if not where the main one does."""
    about: list[str] = []
    if finding.document != main.document:
        about.append(words.document(finding.document))
    if finding.sheet and finding.sheet != main.sheet:
        about.append(words.sheet_of(finding.sheet, finding.document))
    if finding.kpi and finding.kpi != main.kpi:
        about.append(words.kpi(finding.kpi.number, finding.kpi.name))
    if finding.year and finding.year != main.year:
        about.append(words.year(finding.year))
    place = finding.first_place
    if place is not None and place != next((cell.place for cell in main.cells), None):
        about.append(words.place_beside(place, main))
    where = words.listed(about)
    return titled(finding, words) + (words.say(f" ({where})", f"（{where}）") if where else "")


def amount(value: Decimal | None, unit: str, words: Wording, signed: bool = False) -> str:
    """An amount with its unit; a signed one, a difference, has a plus too, and points for %."""
    if value is None:
        return ""
    if value.adjusted() >= _MOST_DIGITS:
        return words.with_unit(plain_digits(value), unit)
    unit = words.say("points", "ポイント") if signed and unit in ("%", "％") else unit
    minus = words.say("−", "△")
    plus = "+" if signed and value else ""
    sign = minus if value.is_signed() else plus
    return words.with_unit(f"{sign}{value.copy_abs():,f}", unit)


# — groups —


def grouped(items: Iterable[Entry], by: By | None, words: Wording) -> list[tuple[str, list[Entry]]]:
    """The entries in groups with a heading each, in the order of first sight; one group without
    heading if ``by`` is None.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in items:
        groups.setdefault(_heading(entry.main, by, words), []).append(entry)
    return list(groups.items())


def _heading(finding: Finding, by: By | None, words: Wording) -> str:
    if by is None:
        return ""
    if by == "rule":
        return plain(finding.rule) + words.say(f" {plain(finding.name)}", "")
    if by == "department":
        return plain(finding.department) or NO_DEPARTMENT.of(words.lang)
    owner = words.say("whole book", "冊子全体")
    if finding.kpi:
        owner = words.kpi(finding.kpi.number, finding.kpi.name)
    if finding.sheet:
        owner = words.sheet_of(finding.sheet, finding.document)
    return words.listed([words.document(finding.document), owner])


def counts_of(items: Iterable[Entry]) -> dict[Severity, int]:
    """How many entries there are of each severity that occurs, the highest first; places that
    somebody may ask about are of none.
    """
    severities = [entry.severity for entry in items if not entry.is_question]
    return {severity: count for severity in SEVERITIES if (count := severities.count(severity))}


def counted(group: Sequence[Entry], report: Report, words: Wording) -> str:
    """How many entries and findings a group lists, as its heading says it."""
    findings = sum(len(entry.findings) for entry in group)
    if report.unlisted:
        return words.say(f"({findings:,} listed)", f"（{findings:,}件を掲載）")
    all_findings = words.count(findings, "finding")
    if findings == len(group):
        return words.say(f"({all_findings})", f"（{all_findings}）")
    all_entries = words.count(len(group), "entry", nouns="entries")
    return words.say(f"({all_entries}, {all_findings})", f"（{all_entries}、指摘{findings:,}件）")
