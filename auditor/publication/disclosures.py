"""What was found in one file: things by rule and kind, the first few of each with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from auditor.publication.patterns import Shape, matches, shielded
from auditor.records.figures import Place, Record
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why

__all__ = ["RULES", "SHOWN", "Code", "Disclosed", "Disclosure", "Disclosures", "Ledger"]

Code = Literal[
    "PUB001",
    "PUB002",
    "PUB003",
    "PUB004",
    "PUB005",
    "PUB006",
    "PUB007",
    "PUB008",
    "PUB009",
    "PUB010",
    "PUB011",
    "PUB012",
    "PUB013",
    "PUB014",
    "PUB015",
    "PUB016",
    "PUB017",
    "PUB018",
]
"""The codes of the rules that list what a file would give away."""

RULES: Final[tuple[Code, ...]] = get_args(Code)
SHOWN: Final = 12
"""How many things of a kind are listed of each worksheet or page; the others are counted."""

_LONGEST: Final = 60
_OF_SHAPES: Final[dict[Shape, tuple[Code, Text]]] = {
    "phone": ("PUB015", Text(en="telephone number", ja="電話番号")),
    "extension": ("PUB015", Text(en="extension", ja="内線番号")),
    "mail": ("PUB016", Text(en="mail address", ja="メールアドレス")),
    "account": ("PUB017", Text(en="account number", ja="口座番号")),
    "twelve": ("PUB018", Text(en="number of 12 digits", ja="12桁の番号")),
}


class Disclosed(Record):
    """One thing that the file holds, as far as it is quoted, and where."""

    quote: str = ""
    place: Place | None = None


class Disclosure(Record):
    """The things of one kind on a worksheet or page, or in the rest of the file: how many there
    are, and the first of them.
    """

    rule: Code
    label: Text
    count: int
    first: tuple[Disclosed, ...]


class Disclosures(Record):
    """What one file would give away. ``rules`` are those that were looked for; what is missing
    among them does not apply to files of that kind.
    """

    path: str
    rules: tuple[Code, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


@dataclass
class _Group:
    label: Text
    count: int = 0
    first: list[Disclosed] = field(default_factory=list[Disclosed])


class Ledger:
    """Takes up what is found in a file. It never grows with the number of like things."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Code, str, str | int | None], _Group] = {}
        self.missed: list[Why] = []
        self.parts: set[str] = set()
        """The parts of a package, in lower case, whose texts were scanned with their places."""

    def add(self, rule: Code, label: Text, printed: str = "", place: Place | None = None) -> None:
        """Take up one thing of a kind; of what it says, the beginning is quoted."""
        part = None if place is None else place.sheet or place.page
        group = self._groups.setdefault((rule, label.en, part), _Group(label))
        group.count += 1
        if len(group.first) < SHOWN:
            visible = "".join(sign if sign.isprintable() else " " for sign in printed)
            quote = shielded(" ".join(visible.split()))
            if len(quote) > _LONGEST:
                quote = quote[: _LONGEST - 1] + "…"
            group.first.append(Disclosed(quote=quote, place=place))

    def scan(self, text: str, place: Place | None = None) -> None:
        """Take up the numbers and addresses of a text that have one of the shapes."""
        for match in matches(text):
            self.add_shape(match.shape, text[match.start : match.end], place)

    def add_shape(self, shape: Shape, printed: str, place: Place | None) -> None:
        """Take up a number or address of a shape."""
        rule, label = _OF_SHAPES[shape]
        self.add(rule, label, printed, place)

    def miss(self, why: Why) -> None:
        """Take up why a part of the file was not looked at."""
        if why not in self.missed:
            self.missed.append(why)

    def disclosures(self) -> tuple[Disclosure, ...]:
        """Everything that was taken up, by rule."""
        listed = [
            Disclosure(rule=rule, label=group.label, count=group.count, first=tuple(group.first))
            for (rule, _, _), group in self._groups.items()
        ]
        return tuple(sorted(listed, key=lambda disclosure: disclosure.rule))
