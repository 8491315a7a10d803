"""The words that every report shares, in both languages: outcomes, fields, years, places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from auditor.records.fields import OTHER_BOOKS, PREFIXES, SCOPES, UNKNOWN_UNIT, OtherBook
from auditor.records.fiscal import day_in_words, fiscal_year_in_words, wide_digits, year_in_era
from auditor.records.languages import Lang
from auditor.reports.layout import plain

# Records are named in types only: `auditor explain` must not wait for their models.
if TYPE_CHECKING:
    from datetime import date, datetime

    from auditor.auditing.page_list import SheetPages
    from auditor.comparison.contents import Content
    from auditor.forms.model import Form
    from auditor.records.figures import Figure, Place
    from auditor.records.text import Text
    from auditor.rules.findings import Finding, SheetReference
    from auditor.rules.rows import Cell
    from auditor.rules.suspects import SuspectCell

__all__ = ["YEARS", "Wording"]

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # severities and outcomes
    "error": ("error", "要訂正"),
    "warning": ("warning", "要確認"),
    "note": ("note", "参考"),
    "question": ("may be asked", "想定質問"),
    "pass": ("pass", "一致"),
    "may": ("may pass", "一致（端数処理の範囲内）"),
    "fail": ("fail", "不一致"),
    "unknown": ("unknown", "判定不能"),
    "not_applicable": ("not applicable", "対象外"),
    "crashed": ("crashed", "規則の異常"),
    # what became of a cause since an earlier round
    "resolved": ("resolved", "解消"),
    "still_wrong": ("corrected, still does not agree", "訂正後も不一致"),
    "open": ("open", "未対応"),
    "added": ("new", "新規"),
    "not_audited": ("not in this round", "今回は対象外"),
    # achievement
    "achieved": ("achieved", "達成"),
    "missed": ("missed", "未達成"),
    "not_due": ("not due", "期限前"),
    "higher": ("higher is better", "大きいほど良い"),
    "lower": ("lower is better", "小さいほど良い"),
    "declared": ("declared", "文書に記載"),
    "inferred": ("inferred from its name", "名称から推定"),
    "assumed": ("assumed", "仮定"),
    "up": ("up", "増加"),
    "down": ("down", "減少"),
    "by_declaration": ("declared", "記載"),
    "by_name": ("inferred", "推定"),
    "by_default": ("assumed", "仮定"),
    # what a formula computes, and what a case describes
    "agreed": ("the value the book agrees on", "冊子全体で一致している値"),
    "book": ("other records of the book", "同じ冊子のほかの記録"),
    "sums": ("sums of the form", "様式の合計の扱い"),
    # what the words of an evaluation mean, and how a target is meant
    "expand": ("expand", "拡充"),
    "continue": ("continue", "継続"),
    "improve": ("improve", "改善"),
    "reduce": ("reduce", "縮小"),
    "merge": ("merge", "統合"),
    "suspend": ("suspend", "休止"),
    "end": ("end", "終了"),
    "complete": ("complete", "完了"),
    "abolish": ("abolish", "廃止"),
    "inclusive": ("inclusive", "含む"),
    "exclusive": ("exclusive", "含まない"),
    # what a form states under a name
    "group.amounts": ("the amounts of the column", "年度の列の数値"),
    "group.parts": ("the parts of the total", "総額の内訳"),
    "group.not_negative": (
        "the figures that cannot be negative",
        "マイナスになるはずのない項目",
    ),
    "param.jump_factor": ("the form's factor", "様式が定める倍率"),
    "param.sum_leeway": (
        "the leeway of sums whose rounding is not stated",
        "端数処理の定めがない合計に認める差",
    ),
    "param.staff_unit_cost": ("the form's unit cost", "様式が定める職員一人あたりの単価"),
    "table.evaluation_changes": ("the banned changes", "様式が認めていない変更"),
    "call.abs": ("abs", "絶対値"),
    "call.count": ("count", "記入数"),
    "call.min": ("min", "最小値"),
    "call.max": ("max", "最大値"),
    # funding sources
    "grants": ("national and prefectural grants", "国道支出金"),
    "national_grants": ("national grants", "国庫支出金"),
    "prefectural_grants": ("prefectural grants", "都道府県支出金"),
    "local_bonds": ("local bonds", "地方債"),
    "fees": ("fees", "使用料・手数料"),
    "other_specific": ("other specific revenue", "その他特定財源"),
    "general_revenue": ("general revenue", "一般財源"),
    # kinds of columns, states of projects, what placed a figure
    "settled": ("settled", "決算額"),
    "expected": ("expected", "決算見込額"),
    "budgeted": ("budgeted", "予算額"),
    "requested": ("requested", "要求額"),
    "figures.expected": ("expected", "決算見込額"),
    "figures.settled": ("final", "確定額"),
    "continuing": ("continuing", "継続"),
    "new": ("new", "新規"),
    "single_year": ("single year", "単年度"),
    "not_evaluated": ("not evaluated", "評価なし"),
    "figure": ("the figure", "項目の値"),
    "row": ("row", "明細行"),
    "total": ("total", "合計行"),
    "passed_over": ("no sheet on it, not audited", "シートなし（対象外）"),
    "left_out": ("left out", "対象から除外"),
    "arithmetic": ("arithmetic", "計算"),
    "usual_place": ("the form's usual place", "様式の通常の位置"),
    # what claims are, and what they say
    "claims.share": ("share", "割合"),
    "claims.sum": ("sum", "合計"),
    "claims.indicator": ("figure of the table of indicators", "指標の実績値"),
    "claims.cumulative": ("cumulative number", "延べ数と実数"),
    "claims.remainder": ("remainder", "残り"),
    "claims.change": ("change", "増減"),
    "claims.product": ("product", "掛け算"),
    "claims.count": ("count", "件数"),
    "claims.date": ("date", "日付"),
    "claims.period": ("period", "期間"),
    "claims.year_pair": ("western beside Japanese year", "西暦と和暦"),
    "claims.fiscal_year": ("fiscal year", "年度"),
    "claims.table": ("figure of the table", "表の数値"),
    "claims.repeated": ("figure of another place", "別の箇所の数値"),
    "claims.target": ("target and actual", "目標と実績"),
    "claims.rise": ("rise", "増加"),
    "claims.reached": ("met", "達成"),
    "claims.fall": ("fall", "減少"),
    "claims.same": ("no change", "増減なし"),
    "claims.at_least": ("at least", "以上"),
    "claims.at_most": ("at most", "以下"),
    "claims.more": ("more than", "超"),
    "claims.less": ("less than", "未満"),
    "claims.sentence": ("one sentence", "一つの文"),
    "claims.list": ("one list", "一つの箇条書き"),
    "claims.sheet": ("several places of the sheet", "シートの複数の箇所"),
    # what a rule is judged on
    **{f"each.{each}": (scope.en, scope.ja) for each, scope in SCOPES.items()},
    "each.reading": ("while reading", "読み取り時"),
    "each.figure": ("each figure that adds up", "合計できる項目ごと"),
}


def _labels() -> dict[str, tuple[str, str]]:
    """What a finding calls fields and links; those of an evaluation behind ``evaluations.`` too,
    those of a claim only behind ``claims.``: forms may call their figures so.
    """
    labels: dict[str, tuple[str, str]] = {}
    # Where two records have a name in common, the evaluation's own label needs the prefix.
    for scope in sorted(SCOPES.values(), key=lambda scope: scope.name == "evaluation"):
        texts = {link.name: (link.en, link.ja) for link in scope.links}
        texts |= {
            item.name: (item.en, item.ja)
            for item in scope.fields
            if item.ja and item.kind not in ("rows", "place", "places")
        }
        for name, label in texts.items():
            if not all(label):
                continue
            if scope.name != "claim":
                labels.setdefault(name, label)
            if scope.name in PREFIXES:
                labels[PREFIXES[scope.name] + name] = label
    return labels


_LABELS: Final[Mapping[str, tuple[str, str]]] = _labels()
_CODED: Final = (
    "direction",
    "direction_source",
    "declared_achieved",
    "status",
    "evaluations.meaning",
)
YEARS: Final = ("fiscal_year", "year", "due_year")
"""The fields that hold a year, as a number."""
_UNITS: Final[Mapping[str, str]] = {
    "円": "yen",
    "千円": "thousand yen",
    "万円": "ten thousand yen",
    "百万円": "million yen",
    "億円": "hundred million yen",
    "人": "persons",
}
_UNIT: Final = re.compile(rf"([0-9]) ?({'|'.join(sorted(_UNITS, key=len, reverse=True))})")
"""A figure's unit in an equation."""
_LONGEST_TEXT: Final = 60
"""How many characters of a document's text stand beside the name of its field."""
_DOCUMENTS: Final = 3
"""How many documents of a book are named; more are counted."""


