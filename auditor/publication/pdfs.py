"""What a PDF gives away, beside what its pages show.

That is properties, notes, attachments, scripts, earlier states, and text that nobody sees. Pages
are looked at with pypdfium2 as the reader does, the rest of the file with pypdf.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import Any, Final

from auditor.publication.disclosures import Ledger
from auditor.publication.elements import elements_of, scan_texts
from auditor.publication.labels import AUTHOR, COMPANY, CUSTOM, LINK, TITLE, is_web
from auditor.publication.patterns import matches
from auditor.readers.pdf.calls import quick
from auditor.readers.pdf.forms import OpenPage, opened_page
from auditor.readers.pdf.objects import IMAGE, PageObject, bounds_once, objects_of
from auditor.readers.pdf.opening import opened_document
from auditor.readers.pdf.pages import MOST_PAGES, PageLimits, PageTooLarge, Rectangle
from auditor.readers.pdf.printed import PageSight, room_of, sight_on, unseen_texts
from auditor.readers.pdf.texts import text_page_of, without_extent
from auditor.readers.source import Source
from auditor.records.figures import Place
from auditor.records.text import Text, Why

__all__ = ["look_at_pdf"]

_UNSEEN: Final = Text(
    en="text that is not seen (in no ink, under a filling, cut off, on a hidden layer)",
    ja="見えない文字（描画されない、塗りの下、切り取られた、非表示レイヤーなど）",
)
_OFF_PAGE: Final = Text(en="text off the page that is shown", ja="表示される範囲の外にある文字")
_PROPERTIES: Final = {
    "/Title": TITLE,
    "/Subject": Text(en="subject", ja="サブタイトル"),
    "/Keywords": Text(en="keywords", ja="キーワード"),
}
_OF_PROGRAMS: Final = frozenset(
    {"/Producer", "/Creator", "/CreationDate", "/ModDate", "/Trapped", "/Author", *_PROPERTIES}
)
_XMP_PEOPLE: Final = ("creator", "publisher", "Author", "Company", "LastModifiedBy")
_NOTE: Final = Text(en="comment or annotation", ja="注釈・コメント")
_ATTACHED: Final = Text(en="attached file", ja="添付ファイル")
_SCRIPT: Final = Text(en="script", ja="スクリプト（JavaScript）")
_EARLIER: Final = Text(en="earlier saved states", ja="上書き前の内容（追記保存の履歴）")
_EDITING: Final = Text(
    en="data of the program that made it", ja="作成ソフトの編集用データ（PieceInfo）"
)
_HIDDEN_FIELD: Final = Text(en="hidden form field", ja="非表示のフォーム欄")
_SILENT: Final = frozenset({"/Popup", "/TrapNet", "/PrinterMark", "/Watermark"})
_MEDIA: Final = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_HIDDEN: Final = 2 | 32  # flags of annotations: hidden, not to be viewed
_END: Final = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_TABLE: Final = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")
_DEEPEST: Final = 20
_MOST_NAMES: Final = 10_000


def look_at_pdf(
    source: Source, ledger: Ledger, progress: Callable[[], None], limits: PageLimits
) -> None:
    """Take up what a PDF gives away; raises UnreadableDocument for one that can't be opened."""
    _File(source, ledger).look()
    with opened_document(source) as document:
        for index in range(min(len(document), MOST_PAGES)):
            with opened_page(document, index) as opened:
                if opened is None:
                    ledger.miss(_page_missed(index + 1, _CLOSED))
                else:
                    _look_at_page(opened, index + 1, ledger, limits)
            progress()
        if len(document) > MOST_PAGES:
            ledger.miss(_page_missed(MOST_PAGES + 1, _TOO_MANY))


_CLOSED: Final = Text(en="can't be opened", ja="開けません")
_TOO_MANY: Final = Text(en="and those behind it are too many", ja="以降はページ数が多すぎます")
_PICTURE: Final = Text(
    en="is mostly a picture, and what a picture says is not looked at",
    ja="大部分が画像です。画像の中の文字は確認していません",
)


def _page_missed(number: int, why: Text) -> Why:
    return Why(
        code="page-not-looked-at",
        en=f"page {number} was not looked at, or not wholly: it {why.en}",
        ja=f"{number}ページの全部または一部を確認できませんでした：{why.ja}",
    )


# — pages —


