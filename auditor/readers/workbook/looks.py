"""How cells look, as far as it decides what is seen in them.

That is the number format, the ink on its ground, the size of the font, and whether it is struck
out. Colours are resolved from palettes and themes; a cell whose ink can't be told from its ground
prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal, NamedTuple, TypeVar

from auditor.files.ooxml import parse_xml
from auditor.readers.workbook.number_formats import BUILT_IN, GENERAL, NumberFormat

__all__ = [
    "PLAIN",
    "Change",
    "ChangeReader",
    "Colours",
    "Look",
    "PrintsAs",
    "Rgb",
    "StyleReader",
    "Styles",
    "is_on",
    "named_colour",
    "names_symbols",
    "number_of",
    "palette",
    "seen",
    "theme_colours",
]


class Rgb(NamedTuple):
    """A colour, each part from 0 to 255."""

    red: int
    green: int
    blue: int


_BLACK: Final = Rgb(0, 0, 0)
_WHITE: Final = Rgb(255, 255, 255)
# As much as this the parts of two colours may differ where nobody sees one on the other.
_UNSEEN: Final = 20
# Fonts whose digits are pictures or other signs, by the beginnings of their names.
_SYMBOL_FONTS: Final = (
    "wingdings",
    "webdings",
    "symbol",
    "zapf dingbats",
    "zapfdingbats",
    "itc zapf dingbats",
    "monotype sorts",
    "marlett",
    "mt extra",
    "bookshelf symbol",
    "ms outlook",
)
_SYMBOL_CHARSET: Final = "2"
_SMALLEST: Final = 1.0  # points: what is printed as small as that is not read by anybody
_PALETTE: Final = tuple(
    Rgb(*bytes.fromhex(code))
    for code in [
        "000000",
        "ffffff",
        "ff0000",
        "00ff00",
        "0000ff",
        "ffff00",
        "ff00ff",
        "00ffff",
        "800000",
        "008000",
        "000080",
        "808000",
        "800080",
        "008080",
        "c0c0c0",
        "808080",
        "9999ff",
        "993366",
        "ffffcc",
        "ccffff",
        "660066",
        "ff8080",
        "0066cc",
        "ccccff",
        "000080",
        "ff00ff",
        "ffff00",
        "00ffff",
        "800080",
        "800000",
        "008080",
        "0000ff",
        "00ccff",
        "ccffff",
        "ccffcc",
        "ffff99",
        "99ccff",
        "ff99cc",
        "cc99ff",
        "ffcc99",
        "3366ff",
        "33cccc",
        "99cc00",
        "ffcc00",
        "ff9900",
        "ff6600",
        "666699",
        "969696",
        "003366",
        "339966",
        "003300",
        "333300",
        "993300",
        "993366",
        "333399",
        "333333",
    ]
)
"""The colours that number formats call Color1 to Color56; files number them from 8."""
_NAMES: Final = {
    **dict(
        zip(
            ["black", "white", "red", "green", "blue", "yellow", "magenta", "cyan"],
            _PALETTE,
            strict=False,
        )
    ),
    **dict(zip("黒白赤緑青黄紫水", _PALETTE, strict=False)),
}
_THEME: Final = tuple(
    Rgb(*bytes.fromhex(code))
    for code in [
        "ffffff",
        "000000",
        "eeece1",
        "1f497d",
        "4f81bd",
        "c0504d",
        "9bbb59",
        "8064a2",
        "4bacc6",
        "f79646",
        "0000ff",
        "800080",
    ]
)
# A theme lists dark before light; cells number them the other way round.
_SWAPPED: Final = (1, 0, 3, 2)


PrintsAs = Literal["symbols", "repeated"]
"""Signs of a font in the place of digits, or the content as often as the cell is wide."""


def seen(ink: Rgb | None, ground: Rgb | None) -> bool:
    """Whether ink shows on its ground; None is what a cell has without a colour."""
    parts = zip(ink or _BLACK, ground or _WHITE, strict=True)
    return max(abs(upper - lower) for upper, lower in parts) > _UNSEEN


def names_symbols(font: str, charset: str = "") -> bool:
    """Whether a font prints signs in the place of digits and letters."""
    name = font.strip().casefold()
    return charset == _SYMBOL_CHARSET or name.startswith(_SYMBOL_FONTS)


def named_colour(name: str) -> Rgb | None:
    """The colour that a number format names: red, 赤, color10."""
    digits = "".join(filter(str.isdecimal, name))
    if digits:
        return _PALETTE[int(digits) - 1] if 1 <= int(digits) <= len(_PALETTE) else None
    return _NAMES.get(name) or _NAMES.get(name[:1])


@dataclass(frozen=True)
class Look:
    """How a cell looks. ``ink`` and ``ground`` are None where it has no colour of its own;
    ``grounds`` are the other colours of a ground that has several. ``size`` is that of the font
    in points, ``width`` that of a digit in characters of the workbook's own font. ``fits``: the
    number never needs more than the cell's width, as its font shrinks or it stands upright.
    ``prints_as`` is what becomes of its digits where they are not what is printed. ``indent`` is
    how many steps its text begins further in.
    """

    format: NumberFormat = GENERAL
    ink: Rgb | None = None
    ground: Rgb | None = None
    struck: bool = False
    size: float = 11.0
    grounds: tuple[Rgb, ...] = ()
    fits: bool = False
    width: float = 1.0
    prints_as: PrintsAs | None = None
    indent: int = 0

    def shows(self, colour: str = "") -> bool:
        """Whether what the cell prints is seen; ``colour`` is what its number format names."""
        ink = named_colour(colour) if colour else None
        return self.shows_text if ink is None else self.shows_ink(ink)

    @cached_property
    def shows_text(self) -> bool:
        """Whether what the cell prints is seen in its own ink."""
        return self.shows_ink(self.ink)

    def shows_ink(self, ink: Rgb | None) -> bool:
        """Whether an ink is seen on some part of the ground."""
        if self.size <= _SMALLEST:
            return False
        return seen(ink, self.ground) or any(seen(ink, ground) for ground in self.grounds)


PLAIN: Final = Look()
_CHANGED: Final = ("format", "ink", "ground", "struck")


@dataclass
class Change:
    """What a conditional format changes; what it leaves as it is, is None."""

    format: NumberFormat | None = None
    ink: Rgb | None = None
    ground: Rgb | None = None
    struck: bool | None = None

    def over(self, look: Look, settled: set[str]) -> Look:
        """The look with what is changed and no earlier condition has ``settled``."""
        changes = {
            name: value
            for name in _CHANGED
            if (value := getattr(self, name)) is not None and name not in settled
        }
        if "ground" in changes:
            changes["grounds"] = ()
        return replace(look, **changes) if changes else look

    def names(self) -> set[str]:
        """What it changes."""
        return {name for name in _CHANGED if getattr(self, name) is not None}


@dataclass(frozen=True)
class Colours:
    """The colours that a workbook numbers: those of its theme, and of its palette."""

    theme: Sequence[Rgb] = _THEME
    palette: Mapping[int, Rgb] = field(default_factory=dict[int, Rgb])

    def colour(self, attributes: Mapping[str, str]) -> Rgb | None:
        """The colour of an element; None for an automatic one, or one that is not known."""
        base: Rgb | None = None
        if len(code := attributes.get("rgb", "")) in (6, 8):
            base = _hex(code[-6:])
        elif (number := attributes.get("theme", "")).isdecimal():
            base = self.theme[int(number)] if int(number) < len(self.theme) else None
        elif (number := attributes.get("indexed", "")).isdecimal():
            base = self._indexed(int(number))
        tint = number_of(attributes.get("tint", ""))
        if base is None or not tint:
            return base
        parts = [
            round(part + (255 - part) * tint) if tint > 0 else round(part * (1 + tint))
            for part in base
        ]
        return Rgb(*(min(max(part, 0), 255) for part in parts))

    def _indexed(self, index: int) -> Rgb | None:
        if (colour := self.palette.get(index)) is not None:
            return colour
        if index < 8:
            return _PALETTE[index]
        return _PALETTE[index - 8] if index - 8 < len(_PALETTE) else None


def _hex(code: str) -> Rgb | None:
    try:
        return Rgb(*bytes.fromhex(code))
    except ValueError:
        return None


def number_of(text: str) -> float:
    """The number that an attribute says, or 0."""
    try:
        return float(text or "0")
    except ValueError:
        return 0.0


def theme_colours(chunks: Iterator[bytes], part: str) -> tuple[Rgb, ...]:
    """The colours of a theme, as cells number them."""
    colours: list[Rgb] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "clrScheme":
            inside = True
        elif inside and tag in ("srgbClr", "sysClr"):
            code = attributes.get("lastClr" if tag == "sysClr" else "val", "")
            colours.append(_hex(code) or _BLACK)

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "clrScheme":
            inside = False

    parse_xml(chunks, part, start, end)
    if len(colours) < len(_SWAPPED):
        return _THEME
    return (*(colours[index] for index in _SWAPPED), *colours[len(_SWAPPED) :])


def palette(chunks: Iterator[bytes], part: str) -> dict[int, Rgb]:
    """The colours that a workbook has put in the place of the usual ones, by their numbers."""
    colours: list[Rgb] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "rgbColor":
            colours.append(_hex(attributes.get("rgb", "")[-6:]) or _BLACK)

    parse_xml(chunks, part, start)
    return dict(enumerate(colours))


@dataclass(frozen=True)
class Styles:
    """The looks that cells number, and the changes that conditional formats number."""

    looks: Sequence[Look] = (PLAIN,)
    changes: Sequence[Change] = ()
    colours: Colours = Colours()
    from_1904: bool = False


class ChangeReader:
    """Takes up the elements of one change of a conditional format, in their order."""

    colours: Colours
    from_1904: bool

    def __init__(self, colours: Colours, from_1904: bool) -> None:
        self.colours, self.from_1904 = colours, from_1904
        self.change: Change = Change()
        self._within = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        change = self.change
        match tag:
            case "font" | "fill" | "border":
                self._within = tag
            case "numFmt":
                code = attributes.get("formatCode", "General")
                change.format = NumberFormat(code, self.from_1904)
            case "strike":
                change.struck = is_on(attributes)
            case "color" if self._within == "font":
                change.ink = self.colours.colour(attributes) or _BLACK
            case "bgColor":  # of a conditional format, the ground of a solid fill
                change.ground = self.colours.colour(attributes)
            case _:
                pass


@dataclass
class _Font:
    ink: Rgb | None = None
    struck: bool | None = None
    size: float = 11
    in_symbols: bool = False


@dataclass
class _Fill:
    """A ground: one colour, or the front and back colours of a pattern, or those of a gradient."""

    pattern: str = "none"
    front: Rgb | None = None
    back: Rgb | None = None
    stops: list[Rgb] = field(default_factory=list[Rgb])

    @property
    def grounds(self) -> Sequence[Rgb | None]:
        """The colours that are seen, of which there is at least one; None where it has none."""
        match self.pattern:
            case "none":
                return (None,)
            case "solid":
                return (self.front,)
            case "gradient":
                return self.stops or (None,)
            case "gray125" | "gray0625":
                return (self.back,)
            case _:
                return (self.back, self.front or _BLACK)


class StyleReader:
    """Takes up the elements of a part with styles, in their order."""

    colours: Colours
    from_1904: bool

    def __init__(self, colours: Colours, from_1904: bool) -> None:
        self.colours, self.from_1904 = colours, from_1904
        self.codes: dict[int, str] = dict(BUILT_IN)
        self.formats: dict[str, NumberFormat] = {}
        self.fonts: list[_Font] = []
        self.fills: list[_Fill] = []
        self.looks: list[Look] = []
        self.changes: list[Change] = []
        self._change = ChangeReader(colours, from_1904)
        self._list = ""

    def styles(self) -> Styles:
        return Styles(self.looks or (PLAIN,), self.changes, self.colours, self.from_1904)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("cellXfs", "fonts", "fills", "dxfs", "cellStyleXfs", "borders"):
            self._list = tag
        elif self._list == "dxfs" and tag == "dxf":
            self._change = ChangeReader(self.colours, self.from_1904)
            self.changes.append(self._change.change)
        elif self._list == "dxfs":
            self._change.start(tag, attributes)
        elif tag == "numFmt":
            if (number := attributes.get("numFmtId", "")).isdecimal():
                self.codes[int(number)] = attributes.get("formatCode", "General")
        elif self._list == "fonts":
            self._font(tag, attributes)
        elif self._list == "fills":
            self._fill(tag, attributes)
        elif self._list == "cellXfs" and tag == "xf":
            self._look(attributes)
        elif self._list == "cellXfs" and tag == "alignment":
            shrinks = attributes.get("shrinkToFit") in ("1", "true")
            if shrinks or attributes.get("textRotation", "0") != "0":
                self.looks[-1] = replace(self.looks[-1], fits=True)
            if (indent := attributes.get("indent", "0")).isdecimal() and indent != "0":
                self.looks[-1] = replace(self.looks[-1], indent=int(indent))
            if attributes.get("horizontal") == "fill":
                self.looks[-1] = replace(self.looks[-1], prints_as="repeated")

    def end(self, tag: str) -> None:
        if tag == self._list:
            self._list = ""

    def format(self, code: str) -> NumberFormat:
        if code not in self.formats:
            self.formats[code] = NumberFormat(code, self.from_1904)
        return self.formats[code]

    def _font(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "font":
            self.fonts.append(_Font())
        elif tag == "color":
            self.fonts[-1].ink = self.colours.colour(attributes)
        elif tag == "strike":
            self.fonts[-1].struck = is_on(attributes)
        elif tag == "sz":
            self.fonts[-1].size = number_of(attributes.get("val", "11"))
        elif (tag == "name" and names_symbols(attributes.get("val", ""))) or (
            tag == "charset" and names_symbols("", attributes.get("val", ""))
        ):
            self.fonts[-1].in_symbols = True

    def _fill(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "fill":
            self.fills.append(_Fill())
            return
        fill = self.fills[-1]
        match tag:
            case "patternFill":
                fill.pattern = attributes.get("patternType", "none")
            case "gradientFill":
                fill.pattern = "gradient"
            case "fgColor":
                is_ink = attributes.get("indexed") == "64" or "auto" in attributes
                fill.front = _BLACK if is_ink else self.colours.colour(attributes)
            case "bgColor":
                fill.back = self.colours.colour(attributes)
            case "color":  # a stop of a gradient
                fill.stops.append(self.colours.colour(attributes) or _BLACK)
            case _:
                pass

    def _look(self, attributes: dict[str, str]) -> None:
        font = _at(self.fonts, attributes.get("fontId", "")) or _Font()
        fill = _at(self.fills, attributes.get("fillId", "")) or _Fill()
        number = attributes.get("numFmtId", "0")
        code = self.codes.get(int(number), "General") if number.isdecimal() else "General"
        ground, *others = fill.grounds
        base = self.fonts[0].size if self.fonts else font.size
        self.looks.append(
            Look(
                self.format(code),
                font.ink,
                ground,
                bool(font.struck),
                font.size,
                tuple(other or _WHITE for other in others),
                width=font.size / base if base else 1.0,
                prints_as="symbols" if font.in_symbols else None,
            )
        )


def is_on(attributes: Mapping[str, str]) -> bool:
    """Whether an element that switches something on does so."""
    return attributes.get("val", "1") not in ("0", "false")


_Item = TypeVar("_Item")


def _at(items: Sequence[_Item], index: str) -> _Item | None:
    return items[int(index)] if index.isdecimal() and int(index) < len(items) else None
