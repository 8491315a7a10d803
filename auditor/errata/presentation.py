"""What the list of errata says in words, for every kind of file that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from auditor.errata.columns import UNREAD, cells_of, head_texts, name_of, place_of
from auditor.errata.leaves import leaves
from auditor.errata.marked import Pieces, pieces_of
from auditor.errata.model import SIDES, Alone, Draft, Elsewhere, RecordName, SourceFile
from auditor.records.text import Text
from auditor.reports.findings import form_title, missed
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = ["Part", "PartName", "Presentation", "presentation_of", "without_differences"]

PartName = Literal[
    "pages",
    "errata",
    "missed",
    "uncompared",
    "undecided",
    "otherwise",
    "only_published",
    "only_corrected",
    "elsewhere",
    "files",
]

TITLES: Final[dict[PartName, Text]] = {
    "pages": Text(en="Pages to replace (draft)", ja="差替えページ一覧（案）"),
    "errata": Text(en="Errata (draft)", ja="正誤表（案）"),
    "missed": Text(en="What could not be read", ja="読み取れなかったもの"),
    "uncompared": Text(en="Places not compared", ja="比べられなかった箇所"),
    "undecided": Text(en="Sheets not decided", ja="対応を決められなかったシート等"),
    "otherwise": Text(en="Compared under two names", ja="名称が異なるまま比べたもの"),
    "only_published": Text(en="In the {published} only", ja="{published}だけにあるもの"),
    "only_corrected": Text(en="In the {corrected} only", ja="{corrected}だけにあるもの"),
    "elsewhere": Text(en="The same content elsewhere", ja="ほかの箇所の同じ数値"),
    "files": Text(en="Files compared", ja="比べたファイル"),
}
_CHANGES: Final = Text(en="Changes", ja="変更箇所")
"""The list of errata, where nothing has been published yet."""
_NOTES: Final[dict[PartName, Text]] = {
    "pages": Text(
        en="A leaf has two pages; the reverse of an odd page is the next one, that of an even page "
        "the one before it.",
        ja="奇数頁を表、次の偶数頁を裏として、同じ紙の裏面を示しています。",
    ),
    "uncompared": Text(
        en="One of the versions could not be read here. Nobody knows whether they differ.",
        ja="一方の版を読み取れなかったため、違いがあるか分からない箇所です。"
        "原本で確かめてください。",
    ),
    "undecided": Text(
        en="These may be any of several; they were not compared.",
        ja="対応する候補が複数あるため、比べていません。",
    ),
    "otherwise": Text(
        en="Their names differ; they were taken for the same because of their spelling or figures.",
        ja="名称は異なりますが、名称の表記や数値から同じものとして比べました。確かめてください。",
    ),
    "only_published": Text(
        en="These have no partner, so that the list of errata holds nothing of them.",
        ja="{corrected}に対応するものがないため、正誤の対照には含まれていません。",
    ),
    "only_corrected": Text(
        en="These have no partner, so that the list of errata holds nothing of them.",
        ja="{published}に対応するものがないため、正誤の対照には含まれていません。",
    ),
    "elsewhere": Text(
        en="What the {published} prints stands here as well: in other documents, or in texts of "
        "the {corrected}. Whether it is to be corrected there is for you to see.",
        ja="{published}の（誤の）数値と同じものが、ほかの文書や{corrected}の文章にもあります。"
        "訂正が必要とは限りません。確かめてください。",
    ),
}


Cell: TypeAlias = str | Pieces
"""A text, or a text in pieces."""

Table: TypeAlias = tuple[list[str], list[list[Cell]]]
"""Heads and rows."""


class Part(NamedTuple):
    """One table, with its title and a note; a cell is a text, or pieces of one."""

    name: PartName
    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class Presentation(NamedTuple):
    """The title, what stands over the first table, and the tables in their order."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Part]


