"""What a draft says to people: on the page beside the form, and on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from auditor.drafting.coverage import Coverage
from auditor.drafting.draft import Draft, DraftField, FirstFinding, Question
from auditor.records.figures import Place
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.languages import Lang
from auditor.reports.layout import cut

__all__ = [
    "coverage_lines",
    "explanation_page",
    "finding_lines",
    "layout_line",
    "numbers_read",
    "open_lines",
    "place_words",
]

_MOST_FINDINGS: Final = 20
_MOST_UNREAD: Final = 10
_MOST_NOTES: Final = 10


class _Words:
    """The words of one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def say(self, en: str, ja: str) -> str:
        return ja if self.lang == "ja" else en

    def year(self, year: int) -> str:
        """A fiscal year as people write it."""
        return self.say(f"FY{year}", fiscal_year_in_words(year))


def place_words(place: Place, lang: Lang) -> str:
    """A cell, page or line as people name it."""
    words = _Words(lang)
    if place.line and place.cell:
        return words.say(f"line {place.line}, {place.cell}", f"{place.line}行目{place.cell}列")
    if place.cell:
        sheet = place.sheet or ""
        return words.say(
            f"{sheet}!{place.cell}" if sheet else place.cell,
            f"「{sheet}」{place.cell}" if sheet else place.cell,
        )
    if place.page:
        return words.say(f"page {place.page}", f"{place.page}ページ")
    if place.line:
        return words.say(f"line {place.line}", f"{place.line}行目")
    return ""


def layout_line(draft: Draft, lang: Lang) -> str:
    """What the document was taken for, and why."""
    words = _Words(lang)
    layout = draft.layout
    records = len(layout.records)
    numbers = layout.numbers
    name = cut(layout.labels.get("name", ""))
    match layout.kind:
        case "sheet":
            return words.say(
                f"Sheets: {records:,} projects, each beside the label {name!r}; "
                f"{numbers:,} numbers.",
                f"個票形式：「{name}」の欄の隣に事業名がある事業が{records:,}件、"
                f"数値が{numbers:,}個あります。",
            )
        case "list":
            return words.say(
                f"A list: {records:,} rows, whose names stand below {name!r}; {numbers:,} numbers.",
                f"一覧形式：「{name}」の下に名称が並ぶ行が{records:,}行、"
                f"数値が{numbers:,}個あります。",
            )
        case "items":
            return words.say(
                f"A table of items: {records:,} rows below {name!r}; {numbers:,} numbers.",
                f"科目などの一覧表：「{name}」の下に科目などが{records:,}行、"
                f"数値が{numbers:,}個あります。",
            )
        case "indicators":
            return words.say(
                f"A table of indicators: {records:,} rows below {name!r}; {numbers:,} numbers.",
                f"指標の一覧：「{name}」の下に指標が{records:,}行、数値が{numbers:,}個あります。",
            )


def finding_lines(findings: Sequence[FirstFinding], lang: Lang) -> Iterator[str]:
    """The first findings, a line each; the first 20 are listed, the rest counted."""
    words = _Words(lang)
    for finding in findings[:_MOST_FINDINGS]:
        column = "" if finding.column is None else finding.column.of(lang)
        record = " ".join(filter(None, (cut(finding.record, 60), cut(column, 30))))
        place, equation = place_words(finding.place, lang), cut(finding.equation, 120)
        yield words.say(
            f"{record} ({place}): {finding.numbers} [{equation}]",
            f"{record}（{place}）：{finding.numbers}［{equation}］",
        )
    if (more := len(findings) - _MOST_FINDINGS) > 0:
        yield words.say(f"and {more:,} more", f"ほか{more:,}件")


def open_lines(draft: Draft, lang: Lang) -> Iterator[str]:
    """What a person has to look at: the open questions, and units that are doubtful."""
    words = _Words(lang)
    texts = [_asked(question, words) for question in draft.questions]
    texts += [note.text.of(lang) for note in draft.unit_notes[:_MOST_NOTES]]
    if (more := len(draft.unit_notes) - _MOST_NOTES) > 0:
        texts.append(
            words.say(f"and {more:,} more doubts about units", f"単位の確認がほか{more:,}件")
        )
    yield from (f"{index}. {text}" for index, text in enumerate(texts, 1))


def _asked(question: Question, words: _Words) -> str:
    """A question, whether an answer is needed, and the suggestion."""
    needed = words.say("(needed) ", "（必須）") if question.blocking else ""
    hint = ""
    if question.suggestion:
        hint = words.say(f" (perhaps {question.hint.en})", f"（候補：{question.hint.ja}）")
    return f"{needed}{question.text.of(words.lang)}{hint}"