def _look_at_page(opened: OpenPage, number: int, ledger: Ledger, limits: PageLimits) -> None:
    raw: Any = importlib.import_module("pypdfium2.raw")
    try:
        objects = list(objects_of(raw, opened.page))
        has_text = _look_at_text(raw, opened.page, objects, number, ledger, limits)
        is_picture = _is_picture(raw, opened.page, objects)
        has_unseen = False
        if has_text:
            has_unseen = _look_at_unseen(sight_on(opened, limits), number, ledger, limits)
        # A scan with text that nobody sees has its words there.
        if is_picture and not has_unseen:
            ledger.miss(_page_missed(number, _PICTURE))
    except PageTooLarge as fault:
        ledger.miss(_page_missed(number, fault.message))


def _is_picture(raw: Any, page: Any, objects: Sequence[PageObject]) -> bool:
    """Whether a picture takes most of a page, as in a scan."""
    room, bounds_of = room_of(raw, page), bounds_once(raw)
    for item in objects:
        if item.kind != IMAGE or (bounds := bounds_of(item.item, item.matrix)) is None:
            continue
        if 2 * room.common(Rectangle(*bounds)) > room.area:
            return True
    return False


class _Character:
    """A character of a page: where it is printed, on or off the part that is shown."""

    __slots__ = ("box", "is_off", "text")

    def __init__(self, text: str, box: Rectangle | None, *, is_off: bool) -> None:
        self.text, self.box, self.is_off = text, box, is_off


def _look_at_text(
    raw: Any,
    page: Any,
    objects: Sequence[PageObject],
    number: int,
    ledger: Ledger,
    limits: PageLimits,
) -> bool:
    """Take up the shapes in the text of a page, hidden text included, and the text off the page;
    gives whether there is any text.
    """
    characters = _characters(raw, page, objects, limits)
    text = "".join(character.text for character in characters)
    for match in matches(text):
        boxes = [character.box for character in characters[match.start : match.end]]
        place = Place(page=number, box=_around(boxes))
        ledger.add_shape(match.shape, text[match.start : match.end], place)
    off: list[str] = []
    for character in [*characters, _Character("\n", None, is_off=False)]:
        if character.is_off:
            off.append(character.text)
        elif off and (character.box is not None or character.text == "\n"):
            if printed := "".join(off).strip():
                ledger.add("PUB013", _OFF_PAGE, printed, Place(page=number))
            off.clear()
    return bool(text.strip())


def _characters(
    raw: Any, page: Any, objects: Sequence[PageObject], limits: PageLimits
) -> list[_Character]:
    """All characters of a page; those that pdfium adds between them have no box."""
    left, bottom, right, top = room_of(raw, page)
    code_of = quick(raw, "FPDFText_GetUnicode")
    characters: list[_Character] = []
    with text_page_of(raw, page, without_extent(raw, objects)) as text_page:
        count = raw.FPDFText_CountChars(text_page)
        if count > limits.characters:
            raise PageTooLarge
        for index in range(count):
            code = code_of(text_page, index)
            text = chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
            box = _box_of(raw, text_page, index)
            is_off = box is not None and not (
                box.left < right and box.right > left and box.bottom < top and box.top > bottom
            )
            characters.append(_Character(text, box, is_off=is_off))
    return characters


def _box_of(raw: Any, text_page: Any, index: int) -> Rectangle | None:
    """The box of a character; None of one that pdfium has added."""
    if not raw.FPDFText_GetTextObject(text_page, index):
        return None
    box = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text_page, index, box):
        return None
    bottom, top = sorted((box.bottom, box.top))
    return Rectangle(box.left, bottom, box.right, top)


def _around(boxes: list[Rectangle | None]) -> tuple[float, float, float, float] | None:
    """The box around some boxes."""
    real = [box for box in boxes if box is not None]
    if not real:
        return None
    return (
        round(min(box.left for box in real), 2),
        round(min(box.bottom for box in real), 2),
        round(max(box.right for box in real), 2),
        round(max(box.top for box in real), 2),
    )


def _look_at_unseen(sight: PageSight, number: int, ledger: Ledger, limits: PageLimits) -> bool:
    """Take up the text that nobody sees; gives whether there is any."""
    has_any = False
    texts = unseen_texts(sight.painter, sight.unseen, limits.characters)
    for text, printed in zip(sight.unseen, texts, strict=True):
        if printed.strip():
            has_any = True
            ledger.add("PUB012", _UNSEEN, printed, Place(page=number, box=_around([text.bounds])))
    for printed, boxes in _hidden_runs(sight):
        has_any = True
        ledger.add("PUB012", _UNSEEN, printed, Place(page=number, box=_around(boxes)))
    return has_any