def presentation_of(
    draft: Draft,
    words: Wording,
    harmless: Callable[[str], str],
    *,
    before_submission: bool = False,
) -> Presentation:
    """The draft in words. ``harmless`` is what a kind of file makes of a text."""
    maker = _Maker(draft, words, harmless, before_submission)
    return Presentation(_title(draft, words, before_submission), list(maker.lines()), maker.parts())


def _title(draft: Draft, words: Wording, before_submission: bool) -> str:
    name = TITLES["pages" if before_submission else "errata"].of(words.lang)
    about = {(row.of.form, row.of.fiscal_year) for row in draft.rows}
    if len(about) != 1:
        return name
    form, year = about.pop()
    title, of = form_title(form, words), words.year(year)
    return words.say(f"{name}: {title} {of}", f"{of} {title} {name}")


def without_differences(draft: Draft, words: Wording) -> str:
    """The sentence for two versions of which nothing differs."""
    pairs = words.count(draft.pairs, "sheet or KPI", nouns="sheets and KPIs")
    return words.say(
        f"{pairs} compared; the two versions do not differ. Nothing was written.",
        f"{draft.pairs:,}件のシート等を比べました。公表版と訂正版に違いはありません。"
        "ファイルは書き出していません。",
    )


class _Maker(NamedTuple):
    """Makes the parts of a presentation."""

    draft: Draft
    words: Wording
    harmless: Callable[[str], str]
    before_submission: bool

    @property
    def published(self) -> str:
        """What the earlier version is called; before submission nothing is published."""
        if self.before_submission:
            return self.words.say("version printed now", "差替え前の版")
        return self.words.say("published version", "公表版")

    @property
    def corrected(self) -> str:
        """What the later version is called."""
        if self.before_submission:
            return self.words.say("version to be printed", "差替え後の版")
        return self.words.say("corrected version", "訂正版")

    def lines(self) -> Iterator[str]:
        draft, say, words = self.draft, self.words.say, self.words
        places = words.count(len(draft.rows), "place differs", nouns="places differ")
        pairs = words.count(draft.pairs, "sheet or KPI", nouns="sheets and KPIs")
        yield say(
            f"{pairs} compared, {places}.",
            f"{draft.pairs:,}件のシート等を比べ、{len(draft.rows):,}か所に違いがあります。",
        )
        versions = ((self.published, draft.published), (self.corrected, draft.corrected))
        for name, files in versions:
            if files:
                yield words.labelled(name, self._file_or_number(files))
        if draft.only_published or draft.only_corrected or draft.undecided:
            yield say(
                "Some sheets or KPIs have no partner; they are listed apart.",
                "一方の版だけにあるシート等は、別に一覧にしています。",
            )
        if draft.uncompared or draft.not_checked:
            yield say(
                "Not all was read: what is missing is listed, and the list may not be complete.",
                "読み取れなかったものがあるため、この一覧は全部ではないおそれがあります。",
            )
        yield say(
            "Only sheets and KPIs were compared; covers, tables of contents and summaries were "
            "not.",
            "比べたのは成果シートと指標の記載です。表紙、目次、総括表などは比べていません。",
        )
        if not draft.captions:
            yield say(
                "Texts outside the fields of the form (captions of pictures) were not compared: "
                "the two versions are of different kinds of documents.",
                "2つの版の文書の種類が異なるため、様式の欄に属さない記載（写真の説明など）は"
                "比べていません。",
            )
        unread = sum(file.unread for file in (*draft.published, *draft.corrected))
        if unread:
            numbers = words.count(unread, "number that belongs", nouns="numbers that belong")
            yield say(
                f"{numbers} to no known field of a sheet were not compared.",
                f"どの欄のものか分からない数値{unread:,}件は比べていません。",
            )
        yield self._about_pages()
        if any(row.is_part for row in draft.rows):
            yield say(
                "Of long texts the changed sentences are quoted (excerpt).",
                "文章は、変更のある文だけを抜き出しています（抜粋）。",
            )
        yield say(
            "The changed part is underlined. Check every row against the source before use.",
            "下線は変更部分です。使う前に、各行を原本で確かめてください。",
        )

    def _file_or_number(self, files: Sequence[SourceFile]) -> str:
        """The one file with its SHA-256, or how many there are: they are listed at the end."""
        if len(files) == 1:
            (file,) = files
            digest = f" SHA-256 {file.sha256}" if file.sha256 else ""
            return self.harmless(plain(file.name)) + digest
        title = TITLES["files"].of(self.words.lang)
        return self.words.say(
            f'{len(files):,} files (with their SHA-256 under "{title}")',
            f"{len(files):,}件のファイル（SHA-256は「{title}」にあります）",
        )

    def _about_pages(self) -> str:
        say, draft = self.words.say, self.draft
        pages = [row.page for row in draft.rows]
        source = {
            "pdf": say(
                f"Pages are counted from the first page of the PDF of the {self.published}.",
                f"頁は、{self.published}のPDFの先頭から数えた頁です。",
            ),
            "list": say(
                "Pages are those of the list of pages.",
                "頁は、頁一覧によります。",
            ),
        }[draft.pages]
        if all(pages):
            return source
        missing = say(
            f"The {self.published} gives no page for some rows; their page is empty.",
            f"{self.published}から頁が分からない行は、頁を空欄にしています。",
        )
        if any(pages):
            return source + say(" ", "") + missing
        return say(
            f"The {self.published} gives no pages, so the column is empty.",
            f"{self.published}から頁が分からないため、頁は空欄です。",
        )

    def parts(self) -> list[Part]:
        """The tables that have rows; that of the errata comes first."""
        draft, words = self.draft, self.words
        no_table: Table = ([], [])
        tables: dict[PartName, Table] = {
            "pages": self._pages() if self.before_submission else no_table,
            "errata": self._errata(),
            "missed": ([words.say("what and why", "内容")], [[text] for text in self._missed()]),
            "uncompared": self._uncompared(),
            "undecided": self._undecided(),
            "otherwise": self._otherwise(),
            "only_published": self._alone(draft.only_published),
            "only_corrected": self._alone(draft.only_corrected),
            "elsewhere": self._elsewhere(),
            "files": self._files(),
        }
        return [
            self._part(name, heads, rows)
            for name, (heads, rows) in tables.items()
            if rows or name == "errata"
        ]

    def _part(self, name: PartName, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Part:
        title = TITLES[name]
        if name == "errata" and self.before_submission:
            title = _CHANGES
        note = _NOTES.get(name)
        lang, names = self.words.lang, {"published": self.published, "corrected": self.corrected}
        texts = [
            text.of(lang).format(**names) if text is not None else "" for text in (title, note)
        ]
        return Part(name, texts[0], texts[1], heads, rows)

    def _errata(self) -> Table:
        heads = head_texts(self.words, before_submission=self.before_submission)
        lines: list[list[Cell]] = []
        for row in self.draft.rows:
            cells = cells_of(row, self.words, self.harmless)
            wrong, right = pieces_of(row, self.words, self.harmless)
            lines.append(
                [cells.page, cells.project, cells.department, cells.place, wrong, right, cells.key]
            )
        return list(heads.values()), lines

    def _uncompared(self) -> Table:
        words, harmless = self.words, self.harmless
        heads = [
            *list(head_texts(words).values())[:4],
            self.published,
            self.corrected,
        ]
        rows: list[list[Cell]] = []
        for item in self.draft.uncompared:
            cells = cells_of(item.row, words, harmless)
            sides = [
                UNREAD.of(words.lang) if side in item.unread else harmless(shown)
                for side, shown in zip(SIDES, (cells.wrong, cells.right), strict=True)
            ]
            rows.append([cells.page, cells.project, cells.department, cells.place, *sides])
        return heads, rows

    def _pages(self) -> Table:
        say = self.words.say
        heads = [
            say("page", "差替え頁"),
            say("reverse", "裏面の頁"),
            say("on the reverse", "裏面の変更"),
            say("department", "所管課・室"),
            say("department of the reverse", "裏面の所管課・室"),
            say("project", "事業名"),
            say("changes", "変更箇所数"),
        ]
        rows: list[list[Cell]] = []
        for leaf in leaves(self.draft):
            change = say("changes, too", "あり") if leaf.reverse_changes else say("none", "なし")
            rows.append(
                [
                    leaf.page or say("not known", "不明"),
                    leaf.reverse or say("not known", "不明"),
                    change if leaf.reverse else "",
                    self.harmless("\n".join(leaf.departments)),
                    self.harmless("\n".join(leaf.reverse_departments)),
                    self.harmless("\n".join(leaf.projects)),
                    f"{leaf.changes:,}",
                ]
            )
        return heads, rows

    def _missed(self) -> list[str]:
        return [self.harmless(missed(reason, self.words)) for reason in self.draft.not_checked]

    def _record(self, name: RecordName) -> str:
        words = self.words
        text = name_of(name)
        if name.indicator:
            text += words.say(f' "{name.indicator}"', f"「{name.indicator}」")
        return self.harmless(text)

    def _named(self, name: RecordName) -> str:
        """A record with its department, where that may be what differs."""
        return self.harmless(f"{self._record(name)}\n{name.department}".rstrip())

    def _undecided(self) -> Table:
        say = self.words.say
        heads = [
            self.corrected,
            say(f"may be, in the {self.published}", f"{self.published}の候補"),
        ]
        rows: list[list[Cell]] = []
        for item in self.draft.undecided:
            candidates = "\n".join(map(self._named, item.candidates))
            rows.append([self._named(item.of), candidates])
        return heads, rows

    def _otherwise(self) -> Table:
        heads = [self.published, self.corrected]
        pairs = self.draft.paired_otherwise
        return heads, [
            [self._record(pair.published), self._record(pair.corrected)] for pair in pairs
        ]

    def _alone(self, records: Iterable[Alone]) -> Table:
        say = self.words.say
        heads = [say("page", "頁"), say("project", "事業名"), say("department", "所管課・室")]
        return heads, [
            [item.page, self._record(item.of), self.harmless(item.department)] for item in records
        ]

    def _elsewhere(self) -> Table:
        say = self.words.say
        heads = [
            self.words.say(f"in the {self.published}", f"{self.published}の箇所"),
            say("document", "文書"),
            say("project", "事業名"),
            say("field and year", "箇所（欄・年度）"),
            say("place", "場所"),
            say("printed", "記載"),
        ]
        return heads, [self._other_place(item) for item in self.draft.elsewhere]

    def _other_place(self, item: Elsewhere) -> list[Cell]:
        words, harmless = self.words, self.harmless
        place = words.field(item.field, form=item.form)
        if item.year is not None:
            place += "\n" + words.year(item.year, item.kind)
        printed = words.say(f"… {item.text} …", f"…{item.text}…") if item.text else item.content
        project = item.project + (f"\n{item.indicator}" if item.indicator else "")
        row = self.draft.rows[item.row - 1]
        cited = place_of(row, words)
        if row.page:
            cited = words.say(f"page {row.page}", f"{row.page}頁") + "\n" + cited
        return [
            harmless(cited),
            harmless(plain(item.document)),
            harmless(project),
            harmless(place),
            words.place(item.place),
            harmless(printed),
        ]

    def _files(self) -> Table:
        say, draft = self.words.say, self.draft
        heads = [say("version", "区分"), say("file", "ファイル"), "SHA-256"]
        groups = (
            (self.published, draft.published),
            (self.corrected, draft.corrected),
            (say("other", "ほかの文書"), draft.others),
        )
        rows: list[list[Cell]] = []
        for name, files in groups:
            for file in files:
                rows.append([name, self.harmless(plain(file.name)), file.sha256 or ""])
        return heads, rows