_PLURALS: Final = (
    (re.compile("([^aeiou])y$"), r"\1ies"),
    (re.compile("(s|x|z|ch|sh)$"), r"\1es"),
)
"""English nouns whose plural takes more than an s: entry, tax, branch."""
_COUNTED: Final[Mapping[str, str]] = {"シート": "シート{}枚", "行": "{}行"}
"""Japanese nouns that are counted in another way than 補助事業３件."""

_QUOTED: Final = re.compile(r"(「[^」]*」)")
_CALL: Final = re.compile(r"\b(abs|count|min|max)\(")
_BRACKETS: Final = str.maketrans("()", "（）")
_SIGNS: Final[Mapping[str, str]] = {
    "−（": "△（",
    " + ": " ＋ ",
    " − ": " － ",
    " = ": " ＝ ",
    " < ": " ＜ ",
    " > ": " ＞ ",
    " ≤ ": " ≦ ",
    " ≥ ": " ≧ ",
    " · ": "、",
    ", ": "、",
}
"""Signs of equations, and what Japanese print has for them."""
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""English names, whatever the locale is."""
_EVIDENCE: Final = {
    "declared": "by_declaration",
    "inferred": "by_name",
    "assumed": "by_default",
}
"""How a KPI's direction is known, in the short words beside it."""