def _hidden_runs(sight: PageSight) -> Iterator[tuple[str, list[Rectangle | None]]]:
    """The characters that nobody sees, those of one line together with the spaces between them."""
    glyphs, hidden = sight.glyphs, sorted(sight.sight.hidden)
    first = 0
    for number, index in enumerate(hidden):
        following = hidden[number + 1] if number + 1 < len(hidden) else None
        if following is not None and glyphs[following].y == glyphs[index].y:
            between = glyphs[index + 1 : following]
            if all(glyph.text.isspace() for glyph in between):
                continue
        run = glyphs[hidden[first] : index + 1]
        first = number + 1
        if printed := "".join(glyph.text for glyph in run).strip():
            yield printed, [Rectangle(*glyph[3:7]) for glyph in run]


# — the rest of the file —


class _File:
    """The objects of a PDF, as pypdf gives them. They may be anything, so each part is looked at by
    itself, and what fails is reported.
    """

    def __init__(self, source: Source, ledger: Ledger) -> None:
        self.source, self.ledger = source, ledger
        self.people: set[str] = set()

    def look(self) -> None:
        """Take up everything but the pages' text."""
        pypdf: Any = importlib.import_module("pypdf")
        try:
            self.reader: Any = pypdf.PdfReader(BytesIO(self.source.data))
            if self.reader.is_encrypted and not self.reader.decrypt(""):
                raise ValueError
            self.root: Any = self.reader.trailer["/Root"].get_object()
            count = len(self.reader.pages)
        except Exception:  # pypdf raises whatever a damaged file makes it stumble over
            self.ledger.miss(_missed(_WHOLE_FILE))
            return
        self._attempt(_OF_FILE, self._properties)
        self._attempt(_METADATA, self._metadata)
        self._attempt(_ATTACHED, self._attachments)
        self._attempt(_SCRIPT, self._scripts)
        self._attempt(_BOOKMARKS, self._bookmarks)
        self._attempt(_EARLIER, self._earlier)
        for index in range(min(count, MOST_PAGES)):
            part = Text(en=f"the notes of page {index + 1}", ja=f"{index + 1}ページの注釈")
            self._attempt(part, partial(self._notes, index))

    def _attempt(self, part: Text, look: Callable[[], None]) -> None:
        try:
            look()
        except MemoryError:
            raise
        except Exception:
            self.ledger.miss(_missed(part))

    def _properties(self) -> None:
        info = self.reader.trailer.get("/Info")
        for key, value in dict(info.get_object() if info is not None else {}).items():
            text = str(value.get_object()).strip()
            self.ledger.scan(text)
            if not text:
                continue
            if key in ("/Author", "/Company"):
                self.people.add(text)
                self.ledger.add("PUB006", AUTHOR if key == "/Author" else COMPANY, text)
            elif key in _PROPERTIES:
                self.ledger.add("PUB007", _PROPERTIES[key], text)
            elif key not in _OF_PROGRAMS:
                self.ledger.add("PUB007", CUSTOM, f"{key.removeprefix('/')}：{text}")

    def _metadata(self) -> None:
        stream = self.root.get("/Metadata")
        if stream is None:
            return
        data = stream.get_object().get_data()
        part = "XMP"
        for element in elements_of(iter([data]), part, _XMP_PEOPLE):
            if element.text and element.text not in self.people:
                self.people.add(element.text)
                self.ledger.add("PUB006", AUTHOR, element.text)
        scan_texts(iter([data]), part, self.ledger.scan)

    def _attachments(self) -> None:
        names = self.root.get("/Names")
        tree = names.get_object().get("/EmbeddedFiles") if names is not None else None
        for key, _ in _named(tree):
            self.ledger.add("PUB008", _ATTACHED, key)
            self.ledger.scan(key)

    def _scripts(self) -> None:
        names = self.root.get("/Names")
        tree = names.get_object().get("/JavaScript") if names is not None else None
        for key, _ in _named(tree):
            self.ledger.add("PUB009", _SCRIPT, key)
        self._action(self.root.get("/OpenAction"), None)
        self._more_actions(self.root, None)
        if "/PieceInfo" in self.root:
            self.ledger.add("PUB014", _EDITING)

    def _bookmarks(self) -> None:
        outlines = self.root.get("/Outlines")
        entry = outlines.get_object().get("/First") if outlines is not None else None
        open_entries, count = [entry], 0
        while open_entries and count < _MOST_NAMES:
            entry = open_entries.pop()
            if entry is None:
                continue
            item, count = entry.get_object(), count + 1
            self.ledger.scan(str(item.get("/Title", "")))
            open_entries += [item.get("/Next"), item.get("/First")]

    def _earlier(self) -> None:
        """Take up the states of the file before its last change: what was added stands behind
        them, and they are all there.
        """
        data = self.source.data
        begin = max(data[:1024].find(b"%PDF-"), 0)
        offsets = [int(match[1]) for match in _END.finditer(data)]
        tables = [at for at in offsets if at and _TABLE.match(data, begin + at)]
        if len(tables) > 1:
            self.ledger.add("PUB004", _EARLIER, f"{len(tables) - 1:,}")

    def _notes(self, index: int) -> None:
        page = self.reader.pages[index]
        place = Place(page=index + 1)
        if "/PieceInfo" in page:
            self.ledger.add("PUB014", _EDITING, place=place)
        self._more_actions(page, place)
        notes = page.get("/Annots")
        for reference in list(notes.get_object() if notes is not None else ()):
            self._note(reference.get_object(), place)

    def _note(self, note: Any, place: Place) -> None:
        kind = str(note.get("/Subtype", ""))
        contents = str(note.get("/Contents", "") or "")
        self.ledger.scan(contents, place)
        self._action(note.get("/A"), place)
        self._more_actions(note, place)
        at = place.model_copy(update={"box": _box(note.get("/Rect"))})
        if kind in _MEDIA:
            self.ledger.add("PUB008", _ATTACHED, _file_name(note) or contents, at)
        elif kind == "/Widget":
            value = str(note.get("/V", "") or "")
            self.ledger.scan(value, place)
            if value and int(note.get("/F", 0)) & _HIDDEN:
                self.ledger.add("PUB012", _HIDDEN_FIELD, value, place)
        elif kind != "/Link" and kind not in _SILENT:
            author = str(note.get("/T", "") or "")
            self.ledger.scan(author, place)
            self.ledger.add("PUB003", _NOTE, "：".join(filter(None, (author, contents))), at)

    def _more_actions(self, owner: Any, place: Place | None) -> None:
        actions = owner.get("/AA")
        if actions is not None:
            for action in dict(actions.get_object()).values():
                self._action(action, place)

    def _action(self, reference: Any, place: Place | None) -> None:
        """Take up an action that runs a script or leads out of the file; what a link leads to in
        the file is no dictionary.
        """
        action: Any = reference.get_object() if reference is not None else None
        if action is None or not hasattr(action, "get"):
            return
        kind = str(action.get("/S", ""))
        if kind == "/JavaScript":
            self.ledger.add("PUB009", _SCRIPT, place=place)
        elif kind == "/URI":
            target = str(action.get("/URI", ""))
            self.ledger.scan(target, place)
            if not is_web(target):
                self.ledger.add("PUB005", LINK, target, place)
        elif kind in ("/GoToR", "/Launch", "/GoToE", "/SubmitForm", "/ImportData"):
            self.ledger.add("PUB005", LINK, _file_name({"/FS": action.get("/F")}), place)


