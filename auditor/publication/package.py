"""What the parts of a workbook's package give away (.xlsx, .xlsm), its cells apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from auditor.files.ooxml import Package, PackageError, Relationship, part_name, rels_of
from auditor.publication.disclosures import Code, Ledger
from auditor.publication.elements import Element, elements_of, scan_texts
from auditor.publication.labels import (
    AUTHOR,
    CATEGORY,
    COMMENT,
    COMMENTS,
    COMPANY,
    CUSTOM,
    EMBEDDED,
    HIDDEN_NAME,
    KEYWORDS,
    LAST_MODIFIED_BY,
    LINK,
    MACRO,
    MANAGER,
    PIVOT,
    REVISIONS,
    SUBJECT,
    TITLE,
    is_web,
    signed,
)
from auditor.records.addresses import Area, parse_area
from auditor.records.figures import Place
from auditor.records.text import Text, Why

__all__ = ["look_at_package", "look_at_sheet_parts", "table_areas"]

_PROPERTIES: Final[Mapping[str, Text]] = {
    "creator": AUTHOR,
    "lastModifiedBy": LAST_MODIFIED_BY,
    "Company": COMPANY,
    "Manager": MANAGER,
}
"""The properties that name people and offices."""
_OTHER_PROPERTIES: Final[Mapping[str, Text]] = {
    "title": TITLE,
    "subject": SUBJECT,
    "keywords": KEYWORDS,
    "description": COMMENTS,
    "category": CATEGORY,
    "contentStatus": Text(en="status", ja="内容の状態"),
    "HyperlinkBase": Text(en="base of hyperlinks", ja="ハイパーリンクの基点"),
}
_RESERVED_BY: Final = Text(en="write-reserved by", ja="書き込みを制限した人")
_VIEW: Final = Text(en="personal view", ja="個人用ビュー")
_COMMENTER: Final = Text(en="person who takes part in comments", ja="コメントの参加者")
_PATH: Final = Text(en="folder where it was last saved", ja="最後に保存したフォルダー")
_OTHER_SHEET: Final = Text(en="hidden sheet (a chart, say)", ja="非表示のグラフシートなど")
_OTHER_FILE: Final = Text(
    en="name that points to another file", ja="ほかのファイルを指す名前の定義"
)
_REVISION: Final = Text(en="tracked changes of", ja="変更履歴（変更した人）")
_CONNECTION: Final = Text(en="connection to data", ja="外部データへの接続")
_CONTROL: Final = Text(en="control or add-in", ja="コントロール・アドイン")
_VALUES: Final = Text(en="values kept of another workbook", ja="リンク先のブックから保存された値")
_MODEL: Final = Text(en="data model", ja="データモデル")
_CUSTOM_XML: Final = Text(en="custom XML data", ja="カスタム XML データ")
_HIDDEN_SHAPE: Final = Text(en="hidden shape", ja="非表示の図形")
_BUILT_IN: Final = ("_xlnm.", "_xlfn.", "_xlchart.", "_xlpm.", "_xleta.", "_xlws.")
"""Beginnings of names that Excel hides for its own use."""
_POINTS_OUTSIDE: Final = re.compile(r"\[[^\]]+\]|\\\\|[A-Za-z]:\\|file:", re.IGNORECASE)
_WITHOUT_WORDS: Final = re.compile(
    r"xl/(?:styles|sharedstrings|calcchain)\.xml|xl/theme/.*|\[content_types\]\.xml", re.IGNORECASE
)
"""Parts that hold no words, and the texts of cells, which are looked at with their cells."""
_IS_XML: Final = re.compile(r".*\.(?:xml|rels|vml)", re.IGNORECASE)


def look_at_package(package: Package, ledger: Ledger) -> None:
    """Take up what the parts of a workbook give away that belong to no worksheet."""
    for kind, look in _ROOT_PARTS.items():
        _each(package, "", kind, look, ledger)
    _attempt(package.main, partial(_look_at_workbook, package, ledger), ledger)
    for kind, look in _WORKBOOK_PARTS.items():
        _each(package, package.main, kind, look, ledger)
    _look_by_name(package, ledger)
    for entry in package.entries.values():
        name = part_name(entry.filename)
        is_new = name.casefold() not in ledger.parts and not _WITHOUT_WORDS.fullmatch(name)
        if is_new and _IS_XML.fullmatch(name):
            _attempt(name, partial(_scan, package, name, None, ledger), ledger)


Look = Callable[[Package, str, Ledger], None]
"""Looks at one part of a package, by its name."""


def _each(package: Package, of: str, kind: str, look: Look, ledger: Ledger) -> None:
    """Look at the parts that a part points to by a kind of relationship."""

    def relations() -> None:
        for part in package.related(of, kind):
            _attempt(part, partial(look, package, part, ledger), ledger)

    _attempt(of, relations, ledger)


def _attempt(part: str, look: Callable[[], None], ledger: Ledger) -> None:
    """Look at a part; one that is damaged is reported, and the others are looked at all the
    same.
    """
    try:
        look()
    except PackageError as fault:
        why = fault.message
        ledger.miss(
            Why(
                code=why.code,
                en=f"a part of it was not looked at ({part}): {why.en}",
                ja=f"一部（{part}）を確認できませんでした：{why.ja}",
            )
        )


def _scan(package: Package, part: str, place: Place | None, ledger: Ledger) -> None:
    """Scan the texts of a part, once."""
    ledger.parts.add(part.casefold())
    scan_texts(package.chunks(part), part, lambda text: ledger.scan(text, place))


# — what belongs to the whole workbook —


def _core(package: Package, part: str, ledger: Ledger) -> None:
    for element in elements_of(package.chunks(part), part, {*_PROPERTIES, *_OTHER_PROPERTIES}):
        if not element.text:
            continue
        if label := _PROPERTIES.get(element.tag):
            ledger.add("PUB006", label, element.text)
        else:
            ledger.add("PUB007", _OTHER_PROPERTIES[element.tag], element.text)
    _scan(package, part, None, ledger)


def _custom(package: Package, part: str, ledger: Ledger) -> None:
    for element in elements_of(package.chunks(part), part, {"property"}):
        name = element.attributes.get("name", "")
        ledger.add("PUB007", CUSTOM, f"{name}：{element.text}".rstrip("："))
    _scan(package, part, None, ledger)


_OF_WORKBOOK: Final = ("sheet", "fileSharing", "customWorkbookView", "absPath", "definedName")


def _look_at_workbook(package: Package, ledger: Ledger) -> None:
    ledger.parts.add(package.main.casefold())
    for element in elements_of(package.chunks(package.main), package.main, _OF_WORKBOOK):
        attributes = element.attributes
        match element.tag:
            case "sheet" if attributes.get("state", "visible") != "visible":
                rel = package.relationships(package.main).get(attributes.get("id", ""))
                if rel is None or rel.kind != "worksheet":  # those are looked at with their cells
                    ledger.add("PUB001", _OTHER_SHEET, attributes.get("name", ""))
            case "fileSharing" if attributes.get("userName"):
                ledger.add("PUB006", _RESERVED_BY, attributes["userName"])
            case "customWorkbookView":
                ledger.add("PUB006", _VIEW, attributes.get("name", ""))
            case "absPath":
                ledger.add("PUB011", _PATH, attributes.get("url", ""))
                ledger.scan(attributes.get("url", ""))
            case "definedName":
                _look_at_name(element, ledger)
            case _:
                pass


def _look_at_name(element: Element, ledger: Ledger) -> None:
    name, points_to = element.attributes.get("name", ""), element.text
    quote = f"{name}：{points_to}"
    if _POINTS_OUTSIDE.search(points_to):
        ledger.add("PUB010", _OTHER_FILE, quote)
    elif element.attributes.get("hidden") in ("1", "true") and not name.startswith(_BUILT_IN):
        ledger.add("PUB010", HIDDEN_NAME, quote)
    ledger.scan(points_to)
    ledger.scan(element.attributes.get("comment", ""))


def _external_link(package: Package, part: str, ledger: Ledger) -> None:
    targets = [rel.target for rel in package.relationships(part).values() if rel.external]
    for target in dict.fromkeys(targets) or [""]:
        ledger.add("PUB005", LINK, target)
    values = len(elements_of(package.chunks(part), part, {"v"}))
    if values:
        ledger.add("PUB014", _VALUES, f"{values:,}")


def _connections(package: Package, part: str, ledger: Ledger) -> None:
    for element in elements_of(package.chunks(part), part, {"connection"}):
        source = element.attributes.get("sourceFile") or element.attributes.get("odcFile")
        ledger.add("PUB005", _CONNECTION, source or element.attributes.get("name", ""))


def _persons(package: Package, part: str, ledger: Ledger) -> None:
    for element in elements_of(package.chunks(part), part, {"person"}):
        ledger.add("PUB006", _COMMENTER, element.attributes.get("displayName", ""))


def _revisions(package: Package, part: str, ledger: Ledger) -> None:
    headers = elements_of(package.chunks(part), part, {"header"})
    names = [header.attributes.get("userName", "") for header in headers]
    for name in names:
        ledger.add("PUB004", _REVISION, name)
    if not names:
        ledger.add("PUB004", REVISIONS)


def _pivot_cache(package: Package, part: str, ledger: Ledger) -> None:
    sources = elements_of(package.chunks(part), part, {"worksheetSource"})
    names = (source.attributes for source in sources)
    source = next((name.get("sheet") or name.get("name", "") for name in names), "")
    has_records = any(
        rel.kind == "pivotCacheRecords" for rel in package.relationships(part).values()
    )
    if has_records:
        ledger.add("PUB014", PIVOT, source)


def _named(rule: Code, label: Text) -> Look:
    """Takes up that a part is there, by its name."""
    return lambda _, part, ledger: ledger.add(rule, label, part)


def _look_by_name(package: Package, ledger: Ledger) -> None:
    """Take up the parts whose folder says what they are, whatever points to them."""
    for entry in package.entries.values():
        name = part_name(entry.filename)
        folder = name.casefold().rpartition("/")[0]
        if name.endswith("/") or "/_rels" in folder:
            continue
        if folder.startswith("xl/embeddings"):
            ledger.add("PUB008", EMBEDDED, name)
        elif folder.startswith("xl/macrosheets"):
            ledger.add("PUB009", MACRO, name)
        elif folder.startswith(("xl/activex", "xl/ctrlprops", "customui", "xl/webextensions")):
            if name.casefold().endswith(".xml"):
                ledger.add("PUB009", _CONTROL, name)
        elif folder.startswith("xl/printersettings"):
            _printer(package, name, ledger)


_PRINTER: Final = Text(en="printer settings", ja="プリンターの設定")
_LONGEST_NAME: Final = 64


def _printer(package: Package, part: str, ledger: Ledger) -> None:
    """Take up the settings of a printer; on Windows they begin with its name, in 32 characters."""

    def look() -> None:
        name = package.read(part)[:_LONGEST_NAME].decode("utf-16-le", "replace").partition("\0")[0]
        is_name = bool(name) and name.isprintable() and "\ufffd" not in name
        ledger.add("PUB011", _PRINTER, name if is_name else part)

    _attempt(part, look, ledger)


_ROOT_PARTS: Final[Mapping[str, Look]] = {
    "core-properties": _core,
    "extended-properties": _core,
    "custom-properties": _custom,
}
_WORKBOOK_PARTS: Final[Mapping[str, Look]] = {
    "externalLink": _external_link,
    "connections": _connections,
    "person": _persons,
    "revisionHeaders": _revisions,
    "pivotCacheDefinition": _pivot_cache,
    "powerPivotData": _named("PUB014", _MODEL),
    "customXml": _named("PUB014", _CUSTOM_XML),
    "vbaProject": _named("PUB009", MACRO),
}
"""What is looked at by the kind of its relationship, the package's own and the workbook's."""


# — what belongs to one worksheet —

_THREAD: Final = Text(en="threaded comment", ja="スレッド形式のコメント")
_SCENARIO: Final = Text(en="scenario", ja="シナリオ")
_FILE_PATH: Final = Text(
    en="header or footer that prints the folder", ja="フォルダー名を印刷するヘッダー・フッター"
)
_HEADERS: Final = (
    "oddHeader",
    "oddFooter",
    "evenHeader",
    "evenFooter",
    "firstHeader",
    "firstFooter",
)
_AROUND: Final = (*_HEADERS, "scenario", "dataValidation", "hyperlink")
_OWN_WORDS: Final = ("prompt", "promptTitle", "error", "errorTitle", "tooltip", "display")
_THREADED: Final = "tc="


def look_at_sheet_parts(package: Package, part: str, name: str, ledger: Ledger) -> None:
    """Take up what stands around the cells of a worksheet, in its own part and those that it
    points to.
    """
    place = Place(sheet=name)
    ledger.parts |= {part.casefold(), rels_of(part).casefold()}
    _attempt(part, partial(_around_cells, package, part, place, ledger), ledger)

    def relations() -> None:
        for rel in package.relationships(part).values():
            _attempt(part, partial(_look_at_relation, package, rel, place, ledger), ledger)

    _attempt(part, relations, ledger)


def table_areas(package: Package, part: str, ledger: Ledger) -> list[Area]:
    """The areas of a worksheet that are tables with a style."""
    areas: list[Area] = []

    def look(package: Package, table: str, _: Ledger) -> None:
        for element in elements_of(package.chunks(table), table, {"table"}):
            if (area := parse_area(element.attributes.get("ref", ""))) is not None:
                areas.append(area)

    _each(package, part, "table", look, ledger)
    return areas


def _around_cells(package: Package, part: str, place: Place, ledger: Ledger) -> None:
    elements = elements_of(package.chunks(part), part, _AROUND, skip="sheetData")
    for element in elements:
        if element.tag in _HEADERS:
            if "&Z" in element.text:
                ledger.add("PUB011", _FILE_PATH, element.text, place)
            ledger.scan(element.text, place)
        elif element.tag == "scenario":
            attributes = element.attributes
            ledger.add("PUB014", _SCENARIO, attributes.get("name", ""), place)
            ledger.scan(attributes.get("comment", ""), place)
            if attributes.get("user"):
                ledger.add("PUB006", _SCENARIO, attributes["user"], place)
        for key in _OWN_WORDS:
            if key in element.attributes:
                ledger.scan(element.attributes[key], place)


def _look_at_relation(package: Package, rel: Relationship, place: Place, ledger: Ledger) -> None:
    if rel.external:
        ledger.scan(rel.target, place)
        if not is_web(rel.target):
            ledger.add("PUB005", LINK, rel.target, place)
    elif rel.target not in package:
        return
    elif rel.kind == "comments":
        _comments(package, rel.target, place, ledger)
    elif rel.kind == "threadedComment":
        _threads(package, rel.target, place, ledger)
    elif rel.kind == "drawing":
        _drawing(package, rel.target, place, ledger)


def _comments(package: Package, part: str, place: Place, ledger: Ledger) -> None:
    """Take up the notes; those that only stand for a thread are counted there."""
    authors: list[str] = []
    author, at = "", place
    ledger.parts.add(part.casefold())
    for element in elements_of(package.chunks(part), part, ("author", "comment", "text")):
        if element.tag == "author":
            authors.append(element.text)
        elif element.tag == "comment":
            number = element.attributes.get("authorId", "")
            author = authors[int(number)] if _is_number(number, len(authors)) else ""
            at = place.model_copy(update={"cell": element.attributes.get("ref")})
        elif not author.startswith(_THREADED):
            ledger.add("PUB003", COMMENT, signed(element.text, author), at)
            ledger.scan(element.text, at)
            ledger.scan(author, at)


def _is_number(text: str, below: int) -> bool:
    return text.isdecimal() and len(text) < 9 and int(text) < below


def _threads(package: Package, part: str, place: Place, ledger: Ledger) -> None:
    at = place
    ledger.parts.add(part.casefold())
    for element in elements_of(package.chunks(part), part, ("threadedComment", "text")):
        if element.tag == "threadedComment":
            at = place.model_copy(update={"cell": element.attributes.get("ref")})
        else:
            ledger.add("PUB003", _THREAD, element.text, at)
            ledger.scan(element.text, at)


def _drawing(package: Package, part: str, place: Place, ledger: Ledger) -> None:
    for element in elements_of(package.chunks(part), part, {"cNvPr"}):
        attributes = element.attributes
        if attributes.get("hidden") in ("1", "true"):
            ledger.add("PUB012", _HIDDEN_SHAPE, attributes.get("name", ""), place)
    _scan(package, part, place, ledger)
    for rel in package.relationships(part).values():
        if rel.external and not is_web(rel.target):
            ledger.add("PUB005", LINK, rel.target, place)