def coverage_lines(coverage: Coverage, draft: Draft, lang: Lang) -> Iterator[str]:
    """How much of the document the form reads."""
    words = _Words(lang)
    if draft.states_fiscal_year and draft.fiscal_year is None:
        yield words.say(
            "Nothing is read before the form says the fiscal year.",
            "年度を指定するまで、数値は読み取れません。",
        )
    elif draft.is_blocked:
        yield words.say(
            "The suggestions stand for the answers that are needed:",
            "（必須）の点は候補のとおりと仮定した結果です。",
        )
    yield from numbers_read(coverage, lang)


def numbers_read(coverage: Coverage, lang: Lang) -> Iterator[str]:
    """How many numbers of the document a form reads, and where the others stand."""
    words = _Words(lang)
    yield words.say(
        f"Figures read: {coverage.figures:,} (in {coverage.records:,} records). "
        f"Numbers that nothing explains: {len(coverage.unread):,}",
        f"読み取れた数値：{coverage.figures:,}個（{coverage.records:,}件の記録）。"
        f"どの項目にも当たらない数値：{len(coverage.unread):,}個",
    )
    if coverage.uncertain:
        yield words.say(
            f"Cells of figures that could not be read for certain: {coverage.uncertain:,}",
            f"確実に読み取れなかった欄：{coverage.uncertain:,}か所",
        )
    for issue in coverage.unread[:_MOST_UNREAD]:
        place = place_words(issue.place, lang) if issue.place else ""
        printed = cut(issue.printed, 40)
        yield words.say(f"  {printed} ({place})", f"　{printed}（{place}）")
    if len(coverage.unread) > _MOST_UNREAD:
        more = len(coverage.unread) - _MOST_UNREAD
        yield words.say(f"  and {more:,} more", f"　ほか{more:,}個")
    for reason in coverage.not_checked:
        yield words.say(f"Not checked: {reason.why.en}", f"読み取れなかったもの：{reason.why.ja}")


def explanation_page(draft: Draft, coverage: Coverage | None, lang: Lang) -> str:
    """The page that explains form and rules, in Markdown."""
    words = _Words(lang)
    sections = [
        _introduction(draft, words),
        _columns(draft, words),
        _fields(draft, words),
        _indicators(draft, words),
        _rules(draft, words),
        _findings(draft, words),
        _open(draft, words),
        _coverage(coverage, draft, words),
    ]
    return "\n".join(chain.from_iterable(sections)).rstrip() + "\n"


def _cell(text: str) -> str:
    """A text within a table of Markdown."""
    return cut(text, 80).replace("\\", "\\\\").replace("|", "\\|").replace("`", "'")


def _introduction(draft: Draft, words: _Words) -> Iterator[str]:
    name, source = _cell(draft.name), _cell(draft.source)
    yield words.say(f"# The draft {name}", f"# 様式の案　{name}")
    yield ""
    yield words.say(
        f"Drafted from {source}. The form is {name}.toml; nothing else was changed.",
        f"「{source}」から作成しました。様式は {name}.toml です。元の文書は変更していません。",
    )
    yield ""
    yield layout_line(draft, words.lang)
    if draft.fiscal_year is not None:
        yield words.say(
            f"It is of {words.year(draft.fiscal_year)}.",
            f"{words.year(draft.fiscal_year)}の文書とみなしています。",
        )
    if draft.unit:
        yield words.say(f"Amounts are in {draft.unit}.", f"金額の単位は「{draft.unit}」です。")
    yield ""


def _columns(draft: Draft, words: _Words) -> Iterator[str]:
    if not draft.columns:
        return
    yield words.say("## Columns", "## 年度の列")
    yield ""
    yield words.say("| year | kind | printed as |", "| 年度 | 種類 | 表記 |")
    yield "|---|---|---|"
    for column in draft.columns:
        year = "" if draft.fiscal_year is None else words.year(draft.fiscal_year + column.offset)
        kind = _KINDS.get(column.kind, (column.kind, column.kind))
        yield f"| {year} | {words.say(*kind)} | {_cell(column.label)} |"
    yield ""


_KINDS: Final = {
    "settled": ("settled", "決算"),
    "expected": ("expected settlement", "決算見込"),
    "budgeted": ("budgeted", "予算"),
    "requested": ("requested", "要求"),
    "planned": ("planned", "計画"),
    "unstated": ("not known", "不明"),
}