class Wording:
    """The words of one language. ``forms`` give the labels of the figures; documents name their
    form. ``names`` has what documents are called, where that is not their path; ``pages`` those
    of the printed book.
    """

    form_of: Mapping[str, str]
    forms: Mapping[str, Form]
    names: Mapping[str, str]
    pages: SheetPages

    def __init__(
        self,
        lang: Lang,
        forms: Mapping[str, Form] | None = None,
        form_of: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        pages: SheetPages | None = None,
    ) -> None:
        self.lang, self.forms, self.form_of = lang, forms or {}, form_of or {}
        self.names, self.pages = names or {}, pages or {}

    def say(self, en: str, ja: str) -> str:
        """The text of the language."""
        return ja if self.lang == "ja" else en

    def word(self, key: str) -> str:
        """The word for a value of the records; an unknown one as it is."""
        pair = _WORDS.get(key)
        return self.say(*pair) if pair else plain(key)

    def meant(self, forms: Iterable[str]) -> str:
        """The forms and domains that a rule is for, in words."""
        pairs = {
            "*": ("every form", "すべての様式"),
            "result-sheets": ("result sheets", "成果シート"),
            "budget-books": ("budget books", "予算書"),
        }
        names = [self.say(*pairs[name]) if name in pairs else plain(name) for name in forms]
        return self.listed(names)

    def judged_on(self, each: str, forms: Iterable[str]) -> str:
        """What a rule judges; the rows of tables by what their forms call them."""
        named = [self.forms.get(name) for name in forms]
        tables = [form for form in named if form is not None and form.table is not None]
        if len(tables) < len(named) or any(f.table and f.table.rows != each for f in tables):
            return self.word(f"each.{each}")
        name = self.row_name(form.name for form in tables)
        return self.say(f"each {name}", f"{name}ごと")

    def formula(self, formula: str, each: str, forms: Sequence[str] = ()) -> str:
        """A formula in words, as the rows of ``each`` see it; the labels are those of the form that
        it is for, where it is for one alone.
        """
        from auditor.formula.in_words import Vocabulary, in_words

        def named(kind: str, name: str) -> str:
            pair = _WORDS.get(f"{kind}.{name}")
            return self.say(*pair) if pair else self.say(f'"{name}"', f"「{name}」")

        def labelled(name: str) -> str:
            return self.field(name, form=forms[0] if len(forms) == 1 else None)

        vocabulary = Vocabulary(self.lang == "ja", labelled, self.word, named)
        return plain(in_words(formula, each, vocabulary))

    def listed(self, parts: list[str]) -> str:
        return self.say(", ", "、").join(parts)

    def count(self, number: int, noun: str, ja: str = "件", nouns: str = "") -> str:
        """``3 findings`` or ``3件``; ``nouns`` is the plural where it takes more than an s."""
        en = noun if number == 1 else nouns or f"{noun}s"
        return self.say(f"{number:,} {en}", f"{number:,}{ja}")

    def row_words(self, forms: Iterable[str]) -> list[Text]:
        """What the records of some forms, by name, are called; sheets where none is known."""
        from auditor.forms.model import SHEET  # only reports on records speak of them

        words = [form.row_word for name in forms if (form := self.forms.get(name)) is not None]
        return list(dict.fromkeys(words)) or [SHEET]

    def rows_name(self, forms: Iterable[str]) -> str:
        """The records of some forms in the plural, as a heading has them: sheets, grants."""
        words = self.row_words(forms)
        return self.say(
            " and ".join(_plural(word.en) for word in words), "・".join(word.ja for word in words)
        )

    def row_name(self, forms: Iterable[str]) -> str:
        """A record of some forms in the singular, as a heading has it."""
        words = self.row_words(forms)
        return self.say(
            " or ".join(word.en for word in words), "・".join(word.ja for word in words)
        )

    def row_count(self, number: int, forms: Iterable[str]) -> str:
        """How many records of some forms there are: 3 sheets, シート3枚."""
        forms = list(forms)
        english = self.row_name(forms) if number == 1 else self.rows_name(forms)
        name = self.rows_name(forms)
        pattern = _COUNTED.get(name, f"{name}{{}}件") if self.lang == "ja" else f"{{}} {english}"
        return pattern.format(f"{number:,}")

    def owner_head(self) -> str:
        """The head of the column that names records by their number and project."""
        name = self.row_name(self.form_of.values())
        return self.say(f"{name}, project", f"{name}・事業名")

    def owners_name(self, forms: Iterable[str]) -> str:
        """What findings are on, as a heading has it: sheets and KPIs, or the records of tables."""
        forms = list(forms)
        return (
            self.rows_name(forms)
            if self._has_tables(forms)
            else self.say("sheets, KPIs", "シート・指標")
        )

    def owner_count(self, number: int, forms: Iterable[str]) -> str:
        """How many sheets and KPIs, or records of tables, findings are on."""
        forms = list(forms)
        if self._has_tables(forms):
            return self.row_count(number, forms)
        english = self.count(number, "sheet or KPI", nouns="sheets and KPIs")
        return self.say(english, f"シート等{number:,}件")

    def _has_tables(self, forms: Iterable[str]) -> bool:
        """Whether one of some forms describes a table, which has no KPIs."""
        here = (self.forms.get(name) for name in forms)
        return any(form is not None and form.table is not None for form in here)

    def labelled(self, name: str, value: str) -> str:
        return self.say(f"{name}: {value}", f"{name}：{value}")

    def field(self, name: str, document: str | None = None, form: str | None = None) -> str:
        """A figure's name: in Japanese the label that its form prints, in English too where only
        its form has it.
        """
        of = self.forms.get(form or self.form_of.get(document or "", ""))
        definition = of.fields.get(name) if of else None
        if of is not None and of.table is not None and of.labels.get(name):
            return plain(of.labels[name][0])
        speaks = of is not None and (self.lang == "ja" or of.table is not None)
        if definition and definition.label and (speaks or definition.each):
            return plain(definition.label[0])
        last = name.rpartition(".")[2]
        for key in (name, last):
            label = _LABELS.get(key) or _WORDS.get(key)
            if label is not None:
                return self.say(*label)
        return plain(last.replace("_", " ") if self.lang == "en" else last)

    def unit(self, unit: str) -> str:
        """The word for a unit; nothing for one that nobody knows."""
        if unit == UNKNOWN_UNIT:
            return ""
        return _UNITS.get(unit, plain(unit)) if self.lang == "en" else plain(unit)

    def with_unit(self, number: str, unit: str) -> str:
        """``8,300千円``, ``8,300 thousand yen``; a unit that the number prints itself stands once,
        and a dash has none.
        """
        from auditor.formula.prose import prints_unit, with_unit

        if prints_unit(number, unit) or not any(map(str.isdigit, number)):
            return plain(number)
        word = self.unit(unit)
        if self.lang == "ja":
            return with_unit(plain(number), word)
        return plain(number) + (word if word in ("", "%", "％") else f" {word}")

    def equation(self, text: str) -> str:
        """The figures of a finding beside each other, with the language's own signs and units.
        What stands in 「」 is the document's; English has other quotation marks.
        """
        if text.startswith("="):  # a cell's own formula
            return plain(text)
        parts = _QUOTED.split(plain(text))
        change = self._japanese if self.lang == "ja" else self._english
        parts[::2] = map(change, parts[::2])
        if self.lang == "en":
            parts[1::2] = [f'"{quoted[1:-1]}"' for quoted in parts[1::2]]
        return "".join(parts)

    def _japanese(self, equation: str) -> str:
        equation = _CALL.sub(lambda match: self.word(f"call.{match[1]}") + "（", equation)
        equation = equation.translate(_BRACKETS)
        for sign, japanese in _SIGNS.items():
            equation = equation.replace(sign, japanese)
        return equation

    def _english(self, equation: str) -> str:
        return _UNIT.sub(lambda match: f"{match[1]} {self.unit(match[2])}", equation)

    def year(self, key: str | int, kind: str = "") -> str:
        """A column's or fiscal year's name: 令和６年度（予算額） or FY2024 (budgeted)."""
        first, _, rest = str(key).partition("-")
        kind = kind or rest
        if not first.isascii() or not first.isdecimal() or len(first) != 4:
            return plain(str(key))
        year = int(first)
        if self.lang == "en":
            return f"FY{year}" + (f" ({self.word(kind)})" if kind else "")
        return fiscal_year_in_words(year) + (f"（{self.word(kind)}）" if kind else "")

    def date(self, day: date) -> str:
        """A day that the program names: 令和７年８月４日（月） or 4 August 2025 (Mon)."""
        english = f"{day.day} {_MONTHS[day.month - 1]} {day.year} ({_WEEKDAYS[day.weekday()]})"
        return self.say(english, day_in_words(day))

    def moment(self, moment: datetime) -> str:
        """A day and its time of day, in the zone of ``moment``: 令和７年８月４日（月）１５時３０分
        or 4 August 2025 (Mon) 15:30.
        """
        time = self.say(f" {moment:%H:%M}", wide_digits(f"{moment.hour}時{moment.minute:02d}分"))
        return self.date(moment.date()) + time

    def short_year(self, key: str) -> str:
        """A fiscal year for the head of a narrow column: R5, H30, or 2023."""
        year = year_in_era(int(key)) if key.isascii() and key.isdecimal() else None
        if self.lang == "en" or year is None:
            return plain(key)
        return f"{year.era.letter}{year.number}"

    def direction(self, direction: str, source: str) -> str:
        """In which direction a KPI is better, and how that is known."""
        way = self.word({"higher": "up", "lower": "down"}.get(direction, direction))
        evidence = self.word(_EVIDENCE.get(source, source))
        return self.say(f"{way} ({evidence})", f"{way}（{evidence}）")

    def month(self, month: str | None) -> str:
        """A month of the records, ``2024-03``, as R6.3, H30.3 or 2024-03."""
        if not month:
            return ""
        year, _, number = month.partition("-")
        if self.lang == "en" or not year.isdecimal() or not number.isdecimal():
            return plain(month)
        of_era = year_in_era(int(year))
        if of_era is None:
            return plain(month)
        return f"{of_era.era.letter}{of_era.number}.{int(number)}"

    def place(self, place: Place | None) -> str:
        """Where in its document something stands."""
        if place is None:
            return ""
        parts: list[str] = []
        if place.page is not None:
            parts.append(self.say(f"page {place.page}", f"{place.page}ページ"))
        if place.sheet is not None:
            parts.append(
                self.say(f"worksheet {plain(place.sheet)}", f"ワークシート「{plain(place.sheet)}」")
            )
        if place.line is not None:
            parts.append(self.say(f"line {place.line}", f"{place.line}行目"))
        if place.cell is not None:
            cell = plain(place.cell)
            column = cell.isalpha()
            parts.append(
                self.say(
                    f"column {cell}" if column else f"cell {cell}",
                    f"{cell}列" if column else f"セル{cell}",
                )
            )
        return self.listed(parts)

    def sheet(self, number: int, name: str = "", document: str = "", identifier: str = "") -> str:
        """A sheet's number and name, and its page in the printed book. A row of a described table
        or of a list has the number, or what else tells it there, of one of its columns; where none
        has it, its name, else its own number.
        """
        quoted = self.say(f'"{plain(name)}"', f"「{plain(name)}」") if name else ""
        form = self.forms.get(self.form_of.get(document, ""))
        counted = self.row_name([form.name] if form is not None else ())
        if form is not None and form.table is not None and form.labels.get("number"):
            counted = f"{plain(form.labels['number'][0])} {plain(identifier) or number}"
        elif form is not None and form.listed is not None and identifier:
            label = form.labels.get("number")
            counted = f"{plain(label[0]) if label else counted} {plain(identifier)}"
        elif form is None or (form.table or form.listed) is None or not name:
            counted += self.say(f" {number}", str(number))
        elif form.words.row is None:
            counted = ""
        text = self.say(" ", "").join(part for part in (counted, quoted) if part)
        page = self.page(document, number)
        return text + (self.say(f" ({page})", f"（{page}）") if page else "")

    def sheet_of(self, sheet: SheetReference, document: str) -> str:
        """The same of the sheet that a finding is on."""
        return self.sheet(sheet.number, sheet.name, document, sheet.identifier)

    def page(self, document: str, number: int) -> str:
        """The page of a sheet in the printed book: its number, else the page of the PDF; empty
        where that is not known.
        """
        place = self.pages.get((document, number))
        if place is None:
            return ""
        if place.page is not None:
            return self.say(f"p. {place.page}", f"{place.page}頁")
        return self.say(f"PDF p. {place.pdf_page}", f"PDF {place.pdf_page}ページ")

    def kpi(self, number: int, name: str = "") -> str:
        return f"KPI{self.say(' ', '')}{number}" + (
            self.say(f' "{plain(name)}"', f"「{plain(name)}」") if name else ""
        )

    def document(self, path: str) -> str:
        """A document's path; what a whole book is about names its number of documents."""
        if path in self.form_of or ", " not in path:
            return plain(self.names.get(path, path))
        paths = path.split(", ")
        if len(paths) <= _DOCUMENTS:
            return self.listed([plain(self.names.get(name, name)) for name in paths])
        return self.say(f"{len(paths):,} documents", f"{len(paths):,}件の文書")

    def where(self, finding: Finding) -> str:
        """Document, sheet or KPI, department, year and place of a finding."""
        parts = [self.document(finding.document)]
        if finding.sheet:
            parts.append(self.sheet_of(finding.sheet, finding.document))
            parts.append(plain(finding.sheet.department))
        if finding.kpi:
            parts.append(self.kpi(finding.kpi.number, finding.kpi.name))
            parts.append(plain(finding.kpi.project))
            parts.append(plain(finding.kpi.department))
        if finding.year:
            parts.append(self.year(finding.year))
        parts.append(self.place(finding.first_place))
        return self.listed([part for part in parts if part])

    def place_beside(self, place: Place | None, finding: Finding) -> str:
        """Where something stands, without the worksheet that a finding's place names already."""
        first = finding.first_place
        if place is None or first is None or place.sheet != first.sheet or place.cell is None:
            return self.place(place)
        return self.place(place.model_copy(update={"sheet": None}))

    def cell(self, cell: Cell, finding: Finding) -> str:
        """One cell of a finding: its field, what it prints, and where. Of a long text whose
        sentence the finding quotes, there is the name alone.
        """
        name, where = self.cell_name(cell), self.apart(cell, finding)
        if cell.other_book is not None:
            book = self.other_book(cell.other_book)
            name = self.say(f"{name} in {book}", f"{book}の{name}")
        is_quoted = finding.sentence is not None and isinstance(cell.value, str)
        content = "" if is_quoted and len(cell.shown()) > _LONGEST_TEXT else self.content_of(cell)
        return f"{name} {content}".strip() + (
            self.say(f" ({where})", f"（{where}）") if where else ""
        )

    def cell_text(self, cell: Cell, finding: Finding) -> str:
        """The text in which a figure stands, and where that is."""
        name, where = self.field(cell.field, cell.document), self.apart(cell, finding)
        return name + (self.say(f" ({where})", f"（{where}）") if where else "")

    def cell_name(self, cell: Cell) -> str:
        """The field of a cell; a figure of a text has its own name behind that of the text."""
        section = self.field(cell.field, cell.document)
        if not cell.name:
            return section
        return self.say(f"{section}, {self.role(cell)}", f"{section}・{self.role(cell)}")

    def is_reading(self, cell: Cell) -> bool:
        """Whether a cell is what a text was read to say (a rise, at least), and no words of it."""
        return bool(cell.name) and f"{PREFIXES['claim']}{cell.shown()}" in _WORDS

    def role(self, cell: Cell | SuspectCell) -> str:
        """What a figure of a text is to the others: the whole, a part."""
        return self.field(f"{PREFIXES['claim']}{cell.name.partition('.')[0]}")

    def other_book(self, book: OtherBook) -> str:
        """What the books beside the judged one are called."""
        return self.say(*OTHER_BOOKS[book])

    def content_text(self, content: Content | None, field: str) -> str:
        """What a version prints at a spot: numbers with their unit, codes as words."""
        if content is None:
            return self.say("(no such column)", "（欄なし）")
        text = content.shown()
        if not text and content.state == "unread":
            return self.say("(not read)", "（読み取れず）")
        if field in _CODED and text:
            return self.word(text)
        if content.value is not None and content.unit:
            return self.with_unit(text, content.unit)
        return plain(text) or self.say("(blank)", "（空欄）")

    def content_of(self, cell: Cell) -> str:
        """What a cell prints, with its unit; of a long text, the beginning."""
        text = self.word(cell.shown()) if cell.field in _CODED else cell.shown()
        if self.is_reading(cell):
            text = self.word(f"{PREFIXES['claim']}{text}")
        if isinstance(cell.value, str) and len(text) > _LONGEST_TEXT:
            text = text[: _LONGEST_TEXT - 1] + "…"
        if cell.field in YEARS and text:
            text = self.year(text)
        unit = cell.unit if cell.value is not None else ""
        if not text and cell.place is None and cell.sheet is None and cell.kpi is None:
            return self.say("(whole column)", "（列全体）") if cell.field else ""
        return self.with_unit(text, unit) or self.say("(blank)", "（空欄）")

    def apart(self, cell: Cell, finding: Finding) -> str:
        """Where a cell stands, as far as that is not what a finding's own place says."""
        about: list[str] = []
        if cell.document != finding.document:
            about.append(self.document(cell.document))
        if cell.sheet is not None and (finding.sheet is None or finding.sheet.number != cell.sheet):
            about.append(self.sheet(cell.sheet, document=cell.document))
        if cell.kpi is not None and (finding.kpi is None or finding.kpi.number != cell.kpi):
            about.append(self.kpi(cell.kpi))
        if cell.year and cell.year != finding.year:
            about.append(self.year(cell.year))
        about.append(self.place_beside(cell.place, finding))
        return self.listed([part for part in about if part])

    def figure(self, figure: Figure | None) -> str:
        """A figure as printed, for a table: blank cells empty, a figure that the form does not
        have as a slash.
        """
        if figure is None:
            return "／" if self.lang == "ja" else "/"
        return plain(figure.shown())


def _plural(noun: str) -> str:
    """An English noun in the plural."""
    for pattern, ending in _PLURALS:
        if pattern.search(noun):
            return pattern.sub(ending, noun)
    return f"{noun}s"
