"""The shapes of views, which go to the page as JSON.

Rows and columns count from 1, and lengths are in pixels of 1/96 inch unless something else is said.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

__all__ = [
    "CellView",
    "DrawingView",
    "EdgeView",
    "GridView",
    "LettersView",
    "PageView",
    "PagesView",
    "StyleView",
    "TextView",
    "View",
    "WorksheetView",
]

Align = Literal["left", "center", "right", "justify", "distributed"]
Level = Literal["top", "middle", "bottom", "justify"]


class EdgeView(TypedDict):
    """A line of a border: its width in pixels, its line as CSS names it, its colour (#rrggbb)."""

    width: int
    line: str
    colour: str


class StyleView(TypedDict):
    """How cells look. What is left out is as usual: black on nothing, without lines. ``size`` is
    that of the font in pixels, ``turned`` the angle of the text in degrees counter-clockwise, or
    255 for letters one below the other.
    """

    font: str
    size: float
    align: Align
    level: Level
    bold: NotRequired[bool]
    italic: NotRequired[bool]
    underlined: NotRequired[bool]
    struck: NotRequired[bool]
    wrap: NotRequired[bool]
    shrink: NotRequired[bool]
    turned: NotRequired[int]
    indent: NotRequired[int]
    fill: NotRequired[str]
    ink: NotRequired[str]
    left: NotRequired[EdgeView]
    right: NotRequired[EdgeView]
    top: NotRequired[EdgeView]
    bottom: NotRequired[EdgeView]
    down: NotRequired[EdgeView]
    up: NotRequired[EdgeView]


class CellView(TypedDict):
    """A cell: its row and column, its style by number, and what it displays. ``fixed`` is what
    never reaches over the cells beside it, as numbers don't. ``across`` counts the columns over
    which a text is centred without being merged.
    """

    r: int
    c: int
    style: int
    text: NotRequired[str]
    fixed: NotRequired[bool]
    across: NotRequired[int]


class DrawingView(TypedDict):
    """What lies over the cells: where it begins and ends, and the text in it."""

    kind: Literal["box", "line", "picture"]
    x: float
    y: float
    width: float
    height: float
    text: NotRequired[str]
    filled: NotRequired[bool]
    rises: NotRequired[bool]


class WorksheetView(TypedDict):
    """A worksheet. One that is ``pending`` was not asked for, and has its name alone. A row or
    column without a width or height is hidden. ``lines`` are the lines of a text on which the rows
    begin. ``lost`` is one whose content is damaged or missing.
    """

    name: str
    hidden: bool
    pending: NotRequired[bool]
    lost: NotRequired[bool]
    grid: NotRequired[bool]
    columns: NotRequired[list[int]]
    rows: NotRequired[list[int]]
    cells: NotRequired[list[CellView]]
    merges: NotRequired[list[list[int]]]
    styles: NotRequired[list[StyleView]]
    drawings: NotRequired[list[DrawingView]]
    lines: NotRequired[list[int]]
    more: NotRequired[str]


class GridView(TypedDict):
    """A workbook, or a text whose lines are rows of cells."""

    kind: Literal["grid"]
    worksheets: list[WorksheetView]


class PageView(TypedDict):
    """A page's size in points, as it is shown."""

    width: float
    height: float


class LettersView(TypedDict):
    """A text that the picture of a page lacks. ``spots`` has three numbers a letter: its origin on
    the page before it is turned (x, y), and how far the next one stands from it. These and ``size``
    are in points, ``angle`` is the direction of the text in radians counter-clockwise. ``family``
    is the name of its font, or empty.
    """

    text: str
    spots: list[float]
    size: float
    angle: float
    colour: str
    family: str
    serif: NotRequired[bool]
    bold: NotRequired[bool]


class PagesView(TypedDict):
    """A document of pages, whose pictures are made one by one."""

    kind: Literal["pages"]
    pages: list[PageView]
    more: str


class TextView(TypedDict):
    """A text by its lines, the first of which is number 1."""

    kind: Literal["text"]
    lines: list[str]
    more: str


View = GridView | PagesView | TextView