_PARTS: Final = {
    "project": ("what it belongs to", "事業など"),
    "department": ("department", "担当課"),
    "name": ("indicator", "指標の名前"),
    "unit": ("unit", "単位"),
    "target": ("target", "目標値"),
    "actuals": ("actuals", "実績値"),
    "due": ("due", "目標年度"),
    "declared_rate": ("rate of achievement", "達成率"),
    "declared_achieved": ("whether achieved", "達成状況"),
}


def _indicators(draft: Draft, words: _Words) -> Iterator[str]:
    indicators = draft.layout.indicators
    if indicators is None:
        return
    yield words.say("## Indicators", "## 指標")
    yield ""
    yield words.say(
        "The shipped rules for indicators check targets, actuals and rates.",
        "目標値・実績値・達成率は、付属の指標の規則で点検します。",
    )
    yield ""
    yield words.say("| heading | read as |", "| 見出し | 読み方 |")
    yield "|---|---|"
    for part, heading in indicators.labels.items():
        yield f"| {_cell(heading)} | {words.say(*_PARTS.get(part, (part, part)))} |"
    yield ""


def _fields(draft: Draft, words: _Words) -> Iterator[str]:
    if not draft.fields:
        return
    yield words.say("## Fields", "## 項目")
    yield ""
    yield words.say(
        "| heading | name in the form | unit | numbers | why |",
        "| 見出し | 様式での名前 | 単位 | 数値の数 | 根拠 |",
    )
    yield "|---|---|---|---|---|"
    counts = draft.layout.counts
    for field in draft.fields:
        unit = draft.unit if field.unit is None else field.unit
        yield (
            f"| {_cell(field.label)} | `{field.name}` | {unit} "
            f"| {counts[field.key]:,} | {_why(field, words)} |"
        )
    yield ""


def _why(field: DraftField, words: _Words) -> str:
    why = field.why.of(words.lang)
    match field.certainty:
        case "certain":
            return words.say(f"certain: {why}", f"確実（{why}）")
        case "plain":
            return words.say("named as its heading says", "見出しのとおりの名前")
        case "asked":
            name = field.suggestion or "—"
            return words.say(f"open: `{name}`? ({why})", f"要確認：`{name}` と推定（{why}）")
        case "unnamed":
            return words.say(f"open: {why}", f"要確認：{why}")


def _rules(draft: Draft, words: _Words) -> Iterator[str]:
    if not draft.fields:
        return
    yield words.say("## Rules", "## 規則")
    yield ""
    if draft.funding_complete and any(f.name.startswith("funding.") for f in draft.fields):
        yield words.say(
            "The shipped rule FND001 checks that the sources add up to the total cost.",
            "財源の合計が事業費と一致するかどうかは、付属の規則 FND001 で点検します。",
        )
        yield ""
    if draft.adding_up is not None:
        reason = draft.adding_up.why
        yield words.say(
            f"{_capital(reason.en)}: `sums` says so.",
            f"{reason.ja}。`sums` はこれに合わせています。",
        )
        yield ""
    if not draft.rules:
        yield words.say(
            "No other relation holds in enough rows to be proposed as a rule.",
            "ほかに、規則として提案できるほど多くの行で成り立つ計算関係はありませんでした。",
        )
        yield ""
        return
    yield words.say(
        "| code | equation | formula | holds in | why |",
        "| 番号 | 計算式 | 様式での式 | 成り立つ件数 | 根拠 |",
    )
    yield "|---|---|---|---|---|"
    for rule in draft.rules:
        relation = rule.relation
        holds = words.say(
            f"{relation.holds:,} of {relation.of:,}",
            f"{relation.of:,}件中{relation.holds:,}件",
        )
        why = _cell(relation.reason.of(words.lang))
        yield f"| {rule.code} | {_cell(rule.shown)} | `{rule.formula}` | {holds} | {why} |"
    yield ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _findings(draft: Draft, words: _Words) -> Iterator[str]:
    if not draft.fields:
        return
    yield words.say("## First findings", "## 最初の指摘")
    yield ""
    if not draft.findings:
        yield words.say(
            "No record contradicts these relations.", "これらの計算関係に合わない箇所はありません。"
        )
    for line in finding_lines(draft.findings, words.lang):
        yield f"- {line}"
    yield ""


def _open(draft: Draft, words: _Words) -> Iterator[str]:
    yield words.say("## Open questions", "## 確認が必要な点")
    yield ""
    lines = list(open_lines(draft, words.lang))
    yield from lines or [words.say("None.", "ありません。")]
    yield ""


def _coverage(coverage: Coverage | None, draft: Draft, words: _Words) -> Iterator[str]:
    if coverage is None:
        return
    yield words.say("## Coverage", "## 読み取りの範囲")
    yield ""
    for line in coverage_lines(coverage, draft, words.lang):
        yield f"{line}  "
