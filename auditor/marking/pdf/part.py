"""A PDF with some of its pages alone, and nothing that belongs to the others.

A new file gets what the pages show: their contents and what these use, their notes, the values of
their form fields, their layers. Outlines, destinations, attachments, properties, scripts and
structure stay behind. It is made in a child process.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, Final

from auditor.files.pdfium import pdfium
from auditor.marking.pdf.earlier import is_own_box
from auditor.marking.pdf.opening import MAY_TAKE_PAGES, damaged, opened, shown_on

__all__ = ["part_of_pdf"]

_OF_PAGE: Final = (
    "/MediaBox",
    "/CropBox",
    "/BleedBox",
    "/TrimBox",
    "/ArtBox",
    "/Rotate",
    "/UserUnit",
    "/Group",
)
_NOTES: Final = frozenset(
    [
        "/Caret",
        "/Circle",
        "/FreeText",
        "/Highlight",
        "/Ink",
        "/Line",
        "/Link",
        "/PolyLine",
        "/Polygon",
        "/Redact",
        "/Square",
        "/Squiggly",
        "/Stamp",
        "/StrikeOut",
        "/Text",
        "/Underline",
        "/Watermark",
        "/Widget",
    ]
)
"""The kinds of annotations that come along: no files, films, sounds or scripts."""
_OF_NOTE: Final = frozenset(
    [
        "/Type",
        "/Subtype",
        "/Rect",
        "/Contents",
        "/NM",
        "/M",
        "/F",
        "/AP",
        "/AS",
        "/Border",
        "/C",
        "/CA",
        "/T",
        "/CreationDate",
        "/Subj",
        "/BS",
        "/BE",
        "/IC",
        "/L",
        "/LE",
        "/QuadPoints",
        "/Vertices",
        "/InkList",
        "/DA",
        "/DS",
        "/Q",
        "/CL",
        "/RD",
        "/Name",
        "/IT",
        "/Sy",
        "/MK",
        "/H",
        "/OC",
        "/Open",
    ]
)
_OF_FIELD: Final = ("/FT", "/V", "/Ff", "/DA", "/Q", "/MaxLen", "/Opt", "/TU")
"""What a form field says, which its places on pages inherit."""
_BEHIND: Final = frozenset(
    [
        "/Metadata",
        "/PieceInfo",
        "/StructParent",
        "/StructParents",
        "/OPI",
        "/Ref",
        "/AF",
        "/LastModified",
        "/Alternates",
    ]
)
"""What a picture or form says besides what it shows."""
_FOREIGN: Final = frozenset(
    [
        "/Page",
        "/Pages",
        "/Catalog",
        "/StructTreeRoot",
        "/StructElem",
        "/Outlines",
        "/Bead",
        "/Thread",
        "/Filespec",
        "/EmbeddedFile",
        "/Metadata",
    ]
)
"""Objects that never come along, wherever something points to them."""
_NAMED: Final = ("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading")
_PROPERTIES: Final = "/Properties"
_NAME: Final = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%]*")
_DEEPEST: Final = 32


def part_of_pdf(data: bytes, pages: Sequence[int], progress: Callable[[], None]) -> bytes:
    """A PDF with some pages, by their numbers from 1, which they keep as their labels;
    ``progress`` is called after each.

    Raises Stopped for a PDF that allows no such copy, or shows less in it, and pypdf's errors for
    a damaged one.
    """
    part = _Part(opened(data, MAY_TAKE_PAGES))
    for number in pages:
        part.add(number)
        progress()
    copy = part.written()
    _check(data, copy, pages)
    return copy


def _check(data: bytes, copy: bytes, pages: Sequence[int]) -> None:
    """Raise Stopped where the copy has other pages, or ones with other characters."""
    pypdfium2 = pdfium()
    before, after = pypdfium2.PdfDocument(data), pypdfium2.PdfDocument(copy)
    try:
        alike = len(after) == len(pages) and all(
            shown_on(before, number - 1)[1] == shown_on(after, new)[1]
            for new, number in enumerate(pages)
        )
    finally:
        after.close()
        before.close()
    if not alike:
        raise damaged()


class _Part:
    """The new file while pages are added to it."""

    def __init__(self, reader: Any) -> None:
        pypdf: Any = importlib.import_module("pypdf")
        self.generic: Any = importlib.import_module("pypdf.generic")
        self._reader = reader
        self._writer: Any = pypdf.PdfWriter()
        self._writer.pdf_header = reader.pdf_header
        self._pages: list[int] = []
        self._fields: list[Any] = []
        self._new: dict[tuple[int, int], Any] = {}
        """The references in the new file, by the number and generation of the old object."""

    # Pages.

    def add(self, number: int) -> None:
        """Add a page, by its number from 1."""
        generic, name, writer = self.generic, self.generic.NameObject, self._writer
        old = self._reader.pages[number - 1]
        page = generic.DictionaryObject({name("/Type"): name("/Page")})
        for key in _OF_PAGE:
            if key in old:
                page[name(key)] = self._copy(old.raw_get(key))
        contents = _items(generic, old.get("/Contents"))
        page[name("/Contents")] = self._copied_contents(old)
        names = self._names(contents)
        page[name("/Resources")] = self._resources(old.get("/Resources"), names)
        reference = writer._add_object(page)
        if notes := self._notes(old, reference):
            page[name("/Annots")] = notes
        tree = writer._pages
        page[name("/Parent")] = tree
        tree.get_object()["/Kids"].append(reference)
        tree.get_object()[name("/Count")] = generic.NumberObject(len(self._pages) + 1)
        self._pages.append(number)

    def _copied_contents(self, page: Any) -> Any:
        contents = page.get("/Contents")
        return (
            self.generic.ArrayObject()
            if contents is None
            else self._copy(page.raw_get("/Contents"))
        )

    def _names(self, streams: Iterable[Any]) -> set[str]:
        """The names that some contents use."""
        tokens: set[bytes] = set()
        for stream in streams:
            tokens.update(_NAME.findall(stream.get_data()))
        return {
            str(self.generic.NameObject.read_from_stream(BytesIO(token + b" "), self._reader))
            for token in tokens
        }

    def _resources(self, resources: Any, names: set[str]) -> Any:
        """What contents use, of what they may use. Forms without resources of their own use
        those of the page.
        """
        generic, name = self.generic, self.generic.NameObject
        pruned = generic.DictionaryObject()
        if resources is None:
            return pruned
        resources = resources.get_object()
        names = self._with_names_inside(resources, names)
        for key in (*_NAMED, _PROPERTIES):
            group = resources.get(key)
            if group is None:
                continue
            group = group.get_object()
            members = {
                name(member): self._copy(group.raw_get(member))
                for member in group
                if str(member) in names
            }
            if members:
                pruned[name(key)] = generic.DictionaryObject(members)
        if "/ProcSet" in resources:
            pruned[name("/ProcSet")] = self._copy(resources.raw_get("/ProcSet"))
        return pruned

    def _with_names_inside(self, resources: Any, names: set[str]) -> set[str]:
        """Names in use, with those that forms and drawn letters use of the same resources."""
        generic = self.generic
        names, waiting = set(names), set(names)
        for _ in range(_DEEPEST):
            streams: list[Any] = []
            for member in _members(resources, "/XObject", waiting):
                if isinstance(member, generic.StreamObject) and "/Resources" not in member:
                    streams += [member] if member.get("/Subtype") == "/Form" else []
            for font in _members(resources, "/Font", waiting):
                if font.get("/Subtype") == "/Type3" and "/Resources" not in font:
                    letters = font["/CharProcs"].get_object().values()
                    streams += [letter.get_object() for letter in letters]
            waiting = self._names(streams) - names
            if not waiting:
                return names
            names |= waiting
        raise damaged()

    # Objects.

    def _copy(self, value: Any) -> Any:
        """A value for the new file, with what it points to."""
        generic = self.generic
        if isinstance(value, generic.IndirectObject):
            return self._reference(value)
        if isinstance(value, generic.ArrayObject):
            return generic.ArrayObject([self._copy(item) for item in value])
        if isinstance(value, generic.DictionaryObject):
            if str(value.get("/Type")) in _FOREIGN:
                return generic.NullObject()
            copy = _like(generic, value)
            self._fill(copy, value)
            return copy
        return value

    def _reference(self, reference: Any) -> Any:
        """The reference to an object's copy, which is made once."""
        generic = self.generic
        key = reference.idnum, reference.generation
        if key in self._new:
            return self._new[key]
        value = reference.get_object()
        if not isinstance(value, generic.DictionaryObject):
            # What holds references may hold one to itself.
            self._new[key] = generic.NullObject()
            self._new[key] = self._writer._add_object(self._copy(value))
        elif str(value.get("/Type")) in _FOREIGN:
            self._new[key] = generic.NullObject()
        else:
            copy = _like(generic, value)
            self._new[key] = self._writer._add_object(copy)
            self._fill(copy, value)
        return self._new[key]

    def _fill(self, copy: Any, value: Any) -> None:
        """Put into the copy of a dictionary or stream what it holds."""
        is_stream = isinstance(value, self.generic.StreamObject)
        for key in value:
            if is_stream and key == "/Resources":
                copy[key] = self._resources(value.get(key), self._names([value]))
            elif not (is_stream and key in _BEHIND):
                copy[key] = self._copy(value.raw_get(key))

    # Notes and form fields.

    def _notes(self, page: Any, reference: Any) -> Any:
        """The annotations of a page that come along."""
        generic, name = self.generic, self.generic.NameObject
        notes = generic.ArrayObject()
        for note in _items(generic, page.get("/Annots")):
            if not isinstance(note, generic.DictionaryObject) or is_own_box(generic, note):
                continue
            if note.get("/Subtype") not in _NOTES:
                continue
            copy = generic.DictionaryObject()
            for key in note:
                if key in _OF_NOTE:
                    copy[name(key)] = self._copy(note.raw_get(key))
            if (address := self._address(note)) is not None:
                copy[name("/A")] = address
            elif note["/Subtype"] == "/Link":
                continue
            new = self._writer._add_object(copy)
            copy[name("/P")] = reference
            if note["/Subtype"] == "/Widget":
                self._take_field(note, copy)
                self._fields.append(new)
            notes.append(new)
        return notes

    def _address(self, note: Any) -> Any:
        """Where in the web an annotation leads; None where it leads anywhere else."""
        generic, name = self.generic, self.generic.NameObject
        for action in _items(generic, note.get("/A")):
            if isinstance(action, generic.DictionaryObject) and action.get("/S") == "/URI":
                address = generic.DictionaryObject({name("/S"): name("/URI")})
                address[name("/URI")] = action["/URI"]
                return address
        return None

    def _take_field(self, widget: Any, copy: Any) -> None:
        """Make the place of a form field the field itself, with its value and its whole name."""
        generic, name = self.generic, self.generic.NameObject
        titles: list[str] = []
        field = widget
        for _ in range(_DEEPEST):
            for key in _OF_FIELD:
                if key in field and key not in copy:
                    copy[name(key)] = self._copy(field.raw_get(key))
            if "/T" in field:
                titles.append(str(field["/T"]))
            if "/Parent" not in field:
                break
            field = field["/Parent"].get_object()
        if titles:
            copy[name("/T")] = generic.TextStringObject(".".join(reversed(titles)))
        # A value that is a signature names who signed, and is true of the whole file alone.
        if copy.get("/FT") == "/Sig":
            copy.pop("/V", None)

    # The file.

    def written(self) -> bytes:
        """The bytes of the new file."""
        generic, name = self.generic, self.generic.NameObject
        root = self._writer.root_object
        old = self._reader.trailer["/Root"].get_object()
        if (form := self._form(old)) is not None:
            root[name("/AcroForm")] = form
        if (layers := self._layers(old)) is not None:
            root[name("/OCProperties")] = layers
        labels = generic.ArrayObject()
        for index, number in enumerate(self._pages):
            label = {
                name("/S"): name("/D"),
                name("/St"): generic.NumberObject(number),
            }
            labels += [generic.NumberObject(index), generic.DictionaryObject(label)]
        root[name("/PageLabels")] = generic.DictionaryObject({name("/Nums"): labels})
        self._writer.metadata = None
        stream = BytesIO()
        self._writer.write(stream)
        return stream.getvalue()

    def _form(self, root: Any) -> Any:
        """The form with the fields of the pages; None where they have none."""
        generic, name = self.generic, self.generic.NameObject
        old = root.get("/AcroForm")
        if old is None or not self._fields:
            return None
        old = old.get_object()
        form = generic.DictionaryObject({name("/Fields"): generic.ArrayObject(self._fields)})
        for key in ("/DA", "/Q", "/NeedAppearances"):
            if key in old:
                form[name(key)] = self._copy(old.raw_get(key))
        fonts = old["/DR"].get_object().get("/Font") if "/DR" in old else None
        if fonts is not None:
            resources = {name("/Font"): self._copy(fonts.get_object())}
            form[name("/DR")] = generic.DictionaryObject(resources)
        return form

    def _layers(self, root: Any) -> Any:
        """Which layers of the pages are shown; None where they have none."""
        generic, name = self.generic, self.generic.NameObject
        old = root.get("/OCProperties")
        if old is None:
            return None
        old = old.get_object()
        layers = self._in_use(old.get("/OCGs"))
        if not layers:
            return None
        shown = generic.DictionaryObject()
        state = old["/D"].get_object() if "/D" in old else generic.DictionaryObject()
        if "/BaseState" in state:
            shown[name("/BaseState")] = state["/BaseState"]
        for key in ("/ON", "/OFF"):
            shown[name(key)] = self._in_use(state.get(key))
        occasions = generic.ArrayObject()
        for occasion in _items(generic, state.get("/AS")):
            copy = {name(key): occasion[key] for key in ("/Event", "/Category") if key in occasion}
            copy[name("/OCGs")] = self._in_use(occasion.get("/OCGs"))
            occasions.append(generic.DictionaryObject(copy))
        shown[name("/AS")] = occasions
        return generic.DictionaryObject({name("/OCGs"): layers, name("/D"): shown})

    def _in_use(self, layers: Any) -> Any:
        """The layers of a list that the pages use."""
        generic = self.generic
        references = generic.ArrayObject()
        layers = None if layers is None else layers.get_object()
        for layer in layers or ():
            if isinstance(layer, generic.IndirectObject):
                new = self._new.get((layer.idnum, layer.generation))
                references += [] if new is None else [new]
        return references


def _like(generic: Any, value: Any) -> Any:
    """An empty dictionary, or a stream with the bytes of another."""
    if not isinstance(value, generic.StreamObject):
        return generic.DictionaryObject()
    copy = type(value)()
    copy._data = value._data
    return copy


def _items(generic: Any, value: Any) -> list[Any]:
    """The objects of an array, or one object alone."""
    value = None if value is None else value.get_object()
    if value is None or isinstance(value, generic.NullObject):
        return []
    if not isinstance(value, generic.ArrayObject):
        return [value]
    return [item.get_object() for item in value]


def _members(resources: Any, key: str, names: Iterable[str]) -> list[Any]:
    """The objects of a group of resources under some names."""
    group = resources.get(key)
    group = None if group is None else group.get_object()
    return [group[name].get_object() for name in names if group is not None and name in group]
