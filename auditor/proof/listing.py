"""What every report of a proof says: result, facts, the faults and the sheets as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Final

from auditor.comparison.contents import Content
from auditor.forms.words import squeezed
from auditor.proof.model import FAULTS, STATES, Fault, FaultKind, Proof, ProofSheet, State
from auditor.records.own import PROOF_TITLE
from auditor.records.text import Text
from auditor.reports.findings import Table, missed
from auditor.reports.layout import cut, plain
from auditor.reports.wording import Wording

__all__ = ["TITLE", "conclusion", "facts", "fault_table", "notes", "sheet_table", "shifted"]

TITLE: Final = PROOF_TITLE

_KINDS: Final[Mapping[FaultKind, Text]] = {
    "missing": Text(en="not in the book", ja="脱落"),
    "extra": Text(en="only in the book", ja="余分"),
    "twice": Text(en="twice", ja="重複"),
    "order": Text(en="out of order", ja="順序違い"),
    "page": Text(en="page differs from the contents", ja="目次と頁の相違"),
    "unlisted": Text(en="not in the contents", ja="目次に記載なし"),
    "difference": Text(en="differs", ja="記載の相違"),
    "cut": Text(en="text cut off", ja="文字切れ"),
    "hashes": Text(en="printed as ####", ja="####の印刷"),
    "unknown": Text(en="not compared", ja="照合できず"),
}
_STATES: Final[Mapping[State, Text]] = {
    "matched": Text(en="matched", ja="一致"),
    "differing": Text(en="differing", ja="相違あり"),
    "missing": Text(en="missing", ja="脱落"),
    "extra": Text(en="extra", ja="余分"),
    "unknown": Text(en="not compared", ja="照合できず"),
}
_FOLLOWS: Final = Text(en="follows from another fault", ja="ほかの脱落・重複・順序違いに伴うもの")
_SHORT: Final = 40
_SPOT: Final = 4
"""The column of the spot."""
_OF_BOOK: Final[tuple[FaultKind, ...]] = ("twice", "order")
_OF_CONTENTS: Final[tuple[FaultKind, ...]] = ("page", "unlisted")
"""What is counted where there is any: the contents pages may be at fault, not the sheets."""
_LEAD: Final = 20
"""How much is shown of what is alike before the first difference of long texts."""
_LONGEST: Final = 2_000
"""How much of a text a page or a workbook shows; what is longer says how long it is."""


def conclusion(proof: Proof, words: Wording) -> str:
    """The result in a sentence: how many sheets are how, then what is wrong with the book."""
    states, counts = proof.states(), proof.counts()
    parts = [f"{_STATES[state].of(words.lang)} {states[state]:,}" for state in STATES[:4]]
    parts += [f"{_KINDS[kind].of(words.lang)} {counts[kind]:,}" for kind in _OF_BOOK]
    parts += [
        f"{_KINDS[kind].of(words.lang)} {counts[kind]:,}" for kind in _OF_CONTENTS if counts[kind]
    ]
    if states["unknown"]:
        parts.append(f"{_STATES['unknown'].of(words.lang)} {states['unknown']:,}")
    text = words.listed(parts)
    return words.say(f"Sheets: {text}.", f"シート：{text}")


def facts(proof: Proof, words: Wording) -> Iterator[tuple[str, str]]:
    """What was held against what."""
    say, book = words.say, proof.book
    yield say("book", "製本用原稿"), words.document(book.path)
    pages = words.count(book.pages, "page", "ページ")
    numbers = say(
        f"{pages}, {book.numbered:,} with a printed page number",
        f"{pages}（頁番号の印刷があるもの{book.numbered:,}ページ）",
    )
    yield say("pages", "ページ数"), numbers
    yield say("contents pages", "目次"), _contents(proof, words)
    documents = words.count(len(proof.documents), "document", "文書")
    sheets = words.count(sum(item.sheets for item in proof.documents), "sheet", "シート")
    yield say("documents", "訂正後の文書"), words.listed([documents, sheets])
    yield "SHA-256", book.sha256


def _contents(proof: Proof, words: Wording) -> str:
    listed = words.listed([str(page) for page in proof.book.contents])
    match proof.book.contents_state:
        case "none":
            return words.say(
                "none (order and pages were not checked)", "なし（順序と頁は照合していません）"
            )
        case "unreadable":
            return words.say(
                f"page {listed} of the file, could not be read", f"PDF {listed}ページ（読み取れず）"
            )
        case "read":
            return words.say(f"page {listed} of the file", f"PDF {listed}ページ")


def notes(proof: Proof, words: Wording) -> Iterator[str]:
    """What has to be told beside the result: what was not compared, and why."""
    for reason in proof.not_checked:
        yield missed(reason, words)
    if not proof.kpis:
        yield words.say(
            "The book has no KPIs; those of the documents were not compared.",
            "製本用原稿に KPI の表がないため、文書の KPI は照合していません。",
        )
    if proof.book.contents_state == "read" and not proof.book.numbered:
        yield words.say(
            "The book prints no page numbers: the contents were held against the pages of the"
            " file, from the page on with which most of them agree.",
            "頁番号の印刷がないため、目次の頁は PDF のページと、最も多く合う起点から数えて照合"
            "しました。",
        )
    if proof.entries:
        lines = words.listed([plain(line) for line in proof.entries[:10]])
        more = len(proof.entries) - 10
        if more > 0:
            lines += words.say(f" and {more:,} more", f"、ほか{more:,}行")
        yield words.say(
            f"Lines of the contents pages that name no sheet of the documents: {lines}",
            f"目次のうち、文書のどのシートの事業名とも一致しない行：{lines}",
        )


def shifted(proof: Proof, words: Wording) -> str:
    """How many pages differ from the contents because of another fault; empty where none does."""
    count = sum(sum(fault.follows for fault in sheet.faults) for sheet in proof.sheets)
    if not count:
        return ""
    return words.say(
        f"{words.count(count, 'sheet')} on another page than the contents say, which follows from"
        " the faults above; see the list of sheets.",
        f"上の脱落・重複・順序違いに伴って頁が目次とずれているシート：{count:,}件"
        "（シート一覧を参照）",
    )


def fault_table(
    proof: Proof, words: Wording, longest: int = _LONGEST, *, with_shifted: bool = True
) -> Table:
    """A row for each fault, in the order of the book. Of texts, ``longest`` characters are
    shown. Faults that follow from another are left out without ``with_shifted``.
    """
    say = words.say
    heads = [
        say("page", "頁"),
        say("project", "事業名"),
        say("department", "所管課・室"),
        say("what", "区分"),
        say("field, year", "箇所"),
        say("in the documents", "文書"),
        say("in the book", "製本用原稿"),
    ]
    rows: list[list[str]] = []
    for sheet in proof.sheets:
        shown = [fault for fault in sheet.faults if with_shifted or not fault.follows]
        for kind, of_kind in groupby(shown, lambda fault: fault.kind):
            faults = list(of_kind)
            alike = kind == "unknown" or (kind == "hashes" and not any(f.field for f in faults))
            if alike and len(faults) > 1:
                rows.append(_together(sheet, faults, words))
            else:
                rows += (_row(sheet, fault, words, longest) for fault in faults)
    return heads, rows, "rllllll"


def _together(sheet: ProofSheet, faults: Sequence[Fault], words: Wording) -> list[str]:
    """One row for all spots of a sheet that could not be compared, or print no figure."""
    first = faults[0]
    after = None if first.kind == "unknown" else first.after
    row = _row(sheet, first.model_copy(update={"before": None, "after": after}), words, _SHORT)
    names = [
        " ".join([words.field(fault.field, sheet.document), words.year(fault.year or "")]).strip()
        for fault in faults
        if fault.field
    ]
    count = words.count(len(faults), "spot", "か所")
    listed = words.say("; ", "／").join(names)
    row[_SPOT] = words.labelled(count, listed) if listed else count
    return row


def _row(sheet: ProofSheet, fault: Fault, words: Wording, longest: int) -> list[str]:
    before, after = _sides(sheet, fault, words, longest)
    if fault.kind == "difference":
        before, after = _from_difference(before, after, longest)
    kind = _KINDS[fault.kind].of(words.lang)
    if fault.follows:
        kind += words.say(f" ({_FOLLOWS.en})", f"（{_FOLLOWS.ja}）")
    return [
        page_of(sheet, words),
        _name(sheet, words),
        plain(sheet.department),
        kind,
        _spot(fault, words, sheet),
        cut(before, longest),
        cut(after, longest),
    ]


def _from_difference(before: str, after: str, longest: int) -> tuple[str, str]:
    """Two texts; those whose first difference would not be shown begin shortly before it."""
    texts = plain(before), plain(after)
    letters = [
        [(at, squeezed(letter)) for at, letter in enumerate(text) if not letter.isspace()]
        for text in texts
    ]
    same = takewhile(lambda pair: pair[0][1] == pair[1][1], zip(*letters, strict=False))
    alike = sum(1 for _ in same)
    parts: list[str] = []
    for text, of_text in zip(texts, letters, strict=True):
        at = of_text[alike][0] if alike < len(of_text) else len(text)
        parts.append(text if at < longest - _LEAD else f"…{text[max(at - _LEAD, 0) :]}")
    if max(map(len, parts)) < max(map(len, texts)):
        return parts[0], parts[1]
    return before, after


def _sides(sheet: ProofSheet, fault: Fault, words: Wording, longest: int) -> tuple[str, str]:
    """What the documents say and what the book does."""
    say = words.say
    match fault.kind:
        case "missing":
            return words.document(sheet.document), say("none", "なし")
        case "extra":
            return say("none", "なし"), page_of(sheet, words, whole=True)
        case "twice":
            pages = [sheet.pdf_page or 0, *sheet.copies]
            listed = words.listed([str(page) for page in sorted(pages)])
            return "", say(f"pages {listed} of the file", f"PDF {listed}ページ")
        case "order" | "page":
            right = say(
                f"page {sheet.contents_page} by the contents", f"目次では{sheet.contents_page}頁"
            )
            return right, page_of(sheet, words, whole=True)
        case "unlisted":
            return "", page_of(sheet, words, whole=True)
        case "cut":
            return _lost(fault, words, longest), _said(fault.after, words)
        case "difference" | "hashes" | "unknown":
            return _said(fault.before, words), _said(fault.after, words)


def _lost(fault: Fault, words: Wording, longest: int) -> str:
    """The parts that a cell cut off, each with its beginning and end where it is long."""
    most = max(longest // (2 * len(fault.lost)), 20)
    parts: list[str] = []
    for part in map(plain, fault.lost):
        if len(part) <= most:
            parts.append(part)
            continue
        count = words.say(f"({len(part):,} characters)", f"（{len(part):,}字）")
        parts.append(f"{part[: most // 2]}…{part[-most // 2 :]}{count}")
    quoted = [words.say(f'"{part}"', f"「{part}」") for part in parts]
    return words.labelled(words.say("not printed", "印刷されない部分"), words.listed(quoted))


def _said(content: Content | None, words: Wording) -> str:
    if content is None:
        return ""
    if content.state == "unread":
        return words.say("(could not be read)", "（読み取れず）")
    if content.state == "blank":
        return words.say("(blank)", "（空欄）")
    return words.with_unit(content.shown(), content.unit) if content.unit else content.shown()


def _spot(fault: Fault, words: Wording, sheet: ProofSheet) -> str:
    place = fault.before.place if fault.before is not None else None
    parts = [words.field(fault.field, sheet.document) if fault.field else ""]
    parts += [words.year(fault.year) if fault.year else "", words.place(place)]
    return words.listed([part for part in parts if part])


def _name(sheet: ProofSheet, words: Wording) -> str:
    stages = "".join(f"〈{plain(stage)}〉" for stage in sheet.stages)
    kpi = words.say("KPI ", "KPI ") if sheet.kind == "kpi" else ""
    return f"{kpi}{plain(sheet.name)}{stages}"


def page_of(sheet: ProofSheet, words: Wording, *, whole: bool = False) -> str:
    """A sheet's page: the number that is printed there, else that of the file."""
    if sheet.page is not None:
        return words.say(f"page {sheet.page}", f"{sheet.page}頁") if whole else str(sheet.page)
    if sheet.pdf_page is None:
        return ""
    return words.say(f"PDF page {sheet.pdf_page}", f"PDF {sheet.pdf_page}ページ")


def sheet_table(proof: Proof, words: Wording) -> Table:
    """A row for each sheet: its pages and its state."""
    say = words.say
    heads = [
        say("page", "頁"),
        say("PDF page", "PDFのページ"),
        say("by the contents", "目次の頁"),
        say("project", "事業名"),
        say("department", "所管課・室"),
        say("state", "結果"),
        say("faults", "件数"),
    ]
    rows = [
        [
            _number(sheet.page),
            _number(sheet.pdf_page),
            _number(sheet.contents_page),
            _name(sheet, words),
            plain(sheet.department),
            _STATES[sheet.state].of(words.lang),
            str(sum(sheet.count(kind) for kind in FAULTS) or ""),
        ]
        for sheet in proof.sheets
    ]
    return heads, rows, "rrrlllr"


def _number(page: int | None) -> str:
    return "" if page is None else str(page)
