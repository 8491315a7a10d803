"""What a printed page is to the reader.

It has characters by their origins, straight lines that rule it, and what else is drawn on it.

Everything is turned so that the text runs to the right (``u``) and lines follow each other
downwards (``v`` grows upwards, as in the file). A ``Turn`` leads back to the page's own space, in
points before its /Rotate, where annotations live.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from auditor.records.errors import CodedError

__all__ = [
    "MOST_PAGES",
    "Character",
    "Drawn",
    "DrawnKind",
    "Fill",
    "Line",
    "PageLimits",
    "PageTooLarge",
    "PrintedPage",
    "Rectangle",
    "Turn",
]


MOST_PAGES: Final = 5_000
"""How many pages of a PDF are looked at."""


@dataclass(frozen=True)
class PageLimits:
    """How much of a page is read; more is refused, for no sheet prints it."""

    characters: int = 200_000
    objects: int = 300_000
    lines: int = 100_000

    def raised(self, factor: int) -> PageLimits:
        """``factor`` times as much of everything."""
        return PageLimits(self.characters * factor, self.objects * factor, self.lines * factor)


class PageTooLarge(CodedError):
    """A page that holds more than the limits allow."""

    def __init__(self) -> None:
        super().__init__(
            "page-too-large",
            "holds more lines or characters than a sheet prints",
            "線や文字が多すぎます",
        )


class Rectangle(NamedTuple):
    """A rectangle in the upright space; ``top`` is the larger."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """In square points."""
        return max(self.right - self.left, 0.0) * max(self.top - self.bottom, 0.0)

    def common(self, other: Rectangle) -> float:
        """The area that both share, in square points."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return wide * high if wide > 0 and high > 0 else 0.0


@dataclass(frozen=True)
class Turn:
    """Between a page's own space and the one in which its text is upright: quarter turns, and the
    small angle ``skew``, in radians, by which the text rises besides.
    """

    quarters: int = 0
    skew: float = 0.0

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page in the upright space."""
        match self.quarters:
            case 1:
                x, y = y, -x
            case 2:
                x, y = -x, -y
            case 3:
                x, y = -y, x
            case _:
                pass
        if not self.skew:
            return x, y
        cosine, sine = math.cos(self.skew), math.sin(self.skew)
        return x * cosine + y * sine, y * cosine - x * sine

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """The bounds, in the upright space, of a rectangle of the page."""
        if not (self.quarters or self.skew):
            return Rectangle(left, bottom, right, top)
        corners = (
            self.upright(left, bottom),
            self.upright(left, top),
            self.upright(right, bottom),
            self.upright(right, top),
        )
        us, vs = [u for u, _ in corners], [v for _, v in corners]
        return Rectangle(min(us), min(vs), max(us), max(vs))

    def box(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """The bounds, on the page, of a rectangle of the upright space: left, bottom, right,
        top.
        """
        if not (self.quarters or self.skew):
            return round(left, 2), round(bottom, 2), round(right, 2), round(top, 2)
        cosine, sine = math.cos(self.skew), math.sin(self.skew)
        back = Turn((4 - self.quarters) % 4)
        corners = [
            back.upright(u * cosine - v * sine, v * cosine + u * sine)
            for u, v in ((left, bottom), (left, top), (right, bottom), (right, top))
        ]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return (
            round(min(xs), 2),
            round(min(ys), 2),
            round(max(xs), 2),
            round(max(ys), 2),
        )


class Character(NamedTuple):
    """One character: its origin on the baseline, where the next one would begin, the height of
    its font's box, and the size at which its font was set (0 where that is not known).
    """

    text: str
    left: float
    base: float
    right: float
    height: float
    size: float = 0.0


class Line(NamedTuple):
    """A straight line along one direction: ``at`` across it, from ``start`` to ``end`` along it,
    whole or in dashes.
    """

    at: float
    start: float
    end: float
    dashed: bool = False


class Fill(NamedTuple):
    """A filled rectangle; ``order`` is its place among all that is painted, ``is_dark`` whether
    nobody could read black digits on it.
    """

    order: int
    area: Rectangle
    is_dark: bool = False


DrawnKind = Literal["picture", "photo", "drawing", "slanted", "annotation", "red", "cut", "faint"]
"""``photo`` is a picture of many tones, ``drawing`` a path that rules nothing, ``slanted`` a
straight line that runs aslant; ``red``, ``cut`` and ``faint`` are characters in red, beside hidden
ones, and hardly to be seen.
"""


class Drawn(NamedTuple):
    """Something on a page that may change what a figure means, and the room it takes."""

    kind: DrawnKind
    area: Rectangle


@dataclass
class PrintedPage:
    """What runs one way on a page: its characters in the order of the file, and its lines.

    ``notes`` are note marks that stood raised, lowered or small beside figures, ``turned`` are
    digits that run another way. ``hidden`` and
    ``garbled`` count the characters that nobody sees and those whose meaning pdfium only guessed.
    ``room`` is the part of the page that is shown, ``share`` how much of the whole that is.
    ``graphics`` gives the largest difference of grey, up to 255, within a part of the page as it is
    painted without its text.
    """

    number: int
    turn: Turn = Turn()
    characters: list[Character] = field(default_factory=list[Character])
    across: list[Line] = field(default_factory=list[Line])
    down: list[Line] = field(default_factory=list[Line])
    fills: list[Fill] = field(default_factory=list[Fill])
    drawn: list[Drawn] = field(default_factory=list[Drawn])
    notes: list[Character] = field(default_factory=list[Character])
    turned: list[Rectangle] = field(default_factory=list[Rectangle])
    room: Rectangle | None = None
    share: float = 1.0
    graphics: Callable[[Rectangle], int] | None = None
    hidden: int = 0
    garbled: int = 0

    @property
    def usual_height(self) -> float:
        """The height of its text, in points; the page has characters."""
        heights = sorted(character.height for character in self.characters)
        return heights[len(heights) // 2]