_WHOLE_FILE: Final = Text(
    en="the properties, notes and attachments", ja="プロパティ、注釈、添付ファイル"
)
_OF_FILE: Final = Text(en="the properties", ja="プロパティ")
_METADATA: Final = Text(en="the metadata (XMP)", ja="メタデータ（XMP）")
_BOOKMARKS: Final = Text(en="the bookmarks", ja="しおり")


def _missed(part: Text) -> Why:
    return Why(
        code="damaged-part",
        en=f"a part of the PDF can't be read and was not looked at: {part.en}",
        ja=f"PDF の一部を読めないため確認していません：{part.ja}",
    )


def _named(tree: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The names of a name tree with what they stand for."""
    if tree is None or depth > _DEEPEST:
        return
    node = tree.get_object()
    names = node.get("/Names")
    items = list(names.get_object()) if names is not None else []
    for name, value in zip(items[::2], items[1::2], strict=False):
        yield str(name.get_object()), value
    kids = node.get("/Kids")
    for kid in list(kids.get_object())[:_MOST_NAMES] if kids is not None else ():
        yield from _named(kid, depth + 1)


def _file_name(note: Any) -> str:
    """The name of the file that something points to, or an empty text."""
    reference = note.get("/FS")
    if reference is None:
        return ""
    file: Any = reference.get_object()
    return str(file.get("/UF") or file.get("/F") or "") if hasattr(file, "get") else str(file)


def _box(rectangle: Any) -> tuple[float, float, float, float] | None:
    """The corners of a rectangle, left, bottom, right, top."""
    if rectangle is None:
        return None
    x0, y0, x1, y1 = (round(float(side.get_object()), 2) for side in rectangle.get_object())
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
